"""The ledger as a table of intervals: what each reported figure says of the truth, its counter taken out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

from msgu.measure.metrics.arguments import KINDS
from msgu.measure.metrics.call import Call
from msgu.measure.metrics.catalogue import METRICS, in_unit_of_metric, read
from msgu.measure.metrics.spec import Metric
from msgu.scenario.schema.evidence import Evidence, Figure

FACTOR: Final = 2.0
"""Tolerance of a figure that states none."""


def tolerance(f: Figure) -> tuple[float | None, float | None]:
    """Return what counts as reproduced: the stated bounds, or a factor of two either way where none is stated."""
    if f.low is not None or f.high is not None or f.value is None:
        return f.low, f.high
    ends = sorted((f.value / FACTOR, f.value * FACTOR))
    return ends[0], ends[1]


class LedgerEntry(NamedTuple):
    """One reported figure: its metric as written, and between what the truth lies if the report is right.

    low, high : bounds of what happened, the factor of the counter taken out; 0 and infinity where none is stated.
    start, end : window [s]; from minus to plus infinity where none is stated.
    """

    id: str
    figure: Figure
    call: Call
    low: float
    high: float
    start: float
    end: float

    @property
    def metric(self) -> Metric:
        """Return the metric that the figure is of."""
        return METRICS[self.call.name]

    @property
    def subject(self) -> tuple[str, ...]:
        """Return what is counted: the metric and the names it is about."""
        names = (f"{k}={self.argument(k)}" for k in sorted(self.call.arguments) if KINDS[k].names)
        return (self.call.name, *names)

    @property
    def middle(self) -> float:
        """Return the reported value, or the middle of what counts as reproduced."""
        if self.figure.value is not None:
            return self.figure.value
        low, high = tolerance(self.figure)
        known = [end for end in (low, high) if end is not None]
        return sum(known) / len(known)

    def argument(self, name: str) -> str:
        """Return the text of an argument, names joined by `+` in one order; empty where it is not given."""
        found = self.call.arguments.get(name)
        return "+".join(sorted(word.strip() for word in found.text.split("+"))) if found else ""

    def within(self, other: LedgerEntry) -> bool:
        """Return whether this window lies within another one."""
        return other.start <= self.start and self.end <= other.end


def entries(evidence: Evidence) -> list[LedgerEntry]:
    """Return every figure of the ledger, whatever its reading, in the order of the ids.

    Raises
    ------
    MetricError
        A metric that cannot be read.
    """
    return [_entry(key, figure, evidence) for key, figure in sorted(evidence.figures.items())]


def _entry(key: str, reported: Figure, evidence: Evidence) -> LedgerEntry:
    figure = in_unit_of_metric(reported)
    low, high = tolerance(figure)
    counter = evidence.counters.get(figure.counter or "")
    least, greatest = (counter.low, counter.high) if counter else (1.0, 1.0)
    start, end = figure.window or (-math.inf, math.inf)
    return LedgerEntry(
        key,
        figure,
        read(figure.metric),
        low / greatest if low is not None and greatest > 0 else 0.0,
        high / least if high is not None and least > 0 else math.inf,
        start,
        end,
    )


def about(ledger: list[LedgerEntry], metric: Metric, **arguments: str) -> Iterator[LedgerEntry]:
    """Yield the figures of one metric, those of some arguments where given."""
    for entry in ledger:
        if entry.metric is metric and all(entry.argument(key) == value for key, value in arguments.items()):
            yield entry
