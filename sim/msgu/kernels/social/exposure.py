"""Who sees a post, and whether one that sees it responds: the inner loop of the cascades.

Nobody sees a post (of a topic that decides at each sight: nobody answers it) with a higher chance than a bound; so the
readers are reached by Bernoulli trials at that bound, 64 at a time, or by geometric gaps where the bound is small, and each
is kept with its own chance over the bound. Of those reached, only candidates and the unaware cost more than a bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.batch import fill_listed, fill_seconds, take_delays
from msgu.kernels.base.bitmap import bit, take_bit
from msgu.kernels.base.calendar import HEAD, push
from msgu.kernels.base.draw import uniform
from msgu.kernels.base.local_time import clock_row
from msgu.kernels.base.log import later
from msgu.kernels.hearing import note, tells
from msgu.kernels.jit.compile import inlined, lowest_bit, njit, prefetch
from msgu.kernels.phone.person import tell
from msgu.kernels.social.identity import post_key
from msgu.kernels.social.reach import (
    SPARSE,
    STEPS,
    fill_logs,
    first_logs,
    in_steps,
    inverse_log,
    reach_bound,
    trials,
)
from msgu.kernels.social.responses import fade, keeps_row, post_hazard, process_sighting
from msgu.kernels.social.rows import prefetch_rank, prefetch_row
from msgu.kernels.social.shown import is_shown_again, prefetch_shown
from msgu.kernels.social.video import watch
from msgu.kernels.state import FOLLOWS, HEAR, SIGHT, ZONE

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import I32
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade

_1 = np.uint64(1)
_63 = np.uint64(63)
SLACK = 1e-6
"""Shares at the feed are looked up again so long before an hour ends [s], so that rounding moves no end of an hour."""
BY_POST = 2
"""How a message comes by a post; see `msgu.kernels.warnings`."""
SECOND = 1 << 31
"""Sub-keys from here on belong to one reader, below to the way along the list."""


@njit
def is_gone(c: Cascade, j: int) -> bool:
    """Whether post `j` has been taken down, with the first post of its cascade; of most topics none ever is."""
    return c.removal_share[int(c.post_topic[j])] > 0.0 and c.post_gone[int(c.post_root[j])] != 0


@njit
def adds_each(c: Cascade) -> int:
    """Most events that a reader adds: it responds, its person learns, is warned, hears of shelter; of claims two more."""
    return 2 + int(c.warning_post.size > 0) + int(c.unheard.size > 0) + 2 * int(c.heard.shape[0] > 0)


@njit
def follow_clocks(g: Shared, c: Cascade) -> None:
    """Bring `awake_now` of each zone, and `awake_most` of them all, up to now."""
    t = g.now[0]
    if t < c.awake_until[0]:
        return
    k = clock_row(g, t)
    until = g.turn[k + 1] if k + 1 < g.turn.size else np.inf
    most = 0.0
    for z in range(c.awake.shape[0]):
        shift = g.local[k] + c.offset[k, z]
        hour = int(np.floor((t + shift) / 3600.0))
        c.awake_now[z] = c.awake[z, hour % 24]
        most = max(most, c.awake_now[z])
        until = min(until, (hour + 1) * 3600.0 - shift)
    c.awake_most[0] = most
    c.awake_until[0] = until - SLACK


@inlined
def expose(g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, ph: Phone, j: int) -> None:
    """Expose the followers of post `j`'s author, those of before the night and then those it has gained."""
    author = int(c.post_author[j])
    start = int(c.offsets[author])
    _expose(g, key, cal, log, c, ph, j, c.followers, start, int(c.offsets[author + 1]) - start, 0)
    if author < c.gained_size.size and c.gained_size[author] > 0:
        first = int(c.gained_start[author])
        _expose(g, key, cal, log, c, ph, j, c.gained, first, int(c.gained_size[author]), c.gained_first)


