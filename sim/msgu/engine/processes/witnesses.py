"""When witnesses see what happens; who they are and what they do is compiled (docs/model/witnesses.md)."""

from __future__ import annotations

from functools import partial

from msgu.engine.context import Context
from msgu.engine.triggers import follow


def start(context: Context) -> None:
    """Register what is seen, in the order of its ids at equal times."""
    seen = context.scenario.witnesses
    for number, name in enumerate(sorted(seen)):
        if seen[name].at < context.scenario.followed_until("going_home"):
            follow(context, seen[name].at, partial(_see, context, number))


def _see(context: Context, number: int, t: float) -> None:
    context.engine.witness(t, number)
