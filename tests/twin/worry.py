"""People learn of the event, worry about others, and are reassured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgu.scenario.schema.reassurance import SafetyCheck
from msgu.scenario.schema.reassurance import Worry as Law
from msgu.scenario.schema.root import Scenario
from msgu.streams import named
from msgu.world.people import by_zone_or_kind

from tests.twin import names as s
from tests.twin.draws import delay, log, rise_decay, uniform, uniforms
from tests.twin.part import Part
from tests.twin.phone import OTHER

if TYPE_CHECKING:
    from tests.twin.night import Twin

MOST_OTHER = 128


class Worry(Part):
    """Residents: who knows, and whose worries are over."""

    def __init__(self, night: Twin) -> None:
        super().__init__(night)
        r = self.world.residents
        self.aware = [False] * len(r.zone)
        self.edges = [list(map(int, r.callee[r.start[p] : r.start[p + 1]])) for p in range(len(r.zone))]
        self.cleared = [[callee < 0 for callee in row] for row in self.edges]
        self.account = {int(p): a for a, p in enumerate(self.world.person) if p >= 0}

    def read(self, sc: Scenario) -> None:
        """Take worry and the Safety Check too."""
        super().read(sc)
        self.law = sc.worry or Law.model_construct()
        self.check = sc.safety_check or SafetyCheck.model_construct()

    def start(self) -> None:
        """Schedule what broadcasts tell, and the Safety Check."""
        self._broadcasts()
        if self.sc.safety_check is not None and math.isfinite(self.sc.safety_check.at):
            self.check_in(self.sc.safety_check.at)

    # ---- learning ----

    def _broadcasts(self) -> None:
        for name in sorted(self.sc.broadcasts):
            if math.isfinite(self.sc.broadcasts[name].at):
                self.tell_of_broadcast(name, self.sc.broadcasts[name].at)

    def tell_of_broadcast(self, name: str, at: float) -> None:
        """A broadcast begins: whom it reaches learns some time later, unless they know by then."""
        key, b = named(self.key.learning, name), self.sc.broadcasts[name]
        for p in range(len(self.aware)):
            zone = self.world.zones[self.world.residents.zone[p]]
            there = self.by_zone(b.zones, zone, 0.0) if b.zones else 1.0
            if uniform(key, p, 0, 0) < b.audience * there:
                told = at + rise_decay(b.rise, b.decay, *uniforms(key, p, 0, 1))
                self.when(told, s.LEARN, p, 0, self._learn, p, 0)

    def tell(self, p: int, how: int) -> None:
        """A person hears of the event now."""
        if not self.aware[p]:
            self.later(0.0, s.LEARN, p, how, self._learn, p, how)

    def _learn(self, p: int, how: int) -> None:
        """A person learns, and will call, write, and perhaps ring a desk."""
        if self.aware[p]:
            return
        self.aware[p] = True
        self.log(s.LOG_AWARE, p, how)
        for slot in range(len(self.edges[p])):
            self.night.phone.attempt_later(delay(self.law.reaction, uniform(self.key.worry, p, slot, 0)), p, slot, 0)
        if not all(self.cleared[p]):
            self._think_of_desks(p)
        worried_about = any(p in row for row in self.edges)
        u, v = uniforms(self.key.worry, p, 0, 2)
        if self.sc.worry is not None and p in self.account and worried_about and u < self.law.safe_post:
            self.later(delay(self.law.safe_after, v), s.MARK, p, 1, self._safe_post, p)
        if self.sc.worry is not None and self.night.phone.cell[p] >= 0:
            self._may_write_to_group(p)
            self._talk(p)

    def _may_write_to_group(self, p: int) -> None:
        u, v = uniforms(self.key.group, p, 0, 0)
        if self.law.group is not None and u < self.law.group.share:
            self.later(delay(self.law.group.after, v), s.GROUP_MESSAGE, p, 0, self._write_to_group, p)

    def _write_to_group(self, p: int) -> None:
        """A message to a group waits its turn on the data channel, if there is one."""
        phone = self.night.phone
        if phone.is_empty(p) or phone.cell[p] < 0:
            return
        if phone.law.data is not None and phone.law.data.share > 0:
            self.later(phone.sent_by_data(phone.cell[p]), s.GROUP_MESSAGE, p, 1, self._group_reads, p)
        else:
            self._group_reads(p)

    def _group_reads(self, p: int) -> None:
        """Those who worry about the writer, if they are in the group, and others read it at once."""
        group, phone = self.law.group, self.night.phone
        if group is None or phone.is_empty(p) or phone.cell[p] < 0:
            return
        self.log(s.LOG_GROUP, p, 0)
        about = [(owner, slot) for owner, row in enumerate(self.edges) for slot, callee in enumerate(row) if callee == p]
        readers = [owner for owner, slot in about if uniform(self.key.group, owner, slot, 3) < group.contacts]
        gone = 0.0
        for k in range(64):
            gone -= log(uniform(self.key.group, p, k, 1))
            if gone >= group.others:
                break
            readers.append(int(uniform(self.key.group, p, k, 2) * len(self.edges)))
        for reader in readers:
            if not phone.is_empty(reader):
                self.hears_from(reader, p, 1)
                self.tell(reader, 2)

    def _talk(self, p: int) -> None:
        """Other calls and messages: a Poisson process, each placed by how much of its mean has gone by."""
        mean = self.law.talk_calls + self.law.talk_messages
        product, t, before = 1.0, self.clock.now, 0.0
        for i in range(MOST_OTHER if mean > 0 else 0):
            product *= uniforms(self.key.talk, p, i // 2, 0)[i % 2]
            gone = -log(product)
            if gone >= mean:
                break
            wait = delay(self.law.talk_spread, min(gone / mean, 1 - 2**-53))
            t, before = t + max(0.0, wait - before), wait
            self.when(t, s.TALK, p, i, self._talk_now, p, i)

    def _talk_now(self, p: int, i: int) -> None:
        if uniform(self.key.talk, p, i, 1) * (self.law.talk_calls + self.law.talk_messages) < self.law.talk_calls:
            self.night.phone.attempt(p, OTHER + i, 0)
        else:
            self.night.phone.message(p, OTHER + i, 0)

    # ---- desks ----

    def _think_of_desks(self, p: int) -> None:
        for number, name in enumerate(sorted(self.sc.desks)):
            desk, key = self.sc.desks[name], named(self.key.desk, name)
            opens = min((shift.at for shift in desk.shifts.values()), default=0.0)
            for clone in range(self.world.clones if desk.worried_share > 0 else 0):
                who = (number << 24) | clone
                u, v = uniforms(key, p, clone, 0)
                if u < desk.worried_share and (heard := self._hears_of(name, p, clone)) is not None:
                    self.call_desk(p, who << 8, max(0.0, max(opens, heard) - self.clock.now) + delay(desk.reaction, v))

    def _hears_of(self, desk: str, p: int, clone: int) -> float | None:
        """When somebody hears the number of a desk; one that nobody announces is known from the start."""
        told, zone = [], self.world.zones[self.world.residents.zone[p]]
        for name, cast in self.sc.desks[desk].announced.items():
            key = named(self.key.announcement, f"{desk}/{name}")
            there = self.by_zone(cast.zones, zone, 0.0) if cast.zones else 1.0
            if uniform(key, p, clone, 0) < cast.audience * there:
                told.append(cast.at + rise_decay(cast.rise, cast.decay, *uniforms(key, p, clone, 1)))
        if not self.sc.desks[desk].announced:
            return 0.0
        return min(told, default=None)

    def call_desk(self, person: int, nth: int, wait: float) -> None:
        """A person will call a desk after a wait."""
        self.later(wait, s.DESK_CALL, person, nth, self._ring, person, nth)

    def _ring(self, person: int, nth: int) -> None:
        asked = nth >> 26 & 63  # by a message, worried or not
        if (asked or not all(self.cleared[person])) and not self.night.phone.is_empty(person):
            self.night.desks.ring(person, nth)

    # ---- reassurance ----

    def reassure(self, person: int) -> None:
        """A desk clears every worry of a person."""
        for slot in range(len(self.edges[person])):
            self.clear(person, slot, 3)

    def clear(self, p: int, slot: int, how: int) -> None:
        """A worry edge is cleared, once."""
        if not self.cleared[p][slot]:
            self.cleared[p][slot] = True
            self.log(s.LOG_CLEARED, p, slot, how)

    def hears_from(self, p: int, q: int, how: int) -> None:
        """Whoever hears from somebody worries about them no more."""
        for slot, callee in enumerate(self.edges[p]):
            if callee == q:
                self.clear(p, slot, how)

    def check_in(self, at: float) -> None:
        """The Safety Check is activated."""
        check, zone = self.check, self.world.residents.zone
        asked = by_zone_or_kind(self.sc, list(self.world.zones), check.zones)
        for p in range(len(self.aware)):
            u, v = uniforms(self.key.safety_check, p, 0, 0)
            if u < asked[zone[p]] * check.marks:
                self.when(at + delay(check.delay, v), s.MARK, p, 0, self._mark, p)
        for p, row in enumerate(self.edges):
            for slot in range(len(row)):
                u, v = uniforms(self.key.safety_check, p, slot, 3)
                if u < check.unmarked and uniform(self.key.safety_check, p, slot, 2) < check.contact:
                    self.when(at + delay(check.unmarked_after, v), s.DOUBT, p, slot, self._doubt, p, slot)

    def _mark(self, p: int) -> None:
        self.log(s.LOG_MARK, p, 0)
        for owner, row in enumerate(self.edges):
            for slot, callee in enumerate(row):
                if callee == p and uniform(self.key.safety_check, owner, slot, 2) < self.check.contact:
                    self.clear(owner, slot, 2)

    def _doubt(self, p: int, slot: int) -> None:
        """No mark is found: one more call."""
        if self.aware[p] and not self.cleared[p][slot]:
            self.night.phone.attempt(p, slot, 128)

    def _safe_post(self, p: int) -> None:
        """A post of being safe waits its turn on the data channel, if there is one."""
        cell, data = self.night.phone.cell[p], self.night.phone.law.data
        if data is not None and data.share > 0 and cell >= 0:
            self.later(self.night.phone.sent_by_data(cell), s.MARK, p, 2, self._safe_posted, p)
        else:
            self._safe_posted(p)

    def _safe_posted(self, p: int) -> None:
        self.log(s.LOG_MARK, p, 1)
        for owner, row in enumerate(self.edges):
            for slot, callee in enumerate(row):
                if callee == p and uniform(self.key.worry, owner, slot, 3) < self.law.safe_seen:
                    self.clear(owner, slot, 4)
