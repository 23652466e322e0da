"""Arrays without their untouched end: what a checkpoint keeps of an array that is allocated for more than it holds."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

_BLOCK: Final = 1 << 16


class Head(NamedTuple):
    """An array up to the last element that is not as all were at the start.

    shape : of the whole array. values : shape (n,). Its first elements, in C order.
    """

    shape: tuple[int, ...]
    values: NDArray[Any]


def used(array: NDArray[Any], start: float) -> int:
    """Return how many elements of an array come before its end, so far as every element there is `start`, bit by bit."""
    bits = np.ascontiguousarray(array).reshape(-1).view(f"u{array.dtype.itemsize}")
    nothing = np.array([start], array.dtype).view(bits.dtype)[0]
    n = bits.size
    while n > 0:
        low = max(0, n - _BLOCK)
        found = np.flatnonzero(bits[low:n] != nothing)
        if found.size:
            return low + int(found[-1]) + 1
        n = low
    return 0


def head_of(array: NDArray[Any], start: float) -> Head:
    """Return a copy of an array without its end, so far as every element there is `start`, bit by bit."""
    return Head(array.shape, array.reshape(-1)[: used(array, start)].copy())
