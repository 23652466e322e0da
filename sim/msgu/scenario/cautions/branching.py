"""How many posts a post sets off: the branching ratio of a topic, and the volume that it leads to, before anything is run.

A reader is met in proportion to the accounts that it follows, and what it answers is seen by its own followers; so the ratio
is the mean over accounts, weighted by what they follow, of the chance of an answer times the number of followers.
The generator of graphs gives followers by a Pareto law and has popular accounts follow back (docs/model/graph.md), which is
all that is taken of it here.
First sights and further ones, by the exposure curve, count alike; crowded feeds lower the chance. Looks at the trends and
synchronised pulses, which no post sets off, are left out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from msgu.disk import open_file
from msgu.errors import Loc
from msgu.scenario.schema.laws import Exponential, Fixed, Law, Lognormal, Seismic
from msgu.scenario.schema.measures import Measure
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.social import Driver, Network, Topic
from msgu.scenario.schema.triggers import earliest
from msgu.scenario.yaml.nodes import Mapping

_HERMITE: Final = (
    (-3.750439717725742, 5.48268855972e-4), (-2.366759410734541, 3.0757123967586e-2),
    (-1.154405394739968, 0.240123178605013), (0.0, 0.457142857142857), (1.154405394739968, 0.240123178605013),
    (2.366759410734541, 3.0757123967586e-2), (3.750439717725742, 5.48268855972e-4),
)  # fmt: skip
"""Gauss-Hermite points and weights of the standard normal law."""
_CLASSES: Final = 20
"""Classes of popularity, equally wide in their logarithm."""
_MOST_READ: Final = 20_000_000
"""Bytes of an edge list that is read for its degrees; of a larger one, or a folder, nothing is foretold."""
STEP: Final = 600.0
"""Step of the foretold volume [s]."""
_HALF: Final = 0.5
_MOST_STEPS: Final = 2000
"""Steps that are looked ahead: a week."""


@dataclass(frozen=True)
class Foretold:
    """What becomes of a topic.

    ratio : posts that a post sets off, at the hour and fading when they are most.
    first : posts that nothing sets off, at scale 1. volume : all posts until the horizon, at scale 1.
    """

    ratio: float
    first: float
    volume: float


# ---- the graph ----


@dataclass(frozen=True)
class _Class:
    """Accounts that are alike: their share, that among those met, their followers, and their readiness relative to the mean."""

    share: float
    met: float
    followers: float
    follows: float
    ready: float


def _classes(scenario: Scenario, network: Network) -> list[_Class]:
    n = float(max(network.accounts, 1))
    if network.complete:
        return [_Class(1.0, 1.0, n - 1.0, n - 1.0, 1.0)]
    if network.edge_list is not None:
        pairs = _degrees(network._place.path, int(n))
    else:
        pairs = _drawn(network, n)
    mean = sum(w * followers for w, followers, _ in pairs) or 1.0
    fall = scenario.attention.influence_fall
    ready = [(1.0 + followers / mean) ** -fall for _, followers, _ in pairs]
    typical = sum(w * r for (w, _, _), r in zip(pairs, ready, strict=True)) or 1.0
    follows = sum(w * out for w, _, out in pairs) or 1.0
    return [_Class(w, w * out / follows, i, out, r / typical) for (w, i, out), r in zip(pairs, ready, strict=True)]


def _degrees(path: str, n: int) -> list[tuple[float, float, float]]:
    """Share, followers and follows of the accounts of an edge list."""
    followers: Counter[bytes] = Counter()
    follows: Counter[bytes] = Counter()
    try:
        with open_file(path, _MOST_READ) as file:
            text = file.read()
    except OSError:
        return []
    for line in text.splitlines():
        parts = line.split()
        if len(parts) in (2, 3):
            follows[parts[0]] += 1
            followers[parts[1]] += 1
    alike = Counter((followers[a], follows[a]) for a in followers.keys() | follows.keys())
    apart = max(0.0, n - sum(alike.values()))
    return [(apart / n, 0.0, 0.0), *((count / n, float(i), float(o)) for (i, o), count in sorted(alike.items()))]


def _drawn(network: Network, n: float) -> list[tuple[float, float, float]]:
    """Share, followers and follows of accounts of a drawn graph, by classes of popularity."""
    law, mean = network.graph, network.mean_follows
    most = law.in_max_share * n * (n / 1e6) ** -law.in_max_fall
    top = max(2.0, min(most, network.largest_audience or math.inf, n) / max(mean, 1e-9))
    followed = 1.0 - law.unfollowed_share
    low = _lowest(law.in_exponent, top, 1.0 / max(followed, 1e-9))
    edges = [low * (top / low) ** (i / _CLASSES) for i in range(_CLASSES + 1)]
    weights = [_piece(a, b, -law.in_exponent) for a, b in pairwise(edges)]
    middles = [_piece(a, b, 1.0 - law.in_exponent) / w for (a, b), w in zip(pairwise(edges), weights, strict=True)]
    total = sum(weights) or 1.0
    shares = [followed * w / total for w in weights]
    free = law.back_base + law.back_top / (1.0 + law.back_power)
    back = [min(1.0, free * x**-law.back_fall) * x for x in middles]
    own = max(0.0, 1.0 - sum(w * b for w, b in zip(shares, back, strict=True)))
    rows = [(w, mean * x, mean * (own + b)) for w, x, b in zip(shares, middles, back, strict=True)]
    return [*rows, (law.unfollowed_share, 0.0, mean * own)]


def _piece(a: float, b: float, power: float) -> float:
    """Integral of x to the power from a to b."""
    return math.log(b / a) if abs(power + 1.0) < 1e-9 else (b ** (power + 1.0) - a ** (power + 1.0)) / (power + 1.0)


def _lowest(exponent: float, top: float, mean: float) -> float:
    """Least popularity of a Pareto law up to `top` that has the mean."""
    low, high = 1e-6, min(mean, top * (1 - 1e-9))
    for _ in range(60):
        middle = math.sqrt(low * high)
        if _piece(middle, top, 1.0 - exponent) < mean * _piece(middle, top, -exponent):
            low = middle
        else:
            high = middle
    return low


# ---- a topic ----


@lru_cache(maxsize=8)
def _readiness(sigma: float) -> tuple[tuple[float, float], ...]:
    """Readiness of readers, lognormal of mean 1, at the nodes of the quadrature, and the weight of each."""
    return tuple((math.exp(sigma * x - sigma * sigma / 2), w) for x, w in _HERMITE)


def _answer(hazard: float, sigma: float) -> float:
    """Chance of an answer at a sight, over readers whose readiness is lognormal of mean 1."""
    found, expm1 = 0.0, math.expm1  # written out: 390,000 terms where Paris is checked, half of the time of `msgu check`
    for ready, w in _readiness(sigma):
        found += w * -expm1(-hazard * ready)
    return found


def _hazard(topic: Topic, scenario: Scenario, shares: dict[str, float]) -> float:
    """Hazard of a post of the topic for a reader of readiness 1, over kinds of posts and zones of readers."""
    kinds = {kind: w for kind, w in topic.kinds.items() if w > 0} or {"information": 1.0}
    kind = sum(w * topic.kind_factor.get(k, 1.0) for k, w in kinds.items()) / sum(kinds.values())
    zones = scenario.places.zones
    zone = sum(
        share * topic.zone_factor.get(z, topic.zone_factor.get(zones[z].kind, 1.0)) for z, share in shares.items()
    )  # fmt: skip
    hazard = topic.infectiousness * (topic.claim.credulity if topic.claim else 1.0)
    if topic.claim:
        hazard = max(hazard, topic.claim.correction_infectiousness)
    first = topic.curve.first
    return hazard * kind * (zone if shares else 1.0) * (first[0] + sum(first) / len(first)) / 2


def _appeal(scenario: Scenario, topic: Topic) -> tuple[float, float]:
    """Mean factor of the hazard of a first post, and of a response: the more a first post appeals, the more retweets it has."""
    power, factor = scenario.attention.appeal_power, scenario.attention.retweet_factor
    if power == 0.0 and factor == 1.0:
        return 1.0, 1.0
    first, shared = 1 / (1 + power), (1 + power) / (1 + 2 * power)
    return first, topic.original_share * first + (1 - topic.original_share) * factor * shared


def zone_shares(scenario: Scenario) -> dict[str, float]:
    """Share of the accounts in each zone."""
    given = scenario.network.shares if scenario.network else {}
    weights = {z: float(given.get(z, 0.0) if given else row.population or 0) for z, row in scenario.places.zones.items()}
    total = sum(weights.values())
    return {z: w / total for z, w in weights.items()} if total > 0 else {}


def _median(law: Law) -> float:
    """Median of a delay law [s]."""
    if isinstance(law, Lognormal):
        return float(law.median)
    if isinstance(law, Fixed):
        return float(law.value)
    if isinstance(law, Exponential):
        return float(law.mean) * math.log(2)
    if isinstance(law, Seismic):
        return float(law.s0 * max(1.0, (2.0 / (1.0 + law.theta)) ** (1.0 / law.theta)))
    return next(float(d) for p, d in sorted((float(p), d) for p, d in law.quantiles.items()) if p >= _HALF)


def _came(driver: Driver, t: float) -> float:
    """Share of a driver's posts that have come until `t`."""
    if driver.until is not None and driver.until > driver.at:
        return min(1.0, max(0.0, (t - driver.at) / (driver.until - driver.at)))
    return -math.expm1(-(t - driver.at) / max(driver.rise + driver.decay, 1.0)) if t > driver.at else 0.0


