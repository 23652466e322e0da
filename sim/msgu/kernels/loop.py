"""The event loop: events in exact time order, until a time or until a process must be heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels import desks, people, shelter
from msgu.kernels.base.calendar import (
    BUCKET,
    HEAP_SMALL,
    IN_HEAP,
    KIND_SHIFT,
    NEXT,
    NTH,
    TIME,
    WHAT,
    WHEEL_SMALL,
    WHO,
    advance_bucket,
    kind_of,
    pop,
    room_in_far,
    room_in_heap,
    room_in_wheel,
    who_of,
)
from msgu.kernels.base.packing import NTH_BITS
from msgu.kernels.jit.compile import njit, prefetch
from msgu.kernels.phone import calls, channels, learning, marks, messages, ordinary
from msgu.kernels.phone.person import ties_of
from msgu.kernels.social import exposure, posts, rows, shares, trends
from msgu.kernels.state import (
    ARRIVE,
    ATTEMPT,
    BAD_DELAY,
    BASE_CALL,
    BASE_RETRY,
    CONTACT,
    DESK_CALL,
    DESK_EVENT,
    DOUBT,
    FLAG_BAD,
    FLAG_LISTEN,
    FULL_CALENDAR,
    FULL_CALLERS,
    FULL_CONTACTS,
    FULL_HEAP,
    FULL_LOG,
    FULL_OFFERS,
    FULL_OTHERS,
    FULL_POSTS,
    FULL_SHARED,
    FULL_WHEEL,
    HANG_UP,
    LEARN,
    LEAVE,
    LISTEN,
    MARK,
    MESSAGE_ANSWERED,
    MESSAGE_SERVED,
    PATIENCE,
    PULSED,
    REACHED,
    READ,
    REMOVAL,
    RESPONSE,
    SIGHT,
    SPONTANEOUS,
    TALK,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.desks import Desks
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Everything, Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade

LISTEN_OFFER = 1
"""What a process is told of, in `flag[FLAG_LISTEN]`."""
HEARS = 400
"""Most worries that end where two people hear from each other: each has 200 ties at most."""
LINE, LINES = 16, 8
"""Followers in one line of the cache, and lines of a list that are asked for beforehand."""


@njit
def max_new_events(c: Cascade, ph: Phone, clones: int, kind: int, who: int) -> int:
    """Most events and log rows that this event can add."""
    if kind == RESPONSE or kind == SPONTANEOUS or kind == PULSED:
        gained = int(c.gained_size[who]) if who < c.gained_size.size else 0
        return 64 + 2 * (int(c.offsets[who + 1] - c.offsets[who]) + gained)
    if kind == LEARN:
        ties = ties_of(ph, who)
        return 192 + ties + (int(ph.desk_share.size) * clones if ties > 0 else 0)
    if kind == ATTEMPT or kind == TALK or kind == MESSAGE_SERVED or kind == MESSAGE_ANSWERED or kind == DESK_EVENT:
        return 64 + HEARS
    if kind == MARK:
        return 64 + int(ph.back_start[who + 1] - ph.back_start[who])
    return 64


@njit
def _shares_left(c: Cascade) -> int:
    """Shares that may still be noted before the set of them is three quarters full."""
    return int(3 * (c.shared.size >> 2) - c.size[4])


@njit
def _writers_left(c: Cascade) -> int:
    """Other writers that may still be noted before the set of them is three quarters full; a post adds two at most."""
    return int(3 * (c.others.size >> 2) - c.size[rows.OTHERS]) >> 1


@njit
def check_capacity(need: int, cal: Calendar, log: Log, c: Cascade, pe: People, d: Desks) -> int:
    """REACHED if `need` more events and rows fit, else what is full."""
    if room_in_far(cal) < need:
        return FULL_CALENDAR
    if room_in_wheel(cal) < need:
        return FULL_WHEEL
    if room_in_heap(cal) < need:
        return FULL_HEAP
    if log.size[1] != 0 and log.time.size - log.size[0] < need:
        return FULL_LOG
    if c.post_time.size - c.size[0] < 2:
        return FULL_POSTS
    if _shares_left(c) < 2:
        return FULL_SHARED
    if _writers_left(c) < 2:
        return FULL_OTHERS
    if pe.offer_post.size - c.size[1] < 2:
        return FULL_OFFERS
    if pe.contact_time.size - pe.contact_size[0] < 2:
        return FULL_CONTACTS
    if desks.places_left(d) < 2:
        return FULL_CALLERS
    return REACHED


@njit
def _spare(cal: Calendar, log: Log, c: Cascade, pe: People, d: Desks) -> int:
    """Events and rows that surely fit, where one that can add 64 adds a post, an offer, a contact and a caller at most."""
    of_log = log.time.size - log.size[0] if log.size[1] != 0 else 1 << 40
    posts_left = min(c.post_time.size - c.size[0], pe.offer_post.size - c.size[1], pe.contact_time.size - pe.contact_size[0])
    few = min(posts_left, _shares_left(c), _writers_left(c), desks.places_left(d))
    return min(room_in_far(cal), room_in_wheel(cal), room_in_heap(cal), of_log, 32 * few)


@njit
def advance(until: float, everything: Everything) -> int:
    """Run every event before `until`; return REACHED, or why control is handed back earlier."""
    g, key, cal, log = everything.shared, everything.keys, everything.calendar, everything.log
    c, ph, pe, d = everything.cascade, everything.phone, everything.people, everything.desks
    spare = 0  # events and rows that fit without asking again
    while True:
        if cal.size[IN_HEAP] == 0:
            full = _next_bucket(until, cal, c, ph, pe)
            if full != REACHED:
                return full
            spare = 0
        t = cal.heap_time[0, TIME] if cal.size[IN_HEAP] > 0 else np.inf
        looks = c.soonest[0] < t
        if looks:
            t = c.soonest[0]
        if c.due[0] <= t and c.due[0] < until:
            g.now[0] = c.due[0]
            trends.minute(g, key, cal, c)
            continue
        if not t < until:
            return REACHED
        kind = kind_of(cal)
        who = who_of(cal)
        nth = cal.heap[0, NTH]
        need = 64 if looks else max_new_events(c, ph, g.clones, kind, who)
        if spare < need:
            full = check_capacity(need, cal, log, c, pe, d)
            if full != REACHED:
                return full
            spare = _spare(cal, log, c, pe, d)
        spare -= need
        g.now[0] = t
        if looks:
            trends.look(g, key, cal, log, c, ph)
        else:
            pop(cal)
            dispatch(kind, who, nth, g, key, cal, log, c, ph, pe, d)
        if g.flag[FLAG_BAD] != 0:
            return BAD_DELAY
        if g.flag[FLAG_LISTEN] != 0:
            return LISTEN


@njit
def _next_bucket(until: float, cal: Calendar, c: Cascade, ph: Phone, pe: People) -> int:
    """Bring the next bucket with events into the heap, and ask for what they will read; REACHED, or what is full."""
    small = advance_bucket(cal, until)
    if small == HEAP_SMALL:
        return FULL_HEAP
    if small == WHEEL_SMALL:
        return FULL_WHEEL
    _fetch_now(cal, c)
    _fetch_next(cal, c, ph, pe)
    return REACHED


@njit
def _fetch_now(cal: Calendar, c: Cascade) -> None:
    """Ask for what the bucket that has come will read beyond what `_fetch_next` has: followers, and an account's own numbers."""
    # what to ask for stands in the posts and offsets that `_fetch_next` asked for one bucket ago, so these reads do not wait
    for i in range(cal.size[IN_HEAP]):
        kind = cal.heap[i, WHAT] >> KIND_SHIFT
        who = cal.heap[i, WHAT] & WHO
        if kind == SIGHT:
            j = cal.heap[i, NTH] >> 28
            topic = int(c.post_topic[j])
            if c.removal_share[topic] > 0.0:
                prefetch(c.post_gone, int(c.post_root[j]))
            rows.prefetch_row(c, topic, who)
        elif kind >= SPONTANEOUS and kind <= PULSED:
            start = int(c.offsets[who])
            end = min(int(c.offsets[who + 1]), start + LINES * LINE)
            while start < end:
                prefetch(c.followers, start)
                start += LINE
            if kind != SPONTANEOUS:
                j = cal.heap[i, NTH]
                rows.prefetch_row(c, int(c.post_topic[j]), who)
                prefetch(c.shared, shares.first_slot(c.shared, who, int(c.post_root[j])))


