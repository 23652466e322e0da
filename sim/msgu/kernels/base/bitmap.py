"""Bitmaps of 64-bit words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.jit.compile import njit

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import U64, B

_1 = np.uint64(1)
_63 = np.uint64(63)


@njit
def bit(words: U64, i: int) -> bool:
    """Bit `i` of a bitmap of 64-bit words."""
    return (words[i >> 6] >> (np.uint64(i) & _63)) & _1 != np.uint64(0)


@njit
def fill_bits(mask: B, words: U64) -> None:
    """Set in `words`, all 0, the bits of the elements of `mask` (n,) that are true."""
    for i in range(mask.size):
        if mask[i]:
            words[i >> 6] |= _1 << (np.uint64(i) & _63)


@njit
def set_bit(words: U64, i: int, on: bool) -> None:
    """Set or clear bit `i`."""
    mask = _1 << (np.uint64(i) & _63)
    if on:
        words[i >> 6] |= mask
    else:
        words[i >> 6] &= ~mask
