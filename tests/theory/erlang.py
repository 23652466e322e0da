"""Exact formulas of loss, waiting, impatience and retrials, written for reading.

Sources: Erlang, "Løsning af nogle Problemer fra Sandsynlighedsregningen af Betydning for de automatiske
Telefoncentraler" (1917) for B and C; Palm, "Research on telephone traffic carried by full availability groups" (1957)
for A; Falin and Templeton, "Retrial Queues" (1997) for retrials.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array
from scipy.sparse.linalg import splu

F64 = NDArray[np.float64]


def blocking(load: float, channels: int) -> float:
    """Erlang B: share of the calls lost, for `load` [erlang] offered to `channels`."""
    b = 1.0
    for c in range(1, channels + 1):
        b = load * b / (c + load * b)
    return b


def busy_law(load: float, channels: int) -> F64:
    """Probability of 0 .. channels busy channels: Poisson, given that it is at most `channels`."""
    p = np.cumprod(np.concatenate([[1.0], load / np.arange(1, channels + 1)]))
    return p / p.sum()


@dataclass(frozen=True)
class Waiting:
    """Stationary figures of a waiting line: share that waits, that leaves, mean wait of all callers [s], mean line."""

    waits: float
    leaves: float
    wait: float
    line: float
    busy: float = 0.0
    """Share that meets a full line."""


def waiting(rate: float, service: float, operators: int, patience: float = np.inf, lines: float = np.inf) -> Waiting:
    """M/M/c/K+M by its birth-death chain: Erlang C without patience, Erlang A with it.

    Parameters
    ----------
    rate : calls [1/s]. service, patience : means [s]. lines : callers who can wait.
    """
    most = operators + (int(lines) if np.isfinite(lines) else 4000)
    n = np.arange(1, most + 1)
    leaving = np.minimum(n, operators) / service + np.maximum(n - operators, 0) / patience
    log_p = np.concatenate([[0.0], np.cumsum(np.log(rate / leaving))])
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    if not np.isfinite(lines) and p[-1] > 1e-12:
        raise ValueError("the line grows without end, or is longer than this chain")
    states = np.arange(most + 1)
    line = float((p * np.maximum(states - operators, 0)).sum())
    full = float(p[-1]) if np.isfinite(lines) else 0.0
    return Waiting(float(p[operators:].sum()) - full, line / patience / rate, line / rate, line, full)


def erlang_c(load: float, operators: int) -> float:
    """Erlang C in closed form: share that waits; checks the chain of `waiting`."""
    b = blocking(load, operators)
    return operators * b / (operators - load * (1.0 - b))


@dataclass(frozen=True)
class Retrial:
    """Stationary figures of a loss system with an orbit: share of attempts lost, attempts per fresh call, mean orbit."""

    blocking: float
    attempts: float
    orbit: float


def retrial(rate: float, service: float, channels: int, persistence: float, after: float, orbit: int = 400) -> Retrial:
    """M/M/c/c with redials: each attempt that is lost tries again with probability `persistence`.

    States (busy, in orbit) of a chain whose orbit is cut at `orbit`; solved by a sparse factorisation.

    Parameters
    ----------
    rate : fresh calls [1/s]. service, after : mean holding time and time to the next attempt [s].
    """
    size = (channels + 1) * (orbit + 1)
    i, j = (x.ravel() for x in np.meshgrid(np.arange(channels + 1), np.arange(orbit + 1), indexing="ij"))

    def place(busy: NDArray[np.int64], waiting: NDArray[np.int64]) -> NDArray[np.int64]:
        return busy * (orbit + 1) + waiting

    here = place(i, j)
    moves = [
        (i < channels, place(i + 1, j), np.full(size, rate)),
        ((i == channels) & (j < orbit), place(i, j + 1), np.full(size, rate * persistence)),
        (i > 0, place(i - 1, j), i / service),
        ((i < channels) & (j > 0), place(i + 1, j - 1), j / after),
        ((i == channels) & (j > 0), place(i, j - 1), j / after * (1.0 - persistence)),
    ]
    rows = np.concatenate([here[ok] for ok, _, _ in moves])
    columns = np.concatenate([to[ok] for ok, to, _ in moves])
    rates = np.concatenate([speed[ok] for ok, _, speed in moves])
    generator = coo_array((rates, (rows, columns)), shape=(size, size)).tocsc()
    out = np.asarray(generator.sum(axis=1)).ravel()
    balance = (generator - coo_array((out, (here, here)), shape=(size, size)).tocsc()).T.tolil()
    balance[0, :] = 1.0
    right = np.zeros(size)
    right[0] = 1.0
    p = splu(csc_array(balance)).solve(right)
    if p[j == orbit].sum() > 1e-9:
        raise ValueError("the orbit is cut too short")
    mean = float((p * j).sum())
    attempts = rate + mean / after
    lost = float((p * (i == channels) * (rate + j / after)).sum())
    return Retrial(lost / attempts, attempts / rate, mean)
