"""Asking for memory ahead of its use: what the next events of the part that has come will read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.calendar import ASIDE, COME, KIND_SHIFT, NTH, WHAT, WHO
from msgu.kernels.jit.compile import njit, prefetch
from msgu.kernels.phone.numbering import AFRESH, MAX_ATTEMPTS, MESSAGE_SHIFT, OTHER
from msgu.kernels.phone.person import BLOCK_SHIFT, callee_of, cell_of, first_tie
from msgu.kernels.social import rows, shares
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
    from msgu.kernels.arrays.run import Calendar, Keys
    from msgu.kernels.arrays.social import Cascade

LINE, LINES = 16, 8
"""Followers in one line of the cache, and lines of a list that are asked for beforehand."""
FIRST, SECOND, THIRD = 36, 24, 12
"""So many events ahead what an event will read is asked for, in three steps."""


@njit
def fetch(i: int, key: Keys, cal: Calendar, c: Cascade, ph: Phone, pe: People) -> None:
    """Ask for what events after the i-th of the part that has come will read, in three steps, each with the one before."""
    # an event reads two to seven lines that no cache holds, one found by another; asked for so far ahead, they arrive while
    # the events before it run
    come = cal.size[COME]
    if 0 <= i + FIRST < come:
        _fetch_first(cal.come[i + FIRST, WHAT], cal.come[i + FIRST, NTH], c, ph, pe)
    if 0 <= i + SECOND < come:
        _fetch_second(i + SECOND, key, cal, c, ph)
    if 0 <= i + THIRD < come:
        _fetch_third(i + THIRD, cal, ph)


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
    """Ask for what those are found to point at: followers, an account's own numbers, cells, whoever is called."""
    what, nth = cal.come[i, WHAT], cal.come[i, NTH]
    kind, who = what >> KIND_SHIFT, what & WHO
    if kind == ATTEMPT or kind == TALK or kind == MESSAGE_SERVED:
        _fetch_call(i, kind, who, nth, key, cal, ph)
    elif kind == SIGHT:
        j = nth >> 28
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
            rows.prefetch_row(c, int(c.post_topic[nth]), who)
            prefetch(c.shared, shares.first_slot(c.shared, who, int(c.post_root[nth])))


@njit
def _fetch_call(i: int, kind: int, p: int, nth: int, key: Keys, cal: Calendar, ph: Phone) -> None:
    """Ask for the caller's cell, for their worry, and for whom they call, whose number (-1: a tie) is put aside."""
    slot = OTHER + nth
    if kind == ATTEMPT:
        slot = (nth & (AFRESH - 1)) // MAX_ATTEMPTS
    elif kind == MESSAGE_SERVED:
        slot = nth & ((1 << MESSAGE_SHIFT) - 1)
    other = -1
    if slot >= OTHER:
        other = callee_of(key, ph, p, slot)
        prefetch(ph.person, 2 * other)
    else:
        e = first_tie(ph, p) + slot
        prefetch(ph.state, e)
        prefetch(ph.callee, e)
    if kind != MESSAGE_SERVED:
        _fetch_cell(ph, cell_of(ph, p))
    cal.come[i, ASIDE] = other


@njit
def _fetch_third(i: int, cal: Calendar, ph: Phone) -> None:
    """Ask for the cell of whoever is called; a tie is asked for only now."""
    kind = cal.come[i, WHAT] >> KIND_SHIFT
    if kind == ATTEMPT or kind == TALK:
        other = cal.come[i, ASIDE]
        if other >= 0:
            _fetch_cell(ph, cell_of(ph, other))
            return
        slot = (cal.come[i, NTH] & (AFRESH - 1)) // MAX_ATTEMPTS
        other = ph.callee[first_tie(ph, cal.come[i, WHAT] & WHO) + slot]
        if other >= 0:
            prefetch(ph.person, 2 * other)


@njit
def _fetch_cell(ph: Phone, cell: int) -> None:
    """Ask for what a cell counts and remembers."""
    if cell >= 0:
        prefetch(ph.cells, 8 * cell)
        places = ph.cell_clock.shape[1]
        for line in range(0, places, 8):
            prefetch(ph.cell_clock, places * cell + line)
