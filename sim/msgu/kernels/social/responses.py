"""Whether one that has seen a post responds: candidates, thresholds, exposure curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.bitmap import bit, set_bit
from msgu.kernels.base.draw import exp, power, uniform
from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import later
from msgu.kernels.jit.compile import njit
from msgu.kernels.social.beliefs import believe, stands_by
from msgu.kernels.state import CORRECTION, READINESS, RESPONDED, RESPONSE, SEEN, WRITTEN, ZONE

if TYPE_CHECKING:
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade

MOST_SEEN = (1 << 16) - 1
"""Sights beyond so many since the last response are met like the last of these."""


@njit
def threshold(key: Keys, account: int, topic: int, nth: int) -> float:
    """Hazard that makes `account` give its `nth` response to `topic`: exponential with mean 1."""
    return -ln(uniform(key.threshold, account, topic, nth))


@njit
def must_hold(c: Cascade, topic: int) -> bool:
    """Whether accounts keep a state of the topic beyond their own responses: a belief, or the post seen last."""
    return c.claim[topic, 0] > 0.0 or c.pulsed[topic] >= 0


@njit
def would_join(c: Cascade, account: int, topic: int) -> bool:
    """Whether the account would join a pulse of the topic, so that the post it saw last matters."""
    row = int(c.pulsed[topic])
    return row >= 0 and bit(c.joins[row], account)


@njit
def is_candidate(c: Cascade, account: int, topic: int, faded: float) -> bool:
    """Whether the account joins a pulse, must hold a belief, or may still cross its threshold: once it cannot, it never can."""
    return c.claim[topic, 0] > 0.0 or would_join(c, account, topic) or can_cross(c, account, topic, faded)


@njit
def can_cross(c: Cascade, account: int, topic: int, faded: float) -> bool:
    """Whether the hazard of all sights to come, each the strongest there is, may reach what is left of the threshold."""
    most = float(c.reader_real[account, READINESS]) * c.strongest[topic, c.reader[account, ZONE]] * faded
    if most <= 0.0 or c.flat[topic]:
        return most > 0.0
    seen = min(int(c.tallies[topic, account, SEEN]), c.to_come.shape[1] - 1)
    return c.left[topic, account, 0] <= most * c.to_come[topic, seen]


@njit
def prepare(key: Keys, c: Cascade) -> None:
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


@njit
def fade(c: Cascade, topic: int, t: float) -> float:
    """Factor of the hazard at time `t`: 1 until the topic's onset, then falling by half in each half-life."""
    if c.fading[topic] == 0.0 or t <= c.onset[topic]:
        return 1.0
    return exp(-c.fading[topic] * (t - c.onset[topic]))


@njit
def hazard_of(c: Cascade, topic: int, kind: int) -> float:
    """Hazard of a post of a kind for a reader of readiness 1, before zone, fading and curve."""
    hazard = c.hazard[topic]
    if kind == CORRECTION and c.claim[topic, 0] > 0.0:
        hazard = c.claim[topic, 3]
    return hazard * c.multiplier[topic] * c.kind_factor[topic, kind]


@njit
def process_sighting(
    g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, f: int, j: int, u: float, base: float, faded: float
) -> None:
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
        if c.once[topic] and (c.tallies[topic, f, RESPONDED] > 0 or c.written[topic, f, WRITTEN] > 0):
            return
    readiness = float(c.reader_real[f, READINESS])
    factor = base * c.zone_factor[topic, c.reader[f, ZONE]]
    factor *= faded
    if c.flat[topic]:
        if u < 1.0 - exp(-(readiness * factor * c.curve[topic, 0])):
            _answer(g, key, cal, c, f, j, topic, faded)
        return
    k = c.tallies[topic, f, SEEN] + 1
    c.tallies[topic, f, SEEN] = min(k, MOST_SEEN)
    left = c.left[topic, f, 0] - readiness * factor * curve(c, topic, k)
    c.left[topic, f, 0] = left
    if left <= 0.0:
        _answer(g, key, cal, c, f, j, topic, faded)
    elif not is_candidate(c, f, topic, faded):
        set_bit(c.candidate[topic], f, False)


@njit
def _answer(g: Shared, key: Keys, cal: Calendar, c: Cascade, f: int, j: int, topic: int, faded: float) -> None:
    """Account `f` will respond to post `j`; what it counts starts anew, with a hazard that has `faded`."""
    n = int(c.tallies[topic, f, RESPONDED])
    wait = delay(g.laws, g.knots, c.law[topic], uniform(key.delay, f, topic, n))
    later(cal, g, wait, RESPONSE, f, j)
    c.tallies[topic, f, RESPONDED] = n + 1
    c.tallies[topic, f, SEEN] = 0
    if c.once[topic]:
        set_bit(c.candidate[topic], f, must_hold(c, topic))
    elif not c.flat[topic]:
        c.left[topic, f, 0] = threshold(key, f, topic, n + 1)
        set_bit(c.candidate[topic], f, is_candidate(c, f, topic, faded))
