"""Local time at the scenario's place, whose clocks may change in mid-crisis, and rates that depend on its hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.laws import AWAKE, delay
from msgu.kernels.jit.compile import njit

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64
    from msgu.kernels.arrays.run import Shared


@njit
def clock_row(g: Shared, t: float) -> int:
    """Row of the clocks that holds at time `t`."""
    return _row_at(g.turn, t)


@njit
def _row_at(turn: F64, t: float) -> int:
    k = turn.size - 1
    while k > 0 and t < turn[k]:
        k -= 1
    return k


@njit
def local_hour(g: Shared, t: float) -> int:
    """Hour of the day at the scenario's place, from 0 to 23."""
    return int(np.floor((t + g.local[clock_row(g, t)]) / 3600.0)) % 24


@njit
def by_hours(g: Shared, rates: F64, over: float, under: float, t: float, need: float) -> float:
    """Time at which the integral of an hourly rate has grown by `need` since `t`: the next event of a Poisson process.

    See `by_hours_of`, whose clock is that of the scenario's place here.
    """
    return by_hours_of(g.turn, g.local, rates, over, under, t, need)


@njit
def by_hours_of(turn: F64, local: F64, rates: F64, over: float, under: float, t: float, need: float) -> float:
    """Time at which the integral of an hourly rate has grown by `need` since `t`, by a clock of its own.

    The rate is over x rates[hour] / under, constant within each local hour. Where it is zero for a whole day after which
    no clock changes any more, the answer is 1e299, which no horizon reaches.

    Parameters
    ----------
    turn, local : shape (clock rows,). From when on a row holds [s], and the local clock then less the time [s].
    rates : shape (24,), by local hour. need : >= 0.
    """
    k = _row_at(turn, t)
    last = turn.size - 1
    hour = int(np.floor((t + local[k]) / 3600.0))
    empty = 0
    while empty < 24 or k < last:
        rate = over * rates[hour % 24] / under
        end = (hour + 1) * 3600.0 - local[k]
        turned = k < last and turn[k + 1] <= end
        if turned:
            end = turn[k + 1]
        room = rate * max(0.0, end - t)
        if need < room:
            return t + need / rate
        need -= room
        t = end
        hour += 1
        if turned:
            k += 1
            hour = int(np.floor((t + local[k]) / 3600.0))
        empty = empty + 1 if rate == 0.0 and not turned else 0
    return 1e299


@njit
def steady(g: Shared, rates: F64, t: float) -> tuple[float, float]:
    """Rate at time `t`, and until when it holds: the first step of `by_hours` with neither `over` nor `under`."""
    k = clock_row(g, t)
    hour = int(np.floor((t + g.local[k]) / 3600.0))
    end = (hour + 1) * 3600.0 - g.local[k]
    if k < g.turn.size - 1 and g.turn[k + 1] <= end:
        end = g.turn[k + 1]
    return rates[hour % 24], end


@njit
def delay_from(g: Shared, awake: F64, local: F64, t: float, row: int, u: float) -> float:
    """Quantile `u` of law `row` from time `t` on [s], where its clock runs while one is awake alone if it is such a law.

    Parameters
    ----------
    awake : shape (24,). Share awake by local hour, over that of the busiest hour.
    local : shape (clock rows,). Local clock of the person's zone less the time [s].
    """
    if int(g.laws[row, 0]) != AWAKE:
        return delay(g.laws, g.knots, row, u)
    need = delay(g.laws, g.knots, int(g.laws[row, 1]), u)
    return by_hours_of(g.turn, local, awake, 1.0, 1.0, t, need) - t
