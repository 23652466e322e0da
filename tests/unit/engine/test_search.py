"""Families who look for somebody: ways by which a search ends, hospitals, a call centre that knows late."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from msgu.engine.processes import missing
from msgu.engine.run import simulate
from msgu.errors import InputError
from msgu.measure.metrics.values import metric_value
from msgu.measure.view import Night
from msgu.results import Columns
from msgu.scenario.load import load
from msgu.world.build import build_world
from scipy import stats

from tests import TOY

HOSPITALS = {"east": 5.0, "north": 3.0, "south": 1.0, "west": 1.0}
HOUR = 3600.0
FOUND, HOSPITAL, DEAD = range(3)
SIGN, VISITED, CALLED, TOLD = range(4)


def fixed(minutes: float) -> str:
    return f"{{law: fixed, value: {minutes} min}}"


def exponential(minutes: float) -> str:
    return f"{{law: exponential, mean: {minutes} min}}"


def block(people: int = 400, outcomes: str = "hospital: 1", news: str = fixed(600), **search: object) -> str:
    """A block `missing:` without posts to speak of; what is given of the search comes before what is usual."""
    usual = {
        "hospitals": "{" + ", ".join(f"{name}: {weight}" for name, weight in HOSPITALS.items()) + "}",
        "named": fixed(0), "identified": fixed(0), "told": fixed(10000), "visits": 0, "visit": fixed(10), "calls": 0,
        "again": fixed(30), "shared": fixed(0),
    }  # fmt: skip
    looks = ", ".join(f"{name}: {value}" for name, value in (usual | search).items())
    return (
        f"missing={{topic: alerte, people: {people}, at: T+5 min, after: {fixed(5)}, news: {news}, outcomes: {{{outcomes}}}, "
        f"closes: 0, search: {{{looks}}}, source: invented}}"
    )


QUIET = """
msgu: 1
id: quiet
title: {fr: "Recherches", en: "Searches"}
start: "2030-01-01T20:00:00+00:00"
horizon: 4 h
topics:
  alerte: {title: "#alerte", infectiousness: 0, kinds: {missing: 1}, delay: {law: fixed, value: 1 min}, source: invented}
desks:
  hotline:
    shifts: {all: {at: T+0 s, operators: 4, source: invented}}
    lines: 20
    handling: {law: exponential, mean: 3 min}
    patience: {law: exponential, mean: 5 min}
    persistence: 0.5
    redial_after: {law: fixed, value: 5 min}
    source: invented
"""
"""Searches and a call centre, and nothing else."""


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("quiet") / "quiet.yaml"
    path.write_text(QUIET, encoding="utf-8")
    return path


@cache
def night(path: Path, *sets: str) -> Night:
    """A run in which nothing but searches happens."""
    scenario = load(path, (), sets)
    return Night(scenario, simulate(build_world(scenario, scenario.seed, scenario.scale), scenario.seed, 0))


def searches(path: Path, *sets: str) -> Columns:
    return night(path, *sets).table("searches")


def spent(found: Columns) -> np.ndarray:
    """Hours of search."""
    hours: np.ndarray = (found["over"] - found["time"]) / HOUR
    return hours


def expected_visits(weights: dict[str, float]) -> float:
    """Mean number of hospitals that a family goes to, the right one included: those with many first, as a rule."""
    total = sum(weights.values())
    return 1.0 + sum(a / total * b / (a + b) for i, a in weights.items() for j, b in weights.items() if i != j and a + b > 0)


def test_a_search_that_nothing_else_ends_ends_by_a_sign_of_life(quiet: Path) -> None:
    found = searches(quiet, block(outcomes="found: 1", news=fixed(40), visits=1, calls=1, desk="hotline"))
    assert (found["way"] == SIGN).all()
    assert spent(found) == pytest.approx(40 / 60)


def test_authorities_tell_after_both_delays_have_gone_by(quiet: Path) -> None:
    """The time is the sum of two exponentials of 20 and 30 minutes, counted from the event; a search begins 5 minutes later."""
    found = searches(quiet, block(1500, named=exponential(20), told=exponential(30)))
    late = found["over"] - 5 * 60.0  # of the event
    known = late[np.isfinite(late)]
    assert (found["way"][np.isfinite(late)] == TOLD).all()

    def law(t: np.ndarray) -> np.ndarray:
        cdf: np.ndarray = 1 - (30 * np.exp(-t / 1800) - 20 * np.exp(-t / 1200)) / 10
        return cdf

    horizon = night(quiet, block(1500, named=exponential(20), told=exponential(30))).results.horizon - 300.0
    within = lambda t: law(t) / law(np.array(horizon))  # noqa: E731 - a law, cut off at the end of the night
    assert stats.kstest(known, within).pvalue > 0.01
    wrong = lambda t: -np.expm1(-t / 3000) / -np.expm1(-horizon / 3000)  # noqa: E731 - one delay of the mean of both
    assert stats.kstest(known, wrong).pvalue < 0.001


def in_any_order(search: missing._Searches, number: int) -> list[int]:
    """Planted fault: hospitals in an order that does not depend on how many lie there."""
    return sorted(search.race, key=lambda i: search.draw(number, missing.ORDER, i))


@pytest.mark.parametrize(("fault", "right"), [(None, True), (in_any_order, False)])
def test_families_go_to_hospitals_with_many_first(
    fault: Callable[[missing._Searches, int], list[int]] | None, right: bool, quiet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each visit takes ten minutes: the number of visits to the right one has the mean of a race of exponentials."""
    if fault is not None:
        monkeypatch.setattr(missing._Searches, "_order", fault)
        night.cache_clear()
    found = searches(quiet, block(2000, visits=1))
    if fault is not None:
        night.cache_clear()
    assert (found["way"] == VISITED).all()
    assert spent(found) == pytest.approx(found["visits"] / 6)
    error = found["visits"].std() / math.sqrt(len(found["visits"]))
    assert (abs(found["visits"].mean() - expected_visits(HOSPITALS)) < 3 * error) == right


