"""Access-class barring: ordinary calls that a cell keeps from asking for a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.draw import uniform
from msgu.kernels.jit.compile import njit
from msgu.kernels.state import CELL_ZONE

if TYPE_CHECKING:
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Keys

OF_CELL = 1 << 32
"""Added to the number of a cell in the keys of its ordinary calls, beside those of people."""


@njit
def is_barred(key: Keys, ph: Phone, who: int, cell: int, nth: int) -> bool:
    """Whether attempt `nth` of an ordinary call that begins in a cell is kept from asking for a channel there."""
    admitted = ph.admitted[ph.cells[cell, CELL_ZONE]]
    return admitted < 1.0 and uniform(key.barring, who, nth, 0) >= admitted
