"""Delay laws by inversion: one uniform in, one delay [s] out."""

from __future__ import annotations

from sim.kernels._jit import njit
from sim.kernels.draw import exp, log, normal_quantile, power

LOGNORMAL, EXPONENTIAL, FIXED, SEISMIC, EMPIRICAL = 0, 1, 2, 3, 4


@njit
def delay(laws: object, knots: object, row: int, u: float) -> float:
    """Quantile `u` of law `row`.

    Parameters
    ----------
    laws : shape (n_laws, 4). Code, then (log median, sigma), (mean), (value), (theta, s0) or (first knot, knots).
    knots : shape (n_knots, 2). Probabilities and delays [s] of the empirical laws, one after another.
    """
    code = int(laws[row, 0])  # type: ignore[index]
    if code == LOGNORMAL:
        return exp(laws[row, 1] + laws[row, 2] * normal_quantile(u))  # type: ignore[index]
    if code == EXPONENTIAL:
        return -laws[row, 1] * log(u)  # type: ignore[index]
    if code == FIXED:
        return laws[row, 1]  # type: ignore[index,no-any-return]
    if code == SEISMIC:
        theta = laws[row, 1]  # type: ignore[index]
        s0 = laws[row, 2]  # type: ignore[index]
        share = theta / (1.0 + theta)
        if u < share:
            return u / share * s0  # type: ignore[no-any-return]
        return s0 * power((1.0 - u) / (1.0 - share), -1.0 / theta)  # type: ignore[no-any-return]
    first = int(laws[row, 1])  # type: ignore[index]
    last = first + int(laws[row, 2]) - 1  # type: ignore[index]
    i = first
    while i < last - 1 and knots[i + 1, 0] <= u:  # type: ignore[index]
        i += 1
    width = knots[i + 1, 0] - knots[i, 0]  # type: ignore[index]
    return knots[i, 1] + (knots[i + 1, 1] - knots[i, 1]) * (u - knots[i, 0]) / width  # type: ignore[index,no-any-return]


@njit
def rise_decay(rise: float, decay: float, u: float, v: float) -> float:
    """Sum of two independent exponential delays: the density of a pulse that rises, then decays."""
    return -rise * log(u) - decay * log(v)
