"""Writing the event log, and checks that every kernel shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.calendar import push
from msgu.kernels.jit.compile import njit
from msgu.kernels.state import FLAG_BAD

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64
    from msgu.kernels.arrays.run import Calendar, Log, Shared


@njit
def write(log: Log, t: float, code: int, who: int, nth: int, a: int, b: int) -> None:
    """Add a row to the event log, if rows are kept; the caller has made sure that there is room."""
    if log.size[1] == 0:
        return
    i = log.size[0]
    log.size[0] = i + 1
    log.time[i] = t
    log.code[i] = code
    log.who[i] = who
    log.nth[i] = nth
    log.a[i] = a
    log.b[i] = b


@njit
def checked(g: Shared, wait: float) -> float:
    """Return a wait [s]; one that is negative or not finite stops the replication."""
    if not (wait >= 0.0 and wait < 1e300):
        g.flag[FLAG_BAD] = 1
    return wait


@njit
def later(cal: Calendar, g: Shared, wait: float, kind: int, who: int, nth: int) -> None:
    """Schedule an event after `wait` [s]; a wait that is negative or not finite stops the replication."""
    checked(g, wait)
    if g.flag[FLAG_BAD] == 0:
        push(cal, g.now[0] + wait, kind, who, nth)


@njit
def row_of(t: float, width: float, rows: int) -> int:
    """Bin of time `t`; the last one where rounding would pass the end."""
    i = int(t / width)
    return i if i < rows else rows - 1


@njit
def pick(cumulative: F64, u: float) -> int:
    """First index whose cumulative share exceeds `u` (the last where rounding leaves none)."""
    n = cumulative.size
    for i in range(n - 1):
        if u < cumulative[i]:
            return i
    return n - 1
