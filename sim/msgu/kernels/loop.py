"""The event loop: events in exact time order, until a time or until a process must be heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels import ahead, desks, hearing, heeding, people, shelter, warnings
from msgu.kernels.base.calendar import (
    HAPPENS,
    HEAD,
    KIND_SHIFT,
    NOTHING,
    NTH,
    PART,
    WHAT,
    WHO,
    advance_part,
    drop,
    first_time,
    in_heap,
    is_empty,
    push,
    room_in_far,
    room_in_heap,
)
from msgu.kernels.base.packing import NTH_BITS
from msgu.kernels.bridge import clones_of
from msgu.kernels.desk_channels import OUTS
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone import calls, channels, groups, learning, marks, messages, ordinary
from msgu.kernels.phone.battery import is_flat
from msgu.kernels.phone.person import ties_about, ties_of
from msgu.kernels.phone.sms import room_at_servers, room_for_messages
from msgu.kernels.phone.talk import MOST_OTHER
from msgu.kernels.social import claims, exposure, posts, rows, trends
from msgu.kernels.state import (
    ACT,
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
    FLAG_FULL,
    FLAG_LISTEN,
    FOLLOW,
    FULL_CALENDAR,
    FULL_CALLERS,
    FULL_CONTACTS,
    FULL_HEAP,
    FULL_LOG,
    FULL_MESSAGES,
    FULL_OFFERS,
    FULL_OTHERS,
    FULL_PART,
    FULL_POSTS,
    FULL_SERVERS,
    FULL_SHARED,
    GROUP_MESSAGE,
    HANG_UP,
    HEAR,
    HOST_OFFERS,
    LEARN,
    LEAVE,
    LISTEN,
    MARK,
    MESSAGE_ANSWERED,
    MESSAGE_SERVED,
    NEWS_OF_SHELTER,
    OFFER,
    PATIENCE,
    PULSED,
    REACHED,
    READ,
    REMOVAL,
    RESPONSE,
    SIGHT,
    SPONTANEOUS,
    TALK,
    TELL,
    TIRE,
    TOLD,
    WEIGH,
    WITNESS_CALL,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.desks import Desks
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Everything, Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade
    from msgu.kernels.arrays.warnings import Warned

HEARS = 400
"""Most worries that end where two people hear from each other: each has 200 ties at most, and makes two events at most."""


@njit
def _most_heard(ph: Phone) -> int:
    """Most events and log rows of worries that end where two people hear from each other."""
    return 2 * HEARS if ph.passed_on > 0.0 or ph.friends > 0.0 else HEARS


@njit
def max_new_events(c: Cascade, ph: Phone, pe: People, w: Warned, clones: int, kind: int, who: int) -> int:
    """Most events and log rows that this event can add."""
    if kind == RESPONSE or kind == SPONTANEOUS or kind == PULSED or kind == HOST_OFFERS or kind == TELL:
        gained = int(c.gained_size[who]) if who < c.gained_size.size else 0
        return 64 + exposure.adds_each(c) * (int(c.offsets[who + 1] - c.offsets[who]) + gained)
    if kind == LEARN:
        ties = ties_of(ph, who)
        return 192 + MOST_OTHER + 2 * ties + (int(ph.desk_share.size) * clones if ties > 0 else 0)
    if kind == ATTEMPT or kind == TALK or kind == MESSAGE_SERVED or kind == MESSAGE_ANSWERED or kind == DESK_EVENT:
        return 64 + _most_heard(ph)
    if kind == MARK or kind == GROUP_MESSAGE:
        first, end = ties_about(ph, who)
        return 64 + 4 * (end - first) + (4 * groups.MOST_READERS if kind == GROUP_MESSAGE else 0)
    if kind == NEWS_OF_SHELTER:
        first, end = clones_of(pe, int(c.person[who]))
        return 64 + end - first
    if kind > NEWS_OF_SHELTER:
        return 64
    if kind > WITNESS_CALL:
        return warnings.most_events(w, c, ph, pe, kind, who)
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
def check_capacity(need: int, cal: Calendar, log: Log, c: Cascade, ph: Phone, pe: People, d: Desks) -> int:
    """REACHED if `need` more events and rows fit, else what is full."""
    if room_in_far(cal) < need:
        return FULL_CALENDAR
    if room_in_heap(cal) < need:
        return FULL_HEAP
    if log.size[1] != 0 and log.time.size - log.size[0] < need:
        return FULL_LOG
    if ph.quiet and room_for_messages(ph) < MOST_OTHER:  # whoever learns adds no more, and nothing else adds any
        return FULL_MESSAGES
    if ph.quiet and room_at_servers(ph) < MOST_OTHER:
        return FULL_SERVERS
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
def _spare(cal: Calendar, log: Log, c: Cascade, ph: Phone, pe: People, d: Desks) -> int:
    """Events, rows and messages that surely fit: one that can add 64 adds a post, an offer, a contact and a caller at most."""
    of_log = log.time.size - log.size[0] if log.size[1] != 0 else 1 << 40
    if ph.quiet:
        of_log = min(of_log, room_for_messages(ph), room_at_servers(ph))
    posts_left = min(c.post_time.size - c.size[0], pe.offer_post.size - c.size[1], pe.contact_time.size - pe.contact_size[0])
    few = min(posts_left, _shares_left(c), _writers_left(c), desks.places_left(d))
    return min(room_in_far(cal), room_in_heap(cal), of_log, 32 * few)


@njit
def advance(until: float, everything: Everything) -> int:
    """Run every event before `until`; return REACHED, or why control is handed back earlier."""
    g, key, cal, log = everything.shared, everything.keys, everything.calendar, everything.log
    c, ph, pe, d, w = everything.cascade, everything.phone, everything.people, everything.desks, everything.warned
    spare = 0  # events and rows that fit without asking again
    while True:
        if is_empty(cal) and not _next_part(until, g, key, cal, c, ph, pe):
            return FULL_PART
        t = first_time(cal)
        looks = c.soonest[0] < t
        if looks:
            t = c.soonest[0]
        if c.due[0] <= t and c.due[0] < until:
            g.now[0] = c.due[0]
            trends.minute(g, key, cal, c)
            continue
        if not t < until:
            return REACHED
        of_heap = not looks and in_heap(cal)
        need = 64 if looks else _need(of_heap, cal, c, ph, pe, w, g.clones)
        if spare < need:
            full = check_capacity(need, cal, log, c, ph, pe, d)
            if full != REACHED:
                return full
            spare = _spare(cal, log, c, ph, pe, d)
        spare -= need
        g.now[0] = t
        if looks:
            trends.look(g, key, cal, log, c, ph)
        else:
            _happen(of_heap, t, g, key, cal, log, c, ph, pe, d, w)
        status = _said(g)
        if status != REACHED:
            return status


@njit
def _need(of_heap: bool, cal: Calendar, c: Cascade, ph: Phone, pe: People, w: Warned, clones: int) -> int:
    """Most events and log rows that the first event can add."""
    what = cal.heap[0, WHAT] if of_heap else cal.come[cal.size[HEAD], WHAT]
    return max_new_events(c, ph, pe, w, clones, what >> KIND_SHIFT, what & WHO)


@njit
def _happen(
    of_heap: bool,
    t: float,
    g: Shared,
    key: Keys,
    cal: Calendar,
    log: Log,
    c: Cascade,
    ph: Phone,
    pe: People,
    d: Desks,
    w: Warned,
) -> None:
    """Let the first event happen, once what later ones will read has been asked for; it is put back where it finds no room."""
    if of_heap:
        what, nth = cal.heap[0, WHAT], cal.heap[0, NTH]
        cal.size[HAPPENS] = NOTHING
    else:
        i = cal.size[HEAD]
        what, nth = cal.come[i, WHAT], cal.come[i, NTH]
        cal.size[HAPPENS] = i
        ahead.fetch(i, g, key, cal, c, ph, pe)
    kind, who = what >> KIND_SHIFT, what & WHO
    drop(cal, of_heap)
    dispatch(kind, who, nth, g, key, cal, log, c, ph, pe, d, w)
    if g.flag[FLAG_FULL] != 0:
        push(cal, t, kind, who, nth)


@njit
def _said(g: Shared) -> int:
    """Return the word of the last event: REACHED, or why control is handed back."""
    full = g.flag[FLAG_FULL]
    if full != 0:
        g.flag[FLAG_FULL] = 0
        return int(full)
    if g.flag[FLAG_BAD] != 0:
        return BAD_DELAY
    return LISTEN if g.flag[FLAG_LISTEN] != 0 else REACHED


@njit
def _next_part(until: float, g: Shared, key: Keys, cal: Calendar, c: Cascade, ph: Phone, pe: People) -> bool:
    """Let the next part with events come, and ask for what the first of them will read; false where there is no room."""
    part = cal.size[PART]
    if not advance_part(cal, until):
        return False
    if cal.size[PART] != part:
        for i in range(-ahead.FIRST, 0):
            ahead.fetch(i, g, key, cal, c, ph, pe)
    return True


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
    w: Warned,
) -> None:
    """One event."""
    if kind == DESK_EVENT:
        desks.happen(g, key, cal, log, ph, pe, d, who, nth)
    elif kind <= LEARN:
        _phone(kind, who, nth, g, key, cal, log, ph)
    elif kind == MARK:
        marks.mark(g, key, cal, log, ph, who, nth)
    elif kind == DOUBT:
        marks.doubt(g, key, cal, log, ph, who, nth)
    elif kind == DESK_CALL:
        if (ph.open[who] > 0 or (nth >> 26) & 63 > 0) and not is_flat(g, key, ph, who):  # worried, or asked to call
            desks.ring(g, key, cal, log, ph, pe, d, who, nth)
    elif kind == GROUP_MESSAGE:
        groups.group_message(g, key, cal, log, ph, who, nth)
    elif kind == WITNESS_CALL:
        desks.ring(g, key, cal, log, ph, pe, d, OUTS + who, nth)
    elif kind <= PULSED or (kind >= SIGHT and kind <= FOLLOW):
        _cascade(kind, who, nth, g, key, cal, log, c, ph, pe)
    elif kind >= TIRE:
        claims.happen(kind, who, nth, g, key, cal, log, c, ph, pe)
    elif kind >= NEWS_OF_SHELTER:
        _hearing(kind, who, nth, g, key, cal, log, c, ph, pe)
    elif kind == HEAR:
        warnings.hear(g, cal, log, w, ph, pe, key, who, nth)
    elif kind == WEIGH:
        warnings.weigh(g, cal, log, w, ph, pe, key, who, nth)
    elif kind == ACT:
        heeding.act(g, key, cal, log, c, ph, pe, w, who, nth)
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
        messages.message_answered(g, key, cal, log, ph, who, nth)
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
def _hearing(
    kind: int, who: int, nth: int, g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, ph: Phone, pe: People
) -> None:
    if kind == NEWS_OF_SHELTER:
        hearing.hear(g, key, cal, log, c, pe, who, nth)
    elif kind == HOST_OFFERS:
        posts.publish(g, key, cal, log, c, ph, pe, who, c.shelter_topic, OFFER, -1, posts.SPONTANEOUS_POST)
    elif kind == TOLD:
        hearing.told(g, key, cal, log, pe, who, nth)
    else:
        hearing.ask(g, key, cal, log, pe, who, nth)


@njit
def _people(
    kind: int, who: int, nth: int, g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, ph: Phone, pe: People
) -> None:
    if kind == LEAVE:
        people.leave(g, key, cal, log, pe, who)
    elif kind == ARRIVE:
        people.arrive(g, key, log, ph, pe, who)
    elif kind == PATIENCE:
        people.lose_patience(g, key, cal, log, pe, who, nth)
    elif kind == READ:
        shelter.read(g, key, cal, log, c, ph, pe, who, nth)
    elif kind == CONTACT:
        shelter.contact(g, key, cal, log, c, pe, who, nth)
