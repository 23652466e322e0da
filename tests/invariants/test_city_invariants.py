"""Of every generated city: one state each, no bed given twice, nobody through a cordon or a closed station."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from msgu.engine.compiled import CompiledEngine
from msgu.engine.protocol import TravelTimes
from msgu.engine.run import simulate
from msgu.kernels import state
from msgu.results import Results
from msgu.scenario.schema.root import Scenario
from msgu.world.build import World, build_world

from tests.invariants.made_cities import city_of
from tests.twin.draws import Keys, uniforms
from tests.twin.draws import log as log_of
from tests.twin.planted import with_fault
from tests.twin.run import log_of_twin
from tests.unit.world.test_world_places import plain_hops, plain_times, straight

Log = dict[str, np.ndarray]
MOVING = {state.RIDING, state.WALKING, state.TAXI, state.WALKING_FAR, state.TO_HOST}


class Rules:
    """The rules of docs/model/closures.md at each time, written from the page, with networkx."""

    def __init__(self, s: Scenario) -> None:
        self.s, self.zones = s, sorted(s.places.zones)
        self.times: dict[Any, Any] = {}

    def closures(self, t: float) -> list[Any]:
        return [c for c in self.s.closures.values() if c.at <= t < c.until]

    def passes(self, t: float, zone: str, whom: str) -> bool:
        """Whether every cordon round a zone lets somebody through: `residents`, `leavers` or `nobody`."""
        return all(whom in c.lets for c in self.closures(t) if zone in c.cordon)

    def may_leave(self, t: float, zone: str, home: str) -> bool:
        return zone == home or self.passes(t, zone, "leavers")

    def may_enter(self, t: float, zone: str, came: str, home: str) -> bool:
        return zone == came or self.passes(t, zone, "residents" if zone == home else "nobody")

    def ride(self, t: float, a: str, b: str) -> float:
        """Time by public transport on a network without what is shut."""
        s, metro = self.s, self.s.places.metro
        shut, stopped, thin = set(), set(), {}
        hops = plain_hops(s.places)
        for c in self.closures(t):
            shut |= set(c.stations) | {k for k, row in metro.stations.items() if row.zone in c.cordon}
            hit = {h for h in hops if h[0] in c.lines or metro.lines[h[0]].mode in c.networks}
            for pair in c.borders.values():
                stopped |= {h for h in hops if {metro.stations[h[1]].zone, metro.stations[h[2]].zone} == set(pair)}
            if c.service:
                thin |= {h: min(thin.get(h, 1.0), c.service) for h in hit}
            else:
                stopped |= hit
        label = frozenset(shut), frozenset(stopped), frozenset(thin.items())
        if label not in self.times:
            self.times[label] = plain_times(s.places, shut, stopped, thin)
        return float(self.times[label][self.zones.index(a), self.zones.index(b)])

    def longer(self, t: float, a: str, b: str) -> float:
        """How much longer the way is than usual, round cordons and borders; infinite where there is none."""
        usual: nx.Graph[str] = nx.Graph()
        for z, row in self.s.places.zones.items():
            for other in row.adjacent:
                usual.add_edge(z, other, weight=straight(row, self.s.places.zones[other]))
        now = usual.copy()
        for c in self.closures(t):
            now.remove_nodes_from([z for z in c.cordon if z not in (a, b)])
            now.remove_edges_from([pair for pair in c.borders.values() if now.has_edge(*pair)])
        return 1.0 if a == b else max(1.0, _length(now, a, b) / _length(usual, a, b))


def _length(graph: nx.Graph[str], a: str, b: str) -> float:
    if a not in graph or b not in graph or not nx.has_path(graph, a, b):
        return math.inf
    return float(nx.shortest_path_length(graph, a, b, weight="weight"))


# ---- checks of one night ----


def rows_of(log: Log, code: int) -> Iterator[tuple[float, int, int, int, int]]:
    at = log["code"] == code
    return zip(*(log[k][at].tolist() for k in ("time", "who", "nth", "a", "b")), strict=True)


def check_states(world: World, log: Log) -> Counter[int]:
    """Each change starts where the last one ended; returns how often each state was entered."""
    now = [state.OUT] * len(world.out.at)
    entered: Counter[int] = Counter()
    for _, q, old, new, zone in rows_of(log, state.LOG_STATE):
        assert now[q] == old != new, "two states at once"
        assert zone == world.out.at[q]
        assert old not in (state.HOME, state.SHELTERED), "left home or shelter"
        now[q] = new
        entered[new] += 1
    return entered


def check_beds(world: World, night: Results, log: Log) -> int:
    """No host takes in more people than there are places; nobody is taken in twice."""
    s = world.scenario
    key = Keys(world.seed, night.replication)
    given: Counter[int] = Counter(place for *_, outcome, place in rows_of(log, state.LOG_CONTACT) if outcome == 0)
    guests = [q for _, q, _, outcome, _ in rows_of(log, state.LOG_CONTACT) if outcome == 0]
    assert len(guests) == len(set(guests))
    assert sum(new == state.TO_HOST for *_, new, _ in rows_of(log, state.LOG_STATE)) == len(guests)
    posts = night.tables["posts"]
    for place, beds in given.items():
        offer, clone = divmod(place, world.clones)
        j = night.tables["offers"]["post"][offer]
        who, nth = (int(posts["author"][j]) << 32) | clone, (int(posts["topic"][j]) << 20) | int(posts["nth"][j])
        more = s.shelter.places - 1.0  # type: ignore[union-attr]
        v = uniforms(key.shelter, who, nth, 0)[1]
        places = 1 + (int(log_of(v) / log_of(more / (1.0 + more))) if more > 0 else 0)
        assert beds <= places, "a bed given twice"
    return len(guests)


def check_ways(world: World, night_log: Log) -> int:
    """Nobody sets out through a cordon or a closed station, nobody arrives inside one; each way takes its time."""
    rules, zones = Rules(world.scenario), world.zones
    on: dict[int, tuple[float, int]] = {}
    checked = 0
    for t, q, _, new, _ in rows_of(night_log, state.LOG_STATE):
        a, h = zones[world.out.at[q]], zones[world.out.home[q]]
        if new in MOVING:
            on[q] = (t, new)
            assert rules.may_leave(t, a, h), "out of a cordon"
            assert new == state.TO_HOST or rules.may_enter(t, h, a, h), "into a cordon"
            checked += 1
        if new == state.HOME:
            assert rules.may_enter(t, h, a, h), "home through a cordon"
        if new in (state.HOME, state.OUTSIDE) and q in on:
            start, how = on.pop(q)
            if how == state.TO_HOST:
                continue
            assert t - start == pytest.approx(_time(rules, world, start, how, a, h), rel=1e-6), "a way that is not open"
    return checked


def _time(rules: Rules, world: World, t: float, how: int, a: str, h: str) -> float:
    """Time that a way takes with what is shut at `t` [s]."""
    home = world.scenario.going_home
    metres = float(world.places.distance[world.zones.index(a), world.zones.index(h)]) * rules.longer(t, a, h)
    if how == state.RIDING and a != h:
        return rules.ride(t, a, h)
    return metres / home.taxi_speed if how == state.TAXI else metres * home.detour / home.walk_speed


def check_counts(world: World, night: Results) -> None:
    """The tables agree with the log."""
    people, moves = night.tables["people"], night.tables["moves"]
    bins = int(np.ceil(night.horizon / night.bin_width))
    assert (np.bincount(people["bin"], people["count"], bins) == len(world.out.at)).all()
    assert (people["count"] > 0).all()
    log = night.tables["event_log"]
    entered = Counter(new for *_, new, _ in rows_of(log, state.LOG_STATE))
    assert {k: int(moves["entered"][moves["state"] == k].sum()) for k in entered} == dict(entered)
    seekers, contacts = night.tables["seekers"], night.tables["contacts"]
    assert int(np.isfinite(seekers["yes"]).sum()) == int((contacts["outcome"] == 0).sum())
    assert int(np.isfinite(seekers["door"]).sum()) == entered[state.SHELTERED]
    assert (seekers["yes"][np.isfinite(seekers["yes"])] >= seekers["look"][np.isfinite(seekers["yes"])]).all()
    looks = sum(1 for _ in rows_of(log, state.LOG_READ))
    assert int(seekers["looks"].sum()) == looks
    unreached = night.tables["unreached"]
    stuck = {q for _, q, _, new, _ in rows_of(log, state.LOG_STATE) if new in (state.STRANDED, state.SEEKING)}
    assert int(unreached["people"].sum()) == len(stuck)
    assert {int(x) for x in seekers["person"]} <= {q for q in stuck if world.out.reach[q] == 0}


def check_reopenings(changes: list[tuple[float, TravelTimes]], s: Scenario) -> int:
    """Where nothing closes at a time, no way is longer than before."""
    starts = {c.at for c in s.closures.values()} | {s.places.metro.service_end}
    found = 0
    for (_, before), (t, after) in pairwise(changes):
        if t not in starts:
            assert (after.ride <= before.ride * (1 + 1e-12) + 1e-9).all(), "a reopening lengthens a ride"
            assert (after.walk <= before.walk * (1 + 1e-12) + 1e-9).all(), "a reopening lengthens a walk"
            found += 1
    return found


def watched(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[Results, list[tuple[float, TravelTimes]]]:
    """A night, and the ways home as they changed."""
    changes: list[tuple[float, TravelTimes]] = []
    usual = CompiledEngine.change_network

    def change(self: CompiledEngine, t: float, ways: TravelTimes) -> None:
        changes.append((t, ways))
        usual(self, t, ways)

    with monkeypatch.context() as patched:
        patched.setattr(CompiledEngine, "change_network", change)
        return simulate(world, world.seed, 0), changes


@pytest.mark.timeout(3600)
def test_nothing_that_cannot_be_happens_in_generated_cities(
    size: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered: Counter[int] = Counter()
    seen: Counter[str] = Counter()
    for number in range(size["generated cities"]):
        scenario = city_of(number, tmp_path)
        world = build_world(scenario, scenario.seed, scenario.scale)
        night, changes = watched(world, monkeypatch)
        try:
            entered += check_states(world, night.tables["event_log"])
            seen["beds"] += check_beds(world, night, night.tables["event_log"])
            seen["ways"] += check_ways(world, night.tables["event_log"])
            check_counts(world, night)
            seen["reopenings"] += check_reopenings(changes, scenario)
        except AssertionError as error:
            error.add_note(f"generated city {number}")
            raise
        seen["cities"] += 1
    print(f"cities: {dict(seen)}; states entered: {dict(sorted(entered.items()))}")
    assert set(entered) == set(range(1, 12))
    assert min(seen.values()) >= size["generated cities"]


FAULTS = {
    "a bed given twice": ("if self.taken.get(place, 0) >= places:", "if False:"),
    "through a cordon": ("return z != self.world.out.home[q] and not self._lets(z, 4)", "return False"),
    "into a cordon": ("if self.kept_out(q, h):", "if False:"),
    "taxis a tenth slower": ("float(road[z, h]) / home", "1.1 * float(road[z, h]) / home"),
    "home at last through a cordon": (" and not self.kept_out(q, h):", ":"),
    "two states at once": ("old, self.state[q] = self.state[q], new", "old, self.state[q] = s.OUT, new"),
}
"""Planted in the twin, whose log is then checked: what must be seen."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_breaks_an_invariant(name: str, tmp_path: Path) -> None:
    plain = with_fault(*FAULTS[name])
    for number in range(60):
        scenario = city_of(number, tmp_path)
        world = build_world(scenario, scenario.seed, scenario.scale)
        night, wrong = simulate(world, world.seed, 0), log_of_twin(world, 0, plain)
        try:
            check_states(world, wrong)
            check_beds(world, night, wrong)
            check_ways(world, wrong)
        except AssertionError:
            return
    pytest.fail("no invariant saw it")


