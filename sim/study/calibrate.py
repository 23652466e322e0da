"""Calibration: find the settings under which what was reported comes out, and say how surely.

Points fill the priors evenly, emulators learn from their nights, waves of history matching put the rest of the budget
where the figures still allow it, and the best points are run again on fresh draws before they are believed.
What a night gives is asked through `Ask`, so that anything that answers it can be calibrated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.errors import ReplicationError
from sim.scenario.schema_study import Prior
from sim.study.emulate import Emulator, fit, night_variance, one_thread
from sim.study.history import best_point, next_points
from sim.study.loss import Bounds, Target, log_kappas, loss
from sim.study.posterior import Emulated, Range, correlations, draw, narrowing, predictive, start_cube
from sim.study.prior import cube_of, values_at

F64 = NDArray[np.float64]

SAMPLES: Final = 1000
"""Samples of the posterior that are kept."""
LEAST_POINTS: Final = 4


class Ask(NamedTuple):
    """One night that is wanted: values of the parameters in the order of the priors, scale, seed, replication."""

    values: tuple[float, ...]
    scale: float
    seed: int
    replication: int


Run = Callable[[Sequence[Ask]], list[dict[str, float]]]
"""Give what each night came to, by figure; an empty dictionary for a night that failed."""
Tell = Callable[[str, int], None]
"""Told the stage that begins, and how many nights it asks for."""


@dataclass(frozen=True)
class Problem:
    """What is calibrated: priors by parameter, figures to meet, figures only predicted, bounds of counters."""

    priors: Mapping[str, Prior]
    targets: tuple[Target, ...]
    others: tuple[Target, ...] = ()
    counters: Mapping[str, Bounds] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        object.__setattr__(self, "counters", dict(self.counters or {}))

    @property
    def figures(self) -> tuple[Target, ...]:
        """Targets, then the others."""
        return (*self.targets, *self.others)


@dataclass(frozen=True)
class Effort:
    """How much is run: see the fields of a study of these names."""

    scales: tuple[float, ...] = (1.0,)
    seed: int = 1
    budget: int = 60
    start: int = 30
    waves: int = 3
    replicates: int = 2
    promoted: int = 4
    confirm_seed: int = 2
    confirm: int = 4
    search: Literal["history", "random"] = "history"

    @property
    def nights(self) -> int:
        """Nights that a calibration asks for."""
        further = (len(self.scales) - 1) * self.promoted * self.replicates
        return self.budget * self.replicates + further + 2 * self.confirm


@dataclass(frozen=True)
class Points:
    """Points that were run at one scale, and the logarithms of what their nights gave.

    cube : shape (n_points, d). logs : shape (n_points, n_figures, n_nights); NaN for a night that failed.
    wave : shape (n_points,). Wave in which each was asked for; 0 fills the space.
    """

    scale: float
    cube: F64
    logs: F64
    wave: NDArray[np.int64]

    @property
    def means(self) -> F64:
        """Mean over the nights; shape (n_points, n_figures)."""
        return np.asarray(self.logs.mean(axis=2))


@dataclass(frozen=True)
class Wave:
    """What a wave came to: points so far, share of the prior that is left before it, least loss after it."""

    points: int
    left: float
    best: float


@dataclass(frozen=True)
class Confirmed:
    """A point that was run again on fresh draws.

    values : by parameter. nights : what each fresh night gave, by figure, before the factor of the counter.
    kappas : by counter. loss : of the median night.
    """

    values: dict[str, float]
    nights: dict[str, tuple[float, ...]]
    kappas: dict[str, float]
    loss: float

    def seen(self, figure: Target) -> float:
        """Return the median of the fresh nights as the figure's counter saw it."""
        return float(np.median(self.nights[figure.id])) * self.kappas.get(figure.counter or "", 1.0)


@dataclass(frozen=True)
class Calibration:
    """What a calibration found; everything in it is the same for any number of workers."""

    problem: Problem
    points: tuple[Points, ...]
    waves: tuple[Wave, ...]
    best: Confirmed
    tried: tuple[Confirmed, ...]
    posterior: F64
    predicted: dict[str, Range]
    left_out: dict[str, Range]
    narrowing: F64
    correlations: F64
    nights: int

    def closest(self, target: Target) -> float:
        """Return the value, counter included, of the point that came nearest to a target at the last scale."""
        k, means = self.problem.targets.index(target), self.points[-1].means[:, : len(self.problem.targets)]
        seen = (means + log_kappas(self.problem.targets, self.problem.counters, means))[:, k]
        misses = np.abs(target.miss(seen)[0])
        return float(np.exp(seen[int(np.nanargmin(misses))]))

    @property
    def missed(self) -> tuple[Target, ...]:
        """Targets that the best point does not meet on fresh draws."""
        return tuple(target for target in self.problem.targets if not target.met(self.best.seen(target)))


