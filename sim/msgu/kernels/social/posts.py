"""Posts: how they come to be written, shared, timed together and taken down."""

from __future__ import annotations

from typing import Any

import numpy as np

from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay, rise_decay
from msgu.kernels.base.log import later, pick, write
from msgu.kernels.jit import njit
from msgu.kernels.social.exposure import bit, expose, hold, inform, is_gone, must_hold, set_bit, stands_by
from msgu.kernels.social.video import films_of
from msgu.kernels.state import (
    BELIEVES,
    CORRECTED,
    CORRECTION,
    DOUBTS,
    FLAG_LISTEN,
    FLAG_NTH,
    FLAG_VOLUNTEERS,
    FLAG_WHO,
    HAS_POSTED,
    HAS_SHARED,
    LOG_FOLLOW,
    LOG_POST,
    LOG_REMOVED,
    LOG_WITHHELD,
    OFFER,
    OTHER_BELIEF,
    PULSED,
    REMOVAL,
    TAKEN_DOWN,
    UNAWARE,
    WRITTEN,
)

SPONTANEOUS_POST, RESPONDED_POST, PULSE_POST, DATED_POST, AUTOMATIC_POST = range(5)
"""Origins of a post: a driver or a worried person, a response, a synchronised pulse, a named account, an automatic one."""


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
    """Write a post and expose the author's followers to it, unless the author does not believe what it would say.

    `kind` -1 lets the key decide: a response is a retweet or an original, an original has a kind of its topic. One that is
    written elsewhere takes up its number here, so that the next of its author is what it would have been.
    """
    t = g.now[0]
    nth = int(c.written[topic, author, WRITTEN])
    root = -1
    variant = 0
    share = c.original[topic]
    if parent >= 0 and (share <= 0.0 or uniform(key.origin, author, (topic << 20) | nth, 0) >= share):
        root = int(c.post_root[parent])
        kind = int(c.post_kind[parent])
        variant = int(c.post_variant[parent])
    else:
        w, x = uniform2(key.origin, author, (topic << 20) | nth, 1)
        if kind < 0:
            kind = pick(c.kinds[topic], x)
            if parent >= 0 and c.claim[topic, 0] > 0.0:
                kind = int(c.post_kind[parent])
            moved = c.elsewhere[topic, kind]
            if moved > 0.0 and uniform(key.elsewhere, author, (topic << 20) | nth, 0) < moved:
                c.written[topic, author, WRITTEN] = nth + 1
                topic = int(c.elsewhere_topic[topic])
                nth = int(c.written[topic, author, WRITTEN])
                w, x = uniform2(key.origin, author, (topic << 20) | nth, 1)
        variant = pick(c.variants[topic], w)
    if origin != AUTOMATIC_POST:  # nobody wrote that
        if c.claim[topic, 0] > 0.0 and not _commits(g, log, c, author, topic, kind, parent, origin):
            write(log, t, LOG_WITHHELD, author, topic, parent, OTHER_BELIEF)
            return
        inform(g, cal, c, ph, author)
    j = c.size[0]
    c.size[0] = j + 1
    c.written[topic, author, WRITTEN] = nth + 1
    if c.once[topic] and not must_hold(c, topic):
        set_bit(c.candidate[topic], author, False)
    if root >= 0:
        c.shared[slot_of(c.shared, author, root)] = pair_of(author, root)
        c.size[4] += 1
    else:
        root = j
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
    c.post_films[j] = films_of(c, j, parent if root != j else -1)
    c.last_post[topic] = j
    if topic == c.shelter_topic:
        _carry(g, c, pe, j, kind, root)
    write(log, t, LOG_POST, author, nth, (topic << 16) | (kind << 8) | variant, parent)
    if root == j and c.removal_share[topic] > 0.0:
        u, v = uniform2(key.origin, author, (topic << 20) | nth, 2)
        if u < c.removal_share[topic]:
            later(cal, g, delay(g.laws, g.knots, c.removal_law[topic], v), REMOVAL, author, j)
    expose(g, key, cal, log, c, ph, j)


