"""Run a study over its uncertain parameters: every alternative at every point, on common draws."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from msgu.errors import InputError
from msgu.results.files import replace_files, seal
from msgu.results.provenance import source_digest, versions
from msgu.scenario.study.comparison import ComparisonStudyFile, Sensitivity
from msgu.scenario.yaml.locate import placed
from msgu.study.batch.job import ENGINE
from msgu.study.comparison.found import compare
from msgu.study.comparison.outcomes import Outcome
from msgu.study.comparison.plan import Plan, planned
from msgu.study.comparison.run import TellNight, run_plans
from msgu.study.sensitivity.design import (
    F64,
    Ranking,
    Sampled,
    Trajectories,
    UncertainParameter,
    dials,
    flips,
    rank,
    saltelli,
    screen,
    shares,
    trajectories,
)

FORMAT: Final = 1
FILE: Final = "sensitivity.json"
TellPoint = Callable[[int, int], None]
"""Told how many points are done, of how many."""


@dataclass(frozen=True)
class Exploration:
    """What is explored: the study's plan at its own values, its parameters, its points."""

    plan: Plan
    outcome: Outcome
    dials: tuple[UncertainParameter, ...]
    asked: Sensitivity
    design: Trajectories | Sampled

    @property
    def points(self) -> F64:
        """All points, shape (points, parameters)."""
        if isinstance(self.design, Sampled):
            return self.design.points
        return self.design.points.reshape(-1, len(self.dials))


@dataclass(frozen=True)
class Explored:
    """What was found.

    Parameters
    ----------
    values : by alternative, shape (points,). Median of the nights that have a value, in the unit shown; NaN without any.
    ranking : of all alternatives and the baseline.
    flips : by parameter, steps that change which is best and steps in all; empty for Sobol's design.
    measures : by alternative and parameter, sizes of what the parameter does to the effect (and to the baseline's value).
    """

    exploration: Exploration
    values: dict[str, F64]
    ranking: Ranking
    flips: dict[str, tuple[int, int]]
    measures: dict[str, dict[str, dict[str, float]]]


def explore_plan(file: ComparisonStudyFile) -> Exploration:
    """Return what a study's sensitivity asks for, checked.

    Raises
    ------
    InputError
        Where it asks for nothing, or a parameter cannot be set to both its ends.
    """
    asked, study = file.study.sensitivity, file.study
    if asked is None:
        raise InputError(placed(file.tree, [(("sensitivity",), "no block `sensitivity:`", "method, metric, size", "")]))
    made, wrong = dials(study.uncertain)
    if asked.method == "sobol" and asked.size & (asked.size - 1):
        wrong.append((("sensitivity", "size"), str(asked.size), "a power of two for Sobol", ""))
    if wrong:
        raise InputError(placed(file.tree, wrong))
    plan = planned(file, readings=False)
    for ends in (0.0, 1.0):  # both ends of every parameter must be settings that the scenario accepts
        planned(file, [dial.setting(ends) for dial in made], readings=False)
    outcome = next((o for o in plan.outcomes if o.id == asked.metric), None)
    if outcome is None:
        allowed = "one of: " + ", ".join(o.id for o in plan.outcomes)
        raise InputError(placed(file.tree, [(("sensitivity", "metric"), repr(asked.metric), allowed, "")]))
    seed = plan.baseline.scenario.seed
    draw = trajectories if asked.method == "morris" else saltelli
    return Exploration(plan, outcome, tuple(made), asked, draw(len(made), asked.size, seed))


def point_plan(file: ComparisonStudyFile, exploration: Exploration, point: F64) -> Plan:
    """Return the plan of one point: the study with its parameters set there."""
    sets = [dial.setting(float(x)) for dial, x in zip(exploration.dials, point, strict=True)]
    plan = planned(file, sets, readings=False)
    return replace(plan, outcomes=(exploration.outcome,), reps=exploration.asked.reps, select=None)


