"""What accounts hold of a claim: whom they believe, how long they pass it on, what they write, what they hear on the air."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgu.scenario.schema.root import Scenario
from msgu.streams import named

from tests.twin import names as s
from tests.twin.draws import delay, exp, rise_decay, uniform, uniforms
from tests.twin.part import Part

if TYPE_CHECKING:
    from tests.twin.night import Twin

Draw = tuple[int, int, int]
"""Key, who and nth of the draw by which a believer accepts a denial."""


class Rumours(Part):
    """Claims and newsrooms."""

    def __init__(self, night: Twin) -> None:
        super().__init__(night)
        n = self.world.accounts.n
        self.belief = [[0] * n for _ in self.topics]
        self.affirmed: list[list[set[str]]] = [[set() for _ in range(n)] for _ in self.topics]
        self.denied_by: list[list[set[str]]] = [[set() for _ in range(n)] for _ in self.topics]
        self.tired = [[False] * n for _ in self.topics]
        self.denied = [math.inf] * len(self.topics)

    def read(self, sc: Scenario) -> None:
        """Take topics and newsrooms too."""
        super().read(sc)
        self.names = sorted(sc.topics)
        self.topics = [sc.topics[k] for k in self.names]
        self.rooms = [sc.newsrooms[name] for name in sorted(sc.newsrooms)]

    def role(self, a: int) -> str:
        """What an account is."""
        by_number = {self.world.accounts.number(name): self.sc.accounts[name].role for name in self.world.accounts.names}
        return by_number.get(a, "citizen")

    def stands_by(self, f: int, k: int, kind: int) -> bool:
        """Whether an account holds what a post of a kind says."""
        return self.belief[k][f] in ((s.DOUBTS, s.CORRECTED) if kind == s.CORRECTION else (s.BELIEVES,))

    def hold(self, f: int, k: int, new: int) -> None:
        """An account changes its mind, and is interested for a while."""
        old, claim = self.belief[k][f], self.topics[k].claim
        assert claim is not None
        if new == old:
            return
        self.belief[k][f] = new
        self.log(s.LOG_BELIEF, f, k, old, new)
        if claim.interest is not None:
            self.tired[k][f] = False
            wait = delay(claim.interest, uniform(self.key.interest, f, k, new))
            self.later(wait, s.TIRE, f, (k << 2) | new, self._tire, f, k, new)

    def _tire(self, f: int, k: int, belief: int) -> None:
        if self.belief[k][f] == belief:
            self.tired[k][f] = True

    def see(self, f: int, j: int) -> None:
        """An account sees a post of a claim: who speaks is who wrote the first post."""
        post = self.night.social.posts[j]
        role = self.role(self.night.social.posts[post["root"]]["author"])
        draw = (self.key.belief, (post["author"] << 32) | f, (post["topic"] << 20) | post["nth"])
        self.weigh(f, post["topic"], role, post["kind"] == s.CORRECTION, draw)

    def weigh(self, f: int, k: int, role: str, denies: bool, draw: Draw) -> None:
        """An account hears a speaker."""
        old, claim = self.belief[k][f], self.topics[k].claim
        assert claim is not None
        said = self.denied_by if denies else self.affirmed
        fresh = role not in said[k][f]
        said[k][f].add(role)
        new = old
        if denies and old == s.UNAWARE:
            new = s.DOUBTS
        elif denies and old == s.BELIEVES:
            accepts = self._chance(claim.acceptance, k, self.denied_by[k][f])
            new = s.CORRECTED if uniform(*draw, 1) < accepts else old
        elif not denies and (old == s.UNAWARE or (old == s.DOUBTS and fresh and self._swayed(f, k, role))):
            believes = self._chance(claim.credulity, k, self.affirmed[k][f])
            new = s.BELIEVES if uniform(self.key.belief, f, k, 0) < believes else s.DOUBTS
        if new != old:
            self.hold(f, k, new)
            if denies or new == s.BELIEVES:
                self._will_tell(f, k, new)

    def _swayed(self, f: int, k: int, role: str) -> bool:
        """Whether one who doubts listens: to a speaker trusted more than a stranger, if nobody has denied the claim."""
        claim = self.topics[k].claim
        assert claim is not None
        return claim.trust.get(role, 1.0) > 1.0 and not self.denied_by[k][f]  # type: ignore[call-overload]

    def _chance(self, p: float, k: int, speakers: set[str]) -> float:
        """Chance whose odds are multiplied by the trust of each kind of speaker."""
        claim, odds = self.topics[k].claim, 1.0
        assert claim is not None
        for role in s.ROLES:
            odds *= claim.trust.get(role, 1.0) if role in speakers else 1.0
        if odds == 1.0:
            return p
        return min(p, 1.0) * odds / (1.0 - min(p, 1.0) + min(p, 1.0) * odds)

    def _will_tell(self, f: int, k: int, new: int) -> None:
        """An account may write what it has come to hold."""
        topic, zone = self.topics[k], self.world.zones[self.world.accounts.zone[f]]
        assert topic.claim is not None
        law = topic.claim.tells if new == s.BELIEVES else topic.claim.corrects
        if law is None:
            return
        hazard = law.readiness * self.night.social.multiplier[k] * self.by_zone(topic.zone_factor, zone, 1.0)
        u, v = uniforms(self.key.telling, f, k, new)
        if u < 1.0 - exp(-hazard * float(self.world.accounts.susceptibility[f])):
            self.later(delay(law.after, v), s.TELL, f, (k << 2) | new, self._tell, f, k, new)

    def _tell(self, f: int, k: int, belief: int) -> None:
        if self.topics[k].once and self.night.social.written[k][f]:
            self.log(s.LOG_WITHHELD, f, k, -1, s.HAS_POSTED)
        else:
            self.night.social.publish(f, k, -1 if belief == s.BELIEVES else s.CORRECTION, -1)

    def refusal(self, author: int, k: int, kind: int, parent: int, by: str) -> int:
        """Why an author does not say this of a claim, -1 where it does, and holds it from now on."""
        old, stands = self.belief[k][author], self.stands_by(author, k, kind)
        if by != "the scenario":
            if not stands and (parent != -1 or old != s.UNAWARE):
                return s.OTHER_BELIEF
            if self.tired[k][author]:
                return s.LOST_INTEREST
        denies = kind == s.CORRECTION
        if not stands:
            self.hold(author, k, (s.DOUBTS if old == s.UNAWARE else s.CORRECTED) if denies else s.BELIEVES)
        if denies and parent == -1:
            self.denied_by[k][author].add(self.role(author))
            if self.role(author) == "official":
                self.denied[k] = min(self.denied[k], self.clock.now)
        return -1

    def air(self, number: int, denies: bool) -> None:
        """A newsroom speaks: accounts hear it, and people without one."""
        room, key = self.rooms[number], named(self.key.airing, sorted(self.sc.newsrooms)[number])
        zones = self.world.zones
        for f, z in enumerate(self.world.accounts.zone):
            if uniform(key, f, denies, 0) < self._share(number, zones[z]):
                wait = rise_decay(room.rise, room.decay, *uniforms(key, f, denies, 2))
                self.later(wait, s.AIRED, f, (number << 1) | denies, self._hear, f, number, denies, key)
        for p, z in enumerate(self.world.residents.zone):
            if p not in self.night.worry.account and uniform(key, p, 2 + denies, 0) < self._share(number, zones[z]):
                wait = rise_decay(room.rise, room.decay, *uniforms(key, p, 2 + denies, 2))
                self.later(wait, s.LEARN, p, 0, self.night.worry.hear, p, 0, 0)

    def _share(self, number: int, zone: str) -> float:
        room = self.rooms[number]
        return room.audience * (self.by_zone(room.zones, zone, 0.0) if room.zones else 1.0)

    def _hear(self, f: int, number: int, denies: bool, key: int) -> None:
        self.night.social.notice(f, 0)
        self.weigh(f, self.names.index(self.rooms[number].topic), "media", denies, (key, f, int(denies)))
