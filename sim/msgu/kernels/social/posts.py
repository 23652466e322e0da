"""Posts: how they come to be written, shared, timed together and taken down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.batch import BATCH, fill_uniforms
from msgu.kernels.base.bitmap import bit, set_bit
from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay, rise_decay
from msgu.kernels.base.log import later, pick, write
from msgu.kernels.base.packing import NTH_BITS, nth_of
from msgu.kernels.hearing import note, tells
from msgu.kernels.jit.compile import inlined, njit
from msgu.kernels.social.beliefs import STATE_BITS, hears_of, hold, is_tired, role_of, stands_by
from msgu.kernels.social.exposure import expose, follow_clocks, inform, is_gone
from msgu.kernels.social.responses import must_hold
from msgu.kernels.social.rows import times_written, write_once_more
from msgu.kernels.social.shares import pair_of, slot_of
from msgu.kernels.social.video import films_of
from msgu.kernels.state import (
    AUTOMATIC_POST,
    BELIEVES,
    CORRECTED,
    CORRECTION,
    DATED_POST,
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
    LOST_INTEREST,
    OFFER,
    OFFER_WRITTEN,
    OTHER_BELIEF,
    PULSED,
    REMOVAL,
    TAKEN_DOWN,
    TOLD_POST,
    UNAWARE,
    ZONE,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64, I16, I64, U64
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade

OFFICIAL = 0
"""Role of an account whose denial newsrooms heed."""
CARRIES = -(1 << 15)
"""Bit of `Cascade.post_films` of a post that carries a message that asks for action."""
APPEAL = 6
"""A dated post that mentions shelter; it is entered as a dated one."""
NOT_THERE = -1.0
"""Wait of an account that a stimulus does not find."""


@njit
def publish(
    g: Shared,
    key: Keys,
    cal: Calendar,
    log: Log,
    c: Cascade,
    ph: Phone,
    pe: People,
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
    topic, nth, kind, variant, root = _content(key, c, author, topic, kind, parent)
    if origin != AUTOMATIC_POST:  # nobody wrote that
        if c.claim[topic, 0] > 0.0:
            why = _commits(g, key, cal, log, c, author, topic, kind, parent, origin)
            if why >= 0:
                write(log, t, LOG_WITHHELD, author, topic, parent, why)
                return
        inform(g, cal, c, ph, author, 1)
    _count(c, topic, author)
    j = _record(c, t, author, nth, topic, kind, variant, parent, root, origin)
    if origin != AUTOMATIC_POST and tells(c, j):
        note(g, cal, c, author)
    if topic == c.shelter_topic:
        _carry(g, c, pe, j, kind)
    # a topic, 8 bits of kind and 8 of variant: a row of the log has two numbers besides who and nth
    write(log, t, LOG_POST, author, nth, (topic << 16) | (kind << 8) | variant, parent)
    if root < 0 and c.removal_share[topic] > 0.0:
        u, v = uniform2(key.origin, author, nth_of(topic, nth), 2)
        if u < c.removal_share[topic]:
            later(cal, g, delay(g.laws, g.knots, c.removal_law[topic], v), REMOVAL, author, j)
    expose(g, key, cal, log, c, ph, j)


@njit
def _count(c: Cascade, topic: int, author: int) -> None:
    """Count a post of an author on a topic, also one that is then written elsewhere; of some topics nobody writes twice."""
    write_once_more(c, topic, author)
    if c.once[topic] and not must_hold(c, topic):
        set_bit(c.candidate[topic], author, False)


@inlined
def _content(key: Keys, c: Cascade, author: int, topic: int, kind: int, parent: int) -> tuple[int, int, int, int, int]:
    """Topic of what an account writes, its posts on it, kind, variant, and the original that it shares (-1: an original)."""
    nth = times_written(c, topic, author)
    share = c.original[topic]
    if parent >= 0 and (share <= 0.0 or uniform(key.origin, author, nth_of(topic, nth), 0) >= share):
        return topic, nth, int(c.post_kind[parent]), int(c.post_variant[parent]), int(c.post_root[parent])
    w, x = uniform2(key.origin, author, nth_of(topic, nth), 1)
    if kind < 0:
        kind = pick(c.kinds[topic], x)
        if parent >= 0 and c.claim[topic, 0] > 0.0:
            kind = int(c.post_kind[parent])
        moved = c.elsewhere[topic, kind]
        if moved > 0.0 and uniform(key.elsewhere, author, nth_of(topic, nth), 0) < moved:
            _count(c, topic, author)
            topic = int(c.elsewhere_topic[topic])
            nth = times_written(c, topic, author)
            w, x = uniform2(key.origin, author, nth_of(topic, nth), 1)
    return topic, nth, kind, pick(c.variants[topic], w), -1


@inlined
def _record(
    c: Cascade, t: float, author: int, nth: int, topic: int, kind: int, variant: int, parent: int, root: int, origin: int
) -> int:
    """Enter a post, and that its author has shared the original; returns its number."""
    j = c.size[0]
    c.size[0] = j + 1
    if root >= 0 and not c.once[topic]:  # of a topic that an account writes of once its number of posts says as much
        c.shared[slot_of(c.shared, author, root)] = pair_of(author, root)
        c.size[4] += 1
    c.post_time[j] = t
    c.post_author[j] = author
    c.post_nth[j] = nth
    c.post_topic[j] = topic
    c.post_kind[j] = kind
    c.post_variant[j] = variant
    c.post_parent[j] = parent
    c.post_root[j] = root if root >= 0 else j
    if origin == APPEAL:
        c.mentions[j] = 1
        origin = DATED_POST
    c.post_origin[j] = origin
    c.post_offer[j] = -1
    c.post_films[j] = films_of(c, j, parent if root >= 0 else -1)
    if origin == DATED_POST and c.to_carry[0] >= 0:
        c.warning_post[c.to_carry[0]] = j
        c.post_films[j] = int(c.post_films[j]) | CARRIES
        c.to_carry[0] = -1
    c.last_post[topic] = j
    return j


@njit
def _commits(
    g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, author: int, topic: int, kind: int, parent: int, origin: int
) -> int:
    """Why an author may not say this of a claim, -1: it may; who has heard nothing of it yet holds from now on what it writes.

    The posts of named accounts are facts of the scenario: their authors hold what they say, whatever they held before.
    """
    old = c.belief[topic, author]
    stands = stands_by(c, author, topic, kind)
    if origin != DATED_POST and origin != APPEAL:
        if not stands and (parent >= 0 or old != UNAWARE):
            return OTHER_BELIEF
        if is_tired(c, author, topic):
            return LOST_INTEREST
    denies = kind == CORRECTION
    if not stands:
        new = BELIEVES
        if denies:
            new = DOUBTS if old == UNAWARE else CORRECTED
        hold(g, key, cal, log, c, author, topic, new)
    if denies and parent < 0:
        role = role_of(c, author)
        hears_of(c, topic, author, role, denies)
        if role == OFFICIAL:
            c.denied[topic] = min(c.denied[topic], g.now[0])
    return -1


@njit
def tell_own(g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, ph: Phone, pe: People, f: int, nth: int) -> None:
    """Account `f` writes an original of what it came to hold of a claim, if it still does and may write once more."""
    topic = nth >> STATE_BITS
    if c.once[topic] and times_written(c, topic, f) > 0:
        write(log, g.now[0], LOG_WITHHELD, f, topic, -1, HAS_POSTED)
        return
    kind = -1 if nth & 3 == BELIEVES else CORRECTION
    publish(g, key, cal, log, c, ph, pe, f, topic, kind, -1, TOLD_POST)


@njit
def _carry(g: Shared, c: Cascade, pe: People, j: int, kind: int) -> None:
    """Enter a post in the stream that seekers read; an original offer opens its hosts' doors."""
    c.stream[c.stream_size[0]] = j
    c.stream_size[0] += 1
    if kind == OFFER and c.post_root[j] == j:
        offer = c.size[1]
        c.size[1] = offer + 1
        c.post_offer[j] = offer
        pe.offer_post[offer] = j
        if g.flag[FLAG_VOLUNTEERS] != 0:
            g.flag[FLAG_LISTEN] = OFFER_WRITTEN
            g.flag[FLAG_WHO] = offer
            g.flag[FLAG_NTH] = 0


