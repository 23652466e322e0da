"""Interleaved timing: every contestant once in each round, medians over the rounds, ratios with their bounds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple


class Ratio(NamedTuple):
    """A ratio and the bound that it should keep."""

    name: str
    value: float
    bound: float
    at_least: bool

    def line(self) -> str:
        """Return `ratio NAME VALUE BOUND ok|short`."""
        kept = self.value >= self.bound if self.at_least else self.value <= self.bound
        sign = ">=" if self.at_least else "<="
        return f"ratio {self.name} {self.value:.3g} {sign}{self.bound:g} {'ok' if kept else 'short'}"


def peer(module: str) -> Any | None:
    """Import somebody else's program, or say that it is left out: none is needed for our own figures."""
    try:
        return import_module(module)
    except ImportError:
        print(f"left out: {module} is not installed (pip install 'msgu-sim[peers]')")
        return None


def interleaved(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Median processor time for each unit of work [s].

    Parameters
    ----------
    contestants : each does its work once and returns how much it did (events, edges, ...).
    rounds : how often each is run, after one round that is not counted.
    """
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for n in range(rounds + 1):
        for name, work in contestants.items():
            began = time.process_time()
            done = work()
            if n:
                times[name].append((time.process_time() - began) / max(done, 1.0))
    print(f"{'contestant':24s} {'ns each':>10s} {'min':>10s} {'max':>10s}   ({rounds} rounds)")
    for name, found in times.items():
        row = [1e9 * x for x in (statistics.median(found), min(found), max(found))]
        print(f"{name:24s} {row[0]:10.1f} {row[1]:10.1f} {row[2]:10.1f}")
    return {name: statistics.median(found) for name, found in times.items()}
