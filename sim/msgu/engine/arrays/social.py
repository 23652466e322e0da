"""From a world to the arrays that the kernels read: topics, laws, cells, dials."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu import streams
from msgu.engine.levers import ceiling, levers_of
from msgu.kernels import state
from msgu.kernels.base import laws as law_codes
from msgu.kernels.jit import pack
from msgu.kernels.social import exposure, trends
from msgu.kernels.social import posts as cascade_kernel
from msgu.scenario.schema.laws import Exponential, Fixed, Law, Lognormal, Seismic
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.social import KINDS, Driver, Gain, Topic
from msgu.world.accounts import account_shares, cumulative_shares
from msgu.world.build import World
from msgu.world.people import by_zone_or_kind

F64 = NDArray[np.float64]


class Laws:
    """Delay laws collected as rows of two arrays."""

    def __init__(self) -> None:
        self.rows: list[list[float]] = []
        self.knots: list[list[float]] = []

    def add(self, law: Law) -> int:
        """Add a law, return its row."""
        if isinstance(law, Lognormal):
            row = [law_codes.LOGNORMAL, math.log(law.median), law.sigma, 0.0]
        elif isinstance(law, Exponential):
            row = [law_codes.EXPONENTIAL, law.mean, 0.0, 0.0]
        elif isinstance(law, Fixed):
            row = [law_codes.FIXED, law.value, 0.0, 0.0]
        elif isinstance(law, Seismic):
            row = [law_codes.SEISMIC, law.theta, law.s0, 0.0]
        else:
            points = sorted((float(p), d) for p, d in law.quantiles.items())
            row = [law_codes.EMPIRICAL, float(len(self.knots)), float(len(points)), 0.0]
            self.knots.extend([p, d] for p, d in points)
        self.rows.append([float(x) for x in row])
        return len(self.rows) - 1

    def arrays(self) -> tuple[F64, F64]:
        """Laws (n, 4) and knots (m, 2)."""
        return np.array(self.rows or [[0.0] * 4]), np.array(self.knots or [[0.0, 0.0], [1.0, 0.0]])


def law_mean(law: Law) -> float:
    """Mean of a law [s]; infinite for a heavy tail."""
    if isinstance(law, Lognormal):
        return law.median * math.exp(law.sigma**2 / 2)
    if isinstance(law, Exponential):
        return law.mean
    if isinstance(law, Fixed):
        return law.value
    if isinstance(law, Seismic):
        if law.theta <= 1:
            return math.inf
        flat = law.theta / (1 + law.theta)  # the share below s0, of mean s0 / 2
        return law.s0 * (flat / 2 + (1 - flat) * law.theta / (law.theta - 1))
    points = sorted((float(p), d) for p, d in law.quantiles.items())
    return sum((p1 - p0) * (d0 + d1) / 2 for (p0, d0), (p1, d1) in pairwise(points))


def keys(seed: int, replication: int) -> state.Keys:
    """Keys of the streams that the kernels read."""
    values = streams.keys(seed, replication)
    return state.Keys(*(np.uint64(values[name.replace("_", "-")]) for name in state.Keys._fields))


def by_hour(values: dict[str, float]) -> F64:
    """24 values by local hour; a missing hour counts as 1."""
    return np.array([values.get(str(h), 1.0) for h in range(24)])


def curve_to_come(topic: Topic, seen: int) -> float:
    """Bound on the sum of the exposure curve over any number of sights after `seen` ones; infinite for a tail of 1 or less."""
    first = topic.curve.first
    n, tail = len(first), topic.curve.tail
    if first[-1] == 0:
        return sum(first[seen:])
    if tail <= 1:
        return math.inf
    # sum over k > m of (n/k)^tail < n^tail * integral from m of x^-tail dx = n (n/m)^(tail - 1) / (tail - 1), m >= n
    m = max(n, seen)
    return float(sum(first[seen:]) + first[-1] * n * (n / m) ** (tail - 1) / (tail - 1))


def bitmap(n: int, rows: int | None = None) -> NDArray[np.uint64]:
    """Bitmap of n bits, all 0; one for each row where `rows` is given."""
    words = (n + 63) // 64
    return np.zeros(words if rows is None else (rows, words), np.uint64)


GAINED_FIRST = 1 << 24
"""Positions of followers gained count from here, above those of any audience of before the night."""
CURVE = 32
"""Exposure curves are written out up to so many sights."""
HEADROOM = 1.25
"""Seeing may be turned up by this factor before the bound of its chance, and with it the common draws, move."""


def seeing_bound(s: Scenario) -> float:
    """Most that seeing can be at any time of the night, whatever the measures do."""
    return s.attention.seeing * max(HEADROOM, ceiling(levers_of(s.measures), "seeing"))


def most_awake(awake: F64, offset: F64, among: NDArray[np.bool_]) -> F64:
    """Largest share at their feed that zones have at any time of an hour of the scenario's place; shape (24,).

    Parameters
    ----------
    awake : shape (n_zones, 24), by local hour. offset : see `World`. among : shape (n_zones,). Which zones.
    """
    most = np.zeros(24)
    for row in offset:
        for zone in np.flatnonzero(among):
            first = np.arange(24) + int(row[zone] // 3600)
            most = np.maximum(most, awake[zone, first % 24])
            if row[zone] % 3600:  # the hour at the scenario's place is parts of two hours there
                most = np.maximum(most, awake[zone, (first + 1) % 24])
    return most


def decides_at_once(topic: Topic) -> bool:
    """Whether each sight of a post decides by itself: the exposure curve is level, and nobody holds a belief."""
    return topic.claim is None and topic.curve.tail == 0 and len(set(topic.curve.first)) == 1


def read_by(world: World) -> NDArray[np.int32]:
    """What decides whether an account sees and responds, in 16 bytes for each; see `state.Cascade.reader`."""
    rows = np.zeros((world.accounts.n, 4), np.int32)
    rows[:, state.FOLLOWS] = world.accounts.graph.out_degree
    rows[:, state.ZONE] = world.accounts.zone
    rows.view(np.float32)[:, state.READINESS] = world.accounts.susceptibility
    return rows


def _videos(world: World, key: state.Keys, laws: Laws, bins: int, topics: list[str]) -> dict[str, Any]:
    """Films, their laws, and room for what they count."""
    s = world.scenario
    films = [s.videos[name] for name in sorted(s.videos)]
    return {
        "video_key": np.array([streams.named(int(key.video), name) for name in sorted(s.videos)], np.uint64),
        "video_topic": np.array([topics.index(film.topic) for film in films], np.int64),
        "video_at": np.array([film.at for film in films], np.float64),
        "video_until": np.array([min(s.horizon, film.until or s.horizon) for film in films], np.float64),
        "video_share": np.array([film.share for film in films], np.float64),
        "video_opens": np.array([film.opens for film in films], np.float64),
        "video_law": np.array([laws.add(film.watch) for film in films], np.int64),
        "video_change": np.zeros((bins, len(films), 2), np.int64),
        "video_seconds": np.zeros((bins, len(films))),
    }


def _most_recent(world: World, names: Sequence[str]) -> F64:
    """Posts in the window up to which a topic does not trend; infinite for one that never may."""
    s = world.scenario.trending
    most = s.threshold * world.scale * s.window if s else math.inf
    return np.array([most if s and name in s.topics else math.inf for name in names] or [math.inf])


def _gains(world: World) -> dict[str, Any]:
    """Room for the followers that named accounts gain."""
    s, names = world.scenario, world.accounts.names
    of = np.array([world.accounts.number(s.gains[k].account) for k in sorted(s.gains)], np.int32)
    room = np.zeros(len(names), np.int64)
    for account, k in zip(of, sorted(s.gains), strict=True):
        mean = s.gains[k].volume * world.scale
        room[account] += int(mean + 12 * math.sqrt(mean) + 12)
    room = np.minimum(room, world.accounts.n)
    following = bitmap(world.accounts.n, len(names) if len(of) else 0)
    graph = world.accounts.graph
    for account in set(of.tolist()):
        audience = graph.followers[graph.offsets[account] : graph.offsets[account + 1]].astype(np.int64)
        np.bitwise_or.at(following[account], audience >> 6, np.uint64(1) << (audience & 63).astype(np.uint64))
    return {
        "gains_of": of, "following": following, "gained": np.zeros(int(room.sum()), np.int32),
        "gained_time": np.zeros(int(room.sum())), "gained_start": np.cumsum(room) - room,
        "gained_size": np.zeros(len(names) if len(of) else 0, np.int64), "gained_first": GAINED_FIRST,
    }  # fmt: skip


def build_cascade(world: World, key: state.Keys, laws: Laws, bins: int) -> state.Cascade:
    """Arrays of the cascade kernel at the start of a night."""
    s, n = world.scenario, world.accounts.n
    names = sorted(s.topics)
    topics = [s.topics[name] for name in names]
    rows = max(len(topics), 1)
    pulses = [s.pulses[name] for name in sorted(s.pulses)]
    zone_factor, kind_factor = np.ones((rows, max(len(world.zones), 1))), np.ones((rows, len(KINDS)))
    claim = np.zeros((rows, 4))
    most = np.array([ceiling(levers_of(s.measures), "infectiousness", name) for name in names] or [1.0])
    kinds = np.zeros((rows, len(KINDS)))
    elsewhere, elsewhere_topic = np.zeros((rows, len(KINDS))), np.full(rows, -1, np.int64)
    width = max([CURVE, *(len(t.curve.first) for t in topics)])
    curve, to_come, strongest = np.zeros((rows, width)), np.zeros((rows, width + 1)), np.zeros(zone_factor.shape)
    variants = np.ones((rows, max([len(t.variants) for t in topics] or [1]) or 1))
    for i, t in enumerate(topics):
        zone_factor[i, : len(world.zones)] = by_zone_or_kind(s, list(world.zones), t.zone_factor, missing=1.0)
        kind_factor[i] = [t.kind_factor.get(kind, 1.0) for kind in KINDS]
        hazard = t.infectiousness
        if t.claim is not None:
            claim[i] = (
                1.0,
                t.claim.credulity,
                t.claim.acceptance,
                t.claim.correction_infectiousness,
            )
            hazard = max(hazard, t.claim.correction_infectiousness)
        strongest[i] = hazard * zone_factor[i] * float(kind_factor[i].max()) * most[i]
        to_come[i] = [curve_to_come(t, seen) * (1 + 1e-9) for seen in range(width + 1)]
        kinds[i] = cumulative_shares(np.array([t.kinds.get(k, 0.0) for k in KINDS]))
        if t.elsewhere is not None:
            elsewhere[i] = [t.elsewhere.share.get(k, 0.0) for k in KINDS]
            elsewhere_topic[i] = names.index(t.elsewhere.topic)
        curve[i, : len(t.curve.first)] = t.curve.first
        if t.variants:
            shares = cumulative_shares(np.array([t.variants[v] for v in sorted(t.variants)]))
            variants[i, : len(shares)] = shares
    drivers = [names.index(s.drivers[d].topic) for d in sorted(s.drivers)]
    post_topic = s.worry.post_topic if s.worry else None
    drivers.append(names.index(post_topic) if post_topic else 0)
    region = s.trending.region if s.trending else "world"
    in_region = np.array([region == "world" or s.places.zones[z].kind != "abroad" for z in world.zones], np.bool_)
    half = math.log(2)
    pulsing = sorted({pulse.topic for pulse in pulses})
    pulsed = np.array([pulsing.index(name) if name in pulsing else -1 for name in names] or [-1], np.int64)
    joins = bitmap(n, len(pulsing))
    for number, pulse in enumerate(pulses):
        cascade_kernel.choose_joiners(pack(key), joins[pulsing.index(pulse.topic)], n, number, pulse.share)
    unaware = bitmap(n if (world.person >= 0).any() else 0)
    cascade_kernel.mark_unaware(unaware, world.person)
    awake = np.tile(by_hour(s.attention.awake), (max(len(world.zones), 1), 1))
    readers = read_by(world)
    kept = np.zeros((len(topics), n, 2))
    flat = np.array([decides_at_once(t) for t in topics] or [False], np.bool_)
    films = _videos(world, key, laws, bins, names)
    watched = bool(unaware.any()) or len(pulsing) > 0
    readiest = float(readers.view(np.float32)[:, state.READINESS].max(initial=0.0))
    answer = np.ones(rows)
    if not watched:  # nobody learns of the event by a post, and no pulse asks what was seen last
        hazard_at_most = strongest.max(axis=1) * curve[:, 0] * np.maximum(HEADROOM / most, 1.0)
        alone = flat & ~np.isin(np.arange(rows), films["video_topic"])
        answer[alone] = np.minimum(1.0, (1.0 - np.exp(-readiest * hazard_at_most[alone])) * (1 + 1e-9))
    region_bound = seeing_bound(s) * most_awake(awake, world.offset, in_region)
    region_accounts = (
        np.flatnonzero(in_region[world.accounts.zone[: world.accounts.in_network]]).astype(np.int32)
        if s.trending
        else np.zeros(0, np.int32)
    )
    asked = (
        world.accounts.in_network > 0 and len(topics) > 0 and (s.attention.half_load is not None or s.trending is not None)
    )
    belief = np.zeros((bins, rows, 4), np.int64)
    for i, t in enumerate(topics):
        if t.claim is not None:
            belief[0, i, state.UNAWARE] = n
    posts = max(1024, 2 * n)  # the system gives memory where it is written
    gains: dict[str, Any] = _gains(world)
    c = state.Cascade(
        offsets=world.accounts.graph.offsets,
        followers=world.accounts.graph.followers,
        tie=world.accounts.graph.tie,
        reader=readers,
        reader_real=readers.view(np.float32),
        person=world.person,
        awake=awake,
        awake_most=np.zeros(1),
        awake_ever=float(awake.max()),
        awake_now=np.zeros(len(awake)),
        awake_until=np.full(1, -np.inf),
        offset=world.offset if len(world.zones) else np.zeros((len(world.turn), 1)),
        in_region=in_region,
        hazard=np.array([t.infectiousness for t in topics] or [0.0]),
        fading=np.array([half / t.half_life if t.half_life else 0.0 for t in topics] or [0.0]),
        onset=np.array([t.onset or 0.0 for t in topics] or [0.0]),
        original=np.array([t.original_share for t in topics] or [0.0]),
        once=np.array([t.once for t in topics] or [False], np.bool_),
        kinds=kinds,
        elsewhere=elsewhere,
        elsewhere_topic=elsewhere_topic,
        kind_factor=kind_factor,
        zone_factor=zone_factor,
        law=np.array([laws.add(t.delay) for t in topics] or [0], np.int64),
        curve=curve,
        curve_length=np.array([len(t.curve.first) for t in topics] or [1], np.int64),
        curve_tail=np.array([t.curve.tail for t in topics] or [0.0]),
        strongest=strongest,
        to_come=to_come,
        variants=variants,
        claim=claim,
        multiplier=np.ones(rows),
        ceiling=most,
        seeing=s.attention.seeing,
        seeing_bound=seeing_bound(s),
        answer_bound=answer,
        flat=flat,
        sight_law=laws.add(s.attention.catch_up) if s.attention.catch_up else -1,
        per_half_load=1.0 / s.attention.half_load if s.attention.half_load else 0.0,
        background=s.attention.background,
        due=np.full(1, trends.MINUTE if asked else np.inf),
        accounts=float(world.accounts.in_network),
        rate=np.zeros(1),
        driver_topic=np.array(drivers, np.int64),
        pulse_topic=np.array([names.index(p.topic) for p in pulses] or [0], np.int64),
        pulse_rise=np.array([p.rise for p in pulses] or [0.0]),
        pulse_decay=np.array([p.decay for p in pulses] or [0.0]),
        pulse_live=np.array([p.live_for for p in pulses] or [0.0]),
        window=s.trending.window if s.trending else 0.0,
        most_recent=_most_recent(world, names),
        region=region_accounts,
        region_bound=region_bound,
        look_every=s.trending.look_every if s.trending else 1.0,
        look_time=np.zeros((rows, trends.AHEAD)),
        look_account=np.zeros((rows, trends.AHEAD), np.int32),
        look_number=np.zeros((rows, trends.AHEAD), np.int64),
        looks=np.zeros((rows, 3), np.int64),
        look_drawn=np.zeros(rows),
        look_next=np.full(rows, trends.NEVER),
        soonest=np.full(1, trends.NEVER),
        soonest_topic=np.zeros(1, np.int64),
        removal_share=np.array([t.removal.share if t.removal else 0.0 for t in topics] or [0.0]),
        removal_law=np.array([laws.add(t.removal.delay) if t.removal else 0 for t in topics] or [0], np.int64),
        last_post=np.full(rows, -1, np.int64),
        trending=np.zeros(rows, np.int64),
        left=kept,
        count=kept.view(np.uint16),
        written=kept.view(np.uint32),
        belief=np.zeros((len(topics) if claim.any() else 0, n), np.int8),
        candidate=bitmap(n, rows),
        pulsed=pulsed,
        joins=joins,
        last=np.full((len(pulsing), n), -1, np.int32),
        shared=np.zeros(1 << 10, np.int64),
        unaware=unaware,
        post_time=np.zeros(posts),
        post_author=np.zeros(posts, np.int32),
        post_nth=np.zeros(posts, np.int32),
        post_topic=np.zeros(posts, np.int16),
        post_kind=np.zeros(posts, np.int8),
        post_variant=np.zeros(posts, np.int8),
        post_parent=np.zeros(posts, np.int32),
        post_root=np.zeros(posts, np.int32),
        post_origin=np.zeros(posts, np.int8),
        post_offer=np.zeros(posts, np.int32),
        post_inside=np.zeros(posts, np.int8),
        post_gone=np.zeros(posts, np.int8),
        post_films=np.zeros(posts, np.int16),
        size=np.zeros(5, np.int64),
        recent=np.zeros(rows, np.int64),
        slide=np.zeros(2, np.int64),
        stream=np.zeros(posts, np.int64),
        stream_size=np.zeros(1, np.int64),
        shelter_topic=names.index(s.shelter.topic) if s.shelter else -1,
        belief_change=belief,
        reached=np.zeros(64, np.int32),
        spot=np.zeros(64, np.int64),
        drawn=np.zeros(64),
        **gains,
        **films,
    )
    if n and topics:
        exposure.prepare(pack(key), pack(c))
    return c


def expected_sights(world: World) -> float:
    """Sights that are events of their own, were each account to post once; 0 where posts are seen when posted."""
    s = world.scenario
    return seeing_bound(s) * world.accounts.graph.n_edges if s.attention.catch_up is not None else 0.0


def account_means(world: World, volume: float, zones: Mapping[str, float]) -> F64:
    """Expected events of each account: activity x zone weight over population constants; shape (n,)."""
    s = world.scenario
    shares = account_shares(s, list(world.zones))
    shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(world.zones), 1 / len(world.zones))
    weights = by_zone_or_kind(s, list(world.zones), zones) if zones else np.ones(len(world.zones))
    total = float((shares * weights).sum())
    accounts = float(s.network.accounts if s.network else 0)
    if total <= 0 or accounts <= 0:
        return np.zeros(world.accounts.n)
    mean: F64 = volume / accounts * world.accounts.activity * (weights / total)[world.accounts.zone]
    return mean


def start_drivers(world: World, key: Any, room: Callable[[int], None], fill: Callable[..., None]) -> None:
    """Schedule the spontaneous posts of every driver.

    Parameters
    ----------
    room : makes sure that so many more events fit.
    fill : adds events (times, kind, who, nth).
    """
    s: Scenario = world.scenario
    for number, name in enumerate(sorted(s.drivers)):
        own = np.uint64(streams.named(int(key.exogenous), name))
        _schedule(world, own, number, s.drivers[name], state.SPONTANEOUS, room, fill)
    for number, name in enumerate(sorted(s.gains)):
        own = np.uint64(streams.named(int(key.following), name))
        _schedule(world, own, number, s.gains[name], state.FOLLOW, room, fill)


def _schedule(
    world: World, key: Any, number: int, d: Driver | Gain, kind: int, room: Callable[[int], None], fill: Callable[..., None]
) -> None:
    """Schedule the events of every account for one driver or gain."""
    mean = account_means(world, d.volume, d.zones)
    out = np.empty((3, int(mean.sum() * 1.2) + 1000))
    args = (key, 0, mean, d.at, d.rise, d.decay, d.until if d.until is not None else d.at)
    count = cascade_kernel.spontaneous(*args, out)
    if count > out.shape[1]:
        out = np.empty((3, count))
        cascade_kernel.spontaneous(*args, out)
    rows = out[:, :count]
    room(count)
    fill(rows[0].copy(), kind, rows[1].astype(np.int64), rows[2].astype(np.int64) | (number << 20))