def explore(
    file: ComparisonStudyFile,
    out: str | Path,
    workers: int = 1,
    told: TellPoint | None = None,
    engine: tuple[str, str] = ENGINE,
    *,
    cluster: str = "",
    overwrite: bool = False,
    progress: TellNight | None = None,
) -> Explored:
    """Run every point of a study's sensitivity and say what follows; a stopped run goes on where it was.

    Raises
    ------
    InputError, StorageError, RefusedError
        As reading and running do.
    """
    exploration, folder = explore_plan(file), Path(out)
    points = exploration.points
    rows: dict[str, list[float]] = {choice.id: [] for choice in exploration.plan.choices}
    plans = [point_plan(file, exploration, point) for point in points]
    for i, plan in enumerate(run_plans(plans, folder, workers, progress, engine, cluster=cluster, overwrite=overwrite)):
        found = compare(plan, folder)
        for name, columns in found.values.items():
            rows[name].append(middle(columns[exploration.outcome.id]))
        if told is not None:
            told(i + 1, len(points))
    return analyse(exploration, {name: np.array(column) for name, column in rows.items()})


def middle(values: F64) -> float:
    """Median of the nights that have a value, shape (nights,); NaN where none has one."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else math.nan


def analyse(exploration: Exploration, values: dict[str, F64]) -> Explored:
    """Say what the values at the points mean."""
    sign = 1.0 if exploration.outcome.more_is_better else -1.0
    ranking = rank({name: sign * column for name, column in values.items()}, exploration.outcome.matters)
    base = exploration.plan.baseline.id
    about = {base: values[base]} | {name: column - values[base] for name, column in values.items() if name != base}
    measures = {name: _measured(exploration, column) for name, column in about.items()}
    turned = {}
    if isinstance(exploration.design, Trajectories):
        counts = flips(exploration.design, ranking.best)
        turned = {dial.name: count for dial, count in zip(exploration.dials, counts, strict=True)}
    return Explored(exploration, values, ranking, turned, measures)


def _measured(exploration: Exploration, values: F64) -> dict[str, dict[str, float]]:
    names = [dial.name for dial in exploration.dials]
    if isinstance(exploration.design, Trajectories):
        table = values.reshape(exploration.design.points.shape[:2])
        return {name: vars(one) for name, one in zip(names, screen(exploration.design, table), strict=True)}
    return {name: vars(one) for name, one in zip(names, shares(exploration.design, values), strict=True)}


# ---- what is written ----


def as_facts(found: Explored) -> dict[str, Any]:
    """Return what was found as plain facts."""
    e = found.exploration
    return {
        "format": FORMAT, "study": e.plan.id, "metric": e.outcome.id, "unit": e.outcome.unit, "method": e.asked.method,
        "size": e.asked.size, "reps": e.asked.reps, "points": len(e.points), "source_sha256": source_digest(),
        "versions": versions(), "seed": e.plan.baseline.scenario.seed,
        "parameters": {
            d.name: {"key": d.key, "low": d.low, "high": d.high, "unit": d.unit, "law": d.law} for d in e.dials
        },
        "measures": {name: {key: _plain(one) for key, one in by.items()} for name, by in found.measures.items()},
        "wins": found.ranking.wins, "regret": _plain(found.ranking.regret), "robust": found.ranking.robust or None,
        "missing": found.ranking.missing,
        "flips": {name: list(count) for name, count in found.flips.items()},
        "table": [
            {
                "settings": [dial.setting(float(x)) for dial, x in zip(e.dials, point, strict=True)],
                "best": found.ranking.best[i] or None,
                **_plain({name: float(column[i]) for name, column in found.values.items()}),
            }
            for i, point in enumerate(e.points)
        ],
    }  # fmt: skip


def _plain(values: dict[str, float]) -> dict[str, float | None]:
    return {name: float(value) if np.isfinite(value) else None for name, value in values.items()}


def write_facts(found: Explored, folder: Path) -> Path:
    """Write ``sensitivity.json``, sealed with its own checksum."""
    return replace_files(folder, {FILE: seal(as_facts(found))})[0]
