"""The follower graph: who follows whom.

Three layers make the ties of an account (docs/model/graph.md):
- its *circle*, a small dense group, in its zone, its metropolitan area or anywhere;
- popular accounts that its circle has *adopted* (friends follow the same celebrities);
- *picks* of its own from all accounts, in proportion to their popularity.
Then any followed account may *follow back*.
Each decision is a keyed draw, so the graph is a pure function of its arguments at any number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

I8 = NDArray[np.int8]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

CHUNK = 1 << 16
"""Accounts in one task; fixed, so that no result depends on the number of threads."""


@dataclass(frozen=True)
class NetworkSpec:
    """What the follower graph is to look like; sources and fitting in docs/model/graph.md.

    Parameters
    ----------
    n_accounts : number of accounts, special ones included [accounts].
    mean_follows : mean number of accounts followed, over all accounts [accounts]; *assumption* of the scenario.
    in_exponent : exponent of the density of popularity; published tails of followers 2.0-2.5 (Kwak et al. 2010).
    in_max_share : followers of the most popular ordinary account, as a share of all accounts [1];
        0.11 in the Higgs crawl (De Domenico et al. 2013).
    out_sigma : standard deviation of the logarithm of the number of own picks [1]; *assumption*.
    in_out_coupling : correlation of the normal scores of popularity and of own picks [1]; *assumption*.
    circle_smallest, circle_largest : range of the sizes of circles [accounts]; *assumption*.
    circle_exponent : exponent of the Pareto density of sizes; *assumption*.
    mate_chance : chance of following a member of one's circle, in circles up to `mate_full` [1]; *assumption*.
    mate_full : size beyond which that chance falls, as (size/mate_full)**-mate_fall [accounts]; *assumption*.
    mate_fall : exponent of that fall; *assumption*.
    adopted_ratio : accounts adopted by a circle, per member [1]; *assumption*.
    shared_chance : chance that a member follows an account that its circle adopted [1]; *assumption*.
    back_base : least chance of following back [1]; fitted to an edge reciprocity of .31-.42
        (Higgs .316, De Domenico et al. 2013; .362 in the crawl of Kwak et al. 2010).
    back_top, back_power : chance of following back is back_base + back_top u**back_power, u uniform; fitted likewise.
    unfollowed_share : share of accounts that nobody follows [1]; gives, with the next, a strongly connected share .4-.8.
    unfollowing_share : share of accounts that follow nobody [1].
    home_share : share of ties within the same metropolitan area [1]; .39, Takhteyev et al. 2012.
    near_share : share of the circles at home that lie in one zone [1]; *assumption*.
    """

    n_accounts: int
    mean_follows: float = 50.0
    in_exponent: float = 2.15
    in_max_share: float = 0.11
    out_sigma: float = 1.0
    in_out_coupling: float = 0.5
    circle_smallest: float = 8.0
    circle_largest: float = 160.0
    circle_exponent: float = 2.0
    mate_chance: float = 0.42
    mate_full: float = 30.0
    mate_fall: float = 0.5
    adopted_ratio: float = 0.5
    shared_chance: float = 0.35
    back_base: float = 0.06
    back_top: float = 0.5
    back_power: float = 3.0
    unfollowed_share: float = 0.22
    unfollowing_share: float = 0.06
    home_share: float = 0.39
    near_share: float = 0.3


@dataclass(frozen=True)
class FollowerGraph:
    """A directed graph in compressed rows by followed account.

    Parameters
    ----------
    offsets : shape (n_accounts + 1,). Followers of a are ``followers[offsets[a]:offsets[a + 1]]``.
    followers : shape (n_edges,). Ascending within an account, no repeats, nobody follows itself.
    out_degree : shape (n_accounts,). Number of accounts followed.
    """

    offsets: I64
    followers: I32
    out_degree: I32

    @property
    def n_accounts(self) -> int:
        """Number of accounts."""
        return len(self.out_degree)

    @property
    def n_edges(self) -> int:
        """Number of ties."""
        return len(self.followers)

    def followers_of(self, account: int) -> I32:
        """Followers of one account, ascending; shape (in-degree,)."""
        return self.followers[self.offsets[account] : self.offsets[account + 1]]


@dataclass(frozen=True)
class Prediction:
    """What building will need.

    Parameters
    ----------
    memory : peak memory [bytes].
    disk : size of the stored graph [bytes].
    seconds : time on one core of 2020 [s].
    """

    memory: float
    disk: float
    seconds: float


def predict(spec: NetworkSpec) -> Prediction:
    """Predict memory, disk and time from the numbers of accounts and ties (measured in benchmarks/graph.py)."""
    accounts = float(spec.n_accounts)
    ties = accounts * min(spec.mean_follows, accounts)
    return Prediction(
        memory=9.5 * ties + 120.0 * accounts + 2e8,
        disk=4.0 * ties + 12.0 * accounts + 4096,
        seconds=0.5 + 1.5e-7 * ties + 4e-7 * accounts,
    )


@dataclass(frozen=True)
class _Accounts:
    """Drawn attributes, one entry for each account."""

    kind: I8
    fitness: F64
    activity: F32
    back: F32
    metro: I16


@dataclass(frozen=True)
class _Circles:
    """Circles of accounts: members ascending, and what they adopted."""

    start: I64
    members: I32
    of_account: I32
    mate_chance: F64
    adopted_start: I64
    adopted: I32


@dataclass(frozen=True)
class _Urn:
    """Accounts repeated in proportion to popularity, by metropolitan area."""

    slots: I32
    start: I64
    by_metro: I32
    metro_start: I64


def _ranges(n: int, size: int = CHUNK) -> list[tuple[int, int]]:
    return [(first, min(first + size, n)) for first in range(0, n, size)]


def _each(threads: int, task: Callable[..., Any], ranges: list[tuple[int, int]]) -> list[Any]:
    """Results of `task(first, last)` in the order of the ranges; the kernels release the GIL."""
    if threads <= 1 or len(ranges) <= 1:
        return [task(first, last) for first, last in ranges]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda r: task(*r), ranges))


def _ceiling(spec: NetworkSpec, mean_popular: float) -> float:
    """Ratio of the largest popularity to the least, so that the largest account has `in_max_share` of all."""
    wanted = max(2.0, spec.in_max_share * spec.n_accounts / mean_popular)
    a = spec.in_exponent

    def ratio(top: float) -> float:
        mean = (a - 1) / (a - 2) * (1 - top ** (2 - a)) / (1 - top ** (1 - a))
        return top / mean

    low, high = 1.0001, 1e12
    for _ in range(200):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if ratio(middle) < wanted else (low, middle)
    return low


def _draw_accounts(spec: NetworkSpec, zone: I16, metro: I16, n_special: int, key: int, threads: int) -> _Accounts:
    from sim.kernels import graph as kernel

    n = spec.n_accounts
    kind, fitness = np.empty(n, np.int8), np.empty(n, np.float64)
    activity, back = np.empty(n, np.float32), np.empty(n, np.float32)
    ceiling = _ceiling(spec, 0.5 * spec.mean_follows)

    def task(first: int, last: int) -> None:
        kernel.draw_accounts(
            np.uint64(key), first, last, n_special, spec.unfollowed_share, spec.unfollowing_share,
            spec.in_exponent, ceiling, spec.out_sigma, spec.in_out_coupling,
            spec.back_top, spec.back_power, spec.back_base, kind, fitness, activity, back,
        )  # fmt: skip

    _each(threads, task, _ranges(n))
    return _Accounts(kind, fitness, activity, back, metro[zone].astype(np.int16))


def _share_at_home(spec: NetworkSpec, by_chance: float) -> float:
    """Chance of looking at home that makes `home_share` of ties local, given the share local by chance."""
    if by_chance >= spec.home_share or by_chance >= 1.0:
        return 0.0
    return float((spec.home_share - by_chance) / (1.0 - by_chance))


def _shares(groups: I16, n_groups: int, weights: NDArray[Any] | None = None) -> F64:
    total = np.bincount(groups, weights=weights, minlength=n_groups).astype(np.float64)
    return total / max(total.sum(), 1e-300)


def _fill_urn(accounts: _Accounts, n_metros: int) -> _Urn:
    from sim.kernels import graph as kernel

    order = np.argsort(accounts.metro, kind="stable").astype(np.int32)
    weight = np.bincount(accounts.metro, weights=accounts.fitness, minlength=n_metros)
    total = float(weight.sum())
    n = len(order)
    slots = np.full(8 * n if total > 0 else 0, -1, np.int32)
    if total > 0:
        kernel.fill_urn(order, accounts.fitness, total, slots)
    start = np.minimum(len(slots), np.concatenate([[0.0], np.cumsum(weight)]) / max(total, 1e-300) * len(slots))
    sizes = np.bincount(accounts.metro, minlength=n_metros)
    return _Urn(
        slots=slots,
        start=start.astype(np.int64),
        by_metro=order,
        metro_start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
    )


def _cut_circles(
    spec: NetworkSpec, zone: I16, metro: I16, accounts: _Accounts, urn: _Urn, n_special: int, key: int, threads: int
) -> _Circles:
    from sim.kernels import graph as kernel

    n, n_metros = spec.n_accounts, int(metro.max()) + 1
    share = _shares(accounts.metro, n_metros)
    home = _share_at_home(spec, float((share**2).sum()))
    pool = np.empty(n, np.int32)
    _each(
        threads,
        lambda a, b: kernel.draw_pools(np.uint64(key), a, b, zone, metro, home, spec.near_share, pool),
        _ranges(n),
    )
    n_pools = 1 + 2 * len(metro) + n_metros
    pool[:n_special] = n_pools - 1  # special accounts have no circle: a pool of their own
    members = np.argsort(pool, kind="stable").astype(np.int32)
    pool_start = np.concatenate([[0], np.cumsum(np.bincount(pool, minlength=n_pools))]).astype(np.int64)
    start = np.empty(n + n_pools + 1, np.int64)
    count = kernel.cut_circles(
        np.uint64(key), pool_start, spec.circle_smallest, spec.circle_largest, spec.circle_exponent, start
    )
    start = start[: count + 1].copy()
    size = np.diff(start)
    of_account = np.empty(n, np.int32)
    of_account[members] = np.repeat(np.arange(count, dtype=np.int32), size)
    adopted_start = np.concatenate([[0], np.cumsum(np.rint(spec.adopted_ratio * size))]).astype(np.int64)
    adopted = np.empty(int(adopted_start[-1]) if len(urn.slots) else 0, np.int32)
    if not len(urn.slots):
        adopted_start[:] = 0
    local = pool[members[start[:-1]]] > 0
    circle_metro = np.where(local, accounts.metro[members[start[:-1]]], -1).astype(np.int32)
    by_urn = float((share * _shares(accounts.metro, n_metros, accounts.fitness)).sum())
    home_adopted = min(1.0, _share_at_home(spec, by_urn) / max(home, 1e-9))
    _each(
        threads,
        lambda a, b: kernel.adopt(
            np.uint64(key), a, b, adopted_start, circle_metro, home_adopted, urn.slots, urn.start, adopted
        ),
        _ranges(count),
    )
    mate = spec.mate_chance * np.minimum(1.0, (np.maximum(size, 1) / spec.mate_full) ** -spec.mate_fall)
    return _Circles(start, members, of_account, mate, adopted_start, adopted)


def _mean_picks(spec: NetworkSpec, accounts: _Accounts, circles: _Circles, audience: int) -> float:
    """Picks of an account of activity 1, so that the mean number of accounts followed is as asked.

    Ties of circles are counted exactly in expectation; what following back adds is a first-order estimate.
    """
    followable = accounts.kind != 1
    follows = accounts.activity > 0
    begin = circles.start[:-1]
    able = np.add.reduceat(followable[circles.members].astype(np.float64), begin)
    active = np.add.reduceat(follows[circles.members].astype(np.float64), begin)
    mate_ties = float((circles.mate_chance * active * np.maximum(able - 1, 0)).sum())
    adopted = np.diff(circles.adopted_start).astype(np.float64)
    shared_ties = float((spec.shared_chance * active * adopted).sum())
    fitness = accounts.fitness
    back_popular = float((fitness * accounts.back).sum() / max(fitness.sum(), 1e-300))
    back_mate = float(accounts.back[followable].mean()) if followable.any() else 0.0
    open_share = float(followable[follows].mean()) if follows.any() else 0.0
    mate_gain = back_mate * (1.0 - spec.mate_chance)
    wanted = spec.mean_follows * spec.n_accounts - audience - mate_ties * (1.0 + mate_gain)
    popular = wanted / (1.0 + back_popular * open_share) - shared_ties
    return float(max(0.0, popular) / max(float(accounts.activity.sum()), 1e-300))


def _follow(
    spec: NetworkSpec, accounts: _Accounts, circles: _Circles, urn: _Urn, picks: float, n_special: int, key: int,
    threads: int,
) -> tuple[list[I32], I32]:  # fmt: skip
    """Out-lists, one array for each chunk of accounts, and their lengths."""
    from sim.kernels import graph as kernel

    n = spec.n_accounts
    length = np.zeros(n, np.int32)
    n_metros = len(urn.start) - 1
    share = _shares(accounts.metro, n_metros)
    home = _share_at_home(spec, float((share * _shares(accounts.metro, n_metros, accounts.fitness)).sum()))
    own = np.diff(circles.start) + np.diff(circles.adopted_start)

    def task(first: int, last: int) -> I32:
        room = own[circles.of_account[first:last]] + np.minimum(n, picks * accounts.activity[first:last] + 2.0)
        out = np.empty(int(room.sum()), np.int32)
        scratch = np.empty(int(room.max()) + 2, np.int32)
        used = kernel.follow(
            np.uint64(key), first, last, n_special, accounts.kind, accounts.activity, picks, home, accounts.metro,
            circles.of_account, circles.start, circles.members, circles.adopted_start, circles.adopted,
            circles.mate_chance, spec.shared_chance, urn.slots, urn.start, out, length, scratch,
        )  # fmt: skip
        return out[:used].copy()

    if not len(urn.slots):
        return [np.empty(0, np.int32) for _ in _ranges(n)], length
    return _each(threads, task, _ranges(n)), length


def _audiences(
    spec: NetworkSpec, accounts: _Accounts, urn: _Urn, wanted: I64, key: int
) -> list[I32]:
    """Followers of each special account, ascending."""
    from sim.kernels import graph as kernel

    n, n_special = spec.n_accounts, len(wanted)
    taken = np.zeros(n, np.int8)
    able = int((accounts.activity[n_special:] > 0).sum())
    share = _shares(accounts.metro, len(urn.metro_start) - 1)
    lists = []
    for who in range(n_special):
        m = int(accounts.metro[who])
        home = _share_at_home(spec, float(share[m]))
        audience = np.empty(min(int(wanted[who]), able), np.int32)
        found = kernel.draw_audience(
            np.uint64(key), who, len(audience), n_special, home,
            int(urn.metro_start[m]), int(urn.metro_start[m + 1]), urn.by_metro, accounts.activity, taken, audience,
        )  # fmt: skip
        lists.append(np.sort(audience[:found]))
    return lists


def _groups(n_chunks: int, threads: int) -> list[tuple[int, int]]:
    """Runs of chunks, at most eight: each run has its own counters of one int32 per account."""
    runs = max(1, min(threads, 8, n_chunks))
    cuts = [n_chunks * r // runs for r in range(runs + 1)]
    return [(a, b) for a, b in pairwise(cuts) if b > a]


def _transpose(
    n: int, accounts: _Accounts, chunks: list[I32], length: I32, special: list[I32], key: int, threads: int
) -> FollowerGraph:
    """Counting sort of the out-lists by followed account, with those who follow back merged in."""
    from sim.kernels import graph as kernel

    ranges = _ranges(n)
    runs = _groups(len(ranges), threads)
    returned = np.zeros(n, np.int32)

    def count(a: int, b: int) -> I32:
        hits = np.zeros(n, np.int32)
        for c in range(a, b):
            kernel.count_lists(
                np.uint64(key), *ranges[c], chunks[c], length, accounts.kind, accounts.back, hits, returned
            )
        return hits

    hits = _each(threads, count, runs)
    counted = np.sum(hits, axis=0, dtype=np.int64) if hits else np.zeros(n, np.int64)
    room = counted + returned
    for who, audience in enumerate(special):
        room[who] += len(audience)
    offsets = np.concatenate([[0], np.cumsum(room)]).astype(np.int64)
    followers = np.empty(int(offsets[-1]), np.int32)
    positions = []
    base = offsets[:-1].copy()
    for h in hits:
        positions.append(base.copy())
        base += h
    del base, hits

    def place(r: int, _: int) -> None:
        for c in range(*runs[r]):
            kernel.place(*ranges[c], chunks[c], length, positions[r], followers)

    _each(threads, place, [(r, r + 1) for r in range(len(runs))])
    for who, audience in enumerate(special):  # nobody else follows a special account
        followers[offsets[who] : offsets[who] + len(audience)] = audience
        counted[who] = len(audience)
    kept = np.zeros(n, np.int32)

    def merge(a: int, b: int) -> I32:
        gained = np.zeros(n, np.int32)
        for c in range(a, b):
            kernel.merge(*ranges[c], chunks[c], length, offsets, counted, followers, kept, gained)
        return gained

    degree = length.copy()
    for gained in _each(threads, merge, runs):
        degree += gained
    for audience in special:
        degree[audience] += 1
    packed = np.empty(n + 1, np.int64)
    edges = kernel.compact(offsets, kept, followers, packed)
    return FollowerGraph(packed, followers[:edges], degree)


def build_network(
    spec: NetworkSpec, zone: I16, metro: I16, special_audience: I64, key: int, threads: int = 1
) -> FollowerGraph:
    """Build the follower graph; the same arguments give the same graph at any number of threads.

    Parameters
    ----------
    zone : shape (n_accounts,). Zone of each account.
    metro : shape (n_zones,). Metropolitan area or language region of each zone.
    special_audience : shape (n_special,). Followers wanted by each special account at this scale; they are the
        accounts 0..n_special-1 and are followed by no one else.
    key : 64-bit key of the stream `world.network`.
    threads : number of threads.
    """
    n, n_special = spec.n_accounts, len(special_audience)
    if n == 0:
        return FollowerGraph(np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.int32))
    zone, metro = np.ascontiguousarray(zone, np.int16), np.ascontiguousarray(metro, np.int16)
    accounts = _draw_accounts(spec, zone, metro, n_special, key, threads)
    urn = _fill_urn(accounts, int(metro.max()) + 1)
    special = _audiences(spec, accounts, urn, special_audience, key)
    circles = _cut_circles(spec, zone, metro, accounts, urn, n_special, key, threads)
    picks = _mean_picks(spec, accounts, circles, sum(len(a) for a in special))
    chunks, length = _follow(spec, accounts, circles, urn, picks, n_special, key, threads)
    del urn, circles
    return _transpose(n, accounts, chunks, length, special, key, threads)
