"""Jobs of a batch, one replication each: as given to a worker, run, and ended."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from msgu.engine.forks.errors import OtherPastError
from msgu.errors import RefusedError, StorageError
from msgu.results import save
from msgu.scenario.differences import Parted, differing
from msgu.scenario.schema.root import Scenario
from msgu.study.batch import shared_night
from msgu.study.batch.checkpoints import checkpoints_of, keeping, last_checkpoint, read_at
from msgu.study.batch.claim import Lost
from msgu.study.batch.folder import BatchFolder, failure_file, open_batch, record_folder
from msgu.study.batch.manifest import FAILURES
from msgu.study.batch.plan import BatchPlan, scenario_at, scenario_bytes
from msgu.study.batch.shared_night import WhichNight, recall, recall_end, set_apart, stands_apart
from msgu.study.batch.shared_night import keeping as keep_in_memory
from msgu.units import format_clock

if TYPE_CHECKING:
    from msgu.engine.forks.run import Checkpoint

ENGINE = ("msgu.world.build:shared_world", "msgu.engine.run:simulate")
"""Where a world is built and a night simulated, by name, so that workers find them too."""
ON_TWO_THREADS = (ENGINE[0], "msgu.engine.forks.beside:simulate")
"""The same, with the people who are out on a thread of their own."""


MUCH = 0.3
"""A checkpoint that saves this share of a night is worth more than a night without people who are out, who are a quarter."""


class ProgressEvent(NamedTuple):
    """What a watcher is told: a replication is kept, started, at some simulated time [s], done or failed.

    Before all others, ``anew``: results that were asked to be given up, `lost`.
    `shared` : of one that is done, until when it is that of the baseline [s]. `apart` : why it is not, where that was tried.
    """

    state: Literal["anew", "kept", "building", "at", "done", "failed"]
    replication: int
    seconds: float = 0.0
    lost: Lost | None = None
    shared: float = 0.0
    apart: str = ""


Progress = Callable[[ProgressEvent], None]


class Fork(NamedTuple):
    """What a replication leaves for others, and what of another it goes on from.

    Parameters
    ----------
    every : how often a checkpoint is left [s]; 0: never.
    base, at : folder of the batch, and minute [s] of the checkpoint, from which the replication goes on; empty: from the start.
    forks : when alternatives part from this night [s], for which it keeps checkpoints in memory.
    ends : whether the end of this night is kept in memory, for alternatives that differ in people who are out, or not in them.
    shared : digest of the scenario of `base`, where what is kept of it is in memory and may be missing; empty: it is on disk.
    parted : in what the replication differs from that of `base`, see `Parted`.
    """

    every: float = 0.0
    base: str = ""
    at: float = 0.0
    forks: tuple[float, ...] = ()
    ends: bool = False
    shared: str = ""
    parted: Parted = ""

    @property
    def in_memory(self) -> bool:
        """Whether something is kept in the memory of a worker, or taken from there."""
        return bool(self.forks or self.ends or self.shared)


class Job(NamedTuple):
    """One replication, as told to a worker: where the batch lies and what it is, never the scenario or the world."""

    folder: str
    sha256: str
    reps: int
    replication: int
    engine: tuple[str, str]
    fork: Fork = Fork()

    def words(self) -> tuple[Any, ...]:
        """Return it as a scheduler can read it that has none of our types; `job_from` takes it back."""
        return (*self[:-1], tuple(self.fork))


class Where(NamedTuple):
    """By whom jobs are run: this process, so many of this machine, or the workers of a Dask scheduler at an address."""

    workers: int = 1
    cluster: str = ""

    @property
    def here(self) -> bool:
        """Whether this process runs them itself."""
        return self.workers == 1 and not self.cluster


class Ended(NamedTuple):
    """How a replication ended; `trouble` says why the whole batch cannot go on."""

    replication: int
    state: Literal["done", "failed", "storage", "refused", "past"]
    trouble: str = ""
    shared: float = 0.0
    apart: str = ""


def job_from(words: Sequence[Any]) -> Job:
    """Return the job of which `Job.words` told."""
    return Job(*words)._replace(fork=Fork(*words[-1]))


def job_of(batch: BatchFolder, replication: int, engine: tuple[str, str] = ENGINE, fork: Fork | None = None) -> Job:
    """Return the job of one replication of a batch."""
    return Job(str(batch.path.absolute()), batch.plan.sha256, batch.plan.reps, replication, engine, fork or Fork())


TellBatch = Callable[[str, ProgressEvent], None]
"""Told the digest of a scenario, and what happens to one of its replications."""
RunJobs = Callable[[Sequence[Job], TellBatch], Iterator[tuple[Job, Ended]]]


def run_job(job: Job, tell: Progress) -> Ended:
    """Run one replication and write its record, or the record of its failure."""
    folder, k = Path(job.folder), job.replication
    tell(ProgressEvent("building", k))
    try:
        scenario = scenario_at(job.folder, job.sha256)
        data, at = _bytes_at(job.folder, job.sha256), lambda seconds: tell(ProgressEvent("at", k, seconds))
        shared, apart = 0.0, ""
        if job.fork.in_memory:
            results, shared, apart = _beside(job, data, scenario, at)
        elif job.fork.every or job.fork.base or checkpoints_of(folder, k):  # those of a run that was stopped, too
            results = _forked(job, data, scenario, at)
        else:
            results = simulate(data, scenario, k, at, job.engine)
        save(results, record_folder(folder, k), job.sha256)
    except OtherPastError as error:
        return Ended(k, "past", other_past(job, scenario, error))
    except RefusedError as error:
        return Ended(k, "refused", str(error))
    except StorageError as error:
        return Ended(k, "storage", str(error))
    except Exception as error:
        return failed(job, error)
    failure_file(folder, k).unlink(missing_ok=True)
    return Ended(k, "done", "", shared, apart)


def _forked(job: Job, data: bytes, scenario: Scenario, at: Callable[[float], None]) -> Any:
    """Simulate one night that leaves checkpoints, or that goes on from one: of its own, where it was stopped, or of another."""
    from msgu.engine.forks.run import Begin, simulate

    folder, k, fork = Path(job.folder), job.replication, job.fork
    plan = BatchPlan(scenario, job.sha256, job.reps)
    own, begin = plan.identity(k), None
    world = _world(_KeyedScenario(data, scenario), own.seed, own.scale, job.engine[0])
    if point := last_checkpoint(folder, own, scenario.horizon):
        begin = Begin(point, lambda: world)
    elif fork.base:
        base = open_batch(Path(fork.base))[0].plan
        before = base.scenario
        build = partial(_named(job.engine[0]), before, before.world_seed(k), before.scale)
        begin = Begin(read_at(Path(fork.base), base.identity(k), fork.at), build)
    keep = keeping(folder, own, fork.every, scenario.horizon) if fork.every else None
    return replace(simulate(world, own.seed, k, at, keep=keep, begin=begin), graph_digest=world.graph_digest)


def _beside(job: Job, data: bytes, scenario: Scenario, at: Callable[[float], None]) -> tuple[Any, float, str]:
    """Simulate one night of a comparison: it leaves what alternatives share with it, or shares what the baseline has left.

    Returns its results, until when it shared the baseline's night [s], and why it did not where it might have.
    """
    from msgu.engine.forks.run import Begin
    from msgu.engine.forks.run import simulate as forked

    fork, k, seed = job.fork, job.replication, scenario.world_seed(job.replication)
    base = WhichNight(fork.base, fork.shared, k)
    point = recall(base, fork.at) if fork.shared else None
    if found := _part_alone(job, base, point, data, scenario, at):
        return found, scenario.horizon if fork.parted == "people" else 0.0, ""
    apart = stands_apart(fork.shared, job.sha256)
    if (point is None and not (fork.forks or fork.ends)) or apart:
        return simulate(data, scenario, k, at, job.engine), 0.0, apart
    world, begin = _world(_KeyedScenario(data, scenario), seed, scenario.scale, job.engine[0]), None
    if point is not None:
        before = scenario_at(fork.base, fork.shared)
        begin = Begin(point, partial(_named(job.engine[0]), before, seed, before.scale), shared_night.WORTH)
    own = WhichNight(job.folder, job.sha256, k)
    keep = None if fork.shared else keep_in_memory(own, fork.forks, ends=fork.ends)
    try:
        results = forked(world, seed, k, at, keep=keep, begin=begin)
    except OtherPastError as error:
        set_apart(fork.shared, job.sha256, str(error))
        return simulate(data, scenario, k, at, job.engine), 0.0, str(error)
    return replace(results, graph_digest=world.graph_digest), point.at if point else 0.0, ""


def _part_alone(
    job: Job, base: WhichNight, point: Checkpoint | None, data: bytes, scenario: Scenario, at: Callable[[float], None]
) -> Any | None:
    """Simulate the part of a night in which it differs from the baseline's; None where it is better or must be run whole."""
    from msgu.engine.forks.people import SameInstantError, may_follow, simulate_others, simulate_people

    fork, k = job.fork, job.replication
    night = recall_end(base) if fork.parted else None
    if night is None or (fork.parted == "others" and point is not None and point.saves >= MUCH * night.seconds):
        return None
    world = _world(_KeyedScenario(data, scenario), scenario.world_seed(k), scenario.scale, job.engine[0])
    if not may_follow(night, world):
        return None
    part = simulate_people if job.fork.parted == "people" else simulate_others
    try:
        return replace(part(night, world, k, at), graph_digest=world.graph_digest)
    except SameInstantError:
        return None


