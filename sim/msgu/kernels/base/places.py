"""Places that are taken and freed one by one, and slices of time into which a part is sorted as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.jit.compile import njit

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import I32, I64

FREE, USED = 0, 1
"""Slots of the sizes of a pool: its first free place + 1 (0: none), and places that have ever been used."""


@njit
def take_place(sizes: I64, following: I64) -> int:
    """Take a free place of a pool, there being one; `following` : shape (places,). Place after a free one + 1, 0: none."""
    i = sizes[FREE] - 1
    if i >= 0:
        sizes[FREE] = following[i]
        return int(i)
    i = sizes[USED]
    sizes[USED] = i + 1
    return int(i)


@njit
def free_place(sizes: I64, following: I64, i: int) -> None:
    """Free a place."""
    following[i] = sizes[FREE]
    sizes[FREE] = i + 1


@njit
def first_slices(counts: I32, n: int) -> int:
    """Set to 0 as many counts as n things are to be sorted by, a power of two of them; return how many."""
    slices = counts.size
    while slices > 16 and slices > n:
        slices >>= 1
    counts[:slices] = 0
    return int(slices)


@njit
def slice_of(share: float, slices: int) -> int:
    """Slice in which a share of a part lies, which rounding may put beside 0 to 1."""
    return max(0, min(int(share * slices), slices - 1))


@njit
def to_beginnings(counts: I32, slices: int) -> None:
    """Turn the number of things in each slice into where each slice begins."""
    total = 0
    for k in range(slices):
        here = counts[k]
        counts[k] = total
        total += here
