"""A night that differs in its people who are out alone has the bits of one that is run whole."""

from __future__ import annotations

from copy import copy
from functools import cache

import numpy as np
import pytest
from msgu.engine import run
from msgu.engine.collect import results
from msgu.engine.compiled import CompiledEngine
from msgu.engine.forks import people
from msgu.engine.forks.people import (
    Finished,
    PeopleEngine,
    SameInstantError,
    may_follow,
    same_stream,
    simulate_others,
    simulate_people,
)
from msgu.results.replication import Results, fingerprint
from msgu.scenario.blocks import BLOCKS
from msgu.scenario.differences import OF_OTHERS, OF_PEOPLE, parted
from msgu.scenario.load import load
from msgu.world.build import World, shared_world

from tests import TOY

PLAIN = "record.event_log=false", "shelter.volunteers=0"
PEOPLE = (
    "closures.line.until=22:05",
    "closures.line.cordon=[centre]",
    "going_home.taxi=0.9",
    "going_home.patience={law: lognormal, median: 20 min, sigma: 0.6}",
    "measures.free-taxis.until=23:00",
    "measures.map-poster.factor=2",
    "shelter.map_coverage=1",
    "shelter.near=1 km",
    "shelter.seekers=0.9",
    'instructions={stay: {at: "22:05", until: "23:00", stays: 0.6, leaves: 0.2, source: invented}}',
    'dangers={square: {at: "21:30", until: "23:00", lat: 48.001, lon: 2.001, radius: 400 m, source: invented}}',
)


def world(*sets: str) -> World:
    scenario = load(TOY, (), [*PLAIN, *sets])
    return shared_world(scenario, 1, scenario.scale)


@cache
def base() -> Finished:
    night = CompiledEngine(world(), 0, keep_log=False)
    return Finished(night, results(night, run.run_phenomena(night, 0), 0))


def assert_as_whole(found: Results, other: World) -> None:
    """A night that was put together is that of a whole run."""
    whole = run.simulate(other, 1, 0)
    assert fingerprint(found) == fingerprint(whole) and found.summary == whole.summary and found.names == whole.names


@pytest.mark.parametrize("text", PEOPLE)
def test_people_run_beside_the_posts_of_another_night_do_what_they_do_in_a_whole_one(text: str) -> None:
    other = world(text)
    assert parted(base().engine.world.scenario, other.scenario) == "people" and may_follow(base(), other)
    found = simulate_people(base(), other, 0)
    assert_as_whole(found, other)
    assert fingerprint(found) != fingerprint(base().results)


def test_readers_who_find_posts_before_they_are_written_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def early(engine: PeopleEngine, until: float) -> None:
        while engine._read < len(engine._times):
            engine._enter(engine._times[engine._read])
        engine.night.advance(until)

    monkeypatch.setattr(PeopleEngine, "advance", early)
    other = world(PEOPLE[0])
    assert fingerprint(simulate_people(base(), other, 0)) != fingerprint(run.simulate(other, 1, 0))


def test_somebody_who_acts_at_the_instant_of_a_post_is_noticed() -> None:
    other = world()
    engine = PeopleEngine(base().engine, other)
    engine._times[0] = float(other.out.leaves.min())
    with pytest.raises(SameInstantError):
        engine.advance(other.scenario.horizon)


def test_the_other_night_is_left_as_it_was() -> None:
    engine = base().engine
    before = [array.tobytes() for array in (*engine.cascade, *engine.phone, *engine.people) if isinstance(array, np.ndarray)]
    for text in PEOPLE:
        simulate_people(base(), world(text), 0)
    after = [array.tobytes() for array in (*engine.cascade, *engine.phone, *engine.people) if isinstance(array, np.ndarray)]
    assert after == before


@pytest.mark.parametrize(
    "text",
    [
        "worry.message_share=0.9", "shelter.topic=alerte", "shelter.volunteer_time=20 s", "shelter.relay_share=0.4",
        "measures.map-poster.dial=voice_share", "posts.first.at=21:18", "horizon=2 h",
    ],
)  # fmt: skip
def test_what_posts_and_calls_depend_on_is_no_setting_of_people_alone(text: str) -> None:
    other = load(TOY, (), [*PLAIN, text])
    assert parted(load(TOY, (), PLAIN), other) != "people"


@pytest.mark.parametrize(
    ("log", "volunteers", "text"),
    [
        ("true", 0, "horizon=1 h"), ("false", 2, "horizon=1 h"),
        ("false", 0, "phones.data={share: 0.5, capacity: 5 /s, source: invented}"),
        ("false", 0, "phones.people_out=0.5"),
        ("false", 0, 'witnesses.blast={at: "21:30", zone: centre, people: 9, source: invented}'),
    ],
)  # fmt: skip
def test_nights_whose_people_are_tied_to_the_rest_of_it_are_run_whole(log: str, volunteers: int, text: str) -> None:
    scenario = load(TOY, (), [f"record.event_log={log}", f"shelter.volunteers={volunteers}", text])
    night = CompiledEngine(shared_world(scenario, 1, scenario.scale), 0, keep_log=scenario.record.event_log)
    assert not may_follow(Finished(night, base().results), night.world)


def test_of_the_world_settings_of_people_alone_make_who_is_out_and_nothing_else() -> None:
    parts = {name: set(BLOCKS[name].world) for name in OF_PEOPLE}
    assert parts.pop("shelter") == {"out", "residents"}  # residents for `hearing` alone, with which nobody is run alone
    assert set().union(*parts.values()) == {"out"}
    assert not {name for name in OF_OTHERS if name in BLOCKS and "out" in BLOCKS[name].world}


OTHERS = (
    "phones.channels=3",
    "safety_check.at=22:00",
    "measures.fewer-calls.factor=0.5",
    "worry.message_share=0.9",
    "topics.abri.original_share=0.2",
    "topics.alerte.infectiousness=0.03",
)


@pytest.mark.parametrize("text", OTHERS)
def test_a_night_in_which_nobody_who_is_out_has_other_settings_takes_them_from_another_or_runs_them(text: str) -> None:
    other = world(text)
    assert parted(base().engine.world.scenario, other.scenario) == "others" and may_follow(base(), other)
    found = simulate_others(base(), other, 0)
    assert_as_whole(found, other)


def test_people_who_are_taken_from_a_night_with_another_stream_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "same_stream", lambda *_: True)
    other = world("topics.abri.original_share=0.2")
    assert fingerprint(simulate_others(base(), other, 0)) != fingerprint(run.simulate(other, 1, 0))


def test_streams_are_the_same_whatever_numbers_their_posts_have() -> None:
    engine = base().engine
    later = copy(engine)
    later.cascade = engine.cascade._replace(**{
        name: np.concatenate([column[:1], column])
        for name, column in engine.cascade._asdict().items() if name.startswith("post_")
    })  # fmt: skip
    later.cascade = later.cascade._replace(post_root=later.cascade.post_root + 1, stream=engine.cascade.stream + 1)
    later.people = engine.people._replace(offer_post=engine.people.offer_post + 1)
    assert same_stream(engine, later)
    later.cascade.post_time[later.cascade.stream[0]] += 1e-9
    assert not same_stream(engine, later)


@pytest.mark.parametrize("text", ["horizon=2 h", "going_home.taxi=0.9", "record.bin=30 s"])
def test_what_people_depend_on_is_no_setting_of_everything_but_them(text: str) -> None:
    assert parted(load(TOY, (), PLAIN), load(TOY, (), [*PLAIN, text])) != "others"
