"""Statistics of a follower graph: pure functions, exact or by stated sampling.

Conventions, because published figures differ in them (docs/model/graph.md):
clustering, transitivity and assortativity are those of the undirected projection; distances follow ties from follower
to followed over ordered pairs that are joined by a path; reciprocity is given over ties and over pairs; the in/out
correlation is that of log(1 + degree).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]


PAIRS_FROM = 1500
"""Neighbours above which a sampled account's clustering is measured on random pairs of them."""


class Graph(Protocol):
    """What is needed of a graph: compressed rows by followed account."""

    @property
    def offsets(self) -> I64:
        """Shape (n_accounts + 1,)."""

    @property
    def followers(self) -> I32:
        """Shape (n_edges,)."""

    @property
    def out_degree(self) -> I32:
        """Shape (n_accounts,)."""


@dataclass(frozen=True)
class Estimate:
    """A value with its standard error, 0 where it is exact."""

    value: float
    error: float = 0.0


@dataclass(frozen=True)
class Tail:
    """Fitted tail of a distribution of degrees; none fitted: not a number, and a distance without end.

    Parameters
    ----------
    exponent : exponent of the density.
    error : its standard error.
    start : least degree of the tail.
    size : accounts in the tail.
    distance : Kolmogorov-Smirnov distance of the tail from the fitted law.
    """

    exponent: float
    error: float
    start: int
    size: int
    distance: float


@dataclass(frozen=True)
class BothWays:
    """A graph by followers and by follows, with the degrees of its undirected projection.

    Parameters
    ----------
    offsets, followers : rows by followed account.
    starts, follows : rows by follower.
    mutual : shape (n,). Ties of each account that go both ways.
    degree : shape (n,). Neighbours of each account, in either direction.
    """

    offsets: I64
    followers: I32
    starts: I64
    follows: I32
    mutual: I32
    degree: I32

    @property
    def n_accounts(self) -> int:
        """Number of accounts."""
        return len(self.degree)

    @property
    def n_edges(self) -> int:
        """Number of ties."""
        return len(self.followers)


def both_ways(graph: Graph) -> BothWays:
    """Transpose the graph and count mutual ties: one pass each, 4 bytes a tie."""
    from msgu.kernels.graph import measure as kernel

    offsets, followers = graph.offsets, graph.followers
    n = len(graph.out_degree)
    starts = np.zeros(n + 1, np.int64)
    np.cumsum(graph.out_degree, out=starts[1:])
    follows = np.empty(len(followers), np.int32)
    kernel.transpose(offsets, followers, starts, follows)
    mutual = np.empty(n, np.int32)
    kernel.project(0, n, offsets, followers, starts, follows, mutual)
    degree = (np.diff(offsets) + graph.out_degree - mutual).astype(np.int32)
    return BothWays(offsets, followers, starts, follows, mutual, degree)


def reciprocity(graph: BothWays) -> float:
    """Share of ties whose reverse exists too."""
    return float(graph.mutual.sum(dtype=np.int64)) / graph.n_edges if graph.n_edges else math.nan


def pair_reciprocity(graph: BothWays) -> float:
    """Share of joined pairs of accounts that are joined both ways."""
    mutual = float(graph.mutual.sum(dtype=np.int64)) / 2
    pairs = graph.n_edges - mutual
    return mutual / pairs if pairs else math.nan


def gini(values: NDArray[Any]) -> float:
    """Gini coefficient of non-negative values."""
    ordered = np.sort(np.asarray(values, np.float64))
    n, total = len(ordered), float(ordered.sum())
    if not total:
        return math.nan
    return float(2 * (np.arange(1, n + 1) * ordered).sum() / (n * total) - (n + 1) / n)


def correlation(x: NDArray[Any], y: NDArray[Any]) -> float:
    """Pearson correlation; nan where either is constant."""
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if len(x) < 2 or _constant(x) or _constant(y):
        return math.nan
    return float(np.corrcoef(x, y)[0, 1])


def _constant(values: NDArray[Any]) -> bool:
    """Whether all values are the same; the standard deviation of equal fractions is often above 0 by rounding."""
    return not len(values) or bool(np.ptp(values) == 0)


def in_out_correlation(graph: BothWays) -> float:
    """Correlation over accounts of log(1 + followers) and log(1 + follows)."""
    return correlation(np.log1p(np.diff(graph.offsets)), np.log1p(np.diff(graph.starts)))


def in_out_correlation_raw(graph: BothWays) -> float:
    """Correlation over accounts of the numbers of followers and of follows themselves."""
    return correlation(np.diff(graph.offsets), np.diff(graph.starts))


