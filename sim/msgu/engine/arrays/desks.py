"""Arrays of call centres at the start of a run, nobody on duty yet."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.engine.arrays.broadcasts import named_keys
from msgu.engine.arrays.laws import Laws
from msgu.kernels.arrays.declare import allocate
from msgu.kernels.arrays.desks import Desks
from msgu.kernels.arrays.run import Keys
from msgu.scenario.schema.desks import DeskRate
from msgu.world.accounts import cumulative_shares
from msgu.world.build import World
from msgu.world.people import by_zone_or_kind, populations

CALLERS = 1 << 10
"""Room at the start for who waits, is served or will redial."""


def build_desks(world: World, key: Keys, laws: Laws, sizes: dict[str, int]) -> Desks:
    """Arrays of the desks' kernels at the start of a run."""
    s = world.scenario
    desks = [s.desks[name] for name in sorted(s.desks)]
    return allocate(
        Desks,
        sizes | {"callers": CALLERS, "reaching desks": len(desks) if over_cells(world) else 0},
        lines=np.array([-1 if d.lines is None else d.lines for d in desks], np.int64),
        handling=np.array([laws.add(d.handling) for d in desks], np.int64),
        patience=np.array([-1 if d.patience is None else laws.add(d.patience) for d in desks], np.int64),
        redial=np.array([laws.add(d.redial_after) for d in desks], np.int64),
        persistence=np.array([d.persistence for d in desks], np.float64),
        informs=np.array([d.informs for d in desks], np.float64),
        end=np.array([s.followed_until("desks", name) for name in sorted(s.desks)], np.float64),
        size=np.array([-1, 0, 0, 0], np.int64),
        over_cells=np.array([d.over_cells for d in desks], np.uint8),
        emergency=np.array([d.emergency for d in desks], np.uint8),
        cell_key=named_keys(key.desk_cell, s.desks),
        **_rates(world),
    )


def _rates(world: World) -> dict[str, Any]:
    """Return the rates above 0 of callers who are no person of the model, desk by desk."""
    found = [
        (number, row, rate)
        for number, (_, desk) in enumerate(sorted(world.scenario.desks.items()))
        for row, (_, rate) in enumerate(sorted(desk.rates.items()))
        if rate.rate > 0
    ]
    return {
        "rate_desk": np.array([number for number, _, _ in found], np.int64),
        "rate_row": np.array([row for _, row, _ in found], np.int64),
        "rate": np.array([rate.rate for _, _, rate in found], np.float64),
        "rate_until": np.array([rate.until for _, _, rate in found], np.float64),
        "rate_time": np.array([rate.at for _, _, rate in found], np.float64),
        "rate_zone": _callers_zones(world, [rate for _, _, rate in found]),
    }


def over_cells(world: World) -> bool:
    """Return whether calls to a desk take channels of cells."""
    return any(desk.over_cells for desk in world.scenario.desks.values())


def _callers_zones(world: World, rates: list[DeskRate]) -> NDArray[np.float64]:
    """Cumulative shares of the zones from where the callers of each rate call; none where no desk asks for them."""
    s, zones = world.scenario, list(world.zones)
    if not over_cells(world):
        return np.empty((len(rates), 0))
    people = populations(s, zones)
    weights = [people * (by_zone_or_kind(s, zones, rate.zones) if rate.zones else 1.0) for rate in rates]
    return np.array([cumulative_shares(weight) for weight in weights]).reshape(len(rates), len(zones))


def known_events(world: World) -> int:
    """Events that are known beforehand: the next caller of each rate."""
    return sum(rate.rate > 0 for desk in world.scenario.desks.values() for rate in desk.rates.values())
