"""People who are out: where they are and what they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from msgu.engine.arrays.hearing import law_of
from msgu.engine.compiled import CompiledEngine
from msgu.engine.tables.counts import bins_until
from msgu.engine.tables.sparse import one_column
from msgu.results import Columns
from msgu.scenario.schema.people import STATES
from msgu.world.build import World
from msgu.world.people import HAS_NOT_HEARD, REACHES


def people(night: CompiledEngine) -> Columns:
    """People by bin, zone and state, as long as the ways home are followed."""
    s = night.world.scenario
    standing = np.cumsum(night.people.change[: bins_until(s, s.followed_until("going_home"))], axis=0)
    return one_column(standing, ("bin", "zone", "state"), "count")


def moves(night: CompiledEngine) -> Columns:
    """Changes of state by bin, zone and the state entered."""
    return one_column(night.people.entered, ("bin", "zone", "state"), "entered")


TABLES: Final[dict[str, Callable[[CompiledEngine], Columns]]] = {"people": people, "moves": moves}


def names(world: World) -> dict[str, list[str]]:
    """Names of zones and states, and of the reasons why offers of shelter reach somebody or not."""
    hearing = [HAS_NOT_HEARD] if law_of(world.scenario) is not None else []
    return {"zones": list(world.zones), "states": list(STATES), "reaches": [*REACHES, *hearing]}


def totals(night: CompiledEngine) -> dict[str, int]:
    """How many people are out."""
    return {"people_out": len(night.world.out.at)}
