"""A fast checksum of stored arrays, to find accidents (a truncated, flipped or swapped block)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.kernels._jit import njit

_ODD = np.uint64(0x9E3779B97F4A7C15)
_TURN = np.uint64(29)


@njit
def mix(words: NDArray[np.uint64]) -> np.uint64:
    """64-bit checksum of words, in four lanes so that multiplications overlap.

    Each step is a bijection of its lane and of the word, so that any change of a single word changes the result.
    """
    a = np.uint64(1)
    b = np.uint64(2)
    c = np.uint64(3)
    d = np.uint64(4)
    n = len(words)
    whole = n - n % 4
    for i in range(0, whole, 4):
        a = (a ^ words[i]) * _ODD
        b = (b ^ words[i + 1]) * _ODD
        c = (c ^ words[i + 2]) * _ODD
        d = (d ^ words[i + 3]) * _ODD
        a ^= a >> _TURN
        b ^= b >> _TURN
        c ^= c >> _TURN
        d ^= d >> _TURN
    for i in range(whole, n):
        a = (a ^ words[i]) * _ODD
        a ^= a >> _TURN
    a = (a ^ (b * _ODD)) * _ODD
    a ^= a >> _TURN
    a = (a ^ (c * _ODD)) * _ODD
    a ^= a >> _TURN
    a = (a ^ (d * _ODD)) * _ODD
    return a ^ (a >> _TURN)
