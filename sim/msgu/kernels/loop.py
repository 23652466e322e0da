"""The event loop: events in exact time order, until a time or until a process must be heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels import ahead, desks, hearing, heeding, people, room, shelter, warnings
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
)
from msgu.kernels.base.packing import NTH_BITS
from msgu.kernels.desk_channels import OUTS
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone import calls, channels, groups, learning, marks, messages, ordinary
from msgu.kernels.phone.battery import is_flat
from msgu.kernels.social import claims, exposure, posts, trends
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
    FLAG_FULL,
    FLAG_LISTEN,
    FOLLOW,
    FULL_PART,
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
    PULSE_POST,
    PULSED,
    REACHED,
    READ,
    REMOVAL,
    RESPONDED_POST,
    RESPONSE,
    SIGHT,
    SPONTANEOUS,
    SPONTANEOUS_POST,
    TALK,
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
            full = room.check_capacity(need, cal, log, c, ph, pe, d)
            if full != REACHED:
                return full
            spare = room.spare(cal, log, c, ph, pe, d)
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
    return room.max_new_events(c, ph, pe, w, clones, what >> KIND_SHIFT, what & WHO)


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
    if kind <= LEARN and kind != DESK_EVENT:
        _phone(kind, who, nth, g, key, cal, log, ph)
    elif kind == DESK_EVENT or kind == DESK_CALL or kind == WITNESS_CALL:
        _desk(kind, who, nth, g, key, cal, log, ph, pe, d)
    elif kind == MARK:
        marks.mark(g, key, cal, log, ph, who, nth)
    elif kind == DOUBT:
        marks.doubt(g, key, cal, log, ph, who, nth)
    elif kind == GROUP_MESSAGE:
        groups.group_message(g, key, cal, log, ph, who, nth)
    elif kind <= PULSED or (kind >= SIGHT and kind <= FOLLOW):
        _cascade(kind, who, nth, g, key, cal, log, c, ph, pe)
    elif kind >= TIRE:
        claims.happen(kind, who, nth, g, key, cal, log, c, ph, pe)
    elif kind >= NEWS_OF_SHELTER:
        _hearing(kind, who, nth, g, key, cal, log, c, ph, pe)
    elif kind >= HEAR:
        _heed(kind, who, nth, g, key, cal, log, c, ph, pe, w)
    else:
        _people(kind, who, nth, g, key, cal, log, c, ph, pe)


@njit
def _desk(
    kind: int, who: int, nth: int, g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, pe: People, d: Desks
) -> None:
    if kind == DESK_EVENT:
        desks.happen(g, key, cal, log, ph, pe, d, who, nth)
    elif kind == WITNESS_CALL:
        desks.ring(g, key, cal, log, ph, pe, d, OUTS + who, nth)
    elif (ph.open[who] > 0 or (nth >> 26) & 63 > 0) and not is_flat(g, key, ph, who):  # worried, or asked to call
        desks.ring(g, key, cal, log, ph, pe, d, who, nth)


@njit
def _heed(
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
    w: Warned,
) -> None:
    if kind == HEAR:
        warnings.hear(g, cal, log, w, ph, pe, key, who, nth)
    elif kind == WEIGH:
        warnings.weigh(g, cal, log, w, ph, pe, key, who, nth)
    else:
        heeding.act(g, key, cal, log, c, ph, pe, w, who, nth)


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
        posts.respond(g, key, cal, log, c, ph, pe, who, nth, RESPONDED_POST)
    elif kind == SPONTANEOUS:
        topic = c.driver_topic[nth >> NTH_BITS]
        posts.publish(g, key, cal, log, c, ph, pe, who, topic, -1, -1, SPONTANEOUS_POST)
    elif kind == PULSED:
        posts.respond(g, key, cal, log, c, ph, pe, who, nth, PULSE_POST)
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
        posts.publish(g, key, cal, log, c, ph, pe, who, c.shelter_topic, OFFER, -1, SPONTANEOUS_POST)
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