def other_past(job: Job, scenario: Scenario, error: OtherPastError) -> str:
    """Say why a scenario cannot go on from a checkpoint: its settings that differ, and what of the night."""
    before = open_batch(Path(job.fork.base))[0].plan.scenario
    when = f"by {format_clock(error.at, scenario.start)}" if error.at > 0 else "from the start"
    return f"{', '.join(differing(before, scenario)) or 'nothing that is set'}: the night is another {when}: {error.why}"


@lru_cache(maxsize=64)
def _bytes_at(folder: str, scenario_sha256: str) -> bytes:
    """Return the scenario of a folder as `scenario_bytes` gives it, written once and not night by night."""
    return scenario_bytes(scenario_at(folder, scenario_sha256))


def failed(job: Job, error: BaseException) -> Ended:
    """Keep why a replication failed."""
    k = job.replication
    trace = "".join(traceback.format_exception(error))
    batch = BatchFolder(Path(job.folder), BatchPlan(scenario_at(job.folder, job.sha256), job.sha256, job.reps))
    try:
        batch.write_failure(k, error, trace)
    except OSError as refused:
        return Ended(k, "storage", f"{batch.path / FAILURES}: cannot be written: {refused.strerror or refused}")
    return Ended(k, "failed")


def simulate(
    data: bytes, scenario: Scenario, replication: int, at: Callable[[float], None], engine: tuple[str, str] = ENGINE
) -> Any:
    """Simulate one night of a scenario, in a world that this process builds once.

    `data` : the scenario as `scenario_bytes` gives it.
    """
    seed = scenario.world_seed(replication)
    world = _world(_KeyedScenario(data, scenario), seed, scenario.scale, engine[0])
    results = _named(engine[1])(world, seed, replication, at)
    return replace(results, graph_digest=str(getattr(world, "graph_digest", "")))


@dataclass(frozen=True)
class _KeyedScenario:
    """A scenario and its bytes, which alone tell it from another."""

    data: bytes
    scenario: Scenario = field(compare=False, repr=False)


@lru_cache(maxsize=1)
def _world(of: _KeyedScenario, seed: int, scale: float, builder: str) -> Any:
    return _named(builder)(of.scenario, seed, scale)


def _named(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)
