"""Reach of a comparison: people of each zone who know, at a few times of the night."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from msgu.measure.metrics.windows import first_event
from msgu.measure.view import Night
from msgu.scenario.schema.root import Scenario
from msgu.study.comparison.paired import F64

FRAMES: Final = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 12.0)
"""When the map is drawn [h after the first event], as far as the night goes."""


@dataclass(frozen=True)
class Reach:
    """People who know by zone, in one alternative.

    Parameters
    ----------
    times : shape (frames,). Time since the scenario's start [s].
    people : shape (zones,). Residents at scale 1 [persons].
    aware : shape (frames, zones). Median over nights of those who know [persons at scale 1].
    """

    times: F64
    people: F64
    aware: F64

    def share(self) -> F64:
        """Share of each zone's people who know, shape (frames, zones); NaN where nobody lives."""
        told: F64 = np.divide(self.aware, self.people, out=np.full(self.aware.shape, np.nan), where=self.people > 0)
        return told

    def left_out(self, frame: int) -> F64:
        """People of each zone who do not know, shape (zones,)."""
        missing: F64 = np.maximum(0.0, self.people - self.aware[frame])
        return missing


def frames_of(scenario: Scenario) -> F64:
    """Return the times at which the map is drawn [s]."""
    start = first_event(scenario)
    return np.array([t for t in (start + 3600.0 * h for h in FRAMES) if t <= scenario.horizon], np.float64)


def aware_by_zone(night: Night) -> F64:
    """Return the people who know at each frame, by zone, in one night; shape (frames, zones)."""
    table, times = night.table("awareness"), frames_of(night.scenario)
    zones = len(night.results.names["zones"])
    bins = int(table["bin"].max(initial=-1)) + 1
    grid = np.zeros((bins + 1, zones))
    grid[table["bin"] + 1, table["zone"]] = table["aware"] * night.factor("awareness")
    at = np.minimum(bins, (times / night.results.bin_width + 1e-9).astype(np.int64))
    return grid[at]


def reach_of(night: Night, nights: list[F64]) -> Reach:
    """Return who is reached over nights, each as `aware_by_zone` gives it; `night` is any of them."""
    s, scale = night.scenario, night.results.scale
    rows = [s.places.zones[zone] for zone in night.results.names["zones"]]
    living = np.array([0.0 if row.kind == "abroad" else float(row.population or 0) for row in rows])
    people = np.round(living * scale) / scale
    return Reach(frames_of(s), people, np.median(np.array(nights), axis=0))
