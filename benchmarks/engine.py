"""The engine's event loop: ordinary calls of 200 cells, against plain SimPy, Ciw and a compiled hold loop.

All but the hold loop run the loss system of `benchmarks.phone` (200 cells of 10 channels, 7 erlang each, exponential
holding). They are timed in one run, interleaved; what is compared is processor time for each event, where an event is
an arrival or a hang-up.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.interleave import Ratio, interleaved, peer
from benchmarks.phone import CELLS, SYSTEMS, ciw_calls, events, our_calls, simpy_calls

LOSS = SYSTEMS[0]


def run(quick: bool) -> list[Ratio]:
    """Time them and return the ratios."""
    hours = 4 if quick else 48
    ours, starts = our_calls(LOSS, hours), LOSS.law().starts(CELLS, 1)
    expected = events(*ours())
    contestants: dict[str, Callable[[], float]] = {
        "msgu-sim": lambda: events(*ours()),
        "simpy": lambda: events(*simpy_calls(LOSS, hours / 16, starts)),
        "bare heap": lambda: _bare_heap(expected),
    }
    ciw = peer("ciw")
    if ciw is not None:
        contestants["ciw"] = lambda: events(*ciw_calls(ciw, LOSS, hours / 16))
    medians = interleaved(contestants, rounds=3 if quick else 7)
    others = [Ratio("engine.ciw-over-ours", medians["ciw"] / medians["msgu-sim"], 10.0, at_least=True)] if ciw else []
    return [
        *others,
        Ratio("engine.simpy-over-ours", medians["simpy"] / medians["msgu-sim"], 10.0, at_least=True),
        Ratio("engine.ours-over-bare-heap", medians["msgu-sim"] / medians["bare heap"], 8.0, at_least=False),
    ]


def _bare_heap(done: float) -> float:
    """A compiled hold loop with as many pending events: pop the first, push it again a keyed exponential later."""
    from benchmarks.bare import hold

    pending = int(CELLS * (1 + LOSS.load))
    hold(np.uint64(7), pending, int(done))
    return done
