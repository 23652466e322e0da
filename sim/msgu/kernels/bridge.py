"""The bridge of scales: the people out who are clones of a resident hear of what reaches that resident."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.jit.compile import njit, ones
from msgu.kernels.state import RANK, WORD

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import I32, U64
    from msgu.kernels.arrays.people import People

_0 = np.uint64(0)
_1 = np.uint64(1)
_63 = np.uint64(63)


@njit
def clones_of(pe: People, p: int) -> tuple[int, int]:
    """Where the clones of resident `p` begin and end in `People.clone`; nobody is a clone of resident -1."""
    if p < 0 or pe.originals.shape[0] == 0:
        return 0, 0
    word = pe.originals[p >> 6, WORD]
    bit = _1 << (np.uint64(p) & _63)
    if word & bit == _0:
        return 0, 0
    i = int(np.int64(pe.originals[p >> 6, RANK] + np.uint64(ones(word & (bit - _1)))))
    return pe.clone_start[i], pe.clone_start[i + 1]


@njit
def mark_originals(residents: I32, originals: U64) -> None:
    """Fill the bitmap `originals` (n / 64, 2) with the residents that have clones (m,), ascending, and how many come before."""
    i = 0
    for word in range(originals.shape[0]):
        originals[word, RANK] = np.uint64(i)
        while i < residents.size and residents[i] >> 6 == word:
            originals[word, WORD] |= _1 << (np.uint64(residents[i]) & _63)
            i += 1
