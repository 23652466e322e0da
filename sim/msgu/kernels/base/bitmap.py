"""Bitmaps of 64-bit words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.jit.compile import inlined, njit, ones
from msgu.kernels.state import RANK, WORD

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import I32, U64, B

_1 = np.uint64(1)
_63 = np.uint64(63)


@njit
def bit(words: U64, i: int) -> bool:
    """Bit `i` of a bitmap of 64-bit words."""
    return (words[i >> 6] >> (np.uint64(i) & _63)) & _1 != np.uint64(0)


@njit
def take_bit(words: U64, i: int) -> bool:
    """Clear bit `i`, and tell whether it was set."""
    was = bit(words, i)
    if was:
        set_bit(words, i, False)
    return was


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


@inlined
def rank_of(word: np.uint64, before: np.uint64, i: int) -> int:
    """How many come before element `i` of a set, -1 where it is none of them: by its word, and the number before that word."""
    mask = _1 << (np.uint64(i) & _63)
    rank = int(np.int64(before + np.uint64(ones(word & (mask - _1)))))  # int alone keeps it unsigned
    return rank if word & mask != np.uint64(0) else -1


@njit
def fill_ranks(members: I32, ranks: U64) -> None:
    """Fill `ranks` (n / 64, 2), all 0: a bit for each of `members` (m,), ascending, and how many come before each word."""
    i = 0
    for word in range(ranks.shape[0]):
        ranks[word, RANK] = np.uint64(i)
        while i < members.size and members[i] >> 6 == word:
            ranks[word, WORD] |= _1 << (np.uint64(members[i]) & _63)
            i += 1
