"""Table of the call centres."""

from __future__ import annotations

from typing import Final

from msgu.results.columns import BIN, Table, table

TABLES: Final[dict[str, Table]] = {
    "desks": table(
        "calls", "Calls to desks by bin.",
        BIN,
        ("desk", "i2", "index", "Desk, as a row of `names['desks']`."),
        ("received", "i4", "calls", "Calls that arrived, redials included."),
        ("busy", "i4", "calls", "Calls that met a full line."),
        ("answered", "i4", "calls", "Calls whose handling began."),
        ("abandoned", "i4", "calls", "Calls that gave up waiting."),
        ("waiting", "i4", "calls", "Callers waiting at the end of the bin."),
        ("serving", "i4", "calls", "Callers with an operator at the end of the bin."),
        full=True,
    ),
    "desk_cells": table(
        "calls", "Calls to desks `over_cells` by bin, on their way; those neither barred nor blocked reach the desk.",
        BIN,
        ("desk", "i2", "index", "Desk, as a row of `names['desks']`."),
        ("asked", "i4", "calls", "Calls whose caller has a cell, redials included."),
        ("barred", "i4", "calls", "Of these kept from asking for a channel."),
        ("blocked", "i4", "calls", "Of these that found no channel in the cell."),
        full=True,
        optional=True,
    ),
}  # fmt: skip