@njit
def _fetch_next(cal: Calendar, c: Cascade, ph: Phone, pe: People) -> None:
    """Ask for what the events of the next bucket will read of posts, accounts, people and cells."""
    # an event reads two to seven lines that no cache holds; asked for a bucket (some eight events) ahead, they arrive while
    # the events before it run. An item is named by its place over all dimensions, so that a row of 16 bytes (`reader`,
    # `left`) is asked for by its first.
    i = cal.first[(cal.size[BUCKET] + 1) & (cal.first.size - 1)]
    while i >= 0:
        what = cal.wheel[i, WHAT]
        kind = what >> KIND_SHIFT
        who = what & WHO
        if kind == HANG_UP or kind == BASE_CALL or kind == BASE_RETRY:
            prefetch(ph.cells, 8 * who)
        elif kind <= LEARN and kind != DESK_EVENT:
            prefetch(ph.person, 2 * who)
        elif kind >= SPONTANEOUS and kind <= PULSED:
            prefetch(c.offsets, who)
            if kind != SPONTANEOUS:
                j = cal.wheel[i, NTH]
                prefetch(c.post_topic, j)
                prefetch(c.post_root, j)
                prefetch(c.post_kind, j)
                prefetch(c.post_variant, j)
                prefetch(c.post_films, j)
        elif kind == SIGHT:
            j = cal.wheel[i, NTH] >> 28
            prefetch(c.reader, 4 * who)
            prefetch(c.post_topic, j)
            prefetch(c.post_root, j)
            prefetch(c.post_author, j)
            prefetch(c.post_nth, j)
            prefetch(c.post_kind, j)
            prefetch(c.post_films, j)
        elif kind == ARRIVE or kind == LEAVE:
            prefetch(pe.state, who)
            prefetch(pe.at, who)
            prefetch(pe.home, who)
        i = cal.wheel[i, NEXT]


