"""Telephones: a loss system and one with redials, against cimba, Ciw, SimPy, a bare compiled heap and the physical floor.

All run the same systems (200 cells of 10 channels, exponential laws), each in its own fastest common form, and are
timed in one run, interleaved: ours, cimba and the heap 5 million calls, SimPy and Ciw a fortieth of that. What is
compared is processor time for each event, where an event is an attempt or a hang-up.
All start in equilibrium (`benchmarks.loss`); Ciw, which starts empty, runs one cell for as long as all others together.
Each contestant's share of lost attempts is printed beside the exact one and its sampling error, and none may be more than
four errors off, so that nobody wins by doing less. Ciw knows no retrials, and stands in the loss system alone.
The physical floor is the work that no program can leave out: as many keyed uniforms and logarithms as there are decisions,
and one touch of its cell's line for each attempt, at this machine's speed of these; no event has an order in it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import simpy
from numpy.typing import NDArray

from benchmarks.interleave import Ratio, interleaved, peer
from benchmarks.loss import Cell, Law, law_of

FOLDER = Path(__file__).parents[1] / "scenarios" / "degenerate"
CELLS, CHANNELS, HOLDING, AFTER = 200, 10, 90.0, 60.0
SLOW = 40
"""Contestants without a compiler run this many times fewer calls."""


OFF = 4.0
"""Errors that a share of lost attempts may be off: one contestant in 16,000 is, by chance."""


class System(NamedTuple):
    """A system to run: the scenario of ours, load of a cell [erlang], chance to redial."""

    name: str
    scenario: str
    load: float
    persistence: float

    def law(self) -> Law:
        """Return what is exact of one cell."""
        return law_of(Cell(self.load / HOLDING, HOLDING, CHANNELS, self.persistence, AFTER))


SYSTEMS = System("loss", "d01-loss-exponential", 7.0, 0.0), System("redial", "d04-redial", 8.0, 0.7)
BOUNDS = {"heap": 0.4, "cimba": 1.0, "simpy": 60.0, "ciw": 60.0}
QUICK_BOUNDS = {"heap": 0.8, "simpy": 60.0, "ciw": 60.0}
"""A night of 200,000 calls is half set-up, which neither the heap nor cimba's timed part has."""


def run(quick: bool) -> list[Ratio]:
    """Time both systems and return the ratios."""
    calls = 200_000 if quick else 5_000_000
    return [
        ratio for system in SYSTEMS for ratio in _one(system, calls, 3 if quick else 5, QUICK_BOUNDS if quick else BOUNDS)
    ]


def _one(system: System, calls: int, rounds: int, bounds: dict[str, float]) -> list[Ratio]:
    hours = calls / (CELLS * system.load / HOLDING * 3600.0)
    law = system.law()
    legs: dict[str, tuple[float, float]] = {}

    def told(name: str, work: Callable[[], tuple[float, float]]) -> Callable[[], float]:
        def once() -> float:
            legs[name] = work()
            return events(*legs[name])

        return once

    contestants = _contestants(system, law, hours, told)
    contestants["physical floor"] = lambda: _floor(system, *legs["msgu-sim"])
    print(f"\n{system.name}: {calls:,} calls")
    medians = interleaved(contestants, rounds)
    ours = medians["msgu-sim"]
    print(f"ours over the physical floor: {ours / medians['physical floor']:.2f}")
    found = [Ratio(f"phone.{system.name}.ours-over-bare-heap", ours / medians["bare heap"], bounds["heap"], at_least=False)]
    for name in ("cimba", "simpy", "ciw"):
        if name in medians and name in bounds:
            found.append(Ratio(f"phone.{system.name}.{name}-over-ours", medians[name] / ours, bounds[name], at_least=True))
    return [*found, Ratio(f"phone.{system.name}.errors-off", _worst(law, hours, legs), OFF, at_least=False)]


