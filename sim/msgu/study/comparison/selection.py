"""Selection of the best by Kim and Nelson's fully sequential procedure (ACM TOMACS 11, 2001).

After each night every alternative still in the race is held against every other; one that lies behind by more than a
boundary, which shrinks to nothing, leaves the race.
The guarantee: where the best is better than all others by at least the indifference zone, it is the one that stays
with at least the stated chance.
It is exact for normal observations, whatever they share: common draws included.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from msgu.study.comparison.paired import ROUNDING

F64 = NDArray[np.float64]
LEAST_FIRST: Final = 5
"""Nights before the first elimination; fewer give no variance worth the name."""


@dataclass(frozen=True)
class Selected:
    """Where a race stands.

    Parameters
    ----------
    best : the one that is left, empty while several are.
    alive : those still in the race, best mean first.
    left : night after which each other one left the race.
    nights : nights seen.
    guarantee : chance stated beforehand.
    zone : indifference zone, in the metric's unit.
    empty : those that left because none of the first nights gave them a value.
    """

    best: str
    alive: tuple[str, ...]
    left: dict[str, int]
    nights: int
    guarantee: float
    zone: float
    empty: tuple[str, ...] = ()


@dataclass
class Race:
    """Alternatives still in the race; larger observations are better.

    Parameters
    ----------
    names : alternatives, at least two.
    zone : indifference zone, above 0.
    guarantee : chance of a right selection, between 1/k and 1.
    first : nights before the first elimination.
    """

    names: Sequence[str]
    zone: float
    guarantee: float = 0.95
    first: int = 10
    rows: list[dict[str, float]] = field(default_factory=list)
    totals: dict[str, float] = field(default_factory=dict)
    alive: list[str] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)
    spread: dict[tuple[str, str], float] = field(default_factory=dict)
    blank: dict[str, int] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)
    passed: int = 0

    def __post_init__(self) -> None:
        if len(self.names) < 2 or len(set(self.names)) < len(self.names):
            raise ValueError("a race needs two alternatives or more, each once")
        if not (self.zone > 0 and 1 / len(self.names) < self.guarantee < 1 and self.first >= LEAST_FIRST):
            raise ValueError(f"zone above 0, guarantee between 1/k and 1, at least {LEAST_FIRST} first nights")
        self.alive = list(self.names)

    @property
    def eta(self) -> float:
        """Constant of the boundary, for k alternatives that may share draws."""
        beta = (1 - self.guarantee) / (len(self.names) - 1)
        return 0.5 * (math.pow(2 * beta, -2.0 / (self.first - 1)) - 1)

    def add(self, row: Mapping[str, float]) -> list[str]:
        """Take one night: a value for each alternative still in the race. Return who left after it."""
        if len(self.alive) == 1:
            return []
        values = {name: float(row[name]) for name in self.alive}
        if not all(math.isfinite(value) for value in values.values()):
            raise ValueError("a night without a number cannot be raced")
        self.rows.append(values)
        for name, value in values.items():
            self.totals[name] = self.totals.get(name, 0.0) + value
        n = len(self.rows)
        if n < self.first:
            return []
        if n == self.first:
            self._measure()
        gone = [name for name in self.alive if any(self._behind(name, other, n) for other in self.alive if other != name)]
        self.alive = [name for name in self.alive if name not in gone]
        self.left |= dict.fromkeys(gone, n)
        return gone

    def pass_over(self, blank: Collection[str]) -> None:
        """Take a night that cannot be raced, because some have no value in it.

        Who had a value in none of the first nights leaves the race, so that the others can be told apart.
        """
        self.passed += 1
        for name in blank:
            self.blank[name] = self.blank.get(name, 0) + 1
        gone = [name for name in self.alive if self.blank.get(name) == self.passed]
        if self.rows or self.passed < self.first or len(gone) == len(self.alive):
            return
        self.alive = [name for name in self.alive if name not in gone]
        self.empty += gone
        self.left |= dict.fromkeys(gone, self.passed)

    def state(self) -> Selected:
        """Return where the race stands; nobody is best without a night that was raced."""
        order = sorted(self.alive, key=lambda name: (-self.totals.get(name, 0.0), name))
        best = order[0] if len(order) == 1 and self.rows else ""
        return Selected(
            best, tuple(order), dict(self.left), len(self.rows), self.guarantee, self.zone, tuple(self.empty)
        )  # fmt: skip

    def _measure(self) -> None:
        """Variance of the differences over the first nights, for each pair."""
        for i, a in enumerate(self.alive):
            for b in self.alive[i + 1 :]:
                d = np.array([row[a] - row[b] for row in self.rows])
                self.spread[a, b] = self.spread[b, a] = float(d.var(ddof=1))

    def _behind(self, name: str, other: str, n: int) -> bool:
        h2 = 2 * self.eta * (self.first - 1)
        room = max(0.0, self.zone / 2 * (h2 * self.spread[name, other] / self.zone**2 - n))
        lead = self.totals[other] - self.totals[name]
        rounding = ROUNDING * n * float(np.spacing(max(abs(self.totals[other]), abs(self.totals[name]))))
        return lead > max(room, rounding)


def race(values: Mapping[str, F64], zone: float, guarantee: float = 0.95, first: int = 10) -> Selected:
    """Run a race over nights that are there already; it stops where one is left or the nights end."""
    names = list(values)
    running = Race(names, zone, guarantee, first)
    for night in range(min(len(column) for column in values.values())):
        running.add({name: float(values[name][night]) for name in names})
        if len(running.alive) == 1:
            break
    return running.state()
