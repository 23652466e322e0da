"""A scenario becomes a world: everything that does not change during a night."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import Scenario
from sim.world.accounts import Accounts, build_accounts, graph_digest
from sim.world.people import Out, Residents, build_out, build_residents
from sim.world.places import Places, build_places
from sim.world.size import refuse_if_too_large


@dataclass(frozen=True)
class World:
    """What a night happens in, for one scenario, seed and scale.

    zones : ids, sorted; every zone array is in this order. local : local clock time at the start [s].
    offset : shape (n_zones,). Local time of a zone minus the scenario's [h]. clones : 1/scale, rounded.
    person : shape (n_accounts,). Person behind each account, -1 for none.
    """

    scenario: Scenario
    seed: int
    scale: float
    clones: int
    zones: tuple[str, ...]
    local: float
    offset: NDArray[np.int64]
    accounts: Accounts
    residents: Residents
    person: NDArray[np.int32]
    out: Out
    places: Places
    graph_digest: str


def build_world(scenario: Scenario, seed: int, scale: float) -> World:
    """Build the world; the same arguments give the same bits.

    Raises
    ------
    RefusedError : before anything is built, where the predicted size passes this machine's memory or the limits.
    """
    refuse_if_too_large(scenario, scale)
    from sim.kernels import sample

    zones = scenario.places.zone_ids()
    home = scenario.start.utcoffset()
    base = home.total_seconds() / 3600 if home else 0.0
    given = [scenario.places.zones[z].utc_offset_h for z in zones]
    offset = [0 if hours is None else round(hours - base) for hours in given]
    accounts = build_accounts(scenario, seed, scale, zones)
    residents = build_residents(scenario, seed, scale, zones)
    person = np.full(accounts.n, -1, np.int32)
    if accounts.n:
        sample.account_persons(accounts.zone, residents.first, residents.count, person)
        person[[accounts.number(name) for name in accounts.names]] = -1
    start = scenario.start
    return World(
        scenario,
        seed,
        scale,
        max(1, round(1 / scale)),
        tuple(zones),
        start.hour * 3600.0 + start.minute * 60.0 + start.second,
        np.array(offset, np.int64),
        accounts,
        residents,
        person,
        build_out(scenario, seed, zones),
        build_places(scenario.places),
        graph_digest(accounts.graph),
    )
