"""Who sees a post, and whether one that sees it responds: the inner loop of the cascades.

Nobody sees a post (of a topic that decides at each sight: nobody answers it) with a higher chance than a bound; so the
readers are reached by Bernoulli trials at that bound, 64 at a time, or by geometric gaps where the bound is small, and each
is kept with its own chance over the bound. Of those reached, only candidates and the unaware cost more than a bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from msgu.kernels.base.draw import exp, fill_uniforms, philox, power, uniform, uniform2
from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.laws import delay
from msgu.kernels.base.local_time import clock_row
from msgu.kernels.base.log import later, row_of, write
from msgu.kernels.jit import lowest_bit, njit, prefetch
from msgu.kernels.phone.calls import tell
from msgu.kernels.social.video import watch
from msgu.kernels.state import (
    BELIEVES,
    CORRECTED,
    CORRECTION,
    DOUBTS,
    FOLLOWS,
    LOG_BELIEF,
    READINESS,
    RESPONDED,
    RESPONSE,
    SEEN,
    SIGHT,
    UNAWARE,
    WRITTEN,
    ZONE,
)

_1 = np.uint64(1)
_63 = np.uint64(63)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
STEPS = 64
"""Bernoulli trials in words have a chance of so many parts."""
SPARSE = 4
"""Below so many parts the readers are reached by gaps."""
MOST_SEEN = (1 << 16) - 1
"""Sights beyond so many since the last response are met like the last of these."""
SLACK = 1e-6
"""Shares at the feed are looked up again so long before an hour ends [s], so that rounding moves no end of an hour."""
SECOND = 1 << 31
"""Sub-keys from here on belong to one reader, below to the way along the list."""


@njit
def bit(words: Any, i: int) -> bool:
    """Bit `i` of a bitmap of 64-bit words."""
    return (words[i >> 6] >> (np.uint64(i) & _63)) & _1 != np.uint64(0)


@njit
def set_bit(words: Any, i: int, on: bool) -> None:
    """Set or clear bit `i`."""
    mask = _1 << (np.uint64(i) & _63)
    if on:
        words[i >> 6] |= mask
    else:
        words[i >> 6] &= ~mask


# ---- thresholds and candidates ----


@njit
def threshold(key: Any, account: int, topic: int, nth: int) -> float:
    """Hazard that makes `account` give its `nth` response to `topic`: exponential with mean 1."""
    return -ln(uniform(key.threshold, account, topic, nth))


@njit
def must_hold(c: Any, topic: int) -> bool:
    """Whether accounts keep a state of the topic beyond their own responses: a belief, or the post seen last."""
    return c.claim[topic, 0] > 0.0 or c.pulsed[topic] >= 0


@njit
def would_join(c: Any, account: int, topic: int) -> bool:
    """Whether the account would join a pulse of the topic, so that the post it saw last matters."""
    row = int(c.pulsed[topic])
    return row >= 0 and bit(c.joins[row], account)


@njit
def is_candidate(c: Any, account: int, topic: int, faded: float) -> bool:
    """Whether the account joins a pulse, must hold a belief, or may still cross its threshold: once it cannot, it never can."""
    return c.claim[topic, 0] > 0.0 or would_join(c, account, topic) or can_cross(c, account, topic, faded)


@njit
def can_cross(c: Any, account: int, topic: int, faded: float) -> bool:
    """Whether the hazard of all sights to come, each the strongest there is, may reach what is left of the threshold."""
    most = float(c.reader_real[account, READINESS]) * c.strongest[topic, c.reader[account, ZONE]] * faded
    if most <= 0.0 or c.flat[topic]:
        return most > 0.0
    seen = min(int(c.count[topic, account, SEEN]), c.to_come.shape[1] - 1)
    return c.left[topic, account, 0] <= most * c.to_come[topic, seen]


@njit
def prepare(key: Any, c: Any) -> None:
    """Draw the first thresholds, mark the candidates, write out the curves; who decides at each sight has no threshold."""
    for topic in range(c.left.shape[0]):
        for k in range(c.curve_length[topic] + 1, c.curve.shape[1] + 1):
            c.curve[topic, k - 1] = beyond(c, topic, k)
        drawn = not c.flat[topic]
        words = c.candidate[topic]
        for a in range(c.left.shape[1]):
            if drawn:
                c.left[topic, a, 0] = threshold(key, a, topic, 0)
            if is_candidate(c, a, topic, 1.0):
                set_bit(words, a, True)


@njit
def curve(c: Any, topic: int, k: int) -> float:
    """Relative hazard of the k-th seen exposure, k = 1, 2, ..."""
    if k <= c.curve.shape[1]:
        return c.curve[topic, k - 1]
    return beyond(c, topic, k)


@njit
def beyond(c: Any, topic: int, k: int) -> float:
    """Relative hazard of the k-th seen exposure by the tail of the curve."""
    n = c.curve_length[topic]
    if c.curve_tail[topic] == 0.0:
        return c.curve[topic, n - 1]
    return c.curve[topic, n - 1] * power(n / float(k), c.curve_tail[topic])


@njit
def fade(c: Any, topic: int, t: float) -> float:
    """Factor of the hazard at time `t`: 1 until the topic's onset, then falling by half in each half-life."""
    if c.fading[topic] == 0.0 or t <= c.onset[topic]:
        return 1.0
    return exp(-c.fading[topic] * (t - c.onset[topic]))


