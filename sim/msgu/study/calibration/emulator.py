"""Emulators: figures predicted at points that were not run, with their uncertainty.

Each figure has a Gaussian process of its own in the unit cube of the priors: a linear trend and a Matern kernel with a
length for each parameter, by scikit-learn.
Its noise is not fitted but measured: the variance between the nights of a point, over all points.
Once fitted, it is asked without the library, from the matrices that it leaves: a search asks some hundred thousand times.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from msgu.errors import SimError

F64 = NDArray[np.float64]

LEAST_NOISE: Final = 1e-8
"""Variance below which the nights of a point count as equal, so that matrices stay regular."""


_HINT: Final = "calibration needs scikit-learn: pip install 'msgu-sim[calibrate]'"


class MissingExtraError(SimError):
    """An optional package that this verb needs is not there."""

    exit_code = 2


@dataclass(frozen=True, eq=False)
class Surface:
    """A Gaussian process that has been fitted, as the matrices that predictions need.

    points : shape (n, d). Where it was taught. lengths : shape (d,). Of the Matern kernel.
    wiggle, trend : variances of the Matern kernel and of the linear trend. weights : shape (n,). Of the points in a mean.
    inverse : shape (n, n). Of the covariance between the points, noise included.
    """

    points: F64
    lengths: F64
    wiggle: float
    trend: float
    weights: F64
    inverse: F64

    def __call__(self, cube: F64) -> tuple[F64, F64]:
        """Mean and variance at points of shape (m, d); shapes (m,)."""
        from scipy.spatial.distance import cdist

        far = np.sqrt(5.0) * cdist(cube / self.lengths, self.points / self.lengths)
        near = self.wiggle * (1 + far + far**2 / 3) * np.exp(-far) + self.trend * (1 + cube @ self.points.T)
        variance = self.wiggle + self.trend * (1 + (cube**2).sum(1)) - ((near @ self.inverse) * near).sum(1)
        return near @ self.weights, np.maximum(variance, 0.0)


@dataclass(frozen=True)
class Emulator:
    """Gaussian process of one figure's logarithm.

    centre, scale : what the logarithms were standardised by.
    night : variance of one night round its mean. nights : nights of a point. offset, unsure : what a larger scale adds
    to every prediction, and its variance. active : places of the parameters that it was told of; None: all.
    """

    surface: Surface
    centre: float
    scale: float
    night: float
    nights: int
    offset: float = 0.0
    unsure: float = 0.0
    active: tuple[int, ...] | None = None

    def asked(self, cube: F64) -> tuple[F64, F64]:
        """Mean and variance of the standardised logarithm: the same for emulators that differ by their shift."""
        return self.surface(cube if self.active is None else cube[:, self.active])

    def told(self, mean: F64, variance: F64) -> tuple[F64, F64]:
        """Turn what `asked` gave into the mean over nights of the logarithm, and the variance of that prediction.

        The variance holds that of the emulator, and the luck of the common draws that all points share.
        """
        return (
            mean * self.scale + self.centre + self.offset,
            variance * self.scale**2 + self.night / self.nights + self.unsure,
        )

    def predict(self, cube: F64) -> tuple[F64, F64]:
        """Mean over nights of the logarithm at points of the unit cube, and the variance of the prediction of that mean."""
        return self.told(*self.asked(cube))


def _library(name: str) -> Any:
    try:
        return import_module(f"sklearn.{name}")
    except ImportError:
        raise MissingExtraError(_HINT) from None


def one_thread() -> Any:
    """Return a context in which linear algebra runs in one thread: matrices are small, and five times slower in two."""
    try:
        return import_module("threadpoolctl").threadpool_limits(1)
    except ImportError:
        raise MissingExtraError(_HINT) from None


def fit(cube: F64, logs: F64, night: float, nights: int) -> Emulator:
    """Fit the emulator of one figure.

    Parameters
    ----------
    cube : shape (n_points, n_parameters). Points that were run.
    logs : shape (n_points,). Mean of the logarithms over the nights of each; NaN where there was none.
    night : variance of one night round the mean of its point. nights : nights of each point.
    """
    kernels, processes = _library("gaussian_process.kernels"), _library("gaussian_process")
    known = np.isfinite(logs)
    cube, logs = cube[known], logs[known]
    centre, scale = float(np.mean(logs)), max(float(np.std(logs)), 1e-6)
    d = cube.shape[1]
    wiggle = kernels.ConstantKernel(0.3, (1e-3, 1e2)) * kernels.Matern(np.ones(d), (0.1, 30.0), nu=2.5)
    trend = kernels.ConstantKernel(1.0, (1e-3, 1e3)) * kernels.DotProduct(1.0, "fixed")
    noise = max(night / nights, LEAST_NOISE) / scale**2
    process = processes.GaussianProcessRegressor(trend + wiggle, alpha=noise, normalize_y=False, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a length at its bound says that a parameter has no effect: no fault
        process.fit(cube, (logs - centre) / scale)
    return Emulator(_surface(process), centre, scale, night, nights)


def _surface(process: Any) -> Surface:
    """Return a fitted process of scikit-learn as matrices."""
    trend, wiggle = process.kernel_.k1, process.kernel_.k2
    half = np.linalg.inv(process.L_)
    return Surface(
        np.asarray(process.X_train_), np.asarray(wiggle.k2.length_scale), float(wiggle.k1.constant_value),
        float(trend.k1.constant_value), np.asarray(process.alpha_), half.T @ half,
    )  # fmt: skip


def night_variance(logs: F64) -> float:
    """Variance of one night round the mean of its point, over all points.

    Parameters
    ----------
    logs : shape (n_points, n_nights). NaN where there was none.
    """
    whole = logs[np.isfinite(logs).all(axis=1)]
    if not len(whole) or logs.shape[1] < 2:
        return LEAST_NOISE
    return max(float(np.mean(np.var(whole, axis=1, ddof=1))), LEAST_NOISE)