def _measures_of(scenario: Scenario, topic: str) -> list[Measure]:
    """Return the measures that turn the readiness to share a topic."""
    measures = scenario.measures.values()
    return [m for m in measures if m.dial == "infectiousness" and (not m.topics or topic in m.topics)]


class _Topic:
    """One topic on its way through the night."""

    def __init__(self, scenario: Scenario, name: str, classes: list[_Class], shares: dict[str, float]) -> None:
        self.name, self.topic, self.scenario = name, scenario.topics[name], scenario
        self.classes, self.hazard = classes, _hazard(self.topic, scenario, shares)
        self.first_post, self.answer = _appeal(scenario, self.topic)
        part = scenario.attention.participation
        self.part = part.share if part else 1.0
        self.sigma = math.hypot(scenario.attention.susceptibility_sigma, part.sigma if part else 0.0)
        self.drivers = [d for d in scenario.drivers.values() if d.topic == name]
        self.turned = _measures_of(scenario, name)
        self.pace = -math.expm1(-STEP / max(_median(self.topic.delay), 1.0))
        self.coming = self.first = self.originals = self.shared = self.ratio = 0.0
        self.known: dict[float, tuple[float, float]] = {}
        # answers are those of the readiest: as many alike would give them, by the first two moments of the lognormal law
        accounts = float(scenario.network.accounts) if scenario.network else 0.0
        self.ready = accounts * self.part * math.exp(-(self.sigma**2))
        posts = [post for post in scenario.posts.values() if post.topic == name]
        dates = [earliest(post.at, scenario.rules) for post in posts]
        self.starts = min([math.inf, *(d.at for d in self.drivers), *dates])
        self.typical = sum(c.share * c.followers for c in classes)
        everybody = scenario.network is not None and scenario.network.complete
        audiences = [self.typical if everybody else float(scenario.accounts[p.account].followers) for p in posts]
        self.dated = list(zip(dates, audiences, strict=True))

    def answered(self, t: float) -> tuple[float, float]:
        """Answers to a post of one who was met, and to one sight, where everybody sees it at time `t`."""
        factor = 1.0
        for m in self.turned:
            if earliest(m.at, self.scenario.rules) <= t < m.until:  # of a rule: it may be on all the time
                factor *= m.factor
        onset = self.topic.onset or 0.0
        if self.topic.half_life and t > onset:
            factor *= 2.0 ** (-(t - onset) / self.topic.half_life)
        factor = 1.1 ** round(math.log(factor, 1.1)) if factor > 0 else 0.0  # so few that each is worked out once
        if factor not in self.known:
            mean, part, sigma = self.hazard * factor / self.part, self.part, self.sigma
            by = [(c, c.met * part * _answer(mean * self.answer * c.ready, sigma)) for c in self.classes if c.met]
            now = by
            if self.first_post != self.answer:
                now = [(c, c.met * part * _answer(mean * self.first_post * c.ready, sigma)) for c in self.classes if c.met]
            self.known[factor] = sum(c.followers * answers for c, answers in by), sum(answers for _, answers in now)
        return self.known[factor]

    def begin(self, t: float) -> tuple[float, float]:
        """Posts between `t` and the next step that nothing sets off, and all their followers."""
        came = sum(d.volume * (_came(d, t + STEP) - _came(d, t)) for d in self.drivers)
        now = [followers for at, followers in self.dated if t <= at < t + STEP]
        return came + len(now), came * self.typical + sum(now)

    def step(self, t: float, seeing: float, crowd: float) -> float:
        """Go on by a step, return the posts in it."""
        if t + STEP <= self.starts:
            return 0.0
        answers, at_sight = self.answered(t)
        ratio = answers * seeing
        (new, followers), back = self.begin(t), self.coming * self.pace
        self.first += new
        self.originals += new + self.topic.original_share * back
        self.shared += (1.0 - self.topic.original_share) * back
        posts = new + back
        if posts > 0 or self.coming > 0:
            self.ratio = max(self.ratio, ratio)
        most = self.ready * (1.0 if self.topic.once else max(self.originals, 1.0))  # each account shares a post once
        gone = self.originals + self.shared if self.topic.once else self.shared
        self.coming -= back
        room = max(0.0, most - gone - self.coming)
        self.coming += min(room, (back * ratio + followers * seeing * at_sight) * room / most / crowd)
        return posts


