"""An overload that passes: large cells with redials follow the fluid limit, the closer the larger they are.

Fluid limit (Mandelbaum, Massey and Reiman 1998) of a loss system with an orbit: busy channels b and orbit o, both for each
channel, obey b' = in - b/s and o' = H lost - o/a, where in = fresh + o/a - lost and lost is what b = 1 leaves no room for.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.theory import settings

HOLDING, AFTER, PERSISTENCE = 90.0, 60.0, 0.7
PROFILE = (0.6, 1.5, 0.5, 1.2, 0.4)
"""Fresh calls by hour, for each channel [erlang]: over, under, over, under."""
BIN = 300.0
SIZES = (30, 120, 900)
"""Channels of a cell."""

F64 = NDArray[np.float64]


def fluid(persistence: float = PERSISTENCE, holding: float = HOLDING, after: float = AFTER) -> F64:
    """Attempts and lost attempts of each bin for each channel; shape (2, bins). Euler, steps of 0.05 s."""
    step, busy, orbit = 0.05, PROFILE[0], 0.0
    steps = int(len(PROFILE) * 3600 / step)
    found = np.zeros((2, int(len(PROFILE) * 3600 / BIN)))
    for n in range(steps):
        t = n * step
        coming = PROFILE[int(t // 3600)] / HOLDING + orbit / after
        room = max(0.0, 1.0 - busy) / step + busy / holding
        lost = max(0.0, coming - room)
        row = int(t // BIN)
        found[0, row] += coming * step
        found[1, row] += lost * step
        busy += (coming - lost - busy / holding) * step
        orbit += (persistence * lost - orbit / after) * step
    return found


@cache
def simulated(channels: int) -> F64:
    """The same of cells with so many channels, over enough cells that chance is small; shape (2, bins)."""
    cells = 36_000 // channels
    profile = ", ".join(f"'{hour}': {load}" for hour, load in enumerate(PROFILE))
    sets = [
        f"phones.load={channels}", f"phones.channels={channels}", f"phones.cells.town={cells}", f"phones.profile={{{profile}}}",
        f"phones.persistence={PERSISTENCE}", f"phones.redial_after={{law: exponential, mean: {AFTER} s}}",
        f"horizon={len(PROFILE)} h", f"record.bin={BIN:g} s",
    ]  # fmt: skip
    calls = settings.run("d04-redial", sets).tables["calls"]
    bins = int(len(PROFILE) * 3600 / BIN)
    return np.array([np.bincount(calls["bin"], calls[what], bins) / channels / cells for what in ("offered", "lost")])


def distance(channels: int, law: F64) -> float:
    """Largest difference of any bin, over the mean of attempts."""
    return float(np.abs(simulated(channels) - law).max() / law[0].mean())


def test_the_distance_to_the_fluid_limit_shrinks_as_one_over_the_root_of_the_channels() -> None:
    law = fluid()
    far, near, nearest = (distance(channels, law) for channels in SIZES)
    assert nearest < 0.04
    assert far / nearest > 0.5 * (SIZES[2] / SIZES[0]) ** 0.5, (far, near, nearest)
    assert far > near > nearest


@pytest.mark.parametrize("bug", ["nobody redials", "redials after twice the time", "holding + 5 %"])
def test_a_wrong_fluid_limit_is_rejected(bug: str) -> None:
    wrong = {
        "nobody redials": {"persistence": 0.0},
        "redials after twice the time": {"after": 2 * AFTER},
        "holding + 5 %": {"holding": 1.05 * HOLDING},
    }[bug]
    law = fluid()
    assert distance(SIZES[2], fluid(**wrong)) > 2 * distance(SIZES[2], law)


def test_an_overload_multiplies_attempts_while_carried_calls_stay_at_the_channels() -> None:
    """In the second hour 1.5 erlang come for each channel: attempts are 1 / (1 - H P(lost)) times the fresh calls."""
    attempts, lost = simulated(SIZES[2])
    hour = slice(int(2 * 3600 / BIN) - 4, int(2 * 3600 / BIN))  # its last 20 minutes, when the orbit has filled
    fresh = PROFILE[1] * BIN / HOLDING * 4
    share = lost[hour].sum() / attempts[hour].sum()
    assert attempts[hour].sum() / fresh == pytest.approx(1 / (1 - PERSISTENCE * share), rel=0.01)
    assert (attempts - lost)[hour].sum() == pytest.approx(4 * BIN / HOLDING, rel=0.01)
    assert attempts[hour].sum() > 1.5 * fresh
