"""Worries: how they begin, and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.log import row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.person import first_tie, is_aware, ties_of
from msgu.kernels.state import LOG_CLEARED

if TYPE_CHECKING:
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Log, Shared


@njit
def worry(g: Shared, ph: Phone, n: int) -> None:
    """So many worries begin now, or end where `n` is negative."""
    i = row_of(g.now[0], g.bin_width, ph.worry_change.size)
    ph.worry_change[i] += n
    ph.worry_time[i] += n * ((i + 1) * g.bin_width - g.now[0])


@njit
def hears_from(g: Shared, log: Log, ph: Phone, p: int, q: int, how: int) -> None:
    """Person `p` hears from `q`, about whom it worries no more."""
    ties = ties_of(ph, p)
    first = first_tie(ph, p) if ties > 0 else 0
    for slot in range(ties):
        if ph.callee[first + slot] == q:
            clear(g, log, ph, p, slot, how)


@njit
def clear(g: Shared, log: Log, ph: Phone, p: int, slot: int, how: int) -> None:
    """Worry edge `slot` of person `p` is cleared (`how`: 0 call, 1 message, 2 mark, 3 desk, 4 post)."""
    e = first_tie(ph, p) + slot
    if ph.state[e] != 0:
        return
    ph.state[e] = 1
    ph.open[p] -= 1
    if is_aware(ph, p):
        ph.cleared[row_of(g.now[0], g.bin_width, ph.cleared.shape[0]), how] += 1
        worry(g, ph, -1)
    write(log, g.now[0], LOG_CLEARED, p, slot, how, 0)