class _One:
    """A scenario, which never changes, as a key: equal to itself only."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def __hash__(self) -> int:
        return id(self.scenario)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _One) and other.scenario is self.scenario


def foretell(scenario: Scenario) -> dict[str, Foretold]:
    """Return what becomes of each topic, all of them in the same feeds; nothing for a graph of which nothing is known.

    Worked out once for a scenario (0.12 s for three days of Paris): to warn of it, to predict its size, before each world.
    """
    return _foretold(_One(scenario))


@lru_cache(maxsize=4)
def _foretold(one: _One) -> dict[str, Foretold]:
    scenario = one.scenario
    network = scenario.network
    if network is None or network.accounts == 0:
        return {}
    classes, shares, attention = _classes(scenario, network), zone_shares(scenario), scenario.attention
    if not classes:
        return {}
    topics = [_Topic(scenario, name, classes, shares) for name in sorted(scenario.topics)]
    per = sum(c.met * c.follows for c in classes) / attention.half_load if attention.half_load else 0.0
    steps, rate = min(_MOST_STEPS, max(1, math.ceil(scenario.horizon / STEP))), 0.0
    hour, awake = -1, 0.0
    for t in (i * STEP for i in range(steps)):
        if int(t / 3600) != hour:
            hour, awake = int(t / 3600), share_at_feed(scenario, shares, t)
        crowd = 1.0 + (attention.background + rate) * per
        seeing = attention.seeing * awake
        rate = sum(topic.step(t, seeing, crowd) for topic in topics) / STEP / network.accounts
    return {x.name: Foretold(x.ratio, x.first, x.originals + x.shared) for x in topics}


def share_at_feed(scenario: Scenario, shares: dict[str, float], t: float) -> float:
    """Share of all accounts at their feed."""
    awake = scenario.attention.awake
    if not awake:
        return 1.0
    start, home = scenario.start, scenario.start.utcoffset()
    base = home.total_seconds() / 3600 if home else 0.0
    hour = start.hour + start.minute / 60 + t / 3600
    at = {z: row.utc_offset_h for z, row in scenario.places.zones.items()}
    found = 0.0
    for z, share in (shares or {"": 1.0}).items():
        off = at.get(z)
        local = int(hour + (0.0 if off is None else off - base)) % 24
        found += share * awake.get(str(local), 1.0)
    return found


# ---- what to warn of ----


def _count(number: float) -> str:
    """Two figures of a number, without an exponent."""
    return f"{float(f'{number:.2g}'):,.0f}"


def grows_without_end(scenario: Scenario, _tree: Mapping) -> Iterator[tuple[Loc, str, str, str]]:
    """Yield the topics of which each post sets off more than one other; where each account posts once, all ends of itself."""
    for name, found in foretell(scenario).items():
        if found.ratio > 1.0 and not scenario.topics[name].once:
            value = scenario.topics[name].infectiousness
            told = f"below 1, or it grows until attention or accounts run out, up to {_count(found.volume)} posts"
            given = f"{value:g}: a post sets off about {found.ratio:.2g} others, a supercritical topic"
            yield ("topics", name, "infectiousness"), given, told, f"{0.9 * value / found.ratio:.2g}"
