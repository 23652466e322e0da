"""Measure the nights of a comparison, and say how each alternative differs from the baseline.

Nights are kept by what they are of: ``nights/DIGEST/`` holds the batch of one scenario, so that two alternatives with
the same scenario share it, and a study that grows or was stopped runs only what is missing.
The order is interleaved (night 0 of all, then night 1 of all), so that stopping early leaves a balanced comparison.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from msgu.errors import StorageError
from msgu.measure.fired import Fired, fired
from msgu.measure.metrics.values import metric_value
from msgu.measure.view import Night
from msgu.results import Identity, load
from msgu.results.record import read_identity
from msgu.study.batch.folder import ended_in_order, record_folder, refuse_other_record
from msgu.study.batch.manifest import read_manifest
from msgu.study.comparison.curves import curve_times, curves_of, median_curves
from msgu.study.comparison.outcomes import Outcome, shown
from msgu.study.comparison.paired import F64, Effect, Verdict, effect, families, variance_ratio, verdict
from msgu.study.comparison.plan import Choice, Plan
from msgu.study.comparison.reach import Reach, aware_by_zone, reach_of
from msgu.study.comparison.selection import Race, Selected

NIGHTS: Final = "nights"


@dataclass(frozen=True)
class EffectRow:
    """One alternative, one outcome.

    Parameters
    ----------
    p : p-value after Holm over its family.
    tests : number of tests in that family.
    variance : variance of paired differences over that of differences between independent nights.
    """

    alternative: str
    outcome: str
    effect: Effect
    p: float
    tests: int
    variance: float
    verdict: Verdict


@dataclass(frozen=True)
class Comparison:
    """A comparison as far as its nights go.

    Parameters
    ----------
    values : by alternative and outcome, shape (n_nights,), in the unit shown; NaN where there was nothing to measure.
    nights : nights compared: those that the baseline shares with the alternative that has most.
    rows : alternatives by outcomes.
    selected : where the selection of the best stands, if one was asked for.
    failed : nights that failed, by alternative.
    identity : source of the program, seed and scale that every night was run with.
    curves : by alternative and name (`msgu.measure.over_time.COURSE`), shape (points,). Median of the nights.
    times : shape (points,). When these points are [s].
    reach : by alternative, people who know by zone; none where the nights have nobody who could.
    fired : by alternative, what its rules did over its nights.
    under : by id, the same comparison under each other reading of which there is a night of the baseline.
    """

    plan: Plan
    values: dict[str, dict[str, F64]]
    nights: int
    rows: tuple[EffectRow, ...]
    selected: Selected | None
    failed: dict[str, tuple[int, ...]]
    identity: dict[str, str]
    curves: dict[str, dict[str, F64]]
    times: F64
    reach: dict[str, Reach]
    under: dict[str, Comparison]
    fired: dict[str, list[Fired]] = field(default_factory=dict)

    def row(self, alternative: str, outcome: str) -> EffectRow:
        """Return one row."""
        return next(row for row in self.rows if (row.alternative, row.outcome) == (alternative, outcome))


def night_folder(folder: Path, choice: Choice) -> Path:
    """Return the folder of a choice's batch of nights."""
    return folder / NIGHTS / choice.sha256[:16]


# ---- selection ----


def race_of(plan: Plan) -> Race | None:
    """Return the selection that a plan asks for, not yet begun."""
    asked = plan.select
    if asked is None:
        return None
    zone = plan.outcome(asked.metric).matters
    return Race([choice.id for choice in plan.choices], zone, asked.guarantee, asked.first)


def enter(race: Race, outcome: Outcome, values: dict[str, float]) -> None:
    """Enter a night into the race; one that failed or has no value for one of those still in it is passed over."""
    sign = 1.0 if outcome.more_is_better else -1.0
    blank = [name for name, value in values.items() if not math.isfinite(value)]
    if blank:
        race.pass_over(blank)
    else:
        race.add({name: sign * value for name, value in values.items()})


# ---- what was found ----


def compare(plan: Plan, out: str | Path) -> Comparison:
    """Measure the nights of a plan that are there, and compare.

    Raises
    ------
    StorageError
        Where a night is damaged, none is there, or nights of another seed, scale or version stand beside these.
    """
    folder = Path(out)
    ended = {choice.id: ended_in_order(night_folder(folder, choice), plan.reps) for choice in plan.choices}
    counts = {name: n for name, (n, _) in ended.items()}
    if counts[plan.baseline.id] == 0:
        raise StorageError(f"{folder}: holds no night of the baseline")
    identity = check_identities(plan, folder, counts)
    measured = {choice.id: _measured(plan, folder, choice, counts[choice.id]) for choice in plan.choices}
    values = {name: one.values for name, one in measured.items()}
    failed = {name: which for name, (_, which) in ended.items()}
    rows = _rows(plan, values, counts)
    course = {name: one.curves for name, one in measured.items()}
    times = measured[plan.baseline.id].times
    selected = _replayed(plan, values, counts)
    reach = {name: one.reach for name, one in measured.items() if one.reach is not None}
    told = {name: one.fired for name, one in measured.items() if one.fired}
    under = _under(plan, folder, identity)
    nights = min(counts[plan.baseline.id], max(counts[choice.id] for choice in plan.alternatives))
    return Comparison(plan, values, nights, rows, selected, failed, identity, course, times, reach, under, told)


