"""Messages that nobody waits for: they take their turn at an operator's server, and are no events.

All of them are drawn when a person learns. Their times wait by operator, sorted by part of the run and, once a part has
come, by slot, until somebody else's message needs to know when the server is free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.jit.compile import njit
from msgu.kernels.state import CHUNKS_FREE, CHUNKS_USED, SMS_PART, SMS_SLOT

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64, I64
    from msgu.kernels.arrays.phone import Phone

CHUNK = 8
"""Times of one chunk: a line of the cache."""


@njit
def room_for_messages(ph: Phone) -> int:
    """Messages that surely fit."""
    return ph.sms_next.size - ph.messages[CHUNKS_USED]


@njit
def _part_of(ph: Phone, t: float) -> int:
    return min(int(t * ph.sms_parts), ph.sms_at.shape[1] - 1)


@njit
def _slot_of(ph: Phone, t: float, part: int) -> int:
    slots = ph.sms_near.shape[1]
    return max(0, min(int((t * ph.sms_parts - part) * slots), slots - 1))


@njit
def _append(ph: Phone, ends: I64, o: int, i: int, t: float) -> None:
    """Write a time behind the others of a list."""
    at = ends[o, i]
    if at % CHUNK == 0:  # nothing yet, or the chunk is full
        chunk = ph.messages[CHUNKS_FREE] - 1
        if chunk >= 0:
            ph.messages[CHUNKS_FREE] = ph.sms_next[chunk]
        else:
            chunk = ph.messages[CHUNKS_USED]
            ph.messages[CHUNKS_USED] = chunk + 1
        ph.sms_next[chunk] = at
        at = chunk * CHUNK
    ph.sms_sent[at] = t
    ends[o, i] = at + 1


@njit
def send_quietly(ph: Phone, o: int, t: float) -> None:
    """A message that nobody waits for will be sent at `t`, which is not past."""
    part = _part_of(ph, t)
    come = ph.sms_turn[o, SMS_PART]
    if part > come:
        _append(ph, ph.sms_at, o, part, t)
        return
    slot = _slot_of(ph, t, come)
    _append(ph, ph.sms_near, o, slot, t)
    if slot == ph.sms_turn[o, SMS_SLOT]:
        _sort(ph, ph.sms_near[o, slot])


@njit
def settle_messages(ph: Phone, o: int, until: float) -> None:
    """Let the server of an operator send what nobody waits for, up to `until`, included."""
    last = _part_of(ph, until)
    while True:
        part = ph.sms_turn[o, SMS_PART]
        final = _slot_of(ph, until, part) if part == last else ph.sms_near.shape[1] - 1
        slot = ph.sms_turn[o, SMS_SLOT]
        _send(ph, o, slot, until)
        while slot < final:
            slot += 1
            _sort(ph, ph.sms_near[o, slot])
            _send(ph, o, slot, until)
        ph.sms_turn[o, SMS_SLOT] = final
        if part == last:
            return
        ph.sms_turn[o, SMS_PART] = part + 1
        ph.sms_turn[o, SMS_SLOT] = 0
        _spread(ph, o, part + 1)
        _sort(ph, ph.sms_near[o, 0])


@njit
def _spread(ph: Phone, o: int, part: int) -> None:
    """Sort the messages of a part that has come into its slots."""
    at = ph.sms_at[o, part]
    while at > 0:
        chunk = (at - 1) // CHUNK
        before = ph.sms_next[chunk]
        for i in range(chunk * CHUNK, at):
            _append(ph, ph.sms_near, o, _slot_of(ph, ph.sms_sent[i], part), ph.sms_sent[i])
        _free(ph, chunk)  # only now: it must not be written to while it is read
        at = before
    ph.sms_at[o, part] = 0


@njit
def _free(ph: Phone, chunk: int) -> None:
    ph.sms_next[chunk] = ph.messages[CHUNKS_FREE]
    ph.messages[CHUNKS_FREE] = chunk + 1


@njit
def _send(ph: Phone, o: int, slot: int, until: float) -> None:
    """Send what a slot that is in order holds up to `until`: the soonest stands last."""
    at = ph.sms_near[o, slot]
    if at == 0:
        return
    free = ph.sms_free[o]
    while at > 0 and ph.sms_sent[at - 1] <= until:
        at -= 1
        free = max(ph.sms_sent[at], free) + ph.sms_time[o]
        if at % CHUNK == 0:
            chunk = at // CHUNK
            at = ph.sms_next[chunk]
            _free(ph, chunk)
    ph.sms_free[o] = free
    ph.sms_near[o, slot] = at


@njit
def _sort(ph: Phone, end: int) -> None:
    """Put the times of a list that ends at `end` in order, so that the soonest stands last."""
    n = 0
    at = end
    while at > 0:
        chunk = (at - 1) // CHUNK
        n += at - chunk * CHUNK
        at = ph.sms_next[chunk]
    if n < 2:
        return
    times = np.empty(n)
    _copy(ph, end, times, False)
    _sort_times(times)
    _copy(ph, end, times, True)


@njit
def _copy(ph: Phone, end: int, times: F64, back: bool) -> None:
    """Copy the times of a list from the last one on, or put them back."""
    n = 0
    at = end
    while at > 0:
        chunk = (at - 1) // CHUNK
        for i in range(at - 1, chunk * CHUNK - 1, -1):
            if back:
                ph.sms_sent[i] = times[n]
            else:
                times[n] = ph.sms_sent[i]
            n += 1
        at = ph.sms_next[chunk]


@njit
def _sort_times(times: F64) -> None:
    """Sort by the method of Shell: few as a rule, and nearly never more than a thousand."""
    for gap in (701, 301, 132, 57, 23, 10, 4, 1):
        for i in range(gap, times.size):
            t = times[i]
            j = i
            while j >= gap and times[j - gap] > t:
                times[j] = times[j - gap]
                j -= gap
            times[j] = t
