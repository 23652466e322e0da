"""The form in which a table is declared, and the columns that many tables share."""

from __future__ import annotations

from typing import Final, NamedTuple


class Column(NamedTuple):
    """One column of a table: name, dtype, unit, one sentence."""

    name: str
    dtype: str
    unit: str
    meaning: str


class Table(NamedTuple):
    """One table.

    layer : layer of the fingerprint that covers it. full : whether it counts real people or calls at any scale.
    optional : whether it is kept only where the scenario asks for it. meaning : one sentence.
    """

    layer: str
    full: bool
    optional: bool
    meaning: str
    columns: tuple[Column, ...]


LAYERS: Final = ("graph", "posts", "calls", "people", "summary")
"""Layers of a fingerprint, in order; a change names the first layer that it touched."""

BIN: Final = Column("bin", "i4", "bins", "Number of the time bin, from 0 at the start.")
TOPIC: Final = Column("topic", "i2", "index", "Topic, as a row of `names['topics']`.")
ZONE: Final = Column("zone", "i2", "index", "Zone, as a row of `names['zones']`.")
TIME: Final = Column("time", "f8", "s", "Time since the scenario's start.")


def table(
    layer: str, meaning: str, *columns: Column | tuple[str, str, str, str], full: bool = False, optional: bool = False
) -> Table:
    """Declare a table; a column is a `Column` or its four parts."""
    return Table(layer, full, optional, meaning, tuple(Column(*column) for column in columns))
