"""Edge lists of follower graphs, one tie a line: `follower followed`.

Account names are text and never interpreted: `NA`, `#x`, `01` and `1` are four different accounts.
Whatever is read is either kept or counted in the report.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np

from msgu.disk import open_file
from msgu.errors import InputError, Problem
from msgu.scenario.edge_list import MOST_BYTES
from msgu.world.graph import store
from msgu.world.graph.interchange import Imported, Report, from_edges, refuse_same_names
from msgu.world.graph.types import FollowerGraph
from msgu.world.whole_file import whole_file

SHOWN: Final = 10
"""Problems of one kind that are listed; of a file without any tie one is, the others are counted."""
MARK: Final = b"\xef\xbb\xbf"
"""Byte order mark of UTF-8, which editors of other systems put before the first line: no part of a name."""
OTHERS: Final = {
    b"\x1f\x8b": "compressed by gzip", b"PK\x03\x04": "a ZIP archive or a workbook", b"BZh": "compressed by bzip2",
    b"\xfd7zXZ": "compressed by xz", b"\xff\xfe": "text in UTF-16", b"\xfe\xff": "text in UTF-16", b"PAR1": "Parquet",
    b"%%MatrixMarket": "a Matrix Market file", b"<": "XML; of its kinds GraphML is read, from a name that ends in .graphml",
}  # fmt: skip
"""How files that are no edge lists begin."""
HEADERS: Final = frozenset({
    ("source", "target"), ("from", "to"), ("src", "dst"), ("src", "dest"), ("follower", "followed"), ("follower", "followee"),
    ("follower_id", "followed_id"), ("source_id", "target_id"), ("fromnodeid", "tonodeid"), ("fromnode", "tonode"),
})  # fmt: skip
"""First two fields of a first line that names the columns, in small letters."""
_GUESSES: Final = (b",", b";", b"\t", b"|")
_NUMBER: Final = re.compile("0|[1-9][0-9]{0,17}")
_PLAIN: Final = re.compile(rb"[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]{1,3})?|\.[0-9]+([eE][-+]?[0-9]{1,3})?")


@dataclass(frozen=True)
class Form:
    """How the lines of an edge list are written.

    Parameters
    ----------
    delimiter : what stands between fields; None: any run of spaces and tabs.
    comment : what lines to be skipped begin with; None: none are.
    fields : number of fields a line; those after the second are not used.
    header : whether the first line names the columns; None: where it is one of `HEADERS`.
    followed_first : whether the followed account stands first.
    free : whether the form can be declared otherwise: that of a scenario's list cannot.
    chances : whether the third field is the chance that a post passes along the tie.
    """

    delimiter: bytes | None = None
    comment: bytes | None = None
    fields: int = 2
    header: bool | None = None
    followed_first: bool = False
    free: bool = True
    chances: bool = False

    @property
    def ends(self) -> tuple[int, int]:
        """Which field is the follower, and which the followed."""
        return (1, 0) if self.followed_first else (0, 1)

    def advice(self, line: bytes) -> str:
        """Return what would have to be declared for a line to be a tie, as far as it can be guessed."""
        if self.chances:
            return "a probability for every tie or for none"
        if not self.free:
            return "`msgu graph import` reads lists of other forms; a scenario may name the folder that it makes"
        parts = line.split(self.delimiter)
        options = "" if len(parts) == self.fields else f"--fields {len(parts)}"
        if len(parts) < 2:
            guess = next((d for d in _GUESSES if d in line), None)
            if guess is None:
                return "two names a line"
            parts = line.split(guess)
            shown = {b"\t": "tab", b";": "';'", b"|": "'|'"}.get(guess, guess.decode())
            options = f"--delimiter {shown}" + (f" --fields {len(parts)}" if len(parts) != self.fields else "")
        return f"{options} --header" if _names_columns(parts) else options


def _names_columns(parts: Sequence[bytes]) -> bool:
    first, second = (part.strip(b" \"'").decode("utf-8", "replace").lower() for part in parts[:2])
    return (first, second) in HEADERS


class _Problems:
    """What is wrong with a file: the first lines of each kind, and how many more there are."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.kinds: dict[str, list[Problem]] = {}
        self.more: dict[str, int] = {}

    def add(self, kind: str, line: int, given: str, allowed: str, nearest: str = "", col: int = 1) -> None:
        held = self.kinds.setdefault(kind, [])
        if len(held) < SHOWN:
            held.append(Problem(self.path, line, col, "edge list", given, allowed, nearest))
        else:
            self.more[kind] = self.more.get(kind, 0) + 1

    def refuse(self, all_wrong: bool = False) -> None:
        """Raise what there is, if there is any; where there are many of a kind and no tie at all, the first of them."""
        told = list[Problem]()
        for kind, held in self.kinds.items():
            more = self.more.get(kind, 0)
            shown = held[:1] if more and all_wrong else held
            told += shown
            if more:
                more += len(held) - len(shown)
                last = told[-1]
                given = f"{last.given}, and {more:,} more like it"
                told[-1] = Problem(last.path, last.line, last.col, last.key, given, last.allowed, last.nearest)
        if told:
            raise InputError(told)


