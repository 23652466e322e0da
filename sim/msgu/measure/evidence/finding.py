"""What a check of the consistency audit finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from msgu.scenario.schema.evidence import Reading

Verdict = Literal["holds", "cannot hold together", "only under reading"]


@dataclass(frozen=True)
class AuditFinding:
    """One check between figures.

    check : which arithmetic; `msgu.measure.evidence.audit_words` puts it in words.
    figures : ids of the figures that meet in it.
    numbers : what the arithmetic is made of.
    readings : readings of the peak under which it holds, where the verdict depends on them.
    """

    check: str
    figures: tuple[str, ...]
    verdict: Verdict
    numbers: dict[str, float] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()


def verdict_of(holds: bool) -> Verdict:
    """Return the verdict of a check that holds, or does not whatever the reading."""
    return "holds" if holds else "cannot hold together"
