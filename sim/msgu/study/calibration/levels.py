"""Levels of a calibration: each figure is emulated at each scale, level after level.

The first level that measures a figure teaches its emulator. A later level at another scale says how far from the nearest
known one that scale lies; at a scale that is known already, with more models in its nights, it shifts every scale alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from msgu.errors import ReplicationError
from msgu.study.calibration.emulator import Emulator, fit, night_variance
from msgu.study.calibration.loss import Bounds, Target
from msgu.study.calibration.posterior import Emulated

F64 = NDArray[np.float64]

LEAST_POINTS: Final = 4


@dataclass(frozen=True)
class Part:
    """The parameters that change something at a level, out of `d`.

    active : their places.
    """

    d: int
    active: tuple[int, ...]

    def whole(self, cube: F64) -> F64:
        """Points of the part as points of the unit cube, in the middle of what changes nothing; shape (n, d)."""
        if len(self.active) == self.d:
            return cube
        found = np.full((len(cube), self.d), 0.5)
        found[:, self.active] = cube
        return found

    def within(self, model: Emulated) -> Emulated | Within:
        """Return a model asked at points of the part."""
        return model if len(self.active) == self.d else Within(self, model)


@dataclass(frozen=True)
class Within:
    """A model asked at points of a part of its parameters."""

    part: Part
    model: Emulated

    def log_likelihood(self, cube: F64) -> F64:
        """See `Emulated.log_likelihood`."""
        return self.model.log_likelihood(self.part.whole(cube))

    def implausibility(self, cube: F64) -> F64:
        """See `Emulated.implausibility`."""
        return self.model.implausibility(self.part.whole(cube))


@dataclass(frozen=True)
class Known:
    """Emulators by figure and scale."""

    emulators: Mapping[str, Mapping[float, Emulator]]

    def __contains__(self, figure: str) -> bool:
        return figure in self.emulators

    def __len__(self) -> int:
        return len(self.emulators)

    def at(self, figure: str, scale: float) -> Emulator:
        """Return the emulator of a figure at a scale, or at the nearest one that is known."""
        known = self.emulators[figure]
        return known[min(known, key=lambda there: abs(np.log(there / scale)))]

    def after(self, scale: float, cube: F64, part: Part, measured: Mapping[str, F64]) -> Known:
        """Return what is known once points of one more level have been run.

        Parameters
        ----------
        cube : shape (n_points, d).
        measured : logarithms that the level's nights gave, by figure; shape (n_points, n_nights), NaN for a night that failed.

        Raises
        ------
        ReplicationError
            Where too few points have nights to learn a figure from.
        """
        found = dict(self.emulators)
        for figure, logs in measured.items():
            if figure not in found:
                found[figure] = {scale: _learnt(figure, cube, logs, part)}
            elif np.isfinite(logs.mean(axis=1)).any():
                found[figure] = self._moved(figure, scale, cube, logs)
        return Known(found)

    def _moved(self, figure: str, scale: float, cube: F64, logs: F64) -> dict[float, Emulator]:
        known = self.emulators[figure]
        near = self.at(figure, scale)
        mean, _ = near.predict(cube)
        gaps = logs.mean(axis=1) - mean
        gaps = gaps[np.isfinite(gaps)]
        spread = float(np.var(gaps, ddof=1)) if len(gaps) > 1 else float(gaps[0]) ** 2
        shift, unsure = float(gaps.mean()), spread * (1 + 1 / len(gaps))
        if scale in known:
            return {there: _shifted(emulator, shift, unsure) for there, emulator in known.items()}
        return {**known, scale: replace(_shifted(near, shift, unsure), night=night_variance(logs))}

    def model(self, asked: Iterable[tuple[Target, Sequence[float]]], counters: Mapping[str, Bounds]) -> Emulated:
        """Return targets with their emulators, each once for every scale at which it is judged and that is known.

        A target's weight is shared out over its scales.
        """
        targets: list[Target] = []
        emulators: list[Emulator] = []
        for target, scales in asked:
            mine = list({id(found): found for found in (self.at(target.id, scale) for scale in scales)}.values())
            targets += [replace(target, weight=target.weight / len(mine))] * len(mine)
            emulators += mine
        return Emulated(tuple(targets), counters, tuple(emulators))


def _learnt(figure: str, cube: F64, logs: F64, part: Part) -> Emulator:
    """Fit the emulator of one figure to the nights of points; `logs` has shape (n_points, n_nights)."""
    means = logs.mean(axis=1)
    if int(np.isfinite(means).sum()) < LEAST_POINTS:
        raise ReplicationError(f"`{figure}`: fewer than {LEAST_POINTS} points have nights to learn from")
    active = None if len(part.active) == part.d else part.active
    there = cube if active is None else cube[:, active]
    return replace(fit(there, means, night_variance(logs), logs.shape[1]), active=active)


def _shifted(emulator: Emulator, shift: float, unsure: float) -> Emulator:
    return replace(emulator, offset=emulator.offset + shift, unsure=emulator.unsure + unsure)
