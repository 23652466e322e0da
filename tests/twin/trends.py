"""Load of feeds and trends: counted anew each minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.social import Trending

from tests.twin import names as s
from tests.twin.draws import log, uniform, uniforms
from tests.twin.part import Part

if TYPE_CHECKING:
    from tests.twin.night import Twin


class Trends(Part):
    """Topics that trend, and accounts of the region that look at them."""

    def __init__(self, night: Twin) -> None:
        super().__init__(night)
        self.episode = [0] * len(self.sc.topics)  # how often a topic has begun to trend; negative while it does not

    def read(self, sc: Scenario) -> None:
        """Take what trending is too."""
        super().read(sc)
        self.law = sc.trending or Trending.model_construct()

    def start(self) -> None:
        """Schedule the first minute."""
        asked = self.sc.attention.half_load is not None or self.sc.trending is not None
        if self.world.accounts.in_network and self.sc.topics and asked:
            self.when(60.0, s.MINUTE, 0, 0, self._minute)

    def trending(self) -> list[int]:
        """Topics that trend, in order."""
        return [k for k, episode in enumerate(self.episode) if episode > 0]

    def _minute(self) -> None:
        """Load and trends: what was posted in the last minute, and what in the window."""
        now, social = self.clock.now, self.night.social
        self.when(now + 60.0, s.MINUTE, 0, 0, self._minute)
        social.rate = social.posts_since(now - 60.0) / 60.0 / self.world.accounts.in_network
        if self.sc.trending is None:
            return
        law, zone, inside = self.law, self.world.accounts.zone, self._zones_inside()
        for k, name in enumerate(social.names):
            if name not in law.topics:
                continue
            since = now - law.window
            recent = [p for p in social.posts if p["topic"] == k and p["time"] >= since and int(zone[p["author"]]) in inside]
            above = len(recent) > law.threshold * self.world.scale * law.window
            if above != (self.episode[k] > 0):
                self.episode[k] = abs(self.episode[k]) + 1 if above else -self.episode[k]
                if above:
                    self._look_later(k, self.episode[k], 0, now)

    def _zones_inside(self) -> set[int]:
        zones, everywhere = enumerate(self.world.zones), self.law.region == "world"
        return {i for i, z in zones if everywhere or self.sc.places.zones[z].kind != "abroad"}

    def _region(self) -> list[int]:
        """Accounts of the region."""
        inside = self._zones_inside()
        return [f for f in range(self.world.accounts.in_network) if int(self.world.accounts.zone[f]) in inside]

    def _bound(self, hour: int) -> float:
        """Most that anybody's chance of seeing is in the region, by hour of the scenario's place."""
        zones = {int(self.world.accounts.zone[f]) for f in self._region()} | self._zones_inside()
        there = {h for z in zones for h in self.times.hours_there(hour, self.world.zones[z])}
        shares = (self.sc.attention.awake.get(str(h), 1.0) for h in there)
        return self.night.reach.seeing() * max(shares, default=0.0)

    def _look_later(self, k: int, episode: int, n: int, since: float) -> None:
        """Looks of the region's accounts are one Poisson process, of a rate that is constant within each local hour."""
        everyone = self._region()
        u, v = uniforms(self.key.trend, (k << 16) | episode, n, 0)
        need = -log(u)
        for t, end, hour in self.times.from_then_on(since):
            rate = len(everyone) * self._bound(hour) / self.law.look_every
            room = rate * max(0.0, end - t)
            if need < room:
                f, nth = everyone[int(v * len(everyone))], (((k << 16) | episode) << 36) | n
                self.when(t + need / rate, s.LOOK, f, nth, self._look, f, k, episode, n)
                return
            need -= room

    def _look(self, f: int, k: int, episode: int, n: int) -> None:
        """An account looks at the newest post of a topic, if it still trends."""
        if self.episode[k] != episode:
            return
        social = self.night.social
        j = social.newest[k]
        if self.law.first_posts:
            j = social.posts[j]["root"]
        hour = self.times.hour(self.clock.now)
        x = uniform(self.key.trend, (k << 16) | episode, n, 1) * self._bound(hour) * social.load(f)
        if social.posts[j]["author"] != f and not social.is_gone(j) and x < social.awake(f):
            social.notice(f)
            self.night.hearing.sees(f, j)
            social.meet(f, j, x / social.awake(f))
        self._look_later(k, episode, n + 1, self.clock.now)
