"""Delay laws by inversion: one uniform in, one delay [s] out."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.kernels._jit import njit
from sim.kernels.draw import exp, log, normal_quantile, power

LOGNORMAL, EXPONENTIAL, FIXED, SEISMIC, EMPIRICAL = 0, 1, 2, 3, 4


@njit
def delay(laws: Any, knots: Any, row: int, u: float) -> float:
    """Quantile `u` of law `row`.

    Parameters
    ----------
    laws : shape (n_laws, 4). Code, then (log median, sigma), (mean), (value), (theta, s0) or (first knot, knots).
    knots : shape (n_knots, 2). Probabilities and delays [s] of the empirical laws, one after another.
    """
    code = int(laws[row, 0])
    if code == LOGNORMAL:
        return exp(laws[row, 1] + laws[row, 2] * normal_quantile(u))
    if code == EXPONENTIAL:
        return -laws[row, 1] * log(1.0 - u)
    if code == FIXED:
        return laws[row, 1]
    if code == SEISMIC:
        theta = laws[row, 1]
        s0 = laws[row, 2]
        share = theta / (1.0 + theta)
        if u < share:
            return u / share * s0
        return s0 * power((1.0 - u) / (1.0 - share), -1.0 / theta)
    first = int(laws[row, 1])
    last = first + int(laws[row, 2]) - 1
    i = first
    while i < last - 1 and knots[i + 1, 0] <= u:
        i += 1
    width = knots[i + 1, 0] - knots[i, 0]
    return knots[i, 1] + (knots[i + 1, 1] - knots[i, 1]) * (u - knots[i, 0]) / width


@njit
def by_hours(rates: Any, shift: int, over: float, under: float, local: float, t: float, need: float) -> float:
    """Time at which the integral of an hourly rate has grown by `need` since `t`: the next event of a Poisson process.

    The rate is over x rates[hour] / under, constant within each local hour. Where it is zero for a whole day the
    answer is 1e299, which no horizon reaches.

    Parameters
    ----------
    rates : shape (24,). shift : hours to add to the local hour. local : local clock time at the start [s]. need : >= 0.
    """
    hour = int(np.floor((t + local) / 3600.0))
    empty = 0
    while empty < 24:
        rate = over * rates[(hour + shift) % 24] / under
        end = (hour + 1) * 3600.0 - local
        room = rate * max(0.0, end - t)
        if need < room:
            return t + need / rate
        need -= room
        t = end
        hour += 1
        empty = empty + 1 if rate == 0.0 else 0
    return 1e299


@njit
def rise_decay(rise: float, decay: float, u: float, v: float) -> float:
    """Sum of two independent exponential delays: the density of a pulse that rises, then decays."""
    return -rise * log(u) - decay * log(v)
