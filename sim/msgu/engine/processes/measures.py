"""Measures: dials turned for a time (docs/model/msgu.md)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simpy.events import Event

from msgu.engine.context import Context
from msgu.engine.levers import levers_of, product
from msgu.scenario.dials import DIALS, Scope


def start(context: Context) -> None:
    """Register the turning of dials; nothing is registered where there is no measure."""
    if context.scenario.measures:
        context.clock.process(_turn(context))


def _turn(context: Context) -> Generator[Event, Any, None]:
    """At each beginning and end of a measure set every dial to the product of the factors in force."""
    levers = levers_of(context.scenario.measures)
    used = [DIALS[name] for name in sorted({lever.measure.dial for lever in levers})]
    for t in sorted({x for lever in levers for x in (lever.measure.at, lever.measure.until)}):
        yield context.clock.at(t)
        for dial in used:
            for number, name in _parts(context, dial.scope):
                context.engine.turn(dial, product(levers, dial.name, t, name), number)


def _parts(context: Context, scope: Scope) -> list[tuple[int | None, str | None]]:
    """Return number and name of each zone or topic that a dial of this scope is turned for; one pair of None for the run."""
    names = {"zone": context.world.zones, "topic": sorted(context.scenario.topics)}
    return [(None, None)] if scope == "run" else list(enumerate(names[scope]))
