"""How a family of statistical tests is judged: exact or asymptotic p-values, Holm's correction at 1 %.

Every family is run with fixed seeds, so a test that passes passes again; the level says how often a *right* simulator
would have failed when the seeds were chosen. Each family is judged a second time against a wrong law (the planted
bug): that it then fails is the proof that it can.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

LEVEL = 0.01


def holm(p_values: Sequence[float], level: float = LEVEL) -> list[int]:
    """Positions of the rejected hypotheses (Holm 1979), at a family-wise level."""
    order = np.argsort(p_values, kind="stable")
    rejected = []
    for rank, at in enumerate(order):
        if not p_values[at] <= level / (len(p_values) - rank):
            break
        rejected.append(int(at))
    return rejected


def mean_is(values: ArrayLike, expected: float = 0.0) -> float:
    """Two-sided p-value of Student's t test: independent `values` have this mean."""
    x = np.asarray(values, float)
    return float(stats.ttest_1samp(x, expected).pvalue)


def counts_are(observed: ArrayLike, probability: ArrayLike, least: float = 5.0) -> float:
    """P-value of Pearson's chi-square test, neighbours pooled until each class expects `least`."""
    seen, law = np.asarray(observed, float), np.asarray(probability, float)
    expected = law / law.sum() * seen.sum()
    pooled_seen, pooled_expected = [0.0], [0.0]
    for s, e in zip(seen, expected, strict=True):
        if pooled_expected[-1] >= least:
            pooled_seen.append(0.0)
            pooled_expected.append(0.0)
        pooled_seen[-1] += s
        pooled_expected[-1] += e
    if len(pooled_seen) > 1 and pooled_expected[-1] < least:
        pooled_seen[-2:] = [sum(pooled_seen[-2:])]
        pooled_expected[-2:] = [sum(pooled_expected[-2:])]
    return float(stats.chisquare(pooled_seen, pooled_expected).pvalue)


def near(value: float, expected: float, deviation: float) -> float:
    """Two-sided p-value of a normal statistic."""
    return float(2 * stats.norm.sf(abs(value - expected) / deviation))


def uniform(values: ArrayLike) -> float:
    """P-value of Kolmogorov and Smirnov's test: `values` are uniform on (0, 1)."""
    return float(stats.kstest(np.asarray(values, float), "uniform").pvalue)
