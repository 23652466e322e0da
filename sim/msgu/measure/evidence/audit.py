"""The consistency audit: which reported figures can hold together, by arithmetic alone and before any run.

Every check works on the metrics that the figures name, so that it applies to any ledger.
A figure says that the truth lies between its bounds, divided by the factor of its counter;
a check fails only where no truth meets both reports, however far the factors are stretched within their bounds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final, get_args

from msgu.measure.evidence import audit_city
from msgu.measure.evidence.finding import Finding, verdict_of
from msgu.measure.evidence.ledger import ADDITIVE, Entry, about, entries
from msgu.measure.metrics.peak import growth_to
from msgu.scenario.schema.evidence import Evidence, Reading
from msgu.scenario.schema.root import Scenario

READINGS: Final[tuple[Reading, ...]] = get_args(Reading)
PULSE_DECAY: Final = 15.0
"""Decay of a pulse that is shown where the scenario has none [s]: an illustration, used in no run."""


Check = Callable[[list[Entry], Evidence, Scenario | None], Iterator[Finding]]


def audit(evidence: Evidence, scenario: Scenario | None = None) -> list[Finding]:
    """Check the figures of a ledger against one another.

    Parameters
    ----------
    evidence
        The ledger.
    scenario
        Where it is given, figures are also held against its desks, its Safety Check and its pulses.

    Returns
    -------
    The findings in the order of the checks; those of one check in the order of the figures.

    Raises
    ------
    MetricError
        A metric that cannot be read.
    """
    ledger = entries(evidence)
    return [finding for check in _CHECKS for finding in check(ledger, evidence, scenario)]


def supported(evidence: Evidence) -> tuple[Reading, ...]:
    """Return the readings of the peak that a smooth growth reaches within the other figures, without any pulse."""
    return tuple(reading for reading, fits in _by_reading(entries(evidence)).items() if fits)


# ---- counts ----


def _nested(ledger: list[Entry], evidence: Evidence, scenario: Scenario | None) -> Iterator[Finding]:
    """What happened within a window happened within every longer one."""
    for subject in sorted({e.subject for e in ledger if e.call.name in ADDITIVE}):
        group = [e for e in ledger if e.subject == subject]
        pairs = [(a, b) for a in group for b in group if a is not b and a.within(b)]
        failing = [(a, b) for a, b in pairs if a.low > b.high]
        tightest = max(pairs, key=lambda pair: (pair[0].low / pair[1].high, pair[0].id, pair[1].id), default=None)
        for a, b in failing or ([tightest] if tightest else []):
            numbers = {"inner": a.middle, "outer": b.middle, "low": a.low, "high": b.high, "pairs": len(pairs)}
            yield Finding("nested", (a.id, b.id), verdict_of(a.low <= b.high), numbers)
        for a, b in pairs:
            if a.figure.value and b.figure.value and a.middle > b.middle and (a, b) not in failing:
                yield Finding("printed", (a.id, b.id), "holds", {"inner": a.middle, "outer": b.middle})


def _kappas(ledger: list[Entry], evidence: Evidence, scenario: Scenario | None) -> Iterator[Finding]:
    """The factor of each counter, from its figures and those of others on the same subject."""
    for name, counter in sorted(evidence.counters.items()):
        least, greatest, seen = 0.0, math.inf, set[str]()
        for mine in (e for e in ledger if e.figure.counter == name and e.call.name in ADDITIVE):
            for other in (e for e in ledger if e.subject == mine.subject and e.figure.counter != name):
                if mine.within(other) and math.isfinite(other.high):
                    least = max(least, mine.low * counter.high / other.high)
                    seen |= {mine.id, other.id}
                if other.within(mine) and other.low > 0:
                    greatest = min(greatest, mine.high * counter.low / other.low)
                    seen |= {mine.id, other.id}
        if seen:
            numbers = {"least": least, "greatest": greatest, "low": counter.low, "high": counter.high}
            numbers |= _as_reported(ledger, name)
            holds = max(least, counter.low) <= min(greatest, counter.high)
            yield Finding(f"kappa:{name}", tuple(sorted(seen)), verdict_of(holds), numbers)


def _as_reported(ledger: list[Entry], counter: str) -> dict[str, float]:
    """Return a count of a counter over that without a counter whose window passes it least."""
    pairs = [
        (other.end - mine.end, mine.id, mine.middle, other.middle)
        for mine in ledger
        for other in ledger
        if mine.figure.counter == counter and mine.call.name in ADDITIVE and not other.figure.counter
        and mine.subject == other.subject and mine.within(other) and mine.figure.value and other.figure.value
    ]  # fmt: skip
    if not pairs:
        return {"part": math.nan, "whole": math.nan, "ratio": math.nan}
    _, _, part, whole = min(pairs)
    return {"part": part, "whole": whole, "ratio": part / whole}


def _shares(ledger: list[Entry], evidence: Evidence, scenario: Scenario | None) -> Iterator[Finding]:
    """A share reached by a time is the ratio of two counts of one counter."""
    for share in about(ledger, "share_reached"):
        counts = [e for e in about(ledger, "uses", topic=share.argument("topic")) if e.start == share.start]
        wholes = [e for e in counts if e.end == share.end]
        for whole in wholes:
            for part in counts:
                if part.end < whole.end and part.figure.counter == whole.figure.counter:
                    ratio = part.middle / whole.middle
                    numbers = {
                        "part": part.middle,
                        "whole": whole.middle,
                        "ratio": ratio,
                        "low": share.low,
                        "high": share.high,
                    }
                    holds = share.low <= ratio <= share.high
                    yield Finding("share", (part.id, whole.id, share.id), verdict_of(holds), numbers)


def _originals(ledger: list[Entry], evidence: Evidence, scenario: Scenario | None) -> Iterator[Finding]:
    """Retweets for each original, from uses and originals."""
    for said in about(ledger, "retweets_per_original"):
        topic = said.argument("topic")
        for first in about(ledger, "originals", topic=topic):
            uses = [e for e in about(ledger, "uses", topic=topic) if e.within(first) and e.figure.value]
            if not uses or first.low <= 0:
                continue
            most, last = max(uses, key=lambda e: (e.middle, e.id)), max(uses, key=lambda e: (e.end, e.id))
            uses = sorted({most.id: most, last.id: last}.values())
            per = [e.middle / first.middle - 1 for e in uses]
            low, high = min(e.low for e in uses) / first.high - 1, max(e.high for e in uses) / first.low - 1
            numbers = {
                "uses": max(e.middle for e in uses), "fewer": min(e.middle for e in uses), "originals": first.middle,
                "least": min(per), "greatest": max(per), "said": said.middle, "low": said.low, "high": said.high,
            }  # fmt: skip
            ids = (*(e.id for e in uses), first.id, said.id)
            yield Finding("originals", ids, verdict_of(low <= said.high and said.low <= high), numbers)


def _offers(ledger: list[Entry], evidence: Evidence, scenario: Scenario | None) -> Iterator[Finding]:
    """Offers are originals, and relevant ones."""
    for signal in about(ledger, "signal_share"):
        for first in about(ledger, "originals", topic=signal.argument("topic")):
            for offers in about(ledger, "offers"):
                share = offers.middle / first.middle
                numbers = {"offers": offers.middle, "originals": first.middle, "share": share,
                           "low": signal.low, "high": signal.high}  # fmt: skip
                holds = offers.low <= signal.high * first.high
                yield Finding("offers", (offers.id, first.id, signal.id), verdict_of(holds), numbers)


def _parts(ledger: list[Entry], evidence: Evidence, scenario: Scenario | None) -> Iterator[Finding]:
    """The posts of all topics are at least those of the topics that were reported."""
    for whole in about(ledger, "posts_total"):
        best: dict[str, Entry] = {}
        for uses in about(ledger, "uses"):
            topic = uses.argument("topic")
            if "+" not in topic and uses.within(whole) and (topic not in best or uses.low > best[topic].low):
                best[topic] = uses
        if best:
            least = sum(e.low for e in best.values())
            numbers = {"least": least, "whole": whole.middle, "high": whole.high}
            ids = (*sorted(e.id for e in best.values()), whole.id)
            yield Finding("parts", ids, verdict_of(least <= whole.high), numbers)


# ---- the peak ----


def _totals(ledger: list[Entry], peak: Entry) -> list[Entry]:
    """Return the counts of what a peak is the peak of, over windows that hold the peak's."""
    topic = peak.argument("topic")
    counts = about(ledger, "uses", topic=topic) if topic else about(ledger, "posts_total")
    return [e for e in counts if peak.within(e) and math.isfinite(e.high)]


