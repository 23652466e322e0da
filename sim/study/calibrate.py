"""Calibration: find the settings under which what was reported comes out, and say how surely.

Levels of effort are run one after the other, the cheapest first.
At the first level that measures a figure, points fill the priors (or what earlier levels left of them), emulators learn
from their nights, and waves of history matching put the rest where the figures still allow it.
A later level says by how much known figures differ there.
The best points are run again on fresh draws at every level at which a fit is judged, before they are believed.
What a night gives is asked through `Ask`, so that anything that answers it can be calibrated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.errors import ReplicationError
from sim.scenario.schema_study import Prior
from sim.study.emulate import Emulator, one_thread
from sim.study.history import best_point, next_points, spread_points
from sim.study.levels import Known, Part
from sim.study.loss import Bounds, Target, log_kappas, loss
from sim.study.posterior import Emulated, Range, correlations, draw, narrowing, predictive, start_cube
from sim.study.prior import cube_of, values_at

F64 = NDArray[np.float64]

SAMPLES: Final = 1000
"""Samples of the posterior that are kept."""


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
class Problem:
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
class Level:
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
    """How much is run in all, and from which seeds."""

    levels: tuple[Level, ...]
    seed: int = 1
    fresh_seed: int = 2
    search: Literal["history", "random"] = "history"

    @property
    def nights(self) -> int:
        """Nights that a calibration asks for."""
        return sum(level.points * level.replicates + 2 * level.confirm for level in self.levels)

    @property
    def judged(self) -> tuple[Level, ...]:
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

    level: Level
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
class Wave:
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
        """Return the value, counter included, of the point that came nearest to a target at the last level to measure it."""
        k = self.problem.targets.index(target)
        points = [points for points in self.points if points.level.measures(target)]
        if not points:
            return float("nan")
        means = points[-1].means[:, : len(self.problem.targets)]
        there = np.atleast_1d(np.isfinite(means).any(axis=0))
        told = tuple(t for t, known in zip(self.problem.targets, there, strict=True) if known)
        seen = means[:, k] + log_kappas(told, self.problem.counters, means[:, there])[:, told.index(target)]
        misses = np.abs(target.miss(seen)[0])
        return float(np.exp(seen[int(np.nanargmin(misses))]))

    @property
    def missed(self) -> tuple[Target, ...]:
        """Targets that the best point does not meet on fresh draws, at one level at least."""
        return tuple(target for target in self.problem.targets if not self.best.met(target))


def calibrate(problem: Problem, effort: Effort, run: Run, tell: Tell = lambda stage, nights: None) -> Calibration:
    """Calibrate.

    Raises
    ------
    ReplicationError
        Where too few points have nights that did not fail.
    """
    with one_thread():
        return _Search(problem, effort, run, tell).calibrated()


@dataclass
class _Search:
    """A calibration under way: what is asked, how nights are run, and what is known so far."""

    problem: Problem
    effort: Effort
    run: Run
    tell: Tell

    def calibrated(self) -> Calibration:
        problem, effort, known = self.problem, self.effort, Known({})
        every: list[Points] = []
        waves: list[Wave] = []
        for level in effort.levels:
            if any(level.measures(f) and f.id not in known for f in problem.figures):
                points, told = self._learnt(level, known)
                waves += told
            else:
                points = self._promoted(level, known)
            known = self._after(known, points, problem.figures)
            every.append(points)
        model = self._model(known)
        d = len(problem.priors)
        posterior = draw(model.log_likelihood, d, SAMPLES, effort.seed)
        tried = self._confirmed(self._finalists(model, every[-1], posterior))
        emulators = [known.at(f.id, effort.scales_of(f)[-1]) for f in problem.figures]
        return Calibration(
            problem,
            tuple(every),
            tuple(waves),
            min(tried, key=lambda one: one.loss),
            tried,
            posterior,
            predictive(posterior, problem.figures, emulators, model, effort.seed),
            self._left_out(model, emulators),
            narrowing(posterior),
            correlations(posterior),
            effort.nights,
        )

    # ---- one level ----

    def _part(self, level: Level) -> Part:
        names = list(self.problem.priors)
        return Part(len(names), tuple(i for i, name in enumerate(names) if name not in level.idle))

    def _model(self, known: Known) -> Emulated:
        """Emulators of the targets known so far, each at every scale at which it is judged."""
        asked = [(target, self.effort.scales_of(target)) for target in self.problem.targets if target.id in known]
        return known.model(asked, self.problem.counters)

    def _after(self, known: Known, points: Points, figures: Sequence[Target]) -> Known:
        """Return what is known after some points, of the figures given that their level measures."""
        measured = {f.id: points.logs[:, k] for k, f in enumerate(figures) if points.level.measures(f)}
        return known.after(points.scale, points.cube, self._part(points.level), measured)

    def _learnt(self, level: Level, known: Known) -> tuple[Points, list[Wave]]:
        """Learn what a level is the first to measure: fill the space that earlier levels left, then wave after wave."""
        effort, part = self.effort, self._part(level)
        n = level.points if effort.search == "random" else level.start
        self.tell(f"{level.name} start".strip(), n * level.replicates)
        points = self._ran(level, part.whole(self._filling(level, known, part, n)), 0)
        rest = level.points - n
        told = [Wave(n, 1.0, float(losses(self.problem, points).min()), level.name)]
        for wave in range(level.waves if rest > 0 else 0):
            n = rest * (wave + 1) // level.waves - rest * wave // level.waves
            if n == 0:
                continue
            model = part.within(self._model(self._after(known, points, self.problem.targets)))
            cube, left = next_points(model, points.cube[:, part.active], n, effort.seed + wave)
            self.tell(f"{level.name} wave {wave + 1}".strip(), n * level.replicates)
            points = _joined(points, self._ran(level, part.whole(cube), wave + 1))
            told.append(Wave(len(points.cube), left, float(losses(self.problem, points).min()), level.name))
        return points, told

    def _filling(self, level: Level, known: Known, part: Part, n: int) -> F64:
        """Points that fill the space evenly, or what the levels before leave of it; shape (n, n_active)."""
        d, seed = len(part.active), self.effort.seed
        if self.effort.search == "random":
            return np.random.default_rng([seed, n, d, 3]).random((n, d))
        if not len(known):
            return start_cube(d, n, seed)
        model = part.within(self._model(known))
        likely = draw(model.log_likelihood, d, SAMPLES, seed)
        return spread_points(likely, best_point(model, likely)[None], n)

    def _promoted(self, level: Level, known: Known) -> Points:
        """Run likely points again at another level."""
        part = self._part(level)
        model = part.within(self._model(known))
        likely = draw(model.log_likelihood, len(part.active), SAMPLES, self.effort.seed)
        chosen = np.vstack([best_point(model, likely)[None], likely[:: max(1, len(likely) // level.points)]])
        self.tell(level.name or f"scale {level.scale:g}", level.points * level.replicates)
        return self._ran(level, part.whole(chosen[: level.points]), 0)

    def _ran(self, level: Level, cube: F64, wave: int) -> Points:
        """Run the nights of some points of the unit cube, rounded as they are shown."""
        values = values_at(self.problem.priors, cube)
        reps, seed = range(level.replicates), self.effort.seed
        asks = [Ask(tuple(v.values()), level.scale, seed, k, level.name) for v in values for k in reps]
        logs = _logs(self.problem, level, self.run(asks)).reshape(len(cube), level.replicates, -1).transpose(0, 2, 1)
        return Points(level, cube_of(self.problem.priors, values), logs, np.full(len(cube), wave))

    # ---- belief ----

    def _finalists(self, model: Emulated, points: Points, posterior: F64) -> F64:
        """Two points worth fresh nights: the best that was run, and the best that the emulators know."""
        costs = losses(self.problem, points)
        if self.effort.search == "random":
            return points.cube[np.argsort(costs, kind="stable")[:2]]
        ran = points.cube[int(np.argmin(costs))]
        return np.vstack([ran, best_point(model, np.vstack([posterior, points.cube]))])

    def _confirmed(self, cube: F64) -> tuple[Confirmed, ...]:
        """Run points on fresh draws, at every level at which a fit is judged."""
        values = values_at(self.problem.priors, cube)
        nights: list[dict[str, list[dict[str, float]]]] = [{} for _ in values]
        for level in self.effort.judged:
            self.tell(f"confirm {level.name}".strip(), len(cube) * level.confirm)
            told = tuple((tuple(v.values()), k) for v in values for k in range(level.confirm))
            got = self.run([Ask(v, level.scale, self.effort.fresh_seed, k, level.name) for v, k in told])
            if not all(got):
                raise ReplicationError("a night of the best points failed on fresh draws")
            for i, mine in enumerate(nights):
                mine[level.name] = got[i * level.confirm : (i + 1) * level.confirm]
        return tuple(self._one_confirmed(v, mine) for v, mine in zip(values, nights, strict=True))

    def _one_confirmed(self, values: dict[str, float], nights: dict[str, list[dict[str, float]]]) -> Confirmed:
        problem, judged = self.problem, self.effort.judged
        logs, targets = [], []
        for level in judged:
            middle = _middle(_logs(problem, level, nights[level.name]))
            for k, target in enumerate(problem.targets):
                if level.measures(target):
                    share = target.weight / sum(other.measures(target) for other in judged)
                    targets.append(replace(target, weight=share))
                    logs.append(middle[k])
        row = np.array(logs)[None]
        kappas = np.exp(log_kappas(targets, problem.counters, row))[0]
        told = {t.counter: float(kappas[k]) for k, t in enumerate(targets) if t.counter}
        usual = {name: bounds.usual for name, bounds in problem.counters.items()}
        seen = {
            level.name: {
                f.id: tuple(float(night.get(f.id, np.nan)) for night in nights[level.name])
                for f in problem.figures
                if level.measures(f)
            }
            for level in judged
        }
        cost = float(loss(targets, problem.counters, row)[0])
        return Confirmed(values, seen, {**usual, **{k: v for k, v in told.items() if k}}, cost)

    def _left_out(self, model: Emulated, emulators: Sequence[Emulator]) -> dict[str, Range]:
        """Predict each target from all the others."""
        found: dict[str, Range] = {}
        if len({target.id for target in model.targets}) < 2:
            return found
        for target, emulator in zip(self.problem.targets, emulators, strict=False):
            rest = model.without(target.id)
            cube = draw(rest.log_likelihood, len(self.problem.priors), SAMPLES // 2, self.effort.seed)
            found |= predictive(cube, [target], [emulator], rest, self.effort.seed)
        return found


def losses(problem: Problem, points: Points) -> F64:
    """Loss of the mean night of each point, over the targets that its level measures; shape (n_points,)."""
    mine = [k for k, target in enumerate(problem.targets) if points.level.measures(target)]
    return loss([problem.targets[k] for k in mine], problem.counters, points.means[:, mine])


def _logs(problem: Problem, level: Level, nights: list[dict[str, float]]) -> F64:
    """Logarithms of nights; shape (n_nights, n_figures). NaN for figures that a level does not measure."""
    columns = [
        f.logs(np.array([night.get(f.id, np.nan) if level.measures(f) else np.nan for night in nights]))
        for f in problem.figures
    ]
    return np.column_stack(columns)


def _middle(logs: F64) -> F64:
    """Median over the nights, of those that there are; NaN where there is none; shape (n_figures,)."""
    found = np.full(logs.shape[1], np.nan)
    known = np.isfinite(logs).any(axis=0)
    found[known] = np.nanmedian(logs[:, known], axis=0)
    return found


def _joined(a: Points, b: Points) -> Points:
    stacked = (np.concatenate([x, y]) for x, y in ((a.cube, b.cube), (a.logs, b.logs), (a.wave, b.wave)))
    return Points(a.level, *stacked)
