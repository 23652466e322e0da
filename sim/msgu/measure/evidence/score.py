"""The scorecard: reported figures beside what the nights gave.

A figure is judged by the median of the nights; one whose window ends after what the nights follow is not judged at all.
A figure with neither `low` nor `high` counts as reproduced within a factor of two of its value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np

from msgu.errors import InputError, Problem
from msgu.measure.evidence.ledger import tolerance
from msgu.measure.metrics.call import MetricError
from msgu.measure.metrics.catalogue import bind, followed, in_unit_of_metric, latest
from msgu.measure.metrics.spec import POSTS
from msgu.measure.metrics.subjects.social import exogenous_share, peak_rate, raw_peak_rate
from msgu.measure.view import Night, Window
from msgu.scenario.schema.evidence import Evidence, Figure
from msgu.scenario.schema.root import Scenario

Verdict = Literal["ok", "missed", "not reached"]


@dataclass(frozen=True)
class ScoreRow:
    """One reported figure beside what the nights gave.

    reported, low, high : the figure and the range that counts as reproduced; None where there is none.
    simulated : value of each night, times its counter's kappa; NaN where there was nothing to measure.
    exogenous : median share of the posts behind it that were given by the scenario; NaN where it is not about posts.
    raw_peak : median of the raw maximum beside a fitted peak; NaN elsewhere.
    group : figures of one group restate one another and count once. headline : told first.
    kappa : factor of its counter, 1 without one.
    """

    id: str
    quantity: str
    unit: str
    role: str
    kind: str
    weight: float
    reported: float | None
    low: float | None
    high: float | None
    simulated: tuple[float, ...]
    verdict: Verdict
    source: str = ""
    confidence: str = ""
    note: str = ""
    counter: str = ""
    exogenous: float = math.nan
    raw_peak: float = math.nan
    kappa: float = 1.0
    group: str = ""
    headline: bool = False

    @property
    def reached(self) -> bool:
        """Whether the nights cover the figure's window."""
        return self.verdict != "not reached"

    @property
    def met(self) -> bool:
        """Whether it is reached and reproduced."""
        return self.verdict == "ok"

    @property
    def median(self) -> float:
        """Median of the nights; NaN where there is none."""
        return median_of(self.simulated)


def active(evidence: Evidence) -> dict[str, Figure]:
    """Figures of the chosen reading of the peak, each in the unit of its metric, sorted by id."""
    chosen = {k: in_unit_of_metric(f) for k, f in evidence.figures.items() if f.reading in (None, evidence.peak_reading)}
    return dict(sorted(chosen.items()))


class Values(NamedTuple):
    """What the nights gave for one figure: its metric, the exogenous share of its posts, its raw peak."""

    got: tuple[float, ...] = ()
    exogenous: tuple[float, ...] = ()
    raw: tuple[float, ...] = ()


def reached(figure: Figure, scenario: Scenario, horizon: float) -> bool:
    """Whether a night that ends at `horizon` [s] follows what the figure is about to the end of its window and metric."""
    end, bound = figure.window[1] if figure.window else -math.inf, bind(figure.metric, scenario)
    return max(end, latest(bound)) <= min(horizon, followed(bound, scenario)) + 1e-6


def score(nights: Iterable[Night]) -> list[ScoreRow]:
    """Compare every active figure of the nights' scenario with what they gave.

    Figures of one counter share one kappa, the best within its bounds by least squares of log ratios.
    Nights are taken one by one, so that a whole batch need not be in memory.

    Raises
    ------
    InputError
        Where a figure names a metric that there is not.
    """
    values: dict[str, Values] = {}
    evidence = Evidence()
    for night in nights:
        evidence = night.scenario.evidence
        for key, figure in active(evidence).items():
            try:
                values[key] = _extended(values.get(key, Values()), figure, night)
            except MetricError as error:
                raise InputError([_problem(key, error)]) from error
    kappas = fitted_kappas(evidence, {key: seen.got for key, seen in values.items()})
    return [_row(k, f, values[k], kappas.get(f.counter or "", 1.0)) for k, f in active(evidence).items() if k in values]


def _problem(key: str, error: MetricError) -> Problem:
    where = f"evidence.figures.{key}.metric"
    return Problem("scenario.json", 1, 1, where, f"{error.given} (column {error.col})", error.allowed, error.nearest)