def assortativity(graph: BothWays, without: int = 0) -> float:
    """Correlation of the degrees at the two ends of an undirected tie, each tie taken in both orders.

    Parameters
    ----------
    without : the first accounts, these and their ties left out: a single one that half of all accounts follow
        brings the correlation of the whole graph near 0 (docs/model/graph.md).
    """
    from msgu.kernels.graph import measure as kernel

    degree = graph.degree.copy()
    for a in range(without):
        followers = graph.followers[graph.offsets[a] : graph.offsets[a + 1]]
        follows = graph.follows[graph.starts[a] : graph.starts[a + 1]]
        degree[np.union1d(followers, follows)] -= 1
    degree[:without] = 0
    d = degree.astype(np.float64)
    ends = float(d.sum())
    if _constant(degree[degree > 0]):
        return math.nan
    cross = kernel.neighbour_degrees(
        0, graph.n_accounts, graph.offsets, graph.followers, graph.starts, graph.follows, degree
    )
    mean = float((d * d).sum()) / ends
    variance = float((d * d * d).sum()) / ends - mean * mean
    return (cross / ends - mean * mean) / variance if variance > 0 else math.nan


def directed_assortativity(graph: BothWays, of_follower: str, of_followed: str) -> float:
    """Correlation over ties of the follower's in- or out-degree with the followed account's.

    Parameters
    ----------
    of_follower, of_followed : ``in`` or ``out``.
    """
    from msgu.kernels.graph import measure as kernel

    degrees = {"in": np.diff(graph.offsets).astype(np.int32), "out": np.diff(graph.starts).astype(np.int32)}
    if _constant(degrees[of_follower][degrees["out"] > 0]) or _constant(degrees[of_followed][degrees["in"] > 0]):
        return math.nan
    sx, sy, sxx, syy, sxy = kernel.edge_moments(graph.offsets, graph.followers, degrees[of_follower], degrees[of_followed])
    m = graph.n_edges
    spread = (m * sxx - sx * sx) * (m * syy - sy * sy)
    return float((m * sxy - sx * sy) / math.sqrt(spread)) if spread > 0 else math.nan


def tail(degrees: NDArray[Any], least: int = 50, candidates: int = 60) -> Tail:
    """Fit a power law to the upper tail, its start chosen by the Kolmogorov-Smirnov distance.

    Maximum likelihood with the half-step of Clauset, Shalizi and Newman (2009, eq. 3.7) for whole numbers.
    A tail has two different degrees or more: many accounts that share the highest one, as at a limit, fit any steep law.

    Parameters
    ----------
    least : fewest accounts that make a tail.
    candidates : starts tried, evenly spaced in the logarithm.
    """
    ordered = np.sort(np.asarray(degrees, np.int64))
    ordered = ordered[ordered > 0]
    best = Tail(math.nan, math.nan, 0, 0, math.inf)
    if len(ordered) < least:
        return best
    top = int(ordered[-least])
    starts = np.unique(np.rint(np.geomspace(max(1, int(ordered[0])), max(top, 1), candidates)).astype(np.int64))
    for start in starts:
        part = ordered[np.searchsorted(ordered, start) :].astype(np.float64)
        logs = float(np.log(part / (start - 0.5)).sum())
        steps, first = np.unique(part, return_index=True)
        if len(steps) < 2:
            continue
        exponent = 1.0 + len(part) / logs
        model = ((steps - 0.5) / (start - 0.5)) ** (1.0 - exponent)
        distance = float(np.abs(1.0 - first / len(part) - model).max())
        if distance < best.distance:
            best = Tail(exponent, (exponent - 1) / math.sqrt(len(part)), int(start), len(part), distance)
    return best


def home_share(graph: BothWays, group: I16) -> float:
    """Share of ties whose two ends lie in one group (metropolitan area)."""
    from msgu.kernels.graph import measure as kernel

    if not graph.n_edges:
        return math.nan
    same = kernel.same_group(graph.offsets, graph.followers, np.ascontiguousarray(group, np.int16))
    return same / graph.n_edges


def local_clustering(graph: BothWays, accounts: I64, key: int = 0, exact_below: int = 1 << 30, pairs: int = 2000) -> F64:
    """Local clustering of each listed account; shape (len(accounts),).

    Parameters
    ----------
    exact_below : neighbours above which `pairs` random pairs stand for all.
    """
    from msgu.kernels.graph import measure as kernel

    n = graph.n_accounts
    result = np.zeros(len(accounts))
    widest = int(graph.degree.max()) if n else 0
    kernel.clustering(
        np.uint64(key), np.asarray(accounts, np.int64), exact_below, pairs, graph.offsets, graph.followers,
        graph.starts, graph.follows, np.zeros(n, np.uint8), np.empty(widest + 1, np.int32), result,
    )  # fmt: skip
    return result


