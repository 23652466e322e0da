"""One night in plain Python: every response, call, message, person and seeker is a SimPy process."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from heapq import heappush
from typing import Any, cast

import numpy as np
from msgu.engine.clock import Clock
from msgu.scenario.dials import Dial
from msgu.scenario.schema.phone import Phones
from msgu.scenario.schema.reassurance import Worry
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.social import Topic
from msgu.streams import named
from msgu.world.accounts import account_shares, cumulative_shares
from msgu.world.build import World
from msgu.world.people import by_zone_or_kind, populations
from msgu.world.places import offsets
from simpy.events import Event

from tests.twin import names as s
from tests.twin.draws import Keys, delay, exp, law_mean, log, pick, power, rise_decay, uniform, uniforms, words
from tests.twin.settings import turned
from tests.twin.times import Times

OTHER, TRIES, MOST_OTHER = 1000, 256, 128
LATER = 2
"""SimPy priority of the twin's own events: after every event of a model at the same time."""

PHONES = {s.HANG_UP, s.MESSAGE_SERVED, s.MESSAGE_ANSWERED, s.BASE_CALL, s.BASE_RETRY, s.ATTEMPT, s.TALK}
PEOPLE = {s.ARRIVE, s.LEAVE, s.PATIENCE, s.READ, s.CONTACT}

Process = Generator[Event, Any, None]


