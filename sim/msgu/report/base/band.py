"""A curve over time with its spread over the runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Band:
    """Spread over nights: middle, low and high, each of the shape of one night.

    nights : number of nights. Up to 19 nights low and high are the least and the greatest; from 20 on, the 5th and
    95th percentile.
    """

    middle: F64
    low: F64
    high: F64
    nights: int


def band_of(values: F64) -> Band:
    """Return median and spread over the first axis; NaN where no night has a value."""
    n = values.shape[0]
    outer = (0.05, 0.95) if n >= 20 else (0.0, 1.0)
    empty = np.isnan(values).all(axis=0)
    filled = np.where(empty, 0.0, values)
    quantile = np.nanquantile if np.isnan(filled).any() else np.quantile  # the first takes 0.3 ms for each point
    low, middle, high = quantile(filled, (outer[0], 0.5, outer[1]), axis=0)
    return Band(np.where(empty, np.nan, middle), np.where(empty, np.nan, low), np.where(empty, np.nan, high), n)
