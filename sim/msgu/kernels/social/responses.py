"""Whether one that has seen a post responds: candidates, thresholds, exposure curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.batch import BATCH, fill_uniforms, take_logs
from msgu.kernels.base.bitmap import bit, set_bit
from msgu.kernels.base.draw import exp, power, uniform
from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import later
from msgu.kernels.jit.compile import inlined, njit, ones
from msgu.kernels.social.beliefs import believe, is_tired, stands_by
from msgu.kernels.social.identity import post_key
from msgu.kernels.social.rows import row_of, times_written
from msgu.kernels.state import CORRECTION, DATED_POST, RANK, READINESS, RESPONDED, RESPONSE, SEEN, WORD, ZONE

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import U64
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade

_1 = np.uint64(1)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
ROUNDED = 1e-15
"""More than 1 - exp(-h) is off by rounding, and so are its first two terms where they are above 0."""
NO_ROW = -2
"""Row of an account whose sights need none."""
MOST_SEEN = (1 << 16) - 1
"""Sights beyond so many since the last response are met like the last of these."""


@njit
def threshold(key: Keys, account: int, topic: int, nth: int) -> float:
    """Hazard that makes `account` give its `nth` response to `topic`: exponential with mean 1."""
    return -ln(uniform(key.threshold, account, topic, nth))


@inlined
def must_hold(c: Cascade, topic: int) -> bool:
    """Whether accounts keep a state of the topic beyond their own responses: a belief, or the post seen last."""
    return c.claim[topic, 0] > 0.0 or c.pulsed[topic] >= 0


@inlined
def keeps_row(c: Cascade, topic: int) -> bool:
    """Whether a sight of the topic needs the row of an account: not where each decides by itself and the first answer is all."""
    return must_hold(c, topic) or not (c.flat[topic] and c.once[topic])


@njit
def would_join(c: Cascade, account: int, topic: int) -> bool:
    """Whether the account would join a pulse of the topic, so that the post it saw last matters."""
    row = int(c.pulsed[topic])
    return row >= 0 and bit(c.joins[row], account)


@njit
def is_candidate(c: Cascade, account: int, topic: int, left: float, seen: int, faded: float) -> bool:
    """Whether the account joins a pulse, must hold a belief, or may still cross its threshold: once it cannot, it never can."""
    return c.claim[topic, 0] > 0.0 or would_join(c, account, topic) or can_cross(c, account, topic, left, seen, faded)


@njit
def can_cross(c: Cascade, account: int, topic: int, left: float, seen: int, faded: float) -> bool:
    """Whether the hazard of all sights to come, each the strongest there is, may reach what is `left` of the threshold."""
    most = float(c.reader_real[account, READINESS]) * c.strongest[topic, c.reader[account, ZONE]] * faded
    if most <= 0.0 or c.flat[topic]:
        return most > 0.0
    return left <= most * c.to_come[topic, min(seen, c.to_come.shape[1] - 1)]


@njit
def prepare(key: Keys, c: Cascade, topics: int) -> int:
    """Write out the curves, and mark the candidates and those who may respond, who get a row of `Cascade.left`; return the rows.

    A first threshold is drawn again at the first sight: kept for all they were a quarter of the memory of a whole night.
    """
    n, rows = c.reader.shape[0], 0
    for topic in range(topics):
        for k in range(c.curve_length[topic] + 1, c.curve.shape[1] + 1):
            c.curve[topic, k - 1] = beyond(c, topic, k)
        row = int(c.pulsed[topic])
        for word in range(c.candidate.shape[1]):
            may = _may_respond(key, c, topic, word * BATCH, min(BATCH, n - word * BATCH))
            c.ranks[topic, word, WORD] = may
            c.ranks[topic, word, RANK] = np.uint64(rows)
            rows += int(np.int64(ones(may)))
            if row >= 0:
                may |= c.joins[row, word]
            c.candidate[topic, word] = may
        if c.claim[topic, 0] > 0.0:
            _mark_all(c.candidate[topic], n)
    return rows


@njit
def _may_respond(key: Keys, c: Cascade, topic: int, first: int, n: int) -> np.uint64:
    """Bit for each of `n` accounts from `first` on: whether it may ever cross its threshold."""
    logs = c.drawn
    flat = bool(c.flat[topic])
    if not flat:
        fill_uniforms(key.threshold, first, n, topic, 0, logs)
        take_logs(logs, n)
    strongest, to_come = c.strongest[topic], c.to_come[topic, 0]
    reader, readiness = c.reader, c.reader_real
    may = np.uint64(0)
    for i in range(n):  # `can_cross` without its branches, at the first sight: a third of the time
        most = float(readiness[first + i, READINESS]) * strongest[reader[first + i, ZONE]]
        bound = most * to_come if most > 0.0 else 0.0  # what is to come may be without end
        may |= np.uint64((most > 0.0) & (flat | (-logs[i] <= bound))) << np.uint64(i)
    return may


@njit
def _mark_all(words: U64, n: int) -> None:
    """Mark the `n` accounts of a bitmap."""
    for i in range(words.size):
        words[i] = _ALL
    if n & 63 != 0:
        words[n >> 6] = (_1 << np.uint64(n & 63)) - _1


@njit
def curve(c: Cascade, topic: int, k: int) -> float:
    """Relative hazard of the k-th seen exposure, k = 1, 2, ..."""
    if k <= c.curve.shape[1]:
        return c.curve[topic, k - 1]
    return beyond(c, topic, k)


@njit
def beyond(c: Cascade, topic: int, k: int) -> float:
    """Relative hazard of the k-th seen exposure by the tail of the curve."""
    n = c.curve_length[topic]
    if c.curve_tail[topic] == 0.0:
        return c.curve[topic, n - 1]
    return c.curve[topic, n - 1] * power(n / float(k), c.curve_tail[topic])


@inlined
def fade(c: Cascade, topic: int, t: float) -> float:
    """Factor of the hazard at time `t`: 1 until the topic's onset, then falling by half in each half-life."""
    if c.fading[topic] == 0.0 or t <= c.onset[topic]:
        return 1.0
    return exp(-c.fading[topic] * (t - c.onset[topic]))


