"""Posts of named accounts and synchronised pulses (docs/model/cascade.md)."""

from __future__ import annotations

from functools import partial
from typing import Any

from msgu.engine.context import Context
from msgu.engine.triggers import follow
from msgu.scenario.schema.social import KINDS


def start(context: Context) -> None:
    """Register dated posts and pulses."""
    s = context.scenario
    topics, hears = sorted(s.topics), s.shelter is not None and s.shelter.hearing is not None
    messages = {s.warnings[key].post: number for number, key in enumerate(sorted(s.warnings))}
    for name in sorted(s.posts, key=lambda k: (float(s.posts[k].at), k)):
        post = s.posts[name]
        more: dict[str, Any] = {"message": messages[name]} if name in messages else {}
        if post.shelter and hears:
            more["shelter"] = True
        author, topic = context.world.accounts.number(post.account), topics.index(post.topic)
        follow(context, post.at, partial(_post, context, author, topic, KINDS.index(post.kind), more))
    for number, name in enumerate(sorted(s.pulses)):
        follow(context, s.pulses[name].at, partial(_pulse, context, number))


def _post(context: Context, author: int, topic: int, kind: int, more: dict[str, Any], t: float) -> None:
    context.engine.post(t, author, topic, kind, **more)


def _pulse(context: Context, number: int, t: float) -> None:
    context.engine.pulse(t, number)
