"""Alternatives that renumber what is drawn by number: topics, pulses and instructions, in the order of their ids.

Drivers, broadcasts, films and desks have draws of their own name, so that one more moves nothing.
One more topic whose id sorts first gives its draws to the next: the comparison stays right, but shares less of the luck.
"""

from __future__ import annotations

from typing import NamedTuple

from msgu.scenario.blocks import NUMBERED
from msgu.scenario.schema.root import Scenario
from msgu.study.comparison.plan import Plan


class DrawShift(NamedTuple):
    """An alternative in which `name` of a block of the scenario stands before something that the baseline has too."""

    choice: str
    block: str
    name: str


def shifts(plan: Plan) -> list[DrawShift]:
    """Return what renumbers draws of the baseline, the first of each block of each alternative."""
    base = plan.baseline.scenario
    return [
        DrawShift(choice.id, block, name)
        for choice in plan.alternatives
        for block in NUMBERED
        if (name := _first(base, choice.scenario, block))
    ]


def _first(base: Scenario, other: Scenario, block: str) -> str:
    """Return the first id of one of the two scenarios alone that comes before an id of both; empty: none."""
    here, there = set(getattr(base, block)), set(getattr(other, block))
    last = max(here & there, default="")
    return min((name for name in here ^ there if name < last), default="")
