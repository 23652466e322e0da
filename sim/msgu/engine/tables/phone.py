"""Cells, calls, messages, and who knows of the event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from msgu.engine.compiled import CompiledEngine
from msgu.engine.tables.sparse import many_columns, one_column
from msgu.kernels.state import CELL_BUSY, CELL_LEGS, CELL_URGENT, CELL_URGENT_LOST, OFFERED
from msgu.results import Columns
from msgu.world.build import World

LEGS: Final = ("offered", "lost", "lost_far", "carried")
"""What happens to a leg of a call, in the order of the kernels' columns."""


def cells(night: CompiledEngine) -> Columns:
    """Every cell that was run, with the legs of the whole run."""
    residents, counted = night.world.residents, night.phone.cells
    columns = {"busy": CELL_BUSY, "emergency": CELL_URGENT, "emergency_lost": CELL_URGENT_LOST}
    columns |= {name: CELL_LEGS + i for i, name in enumerate(LEGS)}
    table: Columns = {
        "cell": np.arange(len(residents.cell_zone)),
        "zone": residents.cell_zone,
        "channels": night.phone.channels[residents.cell_zone],
        "weight": residents.cell_weight,
        "operator": residents.cell_operator,
    }
    return table | {name: counted[:, column] for name, column in columns.items()}


def calls(night: CompiledEngine) -> Columns:
    """Legs of calls by zone and bin, where any asked for a channel."""
    legs = night.phone.calls
    row, zone = np.nonzero(legs[:, :, OFFERED])
    return {"bin": row, "zone": zone} | {name: legs[row, zone, i] for i, name in enumerate(LEGS)}


def traffic(night: CompiledEngine) -> Columns:
    """Calls and messages that the event caused, by bin and operator."""
    return many_columns(night.phone.traffic, ("bin", "operator"), ("attempts", "carried", "sms", "data", "fallback"))


def awareness(night: CompiledEngine) -> Columns:
    """People who know of the event, by bin and zone."""
    return one_column(np.cumsum(night.phone.aware_change, axis=0), ("bin", "zone"), "aware")


def barring(night: CompiledEngine) -> Columns | None:
    """Ordinary calls that were kept from asking for a channel; nothing where no measure turns their access."""
    if not any(measure.dial == "access" for measure in night.world.scenario.measures.values()):
        return None
    return one_column(night.phone.barred, ("bin", "zone"), "barred")


def groups(night: CompiledEngine) -> Columns | None:
    """Messages to a group; nothing where nobody writes any."""
    worry = night.world.scenario.worry
    if worry is None or worry.group is None:
        return None
    return many_columns(night.phone.to_groups, ("bin",), ("written", "read"))


TABLES: Final[dict[str, Callable[[CompiledEngine], Columns | None]]] = {
    "cells": cells,
    "calls": calls,
    "traffic": traffic,
    "awareness": awareness,
    "barring": barring,
    "groups": groups,
}


def names(world: World) -> dict[str, list[str]]:
    """Names of the operators."""
    phones = world.scenario.phones
    return {"operators": sorted(phones.operators) if phones else []}


def totals(night: CompiledEngine) -> dict[str, int]:
    """People with what they may worry about."""
    return {"people": len(night.phone.person), "worry_edges": len(night.phone.callee)}
