"""What policies do to the time that people are within reach of dangers, and that counting it changes nothing else."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from msgu.engine import run
from msgu.engine.forks import beside
from msgu.engine.forks import run as forks
from msgu.errors import InputError
from msgu.measure.metrics.catalogue import bind
from msgu.measure.view import Night
from msgu.results import Results
from msgu.results.replication import fingerprint
from msgu.scenario.load import load
from msgu.world.build import World, shared_world

from tests import TOY


def danger(at: str = "22:00", until: str = "23:00", radius: float = 500, more: str = "") -> str:
    return f'{{at: "{at}", until: "{until}", lat: 48.001, lon: 2.001, radius: {radius} m, source: invented{more}}}'


@cache
def world(*sets: str) -> World:
    scenario = load(TOY, (), ["record.event_log=false", "shelter.volunteers=0", *sets])
    return shared_world(scenario, 1, scenario.scale)


@cache
def night(*sets: str) -> Results:
    return run.simulate(world(*sets), 1, 0)


def value(metric: str, *sets: str) -> float:
    """A metric of a whole night."""
    scenario = world(*sets).scenario
    bound, one = bind(metric, scenario), Night(scenario, night(*sets))
    return bound.metric(one, one.whole, bound.arguments)


ONE = f"dangers={{one: {danger()}}}"


def instruction(at: str, until: str, stays: float, leaves: float) -> str:
    given = f"stays: {stays}, leaves: {leaves}, reaction: {{law: fixed, value: 1 min}}, source: invented"
    return f'instructions={{told: {{at: "{at}", until: "{until}", {given}}}}}'


def test_counting_changes_nothing_else() -> None:
    with_it, without = night(ONE), night()
    assert without.tables.keys() == with_it.tables.keys() - {"exposure", "exposed"}
    for name, table in without.tables.items():
        assert all(np.array_equal(column, with_it.tables[name][key], equal_nan=column.dtype.kind == "f")
                   for key, column in table.items()), name  # fmt: skip
    assert without.summary == with_it.summary and "dangers" not in without.names


def test_staying_inside_while_it_lasts_takes_people_off_the_street_and_holds_them_within_reach() -> None:
    stay = instruction("21:30", "23:00", 0.9, 0.0)
    assert value("danger_minutes(place=street)", ONE, stay) < 0.8 * value("danger_minutes(place=street)", ONE)
    assert value("danger_held()", ONE, stay) > value("danger_held()", ONE) + 20


def test_a_message_that_asks_to_stay_inside_does_the_same() -> None:
    alert = 'alert: {zones: {arrondissement: 0.9}, delay: {law: fixed, value: 10 s}}, at: "21:10", until: "23:00"'
    given = f"sender: authority, length: 600, place: [centre, est], hazard: gas, guidance: [stay], source: invented, {alert}"
    asked = f"warnings={{w: {{{given}}}}}", "heeding={complies: 0.9}"
    assert value("danger_held()", ONE, *asked) > value("danger_held()", ONE) + 10
    assert value("danger_minutes(place=street)", ONE, *asked) < value("danger_minutes(place=street)", ONE)


def test_leaving_before_it_begins_takes_people_out_of_reach() -> None:
    leave = instruction("20:30", "20:40", 0.0, 0.9)
    assert value("danger_minutes(place=street+venue+held)", ONE, leave) < 0.7 * value(
        "danger_minutes(place=street+venue+held)", ONE
    )


def test_a_cordon_round_it_keeps_people_from_walking_towards_it() -> None:
    """People of the centre who live in the east, where it is dangerous; the cordon stands before most of them leave."""
    sets = (
        "going_home.accept_ride=1 s",
        "going_home.accept_walk=5 h",
        "going_home.homes={nord: 0, est: 1, sud: 0, port: 0, banlieue: 0}",
    )
    east = 'dangers={one: {at: "21:00", until: "23:59", lat: 48.0, lon: 2.024, radius: 500 m, source: invented}}'
    shut = 'closures={line: {cordon: [est]}, east: {at: "20:30", until: "23:59", cordon: [est], source: invented}}'
    free = value("danger_towards()", *sets, east)
    assert free > 50 and value("danger_towards()", *sets, east, shut) < 0.5 * free


def test_a_danger_that_reaches_farther_reaches_no_fewer_and_a_wider_margin_leads_no_fewer_towards_it() -> None:
    sizes = [f"dangers={{one: {danger(radius=size)}}}" for size in (150, 300, 600, 1200)]
    for metric in ("danger_minutes()", "danger_reached()", "danger_minutes(place=street)"):
        found = [value(metric, one) for one in sizes]
        assert found == sorted(found) and found[0] < found[-1]
    margins = [f"dangers={{one: {danger(radius=200, more=f', margin: {m} m')}}}" for m in (0, 300)]
    assert value("danger_towards()", margins[0]) < value("danger_towards()", margins[1])
    assert value("danger_minutes()", margins[0]) == value("danger_minutes()", margins[1])


def test_dangers_at_once_count_a_person_and_a_minute_once_together() -> None:
    two = f"dangers={{one: {danger()}, again: {danger()}}}"
    assert value("danger_minutes()", two) == pytest.approx(value("danger_minutes()", ONE), rel=1e-12)
    assert value("danger_minutes(danger=one+again)", two) == pytest.approx(2 * value("danger_minutes()", ONE), rel=1e-12)
    assert value("danger_reached()", two) == value("danger_reached()", ONE)


def test_a_danger_that_moves_is_one_after_another() -> None:
    parts = f"dangers={{a: {danger(until='22:30')}, b: {danger(at='22:30')}}}"
    assert value("danger_minutes()", parts) == pytest.approx(value("danger_minutes()", ONE), rel=1e-12)


def test_people_on_another_thread_and_from_a_checkpoint_are_counted_to_the_same_bits() -> None:
    whole, there = fingerprint(night(ONE)), world(ONE)
    assert fingerprint(beside.simulate(there, 1, 0)) == whole
    kept: list[forks.Checkpoint] = []
    forks.simulate(there, 1, 0, keep=forks.Keep((8000.0, 9000.0), kept.append))
    for point in kept:
        again = forks.simulate(there, 1, 0, begin=forks.Begin(point, lambda: there))
        assert fingerprint(again) == whole


def test_what_is_not_followed_is_not_counted() -> None:
    early = value("danger_minutes()", ONE, 'going_home.until="22:30"')
    assert 0 < early < value("danger_minutes()", ONE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"dangers={{one: {danger(until='21:00')}}}", "a later time"),
        (f"dangers={{one: {danger(radius=0)}}}", "radius"),
        ('dangers={one: {at: "22:00", until: "23:00", lat: 48, source: invented}}', "lon"),
        ("places={venues: {hall: {people: {centre: 5, nord: 5}, spot: {lat: 48, lon: 2}}}}", "names one zone"),
    ],
)
def test_a_danger_that_cannot_be_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        load(TOY, (), [text])
