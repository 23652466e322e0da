"""Ahead of the events: memory that the next ones of the part that has come will read is asked for, and draws are made.

An event reads two to seven lines that no cache holds, one found by another; asked for so far ahead, they arrive while the
events before it run. What depends on nobody's state is drawn for a block of events together, a block ahead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.calendar import BLOCK, COME, KIND_SHIFT, NTH, WHAT, WHO
from msgu.kernels.jit.compile import njit, prefetch
from msgu.kernels.phone import calls, talk
from msgu.kernels.phone.numbering import MESSAGE_SHIFT, OTHER
from msgu.kernels.phone.person import BLOCK_SHIFT, callee_of
from msgu.kernels.social import foresight
from msgu.kernels.state import (
    ARRIVE,
    ATTEMPT,
    BASE_CALL,
    BASE_RETRY,
    DESK_EVENT,
    HANG_UP,
    LEARN,
    LEAVE,
    MESSAGE_SERVED,
    PULSED,
    SIGHT,
    SPONTANEOUS,
    TALK,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Shared
    from msgu.kernels.arrays.social import Cascade

FIRST, SECOND, THIRD = 2 * BLOCK + 16, 24, 12
"""So many events ahead what an event will read is asked for, in three steps; the first is beyond the block that is drawn."""


@njit
def fetch(i: int, g: Shared, key: Keys, cal: Calendar, c: Cascade, ph: Phone, pe: People) -> None:
    """Ask for what events after the i-th of the part that has come will read, step by step, each with the one before."""
    come = cal.size[COME]
    if 0 <= i + FIRST < come:
        _fetch_first(cal.come[i + FIRST, WHAT], cal.come[i + FIRST, NTH], c, ph, pe)
    if i % BLOCK == 0:
        _draw(g, key, cal, ph, i)
    if 0 <= i + SECOND < come:
        _fetch_second(i + SECOND, key, cal, c, ph)
    if 0 <= i + THIRD < come:
        what, nth = cal.come[i + THIRD, WHAT], cal.come[i + THIRD, NTH]
        kind = what >> KIND_SHIFT
        if (kind >= SPONTANEOUS and kind <= PULSED) or kind == SIGHT:
            foresight.fetch_state(i + THIRD, kind, what & WHO, nth, c)


@njit
def _draw(g: Shared, key: Keys, cal: Calendar, ph: Phone, first: int) -> None:
    """Draw for blocks of events, unless the event log asks for each in its turn: the calls of the next, the talk of this."""
    if ph.settled and 0 <= first + BLOCK:
        calls.draw_calls(g, key, cal, ph, first + BLOCK)
    if ph.settled and 0 <= first:
        calls.fetch_cells(ph, first)
    if ph.quiet and 0 <= first:
        talk.draw_talk(g, key, cal, ph, first)


@njit
def _fetch_first(what: int, nth: int, c: Cascade, ph: Phone, pe: People) -> None:
    """Ask for the person, account or post that an event names."""
    # an item is named by its place over all dimensions, so that a row of 16 bytes (`reader`) is asked for by its first
    kind, who = what >> KIND_SHIFT, what & WHO
    if kind == HANG_UP or kind == BASE_CALL or kind == BASE_RETRY:
        prefetch(ph.cells, 8 * who)
    elif kind <= LEARN and kind != DESK_EVENT:
        prefetch(ph.person, 2 * who)
        if kind == ATTEMPT:
            prefetch(ph.start, who >> BLOCK_SHIFT)
            prefetch(ph.person, 2 * (who >> BLOCK_SHIFT << BLOCK_SHIFT))
    elif kind >= SPONTANEOUS and kind <= PULSED:
        prefetch(c.offsets, who)
        if kind != SPONTANEOUS:
            prefetch(c.post_topic, nth)
            prefetch(c.post_root, nth)
            prefetch(c.post_kind, nth)
            prefetch(c.post_variant, nth)
            prefetch(c.post_films, nth)
    elif kind == SIGHT:
        prefetch(c.reader, 4 * who)
        j = nth >> 28
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


@njit
def _fetch_second(i: int, key: Keys, cal: Calendar, c: Cascade, ph: Phone) -> None:
    """Ask for what those are found to point at: followers, an account's own numbers, who is written to."""
    what, nth = cal.come[i, WHAT], cal.come[i, NTH]
    kind, who = what >> KIND_SHIFT, what & WHO
    if kind == SIGHT:
        foresight.fetch_sight(who, nth, c)
    elif kind >= SPONTANEOUS and kind <= PULSED:
        foresight.fetch_post(i, kind, who, nth, key, c)
    elif kind == MESSAGE_SERVED:
        _fetch_other(key, ph, who, nth & ((1 << MESSAGE_SHIFT) - 1))
    elif kind == TALK and not ph.settled:  # nothing is drawn ahead
        _fetch_other(key, ph, who, OTHER + nth)


@njit
def _fetch_other(key: Keys, ph: Phone, p: int, slot: int) -> None:
    """Ask for whom slot `slot` of person `p` calls or writes to, unless that is a tie."""
    if slot >= OTHER:
        prefetch(ph.person, 2 * callee_of(key, ph, p, slot))