@njit
def respond(
    g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, ph: Phone, pe: People, f: int, j: int, origin: int
) -> None:
    """Account `f` shares post `j` or answers it, unless that is gone or its own, or `f` has done so already."""
    topic = int(c.post_topic[j])
    root = int(c.post_root[j])
    why = -1
    if is_gone(c, j):
        why = TAKEN_DOWN
    elif c.once[topic]:
        why = HAS_POSTED if times_written(c, topic, f) > 0 else -1
    elif c.post_author[root] == f or c.shared[slot_of(c.shared, f, root)] != 0:
        why = HAS_SHARED
    if why >= 0:
        write(log, g.now[0], LOG_WITHHELD, f, topic, j, why)
        return
    publish(g, key, cal, log, c, ph, pe, f, topic, -1, j, origin)


@njit
def pulse(g: Shared, key: Keys, cal: Calendar, c: Cascade, number: int, share: float) -> None:
    """Accounts that join and saw a post that is still live share it within seconds, or as a stimulus finds them."""
    row = c.pulsed[c.pulse_topic[number]]
    t = g.now[0]
    follow_clocks(g, c)
    for f in range(c.reader.shape[0]):
        if not bit(c.joins[row], f):
            continue
        j = c.last[row, f]
        if j < 0 or t - c.post_time[j] > c.pulse_live[number]:
            continue
        if uniform(key.pulse, f, number, 0) < share:
            if c.pulse_session[number] > 0.0:
                wait = _reaction(g, key, c, f, number)
            else:
                u, v = uniform2(key.pulse, f, number, 1)
                wait = rise_decay(c.pulse_rise[number], c.pulse_decay[number], u, v)
            if wait != NOT_THERE:
                later(cal, g, wait, PULSED, f, j)


