"""Posts, exposures, thresholds, beliefs, pulses and trends."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.kernels._jit import njit
from sim.kernels.calendar import push
from sim.kernels.draw import exp, power, second, uniform, uniform2
from sim.kernels.draw import log as ln
from sim.kernels.laws import delay, rise_decay
from sim.kernels.phone import tell
from sim.kernels.record import later, pick, row_of, write
from sim.kernels.state import (
    BELIEVES,
    CORRECTED,
    CORRECTION,
    DIAL_CREDULITY,
    DIAL_SEEING,
    DOUBTS,
    FLAG_LISTEN,
    FLAG_NTH,
    FLAG_VOLUNTEERS,
    FLAG_WHO,
    LOG_BELIEF,
    LOG_POST,
    LOG_WITHHELD,
    LOOK,
    OFFER,
    PULSED,
    RESPONSE,
    UNAWARE,
)

SPONTANEOUS_POST, RESPONDED, PULSE_POST, DATED_POST = range(4)
"""Origins of a post: a driver or a worried person, a response, a synchronised pulse, a named account."""

_1 = np.uint64(1)
_63 = np.uint64(63)


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


@njit
def threshold(key: Any, account: int, topic: int, nth: int) -> float:
    """Hazard that makes `account` give its `nth` response to `topic`: exponential with mean 1."""
    return -ln(uniform(key.threshold, account, topic, nth))


@njit
def is_candidate(c: Any, account: int, topic: int) -> bool:
    """Whether the account may still cross its threshold, joins a pulse, or must hold a belief."""
    if c.claim[topic, 0] > 0.0 or (c.joins.shape[0] > 0 and bit(c.joins[topic], account)):
        return True
    return c.left[topic, account] <= c.susceptibility[account] * c.bound[topic]


@njit
def curve(c: Any, topic: int, k: int) -> float:
    """Relative hazard of the k-th seen exposure, k = 1, 2, ..."""
    n = c.curve_length[topic]
    if k <= n:
        return c.curve[topic, k - 1]
    return c.curve[topic, n - 1] * power(n / float(k), c.curve_tail[topic])


@njit
def prepare(key: Any, c: Any) -> None:
    """Draw the first thresholds and mark the candidates."""
    for topic in range(c.left.shape[0]):
        for a in range(c.left.shape[1]):
            c.left[topic, a] = threshold(key, a, topic, 0)
            if is_candidate(c, a, topic):
                set_bit(c.candidate[topic], a, True)


@njit
def fade(c: Any, topic: int, t: float) -> float:
    """Factor of the hazard at time `t`: 1 until the topic's onset, then falling by half in each half-life."""
    if c.fading[topic] == 0.0 or t <= c.onset[topic]:
        return 1.0
    return exp(-c.fading[topic] * (t - c.onset[topic]))


@njit
def publish(
    g: Any,
    key: Any,
    cal: Any,
    log: Any,
    c: Any,
    ph: Any,
    pe: Any,
    author: int,
    topic: int,
    kind: int,
    parent: int,
    origin: int,
) -> None:
    """Write a post and expose the author's followers to it.

    `kind` -1 lets the key decide: a response is a retweet or an original, an original has a kind of its topic.
    """
    t = g.now[0]
    j = c.size[0]
    c.size[0] = j + 1
    nth = int(c.written[topic, author])
    c.written[topic, author] = nth + 1
    root = j
    variant = 0
    u = uniform(key.origin, author, (topic << 20) | nth, 0)
    if parent >= 0 and u >= c.original[topic]:
        root = int(c.post_root[parent])
        kind = int(c.post_kind[parent])
        variant = int(c.post_variant[parent])
    else:
        w, x = uniform2(key.origin, author, (topic << 20) | nth, 1)
        variant = pick(c.variants[topic], w)
        if kind < 0:
            kind = pick(c.kinds[topic], x)
            if parent >= 0 and c.claim[topic, 0] > 0.0:
                kind = int(c.post_kind[parent])
    c.post_time[j] = t
    c.post_author[j] = author
    c.post_nth[j] = nth
    c.post_topic[j] = topic
    c.post_kind[j] = kind
    c.post_variant[j] = variant
    c.post_parent[j] = parent
    c.post_root[j] = root
    c.post_origin[j] = origin
    c.post_offer[j] = -1
    c.last_post[topic] = j
    if topic == c.shelter_topic:
        _carry(g, c, pe, j, kind, root)
    write(log, t, LOG_POST, author, nth, (topic << 16) | (kind << 8) | variant, parent)
    expose(g, key, cal, log, c, ph, j)


