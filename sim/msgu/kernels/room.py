"""Room for what an event can add: events, log rows, messages, posts, offers, contacts, callers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels import desks, warnings
from msgu.kernels.base.calendar import room_in_far, room_in_heap
from msgu.kernels.bridge import clones_of
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone import groups
from msgu.kernels.phone.person import ties_about, ties_of
from msgu.kernels.phone.sms import room_at_servers, room_for_messages
from msgu.kernels.phone.talk import MOST_OTHER
from msgu.kernels.social import exposure, rows
from msgu.kernels.social.shown import SHOWN
from msgu.kernels.state import (
    ATTEMPT,
    DESK_EVENT,
    FULL_CALENDAR,
    FULL_CALLERS,
    FULL_CONTACTS,
    FULL_HEAP,
    FULL_LOG,
    FULL_MESSAGES,
    FULL_OFFERS,
    FULL_OTHERS,
    FULL_POSTS,
    FULL_SERVERS,
    FULL_SHARED,
    FULL_SHOWN,
    GROUP_MESSAGE,
    HOST_OFFERS,
    LEARN,
    MARK,
    MESSAGE_ANSWERED,
    MESSAGE_SERVED,
    NEWS_OF_SHELTER,
    PULSED,
    REACHED,
    RESPONSE,
    SPONTANEOUS,
    TALK,
    TELL,
    WITNESS_CALL,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.desks import Desks
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Log
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
    if _writes(kind):
        return _most_of_post(c, who)
    if _lets_hear(kind):
        return 64 + _most_heard(ph)
    if kind == LEARN or kind == MARK or kind == GROUP_MESSAGE:
        return _most_of_ties(ph, clones, kind, who)
    if kind <= WITNESS_CALL or kind > NEWS_OF_SHELTER:
        return 64
    if kind < NEWS_OF_SHELTER:
        return warnings.most_events(w, c, ph, pe, kind, who)
    first, end = clones_of(pe, int(c.person[who]))
    return 64 + end - first


@njit
def _writes(kind: int) -> bool:
    """Whether an event of a kind may be a post."""
    return kind == RESPONSE or kind == SPONTANEOUS or kind == PULSED or kind == HOST_OFFERS or kind == TELL


@njit
def _lets_hear(kind: int) -> bool:
    """Whether two people may hear from each other in an event of a kind."""
    return kind == ATTEMPT or kind == TALK or kind == MESSAGE_SERVED or kind == MESSAGE_ANSWERED or kind == DESK_EVENT


@njit
def _most_of_post(c: Cascade, who: int) -> int:
    """Most events and log rows of a post of account `who`: they grow with its followers."""
    gained = int(c.gained_size[who]) if who < c.gained_size.size else 0
    return 64 + exposure.adds_each(c) * (int(c.offsets[who + 1] - c.offsets[who]) + gained)


@njit
def _most_of_ties(ph: Phone, clones: int, kind: int, who: int) -> int:
    """Most events and log rows of a person who learns, marks, or writes to a group: they grow with the ties."""
    if kind == LEARN:
        ties = ties_of(ph, who)
        return 192 + MOST_OTHER + 2 * ties + (int(ph.desk_share.size) * clones if ties > 0 else 0)
    first, end = ties_about(ph, who)
    return 64 + 4 * (end - first) + (4 * groups.MOST_READERS if kind == GROUP_MESSAGE else 0)


@njit
def _shares_left(c: Cascade) -> int:
    """Shares that may still be noted before the set of them is three quarters full."""
    return int(3 * (c.shared.size >> 2) - c.size[4])


@njit
def _writers_left(c: Cascade) -> int:
    """Other writers that may still be noted before the set of them is three quarters full; a post adds two at most."""
    return int(3 * (c.others.size >> 2) - c.size[rows.OTHERS]) >> 1


@njit
def _shown_left(c: Cascade) -> int:
    """Sights that may still be noted before the set of them is three quarters full; without limit where none is."""
    return int(3 * (c.shown.size >> 2) - c.size[SHOWN]) if c.shown_once else 1 << 40


@njit
def _full_set(c: Cascade, need: int) -> int:
    """REACHED if sets of shares, showings and writers have room: a post may be shown to all followers of its author."""
    if _shares_left(c) < 2:
        return FULL_SHARED
    if _shown_left(c) < need:
        return FULL_SHOWN
    return FULL_OTHERS if _writers_left(c) < 2 else REACHED


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
    full = _full_set(c, need)
    if full != REACHED:
        return full
    if pe.offer_post.size - c.size[1] < 2:
        return FULL_OFFERS
    if pe.contact_time.size - pe.contact_size[0] < 2:
        return FULL_CONTACTS
    if desks.places_left(d) < 2:
        return FULL_CALLERS
    return REACHED


@njit
def spare(cal: Calendar, log: Log, c: Cascade, ph: Phone, pe: People, d: Desks) -> int:
    """Events, rows and messages that surely fit: one that can add 64 adds a post, an offer, a contact and a caller at most."""
    of_log = log.time.size - log.size[0] if log.size[1] != 0 else 1 << 40
    if ph.quiet:
        of_log = min(of_log, room_for_messages(ph), room_at_servers(ph))
    posts_left = min(c.post_time.size - c.size[0], pe.offer_post.size - c.size[1], pe.contact_time.size - pe.contact_size[0])
    few = min(posts_left, _shares_left(c), _writers_left(c), desks.places_left(d))
    return min(room_in_far(cal), room_in_heap(cal), of_log, 32 * few, _shown_left(c))
