"""Safety Check marks, posts that say *I am safe*, and who looks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.batch import BATCH, fill_uniforms
from msgu.kernels.base.calendar import push
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import later, row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.calls import attempt
from msgu.kernels.phone.messages import data_wait
from msgu.kernels.phone.numbering import AGAIN, MAX_ATTEMPTS
from msgu.kernels.phone.person import cell_of, first_tie, is_aware, ties_about, ties_of
from msgu.kernels.phone.worries import clear
from msgu.kernels.state import DOUBT, LOG_MARK, MARK

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64, I64
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared

BY_POST = 4
"""Column of `Phone.cleared` of a post that says *I am safe*."""


@njit
def mark(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, nth: int) -> None:
    """Person `p` marks as safe (`nth` 0) or posts so (1; 2 once sent): each worried contact who sees it is reassured."""
    if nth == 1 and ph.data_share > 0.0 and cell_of(ph, p) >= 0:
        later(cal, g, data_wait(g, ph, cell_of(ph, p)), MARK, p, 2)
        return
    if nth == 0:
        ph.marks[row_of(g.now[0], g.bin_width, ph.marks.size)] += 1
    write(log, g.now[0], LOG_MARK, p, min(nth, 1), 0, 0)
    first, end = ties_about(ph, p)
    for i in range(first, end):
        e = ph.back_edge[i]
        owner = ph.owner[e]
        slot = e - first_tie(ph, owner)
        if nth == 0:
            if uniform(key.safety_check, owner, slot, 2) < ph.contact:
                clear(g, log, ph, owner, slot, 2)
        elif uniform(key.worry, owner, slot, 3) < ph.safe_seen:
            clear(g, log, ph, owner, slot, BY_POST)


@njit
def doubt(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, slot: int) -> None:
    """Person `p` looks for the mark of a tie and finds none: one more call, with its own redials."""
    if is_aware(ph, p) and ph.state[first_tie(ph, p) + slot] == 0:
        attempt(g, key, cal, log, ph, p, slot * MAX_ATTEMPTS + AGAIN)


@njit
def doubts_of(g: Shared, key: Keys, cal: Calendar, ph: Phone, at: float, law: int) -> None:
    """Schedule when each worried contact, shaken if there is no mark, looks for one."""
    for p in range(ph.person.shape[0]):
        for slot in range(ties_of(ph, p)):
            u, v = uniform2(key.safety_check, p, slot, 3)
            if u < ph.unmarked and uniform(key.safety_check, p, slot, 2) < ph.contact:
                push(cal, at + delay(g.laws, g.knots, law, v), DOUBT, p, slot)


@njit
def marks_of(g: Shared, key: Keys, cal: Calendar, first: I64, count: I64, share: F64, at: float, law: int) -> None:
    """Schedule when each person marks as safe; `share` (n_zones,) who do; people are numbered zone by zone."""
    u = np.empty(BATCH)
    for z in range(first.size):
        for block in range((count[z] + BATCH - 1) // BATCH):
            start = int(first[z]) + block * BATCH
            n = min(BATCH, int(first[z] + count[z]) - start)
            fill_uniforms(key.safety_check, start, n, 0, 0, u)
            for i in range(n):
                if u[i] < share[z]:
                    _, v = uniform2(key.safety_check, start + i, 0, 0)
                    push(cal, at + delay(g.laws, g.knots, law, v), MARK, start + i, 0)
