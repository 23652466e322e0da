"""The engine's event loop: ordinary calls of 200 cells, against plain SimPy, Ciw and a bare compiled heap.

All run the same loss system (200 cells of 10 channels, 7 erlang each, exponential holding) and are timed in one
run, interleaved; what is compared is processor time for each event, where an event is an arrival or a hang-up.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import simpy

from benchmarks.interleave import Ratio, interleaved, peer

SCENARIO = Path(__file__).parents[1] / "scenarios" / "degenerate" / "d01-loss-exponential.yaml"
CELLS, CHANNELS, LOAD, HOLDING = 200, 10, 7.0, 90.0


def run(quick: bool) -> list[Ratio]:
    """Time them and return the ratios."""
    hours = 4 if quick else 48
    ours = _ours(hours)
    events = ours()
    contestants = {
        "msgu-sim": ours,
        "simpy": lambda: _simpy(hours / 16),
        "bare heap": lambda: _bare_heap(events),
    }
    ciw = peer("ciw")
    if ciw is not None:
        contestants["ciw"] = lambda: _ciw(ciw, hours / 16)
    medians = interleaved(contestants, rounds=3 if quick else 7)
    others = [Ratio("engine.ciw-over-ours", medians["ciw"] / medians["msgu-sim"], 10.0, at_least=True)] if ciw else []
    return [
        *others,
        Ratio("engine.simpy-over-ours", medians["simpy"] / medians["msgu-sim"], 10.0, at_least=True),
        Ratio("engine.ours-over-bare-heap", medians["msgu-sim"] / medians["bare heap"], 8.0, at_least=False),
    ]


def _ours(hours: float) -> Any:
    from sim.engine import run as engine
    from sim.engine.night import Night
    from sim.scenario.load import load
    from sim.world.build import build_world

    scenario = load(SCENARIO, (), [f"phones.cells.town={CELLS}", f"horizon={hours:g} h"])
    world = build_world(scenario, 1, 1.0)

    def once() -> float:
        night = Night(world, 0, keep_log=False)
        engine.run_models(night, 0)
        legs = night.phone.calls.sum(axis=(0, 1))
        return float(legs[0] + legs[3])

    return once


def _simpy(hours: float) -> float:
    """One process for each call, one resource for each cell: how SimPy's own tutorial would write it."""
    clock = simpy.Environment()
    draw = random.Random(1)
    count = 0

    def call(cell: simpy.Resource) -> Any:
        nonlocal count
        if cell.count < cell.capacity:
            with cell.request() as channel:
                yield channel
                yield clock.timeout(draw.expovariate(1 / HOLDING))
            count += 1

    def arrivals(cell: simpy.Resource) -> Any:
        nonlocal count
        while True:
            yield clock.timeout(draw.expovariate(LOAD / HOLDING))
            count += 1
            clock.process(call(cell))

    for _ in range(CELLS):
        clock.process(arrivals(simpy.Resource(clock, CHANNELS)))
    clock.run(until=hours * 3600)
    return float(count)


def _ciw(ciw: Any, hours: float) -> float:
    """One cell for as many hours as all cells together: Ciw scans every node at each event, 30 times slower here."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=LOAD / HOLDING)],
        service_distributions=[ciw.dists.Exponential(rate=1 / HOLDING)],
        number_of_servers=[CHANNELS],
        queue_capacities=[0],
    )
    ciw.seed(1)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(CELLS * hours * 3600)
    kinds = [record.record_type for record in simulation.get_all_records()]
    return float(len(kinds) + kinds.count("service"))


def _bare_heap(events: float) -> float:
    """A compiled hold loop with as many pending events: pop the first, push it again a keyed exponential later."""
    from benchmarks.bare import hold

    pending = int(CELLS * (1 + LOAD))
    hold(np.uint64(7), pending, int(events))
    return events
