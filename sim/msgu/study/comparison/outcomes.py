"""Outcomes on which alternatives are compared: those that a study names, or those about people that a scenario has."""

from __future__ import annotations

import math
from dataclasses import dataclass

from msgu.errors import Loc, SchemaProblem
from msgu.lang import Lang
from msgu.measure.evidence.constraint import figures_about
from msgu.measure.metrics.call import MetricError
from msgu.measure.metrics.catalogue import DECLARED, bind, followed
from msgu.measure.metrics.spec import Case, Metric, Told
from msgu.measure.metrics.units import read_unit, wrong_unit
from msgu.measure.view import Window
from msgu.scenario.schema.root import Scenario
from msgu.scenario.study.comparison import ComparisonStudy, StudyMetric
from msgu.study.comparison.paired import Summary
from msgu.units import parse_wall

Found = tuple[Loc, str, str, str]


@dataclass(frozen=True)
class Outcome:
    """One outcome.

    Parameters
    ----------
    text : the metric, as `msgu.measure.metrics.values` reads it.
    window : from when to when [s].
    factor : what turns the metric's value into the unit shown.
    matters : indifference zone, in the unit shown.
    family : tests corrected together; empty: those of this outcome, over all alternatives.
    constrained : reported figures of the scenario about the same metric; none: not calibrated.
    """

    id: str
    fr: str
    en: str
    text: str
    window: Window
    more_is_better: bool
    unit: str = ""
    factor: float = 1.0
    matters: float = 0.0
    family: str = ""
    summary: Summary = "median"
    light: bool = False
    constrained: tuple[str, ...] = ()

    def title(self, lang: Lang) -> str:
        """Return its name in a language."""
        return self.fr if lang == "fr" else self.en


def outcomes_of(study: ComparisonStudy, scenario: Scenario) -> tuple[list[Outcome], list[Found]]:
    """Return the outcomes of a study, and what is wrong with them: location, given, allowed, nearest fix."""
    if not study.metrics:
        return people_outcomes(scenario), []
    found, problems = [], list[Found]()
    for name, metric in study.metrics.items():
        try:
            bound = bind(metric.metric, scenario)
            unit = bound.metric.unit
        except MetricError as error:
            at: Loc = ("metrics", name, "metric")
            problems.append((at, f"{error.given} (column {error.col})", error.allowed, error.nearest))
            continue
        window = _window(name, metric, scenario, problems, followed(bound, scenario))
        own = read_unit(metric.unit or unit, unit)
        if own is None:
            problems.append((("metrics", name, "unit"), *wrong_unit(metric.unit, True, metric.metric, unit)))
            continue
        found.append(
            Outcome(
                name, metric.title.fr, metric.title.en, metric.metric, window, metric.better == "more", metric.unit,
                float(1 / own.size), metric.matters, metric.family or "", metric.summary, metric.tail == "light",
                tuple(sorted(figures_about(bound, scenario))),
            )
        )  # fmt: skip
    return found, problems


def _window(name: str, metric: StudyMetric, scenario: Scenario, problems: list[Found], end: float) -> Window:
    """Read the window of a metric; without one it goes to the end of what is followed of what the metric is about."""
    if metric.window is None:
        return Window(0.0, end)
    ends = []
    for i, text in enumerate(metric.window):
        try:
            ends.append(parse_wall(text, scenario.start))
        except SchemaProblem as error:
            _, given, allowed, nearest = error.problems[0]
            problems.append((("metrics", name, "window", i), given, allowed, nearest))
    if len(ends) == 2 and not ends[0] < ends[1] <= end:
        what = "a window that is empty or ends after what the scenario follows"
        problems.append((("metrics", name, "window"), what, "[from, to]", ""))
    return Window(ends[0], ends[1]) if len(ends) == 2 else Window(0.0, end)


# ---- outcomes about people that any scenario has ----


def people_outcomes(scenario: Scenario) -> list[Outcome]:
    """Return the outcomes about people for which the scenario has a model, in the order in which they are told."""
    told = [(metric, metric.told) for metric in DECLARED if metric.told is not None]
    return [_told(metric, how, case, scenario) for metric, how in told for case in how.cases(scenario)]


def _told(metric: Metric, how: Told, case: Case, scenario: Scenario) -> Outcome:
    text = f"{metric.name}({', '.join(f'{name}={value}' for name, value in case.arguments.items())})"
    name, fr, en = (words.format(**case.arguments) for words in (how.id, how.fr, how.en))
    return Outcome(
        name[:60], fr, en, text, Window(case.start, case.end), metric.better == "more", how.unit,
        100.0 if how.unit == "%" else 1.0, how.matters, constrained=tuple(sorted(figures_about(bind(text, scenario), scenario))),
    )  # fmt: skip


def shown(value: float, outcome: Outcome) -> float:
    """Return a metric's value in the unit shown."""
    return value * outcome.factor if math.isfinite(value) else math.nan
