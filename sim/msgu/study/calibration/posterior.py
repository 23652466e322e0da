"""The posterior of a calibration: samples, the space that is not implausible, trade-offs, predictions.

The posterior is likelihood-free in the sense of approximate Bayesian computation: nights are simulated, and a point
counts by how near its nights come to the report. The kernel of nearness is the error of the report itself, so that the
approximation is exact under that error (Wilkinson 2013), and the emulators stand for the nights that were not run.
Samples are drawn by tempering from the prior to the posterior, in the unit cube of the priors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from msgu.study.calibration.emulator import Emulator
from msgu.study.calibration.loss import Bounds, Target, log_kappas, standardised

F64 = NDArray[np.float64]
Score = Callable[[F64], F64]

CUTOFF: Final = 3.0
"""Implausibility above which a point is ruled out: three standard deviations hold 95 % of any one-humped law
(Pukelsheim 1994), whatever its shape."""
NO_CHANCE: Final = 1e-12
"""What a chance of nothing counts as."""
MOVES: Final = 6
_KEPT: Final = 0.5
_SHRINK: Final = 0.2
_STEPS: Final = 40


@dataclass(frozen=True)
class Emulated:
    """Targets with their emulators: what a point is worth without running it."""

    targets: tuple[Target, ...]
    counters: Mapping[str, Bounds]
    emulators: tuple[Emulator, ...]

    def means(self, cube: F64) -> tuple[F64, F64]:
        """Mean over nights of the logarithm of each target, and the variance of that prediction; shapes (n_points, n_targets)."""
        asked = {id(emulator.surface): emulator for emulator in self.emulators}
        given = {key: emulator.asked(cube) for key, emulator in asked.items()}
        pairs = [emulator.told(*given[id(emulator.surface)]) for emulator in self.emulators]
        return np.column_stack([m for m, _ in pairs]), np.column_stack([v for _, v in pairs])

    def predict(self, cube: F64) -> tuple[F64, F64]:
        """Mean and variance of the logarithm of one night for each target; shapes (n_points, n_targets)."""
        mean, variance = self.means(cube)
        return mean, variance + np.array([emulator.night for emulator in self.emulators])

    def log_likelihood(self, cube: F64) -> F64:
        """Logarithm of the kernel between report and night, averaged over the emulators; shape (n_points,)."""
        misses, widths = standardised(self.targets, self.counters, *self.predict(cube))
        weights = np.array([target.weight for target in self.targets])
        return np.asarray(-(weights * (misses**2 / 2 + widths)).sum(1))

    def implausibility(self, cube: F64) -> F64:
        """Greatest miss over the targets in standard deviations; shape (n_points,)."""
        misses, _ = standardised(self.targets, self.counters, *self.predict(cube))
        counted = np.array([target.weight > 0 for target in self.targets])
        return np.asarray(np.abs(misses[:, counted]).max(axis=1))

    def log_chance(self, cube: F64) -> F64:
        """Logarithm of the chance that the mean night meets each target, added up by weight; shape (n_points,)."""
        from scipy.special import ndtr

        mean, variance = self.means(cube)
        seen = mean + log_kappas(self.targets, self.counters, mean)
        total = np.zeros(len(cube))
        for k, target in enumerate(self.targets):
            low, high = target.ends()
            width = np.sqrt(variance[:, k])
            chance = ndtr((high - seen[:, k]) / width) - ndtr((low - seen[:, k]) / width)
            total += target.weight * np.log(np.maximum(chance, NO_CHANCE))
        return total

    def without(self, target: str) -> Emulated:
        """Return the same without one target, at whatever scale."""
        keep = [i for i, one in enumerate(self.targets) if one.id != target]
        return Emulated(tuple(self.targets[i] for i in keep), self.counters, tuple(self.emulators[i] for i in keep))


def start_cube(d: int, n: int, seed: int) -> F64:
    """Points that fill the unit cube evenly: a scrambled Sobol sequence; shape (n, d)."""
    from scipy.stats import qmc

    power = int(np.ceil(np.log2(max(n, 2))))
    return np.asarray(qmc.Sobol(d, scramble=True, rng=np.random.default_rng([seed, d])).random_base2(power))[:n]


def draw(score: Score, d: int, n: int, seed: int) -> F64:
    """Draw from a density in the unit cube by tempering.

    Parameters
    ----------
    score : logarithm of the density, up to a constant, for points of shape (n_points, d).
    n : number of samples. seed : of the draws.

    Returns
    -------
    shape (n, d).
    """
    generator = np.random.default_rng([seed, n, d])
    cube = start_cube(d, n, seed)
    scores, heat = score(cube), 0.0
    for _ in range(_STEPS):
        step = _next_heat(scores, heat) - heat
        weights = np.exp(step * (scores - scores.max()))
        heat += step
        chosen = _resampled(weights / weights.sum(), n, generator)
        cube, scores = cube[chosen], scores[chosen]
        cube, scores = _moved(cube, scores, score, heat, generator)
        if heat >= 1.0:
            return _moved(cube, scores, score, 1.0, generator)[0]
    return cube


def _next_heat(scores: F64, heat: float) -> float:
    """Return the heat at which half of the samples still count, at most 1."""

    def counting(step: float) -> float:
        weights = np.exp(step * (scores - scores.max()))
        return float(weights.sum() ** 2 / (weights**2).sum()) / len(scores)

    low, high = 0.0, 1.0 - heat
    if counting(high) >= _KEPT:
        return 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if counting(middle) >= _KEPT else (low, middle)
    return heat + max(low, 1e-9)


def _resampled(weights: F64, n: int, generator: np.random.Generator) -> NDArray[np.intp]:
    ends = np.cumsum(weights)
    at = (generator.random() + np.arange(n)) / n
    return np.asarray(np.minimum(np.searchsorted(ends, at * ends[-1]), n - 1), np.intp)


def _moved(cube: F64, scores: F64, score: Score, heat: float, generator: np.random.Generator) -> tuple[F64, F64]:
    """Move every sample by a random walk of the samples' own shape, reflected at the faces of the cube."""
    n, d = cube.shape
    shape = np.linalg.cholesky(np.cov(cube, rowvar=False).reshape(d, d) + 1e-10 * np.eye(d))
    size = 2.38 / np.sqrt(d)
    for _ in range(MOVES):
        there = _reflected(cube + size * generator.standard_normal((n, d)) @ shape.T)
        new = score(there)
        accepted = np.log(generator.random(n)) < heat * (new - scores)
        cube, scores = np.where(accepted[:, None], there, cube), np.where(accepted, new, scores)
        size *= 1.3 if accepted.mean() > 0.3 else 0.7 if accepted.mean() < 0.15 else 1.0
    return cube, scores


