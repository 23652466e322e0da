"""The list of metrics, and whether the evidence of a scenario names them rightly.

Nothing heavy is imported, so that `msgu check` may ask; a metric imports what it computes with when it computes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from msgu.discovery import modules_of
from msgu.errors import Loc
from msgu.measure.metrics.arguments import KINDS, nearest
from msgu.measure.metrics.call import Call, MetricError, parse
from msgu.measure.metrics.spec import Metric
from msgu.measure.metrics.units import converted, read_unit, wrong_unit
from msgu.scenario.schema.evidence import Figure
from msgu.scenario.schema.root import Scenario

_FIRST: Final = ("social", "people", "shelter", "phone", "worries", "desks")
"""Subjects in the order in which comparisons tell them; others follow by name."""
DECLARED: Final[tuple[Metric, ...]] = tuple(
    found
    for module in modules_of("msgu.measure.metrics.subjects", _FIRST)
    for found in vars(module).values()
    if isinstance(found, Metric)
)
"""Every metric, by subject and there in the order in which they are declared."""
METRICS: Final[dict[str, Metric]] = {metric.name: metric for metric in sorted(DECLARED, key=lambda metric: metric.name)}
"""Every metric by name."""


@dataclass(frozen=True)
class Bound:
    """A metric with its arguments read: names of this scenario as lists, durations and times in seconds."""

    metric: Metric
    arguments: dict[str, Any]

    def __post_init__(self) -> None:
        if unknown := self.arguments.keys() - {*self.metric.required, *self.metric.optional}:
            raise ValueError(f"{self.metric.name} takes no {sorted(unknown)}")


def read(text: str) -> Call:
    """Read the text of a metric and check its name and the names of its arguments.

    Raises
    ------
    MetricError
        An unknown name or argument, or a missing one.
    """
    call = parse(text)
    if call.name not in METRICS:
        raise MetricError(f"`{call.name}`", "a metric: " + ", ".join(METRICS), nearest(call.name, METRICS))
    metric = METRICS[call.name]
    for name, argument in call.arguments.items():
        if name not in (*metric.required, *metric.optional):
            allowed = ", ".join((*metric.required, *metric.optional)) or "none"
            near = nearest(name, (*metric.required, *metric.optional))
            raise MetricError(f"`{name}`", f"an argument of {call.name}: {allowed}", near, argument.name_col)
    missing = [name for name in metric.required if name not in call.arguments]
    if missing:
        raise MetricError(f"no `{missing[0]}`", f"{call.name} needs it", f"{missing[0]}=", len(text))
    return call


def bind(text: str, scenario: Scenario) -> Bound:
    """Read a metric and what its arguments name in a scenario.

    Raises
    ------
    MetricError
        Where the text cannot be read, or names what the scenario does not have.
    """
    call = read(text)
    read_as = {name: KINDS[name].read(argument, scenario) for name, argument in call.arguments.items()}
    return Bound(METRICS[call.name], read_as)


def latest(bound: Bound) -> float:
    """Return the latest time that the arguments name [s]; minus infinity where they name none."""
    return float(bound.arguments.get("by", float("-inf")))


def followed(bound: Bound, scenario: Scenario) -> float:
    """Return the end of what a scenario follows of what a metric is about [s]: at most its horizon."""
    block = bound.metric.subject.followed
    if block == "desks":
        return min(scenario.followed_until(block, desk) for desk in bound.arguments["desk"])
    return scenario.followed_until(block) if block else scenario.horizon


def figure_problems(scenario: Scenario) -> list[tuple[Loc, str, str, str]]:
    """Return what is wrong with the figures of the evidence: where, what was given, what is allowed, nearest fix."""
    problems: list[tuple[Loc, str, str, str]] = []
    for key, figure in scenario.evidence.figures.items():
        at: Loc = ("evidence", "figures", key)
        try:
            bound = bind(figure.metric, scenario)
        except MetricError as error:
            problems.append(((*at, "metric"), f"{error.given} (column {error.col})", error.allowed, error.nearest))
        else:
            unit = bound.metric.unit
            if read_unit(figure.unit, unit) is None:
                given = "unit" in figure.model_fields_set
                problems.append(((*at, "unit"), *wrong_unit(figure.unit, given, bound.metric.name, unit)))
            problems += _too_large(at, figure, bound.metric)
        if figure.value is None and figure.low is None and figure.high is None:
            problems.append((at, "a figure without value or range", "a `value`, a `low` or a `high`", ""))
        problems += _order(at, figure)
        if figure.window is not None and not figure.window[0] < figure.window[1]:
            problems.append(((*at, "window"), "a window that ends before it starts", "[from, to]", ""))
        if figure.counter is not None and figure.counter not in scenario.evidence.counters:
            known = scenario.evidence.counters
            allowed = "one of: " + (", ".join(sorted(known)) or "none")
            problems.append(((*at, "counter"), f"`{figure.counter}`", allowed, nearest(figure.counter, known)))
    return problems


def _order(at: Loc, figure: Figure) -> Iterator[tuple[Loc, str, str, str]]:
    """Yield what is wrong with the order of low, value and high."""
    low, value, high = figure.low, figure.value, figure.high
    if low is not None and high is not None and low > high:
        yield (*at, "low"), f"{low:g} above `high`", f"at most {high:g}", ""
    elif low is not None and value is not None and low > value:
        yield (*at, "low"), f"{low:g} above `value`", f"at most {value:g}", ""
    elif high is not None and value is not None and high < value:
        yield (*at, "high"), f"{high:g} below `value`", f"at least {value:g}", ""


def _too_large(at: Loc, figure: Figure, metric: Metric) -> Iterator[tuple[Loc, str, str, str]]:
    """Yield the ends of a share that lie above the whole: per cent without its sign."""
    if metric.unit != "share":
        return
    shown = converted(figure, metric.unit)
    for name in ("value", "low", "high"):
        if (getattr(shown, name) or 0.0) > 1:
            given = f"{getattr(figure, name):g} {figure.unit}"
            yield (*at, name), given, "a share of at most 1, or 100 %", 'unit: "%"' if getattr(figure, name) <= 100 else ""


def in_unit_of_metric(figure: Figure) -> Figure:
    """Return a figure with value, bounds and unit in the unit of its metric; as it is where it is in that unit.

    Raises
    ------
    MetricError
        A metric that cannot be read.
    """
    return converted(figure, METRICS[read(figure.metric).name].unit)
