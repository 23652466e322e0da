"""Paired differences between a policy and the baseline on common draws: estimates, intervals, tests.

What is shown of a metric is the median night by night, because one night in a heavy tail moves a mean at will:

- its interval joins two order statistics of the differences (Hettmansperger and Sheather 1986) and needs no shape of
  their law; with fewer than six nights no 95 % exists, and the interval is the whole range with its own exact level;
- a mean has Student's interval, which covers where the tail is light and says no level otherwise: whether it is light
  cannot be told from a few nights (among small exponential samples that look symmetric it covers 86 to 90 %), so
  a level is printed only for a metric that the study declares light;
- the share of nights in which a policy helps has Clopper and Pearson's interval, which covers at least its level;
- the test is Wilcoxon's signed-rank test with its exact law given the absolute differences, ties included: under no
  effect the two nights of a pair may change places;
- tests of one family are corrected by Holm (1979).

Differences that are equal but for the rounding of binary fractions count as equal, to each other, to 0 and to the
difference that matters: 3.5 - 3.4 and 0.3 - 0.2 are one difference of 0.1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Summary = Literal["median", "mean"]
Verdict = Literal[
    "better", "worse", "better by little", "worse by little", "no difference detected", "no difference that matters",
    "too few nights", "identical", "no value",
]  # fmt: skip

LEVEL: Final = 0.95
TIED: Final = 0.1
"""Share of equal differences beyond which a level is a lower bound."""
ROUNDING: Final = 8.0
"""Units in the last place of the larger of two values within which their difference is rounding.

A share in % takes two roundings, the difference a third; each is half a unit."""


@dataclass(frozen=True)
class Interval:
    """An interval with the level that it has.

    Parameters
    ----------
    level : its confidence; NaN where nothing assures any.
    at_least : whether the level is a lower bound.
    """

    low: float
    high: float
    level: float
    at_least: bool = False


@dataclass(frozen=True)
class Effect:
    """What a policy changes in one metric, night by night.

    Parameters
    ----------
    summary : what `estimate` and `interval` are of.
    estimate, interval : of the differences policy minus baseline, in the metric's unit.
    median, mean : of the differences.
    base, other : median of the metric without and with the policy.
    helps, harms, same : number of nights in which the metric moves the right way, the wrong way, not at all.
    helps_share : interval of the share of nights in which the policy helps.
    p : p-value of the signed-rank test, not yet corrected.
    least_p : smallest p-value that so many nights can give.
    missing : nights without a number on either side.
    moved : nights in which the metric differs by more than rounding.
    """

    summary: Summary
    estimate: float
    interval: Interval
    median: float
    mean: float
    base: float
    other: float
    helps: int
    harms: int
    same: int
    helps_share: Interval
    p: float
    least_p: float
    missing: int
    moved: int

    @property
    def nights(self) -> int:
        """Nights compared."""
        return self.helps + self.harms + self.same


def effect(
    base: F64, other: F64, *, more_is_better: bool, summary: Summary = "median", light: bool = False, matters: float = 0.0
) -> Effect:
    """Compare a metric with and without a policy, night by night.

    Parameters
    ----------
    base, other
        Shape (n_nights,). The metric in the same nights; NaN where there was nothing to measure.
    more_is_better
        Whether more of it helps.
    summary
        What is estimated.
    light
        Whether the tail of the differences is declared light, so that the interval of a mean has a level.
    matters
        Difference below which a night counts as unchanged, in the metric's unit.
    """
    known = np.isfinite(base) & np.isfinite(other)
    d = differences(base[known], other[known], matters)
    good = d if more_is_better else -d
    helps, harms = int((good > matters).sum()), int((good < -matters).sum())
    n = len(d)
    found = n > 0
    return Effect(
        summary=summary,
        estimate=_center(d, summary),
        interval=median_interval(d) if summary == "median" else mean_interval(d, light),
        median=_center(d, "median"),
        mean=_center(d, "mean"),
        base=float(np.median(base[known])) if found else math.nan,
        other=float(np.median(other[known])) if found else math.nan,
        helps=helps,
        harms=harms,
        same=n - helps - harms,
        helps_share=share_interval(helps, n),
        p=signed_rank(d),
        least_p=min(1.0, 2.0 ** (1 - n)) if found else 1.0,
        missing=int((~known).sum()),
        moved=int((d != 0).sum()),
    )


def differences(base: F64, other: F64, matters: float = 0.0) -> F64:
    """Return other - base, shape (n,), with what is equal up to rounding made equal: to each other, to 0, to `matters`."""
    d = other - base
    size, slack = np.abs(d), ROUNDING * np.spacing(np.maximum(np.abs(base), np.abs(other)))
    order = np.argsort(size, kind="stable")
    apart = np.diff(size[order]) > np.maximum(slack[order][1:], slack[order][:-1])
    starts = np.flatnonzero(np.concatenate([[True], apart])[: len(d)])
    for near in np.split(order, starts[1:]):
        if not len(near):
            continue
        within = [whole for whole in (0.0, matters) if abs(size[near[0]] - whole) <= slack[near].max()]
        size[near] = within[0] if within else size[near[0]]
    return np.asarray(np.copysign(size, d))


def _center(d: F64, summary: Summary) -> float:
    if not len(d):
        return math.nan
    return float(np.median(d)) if summary == "median" else float(d.mean())


# ---- intervals ------------------------------------------------------------------------------------------------------


def median_interval(d: F64, level: float = LEVEL) -> Interval:
    """Interval of the median of the law that `d`, shape (n,), was drawn from: no shape of it is assumed."""
    from scipy.stats import binom

    n = len(d)
    if n == 0:
        return Interval(math.nan, math.nan, math.nan)
    x = np.sort(d)
    ties = 1.0 - len(np.unique(x)) / n > TIED
    whole = 1.0 - 2.0 * float(binom.cdf(0, n, 0.5)) if n > 1 else math.nan
    if n == 1 or whole < level:
        return Interval(float(x[0]), float(x[-1]), whole, ties)
    levels = 1.0 - 2.0 * binom.cdf(np.arange(n // 2), n, 0.5)
    k = int(np.flatnonzero(levels >= level)[-1])  # from the k-th smallest to the k-th largest, k from 0
    wide, narrow = float(levels[k]), float(levels[k + 1]) if k + 1 < len(levels) else 0.0
    rank = k + 1
    part = (wide - level) / (wide - narrow)
    weight = (n - rank) * part / (rank + (n - 2 * rank) * part)
    inner = (x[k + 1], x[n - 2 - k]) if n - 2 - k >= k + 1 else (float(np.median(x)),) * 2
    low = x[k] + weight * (inner[0] - x[k])  # in this form the value itself where the two are equal
    high = x[n - 1 - k] + weight * (inner[1] - x[n - 1 - k])
    return Interval(float(low), float(high), level, ties)


def mean_interval(d: F64, light: bool, level: float = LEVEL) -> Interval:
    """Student's interval of the mean; it has a level only where the tail is declared light."""
    from scipy.stats import t

    n = len(d)
    if n < 2:
        return Interval(math.nan, math.nan, math.nan)
    middle, error = float(d.mean()), float(d.std(ddof=1)) / math.sqrt(n)
    half = float(t.ppf((1 + level) / 2, n - 1)) * error
    return Interval(middle - half, middle + half, level if light else math.nan)


