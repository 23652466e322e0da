"""The table of statistics of a follower graph: each value, its error, the published band, and a verdict.

The bands and their sources are in docs/model/graph.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from msgu.measure.graph import statistics
from msgu.measure.graph.statistics import I16, BothWays, Estimate, Graph

Verdict = Literal["inside", "outside", "not judged"]
DISTANCE_FROM = 1_000_000
"""Accounts from which the mean distance is judged; below, it follows its trend in log n."""
EXACT_TIES = 600_000
"""Ties up to which nothing is sampled unless asked: a few seconds."""
EXACT_ACCOUNTS = 50_000
"""Accounts up to which distances are not sampled either: between all pairs of a chain so long they take 15 s."""


@dataclass(frozen=True)
class Sampling:
    """How much is looked at where looking at all takes too long; 0 stands for all.

    Parameters
    ----------
    accounts : accounts whose local clustering is measured.
    wedges : paths of two ties that are looked at.
    targets : accounts to which distances are measured.
    key : key of the sample.
    """

    accounts: int = 0
    wedges: int = 0
    targets: int = 0
    key: int = 0


DEFAULT_SAMPLING = Sampling(accounts=2000, wedges=200_000, targets=64)
"""Standard errors of about .005 (clustering), .0005 (transitivity) and .03 (distance) on graphs of this package."""


@dataclass(frozen=True)
class StatisticRow:
    """One statistic.

    Parameters
    ----------
    name : short name.
    title : what it is, with its convention.
    value, error : value and standard error; an error of 0 means exact.
    low, high : published band, not a number where nothing is judged.
    reason : why there is no value; empty where there is one.
    """

    name: str
    title: str
    value: float
    error: float
    low: float
    high: float
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether the value lies in the band."""
        if math.isnan(self.low) or math.isnan(self.value):
            return "not judged"
        return "inside" if self.low <= self.value <= self.high else "outside"


BANDS: dict[str, tuple[str, float, float]] = {
    "tail": ("exponent of the density of followers, upper tail", 2.0, 2.5),
    "reciprocity": ("share of ties whose reverse exists", 0.31, 0.42),
    "clustering": ("mean local clustering, undirected projection", 0.15, 0.40),
    "transitivity": ("closed share of paths of two, undirected projection", 0.0, 0.06),
    "assortativity": ("degree correlation over ties, undirected projection", -0.31, -0.05),
    "unnamed": ("degree correlation over ties among accounts without a name, whose audiences chance decides", -0.31, -0.05),
    "in-out": ("correlation of log(1 + followers) and log(1 + follows)", 0.35, 0.70),
    "distance": ("mean number of ties from follower to followed", 3.0, 4.2),
    "weak": ("share of accounts in the largest weak component", 0.98, 1.0),
    "strong": ("share of accounts in the largest strong component", 0.4, 0.8),
    "home": ("share of ties within one metropolitan area", 0.37, 0.41),
    "gini": ("Gini coefficient of followers", 0.65, 0.75),
}
"""Published bands; that of `home` is the .39 asked for, give or take .02, that of `gini` 'about .7', give or take .05."""

UNJUDGED: dict[str, str] = {
    "mean": "mean number of follows",
    "pairs": "share of joined pairs joined both ways",
    "in-out raw": "correlation of followers and follows",
    "out-in": "correlation over ties of follower's follows and followed's followers",
    "in-in": "correlation over ties of both ends' followers",
    "largest": "followers of the most followed account, as a share of accounts",
    "out tail": "exponent of the density of follows, upper tail",
    "tail start": "least number of followers in the fitted tail",
}


REASONS: dict[str, str] = {
    "tail": "fewer than 50 followed accounts, or the same number of followers for all of the largest",
    "transitivity": "no path of two ties",
    "assortativity": "the same degree for all accounts with a tie",
    "unnamed": "no tie among accounts without a name, or the same degree for all",
    "in-out": "the same number of followers for all accounts, or of follows",
    "distance": "no account from which a sampled one is reached",
    "in-out raw": "the same number of followers for all accounts, or of follows",
    "out-in": "the same number of follows for all followers, or of followers for all followed",
    "in-in": "the same number of followers for all followers, or for all followed",
    "out tail": "fewer than 50 accounts that follow, or the same number of follows for all of the largest",
    "tail start": "no tail fitted",
}
"""Why a statistic of a graph with ties has no value, where it can have none."""


