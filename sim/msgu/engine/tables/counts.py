"""Counts by time bin, for what SimPy processes see one by one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from msgu.scenario.schema.root import Scenario


class Counts:
    """Counts by bin of what happens to several things.

    Parameters
    ----------
    scenario : its horizon and its bins.
    things : how many there are, for instance desks.
    columns : how many numbers are kept of each.
    """

    def __init__(self, scenario: Scenario, things: int, columns: int) -> None:
        self._width = scenario.record.bin
        self._last = max(1, -int(-scenario.horizon // self._width)) - 1
        # plain lists: adding to one place of an array takes ten times as long
        self._rows = [[[0] * (self._last + 1) for _ in range(columns)] for _ in range(things)]
        self._columns = columns

    def add(self, t: float, thing: int, column: int, amount: int = 1) -> None:
        """Add to a count in the bin of time `t` [s]; the last bin takes what comes after it."""
        self._rows[thing][column][min(int(t / self._width), self._last)] += amount

    @property
    def array(self) -> NDArray[np.int64]:
        """Everything counted; shape (bins, things, columns)."""
        return np.array(self._rows, np.int64).reshape(-1, self._columns, self._last + 1).transpose(2, 0, 1)


def bins_until(s: Scenario, end: float) -> int:
    """Bins that begin before `end` [s]: whatever is followed no longer stands in none of the later ones."""
    return math.ceil(end / s.record.bin - 1e-9)
