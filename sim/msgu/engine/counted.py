"""What an observable counts, read from the arrays of an engine as they stand; nothing is written."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.scenario.observables import Count

F64 = NDArray[np.float64]


def counted(record: Any, count: Count, parts: tuple[int, ...], weights: F64 | None = None) -> float:
    """Return what is counted in some parts of one of the records of an engine.

    parts : numbers of zones, of a desk or a topic; none: all of it. weights : of each part; None: 1.
    """
    values: NDArray[Any] = getattr(record, count.field)
    if count.part:
        return float(np.count_nonzero(_mine(record, count, values, parts)))
    if count.column is not None:
        values = values[..., count.column]
    if not count.per_part:
        return float(values.sum())
    by_part: F64 = values.reshape(-1, values.shape[-1]).sum(axis=0).astype(np.float64)
    if weights is not None:
        by_part = by_part[: len(weights)] * weights
    return math.fsum(by_part[list(parts)] if parts else by_part)  # whatever the order of zones


def _mine(record: Any, count: Count, values: NDArray[Any], parts: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which things are of these parts and have one of the codes."""
    n = int(getattr(record, count.used)[0]) if count.used else len(values)
    of = getattr(record, count.part)[:n]
    mine: NDArray[np.bool_] = of == parts[0] if len(parts) == 1 else np.isin(of, parts) if parts else np.ones(n, np.bool_)
    for_codes = np.isin(values[:n], count.codes) if count.codes else mine
    return mine & for_codes
