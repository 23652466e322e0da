"""Where in its zone somebody is: a place of their own, keyed by the person, so that it is the same under every measure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgu.kernels.base.draw import uniform2
from msgu.kernels.jit.compile import njit

if TYPE_CHECKING:
    import numpy as np

PERSON_SPOT, HOST_SPOT, SPOT_TRIES = 9, 36, 27
"""First draws of where people who are out and hosts are, and how many pairs there are of each."""


@njit
def spot(key: np.uint64, who: int, nth: int, first: int, radius: float, ring: bool) -> tuple[float, float]:
    """Where somebody is, east and north of a centre [m]: anywhere in a disc, or on the circle of a ring.

    A point of the square around the disc, drawn until it falls inside.
    """
    for k in range(first, first + SPOT_TRIES):
        u, v = uniform2(key, who, nth, k)
        x = 2.0 * u - 1.0
        y = 2.0 * v - 1.0
        square = x * x + y * y
        if 0.0 < square <= 1.0:
            size = radius
            if ring:
                size /= math.sqrt(square)
            return size * x, size * y
    return 0.0, 0.0