@njit
def _carry(g: Any, c: Any, pe: Any, j: int, kind: int, root: int) -> None:
    """Enter a post in the stream that seekers read; an original offer opens its hosts' doors."""
    c.stream[c.stream_size[0]] = j
    c.stream_size[0] += 1
    if kind == OFFER and root == j:
        offer = c.size[1]
        c.size[1] = offer + 1
        c.post_offer[j] = offer
        pe.offer_post[offer] = j
        if g.flag[FLAG_VOLUNTEERS] != 0:
            g.flag[FLAG_LISTEN] = 1
            g.flag[FLAG_WHO] = offer
            g.flag[FLAG_NTH] = 0


@njit
def expose(g: Any, key: Any, cal: Any, log: Any, c: Any, ph: Any, j: int) -> None:
    """Expose the followers of post `j`'s author: only candidates and the unaware need a look.

    Nobody sees a post with a higher chance than `most`; so the followers who may see it are reached by geometric gaps,
    and each is kept with its own chance over `most`.
    """
    author = int(c.post_author[j])
    topic = int(c.post_topic[j])
    nth = (topic << 20) | int(c.post_nth[j])
    words = c.candidate[topic]
    unaware = c.unaware
    hour = _hour(g)
    i = c.offsets[author]
    stop = c.offsets[author + 1]
    c.size[2] += stop - i
    most = min(1.0, c.seeing_bound * c.awake_most[hour % 24])
    if most <= 0.0:
        return
    per_log = 0.0 if most >= 1.0 else 1.0 / ln(1.0 - most)
    k = 0
    while i < stop:
        v = 0.0
        if most < 1.0:
            u, v = uniform2(key.seeing, author, nth, k)
            gap = ln(u) * per_log
            if gap >= float(stop - i):
                break
            i += int(gap)
        f = int(c.followers[i])
        if ((words[f >> 6] | unaware[f >> 6]) >> (np.uint64(f) & _63)) & _1:
            p = chance(g, c, f, hour)
            if most >= 1.0 and p < 1.0:
                v = second(key.seeing, author, nth, k)
            if v * most < p:
                c.size[3] += 1
                _notice(g, cal, c, ph, f)
                if bit(words, f):
                    _meet(g, key, cal, log, c, f, j)
        i += 1
        k += 1


@njit
def _hour(g: Any) -> int:
    """Local hour at the scenario's place, not reduced to a day."""
    return int(np.floor((g.now[0] + g.local) / 3600.0))


@njit
def chance(g: Any, c: Any, f: int, hour: int) -> float:
    """Chance that account `f` sees a post now: attention falls with the load of its feed and with sleep."""
    z = c.zone[f]
    load = c.follows[f] * (c.background + c.rate[0])
    return c.seeing * g.dial[DIAL_SEEING] * c.awake[z, (hour + c.offset[z]) % 24] / (1.0 + load / c.half_load)


@njit
def _notice(g: Any, cal: Any, c: Any, ph: Any, f: int) -> None:
    """Seeing any simulated post tells an unaware account's person of the event."""
    if bit(c.unaware, f):
        set_bit(c.unaware, f, False)
        tell(g, cal, ph, c.person[f], 1)


