"""Run one replication: build the engine, start the phenomena, let the clock run, collect the tables."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from msgu.engine import clock as clocks
from msgu.engine.arrays.run import keys
from msgu.engine.collect import results
from msgu.engine.compiled import CompiledEngine
from msgu.engine.context import Context
from msgu.engine.levers import levers_of
from msgu.engine.phenomena import PHENOMENA, Phenomenon
from msgu.engine.protocol import Engine
from msgu.engine.signals import CALL_ENDED, OFFER_POSTED, Signals
from msgu.kernels import state
from msgu.results import Results
from msgu.world.build import World


class Halt(NamedTuple):
    """Something to be done when everything before a time [s] has happened, and nothing at that time or later."""

    at: float
    then: Callable[[], None]


def simulate(
    world: World,
    seed: int,
    replication: int,
    progress: Callable[[float], None] | None = None,
) -> Results:
    """Run one replication.

    Parameters
    ----------
    world : the world; its seed must be `seed`.
    replication : its number, from 0.
    progress : called with the simulated time [s], once a simulated minute.

    Raises
    ------
    ReplicationError : a delay that is negative or not finite, or a bound that a measure passes.
    """
    if seed != world.seed:
        raise ValueError(f"a world of seed {world.seed} cannot run seed {seed}")
    night = CompiledEngine(world, replication, keep_log=world.scenario.record.event_log)
    return results(night, run_phenomena(night, replication, progress), replication)


def run_phenomena(
    engine: Engine,
    replication: int,
    progress: Callable[[float], None] | None = None,
    clock: clocks.Clock | None = None,
    halts: Sequence[Halt] = (),
    phenomena: Sequence[Phenomenon] = PHENOMENA,
) -> dict[str, Any]:
    """Start every phenomenon above an engine and run the clock to the horizon.

    Parameters
    ----------
    engine : compiled or plain.
    replication : number of the replication, from 0.
    progress : called with the simulated time [s], once a simulated minute.
    clock : the clock of an engine that schedules its own events in SimPy; a new one for any other.
    halts : what is done on the way, in the order of the times.
    phenomena : those that are started.

    Returns
    -------
    Phenomenon -> what its processes wrote down.
    """
    world, signals = engine.world, Signals()
    clock = clock or clocks.Clock()
    context = Context(
        clock, world, engine, signals, replication, keys(world.seed, replication), levers_of(world.scenario.measures)
    )
    written = {one.name: one.start(context) for one in phenomena}

    def hear(what: int, who: int, nth: int) -> None:
        if what == state.CALL_ENDED:
            signals.tell(CALL_ENDED, who, nth == 1)
        else:
            signals.tell(OFFER_POSTED, who)

    engine.hear = hear
    collecting = gc.isenabled()
    gc.disable()  # nothing here is garbage before the end, and looking for it took a twentieth of a run
    try:
        for halt in halts:
            clocks.run(clock, engine, halt.at, hear, progress)
            halt.then()
        clocks.run(clock, engine, world.scenario.horizon, hear, progress)
    finally:
        if collecting:
            gc.enable()
    return written