class Twin:
    """Answers `msgu.engine.compiled.Engine`; nothing is compiled, skipped or sorted beforehand."""

    def __init__(self, world: World, replication: int, clock: Clock, hear: Callable[[int, int, int], None]) -> None:
        self.world, self.clock, self.hear = world, clock, hear
        self._take(world.scenario)
        self.times = Times(self.sc)
        self.key = Keys(world.seed, replication)
        self.rows: list[tuple[float, int, int, int, int, int]] = []
        self.factors: dict[str, float] = {}
        self.voice = 1.0
        self.map_open = self.volunteers = False
        phones, home = self.sc.phones, self.sc.going_home
        self.phones_end = phones.until if phones is not None and phones.until is not None else math.inf
        self.people_end = home.until if home.until is not None else math.inf
        self._social()
        self._telephones()
        self._city()

    def _take(self, sc: Scenario) -> None:
        """Take every setting from a scenario: the world's, or that with the dials as they are turned now."""
        self.sc = sc
        self.topics = [sc.topics[k] for k in sorted(sc.topics)]
        self.drivers = [sc.drivers[k] for k in sorted(sc.drivers)]
        self.pulses = [sc.pulses[k] for k in sorted(sc.pulses)]
        self.phones = sc.phones or Phones.model_construct()
        self.worry = sc.worry or Worry.model_construct()
        self.operators = [self.phones.operators[o] for o in sorted(self.phones.operators)]

    # ---- the clock ----

    def at(self, t: float, kind: int, who: int, nth: int) -> Event:
        """Return an event at exactly `t`, ordered by (kind, who, nth) among the twin's events of that time."""
        event = Event(self.clock)
        event._ok, event._value = True, None
        order = (kind, int(who), int(nth), next(self.clock._eid))
        heappush(cast("list[Any]", self.clock._queue), (float(t), LATER, order, event))
        return event

    def advance(self, until: float) -> tuple[int, int, int] | None:
        """See `Engine`: every event stands in the clock's own queue, so there is none to run beside it."""
        return None

    def now(self) -> float:
        """See `Engine`."""
        return float(self.clock.now)

    def later(self, wait: float, kind: int, who: int, nth: int, action: Callable[[], None]) -> None:
        """Start a process that waits and then acts."""
        assert 0.0 <= wait < 1e300
        self.when(self.clock.now + wait, kind, who, nth, action)

    def when(self, t: float, kind: int, who: int, nth: int, action: Callable[[], None]) -> None:
        """Start a process that acts at time `t`; it does not start before it is due, so that SimPy adds no event.

        Nothing of telephones or of people who are out starts once they are followed no longer.
        """
        if (kind in PHONES and t >= self.phones_end) or (kind in PEOPLE and t >= self.people_end):
            return
        self.at(t, kind, who, nth).callbacks.append(lambda _: action())

    def note(self, t: float, code: int, who: int, nth: int, a: int, b: int) -> None:
        """See `Engine`."""
        self.rows.append((float(t), int(code), int(who), int(nth), int(a), int(b)))

    def _log(self, code: int, who: int, nth: int, a: int = 0, b: int = 0) -> None:
        self.note(self.clock.now, code, who, nth, a, b)

    # ---- the social network ----

    def _social(self) -> None:
        sc, w = self.sc, self.world
        self.n = w.accounts.n
        self.posts: list[dict[str, Any]] = []
        self.stream: list[int] = []
        self.offers: list[int] = []
        self.multiplier = [1.0] * len(self.topics)
        self.rate = 0.0
        self.episode = [0] * len(self.topics)  # how often a topic has begun to trend; negative while it does not
        self.newest = [-1] * len(self.topics)
        size = range(self.n)
        self.left = [[-log(uniform(self.key.threshold, a, k, 0)) for a in size] for k in range(len(self.topics))]
        self.seen = [[0] * self.n for _ in self.topics]
        self.responses = [[0] * self.n for _ in self.topics]
        self.written = [[0] * self.n for _ in self.topics]
        self.belief = [[0] * self.n for _ in self.topics]
        self.last = [[-1] * self.n for _ in self.topics]
        self.unaware = [p >= 0 for p in w.person]
        self.removed: set[int] = set()
        self.shared: set[tuple[int, int]] = set()
        self.following = [set(self._audience(a)) for a in range(len(w.accounts.names))]
        self.gained: list[list[int]] = [[] for _ in w.accounts.names]
        self.shelter_topic = sorted(sc.topics).index(sc.shelter.topic) if sc.shelter else -1
        if w.accounts.in_network and self.topics and (sc.attention.half_load is not None or sc.trending is not None):
            self.when(60.0, s.MINUTE, 0, 0, self._minute)
        for number, name in enumerate(sorted(sc.drivers)):
            for a, i, t in self._rate(named(self.key.exogenous, name), sc.drivers[name]):
                self._spontaneous(t, a, number, i)
        for number, name in enumerate(sorted(sc.gains)):
            to = w.accounts.number(sc.gains[name].account)
            for a, i, t in self._rate(named(self.key.following, name), sc.gains[name]):
                self.when(t, s.FOLLOW, a, (number << 20) | i, lambda a=a, to=to: self._follow(a, to))  # type: ignore[misc]

    def _audience(self, author: int) -> list[int]:
        graph = self.world.accounts.graph
        return [int(x) for x in graph.followers[graph.offsets[author] : graph.offsets[author + 1]]]

    def _follow(self, f: int, to: int) -> None:
        if f != to and f not in self.following[to]:
            self.following[to].add(f)
            self.gained[to].append(f)
            self._log(s.LOG_FOLLOW, f, to, len(self.gained[to]))

    def _by_zone(self, values: Any, zone: str, missing: float) -> float:
        """The zone's own value, else that of its kind."""
        kind = self.sc.places.zones[zone].kind
        return float(values[zone] if zone in values else values.get(kind, missing))

    def _rate(self, key: int, d: Any) -> Generator[tuple[int, int, float]]:
        """Events of each account for one driver or gain: account, number and time."""
        zones = list(self.world.zones)
        shares = account_shares(self.sc, zones)
        shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(zones), 1 / len(zones))
        weight = np.array([self._by_zone(d.zones, z, 0.0) for z in zones]) if d.zones else np.ones(len(zones))
        total = float((shares * weight).sum())
        accounts = float(self.sc.network.accounts) if self.sc.network else 0.0
        if total <= 0 or accounts <= 0:
            return
        means = d.volume / accounts * self.world.accounts.activity * (weight / total)[self.world.accounts.zone]
        for a in range(self.n):
            gone, i = 0.0, 0
            while means[a] > 0:
                gone -= log(uniform(key, a, 0, 2 * i))
                if gone >= means[a]:
                    break
                u, v = uniforms(key, a, 0, 2 * i + 1)
                pulse = d.until is None or not d.until > d.at
                t = d.at + rise_decay(d.rise, d.decay, u, v) if pulse else d.at + (d.until - d.at) * u
                yield a, i, t
                i += 1

    def _spontaneous(self, t: float, a: int, driver: int, i: int) -> None:
        if driver < len(self.drivers):
            topic = sorted(self.sc.topics).index(self.drivers[driver].topic)
        else:
            topic = sorted(self.sc.topics).index(self.sc.worry.post_topic)  # type: ignore[union-attr,arg-type]
        self.when(t, s.SPONTANEOUS, a, (driver << 20) | i, lambda: self.publish(a, topic, -1, -1))

    def post(self, t: float, account: int, topic: int, kind: int, *, automatic: bool = False) -> None:
        """See `Engine`."""
        self.publish(account, topic, kind, -1, "a program" if automatic else "the scenario")

    def is_gone(self, post: int) -> bool:
        """See `Engine`."""
        return self.posts[post]["root"] in self.removed

    def publish(self, author: int, topic: int, kind: int, parent: int, by: str = "") -> None:
        """Write a post, of its author's own accord or as said; every follower has a look."""
        j, law = len(self.posts), self.topics[topic]
        nth = self.written[topic][author]
        root, variant = j, 0
        identity = (author, (topic << 20) | nth)
        if parent >= 0 and uniform(self.key.origin, *identity, 0) >= law.original_share:
            root, kind, variant = (self.posts[parent][k] for k in ("root", "kind", "variant"))
        else:
            drawn = kind < 0
            if drawn:
                v = uniforms(self.key.origin, *identity, 1)[1]
                kind = pick(list(cumulative_shares(np.array([law.kinds.get(x, 0.0) for x in s.KINDS]))), v)
                if parent >= 0 and law.claim is not None:
                    kind = self.posts[parent]["kind"]
            if drawn and self._goes_elsewhere(law, kind, identity):
                self.written[topic][author] += 1
                topic = sorted(self.sc.topics).index(law.elsewhere.topic)  # type: ignore[union-attr]
                law, nth = self.topics[topic], self.written[topic][author]
                identity = (author, (topic << 20) | nth)
            names = sorted(law.variants)
            if names:
                u = uniforms(self.key.origin, *identity, 1)[0]
                variant = pick(list(cumulative_shares(np.array([law.variants[x] for x in names]))), u)
        if by != "a program":
            if law.claim is not None and not self._means(author, topic, kind, parent, by):
                self._log(s.LOG_WITHHELD, author, topic, parent, s.OTHER_BELIEF)
                return
            self._notice(author)
        self.written[topic][author] += 1
        if root != j:
            self.shared.add((author, root))
        post = {"time": self.clock.now, "author": author, "nth": nth, "topic": topic, "kind": kind, "variant": variant}
        self.posts.append(post | {"root": root, "offer": -1})
        self.newest[topic] = j
        offered = -1
        if topic == self.shelter_topic:
            self.stream.append(j)
            if kind == s.OFFER and root == j:
                offered = self.posts[j]["offer"] = len(self.offers)
                self.offers.append(j)
        self._log(s.LOG_POST, author, nth, (topic << 16) | (kind << 8) | variant, parent)
        if root == j and law.removal is not None:
            u, v = uniforms(self.key.origin, *identity, 2)
            if u < law.removal.share:
                self.later(delay(law.removal.delay, v), s.REMOVAL, author, j, lambda: self._remove(author, j))
        self._expose(j, self._audience(author), 0)
        if author < len(self.gained):
            self._expose(j, list(self.gained[author]), 1 << 24)
        if offered >= 0 and self.volunteers:
            self.hear(s.OFFER_POSTED, offered, 0)

    def _goes_elsewhere(self, law: Topic, kind: int, identity: tuple[int, int]) -> bool:
        """Whether an original of a kind is written on another topic; its number is taken up all the same."""
        if law.elsewhere is None:
            return False
        return uniform(self.key.elsewhere, *identity, 0) < law.elsewhere.share.get(s.KINDS[kind], 0.0)

    def _means(self, author: int, k: int, kind: int, parent: int, by: str) -> bool:
        """An author means what it says of a claim, unless it thinks otherwise; the scenario's posts are facts."""
        believed = self.belief[k][author]
        if believed in ((s.DOUBTS, s.CORRECTED) if kind == s.CORRECTION else (s.BELIEVES,)):
            return True
        if by != "the scenario" and (parent != -1 or believed != s.UNAWARE):
            return False
        new = s.BELIEVES
        if kind == s.CORRECTION:
            new = s.CORRECTED if believed == s.BELIEVES else s.DOUBTS
        self.belief[k][author] = new
        self._log(s.LOG_BELIEF, author, k, believed, new)
        return True

    def _remove(self, author: int, j: int) -> None:
        self.removed.add(j)
        self._log(s.LOG_REMOVED, author, self.posts[j]["nth"], self.posts[j]["topic"], j)

    def _key_of(self, j: int) -> tuple[int, int]:
        p = self.posts[j]
        return p["author"], (p["topic"] << 20) | p["nth"]

    def _expose(self, j: int, followers: list[int], first: int) -> None:
        """Every follower that is reached has a look, now or when it comes to its feed; positions count from `first`."""
        for i, v in self._reached(j, len(followers), first):
            f, position = followers[i], first + i
            passes = 1.0 if first else self._tie(f, self.posts[j]["author"])
            if self.sc.attention.catch_up is None:
                self._look_at(f, j, v, passes)
                continue
            wait = delay(self.sc.attention.catch_up, uniforms(self.key.seeing, *self._key_of(j), (1 << 31) | position)[1])
            self.later(wait, s.SIGHT, f, (j << 28) | position, lambda f=f, v=v, passes=passes: self._sight(f, j, v, passes))  # type: ignore[misc]

    def _tie(self, f: int, author: int) -> float:
        """Chance that a post passes from an author to a follower: as the edge list says."""
        graph = self.world.accounts.graph
        mine = slice(graph.offsets[author], graph.offsets[author + 1])
        return float(graph.tie[mine][graph.followers[mine] == f][0]) if len(graph.tie) else 1.0

    def _sight(self, f: int, j: int, v: float, passes: float) -> None:
        if self.posts[j]["root"] not in self.removed:
            self._look_at(f, j, v, passes)

    def _look_at(self, f: int, j: int, v: float, passes: float) -> None:
        """One that is reached sees the post with its own chance over the bound, whose share `v` is."""
        x, p = v * self.load(f), self.awake(f) * passes
        if x < p:
            self._notice(f)
            self._watch(f, j)
            self.meet(f, j, x / p)

    def _reached(self, j: int, n: int, first: int) -> list[tuple[int, float]]:
        """Places in a list of `n` followers that are reached at the bound, and for each a uniform times that bound."""
        most, identity, found = self._most(self.posts[j]["topic"]), self._key_of(j), []
        parts = min(64.0, math.ceil(most * 64)) if n else 0
        if 0 < parts < 4:
            i, k, per_log = 0, first, 1 / log(1 - most)
            while (gap := log(uniform(self.key.seeing, *identity, k)) * per_log) < n - i:
                i += int(gap)
                found.append(i)
                i, k = i + 1, k + 1
        elif parts:
            for chunk in range((n + 63) // 64):
                hits = self._trials(identity, (first >> 6) + chunk, int(parts))
                found += [64 * chunk + i for i in range(64) if hits >> i & 1 and 64 * chunk + i < n]
            most = parts / 64
        return [(i, uniform(self.key.seeing, *identity, (1 << 31) | (first + i)) * most) for i in found]

    def _trials(self, identity: tuple[int, int], chunk: int, parts: int) -> int:
        """64 trials of chance `parts` / 64: the binary digits of the chance, the last that is 1 first."""
        if parts == 64:
            return (1 << 64) - 1
        digits = format(parts, "06b").rstrip("0")[::-1]
        drawn = [word for i in range(3) for word in words(self.key.seeing, *identity, 4 * chunk + i)]
        hits = 0
        for digit, word in zip(digits, drawn, strict=False):
            hits = hits | word if digit == "1" else hits & word
        return hits

    def _most(self, k: int) -> float:
        """Chance of seeing that nobody exceeds; of answering, where only answers matter."""
        zones = range(max(len(self.world.zones), 1))
        if self.sc.attention.catch_up is None:
            awake = max(self._awake(z) for z in zones)
        else:
            awake = max(self.sc.attention.awake.get(str(h), 1.0) for h in range(24))
        most = min(1.0, self._bound() * awake)
        filmed = sorted(self.sc.topics)[k] in {film.topic for film in self.sc.videos.values()}
        if not self._flat(k) or self.pulses or filmed or any(p >= 0 for p in self.world.person):
            return most
        law, turned = self.topics[k], self._turned("infectiousness", sorted(self.sc.topics)[k])
        kind = max(law.kind_factor.get(name, 1.0) for name in s.KINDS)
        zone = max((self._by_zone(law.zone_factor, z, 1.0) for z in self.world.zones), default=1.0)
        hazard = law.infectiousness * zone * kind * turned * law.curve.first[0] * max(1.25 / turned, 1.0)
        ready = max((float(x) for x in self.world.accounts.susceptibility), default=0.0)
        return float(most * np.minimum(1.0, (1.0 - np.exp(-ready * hazard)) * (1 + 1e-9)))

    def _flat(self, k: int) -> bool:
        law = self.topics[k]
        return law.claim is None and law.curve.tail == 0 and len(set(law.curve.first)) == 1

    def _turned(self, dial: str, topic: str | None = None) -> float:
        """Most that measures may make of a dial together."""
        most = 1.0
        for m in sorted(self.sc.measures):
            measure = self.sc.measures[m]
            if measure.dial == dial and (topic is None or not measure.topics or topic in measure.topics):
                most *= max(1.0, measure.factor)
        return most

    def _bound(self) -> float:
        """Most that seeing can be: a quarter more than it is, or what measures may make of it together."""
        return float(self.world.scenario.attention.seeing * max(1.25, self._turned("seeing")))

    def _awake(self, z: int) -> float:
        """Share of a zone at their feed now."""
        place = self.world.zones[z] if self.world.zones else None
        return float(self.sc.attention.awake.get(str(self.times.hour(self.clock.now, place) % 24), 1.0))

    def load(self, f: int) -> float:
        """One more than the load of a feed in half-loads: what attention is divided by."""
        a = self.sc.attention
        per = 1 / a.half_load if a.half_load else 0.0
        return float(1.0 + int(self.world.accounts.graph.out_degree[f]) * ((a.background + self.rate) * per))

    def awake(self, f: int) -> float:
        """Chance to see a post with an empty feed."""
        return float(self.sc.attention.seeing * self._awake(int(self.world.accounts.zone[f])))

    def _notice(self, f: int) -> None:
        if self.unaware[f]:
            self.unaware[f] = False
            self.tell(int(self.world.person[f]), 1)

    def _watch(self, f: int, j: int) -> None:
        """One that sees a post may watch the film that its first post carries."""
        p = self.posts[j]
        first = self.posts[p["root"]]
        for number, name in enumerate(sorted(self.sc.videos)):
            film, key = self.sc.videos[name], named(self.key.video, name)
            end = self.sc.horizon if film.until is None else min(film.until, self.sc.horizon)
            if sorted(self.sc.topics)[p["topic"]] != film.topic or not film.at <= first["time"] or not self.clock.now < end:
                continue
            if uniform(key, *self._key_of(p["root"]), 0) < film.share:
                author, nth = self._key_of(j)
                u, v = uniforms(key, (author << 32) | f, nth, 1)
                if u < film.opens:
                    left = min(self.clock.now + delay(film.watch, v), end) - self.clock.now
                    self._log(s.LOG_VIDEO, f, j, number, int(1000 * left))

    def meet(self, f: int, j: int, u: float) -> None:
        """Beliefs, then the threshold; where the exposure curve is level, `u` decides."""
        k = self.posts[j]["topic"]
        kind, law = self.posts[j]["kind"], self.topics[k]
        hazard = law.infectiousness
        self.last[k][f] = j
        if law.claim is not None:
            self._believe(f, j)
            if kind == s.CORRECTION:
                hazard = law.claim.correction_infectiousness
            if self.belief[k][f] not in ((s.DOUBTS, s.CORRECTED) if kind == s.CORRECTION else (s.BELIEVES,)):
                return
        if law.once and (self.responses[k][f] or self.written[k][f] > 0):
            return
        zone = self.world.zones[self.world.accounts.zone[f]]
        factor = (
            hazard * self.multiplier[k] * law.kind_factor.get(s.KINDS[kind], 1.0) * self._by_zone(law.zone_factor, zone, 1.0)
        )
        onset, now = law.onset or 0.0, self.clock.now
        if law.half_life and now > onset:
            factor *= exp(-(math.log(2) / law.half_life) * (now - onset))
        ready = float(self.world.accounts.susceptibility[f])
        if self._flat(k):
            if not u < 1.0 - exp(-(ready * factor * law.curve.first[0])):
                return
        else:
            self.seen[k][f] += 1
            first, i = law.curve.first, self.seen[k][f]
            shape = first[i - 1] if i <= len(first) else first[-1] * power(len(first) / float(i), law.curve.tail)
            self.left[k][f] -= ready * factor * shape
            if self.left[k][f] > 0.0:
                return
        n = self.responses[k][f]
        self.responses[k][f], self.seen[k][f] = n + 1, 0
        self.left[k][f] = -log(uniform(self.key.threshold, f, k, n + 1))
        self.later(delay(law.delay, uniform(self.key.delay, f, k, n)), s.RESPONSE, f, j, lambda: self._respond(f, j))

    def _believe(self, f: int, j: int) -> None:
        k, p = self.posts[j]["topic"], self.posts[j]
        claim, old = self.topics[k].claim, self.belief[k][f]
        new = old
        if p["kind"] == s.CORRECTION:
            if old == s.UNAWARE:
                new = s.DOUBTS
            elif old == s.BELIEVES:
                u = uniform(self.key.belief, (p["author"] << 32) | f, (k << 20) | p["nth"], 1)
                new = s.CORRECTED if u < claim.acceptance else old
        elif old == s.UNAWARE:
            chance = claim.credulity
            new = s.BELIEVES if uniform(self.key.belief, f, k, 0) < chance else s.DOUBTS
        if new != old:
            self.belief[k][f] = new
            self._log(s.LOG_BELIEF, f, k, old, new)

    def _respond(self, f: int, j: int, by: str = "") -> None:
        """Share a post or answer it, unless it is gone, one's own, or was shared before."""
        k = self.posts[j]["topic"]
        root = self.posts[j]["root"]
        if root in self.removed:
            self._log(s.LOG_WITHHELD, f, k, j, s.TAKEN_DOWN)
        elif self.topics[k].once and self.written[k][f]:
            self._log(s.LOG_WITHHELD, f, k, j, s.HAS_POSTED)
        elif self.posts[root]["author"] == f or (f, root) in self.shared:
            self._log(s.LOG_WITHHELD, f, k, j, s.HAS_SHARED)
        else:
            self.publish(f, k, -1, j, by)

    def pulse(self, t: float, number: int) -> None:
        """See `Engine`."""
        p = self.pulses[number]
        k = sorted(self.sc.topics).index(p.topic)
        for f in range(self.n):
            j = self.last[k][f]
            if j < 0 or t - self.posts[j]["time"] > p.live_for or uniform(self.key.pulse, f, number, 0) >= p.share:
                continue
            wait = rise_decay(p.rise, p.decay, *uniforms(self.key.pulse, f, number, 1))
            self.later(wait, s.PULSED, f, j, lambda f=f, j=j: self._respond(f, j))  # type: ignore[misc]

    def trending(self) -> list[int]:
        """See `Engine`."""
        return [k for k, episode in enumerate(self.episode) if episode > 0]

    def _minute(self) -> None:
        """Load and trends: what was posted in the last minute, and what in the window, counted anew each time."""
        now = self.clock.now
        self.when(now + 60.0, s.MINUTE, 0, 0, self._minute)
        self.rate = self.posts_since(now - 60.0) / 60.0 / self.world.accounts.in_network
        law, zone = self.sc.trending, self.world.accounts.zone
        inside = self._zones_inside() if law else set()
        for k, name in enumerate(sorted(self.sc.topics)):
            if law is None or name not in law.topics:
                continue
            since = now - law.window
            recent = [p for p in self.posts if p["topic"] == k and p["time"] >= since and int(zone[p["author"]]) in inside]
            above = len(recent) > law.threshold * self.world.scale * law.window
            if above != (self.episode[k] > 0):
                self.episode[k] = abs(self.episode[k]) + 1 if above else -self.episode[k]
                if above:
                    self._look_later(k, self.episode[k], 0, now)

    def _region(self) -> list[int]:
        region, zones = self.sc.trending.region, self.world.zones  # type: ignore[union-attr]
        inside = [region == "world" or self.sc.places.zones[z].kind != "abroad" for z in zones]
        return [f for f in range(self.world.accounts.in_network) if inside[self.world.accounts.zone[f]]]

    def _region_bound(self, hour: int) -> float:
        """Most that anybody's chance of seeing is in the region, by hour of the scenario's place."""
        zones = {int(self.world.accounts.zone[f]) for f in self._region()} | self._zones_inside()
        there = {h for z in zones for h in self.times.hours_there(hour, self.world.zones[z])}
        shares = (self.sc.attention.awake.get(str(h), 1.0) for h in there)
        return self._bound() * max(shares, default=0.0)

    def _zones_inside(self) -> set[int]:
        region = self.sc.trending.region  # type: ignore[union-attr]
        return {i for i, z in enumerate(self.world.zones) if region == "world" or self.sc.places.zones[z].kind != "abroad"}

    def _look_later(self, k: int, episode: int, n: int, t: float) -> None:
        """Looks of the region's accounts are one Poisson process, of a rate that is constant within each local hour."""
        every, everyone = self.sc.trending.look_every, self._region()  # type: ignore[union-attr]
        u, v = uniforms(self.key.trend, (k << 16) | episode, n, 0)
        need = -log(u)
        for t, end, hour in self.times.from_then_on(t):  # noqa: B020
            rate = len(everyone) * self._region_bound(hour) / every
            room = rate * max(0.0, end - t)
            if need < room:
                f, nth = everyone[int(v * len(everyone))], (((k << 16) | episode) << 36) | n
                self.when(t + need / rate, s.LOOK, f, nth, lambda f=f: self._look(f, k, episode, n))  # type: ignore[misc]
                return
            need -= room

    def _look(self, f: int, k: int, episode: int, n: int) -> None:
        if self.episode[k] != episode:
            return
        j = self.newest[k]
        hour = self.times.hour(self.clock.now)
        x = uniform(self.key.trend, (k << 16) | episode, n, 1) * self._region_bound(hour) * self.load(f)
        if self.posts[j]["author"] != f and self.posts[j]["root"] not in self.removed and x < self.awake(f):
            self._notice(f)
            self.meet(f, j, x / self.awake(f))
        self._look_later(k, episode, n + 1, self.clock.now)

    def posts_since(self, t: float) -> int:
        """See `Engine`."""
        return sum(p["time"] >= t for p in self.posts)

    def turn(self, dial: Dial, value: float, number: int | None = None) -> None:
        """See `Engine`: most dials multiply one setting, which is read afresh at each use."""
        if dial.name == "infectiousness":
            self.multiplier[cast("int", number)] = value
        elif dial.name == "channels":
            self._turn_channels(cast("int", number), value)
        elif dial.name == "voice_share":
            self.voice = value
        elif dial.setting:
            self.factors[dial.setting] = value
            self._take(turned(self.world.scenario, self.factors))

    # ---- telephones and worry ----

    def _telephones(self) -> None:
        r = self.world.residents
        self.people = len(r.zone)
        self.aware = [False] * self.people
        self.edges = [list(map(int, r.callee[r.start[p] : r.start[p + 1]])) for p in range(self.people)]
        self.cleared = [[callee < 0 for callee in row] for row in self.edges]
        self.account = {int(p): a for a, p in enumerate(self.world.person) if p >= 0}
        self.busy = [0] * len(r.cell_zone)
        self.channels = [self.phones.channels] * len(r.cell_zone)
        self.data_free = [0.0] * len(r.cell_zone)
        self.free = [0.0] * max(len(self.operators), 1)
        self._television()
        self._safety_check()
        if len(self.busy) and self.phones.load > 0:
            for cell in range(len(self.busy)):
                self._start_cell(cell)

    def _television(self) -> None:
        casts = [(named(self.key.learning, b), self.sc.broadcasts[b]) for b in sorted(self.sc.broadcasts)]
        for p in range(self.people):
            told, zone = math.inf, self.world.zones[self.world.residents.zone[p]]
            for key, b in casts:
                there = self._by_zone(b.zones, zone, 0.0) if b.zones else 1.0
                if uniform(key, p, 0, 0) < b.audience * there:
                    told = min(told, b.at + rise_decay(b.rise, b.decay, *uniforms(key, p, 0, 1)))
            if told < math.inf:
                self.when(told, s.LEARN, p, 0, lambda p=p: self.learn(p, 0))  # type: ignore[misc]

    def tell(self, p: int, how: int) -> None:
        """A person hears of the event now."""
        if not self.aware[p]:
            self.later(0.0, s.LEARN, p, how, lambda: self.learn(p, how))

    def learn(self, p: int, how: int) -> None:
        """A person learns, and will call, write, and perhaps ring a desk."""
        if self.aware[p]:
            return
        self.aware[p] = True
        self._log(s.LOG_AWARE, p, how)
        w = self.worry
        for slot in range(len(self.edges[p])):
            self._attempt_later(delay(w.reaction, uniform(self.key.worry, p, slot, 0)), p, slot, 0)
        if not all(self.cleared[p]):
            self._think_of_desks(p)
        worried_about = any(p in row for row in self.edges)
        u, v = uniforms(self.key.worry, p, 0, 2)
        if self.sc.worry is not None and p in self.account and worried_about and u < w.safe_post:
            self.later(delay(w.safe_after, v), s.MARK, p, 1, lambda: self._safe_post(p))
        if self.sc.worry is not None and self.world.residents.cell[p] >= 0:
            self._talk(p)

    def _talk(self, p: int) -> None:
        """Other calls and messages: a Poisson process, each placed by how much of its mean has gone by."""
        w = self.worry
        mean = w.talk_calls + w.talk_messages
        product, t, before = 1.0, self.clock.now, 0.0
        for i in range(MOST_OTHER if mean > 0 else 0):
            product *= uniforms(self.key.talk, p, i // 2, 0)[i % 2]
            gone = -log(product)
            if gone >= mean:
                break
            wait = delay(w.talk_spread, min(gone / mean, 1 - 2**-53))
            t, before = t + max(0.0, wait - before), wait
            self.when(t, s.TALK, p, i, lambda i=i: self._talk_now(p, i))  # type: ignore[misc]

    def _talk_now(self, p: int, i: int) -> None:
        w = self.worry
        if uniform(self.key.talk, p, i, 1) * (w.talk_calls + w.talk_messages) < w.talk_calls:
            self._attempt(p, OTHER + i, 0)
        else:
            self.message(p, OTHER + i, 0)

    def _think_of_desks(self, p: int) -> None:
        for number, name in enumerate(sorted(self.sc.desks)):
            desk, key = self.sc.desks[name], named(self.key.desk, name)
            opens = min((shift.at for shift in desk.shifts.values()), default=0.0)
            for clone in range(self.world.clones if desk.worried_share > 0 else 0):
                who = (number << 24) | clone
                u, v = uniforms(key, p, clone, 0)
                if u < desk.worried_share:
                    self.call_desk(self.clock.now, p, who << 8, max(0.0, opens - self.clock.now) + delay(desk.reaction, v))

    def call_desk(self, t: float, person: int, nth: int, wait: float) -> None:
        """See `Engine`."""
        self.later(wait, s.DESK_CALL, person, nth, lambda: self._ring(person, nth))

    def _ring(self, person: int, nth: int) -> None:
        if not all(self.cleared[person]):
            self.hear(s.DESK_CALLED, person, nth)

    def reassure(self, t: float, person: int) -> None:
        """See `Engine`."""
        for slot in range(len(self.edges[person])):
            self.clear(person, slot, 3)

    def clear(self, p: int, slot: int, how: int) -> None:
        """A worry edge is cleared, once."""
        if not self.cleared[p][slot]:
            self.cleared[p][slot] = True
            self._log(s.LOG_CLEARED, p, slot, how)

    def hears_from(self, p: int, q: int, how: int) -> None:
        """Whoever hears from somebody worries about them no more."""
        for slot, callee in enumerate(self.edges[p]):
            if callee == q:
                self.clear(p, slot, how)

    def _callee(self, p: int, slot: int) -> int:
        return self.edges[p][slot] if slot < OTHER else int(uniform(self.key.talk, p, slot, 2) * self.people)

    def _attempt_later(self, wait: float, p: int, slot: int, n: int) -> None:
        self.later(wait, s.ATTEMPT, p, slot * TRIES + n, lambda: self._attempt(p, slot, n))

    def _attempt(self, p: int, slot: int, n: int, *, afresh: bool = False) -> None:
        nth = slot * TRIES + n
        if slot < OTHER:
            if self.cleared[p][slot]:
                return
            voice = (1.0 - self.worry.message_share) * self.voice
            first = n == 0 and uniform(self.key.worry, p, slot, 1) >= voice
            if first or (afresh and uniform(self.key.follow_up, p, nth, 1) >= voice):
                self.message(p, slot, n)
                return
        near = int(self.world.residents.cell[p])
        if near < 0:
            return
        callee = self._callee(p, slot)
        far = int(self.world.residents.cell[callee]) if self.phones.both_ends else -1
        outcome = self._seize(near, far)
        if outcome >= s.UNANSWERED:
            u, v = uniforms(self.key.call, p, nth, 0)
            hold = self.phones.ring
            if u < self.phones.answer:
                outcome, hold = s.ANSWERED, delay(self.phones.holding, v)
            self._hang_up_later(self.clock.now + hold, near, far)
        self._log(s.LOG_ATTEMPT, p, nth, outcome, callee)
        if outcome == s.ANSWERED:
            self.hears_from(p, callee, 0)
            self.hears_from(callee, p, 0)
            self.tell(callee, 2)
        else:
            self._fail(p, slot, n)

    def _seize(self, near: int, far: int) -> int:
        kept = self.phones.reserved
        if self.busy[near] >= self.channels[near] - kept:
            return s.BLOCKED
        self.busy[near] += 1
        if far >= 0:
            if self.busy[far] >= self.channels[far] - kept:
                self.busy[near] -= 1
                return s.BLOCKED_FAR
            self.busy[far] += 1
        return s.UNANSWERED

    def _hang_up_later(self, t: float, near: int, far: int) -> None:
        def end() -> None:
            self.busy[near] -= 1
            if far >= 0:
                self.busy[far] -= 1
            self._log(s.LOG_HANG_UP, near, far, self.busy[near])

        self.when(t, s.HANG_UP, near, far, end)

    def _fail(self, p: int, slot: int, n: int) -> None:
        nth = slot * TRIES + n
        u, v = uniforms(self.key.call, p, nth, 1)
        if n < TRIES - 1 and u < self.phones.persistence:
            self._attempt_later(delay(self.phones.redial_after, v), p, slot, n + 1)
            return
        self._log(s.LOG_GAVE_UP, p, nth)
        if slot >= OTHER:
            return
        u, v = uniforms(self.key.call, p, nth, 2)
        if u < self.worry.message_after_failure:
            self.message(p, slot, n)
        writes = self.sc.worry is not None and self.worry.post_topic in self.sc.topics
        if writes and v < self.worry.post_after_failure and p in self.account:
            when = self.clock.now
            if self.phones.data is not None and self.phones.data.share > 0:
                cell = int(self.world.residents.cell[p])
                when = when + self._sent_by_data(cell)
            self._spontaneous(when, self.account[p], len(self.drivers), slot)

    def _sent_by_data(self, cell: int) -> float:
        self.data_free[cell] = done = self._by_data(cell)
        return done - self.clock.now

    def _by_data(self, cell: int) -> float:
        """When the cell's data channel, busy with ordinary traffic by the hour, would have sent one more message."""
        d, hour = self.phones.data, self.times.hour(self.clock.now) % 24
        left = 1.0 - d.load * self.phones.profile.get(str(hour), 1.0)  # type: ignore[union-attr]
        return max(self.clock.now, self.data_free[cell]) + 1.0 / (d.capacity * left)  # type: ignore[union-attr]

    def message(self, p: int, slot: int, n: int) -> None:
        """A message goes over data where that is quick enough; an SMS waits its turn at the operator's centre."""
        cell, d, fallen = int(self.world.residents.cell[p]), self.phones.data, 0
        number = slot + 65536 * n
        if cell < 0:
            return
        if d is not None and uniform(self.key.message, p, number, 1) < d.share:
            sent = self._by_data(cell)
            if sent - self.clock.now <= d.patience:
                self.data_free[cell] = sent
                self._log(s.LOG_DATA, p, number, cell)
                self._on_its_way(sent, p, slot, n)
                return
            fallen = 1
        o = int(self.world.residents.operator[p])
        time = 1 / (self.operators[o].sms_capacity * self.world.scale) if self.operators else 0.0
        self.free[o] = done = max(self.clock.now, self.free[o]) + time
        self._log(s.LOG_MESSAGE, p, number, o, fallen)
        self._on_its_way(done, p, slot, n)

    def _on_its_way(self, arrives: float, p: int, slot: int, n: int) -> None:
        """A worried person's message arrives; meanwhile its writer waits for the answer, and may try again."""
        number, nth = slot + 65536 * n, slot * TRIES + n
        if slot < OTHER or uniform(self.key.news, p, slot, 0) < self.worry.talk_news:
            self.when(arrives, s.MESSAGE_SERVED, p, number, lambda: self._served(p, slot, number))
        if slot >= OTHER:
            return
        u, v = uniforms(self.key.follow_up, p, nth, 0)
        persists = self.phones.persistence
        if u < persists and n < TRIES - 1:
            wait = delay(self.worry.follow_up, v)
            self.later(wait, s.ATTEMPT, p, 2**24 + nth + 1, lambda: self._attempt(p, slot, n + 1, afresh=True))

    def _served(self, p: int, slot: int, number: int) -> None:
        other = self._callee(p, slot)
        self.hears_from(other, p, 1)
        self.tell(other, 2)
        if slot >= OTHER:
            return
        u, v = uniforms(self.key.message, p, number, 0)
        if u < self.worry.message_answered:
            wait = delay(self.worry.message_reply, v)
            self.later(wait, s.MESSAGE_ANSWERED, p, number, lambda: self._answered(p, slot, number))

    def _answered(self, p: int, slot: int, number: int) -> None:
        self._log(s.LOG_ANSWERED, p, number)
        self.hears_from(p, self.edges[p][slot], 1)

    def _safety_check(self) -> None:
        check = self.sc.safety_check
        if check is None or not self.people:
            return
        asked = by_zone_or_kind(self.sc, list(self.world.zones), check.zones)[self.world.residents.zone]
        for p in range(self.people):
            u, v = uniforms(self.key.safety_check, p, 0, 0)
            if u < asked[p] * check.marks:
                self.when(check.at + delay(check.delay, v), s.MARK, p, 0, lambda p=p: self._mark(p))  # type: ignore[misc]
        for p in range(self.people):
            for slot in range(len(self.edges[p])):
                u, v = uniforms(self.key.safety_check, p, slot, 3)
                if u < check.unmarked and uniform(self.key.safety_check, p, slot, 2) < check.contact:
                    when = check.at + delay(check.unmarked_after, v)
                    self.when(when, s.DOUBT, p, slot, lambda p=p, slot=slot: self._doubt(p, slot))  # type: ignore[misc]

    def _mark(self, p: int) -> None:
        self._log(s.LOG_MARK, p, 0)
        for owner in range(self.people):
            for slot, callee in enumerate(self.edges[owner]):
                if callee == p and uniform(self.key.safety_check, owner, slot, 2) < self.sc.safety_check.contact:  # type: ignore[union-attr]
                    self.clear(owner, slot, 2)

    def _doubt(self, p: int, slot: int) -> None:
        """No mark is found: one more call."""
        if self.aware[p] and not self.cleared[p][slot]:
            self._attempt(p, slot, 128)

    def _safe_post(self, p: int) -> None:
        """A post of being safe waits its turn on the data channel, if there is one."""
        cell, data = int(self.world.residents.cell[p]), self.phones.data
        if data is not None and data.share > 0 and cell >= 0:
            self.later(self._sent_by_data(cell), s.MARK, p, 2, lambda: self._safe_posted(p))
        else:
            self._safe_posted(p)

    def _safe_posted(self, p: int) -> None:
        self._log(s.LOG_MARK, p, 1)
        for owner in range(self.people):
            for slot, callee in enumerate(self.edges[owner]):
                if callee == p and uniform(self.key.worry, owner, slot, 3) < self.worry.safe_seen:
                    self.clear(owner, slot, 4)

    # ---- ordinary calls ----

    def _start_cell(self, cell: int) -> None:
        ph, key = self.phones, self.key.baseline
        hour = self.times.hour(0.0) % 24
        mean, k = ph.load * ph.profile.get(str(hour), 1.0), 0
        while True:
            gone, n = 0.0, 0
            while n <= ph.channels - ph.reserved:
                gone -= log(uniform(key, (k << 32) | cell, n, 3))
                if gone >= mean:
                    break
                n += 1
            if n <= ph.channels - ph.reserved:
                break
            k += 1
        self.busy[cell] = n
        cut = 16.0 * max(law_mean(ph.holding), 1e-9)
        for i in range(n):
            k = 0
            while True:
                u, v = uniforms(key, cell, i, 4 + k)
                hold = min(delay(ph.holding, u), cut)
                if v * cut < hold:
                    break
                k += 1
            self._hang_up_later(uniform(key, (1 << 32) | cell, i, 4 + k) * hold, cell, -1)
        self._next_call(cell, 0, 0.0, uniform(key, cell, 0, 0))

    def _next_call(self, cell: int, number: int, t: float, u: float) -> None:
        """The rate is constant within each local hour; the integrated rate grows by an exponential."""
        ph, need = self.phones, -log(u)
        for t, end, hour in self.times.from_then_on(t):  # noqa: B020
            rate = ph.load * ph.profile.get(str(hour % 24), 1.0) / max(law_mean(ph.holding), 1e-9)
            room = rate * max(0.0, end - t)
            if need < room:
                when = t + need / rate
                self.when(when, s.BASE_CALL, cell, number * TRIES, lambda: self._base(cell, number, 0))
                return
            need -= room

    def _base(self, cell: int, number: int, n: int) -> None:
        ph, nth = self.phones, number * TRIES + n
        u, v = uniforms(self.key.baseline, cell, nth, 1)
        if n == 0:
            self._next_call(cell, number + 1, self.clock.now, v)
        urgent = uniform(self.key.baseline, (2 << 32) | cell, number, 0) < ph.emergency_share
        free = self.busy[cell] < self.channels[cell] - (0 if urgent else ph.reserved)
        if free:
            self.busy[cell] += 1
            self._hang_up_later(self.clock.now + delay(ph.holding, u), cell, -1)
        self._log(s.LOG_BASE, cell, nth, s.ANSWERED if free else s.BLOCKED, int(urgent))
        u, v = uniforms(self.key.baseline, cell, nth, 2)
        again = ph.baseline_redials and n < TRIES - 1 and u < ph.persistence
        if not free and again:
            wait = delay(ph.redial_after, v)
            self.later(wait, s.BASE_RETRY, cell, nth + 1, lambda: self._base(cell, number, n + 1))

    def _turn_channels(self, zone: int, value: float) -> None:
        for cell, z in enumerate(self.world.residents.cell_zone):
            if z == zone:
                self.channels[cell] = int(self.phones.channels * value)

    # ---- people out ----

    def _city(self) -> None:
        w = self.world
        self.state = [s.OUT] * len(w.out.at)
        self.going = [int(h) for h in w.out.home]
        self.indoors = [(0.0, -1)] * len(w.out.at)
        self.guest = [False] * len(w.out.at)
        self.instructions = [self.sc.instructions[k] for k in sorted(self.sc.instructions)]
        self.verified: set[int] = set()
        self.taken: dict[tuple[int, int], int] = {}
        self.asked: dict[tuple[int, int], int] = {}
        self.gone: set[tuple[int, int]] = set()
        self.contacts = 0
        for q, t in enumerate(w.out.leaves):
            self.when(float(t), s.LEAVE, q, 0, lambda q=q: self._leave(q))  # type: ignore[misc]

    def _become(self, q: int, new: int) -> None:
        old, self.state[q] = self.state[q], new
        self._log(s.LOG_STATE, q, old, new, int(self.world.out.at[q]))

    def _leave(self, q: int) -> None:
        if self.state[q] != s.OUT:
            return
        until, i = self.indoors[q]
        if until > self.clock.now:
            wait = until - self.clock.now + delay(self.instructions[i].reaction, uniform(self.key.going_home, q, i, 5))
            self.later(wait, s.LEAVE, q, 0, lambda: self._leave(q))
        else:
            self._try_home(q)

    def instruct(self, t: float, number: int) -> None:
        """See `Engine`."""
        given = self.instructions[number]
        for q, state in enumerate(self.state):
            if state != s.OUT or (given.zones and self.world.zones[self.world.out.at[q]] not in given.zones):
                continue
            u, v = uniforms(self.key.going_home, q, number, 4)
            if u < given.stays:
                self.indoors[q] = (max(self.indoors[q][0], given.until), number)
            elif u < given.stays + given.leaves:
                self.later(delay(given.reaction, v), s.LEAVE, q, 0, lambda q=q: self._leave(q))  # type: ignore[misc]

    def change_network(self, t: float, ways: Any) -> None:
        """See `Engine`."""
        self.ways = ways
        for q, state in enumerate(self.state):
            if state in (s.STRANDED, s.SEEKING, s.HELD):
                self._try_home(q)
            elif state == s.OUTSIDE:
                self._arrive(q)

    def _lets(self, zone: int, whom: int) -> bool:
        """Whether there is no cordon round a zone, or one that lets residents (2) or leavers (4) through."""
        return self.ways.cordon[zone] == 0 or bool(self.ways.cordon[zone] & whom)

    def _kept_in(self, q: int) -> bool:
        z = int(self.world.out.at[q])
        return z != self.world.out.home[q] and not self._lets(z, 4)

    def _kept_out(self, q: int, zone: int) -> bool:
        if zone == self.world.out.at[q]:
            return False
        return not self._lets(zone, 2) if zone == self.world.out.home[q] else not self._lets(zone, 0)

    def _try_home(self, q: int) -> None:
        z, h, before = int(self.world.out.at[q]), int(self.world.out.home[q]), self.state[q]
        home, ways = self.sc.going_home, self.ways
        fresh = before in (s.OUT, s.HELD)
        if self._kept_in(q):
            if before != s.HELD:
                self._become(q, s.HELD)
            return None
        if not self._kept_out(q, h):
            if ways.service and ways.ride[z, h] <= home.accept_ride:
                return self._travel(q, s.RIDING, h, float(ways.ride[z, h]))
            if ways.walk[z, h] <= home.accept_walk:
                return self._travel(q, s.WALKING, h, float(ways.walk[z, h]))
            taxis = fresh and math.isfinite(ways.road[z, h])
            if taxis and uniform(self.key.going_home, q, 0, 1) < home.taxi:
                return self._travel(q, s.TAXI, h, float(ways.road[z, h]) / home.taxi_speed)
        if fresh:
            u, v = uniforms(self.key.going_home, q, 0, 2)
            self.later(delay(home.patience, u), s.PATIENCE, q, 0, lambda: self._lose_patience(q, 0))
            self._become(q, s.SEEKING if self.world.out.seeker[q] else s.STRANDED)
            if self.world.out.seeker[q]:
                self._read_later(delay(self.sc.shelter.start_after, v), q, 0)  # type: ignore[union-attr]
        return None

    def _travel(self, q: int, how: int, zone: int, time: float) -> None:
        self.going[q] = zone
        self._become(q, how)
        self.later(time, s.ARRIVE, q, 0, lambda: self._arrive(q))

    def _arrive(self, q: int) -> None:
        """Inside, or waiting outside a cordon that was put up on the way."""
        if self._kept_out(q, self.going[q]):
            if self.state[q] != s.OUTSIDE:
                self._become(q, s.OUTSIDE)
        else:
            self._become(q, s.SHELTERED if self.guest[q] else s.HOME)

    def _lose_patience(self, q: int, n: int) -> None:
        if self.state[q] not in (s.STRANDED, s.SEEKING):
            return
        z, h = int(self.world.out.at[q]), int(self.world.out.home[q])
        if math.isfinite(self.ways.walk[z, h]) and not self._kept_out(q, h):
            self._travel(q, s.WALKING_FAR, h, float(self.ways.walk[z, h]))
        else:
            wait = delay(self.sc.going_home.patience, uniform(self.key.going_home, q, n + 1, 3))
            self.later(wait, s.PATIENCE, q, n + 1, lambda: self._lose_patience(q, n + 1))

    # ---- shelter ----

    def open_map(self) -> None:
        """See `Engine`."""
        self.map_open = True

    def listen_offers(self) -> None:
        """See `Engine`."""
        self.volunteers = True

    def offer_identity(self, offer: int) -> tuple[int, int]:
        """See `Engine`."""
        return self._key_of(self.offers[offer])

    def share_offer(self, t: float, account: int, offer: int) -> None:
        """See `Engine`."""
        self._respond(account, self.offers[offer], "the scenario")

    def verify(self, offer: int) -> None:
        """See `Engine`."""
        self.verified.add(offer)

    def _identity(self, offer: int, clone: int) -> tuple[int, int]:
        p = self.posts[self.offers[offer]]
        return (p["author"] << 32) | clone, (p["topic"] << 20) | p["nth"]

    def _host(self, offer: int, clone: int) -> tuple[int, int]:
        """Zone and places of a host."""
        sh, zones = self.sc.shelter, list(self.world.zones)
        weights = np.array([sh.host_zones.get(z, 0.0) for z in zones]) if sh and sh.host_zones else None
        if weights is None:
            city = [self.sc.places.zones[z].kind in ("arrondissement", "commune") for z in zones]
            weights = populations(self.sc, zones) * city
        u, v = uniforms(self.key.shelter, *self._identity(offer, clone), 0)
        more = sh.places - 1.0  # type: ignore[union-attr]
        places = 1 + (int(log(v) / log(more / (1.0 + more))) if more > 0 else 0)
        return pick(list(cumulative_shares(weights)), u), min(places, 255)

    def _spot(self, who: int, n: int, first: int, zone: int) -> tuple[float, float]:
        """Where somebody is, from the centre of the zone: the first point of the square around it that its disc holds."""
        row = self.sc.places.zones[self.world.zones[zone]]
        for k in range(first, first + 27):
            x, y = (2.0 * w - 1.0 for w in uniforms(self.key.shelter, who, n, k))
            if 0.0 < x * x + y * y <= 1.0:
                size = math.sqrt(row.area_km2 * 1e6 / math.pi)
                if row.ring_radius:
                    size = row.ring_radius / math.sqrt(x * x + y * y)
                return size * x, size * y
        return 0.0, 0.0

    def _way(self, q: int, place: tuple[int, int]) -> float:
        """Straight line from a seeker to a host, longer round cordons and borders [m]."""
        z, zone = int(self.world.out.at[q]), self._host(*place)[0]
        x, y = self._spot(q, 0, 9, z)
        a, b = self._spot(*self._identity(*place), 36, zone)
        east, north = (float(centre[z, zone]) for centre in offsets(self.world.places))
        longer = float(self.ways.road[z, zone]) / float(self.world.places.distance[z, zone])
        return math.sqrt((east + a - x) * (east + a - x) + (north + b - y) * (north + b - y)) * longer

    def _hoax(self, offer: int, clone: int) -> bool:
        return uniforms(self.key.shelter, *self._identity(offer, clone), 6)[0] < self.sc.shelter.hoaxes  # type: ignore[union-attr]

    def _located(self, offer: int, clone: int) -> bool:
        return uniforms(self.key.shelter, *self._identity(offer, clone), 6)[1] < self.sc.shelter.located  # type: ignore[union-attr]

    def _reachable(self, q: int, place: tuple[int, int]) -> bool:
        zone = self._host(*place)[0]
        z = int(self.world.out.at[q])
        if z != zone and (self._kept_in(q) or self._kept_out(q, zone)):
            return False
        near = self.sc.shelter.near  # type: ignore[union-attr]
        return bool(math.isfinite(self.ways.walk[z, zone]) and self._way(q, place) <= near)

    def _read_later(self, wait: float, q: int, n: int) -> None:
        self.later(wait, s.READ, q, n, lambda: self._read(q, n))

    def _read(self, q: int, n: int) -> None:
        if self.state[q] != s.SEEKING:
            return
        sh = self.sc.shelter
        assert sh is not None
        by_map = self.map_open and uniform(self.key.shelter, q, 0, 3) < sh.map_use
        found = self._map_place(q, n) if by_map else None
        from_map, read = found is not None, 1 if found is not None else 0
        window = [j for j in self.stream if self.posts[j]["time"] >= self.clock.now - sh.window]
        while not from_map and found is None and window and read < sh.batch:
            found = self._stream_item(q, *uniforms(self.key.shelter, q, n, 64 + read), window, by_map)
            read += 1
        if found is not None and found[0] not in self.verified and uniform(self.key.shelter, q, n, 7) < sh.fear:
            found = None
        self._log(s.LOG_READ, q, n, *(found if found is not None else (-1, 0)))
        if found is None:
            self._read_later(sh.batch * sh.item_time + self._page(q), q, n + 1)
            return
        self.asked[found] = self.asked.get(found, 0) + from_map
        wait = read * sh.item_time + self._page(q) + delay(sh.contact, uniform(self.key.shelter, q, n, 4))
        i = self.contacts
        self.contacts += 1
        self.later(wait, s.CONTACT, q, (i << 24) | n, lambda: self._contact(q, n, *found, from_map))

    def _page(self, q: int) -> float:
        """How long a page takes in the seeker's zone, whose data channel it does not load."""
        cells = [i for i, zone in enumerate(self.world.residents.cell_zone) if zone == self.world.out.at[q]]
        if self.phones.data is None or self.phones.data.share <= 0 or not cells:
            return 0.0
        return self._by_data(cells[int(uniform(self.key.shelter, q, 0, 63) * len(cells))]) - self.clock.now

    def _full(self, place: tuple[int, int]) -> bool:
        """Whether the map knows that a host has no place left: all given, or spoken for by its users."""
        return self.taken.get(place, 0) + self.asked.get(place, 0) >= self._host(*place)[1]

    def _map_place(self, q: int, n: int) -> tuple[int, int] | None:
        z = int(self.world.out.at[q])
        far = self.world.places.distance[z]
        hosts = [(offer, clone) for offer in range(len(self.offers)) for clone in range(self.world.clones)]
        for zone in sorted(range(len(self.world.zones)), key=lambda zone: (far[zone], zone)):
            here = [place for place in hosts if self._host(*place)[0] == zone]
            start = int(uniform(self.key.shelter, q, n, 8) * len(here))
            for place in here[start:] + here[:start]:
                false = place[0] in self.verified and self._hoax(*place)
                if not self._full(place) and self._listed(*place) and not false and self._reachable(q, place):
                    return place
        return None

    def _listed(self, offer: int, clone: int) -> bool:
        sh, p = self.sc.shelter, self.posts[self.offers[offer]]
        if (offer, clone) in self.gone:
            return False
        if offer in self.verified:
            return True
        if self.clock.now < p["time"] + sh.map_delay:  # type: ignore[union-attr]
            return False
        return uniform(self.key.shelter, *self._identity(offer, clone), 2) < sh.map_coverage  # type: ignore[union-attr]

    def _stream_item(self, q: int, u: float, v: float, window: list[int], by_map: bool) -> tuple[int, int] | None:
        root = self.posts[self.posts[window[int(u * len(window))]]["root"]]
        if root["kind"] != s.OFFER or root["offer"] < 0:
            return None
        place = root["offer"], int(v * self.world.clones)
        if self._located(*place) and not self._reachable(q, place):
            return None
        known = by_map and (place in self.gone or (self._listed(*place) and self._full(place)))
        return None if known else place

    def _answer(self, q: int, n: int, place: tuple[int, int]) -> int:
        sh = self.sc.shelter
        assert sh is not None
        yes, full, stale, no, far, hoax = range(6)
        places = self._host(*place)[1]
        end = self.posts[self.offers[place[0]]]["time"] + delay(
            sh.fresh, uniform(self.key.shelter, *self._identity(*place), 1)
        )
        if self.state[q] != s.SEEKING:
            return no
        if self._hoax(*place):
            return hoax
        if self.taken.get(place, 0) >= places:
            return full
        if self.clock.now > end:
            return stale
        if not self._reachable(q, place):
            return far
        return yes if uniform(self.key.shelter, q, n, 5) < sh.accepts else no

    def _contact(self, q: int, n: int, offer: int, clone: int, from_map: bool) -> None:
        place = offer, clone
        outcome = self._answer(q, n, place)
        self._log(s.LOG_CONTACT, q, n, outcome, offer * self.world.clones + clone)
        if from_map:
            self.asked[place] -= 1
            if outcome in (2, 5):
                self.gone.add(place)
        if outcome == 0:
            self.taken[place] = self.taken.get(place, 0) + 1
            self.guest[q] = True
            zone, home, found = self._host(*place)[0], self.sc.going_home, place
            self._travel(q, s.TO_HOST, zone, self._way(q, found) * (home.detour / home.walk_speed))
        elif self.state[q] == s.SEEKING:
            self._read_later(0.0, q, n + 1)
