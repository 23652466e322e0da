"""The compiled calendar: parts of the night, buckets of the part that has come, and a heap of the bucket that has come.

Events leave in the exact order of (time, kind, who, nth). An event of a later part is written behind the others of that
part, in chunks; when its part comes, all are sorted into buckets, which are small enough to stay in the cache; only the
events of one bucket are ever in the heap. What is known of everybody beforehand stands in a list of its own, sorted by
part, in half the memory. So an event is moved three times, and each time its neighbours are near: with
a million waiting events, one wheel of linked buckets for the whole night spent 150 ns an event on waiting for memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.jit.compile import njit, prefetch

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64, I64
    from msgu.kernels.arrays.run import Calendar

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

# What `advance_bucket` says.
TURNED, HEAP_SMALL, WHEEL_SMALL = range(3)


@njit
def bucket_of(c: Calendar, t: float) -> int:
    """Bucket of time `t`, which lies before the horizon."""
    return min(int(t * c.scale[0]), (c.far_at.size << c.size[PART_SHIFT]) - 1)


@njit
def room_in_far(c: Calendar) -> int:
    """Events that surely fit into later parts, each of which may need one more chunk."""
    spare = c.far_next.size - c.size[CHUNKS]
    return max(spare, (spare - c.far_at.size) << CHUNK_SHIFT)


@njit
def room_in_wheel(c: Calendar) -> int:
    """Events that fit into the part that has come."""
    return c.wheel.shape[0] - c.size[IN_WHEEL]


@njit
def room_in_heap(c: Calendar) -> int:
    """Events that fit into the heap."""
    return c.heap.shape[0] - c.size[IN_HEAP]


@njit
def push(c: Calendar, t: float, kind: int, who: int, nth: int) -> None:
    """Add an event; the caller has made sure that there is room."""
    if t >= c.ends[kind]:
        return
    b = bucket_of(c, t)
    what = (int(kind) << KIND_SHIFT) | int(who)  # with the JIT off they may be narrow
    come = c.size[BUCKET]
    shift = c.size[PART_SHIFT]
    if b <= come:
        _push_heap(c, t, what, nth)
    elif b >> shift == come >> shift:
        _push_bucket(c, b, t, what, nth)
    else:
        _push_later(c, b >> shift, t, what, nth)


@njit
def _push_later(c: Calendar, part: int, t: float, what: int, nth: int) -> None:
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
def _push_bucket(c: Calendar, b: int, t: float, what: int, nth: int) -> None:
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
    c.in_bucket[k] += 1


@njit
def _push_heap(c: Calendar, t: float, what: int, nth: int) -> None:
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
def pop(c: Calendar) -> None:
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
def _count_of(c: Calendar, part: int) -> int:
    """Events of a part that has not come yet."""
    return c.far_count[part] + c.known_at[part + 1] - c.known_at[part]


@njit
def _load_part(c: Calendar, part: int) -> None:
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
            _push_bucket(c, bucket_of(c, c.far_time[i, TIME]), c.far_time[i, TIME], c.far[i, WHAT], c.far[i, NTH])
        c.far_next[chunk] = c.size[FREE_CHUNK]
        c.size[FREE_CHUNK] = chunk
        c.size[CHUNKS] -= 1
        chunk = before
        n = CHUNK
    for i in range(c.known_at[part], c.known_at[part + 1]):
        _push_bucket(
            c, bucket_of(c, c.known_time[i]), c.known_time[i], (c.known_kind << KIND_SHIFT) | int(c.known_who[i]), 0
        )
    c.far_at[part] = 0
    c.far_count[part] = 0


@njit
def advance_bucket(c: Calendar, until: float) -> int:
    """Bring buckets into the heap until it holds the first event, or `until` is reached; or say what is too small."""
    last = bucket_of(c, min(until, c.scale[1]))
    shift = c.size[PART_SHIFT]
    while c.size[IN_HEAP] == 0 and c.size[BUCKET] < last:
        b = c.size[BUCKET] + 1
        k = b & (c.first.size - 1)
        if k == 0 and _count_of(c, b >> shift) > 0:
            if _count_of(c, b >> shift) > c.wheel.shape[0] - c.size[IN_WHEEL]:
                return WHEEL_SMALL
            _load_part(c, b >> shift)
        if c.in_bucket[k] > c.heap.shape[0]:
            return HEAP_SMALL
        c.size[BUCKET] = b
        i = c.first[k]
        while i >= 0:
            _push_heap(c, c.wheel_time[i, TIME], c.wheel[i, WHAT], c.wheel[i, NTH])
            following = c.wheel[i, NEXT]
            c.wheel[i, NEXT] = c.size[FREE]
            c.size[FREE] = i
            i = following
        c.size[IN_WHEEL] -= c.in_bucket[k]
        c.first[k] = -1
        c.in_bucket[k] = 0
    return TURNED


@njit
def kind_of(c: Calendar) -> int:
    """Kind of the first event of the heap."""
    return c.heap[0, WHAT] >> KIND_SHIFT


@njit
def who_of(c: Calendar) -> int:
    """To whom the first event of the heap happens."""
    return c.heap[0, WHAT] & WHO


@njit
def count_known(c: Calendar, time: F64, kind: int) -> int:
    """Put in `known_at` where the events of each part begin, of one kind at `time` (n,), infinite for none; return how many."""
    parts = c.far_at.size
    for i in range(time.size):
        if time[i] < c.ends[kind]:
            c.known_at[(bucket_of(c, time[i]) >> c.size[PART_SHIFT]) + 1] += 1
    for part in range(parts):
        c.known_at[part + 1] += c.known_at[part]
    return int(c.known_at[parts])


@njit
def place_known(c: Calendar, time: F64, kind: int, at: I64) -> None:
    """Enter them part by part: that of i happens to i; `at` : shape (parts,). Where the next one of a part is written."""
    for i in range(time.size):
        if time[i] < c.ends[kind]:
            part = bucket_of(c, time[i]) >> c.size[PART_SHIFT]
            c.known_time[at[part]] = time[i]
            c.known_who[at[part]] = i
            at[part] += 1


@njit
def fill(c: Calendar, time: F64, kind: int, who: I64, nth: I64) -> None:
    """Add events of one kind that are known beforehand; `time`, `who` and `nth` : shape (n,)."""
    for i in range(time.size):
        push(c, time[i], kind, who[i], nth[i])