@njit
def _expose(
    g: Shared,
    key: Keys,
    cal: Calendar,
    log: Log,
    c: Cascade,
    ph: Phone,
    j: int,
    followers: I32,
    start: int,
    n: int,
    first: int,
) -> None:
    """Expose `n` followers from place `start` of a list; their positions in the draws count from `first`."""
    author = int(c.post_author[j])
    topic = int(c.post_topic[j])
    nth = post_key(c, j)
    follow_clocks(g, c)
    c.size[2] += n
    most = reach_bound(c, topic)
    if most <= 0.0 or n == 0:
        return
    words = c.candidate[topic]
    reached = c.reached
    spot = c.spot
    films = np.uint64(c.post_films[j] != 0)  # who may not respond may watch
    telling = tells(c, j)
    parts = in_steps(most)
    if parts < SPARSE:
        _by_gaps(g, key, cal, log, c, ph, j, followers, start, n, first, most)
        return
    for chunk in range((n + 63) >> 6):
        hits = trials(key.seeing, author, nth, (first >> 6) + chunk, parts)
        base = start + (chunk << 6)
        rest = n - (chunk << 6)
        if rest < 64:
            hits &= (_1 << np.uint64(rest)) - _1
        m = 0
        while hits != np.uint64(0):
            i = int(lowest_bit(hits))
            hits &= hits - _1
            f = int(followers[base + i])
            reached[m] = f
            spot[m] = SECOND | (first + (chunk << 6) + i)
            m += 1
            prefetch(words, f >> 6)
        m = _keep_interested(c, topic, m, films, telling)
        if m > 0:
            _try_reached(g, key, cal, log, c, ph, j, m, parts / float(STEPS))


@inlined
def _by_gaps(
    g: Shared,
    key: Keys,
    cal: Calendar,
    log: Log,
    c: Cascade,
    ph: Phone,
    j: int,
    followers: I32,
    start: int,
    n: int,
    first: int,
    most: float,
) -> None:
    """Reach readers by geometric gaps of chance `most`."""
    author = int(c.post_author[j])
    topic = int(c.post_topic[j])
    nth = post_key(c, j)
    films = np.uint64(c.post_films[j] != 0)
    telling = tells(c, j)
    per_log = inverse_log(c, topic, most)
    logs = c.drawn
    i, k = 0, first
    few = c.logs.shape[1]
    at = few
    some = True
    while some:
        m = 0
        while m < 64:  # a multiple of `few`, so that no gap is left when `drawn` is used for something else
            if at == few:
                if k == 0:
                    first_logs(key, c, cal.size[HEAD] - 1, author, nth, logs)
                else:
                    fill_logs(key.seeing, author, nth, k, few, logs)
                k += few
                at = 0
            gap = float(logs[at]) * per_log
            some = gap < float(n - i)
            if not some:
                break
            i += int(gap)
            c.spot[m] = i
            prefetch(followers, start + i)
            m += 1
            i += 1
            at += 1
        for h in range(m):
            f = int(followers[start + c.spot[h]])
            c.reached[h] = f
            c.spot[h] += SECOND | first
            prefetch(c.candidate[topic], f >> 6)
        m = _keep_interested(c, topic, m, films, telling)
        if m > 0:
            _try_reached(g, key, cal, log, c, ph, j, m, most)


@inlined
def _keep_interested(c: Cascade, topic: int, m: int, films: np.uint64, telling: bool) -> int:
    """Keep of `m` accounts reached those that a post of the topic concerns, ask for what they will read, and count them."""
    words = c.candidate[topic]
    unaware, unheard = c.unaware, c.unheard
    anybody = unaware.size > 0
    reached = c.reached
    spot = c.spot
    kept = 0
    for i in range(m):  # no branch, so that the reads of memory overlap
        f = int(reached[i])
        heeds = words[f >> 6]
        if anybody:
            heeds |= unaware[f >> 6]
        if telling:
            heeds |= unheard[f >> 6]
        reached[kept] = f
        spot[kept] = spot[i]
        kept += int(((heeds >> (np.uint64(f) & _63)) | films) & _1)
    keeps = keeps_row(c, topic)
    for i in range(kept):
        prefetch(c.reader, 4 * int(reached[i]))
        if keeps:
            prefetch_rank(c, topic, int(reached[i]))
    return kept


