"""The SimPy desks do what an event list does, call by call: operators by shift, patience, redial, a waiting line.

Times are the same bits. Rows of one instant are put in the order of callers: calls of a fixed length that began together
end together, and which of them is noted first is no matter of the queue.
"""

from __future__ import annotations

import random
from functools import cache, partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgu.engine.clock import Clock
from msgu.engine.context import Context
from msgu.engine.processes import desks
from msgu.engine.signals import DESK_CALLED, Signals
from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario
from msgu.streams import key, named
from simpy.events import Event

from tests import TOY
from tests.twin.desk_queue import ABANDONED, ANSWERED, BUSY, DONE, WAITS, Call, Queue

Rings = list[tuple[float, Call]]
Rows = list[tuple[float, int, int, int]]
MADE = 12
"""Scenarios of two desks each."""


class Switchboard:
    """An engine of nothing but calls to desks: each person who is asked to redial does."""

    def __init__(self, clock: Clock, signals: Signals) -> None:
        self.clock, self.signals = clock, signals
        self.rows: list[Rows] = [[], []]
        self.reassured: list[tuple[float, int]] = []

    def note(self, t: float, code: int, who: int, nth: int, outcome: int, desk: int) -> None:
        self.rows[desk].append((float(t), who, nth, outcome))

    def call_desk(self, t: float, person: int, nth: int, wait: float) -> None:
        self.clock.timeout(wait).callbacks.append(partial(self.called, person, nth))

    def called(self, who: int, nth: int, _: Event) -> None:
        self.signals.tell(DESK_CALLED, who, nth)

    def reassure(self, t: float, person: int) -> None:
        self.reassured.append((float(t), person))


def law(r: random.Random, mean: float) -> str:
    """A delay law of about this mean [s]."""
    return r.choice([
        f"{{law: exponential, mean: {mean} s}}",
        f"{{law: lognormal, median: {mean / 1.3} s, sigma: 0.7}}",
        f"{{law: fixed, value: {mean} s}}",
    ])  # fmt: skip


def body(r: random.Random, number: int) -> str:
    """A desk: every third one without limit to its line, every fourth one without impatience, shifts up and down."""
    shifts = ", ".join(
        f"s{i}: {{at: T+{15 * i + r.randint(0, 14)} min, operators: {r.choice([0, 1, 2, 3, 5])}, source: made}}"
        for i in range(r.randint(1, 9))
    )
    return (
        f"{{shifts: {{{shifts}}}, lines: {'null' if number % 3 == 0 else r.randint(0, 6)}, "
        f"patience: {'null' if number % 4 == 0 else law(r, r.uniform(20, 300))}, handling: {law(r, r.uniform(30, 200))}, "
        f"persistence: {r.choice([0, 0.3, 0.9])}, redial_after: {law(r, r.uniform(20, 300))}, informs: 0.4, "
        f"until: {'T+100 min' if number % 5 == 2 else 'null'}, source: made, rates: {{"
        f"early: {{at: T+0 s, until: T+60 min, rate: {r.uniform(20, 90)} /h, source: made}}, "
        f"late: {{at: T+40 min, until: T+140 min, rate: {r.uniform(20, 90)} /h, source: made}}}}}}"
    )


@cache
def made(number: int) -> tuple[Scenario, Rings]:
    """Two desks, and calls of persons to either, some of them by clones."""
    r = random.Random(number)
    sets = [f"desks.hotline={body(r, number)}", f"desks.urgent={body(r, number + 2)}"]
    nths = ((r.randrange(2) << 32) | (r.randrange(3) << 8) for _ in range(60))
    return load(TOY, (), sets), [(r.uniform(0, 7200), (person, nth)) for person, nth in enumerate(nths)]