@njit
def dispatch(
    kind: int,
    who: int,
    nth: int,
    g: Shared,
    key: Keys,
    cal: Calendar,
    log: Log,
    c: Cascade,
    ph: Phone,
    pe: People,
    d: Desks,
) -> None:
    """One event."""
    if kind == DESK_EVENT:
        desks.happen(g, cal, log, ph, d, who, nth)
    elif kind <= LEARN:
        _phone(kind, who, nth, g, key, cal, log, ph)
    elif kind == MARK:
        marks.mark(g, key, cal, log, ph, who, nth)
    elif kind == DOUBT:
        marks.doubt(g, key, cal, log, ph, who, nth)
    elif kind == DESK_CALL:
        if ph.open[who] > 0:
            desks.ring(g, cal, log, ph, d, who, nth)
    elif kind <= PULSED or kind >= SIGHT:
        _cascade(kind, who, nth, g, key, cal, log, c, ph, pe)
    else:
        _people(kind, who, nth, g, key, cal, log, c, ph, pe)


@njit
def _phone(kind: int, who: int, nth: int, g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone) -> None:
    if kind == HANG_UP:
        channels.hang_up(g, log, ph, who, nth)
    elif kind == BASE_CALL:
        ordinary.base_call(g, key, cal, log, ph, who, nth, True)
    elif kind == BASE_RETRY:
        ordinary.base_call(g, key, cal, log, ph, who, nth, False)
    elif kind == ATTEMPT:
        calls.attempt(g, key, cal, log, ph, who, nth)
    elif kind == MESSAGE_SERVED:
        messages.message_served(g, key, cal, log, ph, who, nth)
    elif kind == MESSAGE_ANSWERED:
        messages.message_answered(g, log, ph, who, nth)
    elif kind == TALK:
        calls.talk(g, key, cal, log, ph, who, nth)
    else:
        learning.learn(g, key, cal, log, ph, who, nth)


@njit
def _cascade(
    kind: int,
    who: int,
    nth: int,
    g: Shared,
    key: Keys,
    cal: Calendar,
    log: Log,
    c: Cascade,
    ph: Phone,
    pe: People,
) -> None:
    if kind == RESPONSE:
        posts.respond(g, key, cal, log, c, ph, pe, who, nth, posts.RESPONDED_POST)
    elif kind == SPONTANEOUS:
        topic = c.driver_topic[nth >> NTH_BITS]
        posts.publish(g, key, cal, log, c, ph, pe, who, topic, -1, -1, posts.SPONTANEOUS_POST)
    elif kind == PULSED:
        posts.respond(g, key, cal, log, c, ph, pe, who, nth, posts.PULSE_POST)
    elif kind == SIGHT:
        exposure.sight(g, key, cal, log, c, ph, who, nth)
    elif kind == REMOVAL:
        posts.remove(g, log, c, who, nth)
    else:
        posts.follow(g, log, c, who, nth)


@njit
def _people(
    kind: int, who: int, nth: int, g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, ph: Phone, pe: People
) -> None:
    if kind == LEAVE:
        people.leave(g, key, cal, log, pe, who)
    elif kind == ARRIVE:
        people.arrive(g, log, pe, who)
    elif kind == PATIENCE:
        people.lose_patience(g, key, cal, log, pe, who, nth)
    elif kind == READ:
        shelter.read(g, key, cal, log, c, ph, pe, who, nth)
    elif kind == CONTACT:
        shelter.contact(g, key, cal, log, c, pe, who, nth)
