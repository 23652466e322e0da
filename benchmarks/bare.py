"""Bare compiled loops: the floor against which the engine is measured."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from sim.kernels.draw import log, uniform


@numba.njit(cache=True)
def hold(key: Any, pending: int, events: int) -> float:
    """Hold model: a binary heap of (time, id); each event is popped and put back an exponential time later."""
    time = np.empty(pending)
    who = np.empty(pending, np.int64)
    for i in range(pending):
        time[i] = i * 1e-9
        who[i] = i
    t = 0.0
    for n in range(events):
        t = time[0]
        w = who[0]
        new = t - log(uniform(key, w, n, 0))
        i = 0
        while True:
            j = 2 * i + 1
            if j >= pending:
                break
            if j + 1 < pending and time[j + 1] < time[j]:
                j += 1
            if time[j] >= new:
                break
            time[i] = time[j]
            who[i] = who[j]
            i = j
        time[i] = new
        who[i] = w
    return t
