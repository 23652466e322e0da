"""When witnesses see what happens; who they are and what they do is compiled (docs/model/witnesses.md)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simpy.events import Event

from msgu.engine.context import Context


def start(context: Context) -> None:
    """Register what is seen, in the order of its ids at equal times."""
    seen = context.scenario.witnesses
    for number, name in enumerate(sorted(seen)):
        if seen[name].at < context.scenario.followed_until("going_home"):
            context.clock.process(_see(context, number, seen[name].at))


def _see(context: Context, number: int, at: float) -> Generator[Event, Any, None]:
    yield context.clock.at(at)
    context.engine.witness(at, number)
