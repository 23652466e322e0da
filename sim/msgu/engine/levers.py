"""Dials that measures turn: the product of the factors in force, in the order of the measures' ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from msgu.scenario.schema.city import Measure


@dataclass(frozen=True)
class Lever:
    """One dial of one measure between two times [s]."""

    name: str
    measure: Measure

    def turned(self, t: float) -> bool:
        """Whether the measure is in force at `t` (its end excluded)."""
        return self.measure.at <= t < self.measure.until


def levers_of(measures: dict[str, Measure]) -> list[Lever]:
    """Levers in the order of their measures' ids, so that products do not depend on the order of a file."""
    return [Lever(name, measures[name]) for name in sorted(measures)]


def product(
    levers: Iterable[Lever],
    dial: str,
    t: float,
    *,
    zone: str | None = None,
    topic: str | None = None,
) -> float:
    """Product of the factors of `dial` in force at `t`, for one zone or topic where the dial has them."""
    value = 1.0
    for lever in levers:
        m = lever.measure
        if m.dial != dial or not lever.turned(t):
            continue
        if (zone is not None and m.zones and zone not in m.zones) or (
            topic is not None and m.topics and topic not in m.topics
        ):
            continue
        value *= m.factor
    return value


def ceiling(levers: Iterable[Lever], dial: str, topic: str | None = None) -> float:
    """Most that the product can be at any time: every factor above 1 in force together."""
    value = 1.0
    for lever in levers:
        m = lever.measure
        if m.dial == dial and (topic is None or not m.topics or topic in m.topics):
            value *= max(1.0, m.factor)
    return value
