"""The calendar of a run: its first size, and how it grows."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.kernels import state
from msgu.kernels.arrays.declare import allocate
from msgu.kernels.arrays.run import Calendar
from msgu.kernels.base.calendar import (
    CHUNK,
    CHUNK_SHIFT,
    COME,
    IN_HEAP,
    KIND_SHIFT,
    NOTHING,
    PART,
    USED_CHUNKS,
    count_known,
    place_known,
)
from msgu.kernels.jit.handle import pack

GROWS = {state.FULL_CALENDAR: "far", state.FULL_PART: "come", state.FULL_HEAP: "heap"}
"""Array of the calendar that is full."""
ENOUGH = 1 << 20
"""Events whose memory is given back at a time."""
COMES = 1 << 14
"""Room for the events of one part, at the start."""
SLICES = 1 << 15


def new_calendar(
    capacity: int, horizon: float, events: float = 0.0, at_once: int = 1024, ends: dict[int, float] | None = None
) -> Calendar:
    """Return an empty calendar; an event at the end of its kind or later is forgotten, for it does not happen.

    Parameters
    ----------
    capacity : events that wait at one time, at first. events : all that are expected of the run. at_once : events that
    one event may add. None changes an order; memory is taken only where it is written.
    ends : kinds of events that end before the horizon, and when [s].
    """
    limits = np.full(1 << (63 - KIND_SHIFT), float(horizon))
    for kind, end in (ends or {}).items():
        limits[kind] = min(end, horizon)
    all_events = max(capacity, events, 1.0)
    # 8,192 events of 32 bytes stay in a core's cache; 256 parts at least, for what is added to the part that has come waits in
    # the heap, where nothing is asked for ahead: a tenth of the time of a cascade among 100,000 accounts
    parts = 1 << int(np.clip(np.ceil(np.log2(all_events / 8192)), 8, 14))
    chunks = 3 * (capacity // CHUNK) + parts + 2  # taken from the system only where written, so that growth is seldom
    sizes = {
        "chunks": chunks, "chunk places": chunks * CHUNK, "come": COMES, "heap": at_once, "parts": parts, "slices": SLICES,
        "known": 0,
    }  # fmt: skip
    # no part has come: whatever is known beforehand goes to a later one
    size = np.array([0, -1, 0, 0, -1, 0, 0, NOTHING], np.int64)
    scale = np.array([parts / max(horizon, 1e-9), horizon])
    return allocate(Calendar, sizes, scale=scale, ends=limits, size=size, known_kind=0)


def with_known(calendar: Calendar, time: NDArray[np.float64], kind: int) -> Calendar:
    """Return an empty calendar that knows when an event of one kind happens to whom; `time` : shape (n,), infinite: never."""
    c = pack(calendar)
    known = count_known(c, time, kind)
    times, who = _returnable(known, np.float64), _returnable(known, np.int32)
    found = calendar._replace(known_time=times, known_who=who, known_kind=kind)
    place_known(pack(found), time, kind, calendar.known_at[:-1].copy())
    return found


def _returnable(n: int, dtype: type) -> NDArray[Any]:
    """Return room for n numbers whose pages can be given back one by one."""
    room = mmap.mmap(-1, max(n, 1) * np.dtype(dtype).itemsize, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return np.frombuffer(room, dtype, n)


def give_back(calendar: Calendar, given: int) -> int:
    """Give back the memory of what was known beforehand and has come, `given` of which are given already; return how many are.

    At scale 1 it is 0.7 GB, most of it by midnight, when posts and what accounts have seen begin to take as much.
    """
    if len(calendar.known_time) - given < ENOUGH:
        return given
    gone = int(calendar.known_at[calendar.size[PART] + 1])
    if gone - given < ENOUGH:
        return given
    for column in (calendar.known_time, calendar.known_who):
        pages = gone * column.itemsize // mmap.PAGESIZE * mmap.PAGESIZE
        if pages and hasattr(mmap, "MADV_DONTNEED"):
            _memory_of(column).madvise(mmap.MADV_DONTNEED, 0, pages)
    return gone


def _memory_of(column: NDArray[Any]) -> mmap.mmap:
    view: Any = column.base
    found: mmap.mmap = view.obj
    return found


def grown_calendar(calendar: Calendar, what: str) -> Calendar:
    """Return the same calendar with twice the room in `far`, `come` or `heap`."""
    old: NDArray[np.int64] = getattr(calendar, what)
    size = calendar.size
    used = {"heap": size[IN_HEAP], "come": size[COME], "far": size[USED_CHUNKS] << CHUNK_SHIFT}[what]
    new = np.empty((2 * len(old), old.shape[1]), np.int64)
    new[:used] = old[:used]
    longer: dict[str, NDArray[Any]] = {what: new, f"{what}_time": new.view(np.float64)}
    if what == "far":
        longer["far_next"] = np.concatenate([calendar.far_next, np.zeros(len(calendar.far_next), np.int64)])
    return calendar._replace(**longer)  # type: ignore[arg-type]
