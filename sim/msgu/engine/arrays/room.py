"""Room that arrays need: bitmaps, and the most that chance ever fills."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from msgu.kernels.base.bitmap import fill_bits


def bitmap(n: int, rows: int | None = None) -> NDArray[np.uint64]:
    """Bitmap of n bits, all 0; one for each row where `rows` is given."""
    words = (n + 63) // 64
    return np.zeros(words if rows is None else (rows, words), np.uint64)


def bits_of(mask: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Bitmap of the elements of `mask` (n,) that are true."""
    words = bitmap(len(mask))
    fill_bits(mask, words)
    return words


def most_of(mean: float) -> int:
    """Most that a count of independent chances with this mean ever is: 12 standard deviations above it."""
    return int(mean + 12 * math.sqrt(mean) + 12)
