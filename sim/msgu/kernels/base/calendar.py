"""The compiled calendar: parts of the night, buckets of the part that has come, and a heap of the bucket that has come.

Events leave in the exact order of (time, kind, who, nth). An event of a later part is written behind the others of that
part, in chunks; when its part comes, all are sorted into buckets, which are small enough to stay in the cache; only the
events of one bucket are ever in the heap. So an event is moved three times, and each time its neighbours are near: with
a million waiting events, one wheel of linked buckets for the whole night spent 150 ns an event on waiting for memory.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from msgu.kernels.jit import njit, prefetch

KIND_SHIFT = 56
"""An event's kind stands above this bit, who it happens to below: one comparison orders both."""
WHO = (1 << KIND_SHIFT) - 1
CHUNK_SHIFT = 6
CHUNK = 1 << CHUNK_SHIFT
"""Events of one chunk."""

# Columns of an event; `time` is the same memory as floating-point numbers, whose column TIME is used.
TIME, WHAT, NTH, NEXT = range(4)
# Slots of `Calendar.size`.
IN_HEAP, BUCKET, FREE, USED, IN_WHEEL, FREE_CHUNK, USED_CHUNKS, CHUNKS, PART_SHIFT = range(9)
# What `turn` says.
TURNED, HEAP_SMALL, WHEEL_SMALL = range(3)


class Calendar(NamedTuple):
    """Events that wait.

    Later parts: far (events, 3), rows [time, kind and who, nth] in chunks of 64; far_next (chunks,): chunk before it in
    its part, -1 for none; far_at (parts + 1,): where the next event of a part is written; far_count: events of each part.
    The part that has come: wheel (capacity, 4), rows [time, kind and who, nth, next of the bucket]; first, count
    (buckets of a part,): first event (-1 for none) and number of events of each.
    The bucket that has come: heap (capacity, 4), rows as in the wheel.
    far_time, wheel_time, heap_time : the same memory as float64.
    scale : shape (2,). Buckets for each second, horizon [s].
    ends : shape (128,). Time from which on events of each kind do not happen [s], at most the horizon.
    size : in the heap, bucket that has come, first free place of the wheel (-1: none), places ever used, in the wheel,
    first free chunk, chunks ever used, chunks in use, log2 of the buckets of a part.
    """

    far: Any
    far_time: Any
    far_next: Any
    far_at: Any
    far_count: Any
    wheel: Any
    wheel_time: Any
    heap: Any
    heap_time: Any
    first: Any
    count: Any
    scale: Any
    ends: Any
    size: Any


def new(
    capacity: int, horizon: float, events: float = 0.0, at_once: int = 1024, ends: dict[int, float] | None = None
) -> Calendar:
    """Return an empty calendar; an event at the end of its kind or later is forgotten, for it does not happen.

    Parameters
    ----------
    capacity : events that wait at one time, at first. events : all that are expected of the night. at_once : events that
    one event may add. None changes an order; memory is taken only where it is written.
    ends : kinds of events that end before the horizon, and when [s].
    """
    limits = np.full(1 << (63 - KIND_SHIFT), float(horizon))
    for kind, end in (ends or {}).items():
        limits[kind] = min(end, horizon)
    all_events = max(capacity, events, 1.0)
    parts = 1 << int(np.clip(np.ceil(np.log2(all_events / 8192)), 4, 14))  # 8,192 events of 32 bytes stay in a core's cache
    shift = int(np.clip(np.ceil(np.log2(all_events / parts / 8)), 4, 13))
    chunks = capacity // CHUNK + parts + 2
    far, wheel, heap = (np.empty(shape, np.int64) for shape in ((chunks * CHUNK, 3), (at_once + (1 << 14), 4), (at_once, 4)))
    # no bucket has come: whatever is known beforehand goes to a later part
    return Calendar(
        far=far,
        far_time=far.view(np.float64),
        far_next=np.full(chunks, -1, np.int64),
        far_at=np.zeros(parts + 1, np.int64),
        far_count=np.zeros(parts + 1, np.int64),
        wheel=wheel,
        wheel_time=wheel.view(np.float64),
        heap=heap,
        heap_time=heap.view(np.float64),
        first=np.full(1 << shift, -1, np.int32),
        count=np.zeros(1 << shift, np.int32),
        scale=np.array([(parts << shift) / max(horizon, 1e-9), horizon]),
        ends=limits,
        size=np.array([0, -1, -1, 0, 0, -1, 0, 0, shift], np.int64),
    )


def grown(calendar: Calendar, what: str) -> Calendar:
    """Return the same calendar with twice the room in `far`, `wheel` or `heap`."""
    old: NDArray[np.int64] = getattr(calendar, what)
    size = calendar.size
    used = {"heap": size[IN_HEAP], "wheel": size[USED], "far": size[USED_CHUNKS] << CHUNK_SHIFT}[what]
    new = np.empty((2 * len(old), old.shape[1]), np.int64)
    new[:used] = old[:used]
    longer: dict[str, NDArray[Any]] = {what: new, f"{what}_time": new.view(np.float64)}
    if what == "far":
        longer["far_next"] = np.concatenate([calendar.far_next, np.full(len(calendar.far_next), -1, np.int64)])
    return calendar._replace(**longer)


