"""Run a night by the twin, and compare event logs."""

from __future__ import annotations

import numpy as np
from msgu.engine.clock import Clock
from msgu.engine.compiled import CompiledEngine
from msgu.engine.phenomena import PHENOMENA, Phenomenon
from msgu.engine.run import run_phenomena
from msgu.engine.tables.log import event_log
from msgu.world.build import World

from tests.twin import rules
from tests.twin.night import Twin

Log = dict[str, np.ndarray]


def night_of_twin(world: World, replication: int, plain: type[Twin] = Twin) -> Twin:
    """A night in plain SimPy, run to its end: one clock, one process for each thing that happens.

    plain : the twin, or a copy of it with a planted bug.
    """
    clock = Clock()
    twin = plain(world, replication, clock)
    own = {"rules": Phenomenon("rules", rules.start)}
    run_phenomena(twin, replication, clock=clock, phenomena=[own.get(one.name, one) for one in PHENOMENA])
    return twin


def log_of_twin(world: World, replication: int, plain: type[Twin] = Twin) -> Log:
    """Event log of a night in plain SimPy."""
    return log_so_far(night_of_twin(world, replication, plain))


def log_so_far(twin: Twin) -> Log:
    """Event log of a twin."""
    columns = list(zip(*twin.rows, strict=True)) or [()] * 6
    types = (np.float64, np.int8, np.int64, np.int64, np.int64, np.int64)
    columns_of = ("time", "code", "who", "nth", "a", "b")
    return {name: np.array(column, kind) for name, column, kind in zip(columns_of, columns, types, strict=True)}


def log_of_engine(world: World, replication: int) -> Log:
    """Event log of the compiled engine."""
    night = CompiledEngine(world, replication, keep_log=True)
    run_phenomena(night, replication)
    return event_log(night)


def same_bytes(a: Log, b: Log) -> bool:
    """Whether two logs are equal, byte for byte."""
    return all(a[k].dtype == b[k].dtype and a[k].tobytes() == b[k].tobytes() for k in a) and a.keys() == b.keys()