@njit
def _try_reached(g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, ph: Phone, j: int, m: int, most: float) -> None:
    """Try the `m` accounts that were reached at chance `most`: each sees post `j` now, or at a time of its own."""
    author = int(c.post_author[j])
    topic = int(c.post_topic[j])
    nth = post_key(c, j)
    if c.sight_law >= 0:
        fill_seconds(key.seeing, author, nth, c.spot, m, c.drawn)
        take_delays(g.laws, g.knots, c.sight_law, c.drawn, m, c.waits)
        for i in range(m):
            # 28 bits hold any position in a list of followers, the other 35 the post
            later(cal, g, float(c.waits[i]), SIGHT, int(c.reached[i]), (j << 28) | (int(c.spot[i]) - SECOND))
        return
    reached = c.reached
    drawn = c.drawn
    reader = c.reader
    awake_now = c.awake_now
    if not c.flat[topic]:  # asked for before the draws: a tenth of the time of cascades
        for i in range(m):
            prefetch_row(c, topic, int(reached[i]))
    fill_listed(key.seeing, author, nth, c.spot, m, drawn)
    scale = c.seeing
    ties = c.tie.size > 0
    traffic = (c.background + c.rate[0]) * c.per_half_load
    kept = 0
    for i in range(m):  # no branch, so that the reads of memory overlap
        f = reached[i]
        p = scale * awake_now[reader[f, ZONE]]
        if ties:
            p *= tie_of(c, author, int(c.spot[i]) - SECOND)
        x = drawn[i] * most * (1.0 + reader[f, FOLLOWS] * traffic)
        reached[kept] = f
        drawn[kept] = x / p
        kept += int(x < p)
    if kept == 0:
        return
    if c.shown_once:
        prefetch_shown(c, j, kept)
    base = post_hazard(key, c, j)
    faded = fade(c, topic, g.now[0])
    c.size[3] += kept
    for i in range(kept):
        _seen(g, key, cal, log, c, ph, int(reached[i]), j, drawn[i], base, faded)


@inlined
def _seen(
    g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, ph: Phone, f: int, j: int, u: float, base: float, faded: float
) -> None:
    """Account `f` sees post `j`: its person learns of the event, and a candidate may respond."""
    if c.shown_once and is_shown_again(c, f, j):
        return
    inform(g, cal, c, ph, f, 1)
    if tells(c, j):
        note(g, cal, c, f)
    if c.post_films[j] != 0:
        watch(g, log, c, f, j)
        if c.post_films[j] < 0:
            warn_reader(g, cal, c, f, j)
    if bit(c.candidate[int(c.post_topic[j])], f):
        process_sighting(g, key, cal, log, c, f, j, u, base, faded)


@njit
def inform(g: Shared, cal: Calendar, c: Cascade, ph: Phone, f: int, how: int) -> None:
    """The person behind account `f`, if there is one, knows of the event: by television (`how` 0), or by a post (1)."""
    if c.unaware.size > 0 and take_bit(c.unaware, f):
        tell(g, cal, ph, c.person[f], how)


@njit
def warn_reader(g: Shared, cal: Calendar, c: Cascade, f: int, j: int) -> None:
    """The person behind account `f`, if there is one, receives the message that post `j` carries."""
    if c.person[f] < 0:
        return
    for m in range(c.warning_post.size):
        if c.warning_post[m] == c.post_root[j]:
            push(cal, g.now[0], HEAR, c.person[f], 4 * m + BY_POST)


@njit
def tie_of(c: Cascade, author: int, position: int) -> float:
    """Chance that a post of `author` passes along the tie at a position of its list: 1 for followers gained."""
    if c.tie.size == 0 or position >= c.gained_first:
        return 1.0
    return float(c.tie[c.offsets[author] + position])


@njit
def sight(g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, ph: Phone, f: int, nth: int) -> None:
    """Account `f` comes to post `j` in its feed, some time after it was posted, unless the post is gone."""
    j = nth >> 28
    if is_gone(c, j):
        return
    topic = int(c.post_topic[j])
    follow_clocks(g, c)
    most = reach_bound(c, topic)
    parts = in_steps(most)
    v = uniform(
        key.seeing, int(c.post_author[j]), post_key(c, j), SECOND | (nth & 0xFFFFFFF)
    )  # fmt: skip
    x = v * (most if parts < SPARSE else parts / float(STEPS)) * load(c, f)
    p = awake(c, f) * tie_of(c, int(c.post_author[j]), nth & 0xFFFFFFF)
    if x < p:
        c.size[3] += 1
        _seen(g, key, cal, log, c, ph, f, j, x / p, post_hazard(key, c, j), fade(c, topic, g.now[0]))


@njit
def load(c: Cascade, f: int) -> float:
    """One more than the load of an account's feed in half-loads: what its attention is divided by."""
    return 1.0 + c.reader[f, FOLLOWS] * ((c.background + c.rate[0]) * c.per_half_load)


@njit
def awake(c: Cascade, f: int) -> float:
    """Chance that account `f`, were its feed empty, sees a post now; `follow_clocks` has been called."""
    return c.seeing * c.awake_now[c.reader[f, ZONE]]
