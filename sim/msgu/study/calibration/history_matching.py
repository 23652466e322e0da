"""History matching: points to run next, wave after wave, so that the space left shrinks and is well known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from msgu.study.calibration.posterior import draw, not_implausible

F64 = NDArray[np.float64]

CLOUD: Final = 1000
"""Samples of the space that is left, among which the next points are chosen."""
STEP: Final = 1e-4
"""Half the distance over which a slope is taken, in the unit cube."""


class Model(Protocol):
    """What says how likely and how implausible points are."""

    def log_likelihood(self, cube: F64) -> F64:
        """Logarithm of the likelihood; shape (n_points,)."""

    def implausibility(self, cube: F64) -> F64:
        """Greatest miss in standard deviations; shape (n_points,)."""


def next_points(model: Model, cube: F64, n: int, seed: int) -> tuple[F64, float]:
    """Choose the points of the next wave.

    One is the best that the emulators know; a third of the others are samples of the posterior as known so far,
    where precision counts most; the rest lie in the space that is not ruled out, far from each other and from what was run.

    Parameters
    ----------
    model : emulators of the targets.
    cube : shape (n_points, d). Points that were run.
    n : number of points. seed : of the draws.

    Returns
    -------
    shape (n, d), and the share of the prior that is not ruled out.
    """
    d = cube.shape[1]
    left, volume = not_implausible(model.implausibility, d, CLOUD, seed)
    likely = draw(model.log_likelihood, d, CLOUD, seed)
    chosen = [best_point(model.log_likelihood, likely)]
    for cloud, share in ((likely, (n - 1) // 3), (left, n - 1 - (n - 1) // 3)):
        for _ in range(share):
            chosen.append(_farthest(cloud, np.vstack([cube, *(point[None] for point in chosen)])))
    return np.vstack(chosen)[:n], volume


def best_point(score: Callable[[F64], F64], cloud: F64) -> F64:
    """Return the point of a cloud that scores highest, improved from there; shape (d,).

    Parameters
    ----------
    score : of points of shape (n, d), the higher the better; asked of whole batches, which costs hardly more than one point.
    """
    from scipy.optimize import minimize

    scores = score(cloud)
    start = cloud[int(np.argmax(scores))]
    d = len(start)

    def cost(x: F64) -> tuple[float, F64]:
        steps = STEP * np.vstack([np.zeros(d), np.eye(d), -np.eye(d)])
        there = np.clip(x + steps, 0.0, 1.0)
        values = -score(there)
        apart = (there[1 : d + 1] - there[d + 1 :]).sum(axis=1)
        return float(values[0]), (values[1 : d + 1] - values[d + 1 :]) / apart

    found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=[(0.0, 1.0)] * d)
    return np.asarray(found.x if -found.fun >= scores.max() else start)


def spread_points(cloud: F64, first: F64, n: int) -> F64:
    """Return points of a cloud that lie far from each other, after some given ones; shape (n, d)."""
    chosen = first
    while len(chosen) < n:
        chosen = np.vstack([chosen, _farthest(cloud, chosen)[None]])
    return chosen[:n]


def _farthest(cloud: F64, taken: F64) -> F64:
    """Return the point of a cloud that is farthest from all those taken."""
    gaps = ((cloud[:, None, :] - taken[None, :, :]) ** 2).sum(axis=2).min(axis=1)
    return np.asarray(cloud[int(np.argmax(gaps))])
