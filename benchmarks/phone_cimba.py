"""The same systems written for cimba: one model for each cell, with scheduled events, its fastest form (no processes)."""

# no postponed annotations: cimba reads them as types

from collections.abc import Callable

import cimba as cb
import numpy as np
from cimba import random
from numpy.typing import NDArray


class Cell(cb.Model):
    """A cell: calls come, find a channel or not, and perhaps try again."""

    gap: cb.Param[float] = 1.0
    holding: cb.Param[float] = 1.0
    after: cb.Param[float] = 1.0
    persistence: cb.Param[float] = 0.0
    channels: cb.Param[int] = 1
    until: cb.Param[float] = 1.0
    first: cb.Param[int] = 0
    waiting: cb.Param[int] = 0
    busy: int = 0
    attempts: cb.Output[int]
    lost: cb.Output[int]

    @cb.on_start
    def begin(self):
        """Start with calls under way and callers who will try again."""
        cb.schedule(self.arrive, random.exponential(self.gap))
        for _ in range(self.first):
            self.busy += 1
            cb.schedule(self.hang_up, random.exponential(self.holding))
        for _ in range(self.waiting):
            cb.schedule(self.again, random.exponential(self.after))

    @cb.event
    def arrive(self):
        """A call comes, and the next one is scheduled."""
        if cb.now() >= self.until:
            return
        cb.schedule(self.arrive, random.exponential(self.gap))
        self.attempts += 1
        if self.busy < self.channels:
            self.busy += 1
            cb.schedule(self.hang_up, random.exponential(self.holding))
        else:
            self.lost += 1
            if random.uniform() < self.persistence:
                cb.schedule(self.again, random.exponential(self.after))

    @cb.event
    def again(self):
        """A call that was lost tries again."""
        if cb.now() >= self.until:
            return
        self.attempts += 1
        if self.busy < self.channels:
            self.busy += 1
            cb.schedule(self.hang_up, random.exponential(self.holding))
        else:
            self.lost += 1
            if random.uniform() < self.persistence:
                cb.schedule(self.again, random.exponential(self.after))

    @cb.event
    def hang_up(self):
        """A call ends."""
        self.busy -= 1


class Town(cb.Model):
    """Cells that know nothing of one another."""

    cells: list[Cell]

    def __init__(self, cells: int) -> None:
        self.cells = [Cell() for _ in range(cells)]


def town(
    starts: NDArray[np.int64], channels: int, load: float, holding: float, persistence: float, after: float, hours: float
) -> Callable[[], tuple[float, float]]:
    """Return what runs the system once and gives attempts and lost attempts.

    starts : busy channels of each cell at first, and callers who will try again; shape (cells, 2).
    """
    model = Town(len(starts))
    for cell, (busy, waiting) in zip(model.cells, starts, strict=True):
        cell.first, cell.waiting = int(busy), int(waiting)
        cell.gap, cell.holding, cell.after = holding / load, holding, after
        cell.persistence, cell.channels, cell.until = persistence, channels, hours * 3600.0
    # events go on after a window has closed: they stop by themselves at `until`, and the window is longer
    experiment = cb.Experiment(model, replications=1, window=cb.Window(duration=hours * 3600.0 + 1e5), seed=5)

    def once() -> tuple[float, float]:
        found = experiment.run(workers=1)
        attempts, lost = (
            sum(float(np.ravel(getattr(found[cell], name))[0]) for cell in model.cells) for name in ("attempts", "lost")
        )
        return attempts, lost

    return once
