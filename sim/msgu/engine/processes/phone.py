"""Broadcasts whose time a rule gives; those at a date are known before the night, and telephones are compiled."""

from __future__ import annotations

from functools import partial

from msgu.engine.context import Context
from msgu.engine.triggers import follow
from msgu.scenario.schema.triggers import Trigger


def start(context: Context) -> None:
    """Register the broadcasts that rules give; a second call for one is not followed, since it would tell the same people."""
    given = context.scenario.broadcasts
    for number, name in enumerate(sorted(given)):
        if isinstance(given[name].at, Trigger) and context.world.residents.n:
            follow(context, given[name].at, partial(_begin, context, number), once=True)


def _begin(context: Context, number: int, t: float) -> None:
    context.engine.broadcast(t, number)
