"""Worry both ways, word passed on, friends' marks and later events: sums of the plain twin, and nights by hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from msgu.api import run
from msgu.engine.run import simulate
from msgu.kernels.state import ASLEEP, DONE, TELLS
from msgu.measure.metrics import values
from msgu.measure.view import Night
from msgu.scenario.load import load
from msgu.world.build import World, build_world

from tests import TOY
from tests.twin.generate import scenario_of
from tests.twin.run import night_of_twin
from tests.twin.test_worry import QUIET

ALL = (
    "worry.mutual=0.6", "worry.tells=0.5", "worry.passed_on=0.4", "worry.ties.arrondissement=1", "safety_check.friends=0.4",
    "safety_check.unmarked=0.5", "safety_check.prompted=0.5", "safety_check.at='21:25'",
    "worry.news={second: {at: '22:00', affected: {est: 1, nord: 1}, ties: {arrondissement: 0.5}, source: textbook setting}}",
    "broadcasts.again={at: '22:05', audience: 0.6, news: second, source: textbook setting}",
)  # fmt: skip


@cache
def toy(*sets: str) -> tuple[World, Night]:
    last = {text.split("=", 1)[0]: text for text in sets}
    scenario = load(TOY, (), list(last.values()))
    return build_world(scenario, scenario.seed, scenario.scale), Night(scenario, run(scenario))


def value(text: str, night: Night) -> float:
    return values.metric_value(text, night, None)


def assert_the_sums_of_the_twin(world: World, night: Night, replication: int) -> int:
    """Hours, worries prevented and worries cleared; returns how many worries lasted."""
    twin, factor = night_of_twin(world, replication).worry, 1 / world.scale
    end = night.scenario.followed_until("phones")
    times = np.array(twin.lasted(end)).reshape(-1, 2)
    assert value("worry_hours()", night) == pytest.approx(
        factor * (times[:, 1] - times[:, 0]).sum() / 3600, rel=1e-9, abs=1e-9
    )
    if end >= night.scenario.horizon:
        assert value("worries_prevented()", night) == factor * twin.prevented
        assert value("reassured()", night) == pytest.approx(factor * len(twin.over))
    return len(times)


def test_hours_of_worry_that_begins_anew_are_those_of_the_twin() -> None:
    assert (
        assert_the_sums_of_the_twin(*toy(*ALL, "shelter=null"), 0) > 100
    )  # without shelter the twin is three times as fast


@pytest.mark.long
@pytest.mark.parametrize("number", [8, 9])
def test_hours_of_worry_are_those_of_the_twin_in_generated_nights(number: int, tmp_path: Path) -> None:
    """Two nights with two later events each, one of them with friends' marks by hours awake too."""
    scenario = scenario_of(number, tmp_path)
    assert scenario.worry is not None and len(scenario.worry.news) == 2
    world = build_world(scenario, scenario.seed, scenario.scale)
    assert assert_the_sums_of_the_twin(world, Night(scenario, simulate(world, world.seed, number)), number) > 50


# ---- by hand ----

LATER = (
    *QUIET, "worry.message_answered=1", "phones.both_ends=false",
    "broadcasts.again={at: '22:10', audience: 1, rise: 0 s, decay: 0 s, news: second, source: textbook setting}",
)  # fmt: skip
SECOND = "worry.news={{second: {{at: '{at}', affected: {{est: 1}}, source: textbook setting}}}}"


def with_a_telephone(world: World, zone: str) -> tuple[int, int]:
    """Ties of who has a telephone: all, and those to people of a zone."""
    r = world.residents
    has = (r.cell[r.owner] >= 0) & (r.callee >= 0)
    there = r.zone[np.maximum(r.callee, 0)] == world.zones.index(zone)
    return int(has.sum()), int((has & there).sum())


