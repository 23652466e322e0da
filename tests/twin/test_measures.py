"""Dials stand, at every time, where a plain reading of the measures puts them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgu.engine.clock import Clock
from msgu.engine.context import Context
from msgu.engine.levers import levers_of
from msgu.engine.processes import measures
from msgu.scenario.dials import Dial
from msgu.scenario.load import load
from msgu.scenario.schema.measures import Measure
from msgu.scenario.schema.root import Scenario

from tests import TOY

SETS = [
    "measures.a={dial: taxi, factor: 2, at: T+10 min, until: T+40 min}",
    "measures.b={dial: taxi, factor: 0.5, at: T+30 min, until: T+60 min}",
    "measures.c={dial: channels, factor: 3, zones: [centre], at: T+20 min, until: T+50 min}",
    "measures.d={dial: channels, factor: 0.25, at: T+50 min, until: T+90 min}",
    "measures.e={dial: infectiousness, factor: 0.1, topics: [abri], at: T+20 min, until: T+70 min}",
    "measures.f={dial: infectiousness, factor: 0.5, at: T+45 min, until: T+70 min}",
    "measures.g={dial: seeing, factor: 1.5, at: T+5 min, until: T+80 min}",
]
Dials = dict[tuple[str, str], float]
"""Value by dial and by zone or topic, which is empty where a dial has neither."""
Rule = Callable[[Measure, float], bool]


def in_force(measure: Measure, t: float) -> bool:
    return measure.at <= t < measure.until


def to_its_last_moment(measure: Measure, t: float) -> bool:
    """Wrong: the end belongs to the measure."""
    return measure.at <= t <= measure.until


def for_ever(measure: Measure, t: float) -> bool:
    """Wrong: a measure never ends."""
    return measure.at <= t


def multiplied(values: list[float]) -> float:
    result = 1.0
    for value in values:
        result *= value
    return result


def last(values: list[float]) -> float:
    """Wrong: the last measure sets the dial."""
    return values[-1] if values else 1.0


def read(
    scenario: Scenario, t: float, rule: Rule = in_force, together: Callable[[list[float]], float] = multiplied
) -> Dials:
    """Dials at a time, from the measures as they are written."""
    parts = {"channels": list(scenario.places.zones), "infectiousness": list(scenario.topics)}
    found: Dials = {}
    for dial in {m.dial for m in scenario.measures.values()}:
        of_dial = [m for m in scenario.measures.values() if m.dial == dial and rule(m, t)]
        for part in parts.get(dial, [""]):
            found[dial, part] = together([m.factor for m in of_dial if concerns(m, part)])
    return found


def concerns(measure: Measure, part: str) -> bool:
    """Whether a measure turns its dial for a zone or topic: for each that it names, or for all where it names none."""
    named = [*measure.zones, *measure.topics]
    return not named or part in named


def turned(scenario: Scenario, times: list[float]) -> list[Dials]:
    """Where the process leaves the dials just after each time."""
    zones, topics, clock = list(scenario.places.zones), sorted(scenario.topics), Clock()
    dials: Dials = dict.fromkeys(read(scenario, 0.0), 1.0)

    def turn(dial: Dial, value: float, number: int | None) -> None:
        names = {"channels": zones, "infectiousness": topics}
        dials[dial.name, "" if number is None else names[dial.name][number]] = value

    engine = SimpleNamespace(turn=turn)
    world: Any = SimpleNamespace(zones=zones, scenario=scenario)
    levers = levers_of(scenario.measures)
    context = SimpleNamespace(clock=clock, scenario=scenario, world=world, engine=engine, levers=levers)
    measures.start(cast("Context", context))
    found = []
    for t in times:
        clock.run(until=t + 1e-6)
        found.append(dict(dials))
    return found


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(TOY, (), SETS)


TIMES = [60.0 * minute for minute in range(0, 100, 5)]


def test_dials_stand_where_the_measures_put_them(scenario: Scenario) -> None:
    assert turned(scenario, TIMES) == [read(scenario, t) for t in TIMES]


@pytest.mark.parametrize("rule", [to_its_last_moment, for_ever])
def test_a_measure_that_ends_late_is_seen(scenario: Scenario, rule: Rule) -> None:
    assert turned(scenario, TIMES) != [read(scenario, t, rule) for t in TIMES]


def test_measures_that_replace_one_another_are_seen(scenario: Scenario) -> None:
    assert turned(scenario, TIMES) != [read(scenario, t, together=last) for t in TIMES]
