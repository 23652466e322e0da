"""People learn of the event, worry about others, and are reassured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgu.scenario.schema.laws import AnyClockLaw, Awake
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


@dataclass
class Tie:
    """What a person has to do with another: worry, or telling that one is safe.

    done : over, or not begun yet. known : later events of which the other is known to be safe. tried : the last later event
    that made the person try.
    """

    callee: int
    tells: bool
    asleep: bool
    done: bool
    known: int = 0
    tried: int = 0


class Worry(Part):
    """Residents: who knows, and whose worries are over."""

    def __init__(self, night: Twin) -> None:
        super().__init__(night)
        r = self.world.residents
        self.aware = [False] * len(r.zone)
        found = [Tie(int(c), bool(b & 2), bool(b & 4), bool(b & 1)) for c, b in zip(r.callee, r.begins, strict=True)]
        self.ties = [found[r.start[p] : r.start[p + 1]] for p in range(len(r.zone))]
        self.knows: list[set[int]] = [set() for _ in r.zone]
        self.marked: set[int] = set()
        self.about: dict[int, list[tuple[int, int]]] = {}
        for p, row in enumerate(self.ties):
            for slot, tie in enumerate(row):
                if tie.callee >= 0 and not tie.tells:
                    self.about.setdefault(tie.callee, []).append((p, slot))
        self.prevented, self.over, self.under_way = 0, list[tuple[float, float]](), dict[tuple[int, int], float]()
        self.account = {int(p): a for a, p in enumerate(self.world.person) if p >= 0}

    def read(self, sc: Scenario) -> None:
        """Take worry and the Safety Check too."""
        super().read(sc)
        self.law = sc.worry or Law.model_construct()
        self.check = sc.safety_check or SafetyCheck.model_construct(at=0.0, zones={}, contact=0.0)
        self.news = sorted(self.law.news, key=lambda name: (self.law.news[name].at, name))

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
        number = 0 if b.news is None else self.news.index(b.news) + 1
        for p in range(len(self.aware)):
            zone = self.world.zones[self.world.residents.zone[p]]
            there = self.by_zone(b.zones, zone, 0.0) if b.zones else 1.0
            if uniform(key, p, 0, 0) < b.audience * there:
                told = at + rise_decay(b.rise, b.decay, *uniforms(key, p, 0, 1))
                self.when(told, s.LEARN, p, 16 * number, self.hear, p, 0, number)

    def tell(self, p: int, how: int) -> None:
        """A person hears of the event now."""
        if not self.aware[p]:
            self.later(0.0, s.LEARN, p, how, self.hear, p, how, 0)

    def tell_later(self, p: int, q: int) -> None:
        """A person tells another of the later events that the other does not know of."""
        for number in sorted(self.knows[p] - self.knows[q]):
            self.later(0.0, s.LEARN, q, 16 * number + 2, self.hear, q, 2, number)

    def hear(self, p: int, how: int, number: int) -> None:
        """A person hears of the first event, and of a later one where it has a number."""
        self._learn(p, how)
        if number > 0 and number not in self.knows[p]:
            self._learn_later(p, how, number)

    def _learn(self, p: int, how: int) -> None:
        """A person learns, and will call, write, and perhaps ring a desk."""
        if self.aware[p]:
            return
        self.aware[p] = True
        self.log(s.LOG_AWARE, p, how)
        for slot, tie in enumerate(self.ties[p]):
            law = self.law.tells_after if tie.tells else self.law.reaction
            if not tie.asleep:
                self._begin(p, slot)
                self.night.phone.attempt_later(delay(law, uniform(self.key.worry, p, slot, 0)), p, slot, 0)
        if self.worries(p):
            self._think_of_desks(p)
        worried_about = p in self.about
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
        about = self.about.get(p, [])
        readers = [owner for owner, slot in about if uniform(self.key.group, owner, slot, 3) < group.contacts]
        gone = 0.0
        for k in range(64):
            gone -= log(uniform(self.key.group, p, k, 1))
            if gone >= group.others:
                break
            readers.append(int(uniform(self.key.group, p, k, 2) * len(self.ties)))
        for reader in readers:
            if not phone.is_empty(reader):
                self.hears_from(reader, p, 1)
                self.tell(reader, 2)

    def _learn_later(self, p: int, how: int, number: int) -> None:
        """A person learns of a later event: worry about who lives there begins anew, unless they were heard of since."""
        self.knows[p].add(number)
        self.log(s.LOG_AWARE, p, how, number)
        affected, zone = self.law.news[self.news[number - 1]].affected, self.world.residents.zone
        for slot, tie in enumerate(self.ties[p]):
            where = p if tie.tells else tie.callee
            if where < 0 or affected.get(self.world.zones[zone[where]], 0) <= 0:
                continue
            if tie.done and tie.known >= number:
                tie.asleep = False
                self._begin(p, slot)
                continue
            if tie.done:
                self._begin(p, slot, anew=True)
            tie.tried = number if tie.done else max(tie.tried, number)
            tie.done = tie.asleep = False
            law = self.law.tells_after if tie.tells else self.law.reaction
            wait = delay(law, uniforms(self.key.later_news, p, slot, number)[0])
            self.night.phone.attempt_later(wait, p, slot, 64 * (2 * number - 1))

    def _begin(self, p: int, slot: int, *, anew: bool = False) -> None:
        """Note that a worry begins now, or would have."""
        tie = self.ties[p][slot]
        if tie.done and not anew:
            self.prevented += not tie.tells and tie.callee >= 0
        elif not tie.tells:
            self.under_way[p, slot] = self.clock.now

    def lasted(self, end: float) -> list[tuple[float, float]]:
        """From when to when each worry lasted, until `end` at most."""
        still = [(begun, end) for begun in self.under_way.values()]
        return [(begun, min(over, end)) for begun, over in [*self.over, *still] if begun < end]

    def worries(self, p: int) -> bool:
        """Whether a person worries about anybody, or will once the event is known."""
        return any(not tie.done and not tie.tells for tie in self.ties[p])

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
        if (asked or self.worries(person)) and not self.night.phone.is_empty(person):
            self.night.desks.ring(person, nth)

    # ---- reassurance ----

    def reassure(self, person: int) -> None:
        """A desk clears every worry of a person."""
        for slot, tie in enumerate(self.ties[person]):
            if not tie.tells:
                self.clear(person, slot, 3)

    def _happened(self) -> int:
        """How many later events have happened."""
        return sum(news.at <= self.clock.now for news in self.law.news.values())

    def clear(self, p: int, slot: int, how: int, known: int | None = None) -> None:
        """The other end of a tie is known to be safe, as of the later events that have happened or of those given."""
        tie, known = self.ties[p][slot], self._happened() if known is None else known
        if tie.done:
            tie.known = max(tie.known, known)
        if tie.done or tie.tried > known:
            return
        tie.done, tie.known = True, known
        if (p, slot) in self.under_way:
            self.over.append((self.under_way.pop((p, slot)), self.clock.now))
        self.log(s.LOG_CLEARED, p, slot, how, int(tie.tells))
        if not tie.tells:
            self._say(p, slot, tie.callee)

    def _say(self, p: int, slot: int, q: int) -> None:
        """Who knows that somebody is safe may tell another who worries, and mark them."""
        if self.sc.worry is not None and self.law.passed_on > 0:
            wait = delay(self.law.passed_after, uniform(self.key.word, p, 2 * slot + 1, 0))
            self.later(wait, s.MARK, q, self._by(s.WORD, p, slot), self._word, q, p, slot)
        u, v = uniforms(self.key.friends, p, slot, 0)
        contact = uniform(self.key.safety_check, p, slot, 2) < self.check.contact
        if u < self.check.friends and contact and self._is_asked(q):
            start = max(self.clock.now, self.check.at)
            wait = start - self.clock.now + self._from(start, self.check.friends_after, p, v)
            self.later(wait, s.MARK, q, self._by(s.FRIEND, p, slot), self._mark_friend, q, p, slot)

    def _by(self, what: int, p: int, slot: int) -> int:
        return what + 8 * (int(self.world.residents.start[p]) + slot)

    def _knows_safe(self, p: int, slot: int) -> bool:
        tie = self.ties[p][slot]
        return self.aware[p] and tie.done and not tie.asleep

    def _word(self, q: int, teller: int, by: int) -> None:
        """Word that somebody is safe reaches others who worry about them."""
        if not self._knows_safe(teller, by):
            return
        for p, slot in self.about.get(q, []):
            if p != teller and uniform(self.key.word, p, 2 * slot, teller) < self.law.passed_on:
                self.clear(p, slot, 5, self.ties[teller][by].known)
                self.tell(p, 2)

    def hears_from(self, p: int, q: int, how: int) -> None:
        """Whoever hears from somebody worries about them no more."""
        for slot, tie in enumerate(self.ties[p]):
            if tie.callee == q:
                self.clear(p, slot, how)

    # ---- marks and posts ----

    def _is_asked(self, p: int) -> bool:
        """Whether Safety Check asks a person."""
        zone = self.world.zones[self.world.residents.zone[p]]
        return uniform(self.key.safety_check, p, 0, 0) < self.by_zone(self.check.zones, zone, 0.0)

    def _from(self, t: float, law: AnyClockLaw, p: int, u: float) -> float:
        """Quantile of a law from a time on; where its clock runs while one is awake alone, hour by hour of the person's zone."""
        if not isinstance(law, Awake):
            return delay(law, u)
        return self.times.when_awake(t, delay(law.delay, u), self.world.zones[self.world.residents.zone[p]]) - t

    def check_in(self, at: float) -> None:
        """The Safety Check is activated."""
        check, zone = self.check, self.world.residents.zone
        asked = by_zone_or_kind(self.sc, list(self.world.zones), check.zones)
        for p in range(len(self.aware)):
            u, v = uniforms(self.key.safety_check, p, 0, 0)
            if u < asked[zone[p]] * check.marks:
                self.when(at + self._from(at, check.delay, p, v), s.MARK, p, 0, self._mark, p)
        for p, row in enumerate(self.ties):
            for slot in range(len(row)):
                u, v = uniforms(self.key.safety_check, p, slot, 3)
                if u < check.unmarked and uniform(self.key.safety_check, p, slot, 2) < check.contact:
                    self.when(at + delay(check.unmarked_after, v), s.DOUBT, p, slot, self._doubt, p, slot)

    def _mark(self, q: int, what: int = 0, friend: int = 0, known: int | None = None) -> None:
        """Somebody is marked, once where friends may mark or ask."""
        if self.check.friends > 0 or self.check.prompted > 0:
            if q in self.marked:
                return
            self.marked.add(q)
        self.log(s.LOG_MARK, q, what, friend)
        for p, slot in self.about.get(q, []):
            if uniform(self.key.safety_check, p, slot, 2) < self.check.contact:
                self.clear(p, slot, 2, known)

    def _mark_friend(self, q: int, p: int, slot: int) -> None:
        if self._knows_safe(p, slot):
            self._mark(q, 2, p, self.ties[p][slot].known)

    def _doubt(self, p: int, slot: int) -> None:
        """No mark is found: one more call, and the other may be asked."""
        tie = self.ties[p][slot]
        if not self.aware[p] or tie.done or tie.tells:
            return
        u, v = uniforms(self.key.friends, p, slot, 1)
        if u < self.check.prompted and tie.callee not in self.marked and self._is_asked(tie.callee):
            wait = self._from(self.clock.now, self.check.prompted_after, tie.callee, v)
            self.later(wait, s.MARK, tie.callee, self._by(s.PROMPTED, p, slot), self._mark, tie.callee, 3, p)
        self.night.phone.attempt(p, slot, 128)

    def _safe_post(self, p: int) -> None:
        """A post of being safe waits its turn on the data channel, if there is one."""
        cell, data = self.night.phone.cell[p], self.night.phone.law.data
        if data is not None and data.share > 0 and cell >= 0:
            self.later(self.night.phone.sent_by_data(cell), s.MARK, p, 2, self._safe_posted, p)
        else:
            self._safe_posted(p)

    def _safe_posted(self, q: int) -> None:
        self.log(s.LOG_MARK, q, 1)
        for p, slot in self.about.get(q, []):
            if uniform(self.key.worry, p, slot, 3) < self.law.safe_seen:
                self.clear(p, slot, 4)
