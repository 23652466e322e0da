"""Kernels of the graph statistics: transposition, projection, triangles, distances, components.

A directed graph is given twice, by followers and by follows: `(offsets, followers)` and `(starts, follows)`, both
ascending within an account.
The undirected projection joins two accounts once if either follows the other; it is never stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.draw import philox, to_unit
from msgu.kernels.graph.lists import holds
from msgu.kernels.jit.compile import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from msgu.kernels.arrays.declare import F64, I32, I64


@njit
def transpose(offsets: I64, rows: I32, starts: I64, columns: I32) -> None:
    """Fill `columns` with the transposed rows; `starts` holds the offsets of the result on entry and on return.

    Parameters
    ----------
    starts : shape (n + 1,). ``starts[a]`` is where the transposed row a begins.
    """
    n = len(offsets) - 1
    at = starts[:-1].copy()
    for a in range(n):
        for e in range(offsets[a], offsets[a + 1]):
            b = rows[e]
            columns[at[b]] = a
            at[b] += 1


@njit
def neighbours(a: int, offsets: I64, followers: I32, starts: I64, follows: I32, out: I32) -> int:
    """Write the ascending union of followers and follows of one account; returns its length."""
    i = offsets[a]
    j = starts[a]
    n = 0
    while i < offsets[a + 1] or j < starts[a + 1]:
        if j >= starts[a + 1] or (i < offsets[a + 1] and followers[i] < follows[j]):
            out[n] = followers[i]
            i += 1
        elif i >= offsets[a + 1] or follows[j] < followers[i]:
            out[n] = follows[j]
            j += 1
        else:
            out[n] = followers[i]
            i += 1
            j += 1
        n += 1
    return n


@njit
def project(first: int, last: int, offsets: I64, followers: I32, starts: I64, follows: I32, mutual: I32) -> None:
    """Count the mutual ties of each account of `first:last`."""
    for a in range(first, last):
        i = offsets[a]
        j = starts[a]
        m = 0
        while i < offsets[a + 1] and j < starts[a + 1]:
            if followers[i] < follows[j]:
                i += 1
            elif follows[j] < followers[i]:
                j += 1
            else:
                m += 1
                i += 1
                j += 1
        mutual[a] = m


@njit
def neighbour_degrees(first: int, last: int, offsets: I64, followers: I32, starts: I64, follows: I32, degree: I32) -> float:
    """Sum over a in `first:last` and its neighbours b in the projection of degree[a] x degree[b]."""
    total = 0.0
    for a in range(first, last):
        i = offsets[a]
        j = starts[a]
        near = 0.0
        while i < offsets[a + 1] or j < starts[a + 1]:
            if j >= starts[a + 1] or (i < offsets[a + 1] and followers[i] < follows[j]):
                b = followers[i]
                i += 1
            elif i >= offsets[a + 1] or follows[j] < followers[i]:
                b = follows[j]
                j += 1
            else:
                b = followers[i]
                i += 1
                j += 1
            near += degree[b]
        total += near * degree[a]
    return total


@njit
def edge_moments(
    offsets: I64, followers: I32, of_follower: I32, of_followed: I32
) -> tuple[float, float, float, float, float]:
    """Sums over ties of x, y, x*x, y*y, x*y: x an attribute of the follower, y of the followed."""
    sx = 0.0
    sy = 0.0
    sxx = 0.0
    syy = 0.0
    sxy = 0.0
    for a in range(len(offsets) - 1):
        y = float(of_followed[a])
        row = 0.0
        for e in range(offsets[a], offsets[a + 1]):
            x = float(of_follower[followers[e]])
            row += x
            sxx += x * x
        n = float(offsets[a + 1] - offsets[a])
        sx += row
        sy += n * y
        syy += n * y * y
        sxy += row * y
    return sx, sy, sxx, syy, sxy


@njit
def same_group(offsets: I64, followers: I32, group: NDArray[np.int16]) -> int:
    """Number of ties whose two ends share a group."""
    same = 0
    for a in range(len(offsets) - 1):
        g = group[a]
        for e in range(offsets[a], offsets[a + 1]):
            if group[followers[e]] == g:
                same += 1
    return same


@njit
def linked(a: int, b: int, offsets: I64, followers: I32, starts: I64, follows: I32) -> bool:
    """Tell whether a follows b or b follows a, looked up in the shorter list that could hold each tie."""
    if offsets[b + 1] - offsets[b] < starts[a + 1] - starts[a]:
        found = holds(followers, offsets[b], offsets[b + 1], a)
    else:
        found = holds(follows, starts[a], starts[a + 1], b)
    if found:
        return True
    if offsets[a + 1] - offsets[a] < starts[b + 1] - starts[b]:
        return holds(followers, offsets[a], offsets[a + 1], b)
    return holds(follows, starts[b], starts[b + 1], a)


@njit
def clustering(
    key: np.uint64,
    accounts: I64,
    exact_below: int,
    pairs: int,
    offsets: I64,
    followers: I32,
    starts: I64,
    follows: I32,
    mark: NDArray[np.uint8],
    near: I32,
    result: F64,
) -> None:
    """Local clustering of each listed account in the projection; 0 with fewer than two neighbours.

    Parameters
    ----------
    exact_below : neighbours below which every pair is looked at; above, `pairs` keyed random pairs.
    mark : shape (n,). Zero on entry and on return.
    near : shape (at least the largest degree,). Scratch.
    result : shape (len(accounts),). Filled.
    """
    for r in range(len(accounts)):
        a = accounts[r]
        d = neighbours(a, offsets, followers, starts, follows, near)
        result[r] = 0.0
        if d < 2:
            continue
        if d > exact_below:
            result[r] = _closed(key, a, pairs, near[:d], offsets, followers, starts, follows) / pairs
            continue
        for t in range(d):
            mark[near[t]] = 1
        links = 0
        for t in range(d):
            links += _links(near[t], near[:d], mark, offsets, followers, starts, follows)
        for t in range(d):
            mark[near[t]] = 0
        result[r] = links / (float(d) * (d - 1))


@njit
def _closed(key: np.uint64, a: int, pairs: int, near: I32, offsets: I64, followers: I32, starts: I64, follows: I32) -> int:
    """How many of `pairs` keyed random pairs of an account's neighbours are linked."""
    up = np.uint64(32)
    low32 = np.uint64(0xFFFFFFFF)
    d = len(near)
    closed = 0
    for t in range(pairs):
        x, _ = philox(key, a, t, 1, 0)
        i = np.int64(((x >> up) * np.uint64(d)) >> up)
        j = np.int64(((x & low32) * np.uint64(d - 1)) >> up)
        if j >= i:
            j += 1
        if linked(near[i], near[j], offsets, followers, starts, follows):
            closed += 1
    return closed


