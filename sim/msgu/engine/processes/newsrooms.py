"""Newsrooms: media that pick a claim up, air it, and correct it once it is officially denied (docs/model/rumour.md)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

from simpy.events import Event

from msgu.engine.context import Context
from msgu.scenario.schema.rumour import Newsroom
from msgu.scenario.schema.social import KINDS

LOOK_EVERY: Final = 60.0
"""Time between two looks at what is posted [s]."""


def start(context: Context) -> None:
    """Register every newsroom."""
    rooms = context.scenario.newsrooms
    if context.world.accounts.n == 0:
        return
    for number, name in enumerate(sorted(rooms)):
        context.clock.process(_follow(context, number, rooms[name]))


def _follow(context: Context, number: int, room: Newsroom) -> Generator[Event, Any, None]:
    """Notice the claim, air it unless it has been denied by then, and air the denial once there is one."""
    clock, engine = context.clock, context.engine
    topic = sorted(context.scenario.topics).index(room.topic)
    loud = room.level * room.window * context.world.scale
    while True:
        yield clock.at(clock.now + LOOK_EVERY)
        seen = clock.now - room.sees_after
        if engine.posts_on(topic, seen - room.window, seen) >= loud:
            break
    yield clock.at(clock.now + room.airs_after)
    if not engine.is_denied(topic, clock.now - room.sees_after):
        _air(context, number, room, topic, denies=False)
        while not engine.is_denied(topic, clock.now - room.sees_after):
            yield clock.at(clock.now + LOOK_EVERY)
        yield clock.at(clock.now + room.corrects_after)
    _air(context, number, room, topic, denies=True)


def _air(context: Context, number: int, room: Newsroom, topic: int, *, denies: bool) -> None:
    """Tell the audience, and post what is told."""
    now = context.clock.now
    if room.account is not None:
        kind = KINDS.index("correction" if denies else "rumour")
        context.engine.post(now, context.world.accounts.number(room.account), topic, kind)
    if room.audience > 0:
        context.engine.air(now, number, denies=denies)
