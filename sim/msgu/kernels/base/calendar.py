"""The compiled calendar: parts of the run, the part that has come in sorted order, and a heap of what is added to it.

Events leave in the exact order of (time, kind, who, nth). An event of a later part is written behind the others of that
part, in chunks; when its part comes, all are sorted at once, and read one after another from then on; what is added to a
part that has come waits in a heap, which is small. So nearly every event is moved twice, each time beside its neighbours,
and what is known of the next events can be asked for from memory well ahead: buckets of eight events, each brought into a
heap of its own, took a third of the time of a run. What is known of everybody beforehand stands in a list of its own,
sorted by part, in half the memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.places import first_slices, slice_of, to_beginnings
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

# Columns of an event; `time` is the same memory as floating-point numbers, whose column TIME is used. ASIDE says where what
# is drawn of an event of the part that has come, before it happens, is kept: a place, or NOTHING.
TIME, WHAT, NTH, ASIDE = range(4)
NOTHING = -1
BLOCK = 32
"""Events of the part that has come of which something is drawn at a time; see `msgu.kernels.ahead`."""

# Slots of `Calendar.size`. HAPPENS is the place of the event that happens in the part that has come, NOTHING for one of the heap.
IN_HEAP, PART, HEAD, COME, FREE_CHUNK, USED_CHUNKS, CHUNKS, HAPPENS = range(8)


@njit
def part_of(c: Calendar, t: float) -> int:
    """Part of time `t`, which lies before the horizon."""
    return min(int(t * c.scale[0]), c.far_at.size - 1)


@njit
def room_in_far(c: Calendar) -> int:
    """Events that surely fit into later parts, each of which may need one more chunk."""
    spare = c.far_next.size - c.size[CHUNKS]
    return max(spare, (spare - c.far_at.size) << CHUNK_SHIFT)


@njit
def room_in_heap(c: Calendar) -> int:
    """Events that fit into the heap."""
    return c.heap.shape[0] - c.size[IN_HEAP]


@njit
def push(c: Calendar, t: float, kind: int, who: int, nth: int) -> None:
    """Add an event; the caller has made sure that there is room."""
    if t >= c.ends[kind]:
        return
    part = part_of(c, t)
    what = (int(kind) << KIND_SHIFT) | int(who)  # with the JIT off they may be narrow
    if part <= c.size[PART]:
        _push_heap(c, t, what, nth)
    else:
        _push_later(c, part, t, what, nth)


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
def _pop_heap(c: Calendar) -> None:
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
    return int(c.far_count[part] + c.known_at[part + 1] - c.known_at[part])


@njit
def _load_part(c: Calendar, part: int) -> None:
    """Put the events of a part in order: sorted by narrow slices of time, then within these."""
    n = _count_of(c, part)
    slices = first_slices(c.slices, n)
    _walk(c, part, slices, False)
    to_beginnings(c.slices, slices)
    _walk(c, part, slices, True)
    _insert_each(c, n)
    c.far_at[part] = 0
    c.far_count[part] = 0
    c.size[HEAD] = 0
    c.size[COME] = n


@njit
def _walk(c: Calendar, part: int, slices: int, place: bool) -> None:
    """Count the events of a part by slice; or put each where its slice goes on, and free the chunks."""
    i = c.far_at[part]
    chunk = (i - 1) >> CHUNK_SHIFT
    n = i - (chunk << CHUNK_SHIFT)
    while chunk >= 0:
        before = c.far_next[chunk]
        first = chunk << CHUNK_SHIFT
        for i in range(first, first + n):
            if before >= 0 and not place:
                prefetch(c.far, 3 * ((before << CHUNK_SHIFT) + (i & (CHUNK - 1))))
            t = c.far_time[i, TIME]
            k = slice_of(t * c.scale[0] - part, slices)
            if place:
                j = c.slices[k]
                c.come_time[j, TIME] = t
                c.come[j, WHAT] = c.far[i, WHAT]
                c.come[j, NTH] = c.far[i, NTH]
                c.come[j, ASIDE] = NOTHING
            c.slices[k] += 1
        if place:
            c.far_next[chunk] = c.size[FREE_CHUNK]
            c.size[FREE_CHUNK] = chunk
            c.size[CHUNKS] -= 1
        chunk = before
        n = CHUNK
    for i in range(c.known_at[part], c.known_at[part + 1]):
        k = slice_of(c.known_time[i] * c.scale[0] - part, slices)
        if place:
            j = c.slices[k]
            c.come_time[j, TIME] = c.known_time[i]
            c.come[j, WHAT] = (c.known_kind << KIND_SHIFT) | int(c.known_who[i])
            c.come[j, NTH] = 0
            c.come[j, ASIDE] = NOTHING
        c.slices[k] += 1


@njit
def _insert_each(c: Calendar, n: int) -> None:
    """Sort the first `n` events of the part that has come, which are out of order within slices alone."""
    e, times = c.come, c.come_time
    for i in range(1, n):
        t = times[i, TIME]
        if times[i - 1, TIME] < t:
            continue
        what, nth = e[i, WHAT], e[i, NTH]
        j = i
        while j > 0 and _is_after(times[j - 1, TIME], e[j - 1, WHAT], e[j - 1, NTH], t, what, nth):
            times[j, TIME] = times[j - 1, TIME]
            e[j, WHAT] = e[j - 1, WHAT]
            e[j, NTH] = e[j - 1, NTH]
            j -= 1
        times[j, TIME] = t
        e[j, WHAT] = what
        e[j, NTH] = nth


@njit
def _is_after(s: float, other: int, number: int, t: float, what: int, nth: int) -> bool:
    """Whether the event (`s`, `other`, `number`) comes after the event (`t`, `what`, `nth`)."""
    return s > t or (s == t and (other > what or (other == what and number > nth)))


@njit
def is_empty(c: Calendar) -> bool:
    """Whether no event of the part that has come is left."""
    return c.size[HEAD] == c.size[COME] and c.size[IN_HEAP] == 0


@njit
def advance_part(c: Calendar, until: float) -> bool:
    """Let parts come until one has an event, or that of `until` has come; false where a part has more than there is room."""
    last = part_of(c, min(until, c.scale[1]))
    while is_empty(c) and c.size[PART] < last:
        part = c.size[PART] + 1
        if _count_of(c, part) > c.come.shape[0]:
            return False
        c.size[PART] = part
        if _count_of(c, part) > 0:
            _load_part(c, part)
    return True


@njit
def in_heap(c: Calendar) -> bool:
    """Whether the first event stands in the heap; there must be one."""
    h = c.size[HEAD]
    if h == c.size[COME]:
        return True
    if c.size[IN_HEAP] == 0:
        return False
    e = c.come
    return _is_after(c.come_time[h, TIME], e[h, WHAT], e[h, NTH], c.heap_time[0, TIME], c.heap[0, WHAT], c.heap[0, NTH])


@njit
def first_time(c: Calendar) -> float:
    """Time of the first event that has come, infinite where there is none."""
    t = c.come_time[c.size[HEAD], TIME] if c.size[HEAD] < c.size[COME] else np.inf
    return min(t, c.heap_time[0, TIME]) if c.size[IN_HEAP] > 0 else t


@njit
def drop(c: Calendar, of_heap: bool) -> None:
    """Remove the first event, of the heap or of the part that has come."""
    if of_heap:
        _pop_heap(c)
    else:
        c.size[HEAD] += 1


@njit
def drawn_place(c: Calendar) -> int:
    """Return the place of the draws of the event that happens, NOTHING where none have been made."""
    i = c.size[HAPPENS]
    return c.come[i, ASIDE] if i >= 0 else NOTHING


@njit
def count_known(c: Calendar, time: F64, kind: int) -> int:
    """Put in `known_at` where the events of each part begin, of one kind at `time` (n,), infinite for none; return how many."""
    parts = c.far_at.size
    for i in range(time.size):
        if time[i] < c.ends[kind]:
            c.known_at[part_of(c, time[i]) + 1] += 1
    for part in range(parts):
        c.known_at[part + 1] += c.known_at[part]
    return int(c.known_at[parts])


@njit
def place_known(c: Calendar, time: F64, kind: int, at: I64) -> None:
    """Enter them part by part: that of i happens to i; `at` : shape (parts,). Where the next one of a part is written."""
    for i in range(time.size):
        if time[i] < c.ends[kind]:
            part = part_of(c, time[i])
            c.known_time[at[part]] = time[i]
            c.known_who[at[part]] = i
            at[part] += 1


@njit
def fill(c: Calendar, time: F64, kind: int, who: I64, nth: I64) -> None:
    """Add events of one kind that are known beforehand; `time`, `who` and `nth` : shape (n,)."""
    for i in range(time.size):
        push(c, time[i], kind, who[i], nth[i])
