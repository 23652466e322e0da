"""Messages that nobody waits for: they take their turn at an operator's server, and are no events.

All of them are drawn when a person learns. Their times wait by operator and part of the run, sorted once their part comes,
until somebody else's message needs to know when the server is free; what is added to a part that has come waits in a heap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.places import USED, first_slices, free_place, slice_of, take_place, to_beginnings
from msgu.kernels.jit.compile import njit, prefetch
from msgu.kernels.state import MOST_OF_PART, SMS_COME, SMS_HEAD, SMS_LATE, SMS_PART

if TYPE_CHECKING:
    from msgu.kernels.arrays.phone import Phone

CHUNK = 8
"""Times of one chunk: a line of the cache."""
COUNT_SHIFT = 36
"""Below this bit of `sms_at` stands the place of the next message of a part, above it their number: one word, one line."""
PLACE = (1 << COUNT_SHIFT) - 1


@njit
def room_for_messages(ph: Phone) -> int:
    """Messages that surely fit among those of later parts."""
    return int(ph.sms_next.size - ph.messages[USED])


@njit
def room_at_servers(ph: Phone) -> int:
    """Messages that surely fit into one part of an operator."""
    return int(ph.sms_come.shape[0] - ph.messages[MOST_OF_PART])


@njit
def _part_of(ph: Phone, t: float) -> int:
    return min(int(t * ph.sms_parts), ph.sms_at.shape[1] - 1)


@njit
def send_quietly(ph: Phone, o: int, t: float) -> None:
    """A message that nobody waits for will be sent at `t`, which is not past."""
    part = _part_of(ph, t)
    if part <= ph.sms_turn[o, SMS_PART]:
        n = _push_late(ph, o, t)
    else:
        n = _append(ph, o, part, t)
    if n > ph.messages[MOST_OF_PART]:
        ph.messages[MOST_OF_PART] = n


@njit
def _append(ph: Phone, o: int, part: int, t: float) -> int:
    """Write a time behind the others of a later part; return how many they are."""
    word = ph.sms_at[o, part]
    at, n = word & PLACE, (word >> COUNT_SHIFT) + 1
    if at & (CHUNK - 1) == 0:  # nothing yet, or the chunk is full
        chunk = take_place(ph.messages, ph.sms_next)
        ph.sms_next[chunk] = at
        at = chunk * CHUNK
    ph.sms_sent[at] = t
    ph.sms_at[o, part] = (n << COUNT_SHIFT) | (at + 1)
    return int(n)


@njit
def settle_messages(ph: Phone, o: int, until: float) -> None:
    """Let the server of an operator send what nobody waits for, up to `until`, included."""
    last = _part_of(ph, until)
    while True:
        _send(ph, o, until)
        part = ph.sms_turn[o, SMS_PART]
        if part == last:
            return
        ph.sms_turn[o, SMS_PART] = part + 1
        if ph.sms_at[o, part + 1] != 0:
            _load_part(ph, o, part + 1)


@njit
def _send(ph: Phone, o: int, until: float) -> None:
    """Send what has come and is due by `until`, in the order of time."""
    head, n = ph.sms_turn[o, SMS_HEAD], ph.sms_turn[o, SMS_COME]
    free, each = ph.sms_free[o], ph.sms_time[o]
    while True:
        t = ph.sms_come[head, o] if head < n else np.inf
        if ph.sms_turn[o, SMS_LATE] > 0 and ph.sms_late[0, o] < t:
            t = ph.sms_late[0, o]
            if t > until:
                break
            _pop_late(ph, o)
        elif t <= until:
            head += 1
        else:
            break
        free = max(t, free) + each
    ph.sms_turn[o, SMS_HEAD] = head
    ph.sms_free[o] = free


# ---- a part comes ----


@njit
def _load_part(ph: Phone, o: int, part: int) -> None:
    """Put the times of a part in order: sorted by narrow slices of time, then within these."""
    n = int(ph.sms_at[o, part] >> COUNT_SHIFT)
    slices = first_slices(ph.sms_slices, n)
    _walk(ph, o, part, slices, False)
    to_beginnings(ph.sms_slices, slices)
    _walk(ph, o, part, slices, True)
    for i in range(1, n):
        t = ph.sms_come[i, o]
        j = i
        while j > 0 and ph.sms_come[j - 1, o] > t:
            ph.sms_come[j, o] = ph.sms_come[j - 1, o]
            j -= 1
        ph.sms_come[j, o] = t
    ph.sms_at[o, part] = 0
    ph.sms_turn[o, SMS_HEAD], ph.sms_turn[o, SMS_COME] = 0, n


@njit
def _walk(ph: Phone, o: int, part: int, slices: int, place: bool) -> None:
    """Count the times of a part by slice; or put each where its slice goes on, and free the chunks."""
    at = ph.sms_at[o, part] & PLACE
    while at > 0:
        chunk = (at - 1) // CHUNK
        before = ph.sms_next[chunk]
        if before > 0:
            prefetch(ph.sms_sent, before - 1)
        for i in range(chunk * CHUNK, at):
            t = ph.sms_sent[i]
            k = slice_of(t * ph.sms_parts - part, slices)
            if place:
                ph.sms_come[ph.sms_slices[k], o] = t
            ph.sms_slices[k] += 1
        if place:
            free_place(ph.messages, ph.sms_next, chunk)
        at = before


# ---- what is added to a part that has come: a heap ----


@njit
def _push_late(ph: Phone, o: int, t: float) -> int:
    """Add a time; return how many wait."""
    late = ph.sms_late
    i = ph.sms_turn[o, SMS_LATE]
    ph.sms_turn[o, SMS_LATE] = i + 1
    n = i + 1
    while i > 0 and late[(i - 1) >> 1, o] > t:
        late[i, o] = late[(i - 1) >> 1, o]
        i = (i - 1) >> 1
    late[i, o] = t
    return n


@njit
def _pop_late(ph: Phone, o: int) -> None:
    """Remove the soonest time."""
    late = ph.sms_late
    n = ph.sms_turn[o, SMS_LATE] - 1
    ph.sms_turn[o, SMS_LATE] = n
    t = late[n, o]
    i = 0
    j = 1
    while j < n:
        if j + 1 < n and late[j + 1, o] < late[j, o]:
            j += 1
        if t <= late[j, o]:
            break
        late[i, o] = late[j, o]
        i = j
        j = 2 * i + 1
    late[i, o] = t