def _under(plan: Plan, folder: Path, identity: dict[str, str]) -> dict[str, Comparison]:
    """Compare under each other reading that has begun; its nights are of the same seed, scale and version."""
    found = {
        one.reading: compare(one, folder) for one in plan.under() if ended_in_order(night_folder(folder, one.baseline), 1)[0]
    }
    for name, other in found.items():
        for what, value in other.identity.items():
            if value != identity[what]:
                raise StorageError(
                    f"{folder}: another {what} under `{name}` ({value}, beside {identity[what]}); run it again"
                )
    return found


def check_identities(plan: Plan, folder: Path, counts: dict[str, int]) -> dict[str, str]:
    """Return what every night was run with; nights of another seed, scale, scenario or version are refused.

    Raises
    ------
    StorageError
        Naming the first night that differs, and in what.
    """
    first: Identity | None = None
    for choice in plan.choices:
        there = night_folder(folder, choice)
        told = {row["replication"]: row for row in read_manifest(there)["records"]} if counts[choice.id] else {}
        for k in range(counts[choice.id]):
            place = record_folder(there, k)
            if not place.exists():
                continue
            mine = read_identity(place, folder)
            first = first or mine
            expected = first._replace(scenario_sha256=choice.sha256, replication=k, seed=choice.scenario.world_seed(k))
            for name, value in mine._asdict().items():
                if value != getattr(expected, name):
                    raise StorageError(f"{place}: another {name} ({value}, beside {getattr(expected, name)}); run it again")
            if k in told:
                refuse_other_record(there, told[k])
    if first is None:
        raise StorageError(f"{folder}: every night of it failed")
    return {"source_sha256": first.source_sha256, "seed": str(plan.baseline.scenario.seed), "scale": f"{first.scale:.10g}"}


class Measured(NamedTuple):
    """The nights of one choice: values by outcome, median curves, times of their points, who is reached."""

    values: dict[str, F64]
    curves: dict[str, F64]
    times: F64
    reach: Reach | None
    fired: list[Fired]


def _measured(plan: Plan, folder: Path, choice: Choice, n: int) -> Measured:
    """Read each night once, and keep of it what is compared and drawn."""
    rows, courses, times = list[list[float]](), list[dict[str, F64]](), np.zeros(0)
    known, any_night, ruled = list[F64](), None, list[Night]()
    for k in range(n):
        night = night_of(folder, choice, k)
        rows.append(values_of(night, plan.outcomes))
        if night is not None:
            courses.append(curves_of(night))
            times = curve_times(night)
            known.append(aware_by_zone(night))
            any_night = night
            if choice.scenario.rules:
                ruled.append(Night(night.scenario, night.results.of_tables("rules")))
    columns = {o.id: np.array([row[i] for row in rows], np.float64) for i, o in enumerate(plan.outcomes)}
    reach = reach_of(any_night, known) if any_night is not None and known[0].size else None
    return Measured(columns, median_curves(courses), times, reach, fired(ruled))


def night_of(folder: Path, choice: Choice, night: int) -> Night | None:
    """Return a night, or None where it failed."""
    place = record_folder(night_folder(folder, choice), night)
    return Night(choice.scenario, load(place, within=folder)) if place.exists() else None


def values_of(night: Night | None, outcomes: Sequence[Outcome]) -> list[float]:
    """Values of the outcomes in one night, in the unit shown; NaN where the night failed."""
    if night is None:
        return [math.nan] * len(outcomes)
    return [shown(metric_value(o.text, night, o.window), o) for o in outcomes]


def _rows(plan: Plan, values: dict[str, dict[str, F64]], counts: dict[str, int]) -> tuple[EffectRow, ...]:
    base = values[plan.baseline.id]
    found: dict[str, tuple[Choice, Outcome, Effect, float]] = {}
    for choice in plan.alternatives:
        n = min(counts[plan.baseline.id], counts[choice.id])
        for o in plan.outcomes:
            before, after = base[o.id][:n], values[choice.id][o.id][:n]
            told = effect(
                before, after, more_is_better=o.more_is_better, summary=o.summary, light=o.light, matters=o.matters
            )
            pays = variance_ratio(before, after) if n > 2 else math.nan
            found[f"{choice.id}|{o.id}"] = (choice, o, told, pays)
    family = {key: o.family or o.id for key, (_, o, _, _) in found.items()}
    corrected = families({key: told.p for key, (_, _, told, _) in found.items()}, family)
    sizes = {name: sum(f == name for f in family.values()) for name in set(family.values())}
    return tuple(
        EffectRow(
            choice.id, o.id, told, corrected[key], sizes[family[key]], pays,
            verdict(told, corrected[key], sizes[family[key]], more_is_better=o.more_is_better, matters=o.matters),
        )
        for key, (choice, o, told, pays) in found.items()
    )  # fmt: skip


def _replayed(plan: Plan, values: dict[str, dict[str, F64]], counts: dict[str, int]) -> Selected | None:
    """Run the selection over the nights that are there."""
    race = race_of(plan)
    if race is None or plan.select is None:
        return None
    outcome = plan.outcome(plan.select.metric)
    for night in range(max(counts.values())):
        if any(night >= counts[name] for name in race.alive):
            break
        enter(race, outcome, {name: float(values[name][outcome.id][night]) for name in race.alive})
        if len(race.alive) == 1:
            break
    return race.state()
