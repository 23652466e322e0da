"""What became of people out, by zone and time: one table for maps with a slider, animations and comparisons."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.results import Columns, Results

STANDING = ("stranded", "seeking", "to_host", "sheltered", "held", "outside", "walking_far", "home")
"""States of which the table says how many people are in them at the end of each bin."""
FLOWS = {"rides": "riding", "walks": "walking", "taxis": "taxi", "walks_far": "walking_far"}
"""Columns of those who set out within the bin, and the state that they enter."""


def outcomes(results: Results, width: float = 900.0) -> Columns:
    """What became of people out, by zone where they were out and by bin, at full size at any scale.

    Parameters
    ----------
    results
        One night.
    width
        Width of the bins [s]; a multiple of that of the night's tables.

    Returns
    -------
    Columns of shape (n_zones * n_bins,), zone by zone: `zone` (row of `names['zones']`), `start` [s]; at the end of the bin
    the people in each state of `STANDING`; within the bin those who set out (`rides`, `walks`, `taxis`, `walks_far`), those
    who `looked` for shelter for the first time, whom a host `housed`, who came to a host's `door`, contacts and contacts
    `in_vain`, items and `offers_read`; `offers` made by accounts of the zone; `time_to_shelter`: the median from the first
    look to the door of those who came to it within the bin [s], NaN for nobody.
    """
    step = round(width / results.bin_width)
    if step < 1 or abs(step * results.bin_width - width) > 1e-9 * width:
        raise ValueError(f"bins of {width:g} s are no multiple of {results.bin_width:g} s")
    shape = len(results.names["zones"]), int(np.ceil(results.horizon / width - 1e-9))
    last = int(np.ceil(results.horizon / results.bin_width - 1e-9)) - 1
    grid = _Grid(results, shape, width, step, last)
    zone, number = np.divmod(np.arange(shape[0] * shape[1]), shape[1])
    table: dict[str, NDArray[Any]] = {"zone": zone.astype(np.int16), "start": number * width}
    table |= {name: grid.standing(name) for name in STANDING}
    table |= {name: grid.entered(of) for name, of in FLOWS.items()}
    reading, seekers = results.tables["reading"], results.tables["seekers"]
    table["looked"] = grid.at_times(seekers["zone"], seekers["look"])
    table["door"] = grid.at_times(seekers["zone"], seekers["door"])
    for name, of in (("housed", "housed"), ("contacts", "contacts"), ("in_vain", "in_vain"), ("items", "items")):
        table[name] = grid.sums(reading["zone"], reading["bin"] // step, reading[of])
    table["offers_read"] = grid.sums(reading["zone"], reading["bin"] // step, reading["offers"])
    posts, rows = results.tables["posts"], results.tables["offers"]["post"]
    table["offers"] = grid.at_times(posts["zone"][rows], posts["time"][rows]) * results.clones
    table["time_to_shelter"] = grid.waits()
    return table


def moderation(results: Results) -> dict[str, float]:
    """What volunteers got done: offers made and checked, how long they waited, how many at worst; one row of outcomes.

    Returns
    -------
    At full size: `offers`; `checked` by the horizon and its `share`; time from posting to having been checked, of those
    checked, with nine in ten at most `wait_90` and the middle `wait_50` [s], NaN where there is none; `waiting`, the most
    that at one time were posted and not yet checked; `useful_checked` and `useful_others`, the share of hosts who took
    somebody in, among hosts of offers ever checked and among the others.
    """
    offers = results.tables["offers"]
    posted = results.tables["posts"]["time"][offers["post"]]
    checked = offers["checked"]
    done = np.isfinite(checked)
    waits = (checked - posted)[done]
    times = np.concatenate([posted, checked[done]])
    steps = np.concatenate([np.ones(len(posted)), -np.ones(len(waits))])
    line = np.cumsum(steps[np.argsort(times, kind="stable")])
    useful = results.tables["hosts"]["useful"]

    def share(which: NDArray[np.bool_]) -> float:
        return float(useful[which].sum() / (which.sum() * results.clones)) if which.any() else float("nan")

    return {
        "offers": float(len(posted) * results.clones),
        "checked": float(done.sum() * results.clones),
        "share": float(done.mean()) if len(done) else float("nan"),
        "wait_50": float(np.median(waits)) if len(waits) else float("nan"),
        "wait_90": float(np.percentile(waits, 90)) if len(waits) else float("nan"),
        "waiting": float(line.max(initial=0.0) * results.clones),
        "useful_checked": share(done),
        "useful_others": share(~done),
    }


class _Grid:
    """Sums over zones and bins, laid out zone by zone."""

    def __init__(self, results: Results, shape: tuple[int, int], width: float, step: int, last: int) -> None:
        self.results, self.shape, self.width, self.step, self.last = results, shape, width, step, last

    def sums(self, zone: NDArray[Any], number: NDArray[Any], values: NDArray[Any]) -> NDArray[np.int64]:
        """Sum of values by zone and bin."""
        label = zone.astype(np.int64) * self.shape[1] + np.minimum(number, self.shape[1] - 1)
        return np.bincount(label, values, self.shape[0] * self.shape[1]).astype(np.int64)

    def at_times(self, zone: NDArray[Any], time: NDArray[np.float64]) -> NDArray[np.int64]:
        """How many of these times lie in each bin; NaN in none."""
        known = np.isfinite(time)
        return self.sums(zone[known], (time[known] / self.width).astype(np.int64), np.ones(int(known.sum())))

    def standing(self, state: str) -> NDArray[np.int64]:
        """People in a state at the end of each bin."""
        people = self.results.tables["people"]
        number = people["bin"].astype(np.int64)
        rows = people["state"] == self.results.names["states"].index(state)
        rows &= ((number + 1) % self.step == 0) | (number == self.last)
        return self.sums(people["zone"][rows], number[rows] // self.step, people["count"][rows])

    def entered(self, state: str) -> NDArray[np.int64]:
        """People who enter a state within each bin."""
        moves = self.results.tables["moves"]
        rows = moves["state"] == self.results.names["states"].index(state)
        return self.sums(moves["zone"][rows], moves["bin"][rows] // self.step, moves["entered"][rows])

    def waits(self) -> NDArray[np.float64]:
        """Median time from the first look to the door, by zone and bin of the arrival [s]."""
        seekers = self.results.tables["seekers"]
        there = np.isfinite(seekers["door"])
        number = np.minimum((seekers["door"][there] / self.width).astype(np.int64), self.shape[1] - 1)
        label = seekers["zone"][there].astype(np.int64) * self.shape[1] + number
        waits = (seekers["door"] - seekers["look"])[there]
        found = np.full(self.shape[0] * self.shape[1], np.nan)
        for k in np.unique(label):
            found[k] = np.median(waits[label == k])
        return found