def _peaks(ledger: list[Entry]) -> list[Entry]:
    return [e for e in about(ledger, "peak_rate") if e.low > 0 and math.isfinite(e.start) and _totals(ledger, e)]


def _growth(peak: Entry, totals: list[Entry]) -> dict[str, float]:
    """Return what a smooth growth from one post to the peak would take, the least that the tolerance allows."""
    time = peak.start - min(e.start for e in totals)
    doubling, before = growth_to(peak.low, max(time, 1.0))
    return {"rate": peak.middle, "low": peak.low, "time": time, "doubling": doubling, "before": before,
            "total": max(e.middle for e in totals), "high": max(e.high for e in totals)}  # fmt: skip


def _by_reading(ledger: list[Entry]) -> dict[Reading, bool]:
    """Return, for each reading with a figure, whether a smooth growth reaches its peak within the totals."""
    fits: dict[Reading, bool] = {}
    for peak in _peaks(ledger):
        numbers = _growth(peak, _totals(ledger, peak))
        for reading in (peak.figure.reading,) if peak.figure.reading else READINGS:
            fits[reading] = fits.get(reading, True) and numbers["before"] <= numbers["high"]
    return fits


def _flows(ledger: list[Entry], evidence: Evidence, scenario: Scenario | None) -> Iterator[Finding]:
    """How long the whole count could flow at the peak's rate, and the peak against the mean."""
    for peak in _peaks(ledger):
        totals = _totals(ledger, peak)
        great, small = max(totals, key=lambda e: (e.middle, e.id)), min(totals, key=lambda e: (e.middle, e.id))
        numbers = {"rate": peak.middle, "great": great.middle, "small": small.middle,
                   "longest": great.middle / peak.middle, "shortest": small.middle / peak.middle}  # fmt: skip
        yield Finding("flow", (peak.id, great.id, small.id), verdict_of(peak.low <= great.high), numbers)
        steepest = max(totals, key=lambda e: e.low / (e.end - e.start) if math.isfinite(e.end) else 0.0)
        mean = steepest.low / (steepest.end - steepest.start)
        numbers = {"rate": peak.middle, "mean": mean, "ratio": peak.middle / mean if mean else math.inf}
        yield Finding("mean", (peak.id, steepest.id), verdict_of(mean <= peak.high), numbers)


