"""YAML text to a tree of nodes.

The scanner is libyaml's (through PyYAML): 20 times faster than one in Python, and used only for its events.
Where it was not compiled, ruamel.yaml scans instead.
Neither resolves anything: what a plain scalar means is decided in `scalars`, by the YAML 1.2 core rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from msgu.errors import Problem
from msgu.scenario.yaml.nodes import Mapping, Node, Scalar, Sequence, Spot, shorten
from msgu.scenario.yaml.scalars import FORBIDDEN, Refused, Value, scalar_value
from msgu.scenario.yaml.syntax import SYNTAX, syntax_problem

MAX_BYTES: Final = 5_000_000
MAX_NODES: Final = 200_000
MAX_DEPTH: Final = 20
MAX_PROBLEMS: Final = 1_000
"""Problems of one file after which it is not read further."""
_COMMENT: Final = re.compile(r"#[^\n]*")
_GLUED: Final = re.compile(r"#[^\s#!]")
_HASHTAG: Final = re.compile(r"[ \t]*(#[^\s#!]\S*)[^\n]*")
_WORD_END: Final = re.compile(r"[\s,\]}]")


def _events(text: str) -> Iterator[Any]:
    """Yield parse events; both scanners give the same event names, values and marks."""
    import yaml  # type: ignore[import-untyped]  # no stubs are needed for events read by attribute

    if not getattr(yaml, "__with_libyaml__", False):
        yield from events_in_python(text)
        return
    loader = yaml.CSafeLoader(text)
    event: Any = None
    while not isinstance(event, yaml.StreamEndEvent):
        event = loader.get_event()
        yield event


def events_in_python(text: str) -> Iterator[Any]:
    """Yield the same events from ruamel.yaml's scanner."""
    from ruamel.yaml import YAML

    yield from YAML(typ="safe", pure=True).parse(text)


def read_tree(path: str, text: str, events: Any = None, first_col: int = 1) -> tuple[Node | None, list[Problem]]:
    """Read one YAML document.

    Parameters
    ----------
    path
        Name for messages.
    text
        The document.
    events
        Parse events, when another scanner than the usual one is wanted.
    first_col
        Column at which the text begins in what the user wrote.

    Returns
    -------
    Root node, or None when there is none, and the problems in the order met.
    """
    builder = _Builder(path, text, first_col - 1)
    try:
        for event in events if events is not None else _events(text):
            if not builder.take(event) or len(builder.problems) >= MAX_PROBLEMS:
                break
    except Exception as error:
        if not hasattr(error, "problem_mark") and not hasattr(error, "position"):
            raise
        builder.problems.append(syntax_problem(path, text, error, first_col - 1))
    else:
        builder.check_comments(len(text))
    if len(builder.problems) >= MAX_PROBLEMS:
        last = builder.problems[-1]
        given = f"{MAX_PROBLEMS:,} problems up to here"
        builder.problems.append(Problem(path, last.line, last.col, "", given, SYNTAX, "the rest was not read"))
    return builder.root, builder.problems


