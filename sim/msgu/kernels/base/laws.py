"""Delay laws by inversion: one uniform in, one delay [s] out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.draw import exp, log, normal_quantile, power
from msgu.kernels.jit.compile import njit

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64

LOGNORMAL, EXPONENTIAL, FIXED, SEISMIC, EMPIRICAL, AWAKE = 0, 1, 2, 3, 4, 5


@njit
def delay(laws: F64, knots: F64, row: int, u: float) -> float:
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
def rise_decay(rise: float, decay: float, u: float, v: float) -> float:
    """Sum of two independent exponential delays: the density of a pulse that rises, then decays."""
    return -rise * log(u) - decay * log(v)
