"""A run forked at a minute: the bits of a run from the start, whatever its processes were doing."""

from __future__ import annotations

import inspect
from collections.abc import Generator
from functools import cache
from typing import Any

import numpy as np
import pytest
from msgu.engine import triggers
from msgu.engine.clock import Clock
from msgu.engine.compiled import CompiledEngine
from msgu.engine.forks import state
from msgu.engine.forks.disk import of_saved, to_saved
from msgu.engine.forks.errors import OtherPastError
from msgu.engine.forks.run import Begin, Checkpoint, Keep, simulate
from msgu.engine.forks.tape import TapedEngine
from msgu.engine.processes import bots, closures, curated_map, measures, missing, newsrooms, warnings, witnesses
from msgu.engine.protocol import Engine
from msgu.engine.run import run_phenomena
from msgu.engine.run import simulate as from_the_start
from msgu.kernels.arrays.declare import Array, Number
from msgu.results import Results, fingerprint
from msgu.scenario.load import load
from msgu.world.build import World, build_world

from tests import TOY

MINUTE, HOUR = 60.0, 3600.0
FORKS = tuple(20 * MINUTE * k for k in range(1, 12))
MORE = (
    "instructions.in.at=22:30", "instructions.in.until=23:30", "instructions.in.stays=0.5", "instructions.in.source=invented",
    "instructions.in.reaction.law=fixed", "instructions.in.reaction.value=5 min", "missing.relay_share=1",
    "worry.mutual=0.5", "worry.tells=0.5", "worry.passed_on=0.3", "safety_check.friends=0.5", "safety_check.unmarked=0.5",
    "safety_check.prompted=0.5", "broadcasts.again={at: '22:05', audience: 0.6, news: second, source: invented}",
    "worry.news={second: {at: '22:00', affected: {est: 1, nord: 1}, ties: {arrondissement: 0.5}, source: invented}}",
    "missing.relays=[mairie]", "missing.relay_after.law=fixed", "missing.relay_after.value=40 min", "missing.closes=0.5",
    "missing.search={hospitals: {near: 2, far: 1}, desk: hotline, visits: 1, visit: {law: fixed, value: 9 min}, calls: 1, again: "
    "{law: fixed, value: 11 min}}",
    "phones.people_out=1", "desks.hotline.over_cells=true", "witnesses.blast.at=21:30", "witnesses.blast.zone=centre",
    "witnesses.blast.people=60", "witnesses.blast.desk=hotline", "witnesses.blast.calls=0.7", "witnesses.blast.source=invented",
    "measures.bar.dial=access", "measures.bar.factor=0.4", "measures.bar.at=21:40", "measures.bar.until=22:30",
    "measures.bar.source=invented",
    "warnings.alert={sender: authority, at: '22:10', until: '23:50', place: [centre, est], guidance: [stay, text, call, host], "
    "desk: hotline, alert: {zones: {arrondissement: 0.9}, delay: {law: exponential, mean: 10 min}}}",
    "warnings.told={sender: authority, post: stay-in, place: [nord], guidance: [detour, seek]}", "heeding.told=2",
    "topics.rumeur-port.claim.trust={official: 4, media: 2}",
    "topics.rumeur-port.claim.interest={law: exponential, mean: 20 min}",
    "topics.rumeur-port.claim.tells={readiness: 0.3, after: {law: exponential, mean: 10 min}}",
    "topics.rumeur-port.claim.corrects={readiness: 0.3, after: {law: exponential, mean: 10 min}}",
    "newsrooms.radio={topic: rumeur-port, account: radio, level: 0.1 /min, audience: 0.3}",
    "attention.shown_once=true", "attention.appeal_power=0.5", "attention.retweet_factor=0.9",
    "attention.participation.share=0.9", "attention.participation.source=invented",
    "pulses.all-clear.stimulus.reaction.law=fixed", "pulses.all-clear.stimulus.reaction.value=25 min",
    "pulses.all-clear.stimulus.session=9 h",
    "pulses.all-clear.stimulus.source=invented", "trending.first_posts=true",
)  # fmt: skip
"""What the toy night has not: instructions, relays of notices, calls where people are, witnesses, messages, reassurance, claims
that answer, a newsroom."""
PROCESSES = (bots, closures, curated_map, measures, missing, newsrooms, triggers, warnings, witnesses)


@cache
def world(*sets: str) -> World:
    scenario = load(TOY, (), ["record.event_log=true", *sets])
    return build_world(scenario, scenario.seed, scenario.scale)


@cache
def night(*sets: str) -> dict[str, str]:
    return fingerprint(from_the_start(world(*sets), 1, 0))


def kept(times: tuple[float, ...], base: World) -> tuple[Results, list[Checkpoint]]:
    found: list[Checkpoint] = []
    return simulate(base, base.seed, 0, keep=Keep(times, found.append)), found


@cache
def checkpoints() -> dict[float, Checkpoint]:
    return {point.at: point for point in kept(FORKS, world())[1]}


def branch(at: float, *sets: str, points: dict[float, Checkpoint] | None = None) -> dict[str, str]:
    point = (points or checkpoints())[at]
    return fingerprint(simulate(world(*sets), 1, 0, begin=Begin(of_saved(to_saved(point)), world)))


def test_a_run_that_leaves_checkpoints_has_the_same_bits() -> None:
    assert fingerprint(kept(FORKS, world())[0]) == night()


@cache
def points_of_more() -> dict[float, Checkpoint]:
    return {point.at: point for point in kept(FORKS, world(*MORE))[1]}


