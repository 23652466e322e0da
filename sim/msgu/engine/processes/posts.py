"""Posts of named accounts and synchronised pulses (docs/model/cascade.md)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simpy.events import Event

from msgu.engine.context import Context
from msgu.scenario.schema.social import KINDS


def start(context: Context) -> None:
    """Register dated posts and pulses."""
    s = context.scenario
    topics = sorted(s.topics)
    messages = {s.warnings[key].post: number for number, key in enumerate(sorted(s.warnings))}
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
                messages.get(name, -1),
            )
        )
    for number, name in enumerate(sorted(s.pulses)):
        context.clock.process(_pulse(context, s.pulses[name].at, number))


def _post(context: Context, at: float, author: int, topic: int, kind: int, message: int) -> Generator[Event, Any, None]:
    yield context.clock.at(at)
    if message < 0:
        context.engine.post(context.clock.now, author, topic, kind)
    else:
        context.engine.post(context.clock.now, author, topic, kind, message=message)


def _pulse(context: Context, at: float, number: int) -> Generator[Event, Any, None]:
    yield context.clock.at(at)
    context.engine.pulse(context.clock.now, number)
