"""Material of a report: the scenario, its nights, the scorecard, and where all of it comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Concatenate, ParamSpec

import numpy as np

from msgu.measure.evidence.score import ScoreRow, Verdict
from msgu.measure.view import F64, Night
from msgu.results import Results
from msgu.scenario.schema.root import Scenario

__all__ = ["Material", "ScoreRow", "Verdict"]

P = ParamSpec("P")


@dataclass(frozen=True)
class Material:
    """Everything that is shown.

    provenance : named facts in the order in which they are printed. command : words that run the same again.
    """

    scenario: Scenario
    nights: tuple[Results, ...]
    rows: tuple[ScoreRow, ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()
    command: str = ""
    policies: tuple[tuple[str, str], ...] = ()

    def until(self, end: float) -> Material:
        """Return the same up to a time [s], for a picture of what is followed no longer or no longer happens."""
        if not self.nights or end >= self.first.horizon:
            return self
        return replace(self, nights=tuple(replace(night, horizon=end) for night in self.nights))

    def each(self, measure: Callable[Concatenate[Night, P], F64 | float], *args: P.args, **kwargs: P.kwargs) -> F64:
        """Measure every night, and return what is found with the nights as the first axis."""
        return np.stack([measure(Night(self.scenario, night), *args, **kwargs) for night in self.nights])

    def names(self, of: str) -> list[str]:
        """Names of topics, zones, desks; empty where the run has none."""
        return self.first.names.get(of, [])

    @property
    def first(self) -> Results:
        """The first night: the settings are those of all."""
        return self.nights[0]
