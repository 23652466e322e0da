"""The course of a night in a few curves about people, for pictures: median over the nights of each alternative."""

from __future__ import annotations

from typing import Final

import numpy as np

from msgu.measure.view import Night
from msgu.study.comparison.paired import F64

STEP: Final = 600.0
"""Distance of the points of a curve [s]."""
NAMES: Final = ("aware", "believes", "stranded", "sheltered", "waiting")
"""People who know [persons]; accounts that believe a false claim; people stranded, sheltered; callers waiting at desks."""


def curves(night: Night) -> dict[str, F64]:
    """Return the curves of one night; each has a point at the end of every ten minutes, all zero where there is nothing."""
    whole = night.whole
    false = [k for k, topic in night.scenario.topics.items() if topic.claim is not None and not topic.claim.true]
    claims = np.isin(night.table("beliefs")["topic"], night.indices("topics", sorted(false)))
    state = night.table("people")["state"]
    made = {
        "aware": night.series("awareness", "aware", whole),
        "believes": night.series("beliefs", "believes", whole, claims),
        "stranded": night.series(
            "people", "count", whole, np.isin(state, night.indices("states", ["stranded", "seeking", "to_host"]))
        ),
        "sheltered": night.series("people", "count", whole, np.isin(state, night.indices("states", ["sheltered"]))),
        "waiting": night.series("desks", "waiting", whole),
    }
    every = max(1, round(STEP / night.results.bin_width))
    return {name: values[every - 1 :: every] for name, values in made.items()}


def times(night: Night) -> F64:
    """Return when the points of the curves are [s]."""
    every = max(1, round(STEP / night.results.bin_width))
    bins = len(night.series("awareness", "aware", night.whole))
    return (np.arange(bins, dtype=np.float64)[every - 1 :: every] + 1) * night.results.bin_width


def middle(nights: list[dict[str, F64]]) -> dict[str, F64]:
    """Return the median over nights of each curve."""
    return {name: np.median(np.array([night[name] for night in nights]), axis=0) for name in NAMES} if nights else {}
