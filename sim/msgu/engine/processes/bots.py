"""Automatic accounts that post noise on what trends (docs/model/cascade.md)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
from simpy.events import Event

from msgu import streams
from msgu.engine.context import Context
from msgu.engine.levers import ceiling, product
from msgu.kernels.base.draw import log, uniform
from msgu.scenario.schema.social import KINDS, Bots

BOTS = streams.Stream("bots", "which accounts post automatically, when, and on what")
MEMBER, GAP, WHO, TOPIC, KEPT = range(5)
"""Sub-keys: whether an account is a bot; of the n-th post its gap, author, topic, and whether a measure lets it pass."""


def start(context: Context) -> None:
    """Register the posts of every group of automatic accounts."""
    groups = context.scenario.bots
    if not groups or context.world.accounts.n == 0:
        return
    for name in sorted(groups):
        context.clock.process(_posts(context, name, groups[name]))


def _posts(context: Context, name: str, group: Bots) -> Generator[Event, Any, None]:
    """One Poisson process for the whole group: each post is of one of its accounts, on one of the topics."""
    s, accounts = context.scenario, context.world.accounts
    key = np.uint64(streams.named(context.stream(BOTS), name))
    share = group.accounts / s.network.accounts if s.network and s.network.accounts else 0.0
    bots = [a for a in range(accounts.in_network) if uniform(key, a, 0, MEMBER) < share]
    most = ceiling(context.levers, "bots")
    listed = [sorted(s.topics).index(topic) for topic in group.topics]
    t, n = group.at, 0
    while bots and most > 0.0:
        n += 1
        t -= log(uniform(key, n, 0, GAP)) * group.every / (len(bots) * most)
        if t >= min(group.until, s.horizon):
            return
        yield context.clock.at(t)
        topics = listed or context.engine.trending()
        if topics and uniform(key, n, 0, KEPT) * most < product(context.levers, "bots", t):
            author = bots[int(uniform(key, n, 0, WHO) * len(bots))]
            topic = topics[int(uniform(key, n, 0, TOPIC) * len(topics))]
            context.engine.post(t, author, topic, KINDS.index(group.kind), automatic=True)