def _smooth(ledger: list[Entry], evidence: Evidence, scenario: Scenario | None) -> Iterator[Finding]:
    """Whether a smooth growth reaches the peak without passing the total."""
    fits = _by_reading(ledger)
    good = tuple(reading for reading in READINGS if fits.get(reading))
    for peak in _peaks(ledger):
        totals = _totals(ledger, peak)
        numbers = _growth(peak, totals)
        holds = numbers["before"] <= numbers["high"]
        ids = (peak.id, max(totals, key=lambda e: (e.high, e.id)).id)
        if holds or not good:
            yield Finding("growth", ids, verdict_of(holds), numbers, (peak.figure.reading,) if peak.figure.reading else ())
        else:
            yield Finding("growth", ids, "only under reading", numbers, good)
        if not holds:
            yield _pulse(peak, totals, scenario)


def _pulse(peak: Entry, totals: list[Entry], scenario: Scenario | None) -> Finding:
    """A synchronised pulse that makes the peak: how many posts it holds, and whether the scenario has one."""
    topics = peak.argument("topic").split("+")
    mine = [p for p in scenario.pulses.values() if p.topic in topics] if scenario else []
    decay = max((p.decay + p.rise for p in mine), default=PULSE_DECAY)
    great = max(totals, key=lambda e: (e.high, e.id))
    numbers = {"rate": peak.middle, "decay": decay, "inside": peak.middle * decay, "total": great.middle,
               "share": peak.middle * decay / great.middle, "pulses": len(mine)}  # fmt: skip
    holds = peak.low * decay <= great.high and (scenario is None or bool(mine))
    reading = (peak.figure.reading,) if peak.figure.reading else ()
    return Finding("pulse", (peak.id, great.id), verdict_of(holds), numbers, reading)


def _whole(ledger: list[Entry], evidence: Evidence, scenario: Scenario | None) -> Iterator[Finding]:
    """The peak of one topic below the mean of the whole event: then it can only be the peak of the topic."""
    for peak in _peaks(ledger):
        if not peak.argument("topic"):
            continue
        means = [(e.low / (e.end - e.start), e) for e in about(ledger, "posts_total") if math.isfinite(e.end)]
        lower = [(mean, e) for mean, e in means if mean > peak.high]
        if lower:
            mean, entry = max(lower, key=lambda pair: (pair[0], pair[1].id))
            yield Finding("whole", (peak.id, entry.id), "holds", {"rate": peak.middle, "mean": mean})


_CHECKS: Final[tuple[Check, ...]] = (
    _flows, _smooth, _whole, _nested, _kappas, _shares, _originals, _offers, _parts,
    audit_city.desks, audit_city.marks, audit_city.telephones,
)  # fmt: skip
