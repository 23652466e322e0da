"""Simulate a replication with checkpoints on the way, or from a checkpoint on: its own, or that of another scenario."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, NamedTuple

from msgu.engine.clock import Clock
from msgu.engine.collect import results
from msgu.engine.compiled import CompiledEngine
from msgu.engine.forks.errors import OtherPastError
from msgu.engine.forks.people import Finished
from msgu.engine.forks.state import First, State, events_of, first_of, moved, put_back, state_of, with_moves
from msgu.engine.forks.tape import Passed, TapedEngine
from msgu.engine.run import Halt, run_phenomena
from msgu.kernels.arrays.declare import Number, fields
from msgu.results import Results
from msgu.world.build import World

START: Final = 0.0


class Checkpoint(NamedTuple):
    """A replication at a minute: everything before it has happened, nothing at it or later.

    at : that minute [s]. tape : what has passed between processes and engine.
    first : the engine before the run. state : the engine now.
    saves, costs : processor time of the run to here [s], and of taking and comparing the state; unknown: 0.
    """

    at: float
    tape: tuple[Passed, ...]
    first: First
    state: State
    saves: float = 0.0
    costs: float = 0.0


class Keep(NamedTuple):
    """When checkpoints are wanted [s], ascending, and who takes them; who takes the night once it is over, if anybody."""

    times: tuple[float, ...]
    put: Callable[[Checkpoint], None]
    put_end: Callable[[Finished], None] | None = None


class Begin(NamedTuple):
    """From where a replication goes on: a checkpoint, and the world of the run that left it.

    worth : how many times the processor time of comparing the two must be saved; 0: whatever it takes.
    """

    checkpoint: Checkpoint
    base: Callable[[], World]
    worth: float = 0.0


def simulate(
    world: World,
    seed: int,
    replication: int,
    progress: Callable[[float], None] | None = None,
    *,
    keep: Keep | None = None,
    begin: Begin | None = None,
) -> Results:
    """Run one replication as `msgu.engine.run.simulate` does, to the same bits.

    Parameters
    ----------
    keep : checkpoints wanted; none before that from which it begins, none at the horizon or later.
    begin : where it goes on. The scenario of `world` may be another than that of the checkpoint.

    Raises
    ------
    OtherPastError
        The night of this scenario differs from that of the checkpoint before its minute.
    ReplicationError
        As `msgu.engine.run.simulate` does.
    """
    if seed != world.seed:
        raise ValueError(f"a world of seed {world.seed} cannot run seed {seed}")
    before = time.process_time()
    night = CompiledEngine(world, replication, keep_log=world.scenario.record.event_log)
    clock, began, halts = Clock(), time.process_time(), list[Halt]()
    first = first_of(night) if begin or (keep and keep.times) else First({}, {}, "")
    comparing = time.process_time() - began
    taped = TapedEngine(night, clock, begin.checkpoint.tape if begin else ())
    if begin:
        state = _state(first, night, begin, replication, began - before)
        halts.append(Halt(begin.checkpoint.at, partial(_go_on, night, taped, state, first, begin.checkpoint)))
    else:
        taped.go_on()

    since_start = 0.0

    def put(at: float, keep: Keep) -> None:
        nonlocal since_start
        here = time.process_time()
        now, saves = state_of(night), here - since_start
        keep.put(Checkpoint(at, tuple(taped.tape), first, now, saves, comparing + time.process_time() - here))
        since_start += time.process_time() - here

    since = begin.checkpoint.at if begin else START
    halts += [Halt(t, partial(put, t, keep)) for t in keep.times if since < t < world.scenario.horizon] if keep else []
    since_start = time.process_time()
    written = run_phenomena(taped.as_engine(), replication, progress, clock, halts)
    found = results(night, written, replication)
    if keep and keep.put_end:
        keep.put_end(Finished(night, found, time.process_time() - since_start))
    return found


def _go_on(night: CompiledEngine, taped: TapedEngine, state: State, first: First, point: Checkpoint) -> None:
    """At the fork: give the engine the state of the checkpoint, and let it answer from now on."""
    taped.go_on()
    taped.turn_again()  # first, for what a turn sets off belongs to the past
    put_back(night, state, point.at)
    if first.numbers != point.first.numbers:
        night.people.indexed[:] = 0  # hosts are listed by numbers that are unread so far: found again when they are read


def _state(first: First, night: CompiledEngine, begin: Begin, replication: int, setup: float) -> State:
    """Return the state at the fork that the scenario of an engine leads to, or tell what leads elsewhere.

    Where events known beforehand differ, those of the base are found again: as much `setup` as that of the engine.
    """
    point = begin.checkpoint
    for why in _differences(first, night, point):
        raise OtherPastError(START, why)
    if first.events == point.first.events:
        return point.state
    if point.saves < begin.worth * (point.costs + setup):
        raise OtherPastError(START, "events known beforehand are others, and to compare them costs more than is saved")
    world = begin.base()
    base = CompiledEngine(world, replication, keep_log=world.scenario.record.event_log)
    gone, come = moved(events_of(base), events_of(night))
    return State(point.state.arrays, with_moves(point.state.events, gone, come, point.at))


def _differences(first: First, night: CompiledEngine, point: Checkpoint) -> Iterator[str]:
    """Yield what is another at the start, unless nothing has read it by the fork."""
    base, flags = point.first, point.state.arrays["shared.flag"].values
    for name in sorted(base.arrays.keys() | first.arrays.keys()):
        if base.arrays.get(name) != first.arrays.get(name):
            yield f"`{name}` of the engine is another from the start"
    for name in sorted(base.numbers.keys() | first.numbers.keys()):
        if base.numbers.get(name) != first.numbers.get(name):
            flag = _unread_until(night, name)
            if flag is None or (len(flags) > flag and flags[flag]):
                yield f"`{name}` of the engine is another from the start, and has been read"


def _unread_until(night: CompiledEngine, name: str) -> int | None:
    record, _, field = name.partition(".")
    kind: type = type(getattr(night, record))
    declared = {one.name: one.declared for one in fields(kind)}.get(field)
    return declared.unread_until if isinstance(declared, Number) else None
