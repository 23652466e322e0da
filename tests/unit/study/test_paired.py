"""Statistics of paired nights: levels are kept, nothing is found where nothing is, pairs pay."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from msgu.study.comparison.paired import (
    Effect,
    differences,
    effect,
    families,
    holm,
    mean_interval,
    median_interval,
    share_interval,
    signed_rank,
    variance_ratio,
    verdict,
)
from numpy.typing import NDArray
from scipy import stats

F64 = NDArray[np.float64]


@pytest.fixture(scope="module")
def trials(full: bool) -> int:
    """Trials from a bank: 5,000 at the full figures; seeds are fixed, so that the outcome is too."""
    return 5000 if full else 1500


@pytest.fixture(scope="module")
def slack(full: bool) -> float:
    """Two standard errors of a rate of 5 % in 1,500 trials, nothing at the full figures."""
    return 0.0 if full else 0.011


def bank(name: str, size: int = 200_000) -> F64:
    """A bank of differences: what many nights would give."""
    g = np.random.default_rng(8)
    laws = {
        "normal": lambda: g.normal(2.0, 1.0, size),
        "student 2": lambda: g.standard_t(2.0, size),
        "lognormal, sigma 2": lambda: np.exp(2.0 * g.normal(size=size)),
        "pareto 1.1": lambda: g.pareto(1.1, size),
        "two humps": lambda: np.where(g.random(size) < 0.8, g.normal(0.0, 1.0, size), g.normal(50.0, 5.0, size)),
    }
    return np.asarray(laws[name](), np.float64)


BANKS = ("normal", "student 2", "lognormal, sigma 2", "pareto 1.1", "two humps")


@pytest.mark.long
@pytest.mark.parametrize("n", [6, 8, 12, 30])
@pytest.mark.parametrize("name", BANKS)
def test_the_interval_of_a_median_covers_as_it_says_whatever_the_tail(name: str, n: int, trials: int, slack: float) -> None:
    there = bank(name)
    truth = float(np.median(there))
    draws = np.random.default_rng(n).choice(there, (trials, n))
    inside = [(i := median_interval(row)).low <= truth <= i.high for row in draws]
    print(f"coverage of the median's 95 % interval, {name}, {n} nights, {trials} trials: {float(np.mean(inside)):.4f}")
    assert 0.93 - slack <= float(np.mean(inside)) <= 0.97 + slack
    assert median_interval(draws[0]).level == 0.95


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_with_too_few_nights_the_interval_says_its_own_lower_level(n: int, trials: int) -> None:
    there = bank("lognormal, sigma 2")
    truth = float(np.median(there))
    draws = np.random.default_rng(n).choice(there, (trials, n))
    level = median_interval(draws[0]).level
    assert level == pytest.approx(1 - 2 ** (1 - n)) and level < 0.95
    inside = [(i := median_interval(row)).low <= truth <= i.high for row in draws]
    assert float(np.mean(inside)) == pytest.approx(level, abs=0.02)


def test_student_covers_light_tails_and_not_heavy_ones_so_it_has_no_level_of_its_own(trials: int) -> None:
    g = np.random.default_rng(3)
    light = [(i := mean_interval(row, light=True)).low <= 2.0 <= i.high for row in g.normal(2.0, 1.0, (trials, 10))]
    assert 0.93 <= float(np.mean(light)) <= 0.97
    heavy = [
        (i := mean_interval(row, light=True)).low <= math.exp(2) <= i.high for row in np.exp(2 * g.normal(size=(trials, 10)))
    ]
    assert float(np.mean(heavy)) < 0.8, "the negative control must fail"
    assert math.isnan(mean_interval(g.normal(size=10), light=False).level)


def test_tied_differences_make_the_level_a_lower_bound(trials: int) -> None:
    g = np.random.default_rng(4)
    draws = g.integers(0, 3, (trials, 15)).astype(np.float64)
    inside = [(i := median_interval(row)).low <= 1.0 <= i.high for row in draws]
    assert float(np.mean(inside)) >= 0.93
    assert median_interval(draws[0]).at_least


@pytest.mark.parametrize("n", [4, 10, 25])
def test_the_interval_of_a_share_covers_at_least_its_level_at_every_share(n: int) -> None:
    intervals = [share_interval(k, n) for k in range(n + 1)]
    for p in np.linspace(0.005, 0.995, 199):
        covered = sum(stats.binom.pmf(k, n, p) for k, i in enumerate(intervals) if i.low <= p <= i.high)
        assert covered >= 0.95


def test_the_signed_rank_law_is_that_of_every_change_of_signs() -> None:
    for d in (np.array([1.0, -2.0, 2.0, 3.5, 0.0]), np.array([1.0, 1.0, -1.0, 4.0]), np.array([5.0, 6.0, 7.0, 8.0, 9.0])):
        moved = d[d != 0]
        ranks = stats.rankdata(np.abs(moved))
        sums = np.array(
            [
                sum(r for r, s in zip(ranks, signs, strict=True) if s > 0)
                for signs in itertools.product((1, -1), repeat=len(moved))
            ]
        )
        seen = float(ranks[moved > 0].sum())
        extreme = min(seen, ranks.sum() - seen)
        assert signed_rank(d) == pytest.approx(min(1.0, 2 * float((sums <= extreme + 1e-9).mean())))


def test_the_signed_rank_test_agrees_with_scipy_without_ties() -> None:
    d = np.random.default_rng(5).normal(0.3, 1.0, 14)
    assert signed_rank(d) == pytest.approx(float(stats.wilcoxon(d, method="exact").pvalue))


@pytest.mark.long
@pytest.mark.parametrize("n", [10, 30])
@pytest.mark.parametrize("name", ["normal", "lognormal, sigma 2", "two humps"])
def test_two_equal_policies_are_told_apart_in_four_to_six_of_a_hundred_trials(
    name: str, n: int, trials: int, slack: float
) -> None:
    there = bank(name)
    g = np.random.default_rng(n)
    draws = g.choice(there, (trials, n)) - g.choice(there, (trials, n))
    rate = float(np.mean([signed_rank(row) <= 0.05 for row in draws]))
    print(f"type-I error, {name}, {n} nights, {trials} trials: {rate:.4f}")
    assert 0.04 - slack <= rate <= 0.06 + slack


def false_alarms(corrected: bool, trials: int, nights: int = 20, policies: int = 8) -> float:
    """Share of trials in which one of eight policies that change nothing is found to change something."""
    g = np.random.default_rng(6)
    there = bank("lognormal, sigma 2")
    alarms = 0
    for _ in range(trials):
        base = g.choice(there, nights)
        p = {str(k): signed_rank(g.choice(there, nights) - base) for k in range(policies)}
        alarms += min((holm(p) if corrected else p).values()) <= 0.05
    return alarms / trials


@pytest.mark.long
def test_eight_equal_policies_raise_an_alarm_in_at_most_six_of_a_hundred_studies(trials: int) -> None:
    rate = false_alarms(corrected=True, trials=trials)
    print(f"family-wise error of eight equal policies, 20 nights, {trials} trials: {rate:.4f}")
    assert rate <= 0.06


def test_without_correction_they_would() -> None:
    assert false_alarms(corrected=False, trials=400) > 0.15, "the negative control must fail"


def test_holm_steps_down_as_published() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06})
    split = families({"a": 0.01, "b": 0.04, "c": 0.03}, {"a": "x", "b": "y", "c": "x"})
    assert split == pytest.approx({"a": 0.02, "b": 0.04, "c": 0.03})


def found(base: F64, other: F64, *, more: bool = True, matters: float = 0.0) -> tuple[Effect, str]:
    e = effect(base, other, more_is_better=more, matters=matters)
    return e, verdict(e, e.p, 1, more_is_better=more, matters=matters)


def test_an_inert_policy_helps_in_no_night_and_is_not_detected() -> None:
    base = bank("pareto 1.1", 12)
    e, said = found(base, base)
    assert (e.helps, e.harms, e.same, e.estimate, e.p) == (0, 0, 12, 0.0, 1.0)
    assert said == "identical"


def test_fewer_stranded_people_are_better_and_more_are_worse() -> None:
    base = np.arange(100.0, 120.0)
    assert found(base, base - 10.0, more=False)[1] == "better"
    assert found(base, base + 10.0, more=False)[1] == "worse"
    assert found(base, base - 10.0, more=False)[0].helps == 20


def test_a_difference_inside_the_zone_does_not_matter() -> None:
    g = np.random.default_rng(7)
    base = g.normal(size=20)
    assert found(base, base + g.normal(0.0, 0.1, 20), matters=5.0)[1] == "no difference that matters"


def test_a_difference_that_is_there_but_small_is_not_called_help() -> None:
    g = np.random.default_rng(8)
    base = g.normal(100.0, 5.0, 40)
    moved = base + np.where(g.random(40) < 0.4, 20.0, 0.9)
    assert found(base, moved)[1] == "better"
    assert found(base, moved, matters=2.0)[1] == "better by little"
    assert found(moved, base, matters=2.0)[1] == "worse by little"
    assert found(base, moved, matters=0.5)[1] == "better"


def test_three_nights_cannot_detect_anything_and_say_so() -> None:
    base = np.array([1.0, 2.0, 3.0])
    assert found(base, base + 100.0)[1] == "too few nights"


def test_nights_without_a_number_are_left_out_and_counted() -> None:
    base = np.array([1.0, math.nan, 3.0, 4.0])
    e, _ = found(base, np.array([2.0, 2.0, math.nan, 5.0]))
    assert (e.missing, e.nights, e.helps) == (2, 2, 2)


def test_common_draws_halve_the_variance_where_nights_share_their_luck() -> None:
    g = np.random.default_rng(9)
    luck = g.normal(0.0, 10.0, 500)
    assert variance_ratio(luck + g.normal(size=500), luck + g.normal(size=500)) < 0.05
    assert variance_ratio(g.normal(size=500), g.normal(size=500)) == pytest.approx(1.0, abs=0.1)


TENTHS = np.array([0.2, 3.0, 2.9, 3.4, 0.7, 0.4, 3.4, 0.1])
"""No two of 0.3 - 0.2, 3.1 - 3.0, ... 3.5 - 3.4 are the same binary fraction, and all are 0.1."""


def test_equal_differences_share_their_rank_whatever_their_last_binary_digit() -> None:
    other = np.array([0.3, 3.1, 3.0, 3.5, 0.6, 0.5, 3.5, 0.2])
    e, said = found(TENTHS, other)
    assert e.p == pytest.approx(0.0703125, abs=1e-12)
    assert said == "no difference detected"
    assert e.interval.at_least
    assert found(TENTHS * 1e9, other * 1e9)[0].p == pytest.approx(e.p)


def test_a_difference_that_is_rounding_is_no_difference_and_one_of_exactly_the_zone_is_within_it() -> None:
    thirds = np.array([0.1 + 0.2, 1.1 + 2.2, 0.7 + 0.1])
    assert found(np.array([0.3, 3.3, 0.8]), thirds)[1] == "identical"
    e, _ = found(TENTHS, np.array([0.3, 3.1, 3.0, 3.5, 0.8, 0.5, 3.5, 0.2]), matters=0.1)
    assert (e.helps, e.harms, e.same, e.moved) == (0, 0, 8, 8)
    assert e.interval.low >= -0.1 and e.interval.high <= 0.1


def test_differences_that_are_small_but_true_stay_apart() -> None:
    base = np.array([1.0, 2.0, 3.0])
    step = np.array([1.0, 2.0, 3.0]) * 1e-12
    assert len(np.unique(differences(base, base + step))) == 3


def test_an_alternative_without_a_value_in_any_night_is_told_so() -> None:
    assert found(np.arange(9.0), np.full(9, math.nan))[1] == "no value"
    assert found(np.full(9, math.nan), np.arange(9.0))[1] == "no value"


def test_a_constant_metric_has_no_ratio_of_variances() -> None:
    assert math.isnan(variance_ratio(np.full(7, 0.1), np.full(7, 0.3)))
