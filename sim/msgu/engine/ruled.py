"""What rules ask of the compiled engine: to count what there is to see, and to begin what they give the time of."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.engine.arrays import broadcasts, phone
from msgu.engine.counted import counted
from msgu.kernels import state
from msgu.kernels.arrays.run import Keys, Log
from msgu.kernels.base.calendar import fill
from msgu.kernels.base.log import write
from msgu.scenario.observables import Observable
from msgu.world.build import World


class RuledEngine:
    """The part of the compiled engine that rules speak to; see `Engine`.

    check_laws : laws of the time to a mark of the Safety Check, and to a look for one.
    """

    world: World
    key: Keys
    log: Log
    check_laws: tuple[int, int]
    g: Any
    k: Any
    cal: Any
    ph: Any
    rows: Any

    @abstractmethod
    def settle_cells(self) -> None:
        """Bring every cell up to the present."""

    @abstractmethod
    def move(self, t: float, need: int) -> None:
        """It is `t` [s], and there is room for so many events and rows."""

    def fill(self, time: NDArray[np.float64], kind: int, who: NDArray[np.int64], nth: NDArray[np.int64]) -> None:
        """Put events of a kind into the calendar; all of shape (n,)."""
        fill(self.cal, time, kind, who, nth)

    def broadcast(self, t: float, number: int) -> None:
        """See `Engine`."""
        told = broadcasts.told_at(self.world, self.key, number, t)
        who = np.flatnonzero(told < self.world.scenario.horizon)
        self.move(t, 64 + len(who))
        self.fill(told[who], state.LEARN, who, np.zeros(len(who), np.int64))

    def check_in(self, t: float) -> None:
        """See `Engine`."""
        self.move(t, 64 + phone.marks_and_doubts(self.world))
        phone.start_check(self.world, self.g, self.k, self.cal, self.ph, self.check_laws, t)

    def observe(self, seen: Observable, parts: tuple[int, ...]) -> list[float]:
        """See `Engine`; what is counted late is counted first."""
        if seen.of_cells:
            self.settle_cells()
        weights = self.world.residents.zone_weight if seen.of_cells else None
        return [counted(getattr(self, count.record), count, parts, weights) for count in seen.counts]

    def note(self, t: float, rule: int, look: int, what: int, times: int) -> None:
        """See `Engine`."""
        if self.log.size[1]:
            self.move(t, 64)
            write(self.rows, t, state.LOG_RULE, rule, look, what, times)
