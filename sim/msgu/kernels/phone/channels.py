"""Channels of cells: taken, freed, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.log import write
from msgu.kernels.jit.compile import njit, prefetch
from msgu.kernels.state import (
    BLOCKED,
    BLOCKED_FAR,
    CARRIED,
    CELL_BUSY,
    CELL_ENDS,
    CELL_LEGS,
    CELL_ZONE,
    LOG_HANG_UP,
    LOST,
    LOST_FAR,
    OFFERED,
    UNANSWERED,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Log, Shared


@njit
def fetch_cell(ph: Phone, cell: int) -> None:
    """Ask for what a cell counts and remembers."""
    if cell >= 0:
        prefetch(ph.cells, 8 * cell)
        places = ph.cell_clock.shape[1]
        for line in range(0, places, 8):
            prefetch(ph.cell_clock, places * cell + line)


@njit
def count_leg(ph: Phone, cell: int, i: int, what: int) -> None:
    """Count one leg of a call, of the cell and of its zone in bin `i`."""
    count_legs(ph, cell, i, what, 1)


@njit
def count_legs(ph: Phone, cell: int, i: int, what: int, n: int) -> None:
    """Count `n` legs of calls, of the cell and of its zone in bin `i`."""
    ph.cells[cell, CELL_LEGS + what] += n
    ph.calls[i, ph.cells[cell, CELL_ZONE], what] += n


@njit
def has_channel(ph: Phone, cell: int, t: float, reserved: int) -> bool:
    """Whether a cell has a free channel at `t` beside those reserved."""
    free = ph.channels[ph.cells[cell, CELL_ZONE]] - reserved
    # where cells are settled CELL_BUSY counts calls that are over too, until that would matter: most calls find fewer than
    # there are channels, and need not know which of them are
    return ph.cells[cell, CELL_BUSY] < free or (ph.settled and busy_channels(ph, cell, t) < free)


@njit
def busy_channels(ph: Phone, cell: int, t: float) -> int:
    """Forget the calls of a settled cell that are over at `t`, and return how many are not."""
    row = ph.cell_clock
    left = CELL_ENDS
    for i in range(CELL_ENDS, CELL_ENDS + ph.cells[cell, CELL_BUSY]):
        end = row[cell, i]
        row[cell, left] = end
        left += int(end > t)
    ph.cells[cell, CELL_BUSY] = left - CELL_ENDS
    return left - CELL_ENDS


@njit
def hold_channel(ph: Phone, cell: int, t: float, end: float) -> None:
    """A call that begins at `t` holds a channel of a cell until `end`, which is kept where cells are settled."""
    if not ph.settled:
        ph.cells[cell, CELL_BUSY] += 1
    elif end > t:
        n = ph.cells[cell, CELL_BUSY]
        ph.cell_clock[cell, CELL_ENDS + n] = end
        ph.cells[cell, CELL_BUSY] = n + 1


@njit
def _let_go(ph: Phone, cell: int, t: float, end: float) -> None:
    """Give back the channel that `hold_channel` has just taken."""
    ph.cells[cell, CELL_BUSY] -= int(not ph.settled or end > t)


@njit
def seize(ph: Phone, near: int, far: int, i: int, t: float, end: float) -> int:
    """Take a channel at each end from `t` until `end`, or say where there was none."""
    if not has_channel(ph, near, t, ph.reserved):
        count_leg(ph, near, i, LOST)
        return BLOCKED
    hold_channel(ph, near, t, end)
    if far >= 0:
        count_leg(ph, far, i, OFFERED)
        at_once = int(ph.settled and far == near and not end > t)  # it is not over before it has begun at both ends
        if not has_channel(ph, far, t, ph.reserved + at_once):
            _let_go(ph, near, t, end)
            count_leg(ph, far, i, LOST)
            count_leg(ph, near, i, LOST_FAR)
            return BLOCKED_FAR
        hold_channel(ph, far, t, end)
        count_leg(ph, far, i, CARRIED)
    count_leg(ph, near, i, CARRIED)
    return UNANSWERED


@njit
def give_back(g: Shared, log: Log, ph: Phone, cell: int) -> None:
    """A call to a desk, which holds a channel of a cell without an end that is known, ends now."""
    if not ph.settled:
        hang_up(g, log, ph, cell, -1)
        return
    row, i = ph.cell_clock, CELL_ENDS
    while row[cell, i] != np.inf:
        i += 1
    row[cell, i] = g.now[0]  # what asks the cell later for an earlier time finds the channel in use


@njit
def hang_up(g: Shared, log: Log, ph: Phone, near: int, far: int) -> None:
    """A call ends and frees its channels."""
    ph.cells[near, CELL_BUSY] -= 1
    if far >= 0:
        ph.cells[far, CELL_BUSY] -= 1
    write(log, g.now[0], LOG_HANG_UP, near, far, ph.cells[near, CELL_BUSY], 0)
