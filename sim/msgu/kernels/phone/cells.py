"""Cells as clocks of their own: ordinary calls and ends of calls wait in their cell, not in the calendar.

Nobody but its cell notices an ordinary call, or the end of any call. So each cell keeps when its next ordinary call
comes, when the calls that hold its channels end and which ordinary callers will redial, and is settled, that is brought up
to the present, when another call asks it for a channel, when a dial that concerns it turns, and at the end of the run.
Draws are keyed by (cell, number), so what is settled late has the same bits as what happens in time. Where the event log
is kept, which has a row for each of these events, they all stand in the calendar (`ordinary.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.batch import fill_stepped_pairs, take_delays, take_logs
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.local_time import by_hours, steady
from msgu.kernels.base.log import checked, row_of
from msgu.kernels.base.places import FREE, USED, free_place, take_place
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.barring import OF_CELL, is_barred
from msgu.kernels.phone.channels import busy_channels, count_legs, has_channel, hold_channel
from msgu.kernels.phone.numbering import MAX_ATTEMPTS
from msgu.kernels.state import (
    CALLS_AT_ONCE,
    CARRIED,
    CELL_GAPS,
    CELL_HOLDS,
    CELL_NEXT,
    CELL_NUMBER,
    CELL_REDIAL,
    CELL_SOONEST,
    CELL_URGENT,
    CELL_URGENT_LOST,
    CELL_ZONE,
    LOST,
    OFFERED,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Keys, Shared

SLACK = 1e-6
"""The rate is looked up again so long before an hour ends [s], so that rounding moves no end of an hour."""


@njit
def settle(g: Shared, key: Keys, ph: Phone, cell: int, until: float) -> bool:
    """Place every ordinary call and redial of a cell up to `until`, included; false where no room for a redial is left.

    Nothing is lost then: the next call goes on where this one stopped.
    """
    clock, whole = ph.cell_clock[cell], ph.cell_word[cell]
    rate, end = 0.0, -np.inf  # of ordinary calls, and until when that holds
    at = clock[CELL_NEXT]
    row, offered, carried = 0, 0, 0  # of a bin, counted together where it ends
    bars = ph.admitted[ph.cells[cell, CELL_ZONE]] < 1.0
    while True:
        redials = clock[CELL_SOONEST] < at
        t = clock[CELL_SOONEST] if redials else at
        has_room = _room_for_redial(ph)
        if t > until or not has_room:
            _count_ordinary(ph, cell, row, offered, carried)
            return t > until
        i = row_of(t, g.bin_width, ph.calls.shape[0])
        if i != row:
            _count_ordinary(ph, cell, row, offered, carried)
            row, offered, carried = i, 0, 0
        offered += 1
        if redials:
            nth = _take_redial(ph, cell)
            hold = delay(g.laws, g.knots, ph.holding, uniform(key.baseline, cell, nth, 1))
        else:
            number = whole[CELL_NUMBER]
            whole[CELL_NUMBER] = number + 1
            nth, k = number * MAX_ATTEMPTS, number % CALLS_AT_ONCE
            if k == 0:
                _draw_calls(g, key, ph, cell, number)
            gap, hold = clock[CELL_GAPS + k], clock[CELL_HOLDS + k]
            if not at < end - SLACK:
                rate, end = steady(g, ph.base_rate, at)
            # most calls come within the same hour; for others `by_hours` goes through the hours
            soon = gap < rate * (end - at)
            at = at + gap / rate if soon else by_hours(g, ph.base_rate, 1.0, 1.0, at, gap)
            clock[CELL_NEXT] = at
        if bars and _is_barred(g, key, ph, cell, nth, i, t):
            offered -= 1
        else:
            carried += int(_is_carried(g, key, ph, cell, nth, t, hold))


@njit
def _count_ordinary(ph: Phone, cell: int, i: int, offered: int, carried: int) -> None:
    """Count ordinary calls of a cell in bin `i`."""
    count_legs(ph, cell, i, OFFERED, offered)
    count_legs(ph, cell, i, CARRIED, carried)
    count_legs(ph, cell, i, LOST, offered - carried)


@njit
def _draw_calls(g: Shared, key: Keys, ph: Phone, cell: int, number: int) -> None:
    """Draw how long the next ordinary calls of a cell hold, from `number` on, and the gap after each."""
    row, u, v, hold = ph.cell_clock, ph.drawn[0], ph.drawn[1], ph.drawn[2]
    fill_stepped_pairs(key.baseline, cell, number * MAX_ATTEMPTS, MAX_ATTEMPTS, CALLS_AT_ONCE, 1, u, v)
    take_delays(g.laws, g.knots, ph.holding, u, CALLS_AT_ONCE, hold)
    take_logs(v, CALLS_AT_ONCE)
    for i in range(CALLS_AT_ONCE):
        row[cell, CELL_GAPS + i] = -v[i]
        row[cell, CELL_HOLDS + i] = hold[i]


@njit
def _is_carried(g: Shared, key: Keys, ph: Phone, cell: int, nth: int, t: float, hold: float) -> bool:
    """Return whether an ordinary call of a cell at `t` finds a channel, which it holds then; see `ordinary.base_call`."""
    urgent = _is_urgent(key, ph, cell, nth)
    if urgent:
        ph.cells[cell, CELL_URGENT] += 1
    if has_channel(ph, cell, t, 0 if urgent else ph.reserved):
        hold_channel(ph, cell, t, t + checked(g, hold))
        return True
    ph.cells[cell, CELL_URGENT_LOST] += urgent
    _retry(g, key, ph, cell, nth, t)
    return False


@njit
def _is_urgent(key: Keys, ph: Phone, cell: int, nth: int) -> bool:
    """Whether an ordinary call of a cell is to an emergency number."""
    return ph.emergency > 0.0 and uniform(key.baseline, (2 << 32) | cell, nth // MAX_ATTEMPTS, 0) < ph.emergency


@njit
def _is_barred(g: Shared, key: Keys, ph: Phone, cell: int, nth: int, i: int, t: float) -> bool:
    """Whether an ordinary call of a cell at `t`, in bin `i`, is kept from asking for a channel; it may be tried again."""
    if _is_urgent(key, ph, cell, nth) or not is_barred(key, ph, OF_CELL | cell, cell, nth):
        return False
    ph.barred[i, ph.cells[cell, CELL_ZONE]] += 1
    _retry(g, key, ph, cell, nth, t)
    return True


@njit
def _retry(g: Shared, key: Keys, ph: Phone, cell: int, nth: int, t: float) -> None:
    """An ordinary caller who failed at `t` may redial."""
    if ph.base_redials and nth % MAX_ATTEMPTS < MAX_ATTEMPTS - 1:
        u, v = uniform2(key.baseline, cell, nth, 2)
        if u < ph.persistence:
            _add_redial(ph, cell, t + checked(g, delay(g.laws, g.knots, ph.redial, v)), nth + 1)


# ---- redials: for each cell a list in the order of time ----


@njit
def _room_for_redial(ph: Phone) -> bool:
    return ph.redials[FREE] > 0 or ph.redials[USED] < ph.redial_at.size


@njit
def _add_redial(ph: Phone, cell: int, t: float, nth: int) -> None:
    """An ordinary caller of a cell will redial at `t`."""
    new = take_place(ph.redials, ph.redial_next)
    # places are numbered from 1 in links, so that 0 ends a list
    before, after = -1, ph.cell_word[cell, CELL_REDIAL] - 1
    while after >= 0 and (ph.redial_at[after] < t or (ph.redial_at[after] == t and ph.redial_nth[after] < nth)):
        before, after = after, ph.redial_next[after] - 1
    ph.redial_at[new], ph.redial_nth[new], ph.redial_next[new] = t, nth, after + 1
    if before >= 0:
        ph.redial_next[before] = new + 1
    else:
        ph.cell_word[cell, CELL_REDIAL] = new + 1
        ph.cell_clock[cell, CELL_SOONEST] = t


@njit
def _take_redial(ph: Phone, cell: int) -> int:
    """Remove the first redial of a cell and return which attempt it is."""
    first = ph.cell_word[cell, CELL_REDIAL] - 1
    following = ph.redial_next[first]
    ph.cell_word[cell, CELL_REDIAL] = following
    ph.cell_clock[cell, CELL_SOONEST] = ph.redial_at[following - 1] if following > 0 else np.inf
    free_place(ph.redials, ph.redial_next, first)
    return ph.redial_nth[first]


@njit
def settle_all(g: Shared, key: Keys, ph: Phone, until: float) -> bool:
    """Settle every cell up to `until`, included, so that CELL_BUSY is what it says; false where room is wanting."""
    for cell in range(ph.cells.shape[0]):
        if not settle(g, key, ph, cell, until):
            return False
        busy_channels(ph, cell, until)
    return True