class _Reading:
    """Ties of an edge list while it is read."""

    def __init__(self, path: str, form: Form) -> None:
        self.path, self.form = path, form
        self.ends: list[int] = []
        self.tie: list[float] | None = [] if form.chances else None
        self.line: list[int] = []
        self.number: dict[bytes, int] = {}
        self.problems = _Problems(path)
        self.lines = self.comments = self.blank = self.headers = 0

    def read(self) -> tuple[str, ...]:
        """Read the file and return the names of its accounts.

        Raises
        ------
        InputError
            It is no edge list, or has lines that are not ties.
        """
        try:
            with open_file(self.path, MOST_BYTES) as file:
                rows = iter(file)
                start = next(rows, b"")
                self.refuse_others(start)
                start = start.removeprefix(MARK)
                self.take(chain([start] if start else [], rows))
            names = self.names()
        except OSError as error:
            raise InputError([Problem(self.path, 1, 1, "edge list", str(error.strerror), "a readable file")]) from error
        if self.tie is not None:
            self.differing(self.tie)
        self.problems.refuse(all_wrong=not self.ends)
        return names

    def refuse_others(self, start: bytes) -> None:
        found = next((what for head, what in OTHERS.items() if start.startswith(head)), "")
        if not found and b"\0" in start:
            found = "NUL characters, as of UTF-16"
        if found:
            raise InputError([Problem(self.path, 1, 1, "edge list", found, "plain text in UTF-8, one tie a line")])

    def take(self, rows: Iterable[bytes]) -> None:
        form, number, ends = self.form, self.number, self.ends
        delimiter, comment, fields, (first, second) = form.delimiter, form.comment, form.fields, form.ends
        loose, fresh, tie = delimiter is None, form.header is not False, self.tie
        for raw in rows:
            self.lines += 1
            line = raw.rstrip(b"\r\n")
            if comment is not None and (line.lstrip() if loose else line).startswith(comment):
                self.comments += 1
                continue
            parts = line.split(delimiter)
            if fresh and line.strip():
                fresh = False
                if form.header or (len(parts) > 1 and _names_columns(parts)):
                    self.headers = 1
                    continue
            if len(parts) == fields and parts[first] and parts[second]:
                ends.append(number.setdefault(parts[first], len(number)))
                ends.append(number.setdefault(parts[second], len(number)))
                if tie is not None:
                    tie.append(self.chance(line, parts[2]))
                    self.line.append(self.lines)
            elif not line.strip():
                self.blank += 1
            else:
                self.wrong(line, len(parts))

    def wrong(self, line: bytes, found: int) -> None:
        shown = repr(line[:60].decode("utf-8", "replace"))
        if found != self.form.fields:
            given = f"{found} {'field' if found == 1 else 'fields'} in {shown}"
            self.problems.add(f"{found}", self.lines, given, f"{self.form.fields} fields a line", self.form.advice(line))
        else:
            self.problems.add("empty", self.lines, f"an empty name in {shown}", "two names")

    def chance(self, line: bytes, given: bytes) -> float:
        """Chance that a post passes along a tie: a plain number from 0 to 1."""
        if _PLAIN.fullmatch(given) and float(given) <= 1.0:
            return float(given)
        shown = repr(given[:60].decode("utf-8", "replace"))
        self.problems.add("chance", self.lines, shown, "a probability, from 0 to 1", col=line.rindex(given) + 1)
        return 0.0

    def differing(self, tie: list[float]) -> None:
        """Report ties that are given again with another probability."""
        seen: dict[tuple[int, int], tuple[float, int]] = {}
        for a, b, p, line in zip(self.ends[::2], self.ends[1::2], tie, self.line, strict=True):
            before, where = seen.setdefault((a, b), (p, line))
            if before != p:
                given = f"the tie of line {where} again, with {p:g} instead of {before:g}"
                self.problems.add("differing", line, given, "one probability for each tie")

    def names(self) -> tuple[str, ...]:
        names, bad = list[str](), list[bytes]()
        for name in self.number:
            try:
                names.append(name.decode("utf-8"))
            except UnicodeDecodeError:
                bad.append(name)
        lines = self.lines_of(bad[:SHOWN])
        for name in bad:
            self.problems.add("coding", lines.get(name, 0), f"{name!r} is not UTF-8", "text in UTF-8")
        return tuple(names)

    def lines_of(self, names: Collection[bytes]) -> dict[bytes, int]:
        """Return the line on which each of a few names stands first: one more reading, up to the last of them."""
        wanted, found = set(names), dict[bytes, int]()
        if not wanted:
            return found
        with open_file(self.path, MOST_BYTES) as file:
            for i, raw in enumerate(file, 1):
                line = raw.removeprefix(MARK) if i == 1 else raw
                for name in wanted.intersection(line.rstrip(b"\r\n").split(self.form.delimiter)[:2]):
                    found.setdefault(name, i)
                if len(found) == len(wanted):
                    break
        return found


