"""The course of a night in a few curves about people, for pictures: median over the nights of each alternative."""

from __future__ import annotations

from typing import Final

import numpy as np

from msgu.measure.over_time import COURSE
from msgu.measure.view import Night
from msgu.study.comparison.paired import F64

STEP: Final = 600.0
"""Distance of the points of a curve [s]."""


def curves_of(night: Night) -> dict[str, F64]:
    """Return the curves of one night; each has a point at the end of every ten minutes, all zero where there is nothing."""
    points = _points(night)
    return {name: curve(night)[points] for name, curve in COURSE.items()}


def curve_times(night: Night) -> F64:
    """Return when the points of the curves are [s]."""
    return (np.arange(night.bins, dtype=np.float64)[_points(night)] + 1) * night.results.bin_width


def _points(night: Night) -> slice:
    """Which bins end at a point of a curve; a last bin that the horizon cuts does not."""
    every = max(1, round(STEP / night.results.bin_width))
    return slice(every - 1, int(night.results.horizon / night.results.bin_width + 1e-9), every)


def median_curves(nights: list[dict[str, F64]]) -> dict[str, F64]:
    """Return the median over nights of each curve."""
    return {name: np.median(np.array([night[name] for night in nights]), axis=0) for name in COURSE} if nights else {}
