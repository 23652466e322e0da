"""Accounts, and people who are out, hear that shelter is offered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.social import Broadcast
from msgu.streams import named
from msgu.world.people import populations

from tests.twin import names as s
from tests.twin.draws import delay, log, rise_decay, uniform, uniforms
from tests.twin.part import Part

if TYPE_CHECKING:
    from tests.twin.night import Twin


class Hearing(Part):
    """Who has heard, and what they do then."""

    def __init__(self, night: Twin) -> None:
        super().__init__(night)
        self.mentions: set[int] = set()
        self.accounts: set[int] = set()
        self.people: set[int] = set()
        self.asked: dict[int, int] = {}

    def read(self, sc: Scenario) -> None:
        """Take who must have heard too."""
        super().read(sc)
        self.law = sc.shelter.hearing if sc.shelter is not None else None

    def start(self) -> None:
        """Schedule whom broadcasts tell."""
        if self.law is None:
            return
        for name, one in self.sc.broadcasts.items():
            if one.shelter:
                key = named(self.key.hearing, name)
                self._broadcast(key, one, 0, self.world.accounts.zone, 1.0, s.NEWS_OF_SHELTER, self._hear)
                self._broadcast(key, one, 2, self.world.out.at, self.law.outdoors, s.TOLD, self.told)

    def _broadcast(
        self, key: int, one: Broadcast, sub: int, zones: Any, factor: float, kind: int, heard: Callable[[int, int], None]
    ) -> None:
        for who, z in enumerate(zones):
            here = self.by_zone(one.zones, self.world.zones[z], 0.0) if one.zones else 1.0
            if uniform(key, who, 1, sub) < factor * (one.audience * here):
                wait = rise_decay(one.rise, one.decay, *uniforms(key, who, 1, sub + 1))
                self.when(one.at + wait, kind, who, s.BY_BROADCAST, heard, who, s.BY_BROADCAST)

    # ---- accounts ----

    def topics(self) -> set[str]:
        """Topics of which a post may tell."""
        if self.law is None or self.sc.shelter is None:
            return set()
        return {self.sc.shelter.topic, *(post.topic for post in self.sc.posts.values() if post.shelter)}

    def sees(self, f: int, j: int) -> None:
        """An account has seen or written a post; it hears if the post tells."""
        post = self.night.social.posts[j]
        about = post["topic"] == self.night.social.shelter_topic or post["root"] in self.mentions
        if self.law is not None and about and f not in self.accounts and (self._may_host(f) or self._clones(f)):
            self.accounts.add(f)
            self.when(self.clock.now, s.NEWS_OF_SHELTER, f, s.BY_NETWORK, self._heard, f, s.BY_NETWORK)

    def _hear(self, f: int, how: int) -> None:
        if f not in self.accounts and (self._may_host(f) or self._clones(f)):
            self.accounts.add(f)
            self._heard(f, how)

    def _heard(self, f: int, how: int) -> None:
        """An account hears: it may offer, and people out who are clones of its person hear from a post."""
        assert self.law is not None
        self.log(s.LOG_HEARD, f, how)
        u, v = uniforms(self.key.hearing, f, 0, 0)
        if self._may_host(f) and u < self.law.offers:
            topic = self.night.social.shelter_topic
            self.later(delay(self.law.offer_after, v), s.HOST_OFFERS, f, 0, self.night.social.publish, f, topic, s.OFFER, -1)
        for q in self._clones(f) if how == s.BY_NETWORK else []:
            self.when(self.clock.now, s.TOLD, q, how, self.told, q, how)

    def _may_host(self, f: int) -> bool:
        """Whether an account is nobody's by name and lives where hosts do."""
        assert self.sc.shelter is not None
        if f in {self.world.accounts.number(name) for name in self.world.accounts.names}:
            return False
        z = int(self.world.accounts.zone[f])
        zone = self.world.zones[z]
        if self.sc.shelter.host_zones:
            return self.sc.shelter.host_zones.get(zone, 0.0) > 0
        city = self.sc.places.zones[zone].kind in ("arrondissement", "commune")
        return city and populations(self.sc, list(self.world.zones))[z] > 0

    def _clones(self, f: int) -> list[int]:
        person = int(self.world.person[f])
        return [q for q, p in enumerate(self.world.resident_of_out) if p == person] if person >= 0 else []

    # ---- people out ----

    def has_heard(self, q: int) -> bool:
        """Whether somebody out has heard, where one must have."""
        return self.law is None or q in self.people

    def told(self, q: int, how: int) -> None:
        """Somebody out hears, and looks for shelter if stranded."""
        if q in self.people:
            return
        self.people.add(q)
        people = self.night.people
        self.log(s.LOG_TOLD, q, how, people.state[q], int(self.world.out.at[q]))
        if people.state[q] == s.STRANDED and people.seeker[q]:
            people.begin_to_seek(q)

    def ask_later(self, q: int) -> None:
        """Somebody stranded who has not heard will ask another one."""
        if self.law is None or self.law.meets is None:
            return
        n = self.asked.get(q, 0)
        self.asked[q] = n + 1
        self.later(-self.law.meets * log(uniform(self.key.hearing, q, n, 1)), s.ASK, q, n, self._ask, q, n)

    def _ask(self, q: int, n: int) -> None:
        assert self.law is not None
        at, state = self.world.out.at, self.night.people.state
        if q in self.people or state[q] != s.STRANDED:
            return
        here = [x for x in range(len(state)) if at[x] == at[q] and x != q and state[x] in (s.STRANDED, s.SEEKING)]
        u, v = uniforms(self.key.hearing, q, n, 2)
        if u * len(here) < sum(x in self.people for x in here) and v < self.law.tells:
            self.told(q, s.BY_OTHER)
        else:
            self.ask_later(q)
