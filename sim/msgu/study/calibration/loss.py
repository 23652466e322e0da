"""Loss of a point of the parameters: squared log ratios over tolerances, bounds as hinges, one kappa a counter.

Everything is in natural logarithms.
The tolerance of a figure counts as two standard deviations of the report to either side of its value;
beyond a bound without a value the cost rises over `HINGE`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

HINGE: Final = 0.05
"""Standard deviation of a bound that stands alone, in logarithms (assumption: five per cent)."""
FLOOR: Final = 1e-3
"""What a simulated value of nothing counts as, as a share of the reported one."""


@dataclass(frozen=True)
class Target:
    """A reported figure to be met or predicted.

    value, low, high : as reported; None where there is none.
    weight : factor on its share of the loss and of the log likelihood.
    counter : counter whose kappa multiplies what was simulated, or None.
    """

    id: str
    value: float | None
    low: float | None
    high: float | None
    weight: float = 1.0
    counter: str | None = None

    @property
    def reference(self) -> float:
        """Return the value, or the middle or end of the bounds, as a scale [unit of the figure]."""
        if self.value:
            return abs(self.value)
        ends = [abs(end) for end in (self.low, self.high) if end]
        return math.prod(ends) ** (1 / len(ends)) if ends else 1.0

    def logs(self, simulated: F64) -> F64:
        """Logarithms of simulated values, nothing counted as `FLOOR` of the reference; NaN stays NaN."""
        return np.asarray(np.log(np.where(simulated <= 0, FLOOR * self.reference, simulated)))

    def spread(self) -> tuple[float, float]:
        """Standard deviations of the report below and above its value; infinite where there is no bound."""
        if self.value is None or self.value <= 0:
            return HINGE, HINGE
        below = abs(math.log(self.value / self.low)) / 2 if self.low is not None and self.low > 0 else math.inf
        above = abs(math.log(self.high / self.value)) / 2 if self.high is not None and self.high > 0 else math.inf
        return max(below, 1e-6), max(above, 1e-6)

    def miss(self, logs: F64) -> tuple[F64, F64]:
        """How far logarithms lie from what was reported, and the standard deviation of the report on that side.

        Returns
        -------
        Signed distance (0 where a bound is met), and spread; shapes of `logs`.
        """
        below, above = self.spread()
        if self.value is not None and self.value > 0:
            distance = logs - math.log(self.value)
            spread = np.where(distance < 0, below, above)
            return np.where(np.isinf(spread), 0.0, distance), np.where(np.isinf(spread), HINGE, spread)
        low, high = self.ends()
        under, over = np.minimum(logs - low, 0.0), np.maximum(logs - high, 0.0)
        return np.where(under < 0, under, over), np.full_like(logs, HINGE)

    def ends(self) -> tuple[float, float]:
        """Logarithms of the ends of what counts as reproduced; infinite where there is none."""
        low = math.log(self.low) if self.low is not None and self.low > 0 else -math.inf
        return low, math.log(self.high) if self.high is not None and self.high > 0 else math.inf

    def met(self, simulated: float) -> bool:
        """Return whether a simulated value counts as reproduced."""
        return (self.low is None or self.low <= simulated) and (self.high is None or simulated <= self.high)


@dataclass(frozen=True)
class Bounds:
    """Bounds of the factor of a counter, and its value where no target tells it."""

    low: float
    high: float
    usual: float


def log_kappas(targets: Sequence[Target], counters: Mapping[str, Bounds], logs: F64) -> F64:
    """Logarithm of kappa for each figure: that of its counter, the best within its bounds at each point.

    Parameters
    ----------
    targets : figures whose values tell kappa.
    logs : shape (n_points, n_targets). Logarithms of simulated values.

    Returns
    -------
    shape (n_points, n_targets); 0 for figures without a counter.
    """
    found = np.zeros_like(logs)
    for name, bounds in counters.items():
        mine = [k for k, t in enumerate(targets) if t.counter == name]
        telling = [k for k in mine if targets[k].value and targets[k].weight > 0]
        if not mine:
            continue
        found[:, mine] = _log_kappa(targets, telling, bounds, logs)[:, None]
    return found


def _log_kappa(targets: Sequence[Target], telling: Sequence[int], bounds: Bounds, logs: F64) -> F64:
    if not telling:
        return np.full(len(logs), math.log(bounds.usual))
    inverse = np.array([targets[k].weight / float(np.mean(targets[k].spread())) ** 2 for k in telling])
    reported = np.array([math.log(float(targets[k].value or 1.0)) for k in telling])
    best = ((reported - logs[:, list(telling)]) * inverse).sum(1) / inverse.sum()
    return np.asarray(np.clip(best, math.log(bounds.low), math.log(bounds.high)))


def loss(targets: Sequence[Target], counters: Mapping[str, Bounds], logs: F64) -> F64:
    """Weighted sum of squared misses over spreads; infinite where a figure was not simulated.

    Parameters
    ----------
    logs : shape (n_points, n_targets).

    Returns
    -------
    shape (n_points,).
    """
    seen = logs + log_kappas(targets, counters, logs)
    total = np.zeros(len(logs))
    for k, target in enumerate(targets):
        distance, spread = target.miss(seen[:, k])
        total += target.weight * (distance / spread) ** 2
    return np.where(np.isnan(total), np.inf, total)


def standardised(targets: Sequence[Target], counters: Mapping[str, Bounds], mean: F64, variance: F64) -> tuple[F64, F64]:
    """Misses of uncertain predictions in standard deviations of report and prediction together.

    Parameters
    ----------
    mean, variance : shape (n_points, n_targets). Of the logarithms that are predicted for one night.

    Returns
    -------
    Misses, and logarithms of those standard deviations; shapes (n_points, n_targets).
    """
    seen = mean + log_kappas(targets, counters, mean)
    misses, widths = np.zeros_like(mean), np.zeros_like(mean)
    for k, target in enumerate(targets):
        distance, spread = target.miss(seen[:, k])
        width = np.sqrt(spread**2 + variance[:, k])
        misses[:, k], widths[:, k] = distance / width, np.log(width)
    return misses, widths
