"""A calibration as data: its problem, its effort, its points and its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from msgu.scenario.study.calibration_schema import Prior
from msgu.study.calibration.loss import Bounds, Target, log_kappas, loss
from msgu.study.calibration.posterior import Range

F64 = NDArray[np.float64]


class Ask(NamedTuple):
    """One night that is wanted: values of the parameters in the order of the priors, scale, seed, replication, level."""

    values: tuple[float, ...]
    scale: float
    seed: int
    replication: int
    level: str = ""


Run = Callable[[Sequence[Ask]], list[dict[str, float]]]
"""Give what each night came to, by figure; an empty dictionary for a night that failed."""
Tell = Callable[[str, int], None]
"""Told the stage that begins, and how many nights it asks for."""


@dataclass(frozen=True)
class CalibrationProblem:
    """What is calibrated: priors by parameter, figures to meet, figures only predicted, bounds of counters."""

    priors: Mapping[str, Prior]
    targets: tuple[Target, ...]
    others: tuple[Target, ...] = ()
    counters: Mapping[str, Bounds] = field(default_factory=dict)

    @property
    def figures(self) -> tuple[Target, ...]:
        """Targets, then the others."""
        return (*self.targets, *self.others)


@dataclass(frozen=True)
class LevelEffort:
    """How much is run at one level: see the fields of a level of a study of these names.

    figures : ids of those that it measures; None: all. idle : parameters that change nothing in its nights.
    """

    name: str = ""
    scale: float = 1.0
    points: int = 60
    start: int = 30
    waves: int = 3
    replicates: int = 2
    confirm: int = 0
    figures: frozenset[str] | None = None
    idle: frozenset[str] = frozenset()

    def measures(self, figure: Target) -> bool:
        """Whether its nights tell a figure."""
        return self.figures is None or figure.id in self.figures


@dataclass(frozen=True)
class Effort:
    """How much is run in all, and from which seeds.

    finalists : points that are run again on fresh nights.
    """

    levels: tuple[LevelEffort, ...]
    seed: int = 1
    fresh_seed: int = 2
    search: Literal["history", "random"] = "history"
    finalists: int = 2

    @property
    def nights(self) -> int:
        """Nights that a calibration asks for."""
        return sum(level.points * level.replicates + self.finalists * level.confirm for level in self.levels)

    @property
    def judged(self) -> tuple[LevelEffort, ...]:
        """Levels at which a fit is judged on fresh nights."""
        return tuple(level for level in self.levels if level.confirm)

    def scales_of(self, figure: Target) -> tuple[float, ...]:
        """Scales at which a figure is judged; those at which it is measured where it is judged nowhere."""
        found = [level.scale for level in self.judged if level.measures(figure)]
        return tuple(dict.fromkeys(found or [level.scale for level in self.levels if level.measures(figure)]))


@dataclass(frozen=True)
class Points:
    """Points that were run at one level, and the logarithms of what their nights gave.

    cube : shape (n_points, d). logs : shape (n_points, n_figures, n_nights); NaN for a night that failed, and for
    figures that the level does not measure. wave : shape (n_points,). Wave in which each was asked for; 0 fills the space.
    """

    level: LevelEffort
    cube: F64
    logs: F64
    wave: NDArray[np.int64]

    @property
    def scale(self) -> float:
        """Share of the city that was run."""
        return self.level.scale

    @property
    def means(self) -> F64:
        """Mean over the nights; shape (n_points, n_figures)."""
        return np.asarray(self.logs.mean(axis=2))


@dataclass(frozen=True)
class SearchWave:
    """What a wave came to: points of its level so far, share of the prior that is left before it, least loss after it."""

    points: int
    left: float
    best: float
    level: str = ""


@dataclass(frozen=True)
class Confirmed:
    """A point that was run again on fresh draws.

    values : by parameter. nights : by level, what each fresh night gave, by figure, before the factor of the counter.
    kappas : by counter. loss : of the median nights, each figure shared out over the levels that judge it.
    """

    values: dict[str, float]
    nights: dict[str, dict[str, tuple[float, ...]]]
    kappas: dict[str, float]
    loss: float

    def levels_of(self, figure: Target) -> tuple[str, ...]:
        """Levels that judge a figure."""
        return tuple(name for name, nights in self.nights.items() if figure.id in nights)

    def seen(self, figure: Target, level: str | None = None) -> float:
        """Return the median of the fresh nights of a level as the figure's counter saw it; by default of the last level."""
        levels = self.levels_of(figure)
        if not levels:
            return float("nan")
        nights = np.array(self.nights[levels[-1] if level is None else level][figure.id])
        known = nights[np.isfinite(nights)]
        return float(np.median(known)) * self.kappas.get(figure.counter or "", 1.0) if len(known) else float("nan")

    def met(self, figure: Target) -> bool:
        """Whether a figure comes out at every level that judges it."""
        levels = self.levels_of(figure)
        return bool(levels) and all(figure.met(self.seen(figure, level)) for level in levels)

    def missed(self, targets: Sequence[Target]) -> float:
        """Return the weight of the targets that do not come out."""
        return sum(target.weight for target in targets if not self.met(target))


@dataclass(frozen=True)
class Calibration:
    """What a calibration found; everything in it is the same for any number of workers."""

    problem: CalibrationProblem
    points: tuple[Points, ...]
    waves: tuple[SearchWave, ...]
    best: Confirmed
    tried: tuple[Confirmed, ...]
    posterior: F64
    predicted: dict[str, Range]
    left_out: dict[str, Range]
    narrowing: F64
    correlations: F64
    nights: int

    def closest(self, target: Target) -> float:
        """Return the value, counter included, of the point that came nearest to a target at the last level to measure it."""
        k = self.problem.targets.index(target)
        points = [points for points in self.points if points.level.measures(target)]
        if not points:
            return float("nan")
        means = points[-1].means[:, : len(self.problem.targets)]
        there = np.atleast_1d(np.isfinite(means).any(axis=0))
        if not there[k]:
            return float("nan")
        told = tuple(t for t, known in zip(self.problem.targets, there, strict=True) if known)
        seen = means[:, k] + log_kappas(told, self.problem.counters, means[:, there])[:, told.index(target)]
        misses = np.abs(target.miss(seen)[0])
        return float(np.exp(seen[int(np.nanargmin(misses))]))

    @property
    def missed(self) -> tuple[Target, ...]:
        """Targets that the best point does not meet on fresh draws, at one level at least."""
        return tuple(target for target in self.problem.targets if not self.best.met(target))


def losses(problem: CalibrationProblem, points: Points) -> F64:
    """Loss of the mean night of each point, over the targets that its level measures; shape (n_points,)."""
    mine = [k for k, target in enumerate(problem.targets) if points.level.measures(target)]
    return loss([problem.targets[k] for k in mine], problem.counters, points.means[:, mine])
