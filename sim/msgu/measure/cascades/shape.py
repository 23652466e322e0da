"""Shape of retweet cascades: size, depth, breadth, structural virality, reach, time to a size, distributions.

A cascade is an original post with everything shared from it, directly or by way of other shares.
An original that answers another post begins a cascade of its own; its `parent` still says what it answers.
Structural virality is the mean distance between two posts of a cascade (Goel, Anderson, Hofman and Watts, "The
structural virality of online diffusion", 2016), by the sum over shares of s (n - s), where s counts the posts below and
with the share: linear in the number of posts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from msgu.world.graph.types import FollowerGraph

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
BATCH = 1 << 22
"""Exposures that are sorted at once when accounts reached are counted."""


@dataclass(frozen=True)
class Cascades:
    """All cascades of a night.

    Parameters
    ----------
    of : shape (n_posts,). Cascade of each post.
    share_of : shape (n_posts,). Post from which a post was shared; -1 for the first of a cascade.
    level : shape (n_posts,). Shares between a post and the first of its cascade.
    root : shape (n_cascades,). First post.
    size : shape (n_cascades,). Posts.
    depth : shape (n_cascades,). Highest level.
    breadth : shape (n_cascades,). Most posts of one level.
    virality : shape (n_cascades,). Mean number of shares between two posts; NaN for a post alone.
    """

    of: I64
    share_of: I64
    level: I64
    root: I64
    size: I64
    depth: I64
    breadth: I64
    virality: F64

    def __len__(self) -> int:
        """Return the number of cascades."""
        return len(self.root)


def measure(parent: ArrayLike, root: ArrayLike) -> Cascades:
    """Measure the trees of shares.

    Parameters
    ----------
    parent : shape (n_posts,). Post that each post answers or shares, an earlier row; -1 for none.
    root : shape (n_posts,). First post of its cascade; its own row for an original.

    Raises
    ------
    ValueError
        Where a post stands before its parent, or in another cascade than it.
    """
    roots, rows = np.asarray(root, np.int64), np.arange(len(np.asarray(root)))
    first = roots == rows
    share_of = np.where(first, -1, np.asarray(parent, np.int64))
    if not (share_of[~first] >= 0).all() or not (share_of < rows).all():
        raise ValueError("a shared post must stand before its shares")
    level, top = _levels(share_of)
    if not np.array_equal(top, roots):
        raise ValueError("a post and what it shares must have the same root")
    of = (np.cumsum(first) - 1)[roots] if len(rows) else rows
    size = np.bincount(of, minlength=int(first.sum()))
    depth, breadth = _depth_and_breadth(of, level, size)
    virality = _virality(share_of, level, of, size)
    return Cascades(of, share_of, level, np.flatnonzero(first), size, depth, breadth, virality)


def _levels(share_of: I64) -> tuple[I64, I64]:
    """Level and first post of each post, by steps upward that double: as many rounds as bits of the depth."""
    up = np.where(share_of >= 0, share_of, np.arange(len(share_of)))
    level = (share_of >= 0).astype(np.int64)
    while True:
        further = up[up]
        if np.array_equal(further, up):
            return level, up
        level += level[up]
        up = further


def _depth_and_breadth(of: I64, level: I64, size: I64) -> tuple[I64, I64]:
    """Highest level and most posts of one level: one counter for each level of each cascade, at most one a post."""
    if not len(size):
        return size, size
    depth = np.zeros(len(size), np.int64)
    np.maximum.at(depth, of, level)
    start = np.concatenate([[0], np.cumsum(depth + 1)])
    counts = np.bincount(start[of] + level, minlength=int(start[-1]))
    return depth, np.maximum.reduceat(counts, start[:-1])


def _virality(share_of: I64, level: I64, of: I64, size: I64) -> F64:
    below = np.ones(len(level), np.int64)
    deepest = int(level.max(initial=0))
    order = np.argsort(level.astype(np.int16) if deepest < 2**15 else level, kind="stable")  # 16 bits: a radix sort
    ends = np.cumsum(np.bincount(level, minlength=1))
    for k in range(deepest, 0, -1):
        rows = order[ends[k - 1] : ends[k]]
        np.add.at(below, share_of[rows], below[rows])
    parted = np.where(share_of >= 0, below.astype(np.float64) * (size[of] - below), 0.0)
    n = size.astype(np.float64)
    with np.errstate(invalid="ignore"):
        found: F64 = np.bincount(of, parted, len(size)) / (n * (n - 1) / 2)
    return found


def time_to(cascades: Cascades, time: ArrayLike, n: int) -> F64:
    """Time from the first post of each cascade to its n-th [s]; NaN where it has fewer.

    Parameters
    ----------
    time : shape (n_posts,). In the order of the posts [s].

    Returns
    -------
    shape (n_cascades,).
    """
    if n < 1:
        raise ValueError(f"{n}: a cascade has at least one post")
    t = np.asarray(time, np.float64)
    order = np.argsort(cascades.of, kind="stable")
    large = np.flatnonzero(cascades.size >= n)
    start = np.cumsum(cascades.size) - cascades.size
    found = np.full(len(cascades), np.nan)
    found[large] = t[order[start[large] + n - 1]] - t[cascades.root[large]]
    return found


def reach(cascades: Cascades, author: ArrayLike, graph: FollowerGraph) -> I64:
    """Distinct accounts that follow an author of each cascade; an author counts if it follows another.

    Parameters
    ----------
    author : shape (n_posts,). Account that wrote each post.

    Returns
    -------
    shape (n_cascades,).
    """
    who = np.asarray(author, np.int64)
    followers = np.diff(graph.offsets)
    found = followers[who[cascades.root]].astype(np.int64)  # right for a post alone
    order = np.argsort(cascades.of, kind="stable")
    order = order[(cascades.size > 1)[cascades.of[order]]]
    ends = np.cumsum(cascades.size[cascades.size > 1])
    shared = np.flatnonzero(cascades.size > 1)
    exposures = np.cumsum(followers[who[order]])
    begin, before = 0, 0
    while begin < len(shared):
        stop = int(np.searchsorted(exposures[ends - 1], before + BATCH, side="right"))
        stop = max(stop, begin + 1)
        rows = order[(ends[begin - 1] if begin else 0) : ends[stop - 1]]
        found[shared[begin:stop]] = _distinct(cascades.of[rows], who[rows], graph, shared[begin:stop])
        before, begin = int(exposures[ends[stop - 1] - 1]), stop
    return found


def _distinct(of: I64, author: I64, graph: FollowerGraph, chosen: I64) -> I64:
    """Distinct followers for each of the cascades `chosen`, sorted; `of` and `author` of their posts."""
    n = graph.n_accounts
    if len(chosen) == 1:
        seen = np.zeros(n, np.bool_)
        for a in np.unique(author):
            seen[graph.followers[graph.offsets[a] : graph.offsets[a + 1]]] = True
        return np.array([np.count_nonzero(seen)])
    number = np.searchsorted(chosen, of)
    pairs = np.unique(number * n + author)  # an author's followers need to be listed once
    number, author = np.divmod(pairs, n)
    count = graph.offsets[author + 1] - graph.offsets[author]
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    followers = graph.followers[np.repeat(graph.offsets[author], count) + within]
    exposed = np.sort(np.repeat(number * n, count) + followers)
    new = np.ones(len(exposed), np.bool_)
    new[1:] = exposed[1:] != exposed[:-1]
    return np.bincount(exposed[new] // n, minlength=len(chosen))


# ---- distributions ----


def complementary(values: ArrayLike) -> tuple[F64, F64]:
    """Distinct values in order, and the share of all that is at least as large; NaN is left out.

    Returns
    -------
    Two arrays of equal length.
    """
    given = np.asarray(values, np.float64)
    x, counts = np.unique(given[~np.isnan(given)], return_counts=True)
    share = counts[::-1].cumsum()[::-1] / max(counts.sum(), 1)
    return x, share.astype(np.float64)


def by_kind(cascades: Cascades, kind: ArrayLike, kinds: Sequence[str]) -> dict[str, NDArray[np.bool_]]:
    """Cascades of each kind of first post that occurs, as masks of shape (n_cascades,).

    Parameters
    ----------
    kind : shape (n_posts,). Kind of each post, as a place in `kinds`.
    """
    of_root = np.asarray(kind)[cascades.root]
    return {name: of_root == i for i, name in enumerate(kinds) if (of_root == i).any()}
