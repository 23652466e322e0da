"""Kernels of the graph statistics: distances and components."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.jit.compile import njit

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import I32, I64, U64


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
