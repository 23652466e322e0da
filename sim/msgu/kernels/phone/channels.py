"""Channels of cells: taken, freed, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.log import write
from msgu.kernels.jit.compile import njit
from msgu.kernels.state import (
    BLOCKED,
    BLOCKED_FAR,
    CARRIED,
    CELL_BUSY,
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
def count_leg(ph: Phone, cell: int, i: int, what: int) -> None:
    """Count one leg of a call, of the cell and of its zone in bin `i`."""
    ph.cells[cell, CELL_LEGS + what] += 1
    ph.calls[i, ph.cells[cell, CELL_ZONE], what] += 1


@njit
def _full(ph: Phone, cell: int) -> bool:
    """Whether a cell has no free channel but those reserved for emergency calls."""
    return ph.cells[cell, CELL_BUSY] >= ph.channels[ph.cells[cell, CELL_ZONE]] - ph.reserved


@njit
def seize(ph: Phone, near: int, far: int, i: int) -> int:
    """Take a channel at each end, or say where there was none."""
    if _full(ph, near):
        count_leg(ph, near, i, LOST)
        return BLOCKED
    ph.cells[near, CELL_BUSY] += 1
    if far >= 0:
        count_leg(ph, far, i, OFFERED)
        if _full(ph, far):
            ph.cells[near, CELL_BUSY] -= 1
            count_leg(ph, far, i, LOST)
            count_leg(ph, near, i, LOST_FAR)
            return BLOCKED_FAR
        ph.cells[far, CELL_BUSY] += 1
        count_leg(ph, far, i, CARRIED)
    count_leg(ph, near, i, CARRIED)
    return UNANSWERED


@njit
def hang_up(g: Shared, log: Log, ph: Phone, near: int, far: int) -> None:
    """A call ends and frees its channels."""
    ph.cells[near, CELL_BUSY] -= 1
    if far >= 0:
        ph.cells[far, CELL_BUSY] -= 1
    write(log, g.now[0], LOG_HANG_UP, near, far, ph.cells[near, CELL_BUSY], 0)
