"""Residents who stand for people out, and the cells where these are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.bitmap import bit, set_bit
from msgu.kernels.base.draw import uniform
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.person import one_of, operator_of
from msgu.kernels.state import HELD, HOME, OUT, PERSON_CELL, SEEKING, SHELTERED, STRANDED

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import I16, I32, I64
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Keys


@njit
def stand_in(kept: I64, clone_of: I32, home: I16, first: I64, count: I64, resident: I32) -> None:
    """Fill `resident` (out,): who stands for each of the people out in `kept` (k,), ascending.

    It is the resident of whom they are a clone; where that one stands for another already, the next of the zone who is
    free, and nobody where none is.
    """
    taken = np.zeros((first[-1] + count[-1] + 63) // 64, np.uint64)
    for k in range(kept.size):
        q = kept[k]
        z = home[q]
        p = int(clone_of[q])
        for _ in range(count[z]):
            if not bit(taken, p):
                set_bit(taken, p, True)
                resident[q] = p
                break
            p = p + 1 if p + 1 < first[z] + count[z] else first[z]


@njit
def is_there(pe: People, q: int) -> bool:
    """Whether person `q`, who is out, is still in the zone and on no way out of it."""
    s = pe.state[q]
    return s == OUT or s == STRANDED or s == SEEKING or s == HELD


@njit
def zone_now(pe: People, q: int) -> int:
    """Zone where person `q`, who is or was out, is now; on the way it is that where they set out."""
    if pe.state[q] == HOME or pe.state[q] == SHELTERED:
        return pe.bound[q]
    return pe.at[q]


@njit
def move_in(key: Keys, ph: Phone, pe: People, q: int) -> None:
    """Person `q` has arrived at home or at a host: the calls of who stands for them pass there from now on."""
    if pe.stands.size == 0 or pe.stands[q] < 0:
        return
    p = pe.stands[q]
    if ph.away.size > 0:
        ph.away[p] = 0
    if pe.state[q] == HOME:
        ph.person[p, PERSON_CELL] = pe.home_cell[q]
        return
    group = pe.bound[q] * ph.groups + (operator_of(ph, p) if ph.groups > 1 else 0)
    cell = one_of(ph.group_cell, group, uniform(key.standing, q, pe.bound[q], 0))
    if cell >= 0:
        ph.person[p, PERSON_CELL] = cell
