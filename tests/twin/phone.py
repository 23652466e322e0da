"""Calls and messages of people who worry, and of others: cells, redials, SMS and data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.scenario.schema.phone import Phones
from msgu.scenario.schema.root import Scenario

from tests.twin import names as s
from tests.twin.draws import delay, uniform, uniforms
from tests.twin.part import Part

if TYPE_CHECKING:
    from tests.twin.night import Twin

OTHER, TRIES = 1000, 256


class Phone(Part):
    """Cells and operators, and what people do with them."""

    def __init__(self, night: Twin) -> None:
        super().__init__(night)
        cells = len(self.world.residents.cell_zone)
        self.busy = [0] * cells
        self.legs = [[0, 0] for _ in self.world.zones]
        self.cell = [int(cell) for cell in self.world.residents.cell]
        out = self.world.standing
        for resident, cell in zip(out.resident, out.cell, strict=True):
            if resident >= 0:
                self.cell[resident] = int(cell)
        self.away = {int(p) for p in out.resident if p >= 0}
        self.admitted = [1.0] * len(self.world.zones)
        self.channels = [self.law.channels] * cells
        self.data_free = [0.0] * cells
        self.free = [0.0] * max(len(self.operators), 1)
        self.voice = 1.0

    def read(self, sc: Scenario) -> None:
        """Take telephones and operators too."""
        super().read(sc)
        self.law = sc.phones or Phones.model_construct()
        self.operators = [self.law.operators[o] for o in sorted(self.law.operators)]

    def turn_channels(self, zone: int, value: float) -> None:
        """Multiply the voice channels of a zone's cells."""
        for cell, z in enumerate(self.world.residents.cell_zone):
            if z == zone:
                self.channels[cell] = int(self.law.channels * value)

    def is_empty(self, p: int) -> bool:
        """Whether somebody's phone is empty."""
        battery = self.law.battery
        law = None if battery is None else battery.out if p in self.away else battery.home
        return law is not None and self.clock.now >= delay(law, uniform(self.key.battery, p, 0, 0))

    def cells_of(self, zone: int, operator: int | None = None) -> list[int]:
        """Cells of a zone, of one operator where these have cells of their own."""
        r = self.world.residents
        own = [c for c, z in enumerate(r.cell_zone) if z == zone]
        return own if operator is None else [c for c in own if r.cell_operator[c] in (-1, operator)]

    def cell_of_zone(self, zone: int, u: float, operator: int | None = None) -> int:
        """One of these cells, -1 where there is none."""
        cells = self.cells_of(zone, operator)
        return cells[int(u * len(cells))] if cells else -1

    def callee(self, p: int, slot: int) -> int:
        """Whom a person calls or writes to: a worry tie, or somebody."""
        people = len(self.night.worry.ties)
        return self.night.worry.ties[p][slot].callee if slot < OTHER else int(uniform(self.key.talk, p, slot, 2) * people)

    # ---- calls ----

    def attempt_later(self, wait: float, p: int, slot: int, n: int) -> None:
        """A person will try to call after a wait."""
        self.later(wait, s.ATTEMPT, p, slot * TRIES + n, self.attempt, p, slot, n)

    def attempt(self, p: int, slot: int, n: int, afresh: bool = False) -> None:
        """Call, unless the worry is over or a message is chosen: at first, or `afresh` after a message without answer."""
        if slot < OTHER:
            tie = self.night.worry.ties[p][slot]
            if tie.done or n < 64 * tie.tried:
                return
            voice = (1.0 - self.night.worry.law.message_share) * self.voice
            u = self._by_what(p, slot, n, tie.tried, afresh)
            if u is not None and u >= voice:
                self.message(p, slot, n)
                return
        if self.night.warnings.writes_instead(p):
            self.message(p, slot, n)
        elif self.cell[p] >= 0 and not self.is_empty(p):
            self._call(p, slot, n)

    def _by_what(self, p: int, slot: int, n: int, tried: int, afresh: bool) -> float | None:
        """Uniform for voice or message; None where an attempt is a call anyway, a redial say."""
        if afresh:
            return uniform(self.key.follow_up, p, slot * TRIES + n, 1)
        if n == 0:
            return uniform(self.key.worry, p, slot, 1)
        if tried > 0 and n in (64, 192):
            return uniforms(self.key.later_news, p, slot, {64: 1, 192: 2}[n])[1]
        return None

    def _call(self, p: int, slot: int, n: int) -> None:
        nth, near, callee = slot * TRIES + n, self.cell[p], self.callee(p, slot)
        off = self.is_empty(callee)
        far = self.cell[callee] if self.law.both_ends and not off else -1
        if self.is_barred(p, near, nth):
            self.log(s.LOG_ATTEMPT, p, nth, s.BARRED, callee)
            self._fail(p, slot, n)
            return
        outcome = self._seize(near, far)
        if outcome >= s.UNANSWERED:
            u, v = uniforms(self.key.call, p, nth, 0)
            hold = self.law.ring
            if u < self.law.answer and not off:
                outcome, hold = s.ANSWERED, delay(self.law.holding, v)
            self.hang_up_later(self.clock.now + hold, near, far)
        self.log(s.LOG_ATTEMPT, p, nth, outcome, callee)
        if outcome == s.ANSWERED:
            self.night.worry.hears_from(p, callee, 0)
            self.night.worry.hears_from(callee, p, 0)
            self.night.worry.tell(callee, 2)
            self.night.worry.tell_later(p, callee)
            self.night.worry.tell_later(callee, p)
        else:
            self._fail(p, slot, n)

    def is_barred(self, who: int, cell: int, nth: int) -> bool:
        """Whether an ordinary call that begins in a cell is kept from asking for a channel."""
        return uniform(self.key.barring, who, nth, 0) >= self.admitted[self.world.residents.cell_zone[cell]]

    def _seize(self, near: int, far: int) -> int:
        kept = self.law.reserved
        if self.busy[near] >= self.channels[near] - kept:
            self.asked(near, lost=True)
            return s.BLOCKED
        self.asked(near, lost=False)
        self.busy[near] += 1
        if far >= 0:
            if self.busy[far] >= self.channels[far] - kept:
                self.busy[near] -= 1
                self.asked(far, lost=True)
                return s.BLOCKED_FAR
            self.asked(far, lost=False)
            self.busy[far] += 1
        return s.UNANSWERED

    def asked(self, cell: int, *, lost: bool) -> None:
        """One end of a call has asked for a channel of a cell: counted for those who watch."""
        zone = int(self.world.residents.cell_zone[cell])
        self.legs[zone][0] += lost
        self.legs[zone][1] += 1

    def hang_up_later(self, t: float, near: int, far: int) -> None:
        """A call will end at time `t`."""
        self.when(t, s.HANG_UP, near, far, self._hang_up, near, far)

    def hold(self, cell: int) -> None:
        """A caller of a desk takes a channel, until `give_back`."""
        self.busy[cell] += 1

    def give_back(self, cell: int) -> None:
        """The call to a desk is over."""
        if self.clock.now < self.night.phones_end:
            self._hang_up(cell, -1)

    def _hang_up(self, near: int, far: int) -> None:
        self.busy[near] -= 1
        if far >= 0:
            self.busy[far] -= 1
        self.log(s.LOG_HANG_UP, near, far, self.busy[near])

    def _fail(self, p: int, slot: int, n: int) -> None:
        """Redial, or give up: perhaps send a message and write a post instead."""
        nth = slot * TRIES + n
        u, v = uniforms(self.key.call, p, nth, 1)
        if n < TRIES - 1 and u < self.law.persistence:
            self.attempt_later(delay(self.law.redial_after, v), p, slot, n + 1)
            return
        self.log(s.LOG_GAVE_UP, p, nth)
        if slot >= OTHER:
            return
        u, v = uniforms(self.key.call, p, nth, 2)
        if u < self.night.worry.law.message_after_failure:
            self.message(p, slot, n)
        if v < self.night.worry.law.post_after_failure and not self.night.worry.ties[p][slot].tells:
            self._post_instead(p, slot)

    def _post_instead(self, p: int, slot: int) -> None:
        social, topic, writer = self.night.social, self.night.worry.law.post_topic, self.night.worry.account.get(p)
        if self.sc.worry is None or topic not in self.sc.topics or writer is None:
            return
        when = self.clock.now
        if self.law.data is not None and self.law.data.share > 0:
            when = when + self.sent_by_data(self.cell[p])
        social.write_at(when, writer, social.names.index(topic), len(social.drivers), slot)

    # ---- messages ----

    def sent_by_data(self, cell: int) -> float:
        """Send something over the data channel of a cell; how long that takes [s]."""
        self.data_free[cell] = done = self.by_data(cell)
        return done - self.clock.now

    def by_data(self, cell: int) -> float:
        """When the cell's data channel, busy with ordinary traffic by the hour, would have sent one more message."""
        d, hour = self.law.data, self.times.hour(self.clock.now) % 24
        assert d is not None
        left = 1.0 - d.load * self.law.profile.get(str(hour), 1.0)
        return max(self.clock.now, self.data_free[cell]) + 1.0 / (d.capacity * left)

    def message(self, p: int, slot: int, n: int) -> None:
        """A message goes over data where that is quick enough; an SMS waits its turn at the operator's centre."""
        cell, d, fallen = self.cell[p], self.law.data, 0
        number = slot + 65536 * n
        if cell < 0 or self.is_empty(p):
            return
        if d is not None and uniform(self.key.message, p, number, 1) < d.share:
            sent = self.by_data(cell)
            if sent - self.clock.now <= d.patience:
                self.data_free[cell] = sent
                self.log(s.LOG_DATA, p, number, cell)
                self._on_its_way(sent, p, slot, n)
                return
            fallen = 1
        o = int(self.world.residents.operator[p])
        time = 1 / (self.operators[o].sms_capacity * self.world.scale) if self.operators else 0.0
        self.free[o] = done = max(self.clock.now, self.free[o]) + time
        self.log(s.LOG_MESSAGE, p, number, o, fallen)
        self._on_its_way(done, p, slot, n)

    def _on_its_way(self, arrives: float, p: int, slot: int, n: int) -> None:
        """A worried person's message arrives; meanwhile its writer waits for the answer, and may try again."""
        number, nth, law = slot + 65536 * n, slot * TRIES + n, self.night.worry.law
        if slot < OTHER or uniform(self.key.news, p, slot, 0) < law.talk_news:
            self.when(arrives, s.MESSAGE_SERVED, p, number, self._served, p, slot, number)
        if slot >= OTHER:
            return
        u, v = uniforms(self.key.follow_up, p, nth, 0)
        persists = self.law.persistence
        if u < persists and n < TRIES - 1:
            self.later(delay(law.follow_up, v), s.ATTEMPT, p, 2**24 + nth + 1, self.attempt, p, slot, n + 1, True)

    def _served(self, p: int, slot: int, number: int) -> None:
        other, law = self.callee(p, slot), self.night.worry.law
        if self.is_empty(other):
            return
        self.night.worry.hears_from(other, p, 1)
        self.night.worry.tell(other, 2)
        self.night.worry.tell_later(p, other)
        if slot >= OTHER:
            return
        if self.night.worry.ties[p][slot].tells:
            self.night.worry.clear(p, slot, 1)
            return
        u, v = uniforms(self.key.message, p, number, 0)
        if u < law.message_answered:
            self.later(delay(law.message_reply, v), s.MESSAGE_ANSWERED, p, number, self._answered, p, slot, number)

    def _answered(self, p: int, slot: int, number: int) -> None:
        if self.is_empty(p):
            return
        other = self.callee(p, slot)
        self.log(s.LOG_ANSWERED, p, number)
        self.night.worry.hears_from(p, other, 1)
        self.night.worry.tell_later(other, p)