@njit
def is_gone(c: Any, j: int) -> bool:
    """Whether post `j` has been taken down, with the first post of its cascade; of most topics none ever is."""
    return c.removal_share[int(c.post_topic[j])] > 0.0 and c.post_gone[int(c.post_root[j])] != 0


# ---- who sees a post ----


@njit
def follow_clocks(g: Any, c: Any) -> None:
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


@njit
def reach_bound(c: Any, topic: int) -> float:
    """Chance that no follower's chance exceeds: of seeing, or of answering where that alone matters."""
    most = c.awake_ever if c.sight_law >= 0 else c.awake_most[0]
    return min(1.0, c.seeing_bound * most) * c.answer_bound[topic]


@njit
def in_steps(most: float) -> int:
    """The bound in parts of `STEPS`, rounded up."""
    return int(min(float(STEPS), np.ceil(most * STEPS)))


@njit
def trials(key: Any, author: int, nth: int, chunk: int, parts: int) -> Any:
    """64 Bernoulli trials of chance `parts` / 64 as the bits of a word: the binary digits of the chance, last one first."""
    word = np.uint64(0)
    if parts >= STEPS:
        return _ALL
    i = 0
    spare = np.uint64(0)
    has_spare = False
    digits = parts
    width = 6
    while digits & 1 == 0:
        digits >>= 1
        width -= 1
    while i < width:
        if has_spare:
            drawn = spare
        else:
            drawn, spare = philox(key, np.uint64(author), np.uint64(0), np.uint64(nth), np.uint64(4 * chunk + (i >> 1)))
        has_spare = not has_spare
        word = (word | drawn) if (digits >> i) & 1 else (word & drawn)
        i += 1
    return word


@njit
def expose(g: Any, key: Any, cal: Any, log: Any, c: Any, ph: Any, j: int) -> None:
    """Expose the followers of post `j`'s author, those of before the night and then those it has gained."""
    author = int(c.post_author[j])
    start = int(c.offsets[author])
    _expose(g, key, cal, log, c, ph, j, c.followers, start, int(c.offsets[author + 1]) - start, 0)
    if author < c.gained_size.size and c.gained_size[author] > 0:
        first = int(c.gained_start[author])
        _expose(g, key, cal, log, c, ph, j, c.gained, first, int(c.gained_size[author]), c.gained_first)


@njit
def _expose(
    g: Any, key: Any, cal: Any, log: Any, c: Any, ph: Any, j: int, followers: Any, start: int, n: int, first: int
) -> None:
    """Expose `n` followers from place `start` of a list; their positions in the draws count from `first`."""
    author = int(c.post_author[j])
    topic = int(c.post_topic[j])
    nth = (topic << 20) | int(c.post_nth[j])
    follow_clocks(g, c)
    c.size[2] += n
    most = reach_bound(c, topic)
    if most <= 0.0 or n == 0:
        return
    words = c.candidate[topic]
    reached = c.reached
    spot = c.spot
    films = np.uint64(c.post_films[j] != 0)  # who may not respond may watch
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
        m = _heeding(c, topic, m, films)
        if m > 0:
            _try_reached(g, key, cal, log, c, ph, j, m, parts / float(STEPS))


@njit
def _by_gaps(
    g: Any,
    key: Any,
    cal: Any,
    log: Any,
    c: Any,
    ph: Any,
    j: int,
    followers: Any,
    start: int,
    n: int,
    first: int,
    most: float,
) -> None:
    """Reach readers by geometric gaps of chance `most`."""
    author = int(c.post_author[j])
    topic = int(c.post_topic[j])
    nth = (topic << 20) | int(c.post_nth[j])
    films = np.uint64(c.post_films[j] != 0)
    per_log = 1.0 / ln(1.0 - most)
    i = 0
    k = first
    some = True
    while some:
        m = 0
        while m < 64:
            gap = ln(uniform(key.seeing, author, nth, k)) * per_log
            some = gap < float(n - i)
            if not some:
                break
            i += int(gap)
            c.spot[m] = i
            prefetch(followers, start + i)
            m += 1
            i += 1
            k += 1
        for h in range(m):
            f = int(followers[start + c.spot[h]])
            c.reached[h] = f
            c.spot[h] += SECOND | first
            prefetch(c.candidate[topic], f >> 6)
        m = _heeding(c, topic, m, films)
        if m > 0:
            _try_reached(g, key, cal, log, c, ph, j, m, most)