def test_a_later_event_wakes_the_worry_about_its_zones_alone() -> None:
    """By hand: a quarter of an hour for each tie from 21:20, and one more from 22:10 for those to the zone."""
    _, before = toy(*LATER[:-1])
    world, after = toy(*LATER, SECOND.format(at="22:00"))
    everybody, there = with_a_telephone(world, "est")
    assert everybody > there > 20
    more = value("worry_hours()", after) - value("worry_hours()", before)
    assert more == pytest.approx(there / 4, rel=0.1)  # who has no telephone is written to twice: a few hours less


def test_who_has_been_heard_of_since_a_later_event_stays_known_to_be_safe() -> None:
    """By hand: all are heard of at 21:35; an event of 21:31 is known to be survived, one of 21:40 is not."""
    _, none = toy(*LATER[:-1])
    world, before = toy(*LATER, SECOND.format(at="21:31"))
    _, there = with_a_telephone(world, "est")
    assert value("worries_prevented()", before) - value("worries_prevented()", none) >= there
    _, after = toy(*LATER, SECOND.format(at="21:40"))
    assert value("worries_prevented()", after) - value("worries_prevented()", none) < 0.2 * there


def test_ties_of_a_later_event_are_no_worry_before_it_is_known() -> None:
    """By hand: a quarter of an hour each from 22:10, and until midnight for who has no telephone."""
    world, before = toy(*LATER[:-1])
    ties = "worry.news={second: {at: '22:00', affected: {port: 1}, ties: {arrondissement: 1}, source: textbook setting}}"
    world, after = toy(*LATER, ties)
    there, r = with_a_telephone(world, "port")[1], world.residents
    without = int(((r.cell[r.owner] < 0) & (r.begins == (ASLEEP | DONE))).sum())
    more = value("worry_hours()", after) - value("worry_hours()", before)
    assert there > 50 and more == pytest.approx(there / 4 + without * 110 / 60, rel=0.05)


def test_who_tells_that_they_are_safe_ends_the_worry_of_who_has_no_telephone() -> None:
    """By hand: told ten minutes after 21:20, by message to all who have no tie the other way."""
    sets = (*QUIET, "worry.message_answered=1", "phones.both_ends=false", "worry.tells_after={law: fixed, value: 10 min}")
    _, before = toy(*sets)
    world, after = toy(*sets, "worry.tells=1")
    r = world.residents
    tells = (r.begins & TELLS) != 0
    told = {(int(p), int(q)) for p, q in zip(r.callee[tells], r.owner[tells], strict=True) if r.cell[q] >= 0}
    spared = sum((int(p), int(q)) in told for p, q in zip(r.owner[~tells], r.callee[~tells], strict=True) if r.cell[p] < 0)
    assert spared > 20
    hours = value("worry_hours()", before) - value("worry_hours()", after)
    still = {"without": (24 - 21 - 20 / 60) - 10 / 60, "with": 5 / 60}
    phoned = sum((int(p), int(q)) in told for p, q in zip(r.owner[~tells], r.callee[~tells], strict=True) if r.cell[p] >= 0)
    assert hours == pytest.approx(spared * still["without"] + phoned * still["with"], rel=0.05)


FRIENDS = (
    *QUIET, "worry.message_answered=1", "safety_check.contact=1", "safety_check.at='21:00'",
    "safety_check.zones={centre: 1, nord: 1, est: 1, sud: 1, port: 1, banlieue: 1, pays: 1}",
    "safety_check.friends_after={law: fixed, value: 10 min}",
)  # fmt: skip


def test_each_who_is_known_to_be_safe_is_marked_once_where_every_friend_marks() -> None:
    """By hand: as many marks as people about whom a tie is cleared, all of them by friends."""
    world, night = toy(*FRIENDS, "safety_check.friends=1", "record.event_log=true")
    log, r = night.results.tables["event_log"], world.residents
    rows = log["code"] == 9
    known = {int(r.callee[r.start[p] + slot]) for p, slot in zip(log["who"][rows], log["nth"][rows], strict=True)}
    assert value("marks()", night) == value("marks_by_friends()", night) == len(known) > 100
