"""Keyed draws for whole columns of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.draw import exp, normal_quantile, uniform, uniform2
from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.log import pick
from msgu.kernels.jit.compile import njit

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64, I16, I32, I64, Ints


@njit
def uniforms(key: np.uint64, nth: int, sub: int, out: F64) -> None:
    """Fill `out` (n,) with the uniforms of who = 0..n-1."""
    for i in range(out.size):
        out[i] = uniform(key, i, nth, sub)


@njit
def lognormals(key: np.uint64, sigma: float, out: F64) -> None:
    """Fill `out` (n,) with lognormal values of mean 1 and log-standard deviation `sigma`."""
    for i in range(out.size):
        out[i] = exp(sigma * normal_quantile(uniform(key, i, 0, 0)) - 0.5 * sigma * sigma)


@njit
def take_part(key: np.uint64, share: float, sigma: float, out: F64) -> None:
    """Multiply `out` (n,) by a factor of mean 1: 0 for who does not take part, else lognormal of mean 1 / `share`."""
    for i in range(out.size):
        u, v = uniform2(key, i, 0, 0)
        out[i] = out[i] * exp(sigma * normal_quantile(v) - 0.5 * sigma * sigma) / share if u < share else 0.0


@njit
def powers(power: float, out: F64) -> None:
    """Raise each of the positive values of `out` (n,) to a power."""
    for i in range(out.size):
        out[i] = exp(power * ln(out[i]))


@njit
def categories(key: np.uint64, nth: int, cumulative: F64, out: Ints) -> None:
    """Fill `out` (n,) with categories drawn from cumulative shares."""
    for i in range(out.size):
        out[i] = pick(cumulative, uniform(key, i, nth, 0))


@njit
def poisson_counts(key: np.uint64, mean: F64, most: int, out: Ints) -> None:
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
def tie_targets(key: np.uint64, start: Ints, cumulative: F64, first: I64, count: I64, out: I32) -> None:
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
def members(key: np.uint64, nth: int, zone: I16, first: I64, count: I64, out: I32) -> None:
    """Fill `out` (n,) with a member of the zone of each: a person, a cell; numbered zone by zone (-1 where it has none)."""
    for q in range(out.size):
        z = zone[q]
        out[q] = first[z] + int(uniform(key, q, nth, 0) * count[z]) if count[z] > 0 else -1


@njit
def account_persons(zone: I16, first: I64, count: I64, out: I32) -> None:
    """Fill `out` (n,) with the person behind each account: the r-th account of a zone is its r-th person's (-1: none)."""
    rank = count * 0
    for a in range(out.size):
        z = zone[a]
        r = rank[z]
        rank[z] = r + 1
        out[a] = first[z] + r if r < count[z] else -1


@njit
def normals(key: np.uint64, nth: int, out: F64) -> None:
    """Fill `out` (n,) with standard normal values of who = 0..n-1."""
    for i in range(out.size):
        out[i] = normal_quantile(uniform(key, i, nth, 0))