def triangles(graph: BothWays, accounts: int = 0, wedges: int = 0, key: int = 0) -> tuple[Estimate, Estimate]:
    """Mean local clustering and transitivity, over all or by sampling; where both are exact they share the work.

    Parameters
    ----------
    accounts, wedges : as `sample` of `average_clustering` and of `transitivity`.
    """
    if accounts or wedges or not graph.n_edges:
        return average_clustering(graph, accounts, key), transitivity(graph, wedges, key)
    local = local_clustering(graph, np.arange(graph.n_accounts))
    return Estimate(float(local.mean())), _closed_share(graph, local)


def _closed_share(graph: BothWays, local: F64) -> Estimate:
    """Transitivity, from the local clustering of every account."""
    d = graph.degree.astype(np.float64)
    centred = d * (d - 1) / 2
    total = float(centred.sum())
    return Estimate(float((local * centred).sum()) / total if total else math.nan)


def _sampled_clustering(graph: BothWays, sample: int, key: int) -> Estimate:
    chosen = np.sort(np.random.Generator(np.random.Philox(key)).choice(graph.n_accounts, sample, replace=False))
    values = local_clustering(graph, chosen, key, PAIRS_FROM)
    return Estimate(float(values.mean()), float(values.std(ddof=1) / math.sqrt(sample)))


def _sampled_transitivity(graph: BothWays, sample: int, key: int) -> Estimate:
    """Closed share of a uniform sample of paths of two ties."""
    from msgu.kernels.graph import measure as kernel

    d = graph.degree.astype(np.float64)
    total = np.cumsum(d * (d - 1) / 2)
    if not total[-1]:
        return Estimate(math.nan)
    closed = kernel.wedges(np.uint64(key), 0, sample, total, graph.offsets, graph.followers, graph.starts, graph.follows)
    share = closed / sample
    return Estimate(share, math.sqrt(share * (1 - share) / sample))


def average_clustering(graph: BothWays, sample: int = 0, key: int = 0) -> Estimate:
    """Mean local clustering over all accounts (0), or over a simple random sample of at least two."""
    n = graph.n_accounts
    if not graph.n_edges:
        return Estimate(math.nan)
    if sample and sample < n:
        return _sampled_clustering(graph, sample, key)
    return Estimate(float(local_clustering(graph, np.arange(n)).mean()))


def transitivity(graph: BothWays, sample: int = 0, key: int = 0) -> Estimate:
    """Share of paths of two undirected ties that are closed: over all (0), or over a random sample of them."""
    if not graph.n_edges:
        return Estimate(math.nan)
    if sample:
        return _sampled_transitivity(graph, sample, key)
    return _closed_share(graph, local_clustering(graph, np.arange(graph.n_accounts)))


def mean_distance(graph: BothWays, sample: int = 0, key: int = 0) -> Estimate:
    """Mean number of ties from one account to another along follows, over ordered pairs joined by a path.

    Parameters
    ----------
    sample : number of random target accounts; 0 for all. The error is that of a ratio over targets.
    """
    from msgu.kernels.graph import distances as kernel

    n = graph.n_accounts
    if not graph.n_edges:
        return Estimate(math.nan)
    if sample and sample < n:
        targets = np.random.Generator(np.random.Philox(key)).choice(n, sample, replace=False)
    else:
        targets = np.arange(n)
    seen, front, after = np.empty(n, np.uint64), np.empty(n, np.uint64), np.empty(n, np.uint64)
    now, then = np.empty(n, np.int32), np.empty(n, np.int32)
    paths, steps = [], []
    for first in range(0, len(targets), 64):
        group = targets[first : first + 64].astype(np.int64)
        reached, far = np.empty(64, np.int64), np.empty(64, np.int64)
        kernel.distances(group, graph.offsets, graph.followers, seen, front, after, now, then, reached, far)
        paths.append(reached[: len(group)])
        steps.append(far[: len(group)])
    number, length = np.concatenate(paths).astype(np.float64), np.concatenate(steps).astype(np.float64)
    if not number.sum():
        return Estimate(math.nan)
    mean = float(length.sum() / number.sum())
    if len(targets) == n:
        return Estimate(mean)
    residual = length - mean * number
    return Estimate(mean, float(residual.std(ddof=1) * math.sqrt(len(number)) / number.sum()))


def weakly_connected_share(graph: BothWays) -> float:
    """Share of accounts in the largest weakly connected component."""
    from msgu.kernels.graph import distances as kernel

    n = graph.n_accounts
    return kernel.weak_components(graph.offsets, graph.followers, np.empty(n, np.int32)) / n if n else math.nan


def strongly_connected_share(graph: BothWays) -> float:
    """Share of accounts in the largest strongly connected component."""
    from msgu.kernels.graph import distances as kernel

    n = graph.n_accounts
    a, b, c, d = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    best = kernel.strong_components(graph.offsets, graph.followers, a, b, c, d, np.empty(n, np.int64))
    return best / n if n else math.nan
