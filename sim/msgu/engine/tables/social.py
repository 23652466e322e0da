"""Posts, beliefs, followers gained and films."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from msgu.engine.compiled import CompiledEngine
from msgu.engine.tables.sparse import many_columns
from msgu.kernels.social.video import OPENED, WATCHING
from msgu.kernels.state import ZONE
from msgu.results import Columns
from msgu.scenario.schema.social import KINDS
from msgu.world.build import World

FROM_KERNEL: Final = ("time", "author", "nth", "topic", "kind", "variant", "parent", "root", "origin")
"""Columns of `posts` that the kernel keeps under the same names."""


def posts(night: CompiledEngine) -> Columns:
    """One row for each post."""
    c = night.cascade
    n = int(c.size[0])
    # copies: a view would keep the whole array, most of which was never filled
    table: Columns = {name: getattr(c, f"post_{name}")[:n].copy() for name in FROM_KERNEL}
    return table | {"zone": c.reader[table["author"], ZONE]}


def topic_curves(night: CompiledEngine) -> Columns:
    """Posts and originals by bin and topic."""
    s, c = night.world.scenario, night.cascade
    n = int(c.size[0])
    row = np.minimum((c.post_time[:n] / s.record.bin).astype(np.int64), night.bins - 1)
    counts = np.zeros((night.bins, max(len(s.topics), 1), 2), np.int64)
    for i, mask in enumerate((np.ones(n, np.bool_), c.post_root[:n] == np.arange(n))):
        np.add.at(counts[:, :, i], (row[mask], c.post_topic[:n][mask]), 1)
    return many_columns(counts, ("bin", "topic"), ("posts", "originals"))


def beliefs(night: CompiledEngine) -> Columns:
    """Accounts by what they believe of each claim; accounts that have not heard of it are left out."""
    topics = night.world.scenario.topics
    claims = np.array([i for i, name in enumerate(sorted(topics)) if topics[name].claim is not None], np.int64)
    held = np.cumsum(night.cascade.belief_change, axis=0)[:, claims, 1:]
    table = many_columns(held, ("bin", "topic"), ("believes", "doubts", "corrected"))
    return table | {"topic": claims[table["topic"]]}


def gains(night: CompiledEngine) -> Columns:
    """One row for each account that begins to follow a named one, by time."""
    c = night.cascade
    rows: list[NDArray[np.int64]] = [
        np.arange(start, start + n) for start, n in zip(c.gained_start, c.gained_size, strict=False)
    ]
    kept = np.concatenate([*rows, np.zeros(0, np.int64)])
    account = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    time, follower = c.gained_time[kept], c.gained[kept]
    order = np.lexsort((follower, account, time))
    return {"time": time[order], "account": account[order], "follower": follower[order]}


def videos(night: CompiledEngine) -> Columns:
    """Viewings of each film by bin."""
    change, seconds = night.cascade.video_change, night.cascade.video_seconds
    counts = np.stack((change[:, :, OPENED], np.cumsum(change[:, :, WATCHING], axis=0)), axis=-1)
    table = many_columns(counts, ("bin", "video"), ("opened", "watching"))
    return table | {"seconds": seconds[table["bin"], table["video"]]}


TABLES: Final[dict[str, Callable[[CompiledEngine], Columns]]] = {
    "posts": posts,
    "topic_curves": topic_curves,
    "beliefs": beliefs,
    "gains": gains,
    "videos": videos,
}


def names(world: World) -> dict[str, list[str]]:
    """Names of topics, kinds of posts, named accounts, films, and of each topic's spellings."""
    s = world.scenario
    spelt = {f"variants/{name}": sorted(topic.variants) or [topic.title or name] for name, topic in s.topics.items()}
    return {
        "topics": sorted(s.topics),
        "kinds": list(KINDS),
        "accounts": list(world.accounts.names),
        "videos": sorted(s.videos),
        **spelt,
    }


def totals(night: CompiledEngine) -> dict[str, int]:
    """Accounts, edges, posts, and how often a post was met and seen."""
    graph, size = night.world.accounts, night.cascade.size
    return {
        "accounts": graph.n,
        "edges": graph.graph.n_edges,
        "posts": int(size[0]),
        "exposures": int(size[2]),
        "seen": int(size[3]),
    }
