"""From lists of accounts followed to lists of followers: a counting sort, and those who follow back merged in."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from msgu.kernels.graph import lists
from msgu.world.graph.layers import AccountAttributes, each, ranges, scratch
from msgu.world.graph.types import FollowerGraph

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

MOST_RUNS = 8
"""Each run of chunks has counters of its own, 12 bytes an account."""
SHIFT = 14
"""Accounts are placed 2**14 at a time, whose positions take 128 kB; at most 16."""


def _runs(n_chunks: int, threads: int) -> list[tuple[int, int]]:
    """Contiguous runs of chunks, one for each thread."""
    runs = max(1, min(threads, MOST_RUNS, n_chunks))
    return [(a, b) for a, b in pairwise(n_chunks * r // runs for r in range(runs + 1)) if b > a]


def by_followed(
    accounts: AccountAttributes, chunks: list[I32], length: I32, special: list[I32], key: np.uint64, threads: int
) -> FollowerGraph:
    """Return the graph by followed account.

    A follower is written after all of smaller number, whatever the number of runs, so each list comes out ascending.

    Parameters
    ----------
    chunks, length : accounts followed, as `msgu.world.graph.layers.follow` returns them.
    special : followers of each special account, whom nobody else follows.
    """
    n = accounts.n
    parts = ranges(n)
    runs = _runs(len(parts), threads)
    returned = np.zeros(n, np.int32)
    longest = int(length.max())

    def count(a: int, b: int) -> I32:
        hits, words = np.zeros(n, np.int32), scratch(longest)
        for c in range(a, b):
            lists.count_lists(key, *parts[c], chunks[c], length, accounts.kind, accounts.back, *words, hits, returned)
        return hits

    hits: list[I32] = each(threads, count, runs)
    counted = _counted(n, hits, special)
    offsets = np.zeros(n + 1, np.int64)
    np.cumsum(counted + returned, out=offsets[1:])
    followers = np.empty(int(offsets[-1]), np.int32)
    for who, audience in enumerate(special):
        followers[offsets[who] : offsets[who] + len(audience)] = audience
    positions = _positions(offsets, hits)
    del hits

    def place(a: int, b: int) -> None:
        at = positions[runs.index((a, b))]
        start = np.empty((n - 1 >> SHIFT) + 2, np.int64)
        packed = np.empty(max(len(chunk) for chunk in chunks[a:b]), np.uint32)
        for c in range(a, b):
            lists.place(*parts[c], chunks[c], length, SHIFT, start, packed, at, followers)

    each(threads, place, runs)
    kept = np.zeros(n, np.int32)

    def merge(a: int, b: int) -> I32:
        change = np.zeros(n, np.int32)
        for c in range(a, b):
            lists.merge(*parts[c], chunks[c], length, returned, offsets, counted, followers, kept, change)
        return change

    changes: list[I32] = each(threads, merge, runs)
    degree = _out_degree(length, changes, special)
    packed = np.empty(n + 1, np.int64)
    edges = lists.compact(offsets, kept, followers, packed)
    return FollowerGraph(packed, followers[:edges], degree)


def _counted(n: int, hits: list[I32], special: list[I32]) -> I64:
    """Followers of each account who chose it themselves, shape (n,)."""
    counted = np.zeros(n, np.int64)
    for run in hits:
        counted += run
    counted[: len(special)] = [len(audience) for audience in special]
    return counted


def _out_degree(length: I32, changes: list[I32], special: list[I32]) -> I32:
    """Accounts followed: those listed, repeats taken off, those followed back and special ones added."""
    degree = length.copy()
    for change in changes:
        degree += change
    for audience in special:
        degree[audience] += 1
    return degree


def _positions(offsets: I64, hits: list[I32]) -> list[I64]:
    """Where each run writes its first follower of each account; shape (n_accounts,) for each run."""
    base = offsets[:-1].copy()
    positions = []
    for run in hits:
        positions.append(base.copy())
        base += run
    return positions