def share_interval(successes: int, n: int, level: float = LEVEL) -> Interval:
    """Clopper and Pearson's interval of a share: it covers at least its level, whatever the share."""
    from scipy.stats import beta

    if n == 0:
        return Interval(0.0, 1.0, level, at_least=True)
    rest = (1 - level) / 2
    low = float(beta.ppf(rest, successes, n - successes + 1)) if successes else 0.0
    high = float(beta.ppf(1 - rest, successes + 1, n - successes)) if successes < n else 1.0
    return Interval(low, high, level, at_least=True)


# ---- tests ----------------------------------------------------------------------------------------------------------


def signed_rank(d: F64) -> float:
    """Two-sided p-value that differences lie symmetrically about 0, by the exact law of the signed-rank sum.

    Zeros say nothing and are left out; equal absolute values share their mean rank.
    """
    from scipy.stats import rankdata

    moved = d[d != 0.0]
    n = len(moved)
    if n == 0:
        return 1.0
    twice = np.rint(2 * rankdata(np.abs(moved))).astype(np.int64)  # whole numbers, halves of ranks included
    total = int(twice.sum())
    law = np.zeros(total + 1)
    law[0] = 1.0
    for rank in twice:
        law[rank:] = 0.5 * law[rank:] + 0.5 * law[: total + 1 - rank]
        law[:rank] *= 0.5
    positive = int(twice[moved > 0].sum())
    extreme = min(positive, total - positive)
    return min(1.0, 2.0 * float(law[: extreme + 1].sum()))


def holm(p: Mapping[str, float]) -> dict[str, float]:
    """P-values of one family, corrected by Holm's step-down rule."""
    ordered = sorted(p, key=lambda name: (p[name], name))
    corrected: dict[str, float] = {}
    most = 0.0
    for i, name in enumerate(ordered):
        most = max(most, min(1.0, (len(ordered) - i) * p[name]))
        corrected[name] = most
    return {name: corrected[name] for name in p}


def families(p: Mapping[str, float], family: Mapping[str, str]) -> dict[str, float]:
    """P-values corrected within each family of tests: one question, all its policies and metrics."""
    corrected: dict[str, float] = {}
    for chosen in sorted(set(family.values())):
        corrected |= holm({name: value for name, value in p.items() if family[name] == chosen})
    return {name: corrected[name] for name in p}


def verdict(found: Effect, corrected: float, size: int, *, more_is_better: bool, matters: float) -> Verdict:
    """Say what can be said of an effect.

    Parameters
    ----------
    corrected
        Its p-value after Holm.
    size
        Tests in its family.
    matters
        Indifference zone: differences no larger are of no interest.
    """
    told = found.interval
    if not found.nights:
        return "no value" if found.missing else "too few nights"
    if not found.moved:
        return "identical"
    if matters > 0 and not math.isnan(told.level) and told.level >= LEVEL and -matters <= told.low and told.high <= matters:
        return "no difference that matters"
    if corrected <= 1 - LEVEL:
        return _side(_direction(found) * (1 if more_is_better else -1), small=matters > 0 and abs(found.estimate) <= matters)
    if found.least_p * size > 1 - LEVEL:
        return "too few nights"
    return "no difference detected"


def _side(sign: int, *, small: bool) -> Verdict:
    if small:
        return "better by little" if sign > 0 else "worse by little"
    return "better" if sign > 0 else "worse"


def _direction(found: Effect) -> int:
    """Sign of the effect; that of the mean where the median night is unchanged."""
    first = found.estimate if found.estimate != 0 else found.mean
    return 1 if first > 0 else -1


def variance_ratio(base: F64, other: F64) -> float:
    """Variance of paired differences over that of differences between independent nights: below 1/2 pairing pays."""
    apart = sum(float(np.var(one, ddof=1)) for one in (base, other) if np.ptp(one) > 0)  # a constant one's is rounding
    return float(np.var(differences(base, other), ddof=1)) / apart if apart > 0 else math.nan
