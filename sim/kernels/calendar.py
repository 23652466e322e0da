"""The compiled calendar: a binary heap of (time, kind, who, nth), in the exact order of that tuple."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.kernels._jit import njit


class Calendar(NamedTuple):
    """Pending events as a heap, and events known beforehand as a sorted list.

    `size` holds [pending in the heap, next of the list]; the kinds of event are those of `sim.kernels.night`.
    """

    time: Any
    kind: Any
    who: Any
    nth: Any
    size: Any
    known_time: Any
    known_kind: Any
    known_who: Any
    known_nth: Any


def new(capacity: int, known: tuple[Any, Any, Any, Any] | None = None) -> Calendar:
    """Return an empty calendar; `known` are arrays (time, kind, who, nth) in any order."""
    if known is None:
        known = (
            np.empty(0),
            np.empty(0, np.int64),
            np.empty(0, np.int64),
            np.empty(0, np.int64),
        )
    order = np.lexsort((known[3], known[2], known[1], known[0]))
    heap = (np.empty(capacity), *(np.empty(capacity, np.int64) for _ in range(3)))
    lists = [np.ascontiguousarray(column[order]) for column in known]
    return Calendar._make([*heap, np.zeros(2, np.int64), *lists])


def grown(calendar: Calendar, capacity: int) -> Calendar:
    """Return the same calendar with more room."""
    heap = [np.concatenate([c, np.empty(capacity - c.size, c.dtype)]) for c in calendar[:4]]
    return Calendar._make([*heap, *calendar[4:]])


@njit
def _before(t: float, kind: int, who: int, nth: int, t2: float, kind2: int, who2: int, nth2: int) -> bool:
    """The first event comes before the second."""
    if t != t2:
        return t < t2
    if kind != kind2:
        return kind < kind2
    if who != who2:
        return who < who2
    return nth < nth2


@njit
def push(c: Any, t: float, kind: int, who: int, nth: int) -> None:
    """Add an event; the caller has made sure that there is room."""
    time, kinds, whos, nths = c.time, c.kind, c.who, c.nth
    i = c.size[0]
    c.size[0] = i + 1
    while i > 0:
        up = (i - 1) >> 1
        if _before(time[up], kinds[up], whos[up], nths[up], t, kind, who, nth):
            break
        time[i] = time[up]
        kinds[i] = kinds[up]
        whos[i] = whos[up]
        nths[i] = nths[up]
        i = up
    time[i] = t
    kinds[i] = kind
    whos[i] = who
    nths[i] = nth


@njit
def drop(c: Any) -> None:
    """Remove the first event of the heap."""
    time, kinds, whos, nths = c.time, c.kind, c.who, c.nth
    n = c.size[0] - 1
    c.size[0] = n
    if n == 0:
        return
    t, kind, who, nth = time[n], kinds[n], whos[n], nths[n]
    i = 0
    while True:
        j = 2 * i + 1
        if j >= n:
            break
        k = j + 1
        if k < n and _before(time[k], kinds[k], whos[k], nths[k], time[j], kinds[j], whos[j], nths[j]):
            j = k
        if not _before(time[j], kinds[j], whos[j], nths[j], t, kind, who, nth):
            break
        time[i] = time[j]
        kinds[i] = kinds[j]
        whos[i] = whos[j]
        nths[i] = nths[j]
        i = j
    time[i] = t
    kinds[i] = kind
    whos[i] = who
    nths[i] = nth


@njit
def known_first(c: Any) -> bool:
    """Whether the next event is one of the known list rather than of the heap."""
    n = c.size[1]
    if n >= c.known_time.size:
        return False
    if c.size[0] == 0:
        return True
    return not _before(
        c.time[0],
        c.kind[0],
        c.who[0],
        c.nth[0],
        c.known_time[n],
        c.known_kind[n],
        c.known_who[n],
        c.known_nth[n],
    )
