"""The scorecard's own rules: what a figure is judged by, and what the counters are fitted to."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from msgu.measure.evidence.score import ScoreRow, fitted_kappas, score
from msgu.measure.view import Night
from msgu.scenario.load import load
from msgu.scenario.schema.evidence import Evidence

from tests import TOY
from tests.made_nights import made, post

SCENARIO = load(TOY)
ABRI = sorted(SCENARIO.topics).index("abri")
HOUR = 3600.0


def ledger(counters: dict[str, Any] | None = None, **figures: dict[str, Any]) -> Evidence:
    """A ledger of figures about #abri, targets that were only made up."""
    rest = {
        "quantity": "x", "role": "target", "source": "made", "confidence": "M", "weight": 1.0, "metric": "uses(topic=abri)",
    }  # fmt: skip
    data = {"counters": counters or {}, "figures": {key: rest | more for key, more in figures.items()}}
    return Evidence.model_validate_json(json.dumps(data), context={"start": None})


def scored(evidence: Evidence, *posts: int) -> dict[str, ScoreRow]:
    """The scorecard of nights with so many posts of #abri, one a second."""
    scenario = SCENARIO.model_copy(update={"evidence": evidence})
    rows = [[post(float(i), ABRI, row=i) for i in range(n)] for n in posts]
    return {row.id: row for row in score(Night(scenario, made(scenario, posts=night)) for night in rows)}


def test_a_figure_is_judged_by_the_median_of_the_nights_and_not_by_their_mean() -> None:
    """Nights of 10, 11 and 99 posts: the median is 11, the mean 40."""
    rows = scored(ledger(low={"low": 9, "high": 15}, high={"low": 30, "high": 60}), 10, 11, 99)
    assert {key: row.verdict for key, row in rows.items()} == {"low": "ok", "high": "missed"}
    assert rows["low"].median == 11


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        ({"low": 10, "high": 20}, "ok"), ({"low": 1, "high": 10}, "ok"), ({"low": 11}, "missed"), ({"high": 9}, "missed"),
        ({"low": 10}, "ok"), ({"high": 10}, "ok"), ({"value": 20}, "ok"), ({"value": 5}, "ok"), ({"value": 21}, "missed"),
        ({"value": 4.9}, "missed"),
    ],
)  # fmt: skip
def test_bounds_count_as_reproduced_and_a_value_alone_within_a_factor_of_two(figure: dict[str, Any], verdict: str) -> None:
    assert scored(ledger(f=figure), 10)["f"].verdict == verdict


def test_a_figure_whose_window_ends_after_the_night_is_not_judged() -> None:
    late = {"low": 1, "window": ["T+0 s", f"T+{SCENARIO.horizon / HOUR + 1:g} h"]}
    row = scored(ledger(f=late), 10)["f"]
    assert row.verdict == "not reached" and row.simulated == () and math.isnan(row.median)


def test_a_counter_sees_the_mean_log_ratio_of_its_targets_each_by_its_weight() -> None:
    """0.8 with weight 3 and 0.2 with weight 1, in logs: 0.8 ** 0.75 * 0.2 ** 0.25. Weights ignored, it would be 0.4."""
    evidence = ledger(
        {"c": {"low": 0.1, "high": 1.0}},
        heavy={"value": 80, "counter": "c", "weight": 0.9},
        light={"value": 20, "counter": "c", "weight": 0.3},
        other={"value": 1, "weight": 1.0},
        checked={"value": 1, "counter": "c", "weight": 1.0, "role": "validation"},
    )
    values = dict.fromkeys(("heavy", "light", "other", "checked"), (90.0, 100.0, 400.0))
    assert fitted_kappas(evidence, values) == {"c": pytest.approx(0.8**0.75 * 0.2**0.25)}


def test_a_kappa_stays_within_its_bounds_and_without_figures_at_its_own_value() -> None:
    counters = {
        "few": {"kappa": 0.8, "low": 0.5, "high": 0.9},
        "many": {"kappa": 0.8, "low": 0.5, "high": 0.9},
        "idle": {"kappa": 0.7, "low": 0.5, "high": 1},
    }
    evidence = ledger(counters, a={"value": 10, "counter": "few"}, b={"value": 99, "counter": "many"})
    assert fitted_kappas(evidence, {"a": (100.0,), "b": (100.0,)}) == {"few": 0.5, "many": 0.9, "idle": 0.7}


def test_a_figure_is_judged_as_its_counter_sees_it() -> None:
    evidence = ledger(
        {"c": {"low": 0.1, "high": 1.0}}, f={"value": 5, "low": 4, "high": 6, "counter": "c"}, g={"low": 4, "high": 6}
    )
    rows = scored(evidence, 10, 10, 10)
    assert (rows["f"].verdict, rows["f"].simulated, rows["f"].kappa) == ("ok", (5.0, 5.0, 5.0), 0.5)
    assert (rows["g"].verdict, rows["g"].kappa) == ("missed", 1.0)
