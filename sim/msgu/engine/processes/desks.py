"""Shifts of call centres; calls are compiled (docs/model/desks.md)."""

from __future__ import annotations

from functools import partial

from msgu.engine.context import Context
from msgu.engine.triggers import follow


def start(context: Context) -> None:
    """Register the shifts of every desk; at equal times they begin in the order of their ids."""
    for number, (_, desk) in enumerate(sorted(context.scenario.desks.items())):
        for _, shift in sorted(desk.shifts.items(), key=lambda item: (float(item[1].at), item[0])):
            follow(context, shift.at, partial(_begin, context, number, shift.operators))


def _begin(context: Context, desk: int, operators: int, t: float) -> None:
    """Send the operators of a shift to the desk."""
    context.engine.staff(t, desk, operators)