@njit
def _heeding(c: Any, topic: int, m: int, films: Any) -> int:
    """Keep of `m` accounts reached those that a post of the topic concerns, ask for what they will read, and count them."""
    words = c.candidate[topic]
    unaware = c.unaware
    anybody = unaware.size > 0
    reached = c.reached
    spot = c.spot
    kept = 0
    for i in range(m):  # no branch, so that the reads of memory overlap
        f = int(reached[i])
        heeds = words[f >> 6]
        if anybody:
            heeds |= unaware[f >> 6]
        reached[kept] = f
        spot[kept] = spot[i]
        kept += int(((heeds >> (np.uint64(f) & _63)) | films) & _1)
    of_topic = topic * c.left.shape[1]
    for i in range(kept):
        prefetch(c.reader, 4 * int(reached[i]))
        prefetch(c.left, 2 * (of_topic + int(reached[i])))
    return kept


@njit
def _try_reached(g: Any, key: Any, cal: Any, log: Any, c: Any, ph: Any, j: int, m: int, most: float) -> None:
    """Try the `m` accounts that were reached at chance `most`: each sees post `j` now, or at a time of its own."""
    author = int(c.post_author[j])
    topic = int(c.post_topic[j])
    kind = int(c.post_kind[j])
    nth = (topic << 20) | int(c.post_nth[j])
    if c.sight_law >= 0:
        for i in range(m):
            _, w = uniform2(key.seeing, author, nth, int(c.spot[i]))
            wait = delay(g.laws, g.knots, c.sight_law, w)
            later(cal, g, wait, SIGHT, int(c.reached[i]), (j << 28) | (int(c.spot[i]) - SECOND))
        return
    reached = c.reached
    drawn = c.drawn
    reader = c.reader
    awake_now = c.awake_now
    fill_uniforms(key.seeing, author, nth, c.spot, m, drawn)
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
    base = hazard_of(c, topic, kind)
    faded = fade(c, topic, g.now[0])
    c.size[3] += kept
    for i in range(kept):
        _seen(g, key, cal, log, c, ph, int(reached[i]), j, drawn[i], base, faded)


@njit
def _seen(
    g: Any, key: Any, cal: Any, log: Any, c: Any, ph: Any, f: int, j: int, u: float, base: float, faded: float
) -> None:
    """Account `f` sees post `j`: its person learns of the event, and a candidate may respond."""
    inform(g, cal, c, ph, f)
    if c.post_films[j] != 0:
        watch(g, log, c, f, j)
    if bit(c.candidate[int(c.post_topic[j])], f):
        meet(g, key, cal, log, c, f, j, u, base, faded)


@njit
def inform(g: Any, cal: Any, c: Any, ph: Any, f: int) -> None:
    """The person behind account `f`, if there is one, knows of the event: it has seen a post about it, or written one."""
    if c.unaware.size > 0 and bit(c.unaware, f):
        set_bit(c.unaware, f, False)
        tell(g, cal, ph, c.person[f], 1)


@njit
def tie_of(c: Any, author: int, position: int) -> float:
    """Chance that a post of `author` passes along the tie at a position of its list: 1 for followers gained."""
    if c.tie.size == 0 or position >= c.gained_first:
        return 1.0
    return float(c.tie[c.offsets[author] + position])


@njit
def sight(g: Any, key: Any, cal: Any, log: Any, c: Any, ph: Any, f: int, nth: int) -> None:
    """Account `f` comes to post `j` in its feed, some time after it was posted, unless the post is gone."""
    j = nth >> 28
    if is_gone(c, j):
        return
    topic = int(c.post_topic[j])
    follow_clocks(g, c)
    most = reach_bound(c, topic)
    parts = in_steps(most)
    v = uniform(
        key.seeing, int(c.post_author[j]), (topic << 20) | int(c.post_nth[j]), SECOND | (nth & 0xFFFFFFF)
    )  # fmt: skip
    x = v * (most if parts < SPARSE else parts / float(STEPS)) * load(c, f)
    p = awake(c, f) * tie_of(c, int(c.post_author[j]), nth & 0xFFFFFFF)
    if x < p:
        c.size[3] += 1
        _seen(g, key, cal, log, c, ph, f, j, x / p, hazard_of(c, topic, int(c.post_kind[j])), fade(c, topic, g.now[0]))


@njit
def load(c: Any, f: int) -> float:
    """One more than the load of an account's feed in half-loads: what its attention is divided by."""
    return 1.0 + c.reader[f, FOLLOWS] * ((c.background + c.rate[0]) * c.per_half_load)


