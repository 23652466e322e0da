"""What a report is made of: the scenario, its nights, the scorecard, and where all of it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from numpy.typing import NDArray

from sim.scenario.schema import Scenario

Lang = Literal["fr", "en"]
Verdict = Literal["ok", "missed", "not reached"]
Table = Mapping[str, NDArray[Any]]


class Night(Protocol):
    """One replication as the run left it: what this room reads of `sim.results.Results`."""

    @property
    def seed(self) -> int:
        """Seed of the run."""

    @property
    def scale(self) -> float:
        """Share of the accounts, people and cells that was run."""

    @property
    def replication(self) -> int:
        """Number of the replication."""

    @property
    def names(self) -> Mapping[str, Sequence[str]]:
        """Names behind the numbers of the tables."""

    @property
    def horizon(self) -> float:
        """Length of the run [s]."""

    @property
    def bin_width(self) -> float:
        """Width of a bin of the tables [s]."""

    @property
    def clones(self) -> int:
        """What one simulated account, person or call stands for."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """Tables: name, then column, then values."""

    @property
    def summary(self) -> Mapping[str, float]:
        """Totals of the run."""


@dataclass(frozen=True)
class Row:
    """One reported figure beside what the nights gave.

    reported, low, high : the figure and the range that counts as reproduced; None where there is none.
    simulated : value of each night, NaN where the night did not reach the figure's window.
    """

    id: str
    quantity: str
    unit: str
    role: str
    kind: str
    weight: float
    reported: float | None
    low: float | None
    high: float | None
    simulated: tuple[float, ...]
    verdict: Verdict
    source: str = ""
    confidence: str = ""
    note: str = ""
    counter: str = ""


@dataclass(frozen=True)
class Material:
    """Everything that is shown.

    provenance : named facts in the order in which they are printed. command : words that run the same again.
    """

    scenario: Scenario
    nights: tuple[Night, ...]
    rows: tuple[Row, ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()
    command: str = ""
    policies: tuple[tuple[str, str], ...] = field(default=())

    @property
    def first(self) -> Night:
        """The first night: the settings are those of all."""
        return self.nights[0]