# ---- a perfect map ----


def housed(night: Results) -> np.ndarray:
    yes = night.tables["seekers"]["yes"]
    return np.sort(yes[np.isfinite(yes)])


@pytest.mark.timeout(3600)
def test_a_perfect_map_never_houses_fewer_where_beds_are_alike(size: dict[str, int], tmp_path: Path) -> None:
    """One zone, beds alike, nobody gives up, common draws: as many at every time, one look later at most, and at the end."""
    more = same = 0
    for number in range(size["generated cities"]):
        scenario = city_of(number, tmp_path, one_zone=True)
        sh = scenario.shelter
        assert sh is not None
        perfect = {"map_at": 0.0, "map_use": 1.0, "map_coverage": 1.0, "map_delay": 0.0}
        found = []
        for shelter in (sh.model_copy(update={"map_at": None}), sh.model_copy(update=perfect)):
            s = scenario.model_copy(update={"shelter": shelter})
            found.append(simulate(build_world(s, s.seed, s.scale), s.seed, 0))
        stream, by_map = (housed(night) for night in found)
        assert len(by_map) >= len(stream), f"generated city {number}"
        look = sh.batch * sh.item_time
        assert (by_map[: len(stream)] <= stream + look + 1e-6).all(), f"generated city {number}: later than one look"
        seekers, hosts = len(found[1].tables["seekers"]["person"]), _beds(found[1], s)
        assert len(by_map) == min(seekers, hosts), f"generated city {number}: a bed and a seeker are left"
        more, same = more + (len(by_map) > len(stream)), same + (len(by_map) == len(stream))
    print(f"perfect map: more people housed in {more} cities, as many in {same}, fewer in none")
    assert more > 0


def _beds(night: Results, s: Scenario) -> int:
    """Places of all hosts, by the draws."""
    posts, clones = night.tables["posts"], night.clones
    key = Keys(night.seed, night.replication)
    more, beds = s.shelter.places - 1.0, 0  # type: ignore[union-attr]
    for j in night.tables["offers"]["post"]:
        for clone in range(clones):
            who, nth = (int(posts["author"][j]) << 32) | clone, (int(posts["topic"][j]) << 20) | int(posts["nth"][j])
            beds += 1 + (int(log_of(uniforms(key.shelter, who, nth, 0)[1]) / log_of(more / (1.0 + more))) if more > 0 else 0)
    return beds
