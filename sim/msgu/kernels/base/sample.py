"""Keyed draws for whole columns of the world."""

from __future__ import annotations

from typing import Any

from msgu.kernels.base.draw import exp, normal_quantile, uniform
from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.log import pick
from msgu.kernels.jit import njit


@njit
def uniforms(key: Any, nth: int, sub: int, out: Any) -> None:
    """Fill `out` (n,) with the uniforms of who = 0..n-1."""
    for i in range(out.size):
        out[i] = uniform(key, i, nth, sub)


@njit
def lognormals(key: Any, sigma: float, out: Any) -> None:
    """Fill `out` (n,) with lognormal values of mean 1 and log-standard deviation `sigma`."""
    for i in range(out.size):
        out[i] = exp(sigma * normal_quantile(uniform(key, i, 0, 0)) - 0.5 * sigma * sigma)


@njit
def powers(power: float, out: Any) -> None:
    """Raise each of the positive values of `out` (n,) to a power."""
    for i in range(out.size):
        out[i] = exp(power * ln(out[i]))


@njit
def categories(key: Any, nth: int, cumulative: Any, out: Any) -> None:
    """Fill `out` (n,) with categories drawn from cumulative shares."""
    for i in range(out.size):
        out[i] = pick(cumulative, uniform(key, i, nth, 0))


@njit
def poisson_counts(key: Any, mean: Any, most: int, out: Any) -> None:
    """Fill `out` (n,) with Poisson counts of `mean` (n,), at most `most`, by adding exponential gaps."""
    for i in range(out.size):
        total = 0.0
        n = 0
        while n < most:
            total -= ln(uniform(key, i, n, 0))
            if total >= mean[i]:
                break
            n += 1
        out[i] = n


@njit
def tie_targets(key: Any, start: Any, cumulative: Any, first: Any, count: Any, out: Any) -> None:
    """Fill `out` (edges,) with whom each worry edge is about: a zone by share, then a person of that zone (-1: nobody)."""
    for p in range(start.size - 1):
        for e in range(start[p], start[p + 1]):
            slot = e - start[p]
            zone = pick(cumulative, uniform(key, p, slot, 1))
            out[e] = -1
            if count[zone] > 0:
                q = first[zone] + int(uniform(key, p, slot, 2) * count[zone])
                if q != p:
                    out[e] = q


@njit
def person_cells(key: Any, zone: Any, first: Any, count: Any, out: Any) -> None:
    """Fill `out` (n,) with a cell of each person's zone (-1 where the zone has none)."""
    for p in range(out.size):
        z = zone[p]
        out[p] = -1
        if count[z] > 0:
            out[p] = first[z] + int(uniform(key, p, 1, 0) * count[z])


@njit
def account_persons(zone: Any, first: Any, count: Any, out: Any) -> None:
    """Fill `out` (n,) with the person behind each account: the r-th account of a zone is its r-th person's (-1: none)."""
    rank = count * 0
    for a in range(out.size):
        z = zone[a]
        r = rank[z]
        rank[z] = r + 1
        out[a] = first[z] + r if r < count[z] else -1


@njit
def normals(key: Any, nth: int, out: Any) -> None:
    """Fill `out` (n,) with standard normal values of who = 0..n-1."""
    for i in range(out.size):
        out[i] = normal_quantile(uniform(key, i, nth, 0))
