"""Dials that measures turn: the product of the factors in force, in the order of the measures' ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from msgu.engine.spans import Span, span_of
from msgu.scenario.schema.measures import Measure


@dataclass(frozen=True)
class Lever:
    """One dial of one measure, and the span in which it is in force."""

    name: str
    measure: Measure
    span: Span

    def turned(self, t: float) -> bool:
        """Whether the measure is in force at `t` (its end excluded)."""
        return self.span.holds(t)

    def concerns(self, dial: str, part: str | None) -> bool:
        """Whether the measure turns `dial` for a zone or topic; None stands for all of them."""
        chosen = self.measure.zones or self.measure.topics
        return self.measure.dial == dial and (part is None or not chosen or part in chosen)


def levers_of(measures: dict[str, Measure]) -> list[Lever]:
    """Levers in the order of their measures' ids, so that products do not depend on the order of a file."""
    return [Lever(name, measures[name], span_of(measures[name])) for name in sorted(measures)]


def product(levers: Iterable[Lever], dial: str, t: float, part: str | None = None) -> float:
    """Product of the factors of `dial` in force at `t`, for one zone or topic where the dial has them."""
    value = 1.0
    for lever in levers:
        if lever.turned(t) and lever.concerns(dial, part):
            value *= lever.measure.factor
    return value


def ceiling(levers: Iterable[Lever], dial: str, part: str | None = None) -> float:
    """Most that the product can be at any time, for one zone or topic: every factor above 1 in force together."""
    value = 1.0
    for lever in levers:
        if lever.concerns(dial, part):
            value *= max(1.0, lever.measure.factor)
    return value
