"""Local time in every zone of a scenario, in rows between which some clock changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from msgu.scenario.schema.places import Zone
from msgu.scenario.schema.root import Scenario
from msgu.units import clock_rows, offsets, zone

F64 = NDArray[np.float64]
Steps = list[tuple[float, float]]
"""From when on [s], each with a value."""


def clocks(scenario: Scenario) -> tuple[F64, F64, F64]:
    """Return `turn`, `local` and `offset` of a world, see `msgu.world.build.World`."""
    home = offsets(scenario.start, scenario.horizon)
    there = [_offsets(scenario, scenario.places.zones[name]) or home for name in scenario.places.zone_ids()]
    turn = sorted({at for steps in (home, *there) for at, _ in steps})
    local = [_at(clock_rows(scenario.start, scenario.horizon), t) for t in turn]
    offset = [[_at(steps, t) - _at(home, t) for steps in there] for t in turn]
    return np.array(turn), np.array(local), np.array(offset).reshape(len(turn), len(there))


def _offsets(scenario: Scenario, place: Zone) -> Steps | None:
    """Return the UTC offsets of a zone during the night [s], or None where it has the scenario's clock."""
    if place.time_zone is not None:
        return offsets(scenario.start, scenario.horizon, zone(place.time_zone))
    return None if place.utc_offset_h is None else [(0.0, float(round(place.utc_offset_h * 3600)))]


def _at(steps: Steps, t: float) -> float:
    """Return the value that holds at a time."""
    return next(value for at, value in reversed(steps) if at <= t)
