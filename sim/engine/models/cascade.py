"""Posts of named accounts, synchronised pulses, feed load and trends (docs/model/cascade.md)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simpy.events import Event

from sim.engine.context import Context
from sim.engine.signals import TREND_TURNED
from sim.scenario.schema_social import KINDS

TICK = 60.0
"""Interval at which feed load and trends are brought up to date [s]."""


def start(context: Context) -> None:
    """Register dated posts and pulses, and the monitor where load or trends need one."""
    s = context.scenario
    topics = sorted(s.topics)
    for name in sorted(s.posts, key=lambda k: (s.posts[k].at, k)):
        post = s.posts[name]
        author = context.world.accounts.number(post.account)
        context.clock.process(
            _post(
                context,
                post.at,
                author,
                topics.index(post.topic),
                KINDS.index(post.kind),
            )
        )
    for number, name in enumerate(sorted(s.pulses)):
        context.clock.process(_pulse(context, s.pulses[name].at, number))
    if context.world.accounts.n and topics and (s.attention.half_load is not None or s.trending is not None):
        context.clock.process(
            _monitor(
                context,
                sorted(topics.index(t) for t in (s.trending.topics if s.trending else [])),
            )
        )


def _post(context: Context, at: float, author: int, topic: int, kind: int) -> Generator[Event, Any, None]:
    yield context.clock.at(at)
    context.engine.post(context.clock.now, author, topic, kind)


def _pulse(context: Context, at: float, number: int) -> Generator[Event, Any, None]:
    yield context.clock.at(at)
    context.engine.pulse(context.clock.now, number)


def _monitor(context: Context, can_trend: list[int]) -> Generator[Event, Any, None]:
    """Every minute: posts per account and second of the last minute, and which topics trend."""
    engine, trending = context.engine, context.scenario.trending
    most = trending.threshold * context.world.scale * trending.window if trending else 0.0
    on: set[int] = set()
    tick = 0
    while True:
        tick += 1
        yield context.clock.at(tick * TICK)
        now = tick * TICK
        engine.set_rate(engine.posts_since(now - TICK) / TICK / context.world.accounts.in_network)
        if trending is None:
            continue
        counts = engine.regional_posts_since(now - trending.window).tolist()
        for topic in can_trend:
            above = counts[topic] > most
            if above != (topic in on):
                engine.trend(now, topic, above)
                context.signals.tell(TREND_TURNED, topic, above)
                on.symmetric_difference_update({topic})
