"""Posts, who sees them, and who responds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.social import Topic
from msgu.streams import named
from msgu.world.accounts import cumulative_shares

from tests.twin import names as s
from tests.twin.draws import delay, exp, log, pick, power, rise_decay, uniform, uniforms
from tests.twin.drivers import spontaneous_times
from tests.twin.part import Part
from tests.twin.protocol import OWN_TIME, Identity

if TYPE_CHECKING:
    from tests.twin.night import Twin

GAINED = 1 << 24
"""Positions of followers gained during the night count from here."""


class Social(Part):
    """Accounts, their posts and their beliefs."""

    def __init__(self, night: Twin) -> None:
        super().__init__(night)
        sc, w = self.sc, self.world
        self.n = w.accounts.n
        self.posts: list[dict[str, Any]] = []
        self.stream: list[int] = []
        self.offers: list[int] = []
        self.newest = [-1] * len(self.topics)
        self.removed: set[int] = set()
        self.shared: set[tuple[int, int]] = set()
        self.shown: set[tuple[int, int]] = set()
        self.multiplier = [1.0] * len(self.topics)
        self.rate = 0.0
        self.left = [[-log(uniform(self.key.threshold, a, k, 0)) for a in range(self.n)] for k in range(len(self.topics))]
        self.seen = [[0] * self.n for _ in self.topics]
        self.responses = [[0] * self.n for _ in self.topics]
        self.written = [[0] * self.n for _ in self.topics]
        self.last = [[-1] * self.n for _ in self.topics]
        self.unaware = [p >= 0 for p in w.person]
        self.following = [set(self._audience(a)) for a in range(len(w.accounts.names))]
        self.gained: list[list[int]] = [[] for _ in w.accounts.names]
        self.shelter_topic = self.names.index(sc.shelter.topic) if sc.shelter else -1
        self.volunteers = False

    def read(self, sc: Scenario) -> None:
        """Take topics, drivers and pulses too."""
        super().read(sc)
        self.names = sorted(sc.topics)
        self.topics = [sc.topics[k] for k in self.names]
        self.drivers = [sc.drivers[k] for k in sorted(sc.drivers)]
        self.pulses = [sc.pulses[k] for k in sorted(sc.pulses)]

    def start(self) -> None:
        """Schedule spontaneous posts and accounts that begin to follow."""
        for number, name in enumerate(sorted(self.sc.drivers)):
            driver = self.sc.drivers[name]
            for a, i, t in spontaneous_times(self, named(self.key.exogenous, name), driver):
                self.write_at(t, a, self.names.index(driver.topic), number, i)
        for number, name in enumerate(sorted(self.sc.gains)):
            to = self.world.accounts.number(self.sc.gains[name].account)
            for a, i, t in spontaneous_times(self, named(self.key.following, name), self.sc.gains[name]):
                self.when(t, s.FOLLOW, a, (number << 20) | i, self._follow, a, to)

    def write_at(self, t: float, account: int, topic: int, driver: int, i: int) -> None:
        """An account writes on a topic of its own accord at time `t`, for the `i`-th time by a driver."""
        self.when(t, s.SPONTANEOUS, account, (driver << 20) | i, self.publish, account, topic, -1, -1)

    def _audience(self, author: int) -> list[int]:
        graph = self.world.accounts.graph
        return [int(x) for x in graph.followers[graph.offsets[author] : graph.offsets[author + 1]]]

    def _follow(self, f: int, to: int) -> None:
        if f != to and f not in self.following[to]:
            self.following[to].add(f)
            self.gained[to].append(f)
            self.log(s.LOG_FOLLOW, f, to, len(self.gained[to]))

    # ---- writing ----

    def identity(self, j: int) -> Identity:
        """What a post is drawn by: its author, and topic x 2^20 + its number among theirs."""
        p = self.posts[j]
        return p["author"], (p["topic"] << 20) | p["nth"]

    def is_gone(self, j: int) -> bool:
        """Whether a post, or the original that it shares, has been taken down."""
        return self.posts[j]["root"] in self.removed

    def posts_since(self, t: float) -> int:
        """Posts of all accounts since `t`."""
        return sum(p["time"] >= t for p in self.posts)

    def publish(self, author: int, topic: int, kind: int, parent: int, by: str = "") -> None:
        """Write a post, of its author's own accord or as said; every follower has a look."""
        identity = (author, (topic << 20) | self.written[topic][author])
        root, variant = len(self.posts), 0
        if parent >= 0 and uniform(self.key.origin, *identity, 0) >= self.topics[topic].original_share:
            root, kind, variant = (self.posts[parent][k] for k in ("root", "kind", "variant"))
        else:
            topic, kind, variant, identity = self._original(author, topic, kind, parent, identity)
        if by != "a program":
            why = -1 if self.topics[topic].claim is None else self.night.rumours.refusal(author, topic, kind, parent, by)
            if why >= 0:
                self.log(s.LOG_WITHHELD, author, topic, parent, why)
                return
            self.notice(author)
        self._write(author, topic, kind, variant, parent, root, identity, by)

    def _original(
        self, author: int, topic: int, kind: int, parent: int, identity: Identity
    ) -> tuple[int, int, int, Identity]:
        """Topic, kind, variant and identity of an original; a kind below 0 is drawn."""
        law, drawn = self.topics[topic], kind < 0
        if drawn:
            v = uniforms(self.key.origin, *identity, 1)[1]
            kind = pick(list(cumulative_shares(np.array([law.kinds.get(x, 0.0) for x in s.KINDS]))), v)
            if parent >= 0 and law.claim is not None:
                kind = self.posts[parent]["kind"]
        if drawn and law.elsewhere is not None and self._goes_elsewhere(law, kind, identity):
            self.written[topic][author] += 1
            topic = self.names.index(law.elsewhere.topic)
            identity = (author, (topic << 20) | self.written[topic][author])
        variants, variant = self.topics[topic].variants, 0
        if variants:
            u = uniforms(self.key.origin, *identity, 1)[0]
            variant = pick(list(cumulative_shares(np.array([variants[x] for x in sorted(variants)]))), u)
        return topic, kind, variant, identity

    def _goes_elsewhere(self, law: Topic, kind: int, identity: Identity) -> bool:
        """Whether an original of a kind is written on another topic; its number is taken up all the same."""
        assert law.elsewhere is not None
        return uniform(self.key.elsewhere, *identity, 0) < law.elsewhere.share.get(s.KINDS[kind], 0.0)

    def _write(
        self, author: int, topic: int, kind: int, variant: int, parent: int, root: int, identity: Identity, by: str
    ) -> None:
        j, nth, original = len(self.posts), self.written[topic][author], root == len(self.posts)
        self.written[topic][author] += 1
        if not original:
            self.shared.add((author, root))
        post = {"time": self.clock.now, "author": author, "nth": nth, "topic": topic, "kind": kind, "variant": variant}
        self.posts.append(post | {"root": root, "offer": -1, "dated": by == "the scenario"})
        self.newest[topic] = j
        if by == "the scenario":
            self.night.warnings.carry(j)
        offered = -1
        if topic == self.shelter_topic:
            self.stream.append(j)
            if kind == s.OFFER and original:
                offered = self.posts[j]["offer"] = len(self.offers)
                self.offers.append(j)
        if by != "a program":
            self.night.hearing.sees(author, j)
        self.log(s.LOG_POST, author, nth, (topic << 16) | (kind << 8) | variant, parent)
        removal = self.topics[topic].removal
        if original and removal is not None:
            u, v = uniforms(self.key.origin, *identity, 2)
            if u < removal.share:
                self.later(delay(removal.delay, v), s.REMOVAL, author, j, self._remove, author, j)
        self._expose(j, self._audience(author), 0)
        if author < len(self.gained):
            self._expose(j, list(self.gained[author]), GAINED)
        if offered >= 0 and self.volunteers:
            self.night.hear(s.OFFER_POSTED, offered, 0)

    def _remove(self, author: int, j: int) -> None:
        self.removed.add(j)
        self.log(s.LOG_REMOVED, author, self.posts[j]["nth"], self.posts[j]["topic"], j)

    # ---- seeing ----

    def _expose(self, j: int, followers: list[int], first: int) -> None:
        """Every follower that is reached has a look, now or when it comes to its feed; positions count from `first`."""
        identity = self.identity(j)
        for i, u in self.night.reach.reached(self.posts[j]["topic"], identity, len(followers), first):
            f, position = followers[i], first + i
            tie = 1.0 if first else self._tie(f, self.posts[j]["author"])
            if self.sc.attention.catch_up is None:
                self.look_at(f, j, u, tie)
                continue
            wait = delay(self.sc.attention.catch_up, uniforms(self.key.seeing, *identity, OWN_TIME | position)[1])
            self.later(wait, s.SIGHT, f, (j << 28) | position, self._sight, f, j, u, tie)

    def _tie(self, f: int, author: int) -> float:
        """Chance that a post passes from an author to a follower: as the edge list says."""
        graph = self.world.accounts.graph
        mine = slice(graph.offsets[author], graph.offsets[author + 1])
        return float(graph.tie[mine][graph.followers[mine] == f][0]) if len(graph.tie) else 1.0

    def _sight(self, f: int, j: int, u: float, tie: float) -> None:
        if self.posts[j]["root"] not in self.removed:
            self.look_at(f, j, u, tie)

    def look_at(self, f: int, j: int, u: float, tie: float) -> None:
        """See the post with chance awake x tie / (1 + load): `u` is the account's uniform on (0, 1)."""
        x, p = u * self.load(f), self.awake(f) * tie
        if x < p and not self._is_shown_again(f, j):
            self.notice(f)
            self.night.hearing.sees(f, j)
            self._watch(f, j)
            self.night.warnings.read_post(f, self.posts[j]["root"])
            self.meet(f, j, x / p)

    def _is_shown_again(self, f: int, j: int) -> bool:
        """Whether the feed leaves a post out, because it showed the account its cascade before."""
        cascade = (f, self.posts[j]["root"])
        again = self.sc.attention.shown_once and cascade in self.shown
        self.shown.add(cascade)
        return again

    def load(self, f: int) -> float:
        """One more than the load of a feed in half-loads: what attention is divided by."""
        a = self.sc.attention
        per = 1 / a.half_load if a.half_load else 0.0
        return float(1.0 + int(self.world.accounts.graph.out_degree[f]) * ((a.background + self.rate) * per))

    def awake(self, f: int) -> float:
        """Chance to see a post with an empty feed."""
        return float(self.sc.attention.seeing * self.awake_share(int(self.world.accounts.zone[f])))

    def awake_share(self, z: int) -> float:
        """Share of a zone at their feed now."""
        place = self.world.zones[z] if self.world.zones else None
        return float(self.sc.attention.awake.get(str(self.times.hour(self.clock.now, place) % 24), 1.0))

    def notice(self, f: int, how: int = 1) -> None:
        """The person behind an account hears of the event, from what the account sees or writes, or on the air."""
        if self.unaware[f]:
            self.unaware[f] = False
            self.night.worry.tell(int(self.world.person[f]), how)

    def _watch(self, f: int, j: int) -> None:
        """One that sees a post may watch the film that its first post carries."""
        p = self.posts[j]
        first = self.posts[p["root"]]
        for number, name in enumerate(sorted(self.sc.videos)):
            film, key = self.sc.videos[name], named(self.key.video, name)
            end = self.sc.horizon if film.until is None else min(film.until, self.sc.horizon)
            if self.names[p["topic"]] != film.topic or not film.at <= first["time"] or not self.clock.now < end:
                continue
            if uniform(key, *self.identity(p["root"]), 0) < film.share:
                author, nth = self.identity(j)
                u, v = uniforms(key, (author << 32) | f, nth, 1)
                if u < film.opens:
                    left = min(self.clock.now + delay(film.watch, v), end) - self.clock.now
                    self.log(s.LOG_VIDEO, f, j, number, int(1000 * left))

    # ---- responding ----

    def is_level(self, k: int) -> bool:
        """Whether a topic's exposure curve is level, so that each sight decides for itself."""
        law = self.topics[k]
        return law.claim is None and law.curve.tail == 0 and len(set(law.curve.first)) == 1

    def meet(self, f: int, j: int, u: float) -> None:
        """Beliefs, then the threshold; where the exposure curve is level, `u` decides."""
        k, kind = self.posts[j]["topic"], self.posts[j]["kind"]
        law = self.topics[k]
        hazard = law.infectiousness
        self.last[k][f] = j
        if law.claim is not None:
            self.night.rumours.see(f, j)
            if kind == s.CORRECTION:
                hazard = law.claim.correction_infectiousness
            if not self.night.rumours.stands_by(f, k, kind) or self.night.rumours.tired[k][f]:
                return
        if law.once and (self.responses[k][f] or self.written[k][f] > 0):
            return
        if not self._moved(f, k, self._factor(f, j, hazard), u):
            return
        n = self.responses[k][f]
        self.responses[k][f], self.seen[k][f] = n + 1, 0
        self.left[k][f] = -log(uniform(self.key.threshold, f, k, n + 1))
        self.later(delay(law.delay, uniform(self.key.delay, f, k, n)), s.RESPONSE, f, j, self.respond, f, j)

    def _factor(self, f: int, j: int, hazard: float) -> float:
        """Hazard of one sight now for an account of susceptibility 1."""
        k, kind = self.posts[j]["topic"], self.posts[j]["kind"]
        law, zone = self.topics[k], self.world.zones[self.world.accounts.zone[f]]
        factor = hazard * self.multiplier[k] * law.kind_factor.get(s.KINDS[kind], 1.0)
        if self.posts[j]["root"] != j:
            factor *= self.sc.attention.retweet_factor
        factor *= self._appeal(self.posts[j]["root"])
        factor *= self.by_zone(law.zone_factor, zone, 1.0)
        onset, now = law.onset or 0.0, self.clock.now
        if law.half_life and now > onset:
            factor *= exp(-(math.log(2) / law.half_life) * (now - onset))
        return factor

    def _appeal(self, root: int) -> float:
        """Factor by which a first post is worth sharing: 1 for dated posts of named accounts."""
        if self.posts[root]["dated"] or self.sc.attention.appeal_power == 0:
            return 1.0
        return power(uniform(self.key.appeal, *self.identity(root), 0), self.sc.attention.appeal_power)

    def _moved(self, f: int, k: int, factor: float, u: float) -> bool:
        """Whether one more sight makes an account respond."""
        curve, ready = self.topics[k].curve, float(self.world.accounts.susceptibility[f])
        if self.is_level(k):
            return u < 1.0 - exp(-(ready * factor * curve.first[0]))
        self.seen[k][f] += 1
        first, i = curve.first, self.seen[k][f]
        shape = first[i - 1] if i <= len(first) else first[-1] * power(len(first) / float(i), curve.tail)
        self.left[k][f] -= ready * factor * shape
        return self.left[k][f] <= 0.0

    def respond(self, f: int, j: int, by: str = "") -> None:
        """Share a post or answer it, unless it is gone, one's own, or was shared before."""
        k, root = self.posts[j]["topic"], self.posts[j]["root"]
        if root in self.removed:
            self.log(s.LOG_WITHHELD, f, k, j, s.TAKEN_DOWN)
        elif self.topics[k].once and self.written[k][f]:
            self.log(s.LOG_WITHHELD, f, k, j, s.HAS_POSTED)
        elif self.posts[root]["author"] == f or (f, root) in self.shared:
            self.log(s.LOG_WITHHELD, f, k, j, s.HAS_SHARED)
        else:
            self.publish(f, k, -1, j, by)

    def pulse(self, t: float, number: int) -> None:
        """A synchronised pulse starts: accounts join that saw a post of the topic which still lives."""
        p = self.pulses[number]
        k = self.names.index(p.topic)
        for f in range(self.n):
            j = self.last[k][f]
            if j < 0 or t - self.posts[j]["time"] > p.live_for or uniform(self.key.pulse, f, number, 0) >= p.share:
                continue
            if p.stimulus is None:
                wait = rise_decay(p.rise, p.decay, *uniforms(self.key.pulse, f, number, 1))
            else:
                here, left = uniforms(self.key.session, f, number, 0)
                when, reaction = uniforms(self.key.session, f, number, 1)
                wait = delay(p.stimulus.reaction, reaction)
                if here >= self.awake_share(int(self.world.accounts.zone[f])) or wait > -p.stimulus.session * log(left):
                    continue
                wait += p.stimulus.over * when
            self.later(wait, s.PULSED, f, j, self.respond, f, j)
