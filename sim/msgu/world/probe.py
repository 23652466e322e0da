"""Speed and memory of this machine: what predictions are held against."""

from __future__ import annotations

import time
from typing import Final

REFERENCE: Final = 0.053
"""Processor time of one round of the probe on the machine on which the constants of `size` were measured [s]."""
COMPILATION: Final = 83.0
"""Processor time of compiling every kernel on that machine [s]."""


def slowness(seconds: float = 0.25) -> float:
    """Return how much more processor time the same work takes here: 1 on the machine of the constants, 2 on one half as fast.

    The work is what a night does most: it reads one place after another of an array that no cache holds.
    Nothing is drawn and nothing kept, so that no result depends on it.

    Parameters
    ----------
    seconds : processor time spent [s].
    """
    import numpy as np

    size = 1 << 22
    places = np.arange(size, dtype=np.int64) * 2_654_435_761 % size
    rounds, began, spent = 0, time.process_time(), 0.0
    while spent < seconds:
        places[places].sum()
        rounds, spent = rounds + 1, time.process_time() - began
    return spent / rounds / REFERENCE


def memory_available() -> float:
    """Memory that can still be taken [bytes]; infinite where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return float(line.split()[1]) * 1024
    except OSError:
        pass
    return float("inf")