def test_nobody_is_found_at_a_hospital_that_cannot_name_them(quiet: Path) -> None:
    found = searches(quiet, block(visits=1, named=fixed(70)))
    assert (found["over"] >= 75 * 60.0).all()  # 5 minutes past the event
    assert found["visits"].min() == 5  # at 20, 30, 40 and 50 minutes, and from 90 on
    assert (searches(quiet, block(outcomes="dead: 1", visits=1))["way"] == -1).all()


def test_a_call_centre_tells_what_it_knows_by_the_end_of_the_call(quiet: Path) -> None:
    """Calls of 4 minutes, half an hour apart, from the opening on: the first that ends once the centre has the name."""
    calls = ("desks.hotline.handling=" + fixed(4), "desks.hotline.shifts={all: {at: T+0 s, operators: 500}}")
    found = searches(quiet, block(calls=1, desk="hotline", shared=exponential(60)), *calls)
    known = np.isfinite(found["over"])
    assert known.mean() > 0.8
    assert (found["way"][known] == CALLED).all()
    minutes = 60 * spent(found)[known]
    assert (minutes - 4) / 34 == pytest.approx(np.round((minutes - 4) / 34), abs=1e-6)
    shares = [np.mean(60 * spent(found) <= 4 + 34 * n + 1e-6) for n in range(5)]
    # a search begins 5 minutes after the event, at which the hospital names everybody
    law = [-math.expm1(-(9 + 34 * n) / 60) for n in range(5)]
    assert shares == pytest.approx(law, abs=0.06)
    assert max(abs(a - b) for a, b in pairwise(law)) > 0.06  # one call more or fewer is seen


def test_calls_of_families_are_calls_of_the_desk(quiet: Path) -> None:
    setting = block(calls=1, desk="hotline", shared=exponential(60))
    one = night(quiet, setting, "desks.hotline.persistence=0")
    assert one.table("desks")["received"].sum() == one.table("searches")["calls"].sum()
    answered = one.table("searches")["answered"].sum()
    assert one.table("desks")["answered"].sum() >= answered > 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"shared": exponential(120)}, {"shared": exponential(10)}),
        ({"calls": 0.2}, {"calls": 0.9}),
        ({"visits": 0.1}, {"visits": 0.9}),
        ({"told": exponential(400)}, {"told": exponential(40)}),
        ({"named": exponential(200)}, {"named": exponential(20)}),
    ],
    ids=lambda change: "-".join(change) if isinstance(change, dict) else None,
)
def test_families_search_for_fewer_hours_where(before: dict[str, object], after: dict[str, object], quiet: Path) -> None:
    """What is known earlier, asked more often or told earlier shortens searches."""
    usual = {"calls": 0.8, "desk": "hotline", "visits": 0.3, "shared": exponential(60), "named": exponential(60)}
    first, second = (night(quiet, block(150, **(usual | one))) for one in (before, after))
    hours = [metric_value("search_hours()", one, one.whole) for one in (first, second)]
    assert hours[1] < hours[0]


def test_more_operators_shorten_searches(quiet: Path) -> None:
    setting = block(200, calls=1, desk="hotline")
    few, many = (night(quiet, setting, f"desks.hotline.shifts={{all: {{at: T+0 s, operators: {n}}}}}") for n in (1, 40))
    hours = [metric_value("search_hours()", one, one.whole) for one in (few, many)]
    assert hours[1] < hours[0]


def test_searches_are_at_full_size_and_notices_at_the_scale_of_the_network() -> None:
    whole = night(TOY, block(100, visits=1))
    small = night(TOY, block(100, visits=1), "scale=1/2")
    assert len(whole.table("searches")["time"]) == len(small.table("searches")["time"]) == 100
    assert (len(whole.table("missing")["time"]), len(small.table("missing")["time"])) == (100, 50)


def test_metrics_of_searches_are_those_counted_by_hand(quiet: Path) -> None:
    one = night(quiet, block(visits=0.5, told=exponential(60), named=exponential(30)))
    found, end = one.table("searches"), one.results.horizon
    hours = sum(min(over, end) - time for time, over in zip(found["time"], found["over"], strict=True)) / HOUR
    assert metric_value("search_hours()", one, one.whole) == pytest.approx(hours)
    for way, number in (("hospital", VISITED), ("told", TOLD), ("sign", SIGN)):
        assert metric_value(f"searches_over(way={way})", one, one.whole) == (found["way"] == number).sum()
    ranked = sorted(found["over"] - found["time"])
    assert metric_value("search_median()", one, one.whole) == ranked[(len(ranked) - 1) // 2]


def test_metrics_of_searches_are_nothing_where_nobody_is_looked_for(quiet: Path) -> None:
    one = night(quiet)
    assert "searches" not in one.results.tables
    assert metric_value("search_hours()", one, one.whole) == 0


def test_a_search_that_cannot_be_made_is_refused(quiet: Path) -> None:
    for old, new, said in (
        ("calls: 0,", "calls: 0, desk: nowhere,", "a desk of this scenario"),
        ("hospitals: {east: 5.0, north: 3.0, south: 1.0, west: 1.0}", "hospitals: {}", "hospitals"),
        ("hospitals: {east: 5.0, north: 3.0, south: 1.0, west: 1.0}", "hospitals: {east: 0}", "hospitals"),
        ("visits: 0", "visits: 2", "visits"),
    ):
        with pytest.raises(InputError, match=said):
            load(quiet, (), [block().replace(old, new)])