def by_process(scenario: Scenario, rings: Rings) -> Switchboard:
    """What the SimPy processes do."""
    clock, signals = Clock(), Signals()
    board = Switchboard(clock, signals)
    keys = SimpleNamespace(desk=key(7, 0, "desk"))
    world = SimpleNamespace(scenario=scenario)
    context = SimpleNamespace(clock=clock, world=world, scenario=scenario, engine=board, signals=signals, key=keys)
    counts = desks.start(cast("Context", context))
    for t, (who, nth) in rings:
        clock.at(t).callbacks.append(partial(board.called, who, nth))
    clock.run(until=scenario.horizon)
    for number, rows in enumerate(board.rows):
        rows.sort()
        counted = [sum(row[3] == what for row in rows) for what in (BUSY, ANSWERED, ABANDONED)]
        assert counts.calls.array[:, number, 1:].sum(axis=0).tolist() == counted
    return board


def by_list(scenario: Scenario, rings: Rings, queue: type[Queue] = Queue) -> tuple[list[Rows], list[tuple[float, int]]]:
    """What the event list does: rows of each desk, and who is reassured when."""
    found = []
    for number, name in enumerate(sorted(scenario.desks)):
        one = queue(number, scenario.desks[name], named(key(7, 0, "desk"), name), scenario.followed_until("desks", name))
        one.run((t, call) for t, call in rings if call[1] >> 32 == number)
        found.append(one)
    return [sorted(one.rows) for one in found], sorted(r for one in found for r in one.reassured)


def test_desks_do_what_an_event_list_does_call_by_call() -> None:
    met: set[int] = set()
    rows, again, late = 0, 0, 0
    for number in range(MADE):
        scenario, rings = made(number)
        board = by_process(scenario, rings)
        wanted, reassured = by_list(scenario, rings)
        assert board.rows == wanted, f"made desks {number}"
        assert sorted(board.reassured) == reassured
        met |= {row[3] for desk in wanted for row in desk}
        rows += sum(len(desk) for desk in wanted)
        again += sum(row[2] & 255 > 0 for desk in wanted for row in desk)
        late += len(reassured)
    print(f"desks: {2 * MADE}, {rows} events equal, {again} of redials, {late} callers reassured")
    assert met == {WAITS, BUSY, ANSWERED, ABANDONED, DONE}
    assert again > 1000
    assert late > 30


class LastFirst(Queue):
    """Who came last is answered first."""

    def serve_line(self) -> None:
        self.line.reverse()
        super().serve_line()
        self.line.reverse()


class CutOff(Queue):
    """Operators whose shift ends count as gone at once, and never come back to their calls."""

    def shift(self, operators: int) -> None:
        self.busy = min(self.busy, operators)
        super().shift(operators)


class LongerLine(Queue):
    """One more than the line holds may wait."""

    def ring(self, call: Call) -> None:
        full = self.busy >= self.on_duty and self.desk.lines is not None and len(self.line) == self.desk.lines
        if full:
            self.note(call, WAITS)
            self.line.append(call)
        else:
            super().ring(call)


class Patient(Queue):
    """Nobody leaves the line."""

    def lose_patience(self, call: Call) -> None:
        return


class OneTry(Queue):
    """Nobody redials."""

    def in_vain(self, call: Call, what: int) -> None:
        self.note(call, what)


class AnotherDraw(Queue):
    """The first draw of a call decides about all of its attempts."""

    def drawn(self, call: Call, what: int) -> float:
        return super().drawn((call[0], call[1] & ~255), what)


class ClonesToo(Queue):
    """Calls of clones reassure the person."""

    def done(self, call: Call) -> None:
        before = len(self.reassured)
        super().done(call)
        if len(self.reassured) == before and call[1] >> 8 & 1:
            self.reassured.append((self.now, call[0]))


@pytest.mark.parametrize("wrong", [LastFirst, CutOff, LongerLine, Patient, OneTry, AnotherDraw, ClonesToo])
def test_a_wrong_event_list_is_seen(wrong: type[Queue]) -> None:
    """Negative control: a queue with another discipline must differ in some of the made scenarios."""
    differ: list[Any] = []
    for number in range(MADE):
        scenario, rings = made(number)
        if by_list(scenario, rings, wrong) != by_list(scenario, rings):
            differ.append(number)
    print(f"{wrong.__name__}: seen in {len(differ)} of {MADE}")
    assert differ