@njit
def _commits(g: Any, log: Any, c: Any, author: int, topic: int, kind: int, parent: int, origin: int) -> bool:
    """Whether an author may say this of a claim; who has heard nothing of it yet holds from now on what it writes.

    The posts of named accounts are facts of the scenario: their authors hold what they say, whatever they held before.
    """
    if stands_by(c, author, topic, kind):
        return True
    old = c.belief[topic, author]
    if origin != DATED_POST and (parent >= 0 or old != UNAWARE):
        return False
    new = BELIEVES
    if kind == CORRECTION:
        new = DOUBTS if old == UNAWARE else CORRECTED
    hold(g, log, c, author, topic, new)
    return True


# ---- who has shared what ----


@njit
def pair_of(f: int, root: int) -> int:
    """Account and original as one number above 0."""
    return ((f << 32) | root) + 1


@njit
def first_slot(shared: Any, f: int, root: int) -> int:
    """Slot of the set where the search for a pair begins."""
    mix = root * 0x5851F42D + f * 0x2545F491  # below 2^63, so that it is the same with the JIT off
    return (mix ^ (mix >> 32)) & (shared.size - 1)


@njit
def slot_of(shared: Any, f: int, root: int) -> int:
    """Slot of the open-addressed set `shared` (a power of two of them, 0: empty) that holds the pair, or where it would go."""
    pair = pair_of(f, root)
    mask = shared.size - 1
    i = first_slot(shared, f, root)
    while shared[i] != 0 and shared[i] != pair:
        i = (i + 1) & mask
    return i


@njit
def spread(shared: Any, wider: Any) -> None:
    """Move every pair to the wider set."""
    for i in range(shared.size):
        if shared[i] != 0:
            pair = shared[i] - 1
            wider[slot_of(wider, pair >> 32, pair & 0xFFFFFFFF)] = shared[i]


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
def respond(g: Any, key: Any, cal: Any, log: Any, c: Any, ph: Any, pe: Any, f: int, j: int, origin: int) -> None:
    """Account `f` shares post `j` or answers it, unless that is gone or its own, or `f` has done so already."""
    topic = int(c.post_topic[j])
    root = int(c.post_root[j])
    why = -1
    if is_gone(c, j):
        why = TAKEN_DOWN
    elif c.once[topic] and c.written[topic, f, WRITTEN] > 0:
        why = HAS_POSTED
    elif c.post_author[root] == f or c.shared[slot_of(c.shared, f, root)] != 0:
        why = HAS_SHARED
    if why >= 0:
        write(log, g.now[0], LOG_WITHHELD, f, topic, j, why)
        return
    publish(g, key, cal, log, c, ph, pe, f, topic, -1, j, origin)


@njit
def pulse(g: Any, key: Any, cal: Any, c: Any, number: int, share: float) -> None:
    """Accounts that join and saw a post that is still live share it within seconds."""
    row = c.pulsed[c.pulse_topic[number]]
    t = g.now[0]
    for f in range(c.reader.shape[0]):
        if not bit(c.joins[row], f):
            continue
        j = c.last[row, f]
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
def remove(g: Any, log: Any, c: Any, author: int, j: int) -> None:
    """Original `j` is taken down, and its retweets with it: who has not seen them will not, who would respond does not."""
    c.post_gone[j] = 1
    write(log, g.now[0], LOG_REMOVED, author, int(c.post_nth[j]), int(c.post_topic[j]), j)


@njit
def follow(g: Any, log: Any, c: Any, f: int, nth: int) -> None:
    """Account `f` begins to follow a named account, unless it does already or that has all the room it was given."""
    account = c.gains_of[nth >> 20]
    if f == account or bit(c.following[account], f):
        return
    set_bit(c.following[account], f, True)
    c.gained[c.gained_start[account] + c.gained_size[account]] = f
    c.gained_time[c.gained_start[account] + c.gained_size[account]] = g.now[0]
    c.gained_size[account] += 1
    write(log, g.now[0], LOG_FOLLOW, f, account, int(c.gained_size[account]), 0)


@njit
def posts_since(c: Any, t: float) -> int:
    """Posts of all accounts since time `t`."""
    n = c.size[0]
    return int(n - np.searchsorted(c.post_time[:n], t))


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
