"""Call centres in SimPy: free operators are a store, so that a shift can bring and take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import simpy
from msgu.engine.clock import Clock
from msgu.streams import named
from msgu.world.accounts import cumulative_shares
from msgu.world.people import by_zone_or_kind, populations
from simpy.events import Event, EventPriority
from simpy.resources.store import StoreGet

from tests.twin import names as s
from tests.twin.draws import delay, log, pick, uniform, uniforms
from tests.twin.part import Part
from tests.twin.witnesses import OUTS

if TYPE_CHECKING:
    from tests.twin.night import Twin

AT_DESKS = EventPriority(2.5)
"""SimPy priority of what happens at desks: after every event of a model at the same time, before the twin's others."""
RECEIVED, BUSY, ANSWERED, ABANDONED, DONE, KEPT_OUT, WITHOUT = 0, 1, 2, 3, 4, 5, 6
HANDLING, PATIENCE, REDIAL, REDIAL_AFTER, INFORMS = 1, 2, 3, 4, 5
MOST_TRIES = 255
OTHERS, SEARCHERS = 1 << 40, 3 << 40
"""Callers who are no person of the model are numbered from here, and from here families who look for somebody."""


class Desks(Part):
    """Every desk of the night."""

    def start(self) -> None:
        """Open the desks, nobody on duty yet."""
        self.desks = [Desk(self.night, number, name) for number, name in enumerate(sorted(self.sc.desks))]

    def staff(self, desk: int, operators: int) -> None:
        """A shift begins."""
        self.desks[desk].staff(operators)

    def ring(self, person: int, nth: int) -> None:
        """A person calls."""
        self.desks[nth >> 32].ring(person, nth)


