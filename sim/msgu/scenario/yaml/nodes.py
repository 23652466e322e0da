"""The tree of a YAML text: nodes that know their place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from msgu.scenario.yaml.scalars import FORBIDDEN, Value


@dataclass(slots=True)
class Spot:
    """A place in a file: line and column from 1."""

    path: str
    line: int
    col: int


@dataclass(slots=True)
class Scalar:
    """One value with the text it was written as."""

    spot: Spot
    text: str
    plain: bool
    value: Value


@dataclass(slots=True)
class Sequence:
    """A list."""

    spot: Spot
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """Keys, each with its place, and their values, in the order written."""

    spot: Spot
    keys: dict[str, Spot] = field(default_factory=dict)
    values: dict[str, Node] = field(default_factory=dict)

    def put(self, key: str, spot: Spot, value: Node) -> None:
        """Set a key, its place and its value."""
        self.keys[key] = spot
        self.values[key] = value


Node = Scalar | Sequence | Mapping
Plain = dict[str, Any] | list[Any] | Value


def to_plain(node: Node) -> Plain:
    """Return the tree as dictionaries, lists and scalars."""
    if isinstance(node, Mapping):
        return {key: to_plain(value) for key, value in node.values.items()}
    if isinstance(node, Sequence):
        return [to_plain(item) for item in node.items]
    return node.value


def shorten(text: str, width: int = 60) -> str:
    """Return the text on one line, printable, and not longer than the width."""
    flat = "".join(c if c.isprintable() else " " for c in FORBIDDEN.sub(" ", " ".join(text.split())))
    return flat if len(flat) <= width else flat[: width - 3] + "..."
