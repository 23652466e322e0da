"""People who are out within reach of dangers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from msgu.engine.compiled import CompiledEngine
from msgu.engine.tables.sparse import many_columns
from msgu.results import Columns
from msgu.scenario.schema.danger import ANY, PLACES, in_time
from msgu.world.build import World


def exposure(night: CompiledEngine) -> Columns | None:
    """People within reach at the end of each bin, and the time within reach during it, by zone, danger and place.

    Each change in a bin moves its time by what is left of the bin; who was within reach before stays so through all of it.
    """
    if not night.world.scenario.dangers:
        return None
    zones = _zones(night)
    change = night.people.near_change[:, zones]
    still = np.cumsum(change, axis=0)
    time = (still - change) * night.world.scenario.record.bin + night.people.near_time[:, zones]
    found = np.nonzero((time > 1e-6) | (still != 0))  # a millionth of a second is what rounding leaves
    table = dict(zip(("bin", "zone", "danger", "place"), found, strict=True))
    return table | {"zone": zones[table["zone"]], "people": still[found], "time": np.maximum(time[found], 0.0)}


def exposed(night: CompiledEngine) -> Columns | None:
    """People who for the first time are within reach, walk towards a danger, or are held within reach."""
    if not night.world.scenario.dangers:
        return None
    zones = _zones(night)
    table = many_columns(night.people.first_met[:, zones], ("bin", "zone", "danger"), ("reached", "towards", "held"))
    return table | {"zone": zones[table["zone"]]}


def _zones(night: CompiledEngine) -> NDArray[np.int64]:
    """Zones whose people met any danger: to look at all of them took half of what dangers cost a night."""
    people = night.people
    return np.unique(people.at[people.met_danger[:, -1] != 0]).astype(np.int64)


TABLES: Final[dict[str, Callable[[CompiledEngine], Columns | None]]] = {"exposure": exposure, "exposed": exposed}


def names(world: World) -> dict[str, list[str]]:
    """Names of the dangers and of where people are; none where there is no danger."""
    dangers = world.scenario.dangers
    return {"dangers": [*in_time(dangers), ANY], "places": list(PLACES)} if dangers else {}
