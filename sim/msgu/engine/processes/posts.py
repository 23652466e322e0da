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
    topics, hears = sorted(s.topics), s.shelter is not None and s.shelter.hearing is not None
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
                shelter=post.shelter and hears,
            )
        )
    for number, name in enumerate(sorted(s.pulses)):
        context.clock.process(_pulse(context, s.pulses[name].at, number))


def _post(
    context: Context, at: float, author: int, topic: int, kind: int, message: int, *, shelter: bool
) -> Generator[Event, Any, None]:
    yield context.clock.at(at)
    more: dict[str, Any] = {"message": message} if message >= 0 else {}
    if shelter:
        more["shelter"] = True
    context.engine.post(context.clock.now, author, topic, kind, **more)


def _pulse(context: Context, at: float, number: int) -> Generator[Event, Any, None]:
    yield context.clock.at(at)
    context.engine.pulse(context.clock.now, number)
