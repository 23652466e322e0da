"""The waiting line of a call centre: places of callers, and who is next ahead and behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.jit.compile import njit

if TYPE_CHECKING:
    from msgu.kernels.arrays.desks import Desks

FREE_PLACE, USED_PLACES, TAKEN_PLACES, NEXT_EVENT = range(4)
"""Slots of `Desks.size`: first free place, places ever used, places taken now, number of the next event."""


@njit
def join(d: Desks, desk: int, i: int) -> None:
    """Place `i` is the last in line."""
    before = d.last[desk]
    d.ahead[i] = before
    d.behind[i] = -1
    d.last[desk] = i
    if before >= 0:
        d.behind[before] = i
    else:
        d.first[desk] = i


@njit
def leave(d: Desks, desk: int, i: int) -> None:
    """Place `i` is in the line no longer."""
    before, after = d.ahead[i], d.behind[i]
    if before >= 0:
        d.behind[before] = after
    else:
        d.first[desk] = after
    if after >= 0:
        d.ahead[after] = before
    else:
        d.last[desk] = before


@njit
def take_place(d: Desks, who: int, nth: int) -> int:
    """Place of a caller; there is one that is free."""
    i = d.size[FREE_PLACE]
    if i >= 0:
        d.size[FREE_PLACE] = d.behind[i]
    else:
        i = d.size[USED_PLACES]
        d.size[USED_PLACES] = i + 1
    d.size[TAKEN_PLACES] += 1
    d.who[i] = who
    d.nth[i] = nth
    d.limit[i] = -1
    d.channel[i] = 0
    return i


@njit
def release(d: Desks, i: int) -> None:
    """Free a place."""
    d.limit[i] = -1
    d.behind[i] = d.size[FREE_PLACE]
    d.size[FREE_PLACE] = i
    d.size[TAKEN_PLACES] -= 1