@njit
def _reaction(g: Shared, key: Keys, c: Cascade, f: int, number: int) -> float:
    """From the start of a stimulus to the reaction of account `f` [s]; `NOT_THERE` if it is not in session, or leaves before."""
    u, v = uniform2(key.session, f, number, 0)
    if u >= c.awake_now[c.reader[f, ZONE]]:
        return NOT_THERE
    w, x = uniform2(key.session, f, number, 1)
    wait = delay(g.laws, g.knots, c.pulse_reaction[number], x)
    stays = -c.pulse_session[number] * ln(v)
    return c.pulse_over[number] * w + wait if wait <= stays else NOT_THERE


@njit
def remove(g: Shared, log: Log, c: Cascade, author: int, j: int) -> None:
    """Original `j` is taken down, and its retweets with it: who has not seen them will not, who would respond does not."""
    c.post_gone[j] = 1
    write(log, g.now[0], LOG_REMOVED, author, int(c.post_nth[j]), int(c.post_topic[j]), j)


@njit
def follow(g: Shared, log: Log, c: Cascade, f: int, nth: int) -> None:
    """Account `f` begins to follow a named account, unless it does already or that has all the room it was given."""
    account = c.gains_of[nth >> NTH_BITS]
    if f == account or bit(c.following[account], f):
        return
    set_bit(c.following[account], f, True)
    c.gained[c.gained_start[account] + c.gained_size[account]] = f
    c.gained_time[c.gained_start[account] + c.gained_size[account]] = g.now[0]
    c.gained_size[account] += 1
    write(log, g.now[0], LOG_FOLLOW, f, account, int(c.gained_size[account]), 0)


@njit
def posts_since(c: Cascade, t: float) -> int:
    """Posts of all accounts since time `t`."""
    n = c.size[0]
    return int(n - np.searchsorted(c.post_time[:n], t))


@njit
def spontaneous(
    key: np.uint64,
    driver: int,
    rate: float,
    activity: F64,
    weight: F64,
    zone: I16,
    when: tuple[float, float, float, float],
    times: F64,
    who: I64,
    nth: I64,
) -> int:
    """Spontaneous posts of every account for one driver: fill `times`, `who` and `nth`, return how many.

    An account is expected to write rate x activity x weight of its zone; `when` is the time, rise, decay and end of the
    driver. With an end after its time the times are uniform between the two, else the time plus a rise and decay. With too
    little room the count alone is right.
    """
    at, rise, decay, until = when
    count = 0
    u = np.empty(BATCH)
    for block in range((activity.size + BATCH - 1) // BATCH):
        first = block * BATCH
        n = min(BATCH, activity.size - first)
        fill_uniforms(key, first, n, driver, 0, u)
        for k in range(n):
            a = first + k
            mean = rate * activity[a] * weight[zone[a]]
            # -ln u is 1 - u at least, so that nearly every account is done with here
            if mean <= 0.0 or 1.0 - u[k] > mean * (1.0 + 1e-9) + 1e-12:
                continue
            total = -ln(u[k])
            i = 0
            while total < mean:
                if count < times.size:
                    v, w = uniform2(key, a, driver, 2 * i + 1)
                    times[count] = at + (until - at) * v if until > at else at + rise_decay(rise, decay, v, w)
                    who[count] = a
                    nth[count] = nth_of(driver, i)
                count += 1
                i += 1
                total -= ln(uniform(key, a, driver, 2 * i))
    return count


@njit
def choose_joiners(key: Keys, words: U64, n: int, number: int, share: float) -> None:
    """Mark in the bitmap `words` the accounts that would join pulse `number`."""
    for f in range(n):
        if uniform(key.pulse, f, number, 0) < share:
            set_bit(words, f, True)
