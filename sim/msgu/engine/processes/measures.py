"""Measures: dials turned for a time (docs/model/msgu.md)."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any

from simpy.events import Event

from msgu.engine.context import Context
from msgu.engine.levers import product
from msgu.engine.spans import dates_of
from msgu.engine.triggers import follow_spans
from msgu.scenario.dials import DIALS, Scope


def start(context: Context) -> None:
    """Register the turning of dials; nothing is registered where there is no measure."""
    if context.levers:
        context.clock.process(_turn(context))
        follow_spans(context, [(lever.measure, lever.span) for lever in context.levers], partial(_set, context))


def _turn(context: Context) -> Generator[Event, Any, None]:
    """At each date at which a measure begins or ends set every dial."""
    for t in sorted(dates_of([lever.measure for lever in context.levers])):
        yield context.clock.at(t)
        _set(context, t)


def _set(context: Context, t: float) -> None:
    """Set every dial to the product of the factors in force."""
    for dial in [DIALS[name] for name in sorted({lever.measure.dial for lever in context.levers})]:
        for number, name in _parts(context, dial.scope):
            context.engine.turn(dial, product(context.levers, dial.name, t, name), number)


def _parts(context: Context, scope: Scope) -> list[tuple[int | None, str | None]]:
    """Return number and name of each zone or topic that a dial of this scope is turned for; one pair of None for the run."""
    names = {"zone": context.world.zones, "topic": sorted(context.scenario.topics)}
    return [(None, None)] if scope == "run" else list(enumerate(names[scope]))