def parse_edge_list(
    path: str | os.PathLike[str],
    delimiter: str | None = None,
    comment: str | None = None,
    fields: int = 2,
    followed_first: bool = False,
    header: bool | None = None,
) -> Imported:
    """Read an edge list, one tie a line; accounts are numbered in the order of their first appearance.

    Parameters
    ----------
    delimiter : what stands between fields; by default any run of spaces and tabs, so that a comment may be indented.
    comment : text with which lines to be skipped begin; by default none, so that an account may be called ``#x``.
    fields : number of fields a line; those after the second are not used.
    followed_first : whether the followed account stands first.
    header : whether the first line that is no comment names the columns; by default where it is one of `HEADERS`.

    Raises
    ------
    InputError
        A file that is no edge list; lines that are not a tie, the first of each kind with their numbers.
    """
    reading = _Reading(os.fspath(path), Form(_bytes(delimiter), _bytes(comment), fields, header, followed_first))
    names = reading.read()
    ends = np.array(reading.ends, np.int64).reshape(-1, 2)
    graph, report = from_edges(ends[:, 0], ends[:, 1], len(names))
    told = Report(
        reading.lines, report.kept, report.repeated, report.to_itself, reading.comments, reading.blank, reading.headers
    )
    return Imported(graph, names, told)


def _bytes(text: str | None) -> bytes | None:
    return text.encode() if text else None


def read_edge_list(path: str | os.PathLike[str], n_accounts: int) -> FollowerGraph:
    """Read a graph for a scenario: an edge list of account numbers, or a folder made by ``msgu graph import``.

    Parameters
    ----------
    path : file with ``follower followed`` a line, numbers from 0 to n_accounts - 1, or on every line a third field, the
        chance that a post passes along that tie; or a folder.

    Raises
    ------
    InputError
        A line that is not a tie, a name that is not the plain decimal of an account's number, or a folder with
        another number of accounts.
    StorageError
        A folder without an intact graph.
    """
    if os.path.isdir(path):
        graph, _ = store.open_folder(path)
        if graph.n_accounts != n_accounts:
            given = f"a graph of {graph.n_accounts} accounts"
            raise InputError([Problem(os.fspath(path), 1, 1, "network.accounts", given, f"{n_accounts} accounts")])
        return graph
    fields = _fields_of(path)
    reading = _Reading(os.fspath(path), Form(fields=fields, header=False, free=False, chances=fields == 3))
    names = reading.read()
    number = np.array([int(name) if _NUMBER.fullmatch(name) else n_accounts for name in names], np.int64)
    wrong = np.flatnonzero(number >= n_accounts)
    if len(wrong):
        lines = reading.lines_of([names[i].encode() for i in wrong[:SHOWN]])
        for i in wrong.tolist():
            line = lines.get(names[i].encode(), 0)
            reading.problems.add("number", line, repr(names[i][:60]), f"a number from 0 to {n_accounts - 1}")
        reading.problems.refuse()
    ends = number[np.array(reading.ends, np.int64)].reshape(-1, 2)
    tie = None if reading.tie is None else np.array(reading.tie, np.float32)
    return from_edges(ends[:, 0], ends[:, 1], n_accounts, tie)[0]


def _fields_of(path: str | os.PathLike[str]) -> int:
    """Fields of a line of a scenario's edge list: 3 where the first tie has so many, else 2."""
    try:
        with open_file(path, MOST_BYTES) as file:
            first = next((line for line in file if line.strip()), b"")
    except OSError:
        return 2
    return 3 if len(first.split()) == 3 else 2


# ---- writing ----


def without_ties(graph: FollowerGraph) -> int:
    """Number of accounts that nobody follows and that follow nobody: an edge list does not hold them."""
    return int(((np.diff(graph.offsets) == 0) & (np.asarray(graph.out_degree) == 0)).sum())


def write_edge_list(
    graph: FollowerGraph,
    path: str | os.PathLike[str],
    names: Sequence[str] | None = None,
    delimiter: str = "\t",
) -> None:
    """Write ``follower<delimiter>followed`` a line; accounts without any tie cannot be told by an edge list.

    Raises
    ------
    InputError
        A name that could not be read back: empty, no Unicode, beginning with a byte order mark, holding the delimiter or
        the end of a line, or of two accounts.
    StorageError
        The file cannot be written.
    """
    labels = [str(i) for i in range(graph.n_accounts)] if names is None else list(names)
    where = os.fspath(path)
    unfit = re.compile(f"^$|^\ufeff|[\n\r\ud800-\udfff]|{re.escape(delimiter)}")
    problems = _Problems(where)
    for name in filter(unfit.search, labels):
        problems.add("name", 0, repr(name), "names without the delimiter or the end of a line", "another delimiter")
    problems.refuse()
    refuse_same_names(labels, where)
    with whole_file(path) as file:
        for line in _lines_to_write(graph, labels, delimiter):
            file.write(line)


def _lines_to_write(graph: FollowerGraph, labels: Sequence[str], delimiter: str) -> Iterator[bytes]:
    for a in range(graph.n_accounts):
        end = delimiter + labels[a] + "\n"
        yield "".join(labels[f] + end for f in graph.followers_of(a).tolist()).encode()