def _reflected(x: F64) -> F64:
    y = np.mod(np.abs(x), 2.0)
    return np.where(y > 1.0, 2.0 - y, y)


def not_implausible(implausibility: Score, d: int, n: int, seed: int) -> tuple[F64, float]:
    """Sample the part of the unit cube that is not ruled out, and measure it.

    Levels are lowered so that a fifth of the samples stays below each, until the cut-off is reached.

    Returns
    -------
    Samples of shape (n, d), and the share of the prior that is left; the lowest level reached where nothing is left.
    """
    generator = np.random.default_rng([seed, n, d, 1])
    cube, volume = start_cube(d, n, seed), 1.0
    for _ in range(_STEPS):
        levels = implausibility(cube)
        level = max(CUTOFF, float(np.quantile(levels, _SHRINK)))
        inside = levels <= level
        volume *= float(inside.mean())
        chosen = np.flatnonzero(inside)[generator.integers(0, int(inside.sum()), n)]
        within: Score = lambda points, bound=level: np.where(implausibility(points) <= bound, 0.0, -np.inf)  # type: ignore[misc]  # noqa: E731
        cube, _ = _moved(cube[chosen], np.zeros(n), within, 1.0, generator)
        if level <= CUTOFF:
            return cube, volume
    return cube, 0.0


# ---- what is read off the samples ----


@dataclass(frozen=True)
class Range:
    """Quantiles of a prediction: 5th, 25th, 50th, 75th and 95th centile, in the unit of the figure."""

    low: float
    lower: float
    middle: float
    upper: float
    high: float


def predictive(
    cube: F64, figures: Sequence[Target], emulators: Sequence[Emulator], model: Emulated, seed: int
) -> dict[str, Range]:
    """What one night gives for each figure, its counter included, over samples of the parameters.

    Parameters
    ----------
    cube : shape (n, d). Samples.
    figures, emulators : what is predicted. model : the targets, which tell the factors of the counters.
    """
    generator = np.random.default_rng([seed, len(cube), 2])
    mean, _ = model.predict(cube)
    kappas = log_kappas(model.targets, model.counters, mean)
    told = {t.counter: kappas[:, k] for k, t in enumerate(model.targets) if t.counter and t.value}
    found = {}
    for figure, emulator in zip(figures, emulators, strict=True):
        middle, variance = emulator.predict(cube)
        logs = middle + np.sqrt(variance + emulator.night) * generator.standard_normal(len(cube))
        if figure.counter in told:
            logs = logs + told[figure.counter]
        elif figure.counter:
            bounds = model.counters[figure.counter]
            logs = logs + generator.uniform(np.log(bounds.low), np.log(bounds.high), len(cube))
        found[figure.id] = Range(*(float(q) for q in np.exp(np.quantile(logs, [0.05, 0.25, 0.5, 0.75, 0.95]))))
    return found


def correlations(cube: F64) -> F64:
    """Rank correlations between parameters over samples of the posterior; shape (d, d)."""
    ranks = np.argsort(np.argsort(cube, axis=0), axis=0).astype(np.float64)
    d = cube.shape[1]
    return np.ones((1, 1)) if d == 1 else np.asarray(np.corrcoef(ranks, rowvar=False)).reshape(d, d)


def narrowing(cube: F64) -> F64:
    """Width of the posterior of each parameter over that of its prior, by standard deviations; shape (d,)."""
    return np.asarray(np.std(cube, axis=0) * np.sqrt(12.0))