def calibrate(problem: Problem, effort: Effort, run: Run, tell: Tell = lambda stage, nights: None) -> Calibration:
    """Calibrate.

    Raises
    ------
    ReplicationError
        Where too few points have nights that did not fail.
    """
    with one_thread():
        return _calibrate(problem, effort, run, tell)


def _calibrate(problem: Problem, effort: Effort, run: Run, tell: Tell) -> Calibration:
    first = _first(problem, effort, run, tell)
    points, waves = _waves(problem, effort, run, tell, first)
    model, every = emulated(problem, points)
    further = []
    for scale in effort.scales[1:]:
        larger = _promoted(problem, effort, run, tell, model, scale)
        every = tuple(_lifted(emulator, larger, k) for k, emulator in enumerate(every))
        model = Emulated(model.targets, model.counters, every[: len(problem.targets)])
        further.append(larger)
    d = len(problem.priors)
    posterior = draw(model.log_likelihood, d, SAMPLES, effort.seed)
    last = further[-1] if further else points
    tried = _confirmed(problem, effort, run, tell, _finalists(problem, effort, model, last, posterior))
    return Calibration(
        problem,
        (points, *further),
        tuple(waves),
        min(tried, key=lambda one: one.loss),
        tried,
        posterior,
        predictive(posterior, problem.figures, every, model, effort.seed),
        _left_out(problem, effort, model),
        narrowing(posterior),
        correlations(posterior),
        effort.nights,
    )


# ---- running points ----


def _ran(problem: Problem, effort: Effort, run: Run, cube: F64, scale: float, wave: int) -> Points:
    """Run the nights of some points of the unit cube, rounded as they are shown."""
    values = values_at(problem.priors, cube)
    asks = [Ask(tuple(v.values()), scale, effort.seed, k) for v in values for k in range(effort.replicates)]
    logs = _logs(problem, run(asks)).reshape(len(cube), effort.replicates, -1).transpose(0, 2, 1)
    return Points(scale, cube_of(problem.priors, values), logs, np.full(len(cube), wave))


def _logs(problem: Problem, nights: list[dict[str, float]]) -> F64:
    """Logarithms of nights; shape (n_nights, n_figures)."""
    columns = [f.logs(np.array([night.get(f.id, np.nan) for night in nights])) for f in problem.figures]
    return np.column_stack(columns)


def _joined(a: Points, b: Points) -> Points:
    stacked = (np.concatenate([x, y]) for x, y in ((a.cube, b.cube), (a.logs, b.logs), (a.wave, b.wave)))
    return Points(a.scale, *stacked)


def _first(problem: Problem, effort: Effort, run: Run, tell: Tell) -> Points:
    n = effort.budget if effort.search == "random" else effort.start
    tell("start", n * effort.replicates)
    d = len(problem.priors)
    cube = start_cube(d, n, effort.seed)
    if effort.search == "random":
        cube = np.random.default_rng([effort.seed, n, d, 3]).random((n, d))
    return _ran(problem, effort, run, cube, effort.scales[0], 0)


def _waves(problem: Problem, effort: Effort, run: Run, tell: Tell, points: Points) -> tuple[Points, list[Wave]]:
    rest = effort.budget - len(points.cube)
    told = [Wave(len(points.cube), 1.0, float(losses(problem, points).min()))]
    for wave in range(effort.waves if rest > 0 else 0):
        n = rest * (wave + 1) // effort.waves - rest * wave // effort.waves
        if n == 0:
            continue
        model, _ = emulated(problem, points, targets_only=True)
        cube, left = next_points(model, points.cube, n, effort.seed + wave)
        tell(f"wave {wave + 1}", n * effort.replicates)
        points = _joined(points, _ran(problem, effort, run, cube, effort.scales[0], wave + 1))
        told.append(Wave(len(points.cube), left, float(losses(problem, points).min())))
    return points, told


def losses(problem: Problem, points: Points) -> F64:
    """Loss of the mean night of each point; shape (n_points,)."""
    return loss(problem.targets, problem.counters, points.means[:, : len(problem.targets)])