def _contestants(
    system: System, law: Law, hours: float, told: Callable[[str, Callable[[], tuple[float, float]]], Callable[[], float]]
) -> dict[str, Callable[[], float]]:
    contestants: dict[str, Callable[[], float]] = {}
    starts = law.starts(CELLS, 1)
    if peer("cimba") is not None:  # first, for it compiles its models only while no kernel of ours is loaded
        from benchmarks.phone_cimba import town

        cimba = town(starts, CHANNELS, system.load, HOLDING, system.persistence, AFTER, hours)
        contestants["cimba"] = told("cimba", cimba)
        contestants["cimba"]()
    contestants |= {
        "msgu-sim": told("msgu-sim", our_calls(system, hours)),
        "bare heap": told("bare heap", lambda: _bare_heap(system, starts, hours)),
        "simpy": told("simpy", lambda: simpy_calls(system, hours / SLOW, starts)),
    }
    ciw = peer("ciw") if system.persistence == 0.0 else None
    if ciw is not None:
        contestants["ciw"] = told("ciw", lambda: ciw_calls(ciw, system, hours / SLOW))
    return contestants


def _worst(law: Law, hours: float, legs: dict[str, tuple[float, float]]) -> float:
    """Print each contestant's share of lost attempts beside the exact one; return the most errors that one is off."""
    print(f"attempts lost, exact {law.lost:.5f}:")
    off = {}
    for name, (attempts, lost) in legs.items():
        seconds = CELLS * 3600.0 * hours / (SLOW if name in ("simpy", "ciw") else 1)
        error = law.error / seconds**0.5
        off[name] = abs(lost / attempts - law.lost) / error
        print(f"  {name:16s} {lost / attempts:.5f}, sampling error {error:.5f}, {off[name]:.1f} of them off")
    return max(off.values())


def _floor(system: System, attempts: float, lost: float) -> float:
    """Do the draws and touch the lines that so many attempts need, in no order; returns the number of events."""
    from benchmarks.bare import work

    again = system.persistence * lost
    decided = lost + again if system.persistence > 0.0 else 0.0
    logs = (attempts - again) + (attempts - lost) + again  # to the next call, holding, to the next attempt
    uniforms = (attempts - again) + (attempts - lost) + decided
    work(np.uint64(7), int(uniforms / 2), int(logs), int(attempts), np.zeros((CELLS, 8), np.int64))
    return events(attempts, lost)


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


def _bare_heap(system: System, starts: NDArray[np.int64], hours: float) -> tuple[float, float]:
    """A compiled loop that knows this one system: one binary heap of bare events, the same generator, one counter each."""
    from benchmarks.bare import lossy

    rate = system.load / HOLDING
    attempts, lost = lossy(np.uint64(7), starts, CHANNELS, rate, HOLDING, system.persistence, AFTER, hours * 3600.0)
    return float(attempts), float(lost)


def simpy_calls(system: System, hours: float, starts: NDArray[np.int64]) -> tuple[float, float]:
    """One process for each call, one resource for each cell: how SimPy's own tutorial would write it.

    starts : busy channels of each cell at first, and callers who will try again; shape (cells, 2).
    """
    town = SimpyTown(system)
    for busy, waiting in starts.tolist():
        town.add(busy, waiting)
    town.clock.run(until=hours * 3600)
    return float(town.attempts), float(town.lost)


class SimpyTown:
    """Cells in SimPy, and what they have counted."""

    def __init__(self, system: System) -> None:
        self.system, self.clock, self.draw = system, simpy.Environment(), random.Random(1)
        self.attempts = self.lost = 0

    def add(self, busy: int, waiting: int) -> None:
        """Start a cell with calls under way and callers who will try again."""
        cell = simpy.Resource(self.clock, CHANNELS)
        self.clock.process(self._arrivals(cell))
        for _ in range(busy):
            self.clock.process(self._talk(cell))
        for _ in range(waiting):
            self.clock.process(self._call(cell, self.draw.expovariate(1 / AFTER)))

    def _arrivals(self, cell: simpy.Resource) -> Any:
        while True:
            yield self.clock.timeout(self.draw.expovariate(self.system.load / HOLDING))
            self.clock.process(self._call(cell, 0.0))

    def _call(self, cell: simpy.Resource, wait: float) -> Any:
        if wait > 0.0:
            yield self.clock.timeout(wait)
        while True:
            self.attempts += 1
            if cell.count < cell.capacity:
                yield from self._talk(cell)
                return
            self.lost += 1
            if self.draw.random() >= self.system.persistence:
                return
            yield self.clock.timeout(self.draw.expovariate(1 / AFTER))

    def _talk(self, cell: simpy.Resource) -> Any:
        with cell.request() as channel:
            yield channel
            yield self.clock.timeout(self.draw.expovariate(1 / HOLDING))


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
