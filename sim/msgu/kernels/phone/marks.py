"""Safety Check marks, posts that say *I am safe*, and who looks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.batch import BATCH, fill_uniforms
from msgu.kernels.base.calendar import push
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.local_time import delay_from
from msgu.kernels.base.log import later, row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.calls import attempt
from msgu.kernels.phone.messages import data_wait
from msgu.kernels.phone.numbering import AGAIN, MAX_ATTEMPTS
from msgu.kernels.phone.person import cell_of, first_tie, is_aware, state_of, tell, ties_about, ties_of, zone_of
from msgu.kernels.phone.worries import (
    BY_SHIFT,
    FRIEND,
    OF_WORD,
    OWN,
    POST,
    POSTED,
    PROMPTED,
    clear,
    is_asked,
    later_events,
)
from msgu.kernels.state import ASLEEP, DONE, DOUBT, LATER_SHIFT, LOG_MARK, MARK, TELLS

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64, I64
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared

BY_MARK, BY_POST, BY_WORD = 2, 4, 5
"""Columns of `Phone.cleared`."""


@njit
def mark(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, nth: int) -> None:
    """Person `p` marks as safe, is marked, posts so, or is spoken of: each worried one who hears of it is reassured.

    nth : what it is in the lowest bits, see OWN to PROMPTED; above BY_SHIFT the tie of who knows or asks.
    """
    what = nth & ((1 << BY_SHIFT) - 1)
    by = nth >> BY_SHIFT
    if what == POST and ph.data_share > 0.0 and cell_of(ph, p) >= 0:
        later(cal, g, data_wait(g, ph, cell_of(ph, p)), MARK, p, POSTED)
        return
    known = later_events(g, ph)
    if what == OF_WORD or what == FRIEND:
        if not knows_safe(ph, by):
            return
        known = state_of(ph, by) >> LATER_SHIFT
    if what == OF_WORD:
        _pass_on(g, key, cal, log, ph, p, by, known)
    elif what == POST or what == POSTED:
        write(log, g.now[0], LOG_MARK, p, 1, 0, 0)
        _reassure(g, key, cal, log, ph, p, BY_POST, known)
    elif _is_first_mark(ph, p):
        _count(g, log, ph, p, what, by)
        _reassure(g, key, cal, log, ph, p, BY_MARK, known)


@njit
def _count(g: Shared, log: Log, ph: Phone, p: int, what: int, by: int) -> None:
    """Count a mark of person `p`, and write down whose it is."""
    row = row_of(g.now[0], g.bin_width, ph.marks.size)
    ph.marks[row] += 1
    if what == OWN:
        write(log, g.now[0], LOG_MARK, p, 0, 0, 0)
    else:
        ph.marked_by[row, what - FRIEND] += 1
        write(log, g.now[0], LOG_MARK, p, 2 + what - FRIEND, ph.owner[by], 0)


@njit
def _reassure(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, how: int, known: int) -> None:
    """Each worried contact who sees the mark or post of person `p` is reassured."""
    first, end = ties_about(ph, p)
    for i in range(first, end):
        e = ph.back_edge[i]
        owner = ph.owner[e]
        slot = e - first_tie(ph, owner)
        if how == BY_MARK:
            sees = uniform(key.safety_check, owner, slot, 2) < ph.contact
        else:
            sees = uniform(key.worry, owner, slot, 3) < ph.safe_seen
        if sees:
            clear(g, key, cal, log, ph, owner, slot, how, known)


@njit
def knows_safe(ph: Phone, e: int) -> bool:
    """Whether the owner of a tie knows of the event, and that the other is safe."""
    return ph.state[e] & (DONE | ASLEEP) == DONE and is_aware(ph, ph.owner[e])


@njit
def _is_first_mark(ph: Phone, p: int) -> bool:
    """Whether nobody has marked person `p` before, which is noted where friends may mark; each marks once by themselves."""
    if ph.friends <= 0.0 and ph.prompted <= 0.0:
        return True
    if ph.marked[p] != 0:
        return False
    ph.marked[p] = 1
    return True


@njit
def _pass_on(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, q: int, by: int, known: int) -> None:
    """Who has tie `by` about person `q` tells others who worry about `q` that `q` is safe, and so that something happened."""
    teller = ph.owner[by]
    first, end = ties_about(ph, q)
    for i in range(first, end):
        e = ph.back_edge[i]
        owner = ph.owner[e]
        slot = e - first_tie(ph, owner)
        if owner != teller and uniform(key.word, owner, 2 * slot, teller) < ph.passed_on:
            clear(g, key, cal, log, ph, owner, slot, BY_WORD, known)
            tell(g, cal, ph, owner, 2)


@njit
def doubt(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, slot: int) -> None:
    """Person `p` looks for the mark of a tie and finds none: one more call, with its own redials; the other may be asked."""
    e = first_tie(ph, p) + slot
    if not is_aware(ph, p) or ph.state[e] & (DONE | TELLS) != 0:
        return
    q = ph.callee[e]
    if ph.prompted > 0.0 and ph.marked[q] == 0 and is_asked(key, ph, q):
        u, v = uniform2(key.friends, p, slot, 1)
        if u < ph.prompted:
            wait = delay_from(g, ph.awake, ph.there[zone_of(ph, q)], g.now[0], ph.prompted_law, v)
            later(cal, g, wait, MARK, q, PROMPTED | e << BY_SHIFT)
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
def marks_of(
    g: Shared, key: Keys, cal: Calendar, ph: Phone, first: I64, count: I64, share: F64, at: float, law: int
) -> None:
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
                    push(cal, at + delay_from(g, ph.awake, ph.there[z], at, law, v), MARK, start + i, OWN)
