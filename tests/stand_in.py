"""A stand-in for the engine: four figures of three settings in closed form, with the luck of the night."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from msgu.scenario.study.calibration_schema import Loguniform, Triangular, Uniform
from msgu.study.calibration.loss import Bounds, Target
from msgu.study.calibration.problem import Ask, CalibrationProblem, Effort, LevelEffort
from numpy.typing import NDArray

F64 = NDArray[np.float64]
PRIORS = {
    "infectiousness": Loguniform(law="loguniform", low=0.02, high=0.08),
    "volume": Uniform(law="uniform", low=0.5, high=2.0),
    "pulse": Triangular(law="triangular", low=0.01, mode=0.05, high=0.1),
}
NAMES = ("uses", "peak", "originals", "share")
SPREAD = (0.05, 0.10, 0.08, 0.06)
"""Standard deviation of the report of each figure, in logarithms."""
LUCK = 0.05


def logs(values: Sequence[float]) -> F64:
    """Logarithms of the four figures at some values, without luck; shape (4,)."""
    infectiousness, volume, pulse = values
    ratio = 18.0 * infectiousness / (1 + 4.0 * infectiousness)
    uses = np.log(1e5 * volume) + 1.5 * ratio
    peak = np.log(np.exp(uses) * pulse * 0.07 + 20 * volume)
    return np.array([uses, peak, np.log(6e4 * volume + 0.02 * np.exp(uses)), -0.3 * ratio - 0.2 / volume])


@dataclass
class StandIn:
    """Answers `Ask`s; `nights` counts them. Half of the luck is common to all points, as common draws are."""

    nights: int = 0

    def __call__(self, asks: Sequence[Ask]) -> list[dict[str, float]]:
        self.nights += len(asks)
        return [self.night(ask) for ask in asks]

    def night(self, ask: Ask) -> dict[str, float]:
        common = np.random.default_rng([ask.seed, ask.replication]).standard_normal(4)
        digest = hashlib.blake2b(repr((ask.values, ask.seed, ask.replication)).encode(), digest_size=8).digest()
        own = np.random.default_rng(list(digest)).standard_normal(4)
        found = logs(ask.values) + LUCK * (common + own) / np.sqrt(2) - 0.02 * np.log(ask.scale)
        return dict(zip(NAMES, np.exp(found), strict=True))


def problem(reported: F64, spread: Sequence[float] = SPREAD, counted: bool = False) -> CalibrationProblem:
    """Four targets reported as given, each with its spread; the first seen by a counter where `counted`."""
    targets = tuple(
        Target(
            name,
            float(value),
            float(value * np.exp(-2 * s)),
            float(value * np.exp(2 * s)),
            1.0,
            "c" if counted and name == "uses" else None,
        )
        for name, value, s in zip(NAMES, reported, spread, strict=True)
    )
    return CalibrationProblem(PRIORS, targets, (), {"c": Bounds(0.5, 1.0, 0.8)} if counted else {})


def reported_of(values: Sequence[float], seed: int) -> F64:
    """What would be reported of one night at some values: its luck, and the error of the report; shape (4,)."""
    generator = np.random.default_rng([seed, 99])
    luck = LUCK * generator.standard_normal(4)
    return np.asarray(np.exp(logs(values) + luck + np.array(SPREAD) * generator.standard_normal(4)))


def effort(
    seed: int = 1, budget: int = 60, start: int = 30, waves: int = 3, replicates: int = 2, confirm: int = 4,
    fresh_seed: int = 2, search: Literal["history", "random"] = "history",
) -> Effort:  # fmt: skip
    """One level at full size."""
    level = LevelEffort("", 1.0, budget, start, waves, replicates, confirm)
    return Effort((level,), seed, fresh_seed, search)
