"""Jobs of a batch, one replication each: as given to a worker, run, and ended."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, NamedTuple

from msgu.errors import RefusedError, StorageError
from msgu.results import save
from msgu.scenario.schema.root import Scenario
from msgu.study.batch.claim import Lost
from msgu.study.batch.folder import BatchFolder, failure_file, record_folder
from msgu.study.batch.manifest import FAILURES
from msgu.study.batch.plan import BatchPlan, scenario_at, scenario_bytes

ENGINE = ("msgu.world.build:shared_world", "msgu.engine.run:simulate")
"""Where a world is built and a night simulated, by name, so that workers find them too."""


class ProgressEvent(NamedTuple):
    """What a watcher is told: a replication is kept, started, at some simulated time [s], done or failed.

    Before all others, ``anew``: results that were asked to be given up, `lost`.
    """

    state: Literal["anew", "kept", "building", "at", "done", "failed"]
    replication: int
    seconds: float = 0.0
    lost: Lost | None = None


Progress = Callable[[ProgressEvent], None]


class Job(NamedTuple):
    """One replication, as told to a worker: where the batch lies and what it is, never the scenario or the world."""

    folder: str
    sha256: str
    reps: int
    replication: int
    engine: tuple[str, str]


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
    state: Literal["done", "failed", "storage", "refused"]
    trouble: str = ""


def job_of(batch: BatchFolder, replication: int, engine: tuple[str, str] = ENGINE) -> Job:
    """Return the job of one replication of a batch."""
    return Job(str(batch.path.absolute()), batch.plan.sha256, batch.plan.reps, replication, engine)


TellBatch = Callable[[str, ProgressEvent], None]
"""Told the digest of a scenario, and what happens to one of its replications."""
RunJobs = Callable[[Sequence[Job], TellBatch], Iterator[tuple[Job, Ended]]]


def run_job(job: Job, tell: Progress) -> Ended:
    """Run one replication and write its record, or the record of its failure."""
    folder, k = Path(job.folder), job.replication
    tell(ProgressEvent("building", k))
    try:
        scenario = scenario_at(job.folder, job.sha256)
        results = simulate(
            _bytes_at(job.folder, job.sha256), scenario, k, lambda seconds: tell(ProgressEvent("at", k, seconds)), job.engine
        )
        save(results, record_folder(folder, k), job.sha256)
    except RefusedError as error:
        return Ended(k, "refused", str(error))
    except StorageError as error:
        return Ended(k, "storage", str(error))
    except Exception as error:
        return failed(job, error)
    failure_file(folder, k).unlink(missing_ok=True)
    return Ended(k, "done")


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
