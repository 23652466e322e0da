"""Bins of a night's tables as pictures draw them: several together where they are many."""

from __future__ import annotations

import numpy as np

from msgu.report.base.band import F64
from msgu.results import Results


def coarse(night: Results, most: int) -> int:
    """Bins of the tables to draw as one so that at most `most` remain."""
    return -(-night.bins // most)


def centres(night: Results, step: int = 1) -> F64:
    """Middle of each drawn bin, the last one cut at the horizon [s]."""
    edges = _edges(night, step)
    return np.asarray((edges[:-1] + edges[1:]) / 2, np.float64)


def ends(night: Results) -> F64:
    """End of each bin [s]."""
    return np.asarray(np.minimum(np.arange(1, night.bins + 1) * night.bin_width, night.horizon), np.float64)


def spans(night: Results, step: int) -> F64:
    """Length of each drawn bin [s]."""
    return np.diff(_edges(night, step))


def _edges(night: Results, step: int) -> F64:
    """Where the drawn bins begin and end, the last one at the horizon [s]."""
    edges = np.minimum(np.arange(0, night.bins + step, step) * night.bin_width, night.horizon)
    return np.asarray(edges[: -(-night.bins // step) + 1], np.float64)


def thinned(values: F64, step: int) -> F64:
    """Keep the value at the end of each drawn bin of the last axis, the last one included."""
    n = values.shape[-1]
    at = np.minimum(np.arange(step - 1, n + step - 1, step), n - 1)
    return np.asarray(values[..., at])


def summed(values: F64, step: int) -> F64:
    """Sum `step` neighbouring bins of the last axis; the last group may be shorter."""
    at = np.arange(0, values.shape[-1], step)
    return np.asarray(np.add.reduceat(values, at, axis=-1), np.float64)
