"""The calendar of a run: its first size, and how it grows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.kernels import state
from msgu.kernels.arrays.declare import allocate
from msgu.kernels.arrays.run import Calendar
from msgu.kernels.base.calendar import (
    CHUNK,
    CHUNK_SHIFT,
    IN_HEAP,
    KIND_SHIFT,
    USED,
    USED_CHUNKS,
    count_known,
    place_known,
)
from msgu.kernels.jit.handle import pack

GROWS = {state.FULL_CALENDAR: "far", state.FULL_WHEEL: "wheel", state.FULL_HEAP: "heap"}
"""Array of the calendar that is full."""


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
    shift = int(np.clip(np.ceil(np.log2(all_events / parts / 8)), 4, 13))
    chunks = capacity // CHUNK + parts + 2
    sizes = {
        "chunks": chunks, "chunk places": chunks * CHUNK, "wheel": at_once + (1 << 14), "heap": at_once,
        "parts": parts, "buckets": 1 << shift, "known": 0,
    }  # fmt: skip
    # no bucket has come: whatever is known beforehand goes to a later part
    size = np.array([0, -1, -1, 0, 0, -1, 0, 0, shift], np.int64)
    scale = np.array([(parts << shift) / max(horizon, 1e-9), horizon])
    return allocate(Calendar, sizes, scale=scale, ends=limits, size=size, known_kind=0)


def with_known(calendar: Calendar, time: NDArray[np.float64], kind: int) -> Calendar:
    """Return an empty calendar that knows when an event of one kind happens to whom; `time` : shape (n,), infinite: never."""
    c = pack(calendar)
    known = count_known(c, time, kind)
    found = calendar._replace(known_time=np.empty(known), known_who=np.empty(known, np.int32), known_kind=kind)
    place_known(pack(found), time, kind, calendar.known_at[:-1].copy())
    return found


def grown_calendar(calendar: Calendar, what: str) -> Calendar:
    """Return the same calendar with twice the room in `far`, `wheel` or `heap`."""
    old: NDArray[np.int64] = getattr(calendar, what)
    size = calendar.size
    used = {"heap": size[IN_HEAP], "wheel": size[USED], "far": size[USED_CHUNKS] << CHUNK_SHIFT}[what]
    new = np.empty((2 * len(old), old.shape[1]), np.int64)
    new[:used] = old[:used]
    longer: dict[str, NDArray[Any]] = {what: new, f"{what}_time": new.view(np.float64)}
    if what == "far":
        longer["far_next"] = np.concatenate([calendar.far_next, np.full(len(calendar.far_next), -1, np.int64)])
    return calendar._replace(**longer)  # type: ignore[arg-type]
