"""Exact theory of the two telephone systems of `benchmarks phone`: what is lost, how surely a run shows it, where it starts.

A cell is a birth-death chain of busy channels and callers who will try again; its stationary law, the share of attempts
lost and the sampling error of that share in a run of given length follow from linear equations.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
WAITING = 60
"""Callers who will try again, at most: at the loads of these systems more are waiting once in 10**12 s."""


class Cell(NamedTuple):
    """One cell: calls [1/s], mean holding time [s], channels, chance to redial, mean time to it [s]."""

    rate: float
    holding: float
    channels: int
    persistence: float
    after: float


class Law(NamedTuple):
    """Exact numbers of a cell.

    lost : share of attempts lost. error : its standard error in a run of one second, to be divided by the root of the
    seconds of all cells. chance : probability of each state. states : (busy, waiting).
    """

    lost: float
    error: float
    chance: F64
    states: NDArray[np.int64]

    def starts(self, cells: int, seed: int) -> NDArray[np.int64]:
        """Return the state in which each cell starts, drawn from the stationary law; shape (cells, 2)."""
        chosen: NDArray[np.int64] = self.states[
            np.random.Generator(np.random.Philox(seed)).choice(len(self.chance), cells, p=self.chance)
        ]
        return chosen


def law_of(cell: Cell) -> Law:
    """Solve a cell.

    The error is that of lost - share * attempts, whose asymptotic variance is the mean square of its martingale: each
    transition adds its own part and the difference that it makes to all that follows (Poisson's equation).
    """
    most = WAITING if cell.persistence > 0.0 else 0
    busy, waiting = (x.ravel() for x in np.meshgrid(np.arange(cell.channels + 1), np.arange(most + 1), indexing="ij"))
    here = np.arange(busy.size)
    full = busy == cell.channels
    calls, again = np.full(busy.size, cell.rate), waiting / cell.after
    stays = cell.persistence if most else 0.0
    room = waiting < most
    wide = most + 1
    # (rate, next state, attempts, lost)
    moves = [
        (np.where(full, 0.0, calls), here + wide, 1, 0),
        (np.where(full & room, calls * stays, 0.0), here + 1, 1, 1),
        (np.where(full, calls * np.where(room, 1.0 - stays, 1.0), 0.0), here, 1, 1),
        (busy / cell.holding, here - wide, 0, 0),
        (np.where(full, 0.0, again), here + wide - 1, 1, 0),
        (np.where(full, again * (1.0 - stays), 0.0), here - 1, 1, 1),
        (np.where(full, again * stays, 0.0), here, 1, 1),
    ]
    generator = np.zeros((busy.size, busy.size))
    for rate, to, _, _ in moves:
        some = rate > 0.0
        np.add.at(generator, (here[some], to[some]), rate[some])
        generator[here, here] -= rate
    chance = _stationary(generator)
    attempts, lost = (sum(float(chance @ rate) * move[n] for rate, *move in moves) for n in (1, 2))
    share = lost / attempts
    ahead = _poisson(generator, sum((rate * (b - share * a) for rate, _, a, b in moves), np.zeros(busy.size)), chance)
    square = 0.0
    for rate, to, a, b in moves:
        some = rate > 0.0
        jump = b - share * a + ahead[to[some]] - ahead[here[some]]
        square += float((chance * rate)[some] @ jump**2)
    return Law(share, float(np.sqrt(square)) / attempts, chance, np.column_stack((busy, waiting)))


def _stationary(generator: F64) -> F64:
    balance = generator.T.copy()
    balance[0] = 1.0
    right = np.zeros(len(balance))
    right[0] = 1.0
    found: F64 = np.maximum(np.linalg.solve(balance, right), 0.0)
    found /= found.sum()
    return found


def _poisson(generator: F64, drift: F64, chance: F64) -> F64:
    """Return what is still to come from each state, less the mean: the solution g of Q g = -drift with chance . g = 0."""
    return np.linalg.solve(generator - np.outer(np.ones(len(chance)), chance), -drift).astype(np.float64)