@njit
def _links(b: int, near: I32, mark: NDArray[np.uint8], offsets: I64, followers: I32, starts: I64, follows: I32) -> int:
    """How many of the neighbours `near` of an account, which are marked, its neighbour `b` is linked to."""
    i = offsets[b]
    j = starts[b]
    links = 0
    if offsets[b + 1] - i + starts[b + 1] - j > 16 * len(near):  # a long list: looking up is cheaper than reading
        for c in near:
            if c != b and linked(b, c, offsets, followers, starts, follows):
                links += 1
        return links
    while i < offsets[b + 1] or j < starts[b + 1]:
        if j >= starts[b + 1] or (i < offsets[b + 1] and followers[i] < follows[j]):
            links += mark[followers[i]]
            i += 1
        elif i >= offsets[b + 1] or follows[j] < followers[i]:
            links += mark[follows[j]]
            j += 1
        else:
            links += mark[followers[i]]
            i += 1
            j += 1
    return links


@njit
def _neighbour(
    key: np.uint64, t: int, end: int, a: int, apart: int, offsets: I64, followers: I32, starts: I64, follows: I32
) -> int:
    """Keyed random neighbour of a in the projection, other than `apart`, without listing them all.

    One of the two lists' entries; who stands in both is taken half the time.
    """
    up = np.uint64(32)
    low32 = np.uint64(0xFFFFFFFF)
    inside = offsets[a + 1] - offsets[a]
    both = np.uint64(inside + starts[a + 1] - starts[a])
    nth = 0
    while True:
        x, y = philox(key, t, nth, 3 + end, 0)
        nth += 1
        e = np.int64(((x & low32) * both) >> up) if both <= low32 else np.int64(x % both)
        if e < inside:
            b = followers[offsets[a] + e]
            twice = holds(follows, starts[a], starts[a + 1], b)
        else:
            b = follows[starts[a] + e - inside]
            twice = holds(followers, offsets[a], offsets[a + 1], b)
        if b != apart and not (twice and y & np.uint64(1)):
            return int(b)


@njit
def wedges(
    key: np.uint64,
    first: int,
    last: int,
    cumulated: F64,
    offsets: I64,
    followers: I32,
    starts: I64,
    follows: I32,
) -> int:
    """How many of the keyed random wedges `first:last` are closed; a wedge is drawn uniformly among all.

    Parameters
    ----------
    cumulated : shape (n,). Cumulated number of wedges centred at each account.
    """
    closed = 0
    for t in range(first, last):
        x, _ = philox(key, t, 0, 2, 0)
        u = to_unit(x) * cumulated[len(cumulated) - 1]
        a = np.searchsorted(cumulated, u, side="right")
        b = _neighbour(key, t, 0, a, -1, offsets, followers, starts, follows)
        c = _neighbour(key, t, 1, a, b, offsets, followers, starts, follows)
        if linked(b, c, offsets, followers, starts, follows):
            closed += 1
    return closed