def emulated(problem: Problem, points: Points, targets_only: bool = False) -> tuple[Emulated, tuple[Emulator, ...]]:
    """Fit the emulators; those of the targets, and those of every figure.

    Raises
    ------
    ReplicationError
        Where too few points have nights that did not fail.
    """
    figures = problem.targets if targets_only else problem.figures
    means, found = points.means, []
    for k, figure in enumerate(figures):
        if int(np.isfinite(means[:, k]).sum()) < LEAST_POINTS:
            raise ReplicationError(f"`{figure.id}`: fewer than {LEAST_POINTS} points have nights to learn from")
        found.append(fit(points.cube, means[:, k], night_variance(points.logs[:, k]), points.logs.shape[2]))
    targets = tuple(found[: len(problem.targets)])
    return Emulated(problem.targets, problem.counters, targets), tuple(found)


# ---- further scales ----


def _promoted(problem: Problem, effort: Effort, run: Run, tell: Tell, model: Emulated, scale: float) -> Points:
    """Run likely points again at a larger scale."""
    d = len(problem.priors)
    likely = draw(model.log_likelihood, d, SAMPLES, effort.seed)
    chosen = np.vstack([best_point(model, likely)[None], likely[:: max(1, len(likely) // effort.promoted)]])
    tell(f"scale {scale:g}", effort.promoted * effort.replicates)
    return _ran(problem, effort, run, chosen[: effort.promoted], scale, 0)


def _lifted(emulator: Emulator, larger: Points, k: int) -> Emulator:
    """Shift an emulator by what a larger scale adds on average; its spread makes predictions less sure."""
    mean, _ = emulator.predict(larger.cube)
    gaps = larger.means[:, k] - mean
    gaps = gaps[np.isfinite(gaps)]
    if not len(gaps):
        return emulator
    spread = float(np.var(gaps, ddof=1)) if len(gaps) > 1 else float(gaps[0]) ** 2
    return Emulator(
        emulator.process, emulator.centre, emulator.scale, night_variance(larger.logs[:, k]), emulator.nights,
        emulator.offset + float(gaps.mean()), emulator.unsure + spread * (1 + 1 / len(gaps)),
    )  # fmt: skip


# ---- belief ----


def _finalists(problem: Problem, effort: Effort, model: Emulated, points: Points, posterior: F64) -> F64:
    """Two points worth fresh nights: the best that was run, and the best that the emulators know."""
    ran = points.cube[int(np.argmin(losses(problem, points)))]
    if effort.search == "random":
        order = np.argsort(losses(problem, points), kind="stable")
        return points.cube[order[:2]]
    return np.vstack([ran, best_point(model, np.vstack([posterior, points.cube]))])


def _confirmed(problem: Problem, effort: Effort, run: Run, tell: Tell, cube: F64) -> tuple[Confirmed, ...]:
    tell("confirm", len(cube) * effort.confirm)
    values = values_at(problem.priors, cube)
    asks = [Ask(tuple(v.values()), effort.scales[-1], effort.confirm_seed, k) for v in values for k in range(effort.confirm)]
    nights = run(asks)
    if not all(nights):
        raise ReplicationError("a night of the best points failed on fresh draws")
    return tuple(
        _one_confirmed(problem, v, nights[i * effort.confirm : (i + 1) * effort.confirm]) for i, v in enumerate(values)
    )


def _one_confirmed(problem: Problem, values: dict[str, float], nights: list[dict[str, float]]) -> Confirmed:
    logs = np.median(_logs(problem, nights), axis=0)[None, : len(problem.targets)]
    kappas = np.exp(log_kappas(problem.targets, problem.counters, logs))[0]
    told = {t.counter: float(kappas[k]) for k, t in enumerate(problem.targets) if t.counter}
    usual = {name: bounds.usual for name, bounds in problem.counters.items()}
    seen = {f.id: tuple(float(night[f.id]) for night in nights) for f in problem.figures}
    cost = float(loss(problem.targets, problem.counters, logs)[0])
    return Confirmed(values, seen, {**usual, **{k: v for k, v in told.items() if k}}, cost)


def _left_out(problem: Problem, effort: Effort, model: Emulated) -> dict[str, Range]:
    """Predict each target from all the others."""
    found: dict[str, Range] = {}
    if len(problem.targets) < 2:
        return found
    for k, target in enumerate(problem.targets):
        rest = model.without(k)
        cube = draw(rest.log_likelihood, len(problem.priors), SAMPLES // 2, effort.seed)
        found |= predictive(cube, [target], [model.emulators[k]], rest, effort.seed)
    return found
