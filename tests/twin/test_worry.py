"""Worry: how long it lasts, what prevents it, and how those who get no answer try again."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from msgu.api import run
from msgu.measure.metrics import values
from msgu.measure.view import Night, Window
from msgu.scenario.load import load
from msgu.world.build import World, build_world

from tests import TOY
from tests.twin import names
from tests.twin.run import log_of_twin

OTHER = 1000


@cache
def toy(*sets: str) -> tuple[World, Night]:
    last = {text.split("=", 1)[0]: text for text in sets}
    scenario = load(TOY, (), list(last.values()))
    return build_world(scenario, scenario.seed, scenario.scale), Night(scenario, run(scenario))


def value(text: str, night: Night, *window: float) -> float:
    return values.metric_value(text, night, Window(*window) if window else None)


def worries(world: World, log: dict[str, np.ndarray]) -> list[tuple[float, float]]:
    """Each tie from when the event is known until it is cleared, in the order of the log; prevented: nothing of it."""
    known = {int(log["who"][i]): i for i in np.flatnonzero(log["code"] == names.LOG_AWARE)}
    rows = np.flatnonzero(log["code"] == names.LOG_CLEARED)
    cleared = {(int(log["who"][i]), int(log["nth"][i])): i for i in rows}
    found = []
    for p in known:
        start, stop = world.residents.start[p : p + 2]
        for slot in range(int(stop - start)):
            row = cleared.get((p, slot), len(log["time"]))
            if world.residents.callee[start + slot] >= 0:
                until = log["time"][row] if row < len(log["time"]) else world.scenario.horizon
                found.append((float(log["time"][known[p]]), float(until) if row > known[p] else -1.0))
    return found


@pytest.mark.toy
@pytest.mark.parametrize("sets", [("record.bin=7 min",), ("scale=1/2", "safety_check.at=20:50", "horizon=213 min")])
def test_hours_of_worry_and_worries_prevented_are_those_of_the_twins_log(sets: tuple[str, ...]) -> None:
    """The bin of seven minutes does not divide the night, and a scale of a half counts every worry twice."""
    world, night = toy(*sets)
    all_of_them = worries(world, log_of_twin(world, 0))
    lasting = np.array([w for w in all_of_them if w[1] >= 0])
    factor = 1 / world.scale
    whole = (lasting[:, 1] - lasting[:, 0]).sum() / 3600
    width = night.scenario.record.bin
    cut = (10 * width, 14 * width)
    part = (np.clip(lasting[:, 1], *cut) - np.clip(lasting[:, 0], *cut)).sum() / 3600
    assert len(lasting) > 50 and len(all_of_them) > len(lasting)
    assert value("worry_hours()", night) == pytest.approx(factor * whole, rel=1e-12)
    assert value("worry_hours()", night, *cut) == pytest.approx(factor * part, rel=1e-9)
    assert value("worries_prevented()", night) == factor * (len(all_of_them) - len(lasting))


QUIET = (
    *(f"drivers.{name}.volume=0" for name in ("explosion", "chatter", "offers", "rumour")), "posts.first.at=21:21",
    "bots.adverts.at=21:30", "desks.hotline.worried_share=0", "safety_check.marks=0", "measures.fewer-redials.factor=1",
    "measures.fewer-calls.factor=1",
    "worry.talk_calls=0", "worry.talk_messages=0", "worry.post_after_failure=0", "worry.message_share=1",
    "broadcasts.radio={at: '21:20', audience: 1, rise: 0 s, decay: 0 s, source: textbook setting}",
    "worry.reaction={law: fixed, value: 10 min}", "worry.message_reply={law: fixed, value: 5 min}",
    "phones.operators={one: {share: 1, sms_capacity: 1e9 /s, source: textbook setting}}", "phones.load=0",
)  # fmt: skip
"""Everybody learns at 21:20 and writes at 21:30."""


def ties(world: World) -> tuple[int, int]:
    """Ties of who has a telephone, and of who has none."""
    r = world.residents
    has = (r.cell[r.owner] >= 0)[r.callee >= 0]
    return int(has.sum()), int((~has).sum())


def test_a_worry_lasts_from_learning_to_the_answer_or_to_the_end() -> None:
    """By hand: a quarter of an hour with a telephone, from 21:20 to midnight without one."""
    world, night = toy(*QUIET, "worry.message_answered=1", "phones.both_ends=false")
    with_one, without = ties(world)
    heard = night.results.summary["worry_cleared"] - with_one  # who has no telephone is reassured by who writes to them
    assert with_one > 100 and without > 20 and heard < 0.2 * without
    assert value("worry_hours()", night) == pytest.approx(with_one / 4 + without * 160 / 60, rel=0.02)


def test_who_gets_no_answer_to_a_message_tries_again() -> None:
    """By hand: written at 21:30 and every ten minutes until midnight, where all persist and nobody answers."""
    never = ("worry.message_answered=0", "worry.follow_up={law: fixed, value: 10 min}")
    world, night = toy(*QUIET, *never, "phones.persistence=1", "worry.affected={est: 1}", "phones.cells={pays: 1}")
    assert night.total("traffic", "sms", night.whole) == 15 * ties(world)[0] > 0
    _, once = toy(*QUIET, *never, "phones.persistence=0", "worry.affected={est: 1}", "phones.cells={pays: 1}")
    assert once.total("traffic", "sms", once.whole) == ties(world)[0]


def test_who_tries_again_writes_or_calls_as_at_first() -> None:
    """Half of the tries after a message without an answer are calls; before, a message was the last that was heard of them."""
    sets = ("worry.message_answered=0", "worry.follow_up={law: fixed, value: 10 min}", "worry.message_share=0.5")
    _, night = toy(*QUIET, *sets, "phones.persistence=1", "phones.answer=0", "phones.channels=500", "record.event_log=true")
    log = night.results.tables["event_log"]
    messages, attempts = log["code"] == names.LOG_MESSAGE, log["code"] == names.LOG_ATTEMPT
    first = {(p, slot) for p, slot in zip(log["who"][messages].tolist(), log["nth"][messages].tolist(), strict=True)}
    again = {(p, n & 0xFFFF) for p, n in zip(log["who"][messages], log["nth"][messages], strict=True) if n >> 16 == 1}
    called = {(p, n >> 8) for p, n in zip(log["who"][attempts], log["nth"][attempts], strict=True) if n & 255 == 1} & first
    assert len(again) + len(called) == len({(p, n) for p, n in first if n < OTHER}) > 100
    assert 0.4 < len(again) / (len(again) + len(called)) < 0.6


def test_who_is_called_or_written_to_knows_that_the_caller_is_safe() -> None:
    """Of two who worry about each other, one call is enough; before, only the caller was reassured."""
    world, night = toy(
        "record.event_log=true", "worry.affected={centre: 1}", "worry.ties.arrondissement=30", "phones.answer=1"
    )
    log, r = night.results.tables["event_log"], world.residents
    rows = log["code"] == names.LOG_CLEARED
    cleared = set(zip(log["who"][rows].tolist(), log["nth"][rows].tolist(), strict=True))
    answered = (log["code"] == names.LOG_ATTEMPT) & (log["a"] == names.ANSWERED)
    back = 0
    for caller, callee in zip(log["who"][answered].tolist(), log["b"][answered].tolist(), strict=True):
        for slot in np.flatnonzero(r.callee[r.start[callee] : r.start[callee + 1]] == caller):
            back += 1
            assert (callee, int(slot)) in cleared
    assert back > 5


def test_another_message_may_be_news_as_another_call_is() -> None:
    """Before, of messages to others none told anybody."""
    sets = ("worry.ties={arrondissement: 0, banlieue: 0, pays: 0}", "worry.talk_calls=0", "worry.talk_messages=3")
    told = [
        int(((log := toy(*sets, f"worry.talk_news={share}", "record.event_log=true")[1].results.tables["event_log"])["code"]
             == names.LOG_AWARE)[log["nth"] == 2].sum()) for share in (0, 0.3, 1)
    ]  # fmt: skip
    assert told[0] == 0 < told[1] < told[2]


CHECK = ("safety_check.marks=1", "safety_check.contact=1", "safety_check.delay={law: fixed, value: 5 min}")


def test_safety_check_before_the_news_prevents_worries_and_their_hours_while_fewer_are_cleared() -> None:
    """What `reassured` alone shows has the wrong sign: worries that never arise are not cleared."""
    late, early = (toy(*CHECK, f"safety_check.at={at}")[1] for at in ("22:15", "20:30"))
    assert value("reassured()", early) < value("reassured()", late)
    assert value("worries_prevented()", early) > value("worries_prevented()", late) + 100
    assert value("worry_hours()", early) < 0.9 * value("worry_hours()", late)