def _extended(before: Values, figure: Figure, night: Night) -> Values:
    """Values with those of one more night; as they were where the night does not cover the figure."""
    if not reached(figure, night.scenario, night.results.horizon):
        return before
    window = Window(*figure.window) if figure.window else night.whole
    bound = bind(figure.metric, night.scenario)
    got = (*before.got, bound.metric(night, window, bound.arguments))
    if bound.metric.subject is not POSTS:
        return Values(got)
    share = exogenous_share(night, window, bound.arguments)
    raw = before.raw
    if bound.metric is peak_rate:
        raw = (*raw, raw_peak_rate(night, window, bound.arguments))
    return Values(got, (*before.exogenous, share), raw)


def median_of(values: Iterable[float]) -> float:
    """Median of the numbers among the values, NaN where there is none."""
    known = [v for v in values if not math.isnan(v)]
    return float(np.median(known)) if known else math.nan


def fitted_kappas(evidence: Evidence, values: dict[str, tuple[float, ...]]) -> dict[str, float]:
    """Kappa of each counter: the mean log ratio of reported over simulated, within its bounds."""
    found = {}
    for name, counter in evidence.counters.items():
        logs, weights = [], []
        for key, got in values.items():
            figure = in_unit_of_metric(evidence.figures[key])
            middle = median_of(got)
            reported = figure.value or 0.0
            if figure.counter == name and figure.role == "target" and reported > 0 and middle > 0:
                logs.append(math.log(reported / middle))
                weights.append(max(figure.weight, 1e-9))
        kappa = math.exp(float(np.average(logs, weights=weights))) if logs else counter.kappa
        found[name] = min(max(kappa, counter.low), counter.high)
    return found


def _row(key: str, f: Figure, values: Values, kappa: float) -> ScoreRow:
    simulated = tuple(v * kappa for v in values.got)
    low, high = tolerance(f)
    return ScoreRow(
        id=key,
        quantity=f.quantity,
        unit=f.unit,
        role=f.role,
        kind=f.kind,
        weight=f.weight,
        reported=f.value,
        low=low,
        high=high,
        simulated=simulated,
        verdict=_verdict(low, high, simulated) if values.got else "not reached",
        source=f.source,
        confidence=f.confidence,
        note=f.note,
        counter=f"{f.counter} (kappa {kappa:.3g})" if f.counter else "",
        exogenous=median_of(values.exogenous),
        raw_peak=median_of(values.raw),
        kappa=kappa,
        group=f.group or key,
        headline=f.headline,
    )


@dataclass(frozen=True)
class Group:
    """Figures that restate one another: they count once.

    rows : the headline first, then by weight. kind : the least demanding of its rows, so that a group is a test
    only where nothing in it set anything. reached, met : all of its rows that are reached are met.
    """

    id: str
    rows: tuple[ScoreRow, ...]

    @property
    def kind(self) -> str:
        """How the model gets at it."""
        return min((row.kind for row in self.rows), key=_KINDS.index)

    @property
    def reached(self) -> bool:
        """Whether any of its figures is reached."""
        return any(row.reached for row in self.rows)

    @property
    def met(self) -> bool:
        """Whether every one of its figures that is reached is met."""
        return self.reached and all(row.met for row in self.rows if row.reached)


_KINDS: Final = ("by construction", "fitted", "predicted")


def groups(rows: Iterable[ScoreRow]) -> list[Group]:
    """Return the rows by group: headlines first, then what carries the most weight, then what was only predicted."""
    by_group: dict[str, list[ScoreRow]] = {}
    for row in sorted(rows, key=lambda row: (not row.headline, -row.weight, row.id)):
        by_group.setdefault(row.group or row.id, []).append(row)
    return [Group(name, tuple(own)) for name, own in by_group.items()]


class Tally(NamedTuple):
    """How many figures were reached and met: targets of weight 0.5 and more, and tests, which are groups of predicted ones."""

    targets: int
    targets_reached: int
    targets_met: int
    tests: int
    tests_reached: int
    tests_met: int


WEIGHTY: Final = 0.5
"""Targets of this weight and more are those that a run must meet."""


def tally(rows: Iterable[ScoreRow]) -> Tally:
    """Count the weighty targets, and the tests by independent groups."""
    rows = list(rows)
    weighty = [row for row in rows if row.role == "target" and row.weight >= WEIGHTY]
    tests = [group for group in groups(rows) if group.kind == "predicted"]
    return Tally(
        len(weighty), sum(row.reached for row in weighty), sum(row.met for row in weighty),
        len(tests), sum(group.reached for group in tests), sum(group.met for group in tests),
    )  # fmt: skip


def _verdict(low: float | None, high: float | None, simulated: tuple[float, ...]) -> Verdict:
    middle = median_of(simulated)
    inside = (low is None or low <= middle) and (high is None or middle <= high)
    return "ok" if inside and not math.isnan(middle) else "missed"