@njit
def bucket_of(c: Any, t: float) -> int:
    """Bucket of time `t`, which lies before the horizon."""
    return min(int(t * c.scale[0]), (c.far_at.size << c.size[PART_SHIFT]) - 1)


@njit
def room_in_far(c: Any) -> int:
    """Events that surely fit into later parts, each of which may need one more chunk."""
    spare = c.far_next.size - c.size[CHUNKS]
    return max(spare, (spare - c.far_at.size) << CHUNK_SHIFT)


@njit
def room_in_wheel(c: Any) -> int:
    """Events that fit into the part that has come."""
    return c.wheel.shape[0] - c.size[IN_WHEEL]


@njit
def room_in_heap(c: Any) -> int:
    """Events that fit into the heap."""
    return c.heap.shape[0] - c.size[IN_HEAP]


@njit
def push(c: Any, t: float, kind: int, who: int, nth: int) -> None:
    """Add an event; the caller has made sure that there is room."""
    if t >= c.ends[kind]:
        return
    b = bucket_of(c, t)
    what = (int(kind) << KIND_SHIFT) | int(who)  # with the JIT off they may be narrow
    come = c.size[BUCKET]
    shift = c.size[PART_SHIFT]
    if b <= come:
        _raise(c, t, what, nth)
    elif b >> shift == come >> shift:
        _hang(c, b, t, what, nth)
    else:
        _put_by(c, b >> shift, t, what, nth)


@njit
def _put_by(c: Any, part: int, t: float, what: int, nth: int) -> None:
    """Write an event behind the others of a later part."""
    i = c.far_at[part]
    if i & (CHUNK - 1) == 0:  # none yet, or the chunk is full
        chunk = c.size[FREE_CHUNK]
        if chunk >= 0:
            c.size[FREE_CHUNK] = c.far_next[chunk]
        else:
            chunk = c.size[USED_CHUNKS]
            c.size[USED_CHUNKS] = chunk + 1
        c.size[CHUNKS] += 1
        c.far_next[chunk] = (i >> CHUNK_SHIFT) - 1
        i = chunk << CHUNK_SHIFT
    c.far_time[i, TIME] = t
    c.far[i, WHAT] = what
    c.far[i, NTH] = nth
    c.far_at[part] = i + 1
    c.far_count[part] += 1


@njit
def _hang(c: Any, b: int, t: float, what: int, nth: int) -> None:
    """Add an event to a bucket of the part that has come."""
    i = c.size[FREE]
    if i >= 0:
        c.size[FREE] = c.wheel[i, NEXT]
    else:
        i = c.size[USED]
        c.size[USED] = i + 1
    c.size[IN_WHEEL] += 1
    k = b & (c.first.size - 1)
    c.wheel_time[i, TIME] = t
    c.wheel[i, WHAT] = what
    c.wheel[i, NTH] = nth
    c.wheel[i, NEXT] = c.first[k]
    c.first[k] = i
    c.count[k] += 1


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
def _bring(c: Any, part: int) -> None:
    """Sort the events of a part that has come into its buckets."""
    i = c.far_at[part]
    chunk = (i - 1) >> CHUNK_SHIFT
    n = i - (chunk << CHUNK_SHIFT)
    while chunk >= 0:
        before = c.far_next[chunk]
        first = chunk << CHUNK_SHIFT
        for i in range(first, first + n):
            if before >= 0 and i & 7 == 0:
                prefetch(c.far, 3 * ((before << CHUNK_SHIFT) + (i & (CHUNK - 1))))
            _hang(c, bucket_of(c, c.far_time[i, TIME]), c.far_time[i, TIME], c.far[i, WHAT], c.far[i, NTH])
        c.far_next[chunk] = c.size[FREE_CHUNK]
        c.size[FREE_CHUNK] = chunk
        c.size[CHUNKS] -= 1
        chunk = before
        n = CHUNK
    c.far_at[part] = 0
    c.far_count[part] = 0


@njit
def turn(c: Any, until: float) -> int:
    """Bring buckets into the heap until it holds the first event, or `until` is reached; or say what is too small."""
    last = bucket_of(c, min(until, c.scale[1]))
    shift = c.size[PART_SHIFT]
    while c.size[IN_HEAP] == 0 and c.size[BUCKET] < last:
        b = c.size[BUCKET] + 1
        k = b & (c.first.size - 1)
        if k == 0 and c.far_count[b >> shift] > 0:
            if c.far_count[b >> shift] > c.wheel.shape[0] - c.size[IN_WHEEL]:
                return WHEEL_SMALL
            _bring(c, b >> shift)
        if c.count[k] > c.heap.shape[0]:
            return HEAP_SMALL
        c.size[BUCKET] = b
        i = c.first[k]
        while i >= 0:
            _raise(c, c.wheel_time[i, TIME], c.wheel[i, WHAT], c.wheel[i, NTH])
            following = c.wheel[i, NEXT]
            c.wheel[i, NEXT] = c.size[FREE]
            c.size[FREE] = i
            i = following
        c.size[IN_WHEEL] -= c.count[k]
        c.first[k] = -1
        c.count[k] = 0
    return TURNED


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
