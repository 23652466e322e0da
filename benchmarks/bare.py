"""Bare compiled loops: the floor against which the engine is measured."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from msgu.kernels.base.draw import log, uniform, uniform2


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
        _sink(time, who, pending, new, w)
    return t


@numba.njit(cache=True)
def lossy(
    key: Any, starts: Any, channels: int, rate: float, holding: float, persistence: float, after: float, until: float
) -> tuple[int, int]:
    """Loss systems with redials and nothing else: one binary heap of (time, what), one keyed draw for each decision.

    starts : busy channels of each cell at first, and callers who will try again; shape (cells, 2).
    what : 3 x cell + 0 for the next call, 1 for a hang-up, 2 for a redial.
    """
    cells = starts.shape[0]
    room = cells * (2 * channels + 64)
    time = np.empty(room)
    what = np.empty(room, np.int64)
    busy = np.zeros(cells, np.int64)
    size = 0
    drawn = 0
    for cell in range(cells):
        size = _put(time, what, size, -log(uniform(key, cell, 0, 0)) / rate, 3 * cell)
        busy[cell] = starts[cell, 0]
        for i in range(starts[cell, 0]):
            size = _put(time, what, size, -log(uniform(key, cell, i, 5)) * holding, 3 * cell + 1)
        for i in range(starts[cell, 1]):
            size = _put(time, what, size, -log(uniform(key, cell, i, 6)) * after, 3 * cell + 2)
    attempts = 0
    lost = 0
    while time[0] < until:
        t = time[0]
        w = what[0]
        cell = w // 3
        kind = w - 3 * cell
        size = _take(time, what, size)
        if kind == 1:
            busy[cell] -= 1
            continue
        drawn += 1
        if kind == 0:
            size = _put(time, what, size, t - log(uniform(key, drawn, 0, 1)) / rate, w)
        attempts += 1
        if busy[cell] < channels:
            busy[cell] += 1
            size = _put(time, what, size, t - log(uniform(key, drawn, 0, 2)) * holding, 3 * cell + 1)
            continue
        lost += 1
        if persistence > 0.0 and uniform(key, drawn, 0, 3) < persistence:
            size = _put(time, what, size, t - log(uniform(key, drawn, 0, 4)) * after, 3 * cell + 2)
    return attempts, lost


@numba.njit(cache=True)
def _put(time: Any, what: Any, size: int, t: float, w: int) -> int:
    i = size
    while i > 0:
        up = (i - 1) >> 1
        if time[up] <= t:
            break
        time[i] = time[up]
        what[i] = what[up]
        i = up
    time[i] = t
    what[i] = w
    return size + 1


@numba.njit(cache=True)
def _take(time: Any, what: Any, size: int) -> int:
    size -= 1
    _sink(time, what, size, time[size], what[size])
    return size


@numba.njit(cache=True)
def _sink(time: Any, what: Any, size: int, t: float, w: int) -> None:
    """Put an entry in the place of the first, and let it sink to where it belongs."""
    i = 0
    while True:
        j = 2 * i + 1
        if j >= size:
            break
        if j + 1 < size and time[j + 1] < time[j]:
            j += 1
        if time[j] >= t:
            break
        time[i] = time[j]
        what[i] = what[j]
        i = j
    time[i] = t
    what[i] = w


@numba.njit(cache=True)
def work(key: Any, pairs: int, logs: int, lines: int, table: Any) -> float:
    """The least work of any program of a kind: pairs of keyed uniforms, logarithms, and lines of a table touched at random."""
    total = 0.0
    for i in range(pairs):
        u, v = uniform2(key, i, 0, 0)
        total += u + v
    for i in range(logs):
        total += log(0.001 + (i & 1023) * 1e-3)
    for i in range(lines):
        table[((i * 0x9E3779B1) >> 7) % table.shape[0], 0] += 1
    return total
