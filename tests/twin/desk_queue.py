"""A call centre as an event list, with neither SimPy nor an engine: what each caller meets, event by event."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from itertools import count
from typing import Any

from msgu.scenario.schema.desks import Desk

from tests.twin.draws import delay, log, uniform

WAITS, BUSY, ANSWERED, ABANDONED, DONE = range(5)
HANDLING, PATIENCE, REDIAL, REDIAL_AFTER, INFORMS = range(1, 6)
OTHERS = 2**40
"""Callers who are no person of the model are numbered from here."""

Call = tuple[int, int]
"""Caller, and desk x 2^32 + clone x 2^8 + attempt."""


class Queue:
    """One desk: how many operators are on duty and how many are busy, and who waits."""

    def __init__(self, number: int, desk: Desk, key: int, end: float) -> None:
        self.number, self.desk, self.key, self.end = number, desk, key, end
        self.now, self.on_duty, self.busy = 0.0, 0, 0
        self.line: list[Call] = []
        self.rows: list[tuple[float, int, int, int]] = []
        self.reassured: list[tuple[float, int]] = []
        self.events: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self.order = count()

    def run(self, rings: Iterable[tuple[float, Call]]) -> None:
        """Run the desk to its end; `rings` are the first calls of persons, other callers are drawn."""
        for shift in self.desk.shifts.values():
            self.at(shift.at, self.shift, shift.operators)
        for row, name in enumerate(sorted(self.desk.rates)):
            rate, t = self.desk.rates[name], self.desk.rates[name].at
            for n in count(OTHERS + row * 2**32):
                t = t - log(uniform(self.key, n, 0, 7)) / rate.rate
                if t >= rate.until:
                    break
                self.at(t, self.ring, (n, self.number * 2**32))
        for t, call in rings:
            self.at(t, self.ring, call)
        while self.events and self.events[0][0] < self.end:
            self.now, _, action, given = heappop(self.events)
            action(*given)

    def at(self, t: float, action: Callable[..., None], *given: Any) -> None:
        """Put an event on the list."""
        heappush(self.events, (t, next(self.order), action, given))

    def drawn(self, call: Call, what: int) -> float:
        """Uniform of one decision about one call."""
        who, nth = call
        return uniform(self.key, who, nth // 2**8 % 2**24, 8 * (nth % 2**8) + what)

    def note(self, call: Call, what: int) -> None:
        """Write down what a caller meets."""
        self.rows.append((self.now, *call, what))

    def shift(self, operators: int) -> None:
        """So many operators are on duty from now on; those too many finish their calls."""
        self.on_duty = operators
        self.serve_line()

    def ring(self, call: Call) -> None:
        """A call is answered, waits, or meets a full line."""
        if self.busy < self.on_duty:
            self.answer(call)
        elif self.desk.lines is not None and len(self.line) >= self.desk.lines:
            self.in_vain(call, BUSY)
        else:
            self.note(call, WAITS)
            self.line.append(call)
            if self.desk.patience is not None:
                self.at(self.now + delay(self.desk.patience, self.drawn(call, PATIENCE)), self.lose_patience, call)

    def serve_line(self) -> None:
        """Whoever has waited longest is answered, while an operator is free."""
        while self.line and self.busy < self.on_duty:
            self.answer(self.line.pop(0))

    def answer(self, call: Call) -> None:
        """An operator is busy with a call."""
        self.busy += 1
        self.note(call, ANSWERED)
        self.at(self.now + delay(self.desk.handling, self.drawn(call, HANDLING)), self.done, call)

    def done(self, call: Call) -> None:
        """A call ends; the first call of a person for itself may reassure it."""
        self.busy -= 1
        self.note(call, DONE)
        who, nth = call
        if who < OTHERS and nth // 2**8 % 2**24 == 0 and self.drawn(call, INFORMS) < self.desk.informs:
            self.reassured.append((self.now, who))
        self.serve_line()

    def lose_patience(self, call: Call) -> None:
        """A caller who still waits leaves."""
        if call in self.line:
            self.line.remove(call)
            self.in_vain(call, ABANDONED)

    def in_vain(self, call: Call, what: int) -> None:
        """A caller tries again later, or gives up."""
        self.note(call, what)
        who, nth = call
        if nth % 2**8 < 255 and self.drawn(call, REDIAL) < self.desk.persistence:
            self.at(self.now + delay(self.desk.redial_after, self.drawn(call, REDIAL_AFTER)), self.ring, (who, nth + 1))
