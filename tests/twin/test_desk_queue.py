"""Desks of both engines do what an event list does, call by call: operators by shift, patience, redial, a waiting line.

Times are the same bits. Rows of one instant are put in the order of callers: calls of a fixed length that began together
end together, and which of them is noted first is no matter of the queue.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from msgu.kernels.state import LOG_CLEARED, LOG_DESK
from msgu.streams import key, named

from tests.twin.desk_queue import ABANDONED, ANSWERED, BUSY, DONE, WAITS, Call, Queue
from tests.twin.made_desks import Made, by_engine, by_twin, made
from tests.twin.run import Log

Rows = list[tuple[float, int, int, int]]
Reassured = list[tuple[float, int]]
MADE = 12
"""Towns of two desks each."""


def rows_of(log: Log) -> tuple[list[Rows], Reassured]:
    """Rows of each desk, and who is reassured when."""
    columns = (log[name].tolist() for name in ("time", "code", "who", "nth", "a", "b"))
    desks: list[Rows] = [[], []]
    reassured = set()
    for t, code, who, nth, a, b in zip(*columns, strict=True):
        if code == LOG_DESK:
            desks[b].append((t, who, nth, a))
        else:
            assert (code, a) == (LOG_CLEARED, 3)
            reassured.add((t, who))
    return [sorted(rows) for rows in desks], sorted(reassured)


def by_list(one: Made, queue: type[Queue] = Queue) -> tuple[list[Rows], Reassured]:
    """What the event list does."""
    s, desk_key, found = one.world.scenario, key(one.world.seed, 0, "desk"), []
    for number, name in enumerate(sorted(s.desks)):
        desk = queue(number, s.desks[name], named(desk_key, name), s.followed_until("desks", name))
        desk.run((t, call) for t, call in one.rings if call[1] >> 32 == number)
        found.append(desk)
    return [sorted(one.rows) for one in found], sorted(r for one in found for r in one.reassured)


@cache
def wanted(number: int) -> tuple[list[Rows], Reassured]:
    """What the event list does with made desks."""
    return by_list(made(number))


@pytest.mark.toy
@pytest.mark.parametrize("engine", [by_engine, by_twin])
def test_desks_do_what_an_event_list_does_call_by_call(engine: Callable[[Made], Log]) -> None:
    met: set[int] = set()
    rows, again, late = 0, 0, 0
    for number in range(MADE):
        desks, reassured = wanted(number)
        assert rows_of(engine(made(number))) == (desks, reassured), f"made desks {number}"
        met |= {row[3] for desk in desks for row in desk}
        rows += sum(len(desk) for desk in desks)
        again += sum(row[2] & 255 > 0 for desk in desks for row in desk)
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
        if by_list(made(number), wrong) != wanted(number):
            differ.append(number)
    print(f"{wrong.__name__}: seen in {len(differ)} of {MADE}")
    assert differ
