"""Call centres at full size: operators by shift, a waiting line, patience, redial (docs/model/desks.md)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import simpy
from simpy.events import Event
from simpy.resources.store import StoreGet

from msgu import streams
from msgu.engine.arrays.laws import Laws
from msgu.engine.context import Context
from msgu.engine.signals import DESK_CALLED
from msgu.engine.tables.desks import ABANDONED, ANSWERED, BUSY, RECEIVED, SERVING, WAITING, DeskCounts
from msgu.kernels.base.draw import log, uniform
from msgu.kernels.base.laws import delay
from msgu.kernels.jit.compile import entry
from msgu.kernels.state import LOG_DESK

DONE = 4
"""In the event log, after the codes of what is counted: the call has ended."""
HANDLING, PATIENCE, REDIAL, REDIAL_AFTER, INFORMS = range(1, 6)
MOST_TRIES = 255
OTHERS = 1 << 40
"""Callers who are no person of the model are numbered from here."""


def start(context: Context) -> DeskCounts:
    """Register the shifts and the other callers of every desk, and listen for worried people who call.

    Returns
    -------
    Calls counted as the run goes on.
    """
    counted = DeskCounts(context.scenario)
    desks = [_Desk(context, counted, i, name) for i, name in enumerate(sorted(context.scenario.desks))]
    if desks:
        context.signals.listen(DESK_CALLED, lambda who, nth: desks[nth >> 32].ring(who, nth))
    return counted


class _Desk:
    """One desk: free operators are a store, so that a shift can bring and take them."""

    def __init__(self, context: Context, counted: DeskCounts, number: int, name: str) -> None:
        desk = context.scenario.desks[name]
        self.context, self.counted, self.number, self.desk = context, counted, number, desk
        self.key = np.uint64(streams.named(int(context.key.desk), name))
        self.free = simpy.Store(context.clock)
        self.on_duty = 0
        self.present = 0
        self.waiting = 0
        self.end = context.scenario.followed_until("desks", name)
        self.laws = Laws()
        self.handling = self.laws.add(desk.handling)
        self.patience = self.laws.add(desk.patience) if desk.patience else -1
        self.redial_after = self.laws.add(desk.redial_after)
        self.rows, self.knots = self.laws.arrays()
        self._uniform = entry(uniform, self.key, 0, 0, 0)
        self._quantile = entry(delay, self.rows, self.knots, 0, 0.0)
        for name in sorted(desk.shifts, key=lambda k: (desk.shifts[k].at, k)):
            context.clock.process(self._shift(desk.shifts[name].at, desk.shifts[name].operators))
        for row, name in enumerate(sorted(desk.rates)):
            rate = desk.rates[name]
            context.clock.process(self._others(row, rate.at, rate.until, rate.rate))

    def _over(self) -> bool:
        """Return whether the desk is followed no longer."""
        return bool(self.context.clock.now >= self.end)

    def _u(self, who: int, nth: int, what: int) -> float:
        """Uniform of one decision about one attempt: `nth` is (desk, clone, attempt)."""
        return float(self._uniform(self.key, who, (nth >> 8) & 0xFFFFFF, (nth & 0xFF) * 8 + what))

    def _delay(self, law: int, who: int, nth: int, what: int) -> float:
        return float(self._quantile(self.rows, self.knots, law, self._u(who, nth, what)))

    def _note(self, who: int, nth: int, outcome: int) -> None:
        self.context.engine.note(self.context.clock.now, LOG_DESK, who, nth, outcome, self.number)

    def _shift(self, at: float, operators: int) -> Generator[Event, Any, None]:
        yield self.context.clock.at(at)
        self.on_duty = operators
        while self.present < operators:
            self.present += 1
            self.free.put(self.present)
        while self.present > operators and self.free.items:
            self.free.get()
            self.present -= 1

    def _others(self, row: int, at: float, until: float, rate: float) -> Generator[Event, Any, None]:
        """Callers at a constant rate; the n-th gap is keyed by the desk, the row and n."""
        n, t = 0, at
        while rate > 0:
            who = OTHERS | (row << 32) | n
            t -= log(self._uniform(self.key, who, 0, 7)) / rate
            if t >= until:
                return
            yield self.context.clock.at(t)
            self.ring(who, self.number << 32)
            n += 1

    def ring(self, who: int, nth: int) -> None:
        """A call comes in: a free operator answers, or it waits, or the line is full and busy."""
        if self._over():
            return
        now = self.context.clock.now
        self.counted.calls.add(now, self.number, RECEIVED)
        lines = self.desk.lines
        if not self.free.items and lines is not None and self.waiting >= lines:
            self._end_in_vain(who, nth, BUSY)
            return
        operator = self.free.get()
        if operator.triggered:
            self._answer(who, nth, operator)
            return
        self._note(who, nth, RECEIVED)
        self._wait(1)
        operator.callbacks.append(lambda _: self._turn_has_come(who, nth, operator))
        if self.patience >= 0:
            limit = self.context.clock.timeout(self._delay(self.patience, who, nth, PATIENCE))
            limit.callbacks.append(lambda _: self._lose_patience(who, nth, operator))

    def _wait(self, change: int) -> None:
        """One more or one fewer waits."""
        self.waiting += change
        self.counted.change.add(self.context.clock.now, self.number, WAITING, change)

    def _turn_has_come(self, who: int, nth: int, operator: StoreGet) -> None:
        if self._over():
            return
        self._wait(-1)
        self._answer(who, nth, operator)

    def _lose_patience(self, who: int, nth: int, operator: StoreGet) -> None:
        """Leave the line, unless an operator is there."""
        if not operator.triggered and not self._over():
            operator.cancel()
            self._wait(-1)
            self._end_in_vain(who, nth, ABANDONED)

    def _end_in_vain(self, who: int, nth: int, how: int) -> None:
        """A busy tone or the end of patience: redial later, or give up."""
        now = self.context.clock.now
        self.counted.calls.add(now, self.number, how)
        self._note(who, nth, how)
        if nth & 0xFF >= MOST_TRIES or self._u(who, nth, REDIAL) >= self.desk.persistence:
            return
        wait = self._delay(self.redial_after, who, nth, REDIAL_AFTER)
        if who < OTHERS:
            self.context.engine.call_desk(now, who, nth + 1, wait)
        else:
            self.context.clock.timeout(wait).callbacks.append(lambda _: self.ring(who, nth + 1))

    def _answer(self, who: int, nth: int, operator: StoreGet) -> None:
        """An operator handles the call."""
        clock = self.context.clock
        self.counted.calls.add(clock.now, self.number, ANSWERED)
        self.counted.change.add(clock.now, self.number, SERVING)
        self._note(who, nth, ANSWERED)
        handled = clock.timeout(self._delay(self.handling, who, nth, HANDLING))
        handled.callbacks.append(lambda _: self._done(who, nth, operator))

    def _done(self, who: int, nth: int, operator: StoreGet) -> None:
        """The call ends, and may have reassured the caller; the operator takes the next one, or goes home."""
        if self._over():
            return
        now = self.context.clock.now
        self.counted.change.add(now, self.number, SERVING, -1)
        self._note(who, nth, DONE)
        if self.present > self.on_duty:
            self.present -= 1
        else:
            self.free.put(operator.value)
        clone = (nth >> 8) & 0xFFFFFF
        if who < OTHERS and clone == 0 and self._u(who, nth, INFORMS) < self.desk.informs:
            self.context.engine.reassure(now, who)