class _Clock:
    """The night's clock as desks see it: SimPy's resources schedule without asking for a priority."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.active_process = None

    def schedule(self, event: Event, _: EventPriority = AT_DESKS, delay: float = 0.0) -> None:
        """Schedule an event, whatever it is."""
        self.clock.schedule(event, AT_DESKS, delay)


class Desk:
    """One desk."""

    def __init__(self, night: Twin, number: int, name: str) -> None:
        self.night, self.clock, self.number = night, night.clock, number
        self.desk = night.world.scenario.desks[name]
        self.key = named(night.key.desk, name)
        self.cell_key = named(night.key.desk_cell, name)
        self.end = night.world.scenario.followed_until("desks", name)
        self.own_clock = cast("simpy.Environment", _Clock(night.clock))
        self.free = simpy.Store(self.own_clock)
        self.on_duty, self.present, self.waiting = 0, 0, 0
        for row, name in enumerate(sorted(self.desk.rates)):
            self._next_other(row, name, 0, self.desk.rates[name].at)

    def _over(self) -> bool:
        """Whether the desk is followed no longer."""
        return bool(self.clock.now >= self.end)

    def _u(self, who: int, nth: int, what: int) -> float:
        """Uniform of one decision about one attempt: `nth` is (desk, clone, attempt)."""
        return uniform(self.key, who, (nth >> 8) & 0xFFFFFF, (nth & 0xFF) * 8 + what)

    def _note(self, who: int, nth: int, outcome: int) -> None:
        self.night.log(s.LOG_DESK, who, nth, outcome, self.number)

    def _after(self, wait: float) -> list[Any]:
        """Callbacks of an event after a wait."""
        return cast("list[Any]", simpy.Timeout(self.own_clock, wait).callbacks)

    def staff(self, operators: int) -> None:
        """So many operators are on duty from now on; those too many leave, who speaks once the call is over."""
        self.on_duty = operators
        while self.present < operators:
            self.present += 1
            self.free.put(self.present)
        while self.present > operators and self.free.items:
            self.free.get()
            self.present -= 1

    def _next_other(self, row: int, name: str, n: int, t: float) -> None:
        """Callers at a constant rate; the n-th gap is keyed by the desk, the row and n."""
        rate = self.desk.rates[name]
        who = OTHERS | (row << 32) | n
        if rate.rate > 0 and (t := t - log(uniform(self.key, who, 0, 7)) / rate.rate) < rate.until:
            event = self.clock.at(t, AT_DESKS)
            event.callbacks.append(lambda _: self.ring(who, self.number << 32))
            event.callbacks.append(lambda _: self._next_other(row, name, n + 1, t))

    def ring(self, who: int, nth: int) -> None:
        """A call passes over the caller's cell and comes in: an operator answers, or it waits, or the line is busy."""
        if self._over():
            return
        cell = self._cell(who, nth)
        if cell >= 0 and self.clock.now < self.night.phones_end:
            if self._is_lost(cell, who, nth):
                return
        else:
            cell = -1
        if cell >= 0 and uniform(self.cell_key, who, nth >> 8 & 0xFFFFFF, 1) * self._weight(cell) >= 1:
            cell = -1  # another caller of the cell is the one who takes a channel
        lines = self.desk.lines
        if not self.free.items and lines is not None and self.waiting >= lines:
            self._end_in_vain(who, nth, BUSY)
            return
        operator = self.free.get()
        if cell >= 0:
            self.night.phone.hold(cell)
        if operator.triggered:
            self._answer(who, nth, operator, cell)
            return
        self._note(who, nth, RECEIVED)
        self.waiting += 1
        operator.callbacks.append(lambda _: self._turn_has_come(who, nth, operator, cell))
        if self.desk.patience is not None:
            limit = self._after(delay(self.desk.patience, self._u(who, nth, PATIENCE)))
            limit.append(lambda _: self._lose_patience(who, nth, operator, cell))

    # ---- over cells ----

    def _cell(self, who: int, nth: int) -> int:
        """Cell of a caller, -1 where the call passes over none."""
        phone, s = self.night.phone, self.night.world.scenario
        if not self.desk.over_cells or who >= SEARCHERS:
            return -1
        if who < OTHERS:
            return phone.cell[who]
        if who >= OUTS:
            return self.night.witnesses.cell(who - OUTS)
        zones, rate = list(self.night.world.zones), self.desk.rates[sorted(self.desk.rates)[(who - OTHERS) >> 32]]
        people = populations(s, zones) * (by_zone_or_kind(s, zones, rate.zones) if rate.zones else 1.0)
        u, v = uniforms(self.cell_key, who, 0, 0)
        return phone.cell_of_zone(pick(cumulative_shares(people).tolist(), u), v)

    def _weight(self, cell: int) -> float:
        """Whole cells that one stands for: of as many callers one takes a channel."""
        return float(self.night.world.residents.cell_weight[cell])

    def _is_lost(self, cell: int, who: int, nth: int) -> bool:
        """Whether a call is barred or finds no channel, and so does not reach the desk."""
        phone, urgent = self.night.phone, self.desk.emergency
        admitted = phone.admitted[self.night.world.residents.cell_zone[cell]]
        if not urgent and uniform(self.cell_key, who, nth >> 8 & 0xFFFFFF, 2 + (nth & 0xFF)) >= admitted:
            self._end_in_vain(who, nth, KEPT_OUT)
            return True
        full = phone.busy[cell] >= phone.channels[cell] - (0 if urgent else phone.law.reserved)
        if uniform(self.cell_key, who, nth >> 8 & 0xFFFFFF, 1) * self._weight(cell) < 1:
            phone.asked(cell, lost=full)
        if full:
            self._end_in_vain(who, nth, WITHOUT)
            return True
        return False

    def _turn_has_come(self, who: int, nth: int, operator: StoreGet, cell: int) -> None:
        if self._over():
            self._hang_up(cell)
            return
        self.waiting -= 1
        self._answer(who, nth, operator, cell)

    def _hang_up(self, cell: int) -> None:
        if cell >= 0:
            self.night.phone.give_back(cell)

    def _lose_patience(self, who: int, nth: int, operator: StoreGet, cell: int) -> None:
        """Leave the line, unless an operator is there."""
        if operator.triggered:
            return
        self._hang_up(cell)
        if not self._over():
            operator.cancel()
            self.waiting -= 1
            self._end_in_vain(who, nth, ABANDONED)

    def _end_in_vain(self, who: int, nth: int, how: int) -> None:
        """A busy tone or the end of patience: redial later, or give up."""
        self._note(who, nth, how)
        if nth & 0xFF >= MOST_TRIES or self._u(who, nth, REDIAL) >= self.desk.persistence:
            self._tell_family(who, answered=False)
            return
        wait = delay(self.desk.redial_after, self._u(who, nth, REDIAL_AFTER))
        if who < OTHERS:
            self.night.worry.call_desk(who, nth + 1, wait)
        elif OUTS <= who < SEARCHERS:
            self.night.witnesses.call(who - OUTS, nth + 1, wait)
        else:
            self._after(wait).append(lambda _: self.ring(who, nth + 1))

    def _answer(self, who: int, nth: int, operator: StoreGet, cell: int) -> None:
        """An operator handles the call."""
        self._note(who, nth, ANSWERED)
        handled = self._after(delay(self.desk.handling, self._u(who, nth, HANDLING)))
        handled.append(lambda _: self._done(who, nth, operator, cell))

    def _done(self, who: int, nth: int, operator: StoreGet, cell: int) -> None:
        """The call ends, and may have reassured the caller; the operator takes the next one, or goes home."""
        self._hang_up(cell)
        if self._over():
            return
        self._note(who, nth, DONE)
        if self.present > self.on_duty:
            self.present -= 1
        else:
            self.free.put(operator.value)
        clone = (nth >> 8) & 0xFFFFFF
        if who < OTHERS and clone == 0 and self._u(who, nth, INFORMS) < self.desk.informs:
            self.night.worry.reassure(who)
        self._tell_family(who, answered=True)

    def _tell_family(self, who: int, *, answered: bool) -> None:
        """A family hears that its call is over."""
        if who >= SEARCHERS:
            self.night.hear(s.CALL_ENDED, who - SEARCHERS, int(answered))
