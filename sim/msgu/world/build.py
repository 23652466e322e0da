"""The world of a scenario: everything that does not change during a night, built for a seed and a scale."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from msgu.scenario.blocks import made_of
from msgu.scenario.schema.root import Scenario
from msgu.world.accounts import Accounts, build_accounts, graph_digest
from msgu.world.bridge import draw_residents
from msgu.world.clocks import clocks
from msgu.world.people import Out, Residents, build_out, build_residents
from msgu.world.places import PlaceArrays, build_places
from msgu.world.size import refuse_if_too_large
from msgu.world.standing import Standing, build_standing


@dataclass(frozen=True)
class World:
    """What a night happens in, for one scenario, seed and scale.

    zones : ids, sorted; every zone array is in this order. clones : 1/scale, rounded.
    turn : shape (n_rows,). From when on a row of the clocks holds [s], the first from 0; more than one where clocks change.
    local : shape (n_rows,). Local clock at the scenario's place less the time since the start [s].
    offset : shape (n_rows, n_zones). Local time of a zone minus the scenario's [s].
    person : shape (n_accounts,). Person behind each account, -1 for none.
    """

    scenario: Scenario
    seed: int
    scale: float
    clones: int
    zones: tuple[str, ...]
    turn: NDArray[np.float64]
    local: NDArray[np.float64]
    offset: NDArray[np.float64]
    accounts: Accounts
    residents: Residents
    person: NDArray[np.int32]
    out: Out
    places: PlaceArrays
    graph_digest: str

    @cached_property
    def resident_of_out(self) -> NDArray[np.int32]:
        """Resident of whom each person out is a clone, -1 for none; shape (n_out,); see docs/concepts/bridge.md."""
        return draw_residents(self.seed, self.out.home, self.residents.first, self.residents.count)

    @cached_property
    def standing(self) -> Standing:
        """Who stands for the people who are out, where calls pass where they are, or where there are witnesses."""
        return build_standing(self.scenario, self.seed, self.scale, self.out, self.residents, self.resident_of_out)


def build_world(scenario: Scenario, seed: int, scale: float) -> World:
    """Build the world; the same arguments give the same bits.

    Raises
    ------
    RefusedError : before anything is built, where the predicted size passes this machine's memory or the limits.
    """
    refuse_if_too_large(scenario, scale)
    zones = scenario.places.zone_ids()
    accounts = build_accounts(scenario, seed, scale, zones)
    residents = build_residents(scenario, seed, scale, zones)
    out = build_out(scenario, seed, zones)
    return _joined(
        scenario, seed, scale, (accounts, graph_digest(accounts.graph)), residents, out, build_places(scenario.places)
    )


def shared_world(scenario: Scenario, seed: int, scale: float) -> World:
    """Build the world as `build_world` does, but take each part that this process built last from the same blocks.

    So the alternatives of a comparison, which mostly leave the world alone, build it once and not night by night.

    Raises
    ------
    RefusedError : as `build_world` does.
    """
    refuse_if_too_large(scenario, scale)
    accounts = _accounts(_made_of(scenario, "accounts"), seed, scale)
    residents = _residents(_made_of(scenario, "residents"), seed, scale)
    out = _out(_made_of(scenario, "out"), seed)
    return _joined(scenario, seed, scale, accounts, residents, out, _places(_made_of(scenario, "places")))


@dataclass(frozen=True)
class _Blocks:
    """A scenario of which only some blocks count: equal to another where these are."""

    text: str
    scenario: Scenario = field(compare=False, repr=False)


def _made_of(scenario: Scenario, part: str) -> _Blocks:
    return _Blocks(scenario.model_dump_json(include=set(made_of(part))), scenario)


@lru_cache(maxsize=1)
def _accounts(of: _Blocks, seed: int, scale: float) -> tuple[Accounts, str]:
    found = build_accounts(of.scenario, seed, scale, of.scenario.places.zone_ids())
    return found, graph_digest(found.graph)


@lru_cache(maxsize=1)
def _residents(of: _Blocks, seed: int, scale: float) -> Residents:
    return build_residents(of.scenario, seed, scale, of.scenario.places.zone_ids())


@lru_cache(maxsize=4)
def _out(of: _Blocks, seed: int) -> Out:
    return build_out(of.scenario, seed, of.scenario.places.zone_ids())


@lru_cache(maxsize=4)
def _places(of: _Blocks) -> PlaceArrays:
    return build_places(of.scenario.places)


def _joined(
    scenario: Scenario,
    seed: int,
    scale: float,
    accounts: tuple[Accounts, str],
    residents: Residents,
    out: Out,
    places: PlaceArrays,
) -> World:
    """Put the parts of a world together."""
    from msgu.kernels.base import sample

    who, digest = accounts
    person = np.full(who.n, -1, np.int32)
    if who.n:
        sample.account_persons(who.zone, residents.first, residents.count, person)
        person[[who.number(name) for name in who.names]] = -1
    return World(
        scenario,
        seed,
        scale,
        max(1, round(1 / scale)),
        tuple(scenario.places.zone_ids()),
        *clocks(scenario),
        who,
        residents,
        person,
        out,
        places,
        digest,
    )
