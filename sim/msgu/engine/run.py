"""Run one night: build the engine, start the models, let the clock run, collect the tables."""

from __future__ import annotations

import gc
from collections.abc import Callable

from msgu.engine import clock as clock_room
from msgu.engine.arrays.social import keys
from msgu.engine.compiled import Engine, Night
from msgu.engine.context import Context
from msgu.engine.processes import bots, closures, curated_map, desks, measures, missing, posts
from msgu.engine.signals import DESK_CALLED, OFFER_POSTED, Signals
from msgu.engine.tables.recorder import Recorder, results
from msgu.kernels.loop import LISTEN_OFFER
from msgu.results import Results
from msgu.world.build import World

MODELS = (measures, closures, curated_map, desks, posts, missing, bots)
"""In the order in which they start, which orders SimPy events of equal time."""


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
    replication : number of the night, from 0.
    progress : called with the simulated time [s], once a simulated minute.

    Raises
    ------
    ReplicationError : a delay that is negative or not finite, or a bound that a measure passes.
    """
    if seed != world.seed:
        raise ValueError(f"a world of seed {world.seed} cannot run seed {seed}")
    night = Night(world, replication, keep_log=world.scenario.record.event_log)
    recorder = run_models(night, replication, progress)
    return results(night, recorder, replication)


def run_models(engine: Engine, replication: int, progress: Callable[[float], None] | None = None) -> Recorder:
    """Start every model above an engine (compiled or plain) and run the clock to the horizon."""
    world = engine.world
    s = world.scenario
    clock = clock_room.Clock()
    signals = Signals()
    recorder = Recorder(max(1, -int(-s.horizon // s.record.bin)), s.record.bin, len(s.desks))
    context = Context(clock, world, engine, signals, recorder, keys(world.seed, replication))
    for model in MODELS:
        model.start(context)

    def hear(what: int, who: int, nth: int) -> None:
        if what == LISTEN_OFFER:
            signals.tell(OFFER_POSTED, who)
        else:
            signals.tell(DESK_CALLED, who, nth)

    engine.hear = hear
    collecting = gc.isenabled()
    gc.disable()  # nothing here is garbage before the end, and looking for it took a twentieth of a night
    try:
        clock_room.run(clock, engine, s.horizon, hear, progress)
    finally:
        if collecting:
            gc.enable()
    return recorder