class _Builder:
    """Builds the tree from parse events, and collects what is refused on the way."""

    def __init__(self, path: str, text: str, shift: int) -> None:
        self.path, self.text, self.shift = path, text, shift
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._stack: list[Sequence | Mapping] = []
        self._pending: list[tuple[str, Spot] | None] = []
        self._names: list[str] = []
        self._count = 0
        self._covered = 0
        self._counted = 1, 0
        self._hash = text.find("#")
        self._documents = 0

    def take(self, event: Any) -> bool:
        """Take one event; False when reading must stop."""
        kind = type(event).__name__
        if kind in ("ScalarEvent", "AliasEvent", "SequenceStartEvent", "MappingStartEvent"):
            if 0 <= self._hash < event.end_mark.index:
                self.check_comments(event.start_mark.index)
                self._covered = max(self._covered, event.end_mark.index)
                self._hash = self.text.find("#", self._covered)
            return self._node(kind, event)
        if kind in ("SequenceEndEvent", "MappingEndEvent"):
            self._close()
        elif kind == "DocumentStartEvent":
            return self._document(event)
        return True

    def _document(self, event: Any) -> bool:
        self._documents += 1
        if self._documents > 1:
            self._refuse(self._spot(event), "a second document", "one document in a file", "delete from `---` on")
        if getattr(event, "version", None) or getattr(event, "tags", None):
            self._refuse(self._spot(event), "a YAML directive", "no directive", "delete the line that begins with %")
        return self._documents == 1

    def _node(self, kind: str, event: Any) -> bool:
        spot = self._spot(event)
        self._count += 1
        if self._count > MAX_NODES:
            self._refuse(spot, f"more than {MAX_NODES:,} values", f"at most {MAX_NODES:,} values in a file", "")
            return False
        if event.anchor is not None or getattr(event, "tag", None) is not None:
            self._check_properties(kind, event, spot)
        if kind == "ScalarEvent":
            self._scalar(event, spot)
        elif kind == "AliasEvent":
            self._attach(Scalar(spot, "", True, None), spot)
        else:
            node = Sequence(spot) if kind == "SequenceStartEvent" else Mapping(spot)
            self._names += self._here()
            self._attach(node, spot)
            self._stack.append(node)
            self._pending.append(None)
            if len(self._stack) > MAX_DEPTH:
                self._refuse(spot, f"more than {MAX_DEPTH} levels deep", f"at most {MAX_DEPTH} levels", "")
                return False
        return True

    def _check_properties(self, kind: str, event: Any, spot: Spot) -> None:
        if kind == "AliasEvent":
            self._refuse(
                spot,
                f"the alias `*{event.anchor}`",
                "no aliases: one place, one value",
                "write the value out",
            )
            return
        if event.anchor is not None:
            self._refuse(
                spot,
                f"the anchor `&{event.anchor}`",
                "no anchors: one place, one value",
                f"delete `&{event.anchor}`",
            )
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse(spot, f"the tag `{tag}`", "no tags: the field says the type", "delete the tag")

    def _scalar(self, event: Any, spot: Spot) -> None:
        plain = event.style is None or event.style == ""
        if hidden := FORBIDDEN.search(event.value) if event.style == '"' else None:
            self._refuse(spot, f"the invisible character U+{ord(hidden[0]):04X}", "printable text", "delete the escape")
        if self._wants_key():
            self._key(event, spot, plain)
            return
        value: Value = event.value
        if plain and event.value == "":
            value = None
            self._empty(event, spot)
        elif plain:
            try:
                value = scalar_value(event.value)
            except Refused as refused:
                given, allowed, nearest = refused.args
                self._refuse(spot, given, allowed, nearest)
        self._attach(Scalar(spot, event.value, plain, value), spot)

    def _empty(self, event: Any, spot: Spot) -> None:
        if event.tag is not None or event.anchor is not None:
            return
        start = event.start_mark.index
        hashtag = _HASHTAG.match(self.text, start)
        if hashtag is None:
            self._nothing(spot)
            return
        self._lost(Spot(self.path, spot.line, spot.col + hashtag.start(1) - start), hashtag[1])
        self._covered = hashtag.end()

    def _nothing(self, spot: Spot) -> None:
        """Refuse an empty value; `{a: 0,07}`, which reads as `a: 0` and an empty `07`, wants a decimal point."""
        parent, pending = self._stack[-1] if self._stack else None, self._pending[-1] if self._pending else None
        before = list(parent.values.values())[-1:] if isinstance(parent, Mapping) else []
        if pending and pending[0].isdecimal() and before and isinstance(before[0], Scalar) and before[0].text.isdecimal():
            fix = f"{before[0].text}.{pending[0]}, with a decimal point"
            self._refuse(
                spot, f"nothing for `{pending[0]}`, after a comma", "a decimal point, and a value for each key", fix
            )
            return
        self._refuse(spot, "nothing", "a value, or null", "null")

    def _key(self, event: Any, spot: Spot, plain: bool) -> None:
        key, parent = str(event.value), self._stack[-1]
        if not isinstance(parent, Mapping):
            return
        if plain and key == "":
            self._refuse(spot, "a value without a key", "`key: value`", "")
        elif plain and key == "<<":
            self._refuse(spot, "the merge key `<<`", "no merge keys", "write the values out, or use `extends:`")
        elif key in parent.keys:
            first = parent.keys[key]
            given = f"the key `{shorten(key)}` a second time (first on line {first.line})"
            self._refuse(spot, given, "each key once", "delete or rename one of the two")
        self._pending[-1] = (key, spot)

    def _wants_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1], Mapping) and self._pending[-1] is None

    def _attach(self, node: Node, spot: Spot) -> None:
        if not self._stack:
            self.root = node if self.root is None else self.root
            return
        parent = self._stack[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif self._pending[-1] is None:
            self._pending[-1] = (f"?{spot.line}:{spot.col}", spot)
            self._refuse(spot, "a key that is not a text", "a text as key", "")
        else:
            key, where = self._pending[-1]
            self._pending[-1] = None
            if key not in parent.keys:
                parent.put(key, where, node)

    def _close(self) -> None:
        self._stack.pop()
        self._pending.pop()
        del self._names[max(len(self._stack) - 1, 0) :]

    def _here(self) -> list[str]:
        """Return the key or index, in the innermost list or mapping, of what comes next."""
        if not self._stack:
            return []
        inner, pending = self._stack[-1], self._pending[-1]
        if isinstance(inner, Sequence):
            return [str(len(inner.items))]
        return [pending[0] if pending is not None else "?"]

    def check_comments(self, until: int) -> None:
        """Refuse comments that begin with `#word`: text meant as a hashtag would be lost."""
        if self._covered < until:
            for line in _COMMENT.finditer(self.text, self._covered, until):
                if len(self.problems) >= MAX_PROBLEMS:
                    break
                if _GLUED.match(line[0]):
                    row, col = self._line_col(line.start())
                    self._lost(Spot(self.path, row, col + (self.shift if row == 1 else 0)), line[0])
        self._covered = max(self._covered, until)

    def _line_col(self, index: int) -> tuple[int, int]:
        """Return line and column of a place after the last one asked for: each line of a file is counted once."""
        line, at = self._counted
        line += self.text.count("\n", at, index)
        self._counted = line, index
        return line, index - self.text.rfind("\n", 0, index)

    def _lost(self, spot: Spot, comment: str) -> None:
        word = shorten(_WORD_END.split(comment[:100], maxsplit=1)[0])
        given = f"`{word}` begins a comment and would be lost"
        self._refuse(spot, given, "a quoted text, or a comment with a space after #", f'"{word}"')

    def _spot(self, event: Any) -> Spot:
        mark = event.start_mark
        return Spot(self.path, mark.line + 1, mark.column + 1 + (self.shift if mark.line == 0 else 0))

    def _refuse(self, spot: Spot, given: str, allowed: str, nearest: str) -> None:
        here = self._here() if self._stack and not self._wants_key() else []
        key = ".".join([*self._names, *here])
        self.problems.append(Problem(spot.path, spot.line, spot.col, key, given, allowed, nearest))