@pytest.mark.parametrize("at", FORKS)
def test_a_run_that_goes_on_from_a_checkpoint_has_the_same_bits(at: float) -> None:
    assert branch(at, *MORE, points=points_of_more()) == night(*MORE)


def test_the_forks_meet_every_kind_of_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Generator[Any, Any, Any]] = []
    process = Clock.process
    monkeypatch.setattr(Clock, "process", lambda clock, made: started.append(made) or process(clock, made))
    met: set[str] = set()

    def waiting(_: Checkpoint) -> None:
        met.update(made.__qualname__ for made in started if inspect.getgeneratorstate(made) == inspect.GEN_SUSPENDED)

    simulate(world(*MORE), 1, 0, keep=Keep(FORKS, waiting))
    kinds = {
        function.__qualname__
        for module in PROCESSES
        for owner in (
            module,
            *(one for _, one in inspect.getmembers(module, inspect.isclass) if one.__module__ == module.__name__),
        )
        for _, function in inspect.getmembers(owner, inspect.isgeneratorfunction)
    }
    assert len(kinds) > 6 and kinds - met == set()


LATER = {
    "a dial": ("measures.late.dial=redial_persistence", "measures.late.factor=0.5", "measures.late.at=23:00",
               "measures.late.until=00:00", "measures.late.source=invented"),
    "a dial of zones": ("measures.late.dial=channels", "measures.late.factor=1.5", "measures.late.at=23:00",
                        "measures.late.until=00:00", "measures.late.source=invented"),
    "less of a topic": ("measures.late.dial=infectiousness", "measures.late.factor=0.5", "measures.late.at=23:00",
                        "measures.late.until=00:00", "measures.late.source=invented"),
    "a check that is later": ("safety_check.at=23:10",),
}  # fmt: skip


@pytest.mark.parametrize("what", LATER)
def test_what_begins_after_the_fork_has_the_bits_of_a_run_from_the_start(what: str) -> None:
    assert night(*LATER[what]) != night()
    assert branch(2 * HOUR, *LATER[what]) == night(*LATER[what])


def test_a_map_that_opens_after_the_fork_lists_hosts_known_before_by_its_own_numbers() -> None:
    base, other = ("shelter.map_at=23:30",), ("shelter.map_at=23:00", "shelter.map_use=0.9", "shelter.map_coverage=0.9")
    points = {point.at: point for point in kept((3 * HOUR - MINUTE,), world(*base))[1]}
    (point,) = points.values()
    assert point.state.arrays["people.indexed"].values[0] > 0
    found = simulate(world(*other), 1, 0, begin=Begin(point, lambda: world(*base)))
    assert fingerprint(found) == night(*other) != night(*base)


EARLIER = {
    "a dial": ("measures.early.dial=redial_persistence", "measures.early.factor=0.5", "measures.early.at=21:00",
               "measures.early.until=22:30", "measures.early.source=invented"),
    "a number": ("worry.message_share=0.9",),
    "an array": ("topics.alerte.infectiousness=0.9",),
    "a check that was earlier": ("safety_check.at=20:40",),
    "a law more": ("attention.catch_up.law=fixed", "attention.catch_up.value=5 min"),
    "another map that is open": ("shelter.map_use=0.9",),
}  # fmt: skip


@pytest.mark.parametrize("what", EARLIER)
def test_what_begins_before_the_fork_is_told(what: str) -> None:
    with pytest.raises(OtherPastError):
        branch(3 * HOUR, *EARLIER[what])


@pytest.mark.parametrize("left_out", ["phone.person", "cascade.left", "people.state", "phone.cells", "cascade.size"])
def test_an_array_of_the_state_that_is_left_out_is_noticed(left_out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    is_state, seen = state.is_state, {field.declared: name for _, name, field in state._fields(_engine())}

    def but_one(declared: Array | Number) -> bool:
        return seen.get(declared) != left_out and is_state(declared)

    point = checkpoints()[3 * HOUR]  # whole: it is kept for other tests too
    monkeypatch.setattr(state, "is_state", but_one)
    try:
        found = fingerprint(simulate(world(), 1, 0, begin=Begin(point, world)))
    except Exception:
        return
    assert found != night()


def _engine() -> CompiledEngine:
    return CompiledEngine(world(), 0, keep_log=True)


def test_whatever_an_engine_may_be_asked_goes_over_the_tape() -> None:
    taped = TapedEngine(_engine(), Clock())
    asked = [name for name, one in vars(Engine).items() if inspect.isfunction(one) and not name.startswith("_")]
    assert len(asked) > 12
    assert [name for name in asked if not callable(getattr(taped, name))] == []


def test_events_are_put_back_as_they_were() -> None:
    engine = _engine()
    before = state.events_of(engine)
    engine.wait_for(before, engine.now())
    np.testing.assert_array_equal(state.sorted_events(state.events_of(engine)), state.sorted_events(before))
    run_phenomena(engine, 0)
    assert int(engine.cascade.size[0]) > 0


def test_events_that_go_and_come_are_those_that_differ() -> None:
    before = np.array([[1, 0, 0], [2, 0, 0], [2, 0, 0], [5, 1, 1]])
    after = np.array([[2, 0, 0], [3, 0, 0], [5, 1, 1]])
    gone, come = state.moved(before, after)
    assert gone.tolist() == [[1, 0, 0], [2, 0, 0]] and come.tolist() == [[3, 0, 0]]
