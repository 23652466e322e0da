"""The search of a calibration: settings that give the reported figures, confirmed on fresh nights.

Levels of effort are run one after the other, the cheapest first.
At the first level that measures a figure, points fill the priors (or what earlier levels left of them), emulators learn
their nights, and waves of history matching put the rest where the figures still allow it.
A later level says by how much known figures differ there.
The best points are run again on fresh draws at every level at which a fit is judged, before they are believed.
What a night gives is asked through `Ask`, so that anything that answers it can be calibrated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from msgu.errors import ReplicationError
from msgu.study.calibration.emulator import Emulator, one_thread
from msgu.study.calibration.history_matching import best_point, next_points, spread_points
from msgu.study.calibration.levels import Known, Part
from msgu.study.calibration.loss import Target, log_kappas, loss
from msgu.study.calibration.posterior import Emulated, Range, correlations, draw, narrowing, predictive, start_cube
from msgu.study.calibration.prior import cube_of, values_at
from msgu.study.calibration.problem import (
    Ask,
    Calibration,
    CalibrationProblem,
    Confirmed,
    Effort,
    LevelEffort,
    Points,
    Run,
    SearchWave,
    Tell,
    losses,
)

F64 = NDArray[np.float64]

SAMPLES: Final = 1000
"""Samples of the posterior that are kept."""


def search_fit(
    problem: CalibrationProblem, effort: Effort, run: Run, tell: Tell = lambda stage, nights: None
) -> Calibration:
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

    problem: CalibrationProblem
    effort: Effort
    run: Run
    tell: Tell

    def calibrated(self) -> Calibration:
        problem, effort, known = self.problem, self.effort, Known({})
        every: list[Points] = []
        waves: list[SearchWave] = []
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
        figures = [f for f in problem.figures if f.id in known]
        emulators = {f.id: known.at(f.id, effort.scales_of(f)[-1]) for f in figures}
        return Calibration(
            problem,
            tuple(every),
            tuple(waves),
            min(tried, key=lambda one: (one.missed(problem.targets), one.loss)),
            tried,
            posterior,
            predictive(posterior, figures, list(emulators.values()), model, effort.seed),
            self._left_out(model, emulators),
            narrowing(posterior),
            correlations(posterior),
            effort.nights,
        )

    # ---- one level ----

    def _part(self, level: LevelEffort) -> Part:
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

    def _learnt(self, level: LevelEffort, known: Known) -> tuple[Points, list[SearchWave]]:
        """Learn what a level is the first to measure: fill the space that earlier levels left, then wave after wave."""
        effort, part = self.effort, self._part(level)
        n = level.points if effort.search == "random" else level.start
        self.tell(f"{level.name} start".strip(), n * level.replicates)
        points = self._ran(level, part.whole(self._filling(level, known, part, n)), 0)
        rest = level.points - n
        told = [SearchWave(n, 1.0, float(losses(self.problem, points).min()), level.name)]
        for wave in range(level.waves if rest > 0 else 0):
            n = rest * (wave + 1) // level.waves - rest * wave // level.waves
            if n == 0:
                continue
            model = part.within(self._model(self._after(known, points, self.problem.targets)))
            cube, left = next_points(model, points.cube[:, part.active], n, effort.seed + wave)
            self.tell(f"{level.name} wave {wave + 1}".strip(), n * level.replicates)
            points = _joined(points, self._ran(level, part.whole(cube), wave + 1))
            told.append(SearchWave(len(points.cube), left, float(losses(self.problem, points).min()), level.name))
        return points, told

    def _filling(self, level: LevelEffort, known: Known, part: Part, n: int) -> F64:
        """Points that fill the space evenly, or what the levels before leave of it; shape (n, n_active)."""
        d, seed = len(part.active), self.effort.seed
        if self.effort.search == "random":
            return np.random.default_rng([seed, n, d, 3]).random((n, d))
        if not len(known):
            return start_cube(d, n, seed)
        model = part.within(self._model(known))
        likely = draw(model.log_likelihood, d, SAMPLES, seed)
        return spread_points(likely, best_point(model.log_likelihood, likely)[None], n)

    def _promoted(self, level: LevelEffort, known: Known) -> Points:
        """Run likely points again at another level."""
        part = self._part(level)
        model = part.within(self._model(known))
        likely = draw(model.log_likelihood, len(part.active), SAMPLES, self.effort.seed)
        chosen = np.vstack([best_point(model.log_likelihood, likely)[None], likely[:: max(1, len(likely) // level.points)]])
        self.tell(level.name or f"scale {level.scale:g}", level.points * level.replicates)
        return self._ran(level, part.whole(chosen[: level.points]), 0)

    def _ran(self, level: LevelEffort, cube: F64, wave: int) -> Points:
        """Run the nights of some points of the unit cube, rounded as they are shown."""
        values = values_at(self.problem.priors, cube)
        reps, seed = range(level.replicates), self.effort.seed
        asks = [Ask(tuple(v.values()), level.scale, seed, k, level.name) for v in values for k in reps]
        logs = _logs(self.problem, level, self.run(asks)).reshape(len(cube), level.replicates, -1).transpose(0, 2, 1)
        return Points(level, cube_of(self.problem.priors, values), logs, np.full(len(cube), wave))

    # ---- belief ----

    def _finalists(self, model: Emulated, points: Points, posterior: F64) -> F64:
        """Return the points worth fresh nights; shape (n, d).

        The best of the last level, the likeliest that the emulators know, the one that they give the best chance to meet
        every target, then others of the last level by their loss.
        """
        n, costs = self.effort.finalists, losses(self.problem, points)
        ran = points.cube[np.argsort(costs, kind="stable")]
        if self.effort.search == "random":
            return ran[:n]
        cloud = np.vstack([posterior, points.cube])
        known = [best_point(score, cloud)[None] for score in (model.log_likelihood, model.log_chance)]
        return np.vstack([ran[:1], *known, ran[1:]])[:n]

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

    def _left_out(self, model: Emulated, emulators: Mapping[str, Emulator]) -> dict[str, Range]:
        """Predict each target from all the others."""
        found: dict[str, Range] = {}
        if len({target.id for target in model.targets}) < 2:
            return found
        for target in self.problem.targets:
            rest = model.without(target.id)
            cube = np.repeat(draw(rest.log_likelihood, len(self.problem.priors), SAMPLES // 4, self.effort.seed), 4, axis=0)
            found |= predictive(cube, [target], [emulators[target.id]], rest, self.effort.seed)
        return found


def _logs(problem: CalibrationProblem, level: LevelEffort, nights: list[dict[str, float]]) -> F64:
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