@njit
def awake(c: Any, f: int) -> float:
    """Chance that account `f`, were its feed empty, sees a post now; `follow_clocks` has been called."""
    return c.seeing * c.awake_now[c.reader[f, ZONE]]


# ---- what seeing does ----


@njit
def hazard_of(c: Any, topic: int, kind: int) -> float:
    """Hazard of a post of a kind for a reader of readiness 1, before zone, fading and curve."""
    hazard = c.hazard[topic]
    if kind == CORRECTION and c.claim[topic, 0] > 0.0:
        hazard = c.claim[topic, 3]
    return hazard * c.multiplier[topic] * c.kind_factor[topic, kind]


@njit
def meet(g: Any, key: Any, cal: Any, log: Any, c: Any, f: int, j: int, u: float, base: float, faded: float) -> None:
    """A candidate has seen post `j`: beliefs, pulses, and whether it responds.

    `u` : uniform in (0, 1), free of what has been decided, for topics that decide at each sight.
    """
    topic = int(c.post_topic[j])
    if must_hold(c, topic):
        if would_join(c, f, topic):
            c.last[c.pulsed[topic], f] = j
        if c.claim[topic, 0] > 0.0:
            believe(g, key, log, c, f, j)
            if not stands_by(c, f, topic, int(c.post_kind[j])):
                return
        if c.once[topic] and (c.count[topic, f, RESPONDED] > 0 or c.written[topic, f, WRITTEN] > 0):
            return
    readiness = float(c.reader_real[f, READINESS])
    factor = base * c.zone_factor[topic, c.reader[f, ZONE]]
    factor *= faded
    if c.flat[topic]:
        if u < 1.0 - exp(-(readiness * factor * c.curve[topic, 0])):
            _answer(g, key, cal, c, f, j, topic, faded)
        return
    k = c.count[topic, f, SEEN] + 1
    c.count[topic, f, SEEN] = min(k, MOST_SEEN)
    left = c.left[topic, f, 0] - readiness * factor * curve(c, topic, k)
    c.left[topic, f, 0] = left
    if left <= 0.0:
        _answer(g, key, cal, c, f, j, topic, faded)
    elif not is_candidate(c, f, topic, faded):
        set_bit(c.candidate[topic], f, False)


@njit
def _answer(g: Any, key: Any, cal: Any, c: Any, f: int, j: int, topic: int, faded: float) -> None:
    """Account `f` will respond to post `j`; what it counts starts anew, with a hazard that has `faded`."""
    n = int(c.count[topic, f, RESPONDED])
    wait = delay(g.laws, g.knots, c.law[topic], uniform(key.delay, f, topic, n))
    later(cal, g, wait, RESPONSE, f, j)
    c.count[topic, f, RESPONDED] = n + 1
    c.count[topic, f, SEEN] = 0
    if c.once[topic]:
        set_bit(c.candidate[topic], f, must_hold(c, topic))
    elif not c.flat[topic]:
        c.left[topic, f, 0] = threshold(key, f, topic, n + 1)
        set_bit(c.candidate[topic], f, is_candidate(c, f, topic, faded))


@njit
def stands_by(c: Any, f: int, topic: int, kind: int) -> bool:
    """Whether account `f` holds what a post of a kind says of a claim: a correction asks that it know and not believe it."""
    belief = c.belief[topic, f]
    return (belief == DOUBTS or belief == CORRECTED) if kind == CORRECTION else belief == BELIEVES


@njit
def hold(g: Any, log: Any, c: Any, f: int, topic: int, new: int) -> None:
    """Account `f` holds a belief from now on."""
    old = c.belief[topic, f]
    if new == old:
        return
    c.belief[topic, f] = new
    i = row_of(g.now[0], g.bin_width, c.belief_change.shape[0])
    c.belief_change[i, topic, old] -= 1
    c.belief_change[i, topic, new] += 1
    write(log, g.now[0], LOG_BELIEF, f, topic, old, new)


@njit
def believe(g: Any, key: Any, log: Any, c: Any, f: int, j: int) -> None:
    """Change of belief of account `f` when it sees post `j` of a claim."""
    topic = int(c.post_topic[j])
    old = c.belief[topic, f]
    new = old
    if c.post_kind[j] == CORRECTION:
        if old == UNAWARE:
            new = DOUBTS
        elif old == BELIEVES:
            who = (int(c.post_author[j]) << 32) | f
            u = uniform(key.belief, who, (topic << 20) | int(c.post_nth[j]), 1)
            if u < c.claim[topic, 2]:
                new = CORRECTED
    elif old == UNAWARE:
        u = uniform(key.belief, f, topic, 0)
        new = BELIEVES if u < c.claim[topic, 1] else DOUBTS
    hold(g, log, c, f, topic, new)
