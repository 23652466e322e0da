"""Measures: dials turned for a time (docs/model/msgu.md)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simpy.events import Event

from msgu.engine.compiled import DIALS
from msgu.engine.context import Context
from msgu.engine.levers import levers_of, product


def start(context: Context) -> None:
    """Register the turning of dials; nothing is registered where there is no measure."""
    if context.scenario.measures:
        context.clock.process(_turn(context))


def _turn(context: Context) -> Generator[Event, Any, None]:
    """At each beginning and end of a measure set every dial to the product of the factors in force."""
    s, engine = context.scenario, context.engine
    levers = levers_of(s.measures)
    used = sorted({lever.measure.dial for lever in levers})
    for t in sorted({x for lever in levers for x in (lever.measure.at, lever.measure.until)}):
        yield context.clock.at(t)
        for dial in used:
            if dial == "infectiousness":
                for i, topic in enumerate(sorted(s.topics)):
                    engine.turn_topic(i, product(levers, dial, t, topic=topic))
            elif dial == "channels":
                for z, zone in enumerate(context.world.zones):
                    engine.turn_channels(z, product(levers, dial, t, zone=zone))
            elif dial in DIALS:
                engine.turn(dial, product(levers, dial, t))