@njit
def _meet(g: Any, key: Any, cal: Any, log: Any, c: Any, f: int, j: int) -> None:
    """A candidate has seen post `j`: beliefs, pulses and the threshold."""
    topic = int(c.post_topic[j])
    kind = int(c.post_kind[j])
    hazard = c.hazard[topic]
    if c.joins.shape[0] > 0:
        c.last[topic, f] = j
    if c.claim[topic, 0] > 0.0:
        believe(g, key, log, c, f, j)
        state = c.belief[topic, f]
        if kind == CORRECTION:
            hazard = c.claim[topic, 3]
            if state != CORRECTED:
                return
        elif state != BELIEVES:
            return
    if c.once[topic] and (c.responses[topic, f] > 0 or c.written[topic, f] > 0):
        return
    factor = hazard * c.multiplier[topic] * c.kind_factor[topic, kind] * c.zone_factor[topic, c.zone[f]]
    factor *= fade(c, topic, g.now[0])
    k = c.seen[topic, f] + 1
    c.seen[topic, f] = k
    left = c.left[topic, f] - c.susceptibility[f] * factor * curve(c, topic, k)
    if left > 0.0:
        c.left[topic, f] = left
        return
    n = c.responses[topic, f]
    wait = delay(g.laws, g.knots, c.law[topic], uniform(key.delay, f, topic, n))
    later(cal, g, wait, RESPONSE, f, j)
    c.responses[topic, f] = n + 1
    c.seen[topic, f] = 0
    c.left[topic, f] = threshold(key, f, topic, n + 1)
    set_bit(c.candidate[topic], f, is_candidate(c, f, topic))


@njit
def believe(g: Any, key: Any, log: Any, c: Any, f: int, j: int) -> None:
    """Change of belief of account `f` when it sees post `j` of a claim."""
    topic = int(c.post_topic[j])
    old = c.belief[topic, f]
    new = old
    if c.post_kind[j] == CORRECTION:
        if old == UNAWARE or old == DOUBTS:
            new = CORRECTED
        elif old == BELIEVES:
            who = (int(c.post_author[j]) << 32) | f
            u = uniform(key.belief, who, (topic << 20) | int(c.post_nth[j]), 1)
            if u < c.claim[topic, 2]:
                new = CORRECTED
    elif old == UNAWARE:
        u = uniform(key.belief, f, topic, 0)
        new = BELIEVES if u < c.claim[topic, 1] * g.dial[DIAL_CREDULITY] else DOUBTS
    if new == old:
        return
    c.belief[topic, f] = new
    i = row_of(g.now[0], g.bin_width, c.belief_change.shape[0])
    c.belief_change[i, topic, old] -= 1
    c.belief_change[i, topic, new] += 1
    write(log, g.now[0], LOG_BELIEF, f, topic, old, new)


@njit
def respond(g: Any, key: Any, cal: Any, log: Any, c: Any, ph: Any, pe: Any, f: int, j: int) -> None:
    """The delay is over: account `f` responds to post `j`, unless it no longer believes what it would pass on."""
    topic = int(c.post_topic[j])
    if c.claim[topic, 0] > 0.0:
        wanted = CORRECTED if c.post_kind[j] == CORRECTION else BELIEVES
        if c.belief[topic, f] != wanted:
            write(log, g.now[0], LOG_WITHHELD, f, topic, j, 0)
            return
    publish(g, key, cal, log, c, ph, pe, f, topic, -1, j, RESPONDED)


@njit
def pulse(g: Any, key: Any, cal: Any, c: Any, number: int, share: float) -> None:
    """Accounts that join and saw a post that is still live share it within seconds."""
    topic = c.pulse_topic[number]
    t = g.now[0]
    for f in range(c.left.shape[1]):
        if not bit(c.joins[topic], f):
            continue
        j = c.last[topic, f]
        if j < 0 or t - c.post_time[j] > c.pulse_live[number]:
            continue
        if uniform(key.pulse, f, number, 0) < share:
            u, v = uniform2(key.pulse, f, number, 1)
            later(
                cal,
                g,
                rise_decay(c.pulse_rise[number], c.pulse_decay[number], u, v),
                PULSED,
                f,
                j,
            )


@njit
def start_trend(g: Any, key: Any, cal: Any, c: Any, topic: int) -> None:
    """A topic starts to trend: candidates of the region will look at the trends."""
    episode = c.trending[topic]
    for f in range(c.left.shape[1]):
        if c.in_region[c.zone[f]] and bit(c.candidate[topic], f):
            _look_later(g, key, cal, c, f, ((topic << 20) | episode) << 20)


