"""Telephones: a loss system and one with redials, against cimba, Ciw, SimPy and a bare compiled heap.

All run the same systems (200 cells of 10 channels, exponential laws), each in its own fastest common form, and are
timed in one run, interleaved: ours, cimba and the heap 5 million calls, SimPy and Ciw a fortieth of that. What is
compared is processor time for each event, where an event is an attempt or a hang-up. Each contestant's share of lost
attempts is printed beside the exact one, so that nobody wins by doing less.
Ciw knows no retrials, and stands in the loss system alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import simpy

from benchmarks.interleave import Ratio, interleaved, peer

FOLDER = Path(__file__).parents[1] / "scenarios" / "degenerate"
CELLS, CHANNELS, HOLDING, AFTER = 200, 10, 90.0, 60.0
SLOW = 40
"""Contestants without a compiler run this many times fewer calls."""


class System(NamedTuple):
    """What is run: the scenario of ours, load of a cell [erlang], chance to redial, exact share of attempts lost."""

    name: str
    scenario: str
    load: float
    persistence: float
    lost: float


SYSTEMS = (
    System("loss", "d01-loss-exponential", 7.0, 0.0, 0.078741),  # Erlang B
    System("redial", "d04-redial", 8.0, 0.7, 0.207453),  # birth-death chain in two dimensions, tests/theory/erlang.py
)


def run(quick: bool) -> list[Ratio]:
    """Time both systems and return the ratios."""
    calls = 200_000 if quick else 5_000_000
    return [ratio for system in SYSTEMS for ratio in _one(system, calls, 3 if quick else 5)]


def _one(system: System, calls: int, rounds: int) -> list[Ratio]:
    hours = calls / (CELLS * system.load / HOLDING * 3600.0)
    shares: dict[str, float] = {}

    def told(name: str, work: Callable[[], tuple[float, float]]) -> Callable[[], float]:
        def once() -> float:
            attempts, lost = work()
            shares[name] = lost / attempts
            return events(attempts, lost)

        return once

    contestants: dict[str, Callable[[], float]] = {}
    if peer("cimba") is not None:  # first, for it compiles its models only while no kernel of ours is loaded
        from benchmarks.phone_cimba import town

        cimba = town(CELLS, CHANNELS, system.load, HOLDING, system.persistence, AFTER, hours)
        contestants["cimba"] = told("cimba", cimba)
        contestants["cimba"]()
    contestants |= {
        "msgu-sim": told("msgu-sim", our_calls(system, hours)),
        "bare heap": told("bare heap", lambda: _bare_heap(system, hours)),
        "simpy": told("simpy", lambda: simpy_calls(system, hours / SLOW)),
    }
    ciw = peer("ciw") if system.persistence == 0.0 else None
    if ciw is not None:
        contestants["ciw"] = told("ciw", lambda: ciw_calls(ciw, system, hours / SLOW))
    print(f"\n{system.name}: {calls:,} calls")
    medians = interleaved(contestants, rounds)
    print("attempts lost: " + ", ".join(f"{k} {v:.4f}" for k, v in shares.items()) + f"; exact {system.lost:.4f}")
    ours = medians["msgu-sim"]
    found = [Ratio(f"phone.{system.name}.ours-over-bare-heap", ours / medians["bare heap"], 2.0, at_least=False)]
    for name, bound in (("cimba", 1.0), ("simpy", 60.0), ("ciw", 60.0)):
        if name in medians:
            found.append(Ratio(f"phone.{system.name}.{name}-over-ours", medians[name] / ours, bound, at_least=True))
    return found


def events(attempts: float, lost: float) -> float:
    """Return how many events there were: each attempt, and a hang-up for each that was not lost."""
    return 2 * attempts - lost


def our_calls(system: System, hours: float) -> Callable[[], tuple[float, float]]:
    """Return what runs a night of ours once and gives attempts and lost attempts; its world is built beforehand."""
    from msgu.engine import run as engine
    from msgu.engine.compiled import CompiledEngine
    from msgu.kernels.state import LOST, OFFERED
    from msgu.scenario.load import load
    from msgu.world.build import build_world

    scenario = load(FOLDER / f"{system.scenario}.yaml", (), [f"phones.cells.town={CELLS}", f"horizon={hours * 3600:.3f} s"])
    world = build_world(scenario, 1, 1.0)

    def once() -> tuple[float, float]:
        night = CompiledEngine(world, 0, keep_log=False)
        engine.run_phenomena(night, 0)
        legs = night.phone.calls.sum(axis=(0, 1))
        return float(legs[OFFERED]), float(legs[LOST])

    return once


def _bare_heap(system: System, hours: float) -> tuple[float, float]:
    """A compiled loop that knows this one system: one binary heap of bare events, the same generator, one counter each."""
    from benchmarks.bare import lossy

    rate = system.load / HOLDING
    attempts, lost = lossy(np.uint64(7), CELLS, CHANNELS, rate, HOLDING, system.persistence, AFTER, hours * 3600.0)
    return float(attempts), float(lost)


def simpy_calls(system: System, hours: float) -> tuple[float, float]:
    """One process for each call, one resource for each cell: how SimPy's own tutorial would write it."""
    clock = simpy.Environment()
    draw = random.Random(1)
    attempts = lost = 0

    def call(cell: simpy.Resource) -> Any:
        nonlocal attempts, lost
        while True:
            attempts += 1
            if cell.count < cell.capacity:
                with cell.request() as channel:
                    yield channel
                    yield clock.timeout(draw.expovariate(1 / HOLDING))
                return
            lost += 1
            if draw.random() >= system.persistence:
                return
            yield clock.timeout(draw.expovariate(1 / AFTER))

    def arrivals(cell: simpy.Resource) -> Any:
        while True:
            yield clock.timeout(draw.expovariate(system.load / HOLDING))
            clock.process(call(cell))

    for _ in range(CELLS):
        clock.process(arrivals(simpy.Resource(clock, CHANNELS)))
    clock.run(until=hours * 3600)
    return float(attempts), float(lost)


def ciw_calls(ciw: Any, system: System, hours: float) -> tuple[float, float]:
    """One cell for as many hours as all cells together: Ciw scans every node at each event, 30 times slower here."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=system.load / HOLDING)],
        service_distributions=[ciw.dists.Exponential(rate=1 / HOLDING)],
        number_of_servers=[CHANNELS],
        queue_capacities=[0],
    )
    ciw.seed(1)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(CELLS * hours * 3600)
    kinds = [record.record_type for record in simulation.get_all_records()]
    return float(len(kinds)), float(len(kinds) - kinds.count("service"))
