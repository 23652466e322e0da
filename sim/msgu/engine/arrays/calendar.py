"""The calendar of a run: its first size, and how it grows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.kernels import state
from msgu.kernels.arrays.declare import allocate
from msgu.kernels.arrays.run import Calendar
from msgu.kernels.base.calendar import CHUNK, CHUNK_SHIFT, COME, IN_HEAP, KIND_SHIFT, USED_CHUNKS, count_known, place_known
from msgu.kernels.jit.handle import pack

GROWS = {state.FULL_CALENDAR: "far", state.FULL_PART: "come", state.FULL_HEAP: "heap"}
"""Array of the calendar that is full."""
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
    parts = 1 << int(np.clip(np.ceil(np.log2(all_events / 8192)), 4, 14))  # 8,192 events of 32 bytes stay in a core's cache
    chunks = 3 * (capacity // CHUNK) + parts + 2  # taken from the system only where written, so that growth is seldom
    sizes = {
        "chunks": chunks, "chunk places": chunks * CHUNK, "come": COMES, "heap": at_once, "parts": parts, "slices": SLICES,
        "known": 0,
    }  # fmt: skip
    # no part has come: whatever is known beforehand goes to a later one
    size = np.array([0, -1, 0, 0, -1, 0, 0], np.int64)
    scale = np.array([parts / max(horizon, 1e-9), horizon])
    return allocate(Calendar, sizes, scale=scale, ends=limits, size=size, known_kind=0)


def with_known(calendar: Calendar, time: NDArray[np.float64], kind: int) -> Calendar:
    """Return an empty calendar that knows when an event of one kind happens to whom; `time` : shape (n,), infinite: never."""
    c = pack(calendar)
    known = count_known(c, time, kind)
    found = calendar._replace(known_time=np.empty(known), known_who=np.empty(known, np.int32), known_kind=kind)
    place_known(pack(found), time, kind, calendar.known_at[:-1].copy())
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
        longer["far_next"] = np.concatenate([calendar.far_next, np.full(len(calendar.far_next), -1, np.int64)])
    return calendar._replace(**longer)  # type: ignore[arg-type]
