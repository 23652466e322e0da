"""The compiled calendar: a wheel of buckets by time, and a heap of the events whose bucket has come.

Events leave in the exact order of (time, kind, who, nth). An event of a later bucket costs one write, whatever the
number that wait; only the events of one bucket are ever sorted, in a heap that fits in the cache. With four million
waiting events a binary heap took 1.1 microseconds an event, this 0.25.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels._jit import njit

KIND_SHIFT = 56
"""An event's kind stands above this bit, who it happens to below: one comparison orders both."""
WHO = (1 << KIND_SHIFT) - 1

# Columns of an event; `time` is the same memory as floating-point numbers, whose column TIME is used.
TIME, WHAT, NTH, NEXT = range(4)
# Slots of `Calendar.size`.
IN_HEAP, BUCKET, FREE, USED, IN_WHEEL = range(5)


class Calendar(NamedTuple):
    """Events that wait.

    wheel, heap : shape (capacity, 4). Events as [time, kind and who, nth, next of the bucket], of 32 bytes each.
    wheel_time, heap_time : the same memory as float64.
    first : shape (buckets + 1,). First event of each bucket, -1 for none. count : events of each.
    scale : shape (2,). Buckets for each second, horizon [s].
    size : in the heap, bucket that has come, first free place of the wheel (-1: none), places ever used, in the wheel.
    """

    wheel: Any
    wheel_time: Any
    heap: Any
    heap_time: Any
    first: Any
    count: Any
    scale: Any
    size: Any


def new(capacity: int, horizon: float, events: float = 0.0) -> Calendar:
    """Return an empty calendar; an event at the horizon or later is forgotten, for it does not happen.

    Parameters
    ----------
    capacity : events that wait at one time, at first. events : all that are expected of the night; neither changes an order.
    """
    buckets = 1 << int(np.clip(np.ceil(np.log2(max(capacity, events, 1.0) / 16)), 10, 20))
    wheel, heap = np.empty((capacity, 4), np.int64), np.empty((1024, 4), np.int64)
    scale = np.array([buckets / max(horizon, 1e-9), horizon])
    size = np.array([0, -1, -1, 0, 0], np.int64)  # no bucket has come: whatever is known beforehand goes into the wheel
    first, count = np.full(buckets + 1, -1, np.int32), np.zeros(buckets + 1, np.int32)
    return Calendar(wheel, wheel.view(np.float64), heap, heap.view(np.float64), first, count, scale, size)


def grown(calendar: Calendar, heap: bool) -> Calendar:
    """Return the same calendar with twice the room in the heap or in the wheel."""
    old: NDArray[np.int64] = calendar.heap if heap else calendar.wheel
    new = np.empty((2 * len(old), 4), np.int64)
    new[: len(old)] = old
    if heap:
        return calendar._replace(heap=new, heap_time=new.view(np.float64))
    return calendar._replace(wheel=new, wheel_time=new.view(np.float64))


@njit
def bucket_of(c: Any, t: float) -> int:
    """Bucket of time `t`, which lies before the horizon."""
    return min(int(t * c.scale[0]), c.first.size - 1)


@njit
def room_in_wheel(c: Any) -> int:
    """Events that fit into the wheel."""
    return c.wheel.shape[0] - c.size[IN_WHEEL]


@njit
def room_in_heap(c: Any) -> int:
    """Events that fit into the heap."""
    return c.heap.shape[0] - c.size[IN_HEAP]


@njit
def push(c: Any, t: float, kind: int, who: int, nth: int) -> None:
    """Add an event; the caller has made sure that there is room in the wheel and in the heap."""
    if t >= c.scale[1]:
        return
    b = bucket_of(c, t)
    what = (int(kind) << KIND_SHIFT) | int(who)  # with the JIT off they may be narrow
    if b <= c.size[BUCKET]:
        _raise(c, t, what, nth)
        return
    i = c.size[FREE]
    if i >= 0:
        c.size[FREE] = c.wheel[i, NEXT]
    else:
        i = c.size[USED]
        c.size[USED] = i + 1
    c.size[IN_WHEEL] += 1
    c.wheel_time[i, TIME] = t
    c.wheel[i, WHAT] = what
    c.wheel[i, NTH] = nth
    c.wheel[i, NEXT] = c.first[b]
    c.first[b] = i
    c.count[b] += 1


@njit
def _raise(c: Any, t: float, what: int, nth: int) -> None:
    """Add an event to the heap."""
    h, times = c.heap, c.heap_time
    i = c.size[IN_HEAP]
    c.size[IN_HEAP] = i + 1
    while i > 0:
        up = (i - 1) >> 1
        s = times[up, TIME]
        if s < t or (s == t and (h[up, WHAT] < what or (h[up, WHAT] == what and h[up, NTH] <= nth))):
            break
        times[i, TIME] = s
        h[i, WHAT] = h[up, WHAT]
        h[i, NTH] = h[up, NTH]
        i = up
    times[i, TIME] = t
    h[i, WHAT] = what
    h[i, NTH] = nth


@njit
def drop(c: Any) -> None:
    """Remove the first event of the heap."""
    h, times = c.heap, c.heap_time
    n = c.size[IN_HEAP] - 1
    c.size[IN_HEAP] = n
    if n == 0:
        return
    t, what, nth = times[n, TIME], h[n, WHAT], h[n, NTH]
    i = 0
    while True:
        j = 2 * i + 1
        if j >= n:
            break
        s = times[j, TIME]
        k = j + 1
        if k < n:
            r = times[k, TIME]
            if r < s or (r == s and (h[k, WHAT] < h[j, WHAT] or (h[k, WHAT] == h[j, WHAT] and h[k, NTH] < h[j, NTH]))):
                j = k
                s = r
        if t < s or (t == s and (what < h[j, WHAT] or (what == h[j, WHAT] and nth <= h[j, NTH]))):
            break
        times[i, TIME] = s
        h[i, WHAT] = h[j, WHAT]
        h[i, NTH] = h[j, NTH]
        i = j
    times[i, TIME] = t
    h[i, WHAT] = what
    h[i, NTH] = nth


@njit
def turn(c: Any, until: float) -> bool:
    """Bring buckets into the heap until it holds the first event, or `until` is reached; False where the heap is too small."""
    last = bucket_of(c, min(until, c.scale[1]))
    while c.size[IN_HEAP] == 0 and c.size[BUCKET] < last:
        b = c.size[BUCKET] + 1
        if c.count[b] > c.heap.shape[0]:
            return False
        c.size[BUCKET] = b
        i = c.first[b]
        while i >= 0:
            _raise(c, c.wheel_time[i, TIME], c.wheel[i, WHAT], c.wheel[i, NTH])
            following = c.wheel[i, NEXT]
            c.wheel[i, NEXT] = c.size[FREE]
            c.size[FREE] = i
            i = following
        c.size[IN_WHEEL] -= c.count[b]
        c.first[b] = -1
    return True


@njit
def kind_of(c: Any) -> int:
    """Kind of the first event of the heap."""
    return c.heap[0, WHAT] >> KIND_SHIFT


@njit
def who_of(c: Any) -> int:
    """To whom the first event of the heap happens."""
    return c.heap[0, WHAT] & WHO


@njit
def fill(c: Any, time: Any, kind: int, who: Any, nth: Any) -> None:
    """Add events of one kind that are known beforehand; `time`, `who` and `nth` : shape (n,)."""
    for i in range(time.size):
        push(c, time[i], kind, who[i], nth[i])
