"""Checks of the consistency audit on desks, Safety Check and telephones; some against the scenario itself."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from msgu.measure.evidence.finding import AuditFinding, verdict_of
from msgu.measure.evidence.ledger import LedgerEntry, about
from msgu.measure.metrics.subjects import phone, worries
from msgu.measure.metrics.subjects.desks import desk_answered_share, desk_received
from msgu.scenario.schema.desks import Desk
from msgu.scenario.schema.evidence import Evidence
from msgu.scenario.schema.laws import Exponential, Fixed, Law, Lognormal
from msgu.scenario.schema.root import Scenario


def desks(ledger: list[LedgerEntry], evidence: Evidence, scenario: Scenario | None) -> Iterator[AuditFinding]:
    """Calls handled against operator hours over the mean handling time."""
    for share in about(ledger, desk_answered_share):
        for received in about(ledger, desk_received, desk=share.argument("desk")):
            if (received.start, received.end) != (share.start, share.end):
                continue
            low, high = received.low * share.low, received.high * share.high
            numbers = {"received": received.middle, "share": share.middle, "handled": received.middle * share.middle}
            ids = (received.id, share.id)
            yield AuditFinding("handled", ids, verdict_of(share.high <= 1), numbers)
            desk = scenario.desks.get(share.argument("desk")) if scenario else None
            mean = mean_of(desk.handling) if desk else math.nan
            if desk is not None and not math.isnan(mean):
                hours = operator_hours(desk, share.start, share.end)
                able = hours * 3600 / mean
                numbers = {"hours": hours, "mean": mean, "able": able, "low": low, "high": high}
                yield AuditFinding("capacity", ids, verdict_of(low <= able), numbers)


def operator_hours(desk: Desk, start: float, end: float) -> float:
    """Operator hours of a desk within a window [h]."""
    shifts = sorted(desk.shifts.values(), key=lambda shift: shift.at)
    ends = [*(shift.at for shift in shifts[1:]), math.inf]
    spans = (max(0.0, min(b, end) - max(s.at, start)) * s.operators for s, b in zip(shifts, ends, strict=True))
    return sum(spans) / 3600


def mean_of(law: Law) -> float:
    """Mean of a law of times [s]; NaN where it has none in closed form."""
    if isinstance(law, Lognormal):
        return law.median * math.exp(law.sigma**2 / 2)
    if isinstance(law, Exponential):
        return law.mean
    return law.value if isinstance(law, Fixed) else math.nan


def marks(ledger: list[LedgerEntry], evidence: Evidence, scenario: Scenario | None) -> Iterator[AuditFinding]:
    """Marks at two times: the rate falls, as delays after one activation do."""
    targets = _targets(ledger)
    for first in targets:
        for later in (e for e in targets if e.start == first.start and e.end > first.end):
            early, late = first.high / (first.end - first.start), (later.low - first.high) / (later.end - first.end)
            numbers = {"first": first.middle, "later": later.middle, "hours": (first.end - first.start) / 3600,
                       "more": (later.end - first.end) / 3600, "early": early * 3600, "late": late * 3600}  # fmt: skip
            yield AuditFinding("marks", (first.id, later.id), verdict_of(late <= early), numbers)


def _targets(ledger: list[LedgerEntry]) -> list[LedgerEntry]:
    """Figures of marks that a run must meet, up to a stated time."""
    return [e for e in about(ledger, worries.marks) if e.figure.role == "target" and math.isfinite(e.end)]


def notified(ledger: list[LedgerEntry], evidence: Evidence, scenario: Scenario | None) -> Iterator[AuditFinding]:
    """People notified for each mark, against what the scenario says."""
    for told in about(ledger, worries.notified):
        for marked in (e for e in about(ledger, worries.marks) if (e.start, e.end) == (told.start, told.end)):
            each = told.middle / marked.middle
            numbers = {"notified": told.middle, "marks": marked.middle, "each": each}
            said = scenario.safety_check.notified if scenario and scenario.safety_check else each
            holds = told.low <= said * marked.high and said * marked.low <= told.high
            yield AuditFinding("notified", (told.id, marked.id), verdict_of(holds), {**numbers, "said": said})


def asked(ledger: list[LedgerEntry], evidence: Evidence, scenario: Scenario | None) -> Iterator[AuditFinding]:
    """The most marks reported against those that the people whom Safety Check asks can make."""
    targets = _targets(ledger)
    if scenario is not None and scenario.safety_check is not None and targets:
        able = _asked(scenario) * scenario.safety_check.marks
        most = max(targets, key=lambda e: (e.low, e.id))
        numbers = {"asked": _asked(scenario), "share": scenario.safety_check.marks, "able": able, "most": most.middle}
        yield AuditFinding("asked", (most.id,), verdict_of(most.low <= able), numbers)


def _asked(scenario: Scenario) -> float:
    """People whom Safety Check asks, from the shares of zones and kinds of zones."""
    shares = scenario.safety_check.zones if scenario.safety_check else {}
    zones = scenario.places.zones
    return sum((z.population or 0) * shares.get(key, shares.get(z.kind, 0.0)) for key, z in zones.items())


def telephones(ledger: list[LedgerEntry], evidence: Evidence, scenario: Scenario | None) -> Iterator[AuditFinding]:
    """Extra calls and messages for each subscriber of the operator."""
    if scenario is None or scenario.phones is None:
        return
    people = sum(z.population or 0 for z in scenario.places.zones.values() if z.kind != "abroad")
    whole = sum(operator.share for operator in scenario.phones.operators.values())
    for metric in (phone.extra_calls, phone.extra_sms):
        for said in about(ledger, metric):
            operator = scenario.phones.operators.get(said.argument("operator"))
            if operator is None or not said.figure.value or not whole:
                continue
            cards = people * operator.share / whole
            hours = (said.end - said.start) / 3600
            numbers = {"extra": said.middle, "cards": cards, "each": said.middle / cards, "hours": hours}
            yield AuditFinding("subscriber", (said.id,), verdict_of(said.low / cards <= MOST_EACH * hours), numbers)


MOST_EACH: Final = 20.0
"""Calls or messages an hour, for every subscriber of an operator at once, above which a figure is not believed
(assumption: fifty times the ordinary rate of 8.2 messages a day, P07)."""
