"""Checks of the consistency audit on the peak: how long its rate can last, and whether a smooth growth reaches it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, get_args

from msgu.measure.evidence.finding import AuditFinding, verdict_of
from msgu.measure.evidence.ledger import LedgerEntry, about
from msgu.measure.metrics.peak import growth_to
from msgu.measure.metrics.subjects import social
from msgu.scenario.schema.evidence import Evidence, Reading
from msgu.scenario.schema.root import Scenario

READINGS: Final[tuple[Reading, ...]] = get_args(Reading)
PULSE_DECAY: Final = 15.0
"""Decay of a pulse that is shown where the scenario has none [s]: an illustration, used in no run."""


def _totals(ledger: list[LedgerEntry], peak: LedgerEntry) -> list[LedgerEntry]:
    """Return the counts of what a peak is the peak of, over windows that hold the peak's."""
    topic = peak.argument("topic")
    counts = about(ledger, social.uses, topic=topic) if topic else about(ledger, social.posts_total)
    return [e for e in counts if peak.within(e) and math.isfinite(e.high)]


def _peaks(ledger: list[LedgerEntry]) -> list[LedgerEntry]:
    return [e for e in about(ledger, social.peak_rate) if e.low > 0 and math.isfinite(e.start) and _totals(ledger, e)]


def _growth(peak: LedgerEntry, totals: list[LedgerEntry]) -> dict[str, float]:
    """Return what a smooth growth from one post to the peak would take, the least that the tolerance allows."""
    time = peak.start - min(e.start for e in totals)
    doubling, before = growth_to(peak.low, max(time, 1.0))
    return {"rate": peak.middle, "low": peak.low, "time": time, "doubling": doubling, "before": before,
            "total": max(e.middle for e in totals), "high": max(e.high for e in totals)}  # fmt: skip


def supported_by_growth(ledger: list[LedgerEntry]) -> dict[Reading, bool]:
    """Return, for each reading with a figure, whether a smooth growth reaches its peak within the totals."""
    fits: dict[Reading, bool] = {}
    for peak in _peaks(ledger):
        numbers = _growth(peak, _totals(ledger, peak))
        for reading in (peak.figure.reading,) if peak.figure.reading else READINGS:
            fits[reading] = fits.get(reading, True) and numbers["before"] <= numbers["high"]
    return fits


def flows(ledger: list[LedgerEntry], evidence: Evidence, scenario: Scenario | None) -> Iterator[AuditFinding]:
    """How long the whole count could flow at the peak's rate, and the peak against the mean."""
    for peak in _peaks(ledger):
        totals = _totals(ledger, peak)
        great, small = max(totals, key=lambda e: (e.middle, e.id)), min(totals, key=lambda e: (e.middle, e.id))
        numbers = {"rate": peak.middle, "great": great.middle, "small": small.middle,
                   "longest": great.middle / peak.middle, "shortest": small.middle / peak.middle}  # fmt: skip
        yield AuditFinding("flow", (peak.id, great.id, small.id), verdict_of(peak.low <= great.high), numbers)
        steepest = max(totals, key=lambda e: e.low / (e.end - e.start) if math.isfinite(e.end) else 0.0)
        mean = steepest.low / (steepest.end - steepest.start)
        numbers = {"rate": peak.middle, "mean": mean, "ratio": peak.middle / mean if mean else math.inf}
        yield AuditFinding("mean", (peak.id, steepest.id), verdict_of(mean <= peak.high), numbers)


def smooth(ledger: list[LedgerEntry], evidence: Evidence, scenario: Scenario | None) -> Iterator[AuditFinding]:
    """Whether a smooth growth reaches the peak without passing the total."""
    fits = supported_by_growth(ledger)
    good = tuple(reading for reading in READINGS if fits.get(reading))
    for peak in _peaks(ledger):
        totals = _totals(ledger, peak)
        numbers = _growth(peak, totals)
        holds = numbers["before"] <= numbers["high"]
        ids = (peak.id, max(totals, key=lambda e: (e.high, e.id)).id)
        if holds or not good:
            yield AuditFinding(
                "growth", ids, verdict_of(holds), numbers, (peak.figure.reading,) if peak.figure.reading else ()
            )
        else:
            yield AuditFinding("growth", ids, "only under reading", numbers, good)
        if not holds:
            yield _pulse(peak, totals, scenario)


def _pulse(peak: LedgerEntry, totals: list[LedgerEntry], scenario: Scenario | None) -> AuditFinding:
    """A synchronised pulse that makes the peak: how many posts it holds, and whether the scenario has one."""
    topics = peak.argument("topic").split("+")
    mine = [p for p in scenario.pulses.values() if p.topic in topics] if scenario else []
    decay = max((p.decay + p.rise for p in mine if p.stimulus is None), default=PULSE_DECAY)
    great = max(totals, key=lambda e: (e.high, e.id))
    numbers = {"rate": peak.middle, "decay": decay, "inside": peak.middle * decay, "total": great.middle,
               "share": peak.middle * decay / great.middle, "pulses": len(mine)}  # fmt: skip
    holds = peak.low * decay <= great.high and (scenario is None or bool(mine))
    reading = (peak.figure.reading,) if peak.figure.reading else ()
    return AuditFinding("pulse", (peak.id, great.id), verdict_of(holds), numbers, reading)


def whole(ledger: list[LedgerEntry], evidence: Evidence, scenario: Scenario | None) -> Iterator[AuditFinding]:
    """The peak of one topic below the mean of the whole event: then it can only be the peak of the topic."""
    for peak in _peaks(ledger):
        if not peak.argument("topic"):
            continue
        means = [(e.low / (e.end - e.start), e) for e in about(ledger, social.posts_total) if math.isfinite(e.end)]
        lower = [(mean, e) for mean, e in means if mean > peak.high]
        if lower:
            mean, entry = max(lower, key=lambda pair: (pair[0], pair[1].id))
            yield AuditFinding("whole", (peak.id, entry.id), "holds", {"rate": peak.middle, "mean": mean})
