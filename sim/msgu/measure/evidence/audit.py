"""The consistency audit: which reported figures can hold together, by arithmetic alone and before any run.

Every check works on the metrics that the figures name, so that it applies to any ledger.
A figure says that the truth lies between its bounds, divided by the factor of its counter;
a check fails only where no truth meets both reports, however far the factors are stretched within their bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from msgu.measure.evidence import audit_city, audit_counts, audit_peak
from msgu.measure.evidence.finding import AuditFinding
from msgu.measure.evidence.ledger import LedgerEntry, entries
from msgu.scenario.schema.evidence import Evidence, Reading
from msgu.scenario.schema.root import Scenario

Check = Callable[[list[LedgerEntry], Evidence, Scenario | None], Iterator[AuditFinding]]
_CHECKS: Final[tuple[Check, ...]] = (
    audit_peak.flows, audit_peak.smooth, audit_peak.whole,
    audit_counts.nested, audit_counts.kappas, audit_counts.shares, audit_counts.originals_of_uses, audit_counts.offers,
    audit_counts.parts,
    audit_city.desks, audit_city.marks, audit_city.notified, audit_city.asked, audit_city.telephones,
)  # fmt: skip


def audit(evidence: Evidence, scenario: Scenario | None = None) -> list[AuditFinding]:
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
    return tuple(reading for reading, fits in audit_peak.supported_by_growth(entries(evidence)).items() if fits)
