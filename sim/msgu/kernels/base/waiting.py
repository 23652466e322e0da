"""Events that wait in the calendar, taken out as a list and put back from one: what a checkpoint keeps of the calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.calendar import CHUNK, CHUNK_SHIFT, COME, HEAD, IN_HEAP, KIND_SHIFT, NTH, PART, WHAT, WHO, push
from msgu.kernels.jit.compile import njit

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64, I64
    from msgu.kernels.arrays.run import Calendar


@njit
def number_waiting(c: Calendar) -> int:
    """Return how many events wait."""
    n = c.size[IN_HEAP] + c.size[COME] - c.size[HEAD]
    for part in range(c.far_count.size):
        n += c.far_count[part]
    return int(n + c.known_time.size - _known_gone(c))


@njit
def _known_gone(c: Calendar) -> int:
    """Return how many events of the list of what was known beforehand are in a part that has come."""
    return c.known_at[c.size[PART] + 1]


@njit
def copy_waiting(c: Calendar, out: I64) -> None:
    """Copy every event that waits, in no order.

    `out` : shape (n, 3). Bits of the time, kind and who, nth.
    """
    n = 0
    for i in range(c.size[IN_HEAP]):
        out[n, 0], out[n, 1], out[n, 2] = c.heap[i, 0], c.heap[i, WHAT], c.heap[i, NTH]
        n += 1
    for i in range(c.size[HEAD], c.size[COME]):
        out[n, 0], out[n, 1], out[n, 2] = c.come[i, 0], c.come[i, WHAT], c.come[i, NTH]
        n += 1
    for part in range(c.far_count.size):
        if c.far_count[part] > 0:
            chunk = (c.far_at[part] - 1) >> CHUNK_SHIFT
            end = c.far_at[part]
            while chunk >= 0:
                for i in range(chunk << CHUNK_SHIFT, end):
                    out[n, 0], out[n, 1], out[n, 2] = c.far[i, 0], c.far[i, WHAT], c.far[i, NTH]
                    n += 1
                chunk = c.far_next[chunk]
                end = (chunk << CHUNK_SHIFT) + CHUNK
    for i in range(_known_gone(c), c.known_time.size):
        out[n, 0] = np.float64(c.known_time[i]).view(np.int64)
        out[n, 1], out[n, 2] = (c.known_kind << KIND_SHIFT) | int(c.known_who[i]), 0
        n += 1


@njit
def put_back(c: Calendar, time: F64, what: I64, nth: I64) -> None:
    """Add events that have been copied; `time`, `what`, `nth` : shape (n,). The caller has made sure that there is room."""
    for i in range(time.size):
        push(c, time[i], what[i] >> KIND_SHIFT, what[i] & WHO, nth[i])
