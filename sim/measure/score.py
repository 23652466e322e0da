"""The scorecard: reported figures beside what the nights gave."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.measure import metrics
from sim.measure.night import Night, Window
from sim.scenario.schema_evidence import Evidence, Figure

Verdict = Literal["ok", "missed", "not reached"]


@dataclass(frozen=True)
class Row:
    """One reported figure beside what the nights gave.

    reported, low, high : the figure and the range that counts as reproduced; None where there is none.
    simulated : value of each night, times its counter's kappa; NaN where there was nothing to measure.
    """

    id: str
    quantity: str
    unit: str
    role: str
    kind: str
    weight: float
    reported: float | None
    low: float | None
    high: float | None
    simulated: tuple[float, ...]
    verdict: Verdict
    source: str = ""
    confidence: str = ""
    note: str = ""
    counter: str = ""

    @property
    def median(self) -> float:
        """Median of the nights; NaN where there is none."""
        values = [v for v in self.simulated if not math.isnan(v)]
        return float(np.median(values)) if values else math.nan


def active(evidence: Evidence) -> dict[str, Figure]:
    """Figures of the chosen reading of the peak, sorted by id."""
    chosen = {k: f for k, f in evidence.figures.items() if f.reading in (None, evidence.peak_reading)}
    return dict(sorted(chosen.items()))


def reached(figure: Figure, horizon: float) -> bool:
    """Whether a night of this length [s] covers the figure's window."""
    return figure.window is None or figure.window[1] <= horizon + 1e-6


def score(nights: Sequence[Night]) -> list[Row]:
    """Compare every active figure of the nights' scenario with what they gave.

    Figures of one counter share one kappa, the best within its bounds by least squares of log ratios.
    """
    evidence, horizon = nights[0].scenario.evidence, nights[0].results.horizon
    figures = active(evidence)
    values = {k: _values(f, nights) if reached(f, horizon) else () for k, f in figures.items()}
    kappas = fitted_kappas(evidence, values)
    return [_row(k, f, values[k], kappas.get(f.counter or "", 1.0), reached(f, horizon)) for k, f in figures.items()]


def _values(figure: Figure, nights: Sequence[Night]) -> tuple[float, ...]:
    window = Window(*figure.window) if figure.window else None
    return tuple(metrics.value(figure.metric, night, window) for night in nights)


def fitted_kappas(evidence: Evidence, values: dict[str, tuple[float, ...]]) -> dict[str, float]:
    """Kappa of each counter: the mean log ratio of reported over simulated, within its bounds."""
    found = {}
    for name, counter in evidence.counters.items():
        logs, weights = [], []
        for key, got in values.items():
            figure = evidence.figures[key]
            middle = float(np.median(got)) if got else math.nan
            if figure.counter == name and figure.role == "target" and figure.value and middle > 0:
                logs.append(math.log(figure.value / middle))
                weights.append(max(figure.weight, 1e-9))
        kappa = math.exp(float(np.average(logs, weights=weights))) if logs else counter.kappa
        found[name] = min(max(kappa, counter.low), counter.high)
    return found


def _row(key: str, f: Figure, values: tuple[float, ...], kappa: float, covered: bool) -> Row:
    simulated = tuple(v * kappa for v in values)
    return Row(
        id=key,
        quantity=f.quantity,
        unit=f.unit,
        role=f.role,
        kind=f.kind,
        weight=f.weight,
        reported=f.value,
        low=f.low,
        high=f.high,
        simulated=simulated,
        verdict=_verdict(f, simulated) if covered else "not reached",
        source=f.source,
        confidence=f.confidence,
        note=f.note,
        counter=f"{f.counter} (kappa {kappa:.3g})" if f.counter else "",
    )


def _verdict(f: Figure, simulated: tuple[float, ...]) -> Verdict:
    values = [v for v in simulated if not math.isnan(v)]
    if not values:
        return "missed"
    middle = float(np.median(values))
    low = -math.inf if f.low is None else f.low
    high = math.inf if f.high is None else f.high
    return "ok" if low <= middle <= high else "missed"