@njit
def _look_later(g: Any, key: Any, cal: Any, c: Any, f: int, nth: int) -> None:
    """Schedule the look `nth` of account `f`: at the rate of looks times the most that seeing and sleep allow.

    The rate is constant within each local hour; looks that nobody could attend are never scheduled.
    """
    need = -ln(uniform(key.trend, f, nth >> 20, nth & 0xFFFFF))
    z = c.zone[f]
    t = g.now[0]
    hour = _hour(g)
    empty = 0
    while empty < 24:
        rate = c.seeing_bound * c.awake[z, (hour + c.offset[z]) % 24] / c.look_every
        end = (hour + 1) * 3600.0 - g.local
        room = rate * max(0.0, end - t)
        if need < room:
            push(cal, t + need / rate, LOOK, f, nth)
            return
        need -= room
        t = end
        hour += 1
        empty = empty + 1 if rate == 0.0 else 0


@njit
def look(g: Any, key: Any, cal: Any, log: Any, c: Any, f: int, nth: int) -> None:
    """An account looks at the trends and may meet the newest post of the topic; looks go on while it trends."""
    n = nth & 0xFFFFF
    episode = (nth >> 20) & 0xFFFFF
    topic = nth >> 40
    if c.trending[topic] != episode or n >= 0xFFFFF:
        return
    j = c.last_post[topic]
    if bit(c.candidate[topic], f) and c.post_author[j] != f:
        hour = _hour(g)
        z = c.zone[f]
        most = c.seeing_bound * c.awake[z, (hour + c.offset[z]) % 24]
        if second(key.trend, f, nth >> 20, n) * most < chance(g, c, f, hour):
            _meet(g, key, cal, log, c, f, j)
    _look_later(g, key, cal, c, f, nth + 1)


@njit
def recent(c: Any, t: float) -> None:
    """Bring `recent` up to date: posts of the trend region by topic since time `t`, which never goes back."""
    while c.slide[1] < c.size[0]:
        j = c.slide[1]
        c.post_inside[j] = c.in_region[c.zone[c.post_author[j]]]
        c.recent[c.post_topic[j]] += c.post_inside[j]
        c.slide[1] = j + 1
    while c.slide[0] < c.slide[1] and c.post_time[c.slide[0]] < t:
        c.recent[c.post_topic[c.slide[0]]] -= c.post_inside[c.slide[0]]
        c.slide[0] += 1


@njit
def spontaneous(
    key: Any,
    driver: int,
    mean: Any,
    at: float,
    rise: float,
    decay: float,
    until: float,
    out: Any,
) -> int:
    """Spontaneous posts of every account for one driver: fill `out` columns (time, who, nth), return how many.

    `mean` : shape (n_accounts,). Expected posts of each account. With `until` > `at` the times are uniform between
    the two, else `at` plus a rise and decay. With too little room in `out` the count alone is right.
    """
    count = 0
    for a in range(mean.size):
        if mean[a] <= 0.0:
            continue
        total = 0.0
        i = 0
        while True:
            total -= ln(uniform(key, a, driver, 2 * i))
            if total >= mean[a]:
                break
            if count < out.shape[1]:
                u, v = uniform2(key, a, driver, 2 * i + 1)
                t = at + (until - at) * u if until > at else at + rise_decay(rise, decay, u, v)
                out[0, count] = t
                out[1, count] = a
                out[2, count] = (driver << 20) | i
            count += 1
            i += 1
    return count


@njit
def choose_joiners(key: Any, words: Any, n: int, number: int, share: float) -> None:
    """Mark in the bitmap `words` the accounts that would join pulse `number`."""
    for f in range(n):
        if uniform(key.pulse, f, number, 0) < share:
            set_bit(words, f, True)


@njit
def mark_unaware(words: Any, person: Any) -> None:
    """Mark in the bitmap `words` the accounts with a person behind them, who do not know yet."""
    for f in range(person.size):
        if person[f] >= 0:
            set_bit(words, f, True)
