"""Ordinary calls of a cell, and those to emergency numbers, as events of the calendar, and how a run begins with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.calendar import push
from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.local_time import by_hours, local_hour
from msgu.kernels.base.log import later, row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.barring import OF_CELL, is_barred
from msgu.kernels.phone.channels import count_leg, hold_channel
from msgu.kernels.phone.numbering import MAX_ATTEMPTS
from msgu.kernels.state import (
    ANSWERED,
    BARRED,
    BASE_CALL,
    BASE_RETRY,
    BLOCKED,
    CARRIED,
    CELL_BUSY,
    CELL_NEXT,
    CELL_SOONEST,
    CELL_URGENT,
    CELL_URGENT_LOST,
    CELL_ZONE,
    HANG_UP,
    LOG_BASE,
    LOST,
    OFFERED,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared


@njit
def base_call(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, cell: int, nth: int, first: bool) -> None:
    """An ordinary call of a cell, or one to an emergency number: attempt `nth % MAX_ATTEMPTS` of call `nth // MAX_ATTEMPTS`."""
    t = g.now[0]
    number = nth // MAX_ATTEMPTS
    u, v = uniform2(key.baseline, cell, nth, 1)
    if first:
        push(cal, by_hours(g, ph.base_rate, 1.0, 1.0, t, -ln(v)), BASE_CALL, cell, (number + 1) * MAX_ATTEMPTS)
    i = row_of(t, g.bin_width, ph.calls.shape[0])
    urgent = ph.emergency > 0.0 and uniform(key.baseline, (2 << 32) | cell, number, 0) < ph.emergency
    if not urgent and is_barred(key, ph, OF_CELL | cell, cell, nth):
        ph.barred[i, ph.cells[cell, CELL_ZONE]] += 1
        write(log, t, LOG_BASE, cell, nth, BARRED, 0)
        _retry(g, key, cal, ph, cell, nth)
        return
    count_leg(ph, cell, i, OFFERED)
    outcome = BLOCKED
    free = ph.channels[ph.cells[cell, CELL_ZONE]] - (0 if urgent else ph.reserved)
    if ph.cells[cell, CELL_BUSY] < free:
        outcome = ANSWERED
        ph.cells[cell, CELL_BUSY] += 1
        count_leg(ph, cell, i, CARRIED)
        later(cal, g, delay(g.laws, g.knots, ph.holding, u), HANG_UP, cell, -1)
    else:
        count_leg(ph, cell, i, LOST)
    if urgent:
        ph.cells[cell, CELL_URGENT] += 1
        ph.cells[cell, CELL_URGENT_LOST] += outcome == BLOCKED
    write(log, t, LOG_BASE, cell, nth, outcome, int(urgent))
    if outcome == BLOCKED:
        _retry(g, key, cal, ph, cell, nth)


@njit
def _retry(g: Shared, key: Keys, cal: Calendar, ph: Phone, cell: int, nth: int) -> None:
    """An ordinary caller who failed may redial."""
    if ph.base_redials and nth % MAX_ATTEMPTS < MAX_ATTEMPTS - 1:
        u, v = uniform2(key.baseline, cell, nth, 2)
        if u < ph.persistence:
            later(cal, g, delay(g.laws, g.knots, ph.redial, v), BASE_RETRY, cell, nth + 1)


@njit
def start_cells(g: Shared, key: Keys, cal: Calendar, ph: Phone) -> None:
    """Start each cell in equilibrium: Poisson busy channels (at most all), each with a residual holding time.

    The residual of a stationary renewal process is a uniform share of a length-biased holding time, drawn here by
    rejection: a holding time is kept with a chance proportional to its length, up to the cut at 16 mean holding times.
    """
    hour = local_hour(g, 0.0)
    cut = 16.0 * ph.base_mean
    for cell in range(ph.cells.shape[0]):
        mean = ph.load * ph.profile[hour]
        n = truncated_poisson(key, cell, mean, ph.channels[ph.cells[cell, CELL_ZONE]] - ph.reserved)
        for i in range(n):
            end = residual(g, key, ph, cell, i, cut)
            hold_channel(ph, cell, 0.0, end)
            if not ph.settled:
                push(cal, end, HANG_UP, cell, -1)
        need = -ln(uniform(key.baseline, cell, 0, 0))
        at = by_hours(g, ph.base_rate, 1.0, 1.0, 0.0, need)
        if ph.settled:
            ph.cell_clock[cell, CELL_NEXT] = at
            ph.cell_clock[cell, CELL_SOONEST] = np.inf
        else:
            push(cal, at, BASE_CALL, cell, 0)


@njit
def truncated_poisson(key: Keys, cell: int, mean: float, most: int) -> int:
    """Poisson count of `mean`, given that it is at most `most`: the stationary law of a loss system."""
    for k in range(100000):
        total = 0.0
        n = 0
        while n <= most:
            total -= ln(uniform(key.baseline, (k << 32) | cell, n, 3))
            if total >= mean:
                return n
            n += 1
    return most


@njit
def residual(g: Shared, key: Keys, ph: Phone, cell: int, i: int, cut: float) -> float:
    """Residual holding time [s] of the i-th call under way at the start."""
    for k in range(100000):
        u, v = uniform2(key.baseline, cell, i, 4 + k)
        hold = min(delay(g.laws, g.knots, ph.holding, u), cut)
        if v * cut < hold:
            return uniform(key.baseline, (1 << 32) | cell, i, 4 + k) * hold
    return 0.0
