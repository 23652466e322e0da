"""Shifts of call centres; calls are compiled (docs/model/desks.md)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simpy.events import Event

from msgu.engine.context import Context
from msgu.scenario.schema.desks import Shift


def start(context: Context) -> None:
    """Register the shifts of every desk; at equal times they begin in the order of their ids."""
    for number, (_, desk) in enumerate(sorted(context.scenario.desks.items())):
        for _, shift in sorted(desk.shifts.items(), key=lambda item: (item[1].at, item[0])):
            context.clock.process(_begin(context, number, shift))


def _begin(context: Context, desk: int, shift: Shift) -> Generator[Event, Any, None]:
    """Wait for a shift, and send its operators to the desk."""
    yield context.clock.at(shift.at)
    context.engine.staff(context.clock.now, desk, shift.operators)
