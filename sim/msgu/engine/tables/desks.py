"""Call centres."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from msgu.engine.compiled import CompiledEngine
from msgu.engine.tables.counts import bins_until
from msgu.engine.tables.sparse import many_columns
from msgu.results import Columns
from msgu.world.build import World


def desks(night: CompiledEngine) -> Columns:
    """Counts and standing numbers of each desk, up to the bin with which it ends."""
    s = night.world.scenario
    standing = np.cumsum(night.desks.change, axis=0)
    for number, desk in enumerate(sorted(s.desks)):
        standing[bins_until(s, s.followed_until("desks", desk)) :, number] = 0
    columns = ("received", "busy", "answered", "abandoned", "waiting", "serving")
    return many_columns(np.concatenate((night.desks.calls, standing), axis=2), ("bin", "desk"), columns)


def desk_cells(night: CompiledEngine) -> Columns | None:
    """Calls to desks on their way over cells; nothing where they pass over none."""
    if not any(desk.over_cells for desk in night.world.scenario.desks.values()):
        return None
    return many_columns(night.desks.asked, ("bin", "desk"), ("asked", "barred", "blocked"))


TABLES: Final[dict[str, Callable[[CompiledEngine], Columns | None]]] = {"desks": desks, "desk_cells": desk_cells}


def names(world: World) -> dict[str, list[str]]:
    """Names of the desks."""
    return {"desks": sorted(world.scenario.desks)}
