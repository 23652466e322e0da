"""From when to when something dated holds, where rules may give either time and may do so again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from msgu.scenario.schema.triggers import Trigger


class Lasting(Protocol):
    """Something with a beginning and an end."""

    @property
    def at(self) -> float:
        """When it begins [s]."""

    @property
    def until(self) -> float:
        """When it ends [s]."""


@dataclass
class Span:
    """A span of time.

    since, till : the last span that is known [s], its end excluded; infinite where a rule has not given the time so far.
    end : the date at which it ends whenever it has begun [s]; infinite where a rule ends it.
    """

    since: float
    till: float
    end: float

    def holds(self, t: float) -> bool:
        """Whether it lasts at `t` [s]."""
        return self.since <= t < self.till

    def begin(self, t: float) -> None:
        """A rule begins it."""
        self.since, self.till = t, self.end

    def stop(self, t: float) -> None:
        """A rule ends it, if it has begun."""
        if self.since <= t:
            self.till = min(t, self.till)


def span_of(dated: Lasting) -> Span:
    """Return the span of something dated, before the night."""
    end = float(dated.until)
    return Span(float(dated.at), end, end)


def dates_of(spans: list[Lasting]) -> set[float]:
    """Return the dates at which any of them begins or ends [s], but for those that rules give."""
    return {float(t) for one in spans for t in (one.at, one.until) if not isinstance(t, Trigger)}