@inlined
def hazard_of(c: Cascade, topic: int, kind: int) -> float:
    """Hazard of a post of a kind for a reader of readiness 1, before zone, fading and curve."""
    hazard = c.hazard[topic]
    if kind == CORRECTION and c.claim[topic, 0] > 0.0:
        hazard = c.claim[topic, 3]
    return hazard * c.multiplier[topic] * c.kind_factor[topic, kind]


@inlined
def post_hazard(key: Keys, c: Cascade, j: int) -> float:
    """Hazard of post `j` for a reader of readiness 1, before zone, fading and curve."""
    hazard = hazard_of(c, int(c.post_topic[j]), int(c.post_kind[j]))
    root = int(c.post_root[j])
    if root != j:
        hazard *= c.retweet_factor
    if c.appeal_power > 0.0 and c.post_origin[root] != DATED_POST:
        hazard *= power(uniform(key.appeal, int(c.post_author[root]), post_key(c, root), 0), c.appeal_power)
    return hazard


@inlined
def is_answered(u: float, hazard: float) -> bool:
    """Whether u < 1 - exp(-hazard): two terms of the exponential decide nearly always, by more than it is rounded."""
    if u < hazard - 0.5 * hazard * hazard - ROUNDED:
        return True
    return u <= hazard + ROUNDED and u < 1.0 - exp(-hazard)


@inlined
def process_sighting(
    g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, f: int, j: int, u: float, base: float, faded: float
) -> None:
    """A candidate has seen post `j`: beliefs, pulses, and whether it responds.

    `u` : uniform in (0, 1), free of what has been decided, for topics that decide at each sight.
    """
    topic = int(c.post_topic[j])
    row = row_of(c, topic, f) if keeps_row(c, topic) else NO_ROW
    if must_hold(c, topic) and not _stands_by_it(g, key, cal, log, c, f, j, row):
        return
    if row == -1:
        return
    readiness = float(c.reader_real[f, READINESS])
    factor = base * c.zone_factor[topic, c.reader[f, ZONE]]
    factor *= faded
    if c.flat[topic]:
        if is_answered(u, readiness * factor * c.curve[topic, 0]):
            _answer(g, key, cal, c, f, j, topic, row, faded)
        return
    k = int(c.tallies[row, SEEN]) + 1
    first = k == 1 and c.tallies[row, RESPONDED] == 0
    c.tallies[row, SEEN] = min(k, MOST_SEEN)
    left = threshold(key, f, topic, 0) if first else c.left[row, 0]
    left -= readiness * factor * curve(c, topic, k)
    c.left[row, 0] = left
    if left <= 0.0:
        _answer(g, key, cal, c, f, j, topic, row, faded)
    elif not is_candidate(c, f, topic, left, int(c.tallies[row, SEEN]), faded):
        set_bit(c.candidate[topic], f, False)


@njit
def _stands_by_it(g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, f: int, j: int, row: int) -> bool:
    """Note what account `f` holds of post `j`, and return whether it would pass that on."""
    topic = int(c.post_topic[j])
    if would_join(c, f, topic):
        c.last[c.pulsed[topic], f] = j
    if c.claim[topic, 0] > 0.0:
        believe(g, key, cal, log, c, f, j)
        if not stands_by(c, f, topic, int(c.post_kind[j])) or is_tired(c, f, topic):
            return False
    if not c.once[topic]:
        return True
    return times_written(c, topic, f) == 0 and (row < 0 or c.tallies[row, RESPONDED] == 0)


@inlined
def _answer(g: Shared, key: Keys, cal: Calendar, c: Cascade, f: int, j: int, topic: int, row: int, faded: float) -> None:
    """Account `f` will respond to post `j`; what it counts in its row starts anew, with a hazard that has `faded`."""
    n = int(c.tallies[row, RESPONDED]) if row >= 0 else 0
    wait = delay(g.laws, g.knots, c.law[topic], uniform(key.delay, f, topic, n))
    later(cal, g, wait, RESPONSE, f, j)
    if row >= 0:
        c.tallies[row, RESPONDED] = n + 1
        c.tallies[row, SEEN] = 0
    if c.once[topic]:
        set_bit(c.candidate[topic], f, must_hold(c, topic))
    elif not c.flat[topic]:
        left = threshold(key, f, topic, n + 1)
        c.left[row, 0] = left
        set_bit(c.candidate[topic], f, is_candidate(c, f, topic, left, 0, faded))