def default_sampling(n_ties: int, n_accounts: int) -> Sampling:
    """Return no sampling for a small graph, `DEFAULT_SAMPLING` for others."""
    if n_ties > EXACT_TIES:
        return DEFAULT_SAMPLING
    return Sampling() if n_accounts <= EXACT_ACCOUNTS else Sampling(targets=DEFAULT_SAMPLING.targets)


def table(graph: Graph, metro: I16 | None = None, sampling: Sampling | None = None, named: int = 0) -> list[StatisticRow]:
    """Measure everything.

    Parameters
    ----------
    metro : shape (n_accounts,). Metropolitan area of each account; without it ties at home are not measured.
    sampling : what is sampled; by default nothing up to `EXACT_TIES` ties and `EXACT_ACCOUNTS` accounts.
    named : how many accounts, the first ones, have a name and an audience given to them.
    """
    given = statistics.both_ways(graph)
    chosen = default_sampling(given.n_edges, given.n_accounts) if sampling is None else sampling
    values = _values(given, metro, chosen)
    if named:
        values["unnamed"] = Estimate(statistics.assortativity(given, named))
    rows = []
    for name, (title, low, high) in BANDS.items():
        if name not in values:
            continue
        if name == "distance" and given.n_accounts < DISTANCE_FROM:
            title, low, high = f"{title} (judged from {DISTANCE_FROM:,} accounts)", math.nan, math.nan
        rows.append(_row(given, name, title, values[name], low, high))
    rows += [_row(given, name, title, values[name], math.nan, math.nan) for name, title in UNJUDGED.items()]
    return rows


def _row(given: BothWays, name: str, title: str, found: Estimate, low: float, high: float) -> StatisticRow:
    why = ""
    if math.isnan(found.value):
        why = REASONS.get(name, "") if given.n_edges else "no tie" if given.n_accounts else "no account"
    return StatisticRow(name, title, found.value, math.nan if why else found.error, low, high, why)


def _values(given: BothWays, metro: I16 | None, sampling: Sampling) -> dict[str, Estimate]:
    followers, follows = np.diff(given.offsets), np.diff(given.starts)
    tail, out_tail = statistics.tail(followers), statistics.tail(follows)
    n = given.n_accounts
    clustering, transitivity = statistics.triangles(given, sampling.accounts, sampling.wedges, sampling.key)
    values = {
        "tail": Estimate(tail.exponent, tail.error),
        "reciprocity": Estimate(statistics.reciprocity(given)),
        "clustering": clustering,
        "transitivity": transitivity,
        "assortativity": Estimate(statistics.assortativity(given)),
        "in-out": Estimate(statistics.in_out_correlation(given)),
        "distance": statistics.mean_distance(given, sampling.targets, sampling.key),
        "weak": Estimate(statistics.weakly_connected_share(given)),
        "strong": Estimate(statistics.strongly_connected_share(given)),
        "gini": Estimate(statistics.gini(followers)),
        "mean": Estimate(given.n_edges / n if n else math.nan),
        "pairs": Estimate(statistics.pair_reciprocity(given)),
        "in-out raw": Estimate(statistics.in_out_correlation_raw(given)),
        "out-in": Estimate(statistics.directed_assortativity(given, "out", "in")),
        "in-in": Estimate(statistics.directed_assortativity(given, "in", "in")),
        "largest": Estimate(float(followers.max()) / n if n else math.nan),
        "out tail": Estimate(out_tail.exponent, out_tail.error),
        "tail start": Estimate(float(tail.start) if tail.size else math.nan),
    }
    if metro is not None:
        values["home"] = Estimate(statistics.home_share(given, metro))
    return values
