"""Robustness of the ranking of the alternatives under other readings of what is known.

A ranking flips for an outcome where another alternative helps most, and the nights under that reading tell the two apart
(Wilcoxon's signed-rank test on common draws, 5 %), or where what helps under one reading harms under another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from msgu.study.comparison.found import Comparison, EffectRow
from msgu.study.comparison.outcomes import Outcome
from msgu.study.comparison.paired import differences, signed_rank

LEVEL: Final = 0.05
Standing = Literal["same", "another", "not told apart", "helps no more", "helps only there", "none", "too few nights"]


@dataclass(frozen=True)
class Stand:
    """One outcome under one other reading.

    Parameters
    ----------
    standing : what becomes of the alternative that helps most.
    here, there : the alternative that helps most as the study is told, and under the reading; empty: none is shown to.
    reversed : alternatives that help under one of the two and harm under the other.
    """

    reading: str
    outcome: str
    standing: Standing
    here: str
    there: str
    reversed: tuple[str, ...]

    @property
    def flips(self) -> bool:
        """Whether the conclusion on this outcome is another one under the reading."""
        return self.standing == "another" or bool(self.reversed)

    @property
    def matters(self) -> bool:
        """Whether the answer must name the reading: the conclusion flips, or what helps is not shown to help under it."""
        return self.flips or self.standing == "helps no more"


def standings(found: Comparison) -> list[Stand]:
    """Return how each outcome stands under each other reading whose nights are there, in the order of the study."""
    return [_stand(found, name, found.under[name], o) for name in found.under for o in found.plan.outcomes]


def leader(found: Comparison, outcome: str) -> EffectRow | None:
    """Return the alternative that helps most with an outcome, of equal ones the first by name; None where none is shown to."""
    helping = [row for row in found.rows if row.outcome == outcome and row.verdict == "better"]
    return min(helping, key=lambda row: (-float(f"{abs(row.effect.estimate):.12g}"), row.alternative), default=None)


def _stand(found: Comparison, name: str, other: Comparison, o: Outcome) -> Stand:
    here, there = leader(found, o.id), leader(other, o.id)
    first, second = (row.alternative if row else "" for row in (here, there))
    return Stand(name, o.id, _standing(other, o, first, second), first, second, _reversed(found, other, o.id))


def _standing(other: Comparison, o: Outcome, here: str, there: str) -> Standing:
    rows = [row for row in other.rows if row.outcome == o.id]
    if rows and all(row.verdict in ("too few nights", "identical", "no value") for row in rows):
        return "too few nights" if any(row.verdict == "too few nights" for row in rows) else _without(here, there)
    if not here or not there:
        return _without(here, there)
    if here == there:
        return "same"
    return "another" if _told_apart(other, o, here, there) else "not told apart"


def _without(here: str, there: str) -> Standing:
    """What becomes of the leader where one of the two readings shows none, or neither does."""
    if not here and not there:
        return "none"
    return "helps only there" if there else "helps no more"


def _told_apart(other: Comparison, o: Outcome, here: str, there: str) -> bool:
    """Whether the nights under the reading tell its leader from the one of the study."""
    n = min(len(other.values[name][o.id]) for name in (here, there))
    first, second = other.values[here][o.id][:n], other.values[there][o.id][:n]
    known = np.isfinite(first) & np.isfinite(second)
    return signed_rank(differences(first[known], second[known])) <= LEVEL


def _reversed(found: Comparison, other: Comparison, outcome: str) -> tuple[str, ...]:
    opposite = {("better", "worse"), ("worse", "better")}
    rows = [row for row in found.rows if row.outcome == outcome]
    return tuple(row.alternative for row in rows if (row.verdict, other.row(row.alternative, outcome).verdict) in opposite)
