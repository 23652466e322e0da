"""A scenario becomes a world: everything that does not change during a night."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import RefusedError
from sim.scenario.schema import Scenario
from sim.world.accounts import Accounts, build_accounts, graph_digest
from sim.world.people import (
    Out,
    Residents,
    build_cells,
    build_out,
    build_residents,
    populations,
)
from sim.world.places import Places, build_places


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


@dataclass(frozen=True)
class Prediction:
    """Predicted size of a run: memory and disk [bytes], events, time on one core [s]."""

    memory: float
    disk: float
    events: float
    seconds: float


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
        person[: len(accounts.names)] = -1
    start = scenario.start
    return World(
        scenario, seed, scale, max(1, round(1 / scale)), tuple(zones),
        start.hour * 3600.0 + start.minute * 60.0 + start.second, np.array(offset, np.int64),
        accounts, residents, person, build_out(scenario, seed, zones), build_places(scenario.places), graph_digest(accounts.graph),
    )  # fmt: skip


MEMORY_LIMIT = 20e9
EVENT_LIMIT = 2e10
DISK_LIMIT = 200e9


def predict(scenario: Scenario, scale: float) -> Prediction:
    """Predict the size of a run from the scenario's numbers alone; builds nothing."""
    n = scenario.network.accounts * scale if scenario.network else 0.0
    zones = scenario.places.zone_ids()
    people = float(populations(scenario, zones).sum()) * scale if zones else 0.0
    out = float(sum(o.people for o in scenario.outings.values()))
    out += float(sum(sum(v.people.values()) for v in scenario.places.venues.values()))
    topics = len(scenario.topics)
    bins = scenario.horizon / scenario.record.bin
    posts = sum(d.volume for d in scenario.drivers.values()) * scale * 15.0
    cells = (
        float(len(build_cells(scenario, scale, zones)[0]))
        if zones and _cell_count(scenario, scale) < 1e7
        else _cell_count(scenario, scale)
    )
    calls = cells * (scenario.phones.load if scenario.phones else 0.0) / 100.0 * scenario.horizon
    ties = n * (scenario.network.mean_follows if scenario.network else 0.0)
    if scenario.network and scenario.network.complete:
        ties = n * n
    memory = (
        2e8 + 9.5 * ties + n * (120 + 24 * topics) + 60 * people + 40 * out + 120 * posts + 16 * cells * bins
    )
    memory += 8 * bins * len(zones) * 12
    events = posts * 30 + calls + 10 * people + 20 * out
    return Prediction(
        memory,
        4 * ties + 40 * posts + 16 * cells * bins,
        events,
        1.0 + events / 2e6 + ties * 2e-7,
    )


def _cell_count(scenario: Scenario, scale: float) -> float:
    if scenario.phones is None:
        return 0.0
    people = float(populations(scenario, scenario.places.zone_ids()).sum())
    return scale * (people / scenario.phones.persons_per_cell + float(sum(scenario.phones.cells.values())))


def refuse_if_too_large(scenario: Scenario, scale: float) -> None:
    """Raise `RefusedError` with the predicted size where a run would not fit."""
    p = predict(scenario, scale)
    if p.memory <= MEMORY_LIMIT and p.events <= EVENT_LIMIT and p.disk <= DISK_LIMIT:
        return
    raise RefusedError(
        f"too large: predicted {p.memory / 1e9:.3g} GB of memory (limit {MEMORY_LIMIT / 1e9:.3g}), {p.events:.3g} events "
        f"(limit {EVENT_LIMIT:.3g}), {p.disk / 1e9:.3g} GB of disk (limit {DISK_LIMIT / 1e9:.3g}); try a smaller --scale"
    )
