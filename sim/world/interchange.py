"""Follower graphs from and to other tools: edge lists, networkx, scipy, igraph; GraphML is in `graphml`.

Everywhere a tie points from follower to followed.
Account names are text and never interpreted: `NA`, `#x`, `01` and `1` are four different accounts.
Whatever is read is either kept or counted in the report.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.disk import open_file
from sim.errors import InputError, Problem
from sim.scenario.edge_list import MOST_BYTES
from sim.world import store
from sim.world.network import FollowerGraph
from sim.world.whole_file import whole_file

if TYPE_CHECKING:
    import networkx as nx
    from scipy import sparse

I32 = NDArray[np.int32]
_PLAIN = re.compile(rb"[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]{1,3})?|\.[0-9]+([eE][-+]?[0-9]{1,3})?")
MOST_PROBLEMS = 50
"""Problems listed before reading gives up."""


@dataclass(frozen=True)
class Report:
    """What became of the lines (or ties) read: their number is the sum of all the others.

    Parameters
    ----------
    read : lines of the file, or ties of the given graph.
    kept : ties of the result.
    repeated : ties given again.
    to_itself : accounts that follow themselves.
    comments, blank : lines that begin with the declared comment character, or are empty.
    """

    read: int
    kept: int
    repeated: int = 0
    to_itself: int = 0
    comments: int = 0
    blank: int = 0

    def __str__(self) -> str:
        """One sentence."""
        return (
            f"{self.read} read = {self.kept} kept + {self.repeated} repeated + {self.to_itself} to itself"
            f" + {self.comments} comments + {self.blank} blank"
        )


@dataclass(frozen=True)
class Imported:
    """A graph from elsewhere.

    Parameters
    ----------
    graph : the follower graph.
    names : name of each account, in the order of its number.
    report : what was kept and what was not.
    """

    graph: FollowerGraph
    names: tuple[str, ...]
    report: Report


def from_edges(
    follower: NDArray[Any], followed: NDArray[Any], n_accounts: int, tie: NDArray[np.float32] | None = None
) -> tuple[FollowerGraph, Report]:
    """Return the graph of the given ties, without repeats and ties to oneself, and how many of those there were.

    Parameters
    ----------
    follower, followed : shape (n_ties,). Account numbers below `n_accounts`.
    tie : shape (n_ties,). Chance that a post passes along each, of a repeated one as given first; by default surely.
    """
    a, b = np.asarray(follower, np.int64), np.asarray(followed, np.int64)
    given = len(a)
    other = a != b
    code = b[other] * n_accounts + a[other]
    distinct, first = np.unique(code, return_index=True)
    rows, followers = np.divmod(distinct, max(n_accounts, 1))
    offsets = np.zeros(n_accounts + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=n_accounts), out=offsets[1:])
    degree = np.bincount(followers, minlength=n_accounts).astype(np.int32)
    graph = FollowerGraph(offsets, followers.astype(np.int32), degree)
    if tie is not None:
        graph = replace(graph, tie=np.ascontiguousarray(tie[other][first], np.float32))
    return graph, Report(given, len(distinct), repeated=len(code) - len(distinct), to_itself=given - len(code))


def to_edges(graph: FollowerGraph) -> tuple[I32, I32]:
    """Follower and followed of each tie, by followed account; each of shape (n_ties,)."""
    followed = np.repeat(np.arange(graph.n_accounts, dtype=np.int32), np.diff(graph.offsets))
    return np.asarray(graph.followers), followed


class _Lines:
    """Ties and problems while an edge list is read."""

    def __init__(
        self, path: str, delimiter: bytes | None, comment: bytes | None, fields: int, chances: bool = False
    ) -> None:
        self.path, self.delimiter, self.comment, self.fields = path, delimiter, comment, fields
        self.ends: list[int] = []
        self.line: list[int] = []
        self.tie: list[float] | None = [] if chances else None
        self.number: dict[bytes, int] = {}
        self.problems: list[Problem] = []
        self.lines = self.comments = self.blank = 0

    def problem(self, column: int, given: str, allowed: str, nearest: str = "") -> None:
        self.problems.append(Problem(self.path, self.lines, column, "edge list", given, allowed, nearest))
        if len(self.problems) >= MOST_PROBLEMS:
            raise InputError(self.problems)

    def take(self, file: Iterable[bytes], first: int, second: int) -> None:
        delimiter, comment, fields, number, ends = self.delimiter, self.comment, self.fields, self.number, self.ends
        tie = self.tie
        for raw in file:
            self.lines += 1
            line = raw.rstrip(b"\r\n")
            if comment is not None and line.startswith(comment):
                self.comments += 1
                continue
            parts = line.split(delimiter)
            if len(parts) == fields and parts[first] and parts[second]:
                ends.append(number.setdefault(parts[first], len(number)))
                ends.append(number.setdefault(parts[second], len(number)))
                if tie is not None:
                    tie.append(self.chance(line, parts[2]))
                    self.line.append(self.lines)
            elif not line.strip():
                self.blank += 1
            else:
                self.wrong(line, parts)

    def wrong(self, line: bytes, parts: Sequence[bytes]) -> None:
        shown = line[:60].decode("utf-8", "replace")
        if len(parts) != self.fields and self.tie is not None:
            self.problem(
                1, f"{len(parts)} fields in {shown!r}", "3 fields a line", "a probability for every tie or for none"
            )
        elif len(parts) != self.fields:
            self.problem(
                1, f"{len(parts)} fields in {shown!r}", f"{self.fields} fields a line",
                "declare the delimiter, the comment character or the number of fields",
            )  # fmt: skip
        else:
            self.problem(1, f"an empty name in {shown!r}", "two names")

    def chance(self, line: bytes, given: bytes) -> float:
        """Probability of a tie, of which the first line decides that there is one: a plain number from 0 to 1."""
        if _PLAIN.fullmatch(given) and float(given) <= 1.0:
            return float(given)
        self.problem(line.rindex(given) + 1, repr(given.decode("utf-8", "replace")), "a probability, from 0 to 1")
        return 0.0

    def differing(self) -> None:
        """Report ties that are given again with another probability."""
        seen: dict[tuple[int, int], tuple[float, int]] = {}
        for a, b, p, line in zip(self.ends[::2], self.ends[1::2], self.tie or (), self.line, strict=True):
            before, where = seen.setdefault((a, b), (p, line))
            if before != p:
                given = f"the tie of line {where} again, with {p:g} instead of {before:g}"
                self.problems.append(Problem(self.path, line, 1, "edge list", given, "one probability for each tie"))

    def names(self) -> tuple[str, ...]:
        names = []
        for name in self.number:
            try:
                names.append(name.decode("utf-8"))
            except UnicodeDecodeError:
                self.problems.append(
                    Problem(self.path, self.line_of(name), 1, "edge list", f"{name!r} is not UTF-8", "text in UTF-8")
                )
        return tuple(names)

    def line_of(self, name: bytes) -> int:
        with open_file(self.path, MOST_BYTES) as file:
            return next((i for i, line in enumerate(file, 1) if name in line), 0)


def parse_edge_list(
    path: str | os.PathLike[str],
    delimiter: str | None = None,
    comment: str | None = None,
    fields: int = 2,
    followed_first: bool = False,
) -> Imported:
    """Read an edge list, one tie a line; accounts are numbered in the order of their first appearance.

    Parameters
    ----------
    delimiter : what stands between fields; by default any run of spaces and tabs.
    comment : text with which lines to be skipped begin; by default none, so that an account may be called ``#x``.
    fields : number of fields a line; those after the second are not used.
    followed_first : whether the followed account stands first.

    Raises
    ------
    InputError
        Lines that are not a tie, each with its number.
    """
    first, second = (1, 0) if followed_first else (0, 1)
    lines = _Lines(os.fspath(path), _bytes(delimiter), _bytes(comment), fields)
    names = _read(lines, first, second)
    ends = np.array(lines.ends, np.int64).reshape(-1, 2)
    graph, report = from_edges(ends[:, 0], ends[:, 1], len(names))
    return Imported(
        graph,
        names,
        Report(lines.lines, report.kept, report.repeated, report.to_itself, lines.comments, lines.blank),
    )


def _read(lines: _Lines, first: int, second: int) -> tuple[str, ...]:
    """Read a file whole, return the names of its accounts."""
    try:
        with open_file(lines.path, MOST_BYTES) as file:
            lines.take(file, first, second)
    except OSError as error:
        raise InputError([Problem(lines.path, 1, 1, "edge list", str(error.strerror), "a readable file")]) from error
    names = lines.names()
    if lines.tie is not None:
        lines.differing()
    if lines.problems:
        raise InputError(lines.problems[:MOST_PROBLEMS])
    return names


def _bytes(text: str | None) -> bytes | None:
    return text.encode() if text else None


def read_edge_list(path: str | os.PathLike[str], n_accounts: int, delimiter: str | None = None) -> FollowerGraph:
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
    fields = _fields_of(path, _bytes(delimiter))
    lines = _Lines(os.fspath(path), _bytes(delimiter), None, fields, chances=fields == 3)
    names = _read(lines, 0, 1)
    number = np.empty(len(names), np.int64)
    problems = []
    for i, name in enumerate(names):
        if name.isascii() and name.isdecimal() and name == str(int(name)) and int(name) < n_accounts:
            number[i] = int(name)
        else:
            allowed = f"a number from 0 to {n_accounts - 1}"
            problems.append(Problem(os.fspath(path), lines.line_of(name.encode()), 1, "edge list", repr(name), allowed))
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    ends = number[np.array(lines.ends, np.int64)].reshape(-1, 2)
    tie = None if lines.tie is None else np.array(lines.tie, np.float32)
    return from_edges(ends[:, 0], ends[:, 1], n_accounts, tie)[0]


def _fields_of(path: str | os.PathLike[str], delimiter: bytes | None) -> int:
    """Fields of a line of a scenario's edge list: 3 where the first tie has so many, else 2."""
    try:
        with open_file(path, MOST_BYTES) as file:
            first = next((line for line in file if line.strip()), b"")
    except OSError:
        return 2
    return 3 if len(first.rstrip(b"\r\n").split(delimiter)) == 3 else 2


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
        A name that could not be read back: empty, holding the delimiter or the end of a line, or of two accounts.
    """
    labels = [str(i) for i in range(graph.n_accounts)] if names is None else list(names)
    where = os.fspath(path)
    bad = [x for x in labels if not x or delimiter in x or "\n" in x or "\r" in x]
    if bad:
        allowed = "names without the delimiter or the end of a line"
        near = "another delimiter"
        raise InputError([Problem(where, 0, 0, "edge list", repr(x), allowed, near) for x in bad[:MOST_PROBLEMS]])
    refuse_same_names(labels, where)
    with whole_file(path) as file:
        for a in range(graph.n_accounts):
            end = delimiter + labels[a] + "\n"
            file.write("".join(labels[f] + end for f in graph.followers_of(a).tolist()).encode())


def refuse_same_names(names: Sequence[str], where: str) -> None:
    """Refuse to write accounts that could not be told apart.

    Raises
    ------
    InputError
        Naming them.
    """
    same = [name for name, times in Counter(names).items() if times > 1]
    if same:
        given = (f"{name!r}, the name of two accounts" for name in same[:MOST_PROBLEMS])
        raise InputError([Problem(where, 0, 0, "names", text, "another name for each account") for text in given])


def to_networkx(graph: FollowerGraph, names: Sequence[str] | None = None) -> nx.DiGraph[Any]:
    """Return a networkx graph with ties from follower to followed; for small graphs (400 bytes a tie)."""
    import networkx as nx

    follower, followed = to_edges(graph)
    labels: Any = range(graph.n_accounts) if names is None else names
    result: nx.DiGraph[Any] = nx.DiGraph()
    result.add_nodes_from(labels)
    result.add_edges_from((labels[f], labels[a]) for f, a in zip(follower.tolist(), followed.tolist(), strict=True))
    return result


def from_networkx(given: Any) -> Imported:
    """Take a networkx graph; an undirected tie counts in both directions, parallel ties once.

    Raises
    ------
    ValueError
        Two nodes, such as 1 and "1", would have one name.
    """
    names = list(given.nodes)
    number = {name: i for i, name in enumerate(names)}
    ends = np.array([(number[a], number[b]) for a, b in given.edges()], np.int64).reshape(-1, 2)
    if not given.is_directed():
        proper = ends[ends[:, 0] != ends[:, 1]]
        ends = np.concatenate([ends, proper[:, ::-1]])
    graph, report = from_edges(ends[:, 0], ends[:, 1], len(names))
    return Imported(graph, _distinct(names), report)


def _distinct(names: Iterable[object]) -> tuple[str, ...]:
    """Return names as text, none of them twice."""
    told = tuple(str(name) for name in names)
    same = [name for name, times in Counter(told).items() if times > 1]
    if same:
        raise ValueError(f"two accounts would be named {', '.join(map(repr, same[:3]))}; give each a name of its own")
    return told


def to_scipy(graph: FollowerGraph) -> sparse.csc_array:
    """Return a sparse matrix with a 1 in row i and column j where i follows j.

    Below 2**31 ties its indices are the graph's own array; above, scipy widens a copy.
    """
    from scipy import sparse

    n = graph.n_accounts
    starts = graph.offsets if graph.n_edges >= 2**31 else graph.offsets.astype(np.int32)
    return sparse.csc_array((np.ones(graph.n_edges, np.int8), graph.followers, starts), shape=(n, n))


def from_scipy(matrix: Any) -> Imported:
    """Take a square sparse matrix: a non-zero in row i and column j says that i follows j."""
    from scipy import sparse

    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"a matrix of shape {matrix.shape}; a follower graph needs a square one")
    entries = sparse.coo_array(matrix)
    held = entries.data != 0
    graph, report = from_edges(entries.row[held], entries.col[held], matrix.shape[0])
    return Imported(graph, tuple(str(i) for i in range(matrix.shape[0])), report)


def to_igraph(graph: FollowerGraph, names: Sequence[str] | None = None) -> Any:
    """Return an igraph graph with ties from follower to followed."""
    import igraph

    follower, followed = to_edges(graph)
    result = igraph.Graph(n=graph.n_accounts, edges=np.column_stack([follower, followed]), directed=True)
    if names is not None:
        result.vs["name"] = list(names)
    return result


def from_igraph(given: Any) -> Imported:
    """Take an igraph graph; an undirected tie counts in both directions.

    Raises
    ------
    ValueError
        Two vertices have one name.
    """
    ends = np.array(given.get_edgelist(), np.int64).reshape(-1, 2)
    if not given.is_directed():
        ends = np.concatenate([ends, ends[ends[:, 0] != ends[:, 1]][:, ::-1]])
    n = given.vcount()
    names = given.vs["name"] if "name" in given.vs.attributes() else range(n)
    graph, report = from_edges(ends[:, 0], ends[:, 1], n)
    return Imported(graph, _distinct(names), report)
