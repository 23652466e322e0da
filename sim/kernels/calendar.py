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
        known = (np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64))
    order = np.lexsort((known[3], known[2], known[1], known[0]))
    heap = (np.empty(capacity), *(np.empty(capacity, np.int64) for _ in range(3)))
    return Calendar(*heap, np.zeros(2, np.int64), *(np.ascontiguousarray(column[order]) for column in known))


def grown(calendar: Calendar, capacity: int) -> Calendar:
    """Return the same calendar with more room."""
    heap = [np.concatenate([c, np.empty(capacity - c.size, c.dtype)]) for c in calendar[:4]]
    return Calendar(*heap, *calendar[4:])


@njit
def _before(c: Any, i: int, t: float, kind: int, who: int, nth: int) -> bool:
    """Entry i comes before (t, kind, who, nth)."""
    if c.time[i] != t:
        return c.time[i] < t  # type: ignore[no-any-return]
    if c.kind[i] != kind:
        return c.kind[i] < kind  # type: ignore[no-any-return]
    if c.who[i] != who:
        return c.who[i] < who  # type: ignore[no-any-return]
    return c.nth[i] < nth  # type: ignore[no-any-return]


@njit
def _move(c: Any, i: int, j: int) -> None:
    c.time[i] = c.time[j]
    c.kind[i] = c.kind[j]
    c.who[i] = c.who[j]
    c.nth[i] = c.nth[j]


@njit
def push(c: Any, t: float, kind: int, who: int, nth: int) -> None:
    """Add an event; the caller has made sure that there is room."""
    i = c.size[0]
    c.size[0] = i + 1
    while i > 0:
        up = (i - 1) >> 1
        if _before(c, up, t, kind, who, nth):
            break
        _move(c, i, up)
        i = up
    c.time[i] = t
    c.kind[i] = kind
    c.who[i] = who
    c.nth[i] = nth


@njit
def drop(c: Any) -> None:
    """Remove the first event of the heap."""
    n = c.size[0] - 1
    c.size[0] = n
    if n == 0:
        return
    t = c.time[n]
    kind = c.kind[n]
    who = c.who[n]
    nth = c.nth[n]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        if child + 1 < n and _before(
            c, child + 1, c.time[child], c.kind[child], c.who[child], c.nth[child]
        ):
            child += 1
        if not _before(c, child, t, kind, who, nth):
            break
        _move(c, i, child)
        i = child
    c.time[i] = t
    c.kind[i] = kind
    c.who[i] = who
    c.nth[i] = nth


@njit
def known_first(c: Any) -> bool:
    """Whether the next event is one of the known list rather than of the heap."""
    n = c.size[1]
    if n >= c.known_time.size:
        return False
    if c.size[0] == 0:
        return True
    return not _before(c, 0, c.known_time[n], c.known_kind[n], c.known_who[n], c.known_nth[n])
