"""Checks of the consistency audit on counts: windows within windows, factors of counters, shares, sums."""

from __future__ import annotations

import math
from collections.abc import Iterator

from msgu.measure.evidence.finding import AuditFinding, verdict_of
from msgu.measure.evidence.ledger import LedgerEntry, about
from msgu.measure.metrics.subjects import shelter, social
from msgu.scenario.schema.evidence import Evidence
from msgu.scenario.schema.root import Scenario


def nested(ledger: list[LedgerEntry], evidence: Evidence, scenario: Scenario | None) -> Iterator[AuditFinding]:
    """What happened within a window happened within every longer one."""
    for subject in sorted({e.subject for e in ledger if e.metric.adds}):
        group = [e for e in ledger if e.subject == subject]
        pairs = [(a, b) for a in group for b in group if a is not b and a.within(b)]
        yield from _within_bounds(pairs)
        yield from _as_printed(pairs)


def _within_bounds(pairs: list[tuple[LedgerEntry, LedgerEntry]]) -> Iterator[AuditFinding]:
    """Each pair that cannot hold; where all can, the tightest."""
    failing = [(a, b) for a, b in pairs if a.low > b.high]
    tightest = sorted(pairs, key=lambda pair: (pair[0].low / pair[1].high, pair[0].id, pair[1].id))[-1:]
    for a, b in failing or tightest:
        numbers = {"inner": a.middle, "outer": b.middle, "low": a.low, "high": b.high, "pairs": len(pairs)}
        yield AuditFinding("nested", (a.id, b.id), verdict_of(a.low <= b.high), numbers)


def _as_printed(pairs: list[tuple[LedgerEntry, LedgerEntry]]) -> Iterator[AuditFinding]:
    """Pairs that hold only by factors and tolerances."""
    for a, b in pairs:
        if a.low <= b.high and a.figure.value and b.figure.value and a.middle > b.middle:
            yield AuditFinding("printed", (a.id, b.id), "holds", {"inner": a.middle, "outer": b.middle})


def kappas(ledger: list[LedgerEntry], evidence: Evidence, scenario: Scenario | None) -> Iterator[AuditFinding]:
    """The factor of each counter, from its figures and those of others on the same subject."""
    for name, counter in sorted(evidence.counters.items()):
        least, greatest, seen = 0.0, math.inf, set[str]()
        for mine, other in _seen_twice(ledger, name):
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
            yield AuditFinding(f"kappa:{name}", tuple(sorted(seen)), verdict_of(holds), numbers)


def _seen_twice(ledger: list[LedgerEntry], counter: str) -> Iterator[tuple[LedgerEntry, LedgerEntry]]:
    """Yield each count of a counter with each on the same subject that is not of this counter."""
    for mine in ledger:
        if mine.figure.counter == counter and mine.metric.adds:
            yield from ((mine, e) for e in ledger if e.subject == mine.subject and e.figure.counter != counter)


def _as_reported(ledger: list[LedgerEntry], counter: str) -> dict[str, float]:
    """Return a count of a counter over that without a counter whose window passes it least."""
    pairs = [
        (other.end - mine.end, mine.id, mine.middle, other.middle)
        for mine, other in _seen_twice(ledger, counter)
        if not other.figure.counter and mine.within(other) and mine.figure.value and other.figure.value
    ]
    if not pairs:
        return {"part": math.nan, "whole": math.nan, "ratio": math.nan}
    _, _, part, whole = min(pairs)
    return {"part": part, "whole": whole, "ratio": part / whole}


def shares(ledger: list[LedgerEntry], evidence: Evidence, scenario: Scenario | None) -> Iterator[AuditFinding]:
    """A share reached by a time is the ratio of two counts of one counter."""
    for share in about(ledger, social.share_reached):
        counts = [e for e in about(ledger, social.uses, topic=share.argument("topic")) if e.start == share.start]
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
                    yield AuditFinding("share", (part.id, whole.id, share.id), verdict_of(holds), numbers)


def originals_of_uses(ledger: list[LedgerEntry], evidence: Evidence, scenario: Scenario | None) -> Iterator[AuditFinding]:
    """Retweets for each original, from uses and originals."""
    for said in about(ledger, social.retweets_per_original):
        topic = said.argument("topic")
        for first in about(ledger, social.originals, topic=topic):
            uses = [e for e in about(ledger, social.uses, topic=topic) if e.within(first) and e.figure.value]
            if uses and first.low > 0:
                yield _per_original(said, first, uses)


def _per_original(said: LedgerEntry, first: LedgerEntry, uses: list[LedgerEntry]) -> AuditFinding:
    """The reported ratio against that of the greatest and the last number of uses within the window of the originals."""
    most, last = max(uses, key=lambda e: (e.middle, e.id)), max(uses, key=lambda e: (e.end, e.id))
    uses = sorted({most.id: most, last.id: last}.values())
    per = [e.middle / first.middle - 1 for e in uses]
    low, high = min(e.low for e in uses) / first.high - 1, max(e.high for e in uses) / first.low - 1
    numbers = {
        "uses": max(e.middle for e in uses), "fewer": min(e.middle for e in uses), "originals": first.middle,
        "least": min(per), "greatest": max(per), "said": said.middle, "low": said.low, "high": said.high,
    }  # fmt: skip
    ids = (*(e.id for e in uses), first.id, said.id)
    return AuditFinding("originals", ids, verdict_of(low <= said.high and said.low <= high), numbers)


def offers(ledger: list[LedgerEntry], evidence: Evidence, scenario: Scenario | None) -> Iterator[AuditFinding]:
    """Offers are originals, and relevant ones."""
    for signal in about(ledger, social.signal_share):
        for first in about(ledger, social.originals, topic=signal.argument("topic")):
            for offered in about(ledger, shelter.offers):
                share = offered.middle / first.middle
                numbers = {"offers": offered.middle, "originals": first.middle, "share": share,
                           "low": signal.low, "high": signal.high}  # fmt: skip
                holds = offered.low <= signal.high * first.high
                yield AuditFinding("offers", (offered.id, first.id, signal.id), verdict_of(holds), numbers)


def parts(ledger: list[LedgerEntry], evidence: Evidence, scenario: Scenario | None) -> Iterator[AuditFinding]:
    """The posts of all topics are at least those of the topics that were reported."""
    for whole in about(ledger, social.posts_total):
        best: dict[str, LedgerEntry] = {}
        for uses in about(ledger, social.uses):
            topic = uses.argument("topic")
            if "+" not in topic and uses.within(whole) and (topic not in best or uses.low > best[topic].low):
                best[topic] = uses
        if best:
            least = sum(e.low for e in best.values())
            numbers = {"least": least, "whole": whole.middle, "high": whole.high}
            ids = (*sorted(e.id for e in best.values()), whole.id)
            yield AuditFinding("parts", ids, verdict_of(least <= whole.high), numbers)
