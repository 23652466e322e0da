"""Priors: from the unit cube, in which the search moves, to the values of the parameters and back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from msgu.scenario.study.calibration_schema import Loguniform, Normal, Prior, Triangular

F64 = NDArray[np.float64]
DIGITS = 6
"""Significant figures of a value that is run: a point is the same on any machine, and fit to be read."""


def quantile(prior: Prior, u: F64) -> F64:
    """Values below which a prior has shares `u`.

    Parameters
    ----------
    u : shape (n,), between 0 and 1.
    """
    if isinstance(prior, Loguniform):
        return np.asarray(prior.low * np.exp(u * math.log(prior.high / prior.low)))
    if isinstance(prior, Normal):
        from scipy.special import ndtri

        low, high = _normal_ends(prior)
        return np.asarray(np.clip(prior.mean + prior.sd * ndtri(low + u * (high - low)), prior.low, prior.high))
    if isinstance(prior, Triangular):
        width, rise = prior.high - prior.low, (prior.mode - prior.low) / (prior.high - prior.low)
        left = prior.low + width * np.sqrt(u * rise)
        right = prior.high - width * np.sqrt((1 - u) * (1 - rise))
        return np.asarray(np.where(u < rise, left, right))
    return np.asarray(prior.low + u * (prior.high - prior.low))


def share_below(prior: Prior, x: F64) -> F64:
    """Share of a prior below some values: the inverse of `quantile`."""
    x = np.clip(x, prior.low, prior.high)
    if isinstance(prior, Loguniform):
        return np.asarray(np.log(x / prior.low) / math.log(prior.high / prior.low))
    if isinstance(prior, Normal):
        from scipy.special import ndtr

        low, high = _normal_ends(prior)
        return np.asarray((ndtr((x - prior.mean) / prior.sd) - low) / (high - low))
    if isinstance(prior, Triangular):
        width = prior.high - prior.low
        left = (x - prior.low) ** 2 / (width * max(prior.mode - prior.low, 1e-300))
        right = 1 - (prior.high - x) ** 2 / (width * max(prior.high - prior.mode, 1e-300))
        return np.asarray(np.where(x < prior.mode, left, right))
    return np.asarray((x - prior.low) / (prior.high - prior.low))


def _normal_ends(prior: Normal) -> tuple[float, float]:
    from scipy.special import ndtr

    return float(ndtr((prior.low - prior.mean) / prior.sd)), float(ndtr((prior.high - prior.mean) / prior.sd))


def values_at(priors: Mapping[str, Prior], u: F64) -> list[dict[str, float]]:
    """Values of the parameters at points of the unit cube, rounded to `DIGITS` significant figures.

    Parameters
    ----------
    u : shape (n_points, n_parameters).
    """
    columns = [quantile(prior, u[:, i]) for i, prior in enumerate(priors.values())]
    return [{name: rounded(float(c[k])) for name, c in zip(priors, columns, strict=True)} for k in range(len(u))]


def cube_of(priors: Mapping[str, Prior], points: Sequence[Mapping[str, float]]) -> F64:
    """Points of the unit cube of some values.

    Returns
    -------
    shape (n_points, n_parameters).
    """
    columns = [share_below(prior, np.array([point[name] for point in points])) for name, prior in priors.items()]
    return np.clip(np.column_stack(columns), 0.0, 1.0)


def rounded(x: float) -> float:
    """Return a value with `DIGITS` significant figures."""
    return float(f"{x:.{DIGITS}g}")
