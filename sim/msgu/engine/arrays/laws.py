"""Delay laws and hourly values of a scenario as arrays."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from msgu.kernels.base import laws as law_codes
from msgu.scenario.schema.laws import AnyClockLaw, Awake, Exponential, Fixed, Law, Lognormal, Seismic

F64 = NDArray[np.float64]
NOTHING = Fixed.model_construct(law="fixed", value=0.0)
"""The law of what the scenario has not."""


class Laws:
    """Delay laws collected as rows of two arrays."""

    def __init__(self) -> None:
        self.rows: list[list[float]] = []
        self.knots: list[list[float]] = []

    def add(self, law: AnyClockLaw) -> int:
        """Add a law, return its row."""
        if isinstance(law, Awake):
            row = [law_codes.AWAKE, float(self.add(law.delay)), 0.0, 0.0]
        elif isinstance(law, Lognormal):
            row = [law_codes.LOGNORMAL, math.log(law.median), law.sigma, 0.0]
        elif isinstance(law, Exponential):
            row = [law_codes.EXPONENTIAL, law.mean, 0.0, 0.0]
        elif isinstance(law, Fixed):
            row = [law_codes.FIXED, law.value, 0.0, 0.0]
        elif isinstance(law, Seismic):
            row = [law_codes.SEISMIC, law.theta, law.s0, 0.0]
        else:
            points = sorted((float(p), d) for p, d in law.quantiles.items())
            row = [law_codes.EMPIRICAL, float(len(self.knots)), float(len(points)), 0.0]
            self.knots.extend([p, d] for p, d in points)
        self.rows.append([float(x) for x in row])
        return len(self.rows) - 1

    def arrays(self) -> tuple[F64, F64]:
        """Laws (n, 4) and knots (m, 2)."""
        return np.array(self.rows or [[0.0] * 4]), np.array(self.knots or [[0.0, 0.0], [1.0, 0.0]])


def law_mean(law: Law) -> float:
    """Mean of a law [s]; infinite for a heavy tail."""
    if isinstance(law, Lognormal):
        return law.median * math.exp(law.sigma**2 / 2)
    if isinstance(law, Exponential):
        return law.mean
    if isinstance(law, Fixed):
        return law.value
    if isinstance(law, Seismic):
        if law.theta <= 1:
            return math.inf
        flat = law.theta / (1 + law.theta)  # the share below s0, of mean s0 / 2
        return law.s0 * (flat / 2 + (1 - flat) * law.theta / (law.theta - 1))
    points = sorted((float(p), d) for p, d in law.quantiles.items())
    return sum((p1 - p0) * (d0 + d1) / 2 for (p0, d0), (p1, d1) in pairwise(points))


def is_continuous(law: Law) -> bool:
    """Whether no two delays of a law are equal, but by chance."""
    if isinstance(law, Lognormal):
        return law.median > 0 and law.sigma > 0
    return (isinstance(law, Exponential) and law.mean > 0) or (isinstance(law, Seismic) and law.s0 > 0)


def by_hour(values: dict[str, float]) -> F64:
    """24 values by local hour; a missing hour counts as 1."""
    return np.array([values.get(str(h), 1.0) for h in range(24)])
