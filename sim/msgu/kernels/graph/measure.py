"""Kernels of the graph statistics: transposition, projection, triangles, distances, components.

A directed graph is given twice, by followers and by follows: `(offsets, followers)` and `(starts, follows)`, both
ascending within an account.
The undirected projection joins two accounts once if either follows the other; it is never stored.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from msgu.kernels.base.draw import philox, to_unit
from msgu.kernels.graph.build import _holds
from msgu.kernels.jit import njit

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
F64 = NDArray[np.float64]


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
        found = _holds(followers, offsets[b], offsets[b + 1], a)
    else:
        found = _holds(follows, starts[a], starts[a + 1], b)
    if found:
        return True
    if offsets[a + 1] - offsets[a] < starts[b + 1] - starts[b]:
        return _holds(followers, offsets[a], offsets[a + 1], b)
    return _holds(follows, starts[b], starts[b + 1], a)


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
    up = np.uint64(32)
    low32 = np.uint64(0xFFFFFFFF)
    for r in range(len(accounts)):
        a = accounts[r]
        d = neighbours(a, offsets, followers, starts, follows, near)
        result[r] = 0.0
        if d < 2:
            continue
        if d > exact_below:
            closed = 0
            for t in range(pairs):
                x, _ = philox(key, a, t, 1, 0)
                i = np.int64(((x >> up) * np.uint64(d)) >> up)
                j = np.int64(((x & low32) * np.uint64(d - 1)) >> up)
                if j >= i:
                    j += 1
                if linked(near[i], near[j], offsets, followers, starts, follows):
                    closed += 1
            result[r] = closed / pairs
            continue
        for t in range(d):
            mark[near[t]] = 1
        links = 0
        for t in range(d):
            b = near[t]
            i = offsets[b]
            j = starts[b]
            if offsets[b + 1] - i + starts[b + 1] - j > 16 * d:  # a long list: looking up is cheaper than reading
                for c in near[:d]:
                    if c != b and linked(b, c, offsets, followers, starts, follows):
                        links += 1
                continue
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
        for t in range(d):
            mark[near[t]] = 0
        result[r] = links / (float(d) * (d - 1))


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
            twice = _holds(follows, starts[a], starts[a + 1], b)
        else:
            b = follows[starts[a] + e - inside]
            twice = _holds(followers, offsets[a], offsets[a + 1], b)
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


@njit
def distances(
    sources: I64, offsets: I64, rows: I32, seen: U64, front: U64, after: U64, now: I32, then: I32, paths: I64, steps: I64
) -> None:
    """Breadth-first search from up to 64 sources at once, from each account to its rows, until nobody new is reached.

    Parameters
    ----------
    seen, front, after : shape (n,). Scratch words, one bit for each source.
    now, then : shape (n,). Scratch: accounts reached at the last step and at this one.
    paths : shape (64,). Filled: other accounts that each source reaches.
    steps : shape (64,). Filled: sum of their distances.
    """
    one = np.uint64(1)
    zero = np.uint64(0)
    for a in range(len(offsets) - 1):
        seen[a] = zero
        front[a] = zero
        after[a] = zero
    for s in range(64):
        paths[s] = 0
        steps[s] = 0
    reached = 0
    for s in range(len(sources)):
        a = sources[s]
        if front[a] == zero:
            now[reached] = a
            reached += 1
        front[a] |= one << np.uint64(s)
        seen[a] |= one << np.uint64(s)
    level = 0
    while reached > 0:
        level += 1
        touched = 0
        # only who was reached one step before is looked at, so that a chain costs its length and not its square
        for i in range(reached):
            a = now[i]
            word = front[a]
            front[a] = zero
            for e in range(offsets[a], offsets[a + 1]):
                b = rows[e]
                fresh = word & ~seen[b]
                if fresh != zero:
                    if after[b] == zero:
                        then[touched] = b
                        touched += 1
                    after[b] |= fresh
        for i in range(touched):
            b = then[i]
            word = after[b]
            after[b] = zero
            front[b] = word
            seen[b] |= word
            now[i] = b
            while word != zero:
                lowest = word & (~word + one)
                s = math.frexp(float(lowest))[1] - 1  # its place: a power of two is exact
                word ^= lowest
                paths[s] += 1
                steps[s] += level
        reached = touched


@njit
def weak_components(offsets: I64, followers: I32, parent: I32) -> int:
    """Size of the largest weakly connected component, by union-find with path halving.

    Parameters
    ----------
    parent : shape (n,). Scratch; on return the root of each account.
    """
    n = len(parent)
    for a in range(n):
        parent[a] = a
    for a in range(n):
        x = a
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        for e in range(offsets[a], offsets[a + 1]):
            y = followers[e]
            while parent[y] != y:
                parent[y] = parent[parent[y]]
                y = parent[y]
            if y < x:
                parent[x] = y
                x = y
            elif x < y:
                parent[y] = x
    size = np.zeros(n, np.int64)
    best = np.int64(0)
    for a in range(n):
        x = a
        while parent[x] != x:
            x = parent[x]
        parent[a] = x
        size[x] += 1
        best = max(best, size[x])
    return int(best)


@njit
def strong_components(offsets: I64, followers: I32, index: I32, low: I32, stack: I32, path: I32, at: I64) -> int:
    """Size of the largest strongly connected component (Tarjan 1972, without recursion).

    Parameters
    ----------
    index, low, stack, path : shape (n,). Scratch.
    at : shape (n,). Scratch: next tie to look at.
    """
    n = len(index)
    for a in range(n):
        index[a] = -1
        low[a] = 0
        at[a] = offsets[a]
    done = np.int32(2147483647)
    count = 0
    height = 0
    best = 0
    for root in range(n):
        if index[root] >= 0:
            continue
        depth = 1
        path[0] = root
        index[root] = count
        low[root] = count
        count += 1
        stack[height] = root
        height += 1
        while depth > 0:
            a = path[depth - 1]
            if at[a] < offsets[a + 1]:
                b = followers[at[a]]
                at[a] += 1
                if index[b] < 0:
                    index[b] = count
                    low[b] = count
                    count += 1
                    stack[height] = b
                    height += 1
                    path[depth] = b
                    depth += 1
                elif low[b] != done:
                    low[a] = min(low[a], index[b])
                continue
            depth -= 1
            if depth > 0:
                low[path[depth - 1]] = min(low[path[depth - 1]], low[a])
            if low[a] == index[a]:
                size = 0
                while True:
                    height -= 1
                    b = stack[height]
                    low[b] = done
                    size += 1
                    if b == a:
                        break
                best = max(best, size)
    return int(best)
