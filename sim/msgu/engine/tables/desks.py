"""Call centres."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from msgu.engine.compiled import CompiledEngine
from msgu.engine.tables.counts import Counts, bins_until
from msgu.engine.tables.sparse import many_columns
from msgu.results import Columns
from msgu.scenario.schema.root import Scenario
from msgu.world.build import World

RECEIVED, BUSY, ANSWERED, ABANDONED = range(4)
"""Columns of `DeskCounts.calls`."""
WAITING, SERVING = range(2)
"""Columns of `DeskCounts.change`."""


class DeskCounts:
    """Calls that each desk received, and changes of the numbers of callers who wait and are served, by bin."""

    def __init__(self, scenario: Scenario) -> None:
        self.calls = Counts(scenario, len(scenario.desks), 4)
        self.change = Counts(scenario, len(scenario.desks), 2)


def desks(night: CompiledEngine, counted: DeskCounts) -> Columns:
    """Counts and standing numbers of each desk, up to the bin with which it ends."""
    s = night.world.scenario
    standing = np.cumsum(counted.change.array, axis=0)
    for number, desk in enumerate(sorted(s.desks)):
        standing[bins_until(s, s.followed_until("desks", desk)) :, number] = 0
    columns = ("received", "busy", "answered", "abandoned", "waiting", "serving")
    return many_columns(np.concatenate((counted.calls.array, standing), axis=2), ("bin", "desk"), columns)


COUNTED: Final[dict[str, Callable[[CompiledEngine, DeskCounts], Columns]]] = {"desks": desks}


def names(world: World) -> dict[str, list[str]]:
    """Names of the desks."""
    return {"desks": sorted(world.scenario.desks)}
