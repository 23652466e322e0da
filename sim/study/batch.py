"""Run the replications of one scenario, in this process or by several workers, and keep each as it ends.

The order in which replications end changes nothing: each is written by who ran it, under its own number,
and the manifest is made from the records on the disk in the order of their numbers.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, NamedTuple

from sim.errors import RefusedError, ReplicationError, StorageError
from sim.results import save
from sim.scenario.schema import Scenario
from sim.study import store
from sim.study.store import Plan
from sim.world import given_graph

ENGINE = ("sim.world.build:build_world", "sim.engine.run:simulate")
"""Where a world is built and a night simulated, by name, so that workers find them too."""


class Event(NamedTuple):
    """What a watcher is told: a replication is kept, started, at some simulated time [s], done or failed."""

    state: Literal["kept", "building", "at", "done", "failed"]
    replication: int
    seconds: float = 0.0


Progress = Callable[[Event], None]


class Job(NamedTuple):
    """One replication, as told to a worker."""

    folder: str
    scenario: bytes
    sha256: str
    reps: int
    replication: int
    engine: tuple[str, str]


class Ended(NamedTuple):
    """How a replication ended; `trouble` says why the whole batch cannot go on."""

    replication: int
    state: Literal["done", "failed", "storage", "refused"]
    trouble: str = ""


@dataclass(frozen=True)
class Outcome:
    """A batch that is over: replications run now, kept, failed; fingerprint of the folder."""

    ran: tuple[int, ...]
    kept: tuple[int, ...]
    failed: tuple[int, ...]
    fingerprint: dict[str, str]


def run_batch(
    scenario: Scenario,
    out: str | Path,
    seed: int | None = None,
    scale: float | None = None,
    reps: int = 1,
    workers: int = 1,
    *,
    resume: bool = False,
    progress: Progress | None = None,
    policies: tuple[str, ...] = (),
    overwrite: bool = False,
    engine: tuple[str, str] = ENGINE,
) -> Outcome:
    """Run replications 0 to `reps` - 1 and keep them in the folder `out`.

    Parameters
    ----------
    scenario
        As resolved.
    out
        Folder of the batch; a folder that holds anything else is refused.
    seed, scale
        The scenario's own when None.
    reps
        Number of replications.
    workers
        1 runs in this process; more start that many processes on this machine.
    resume
        Keep the valid records that are there already.
    progress
        Told what happens, from this process.
    policies
        Ids of the policies laid over the scenario, for the manifest.
    overwrite
        Lose the results of something else that the folder holds.
    engine
        Names of the functions that build a world and simulate a night.

    Raises
    ------
    StorageError
        When the folder cannot be used; whatever was finished stays valid.
    RefusedError
        When the scenario is too large.

    Notes
    -----
    A replication that fails is kept under ``failures/`` and the others go on: see `Outcome.failed`.
    A `KeyboardInterrupt` leaves a folder that `resume` completes.
    """
    plan = store.plan_of(scenario, seed, scale, reps, policies)
    given_graph.keep(scenario)
    folder = Path(out)
    tell = progress or (lambda _: None)
    began = time.monotonic()
    with store.locked(folder):
        store.prepare(folder, plan, resume=resume, overwrite=overwrite)
        store.log_line(folder, event="start", out=str(folder.absolute()), workers=workers, reps=reps, resume=resume)
        kept = [k for k in range(reps) if resume and store.valid_record(folder, plan, k)]
        for k in kept:
            tell(Event("kept", k))
        jobs = [_job(folder, plan, k, engine) for k in range(reps) if k not in set(kept)]
        ended = _run_jobs(jobs, workers, folder, plan, tell)
        failed = tuple(sorted(one.replication for one in ended if one.state == "failed"))
        manifest = store.finish(folder, plan, failed)
        store.log_line(folder, event="end", seconds=round(time.monotonic() - began, 3), failed=list(failed))
    ran = tuple(sorted(one.replication for one in ended if one.state == "done"))
    return Outcome(ran, tuple(kept), failed, manifest["fingerprint"])


def raise_if_failed(outcome: Outcome, out: str | Path) -> None:
    """Raise `ReplicationError` naming the replications that failed, if any did."""
    if outcome.failed:
        which = ", ".join(str(k) for k in outcome.failed)
        raise ReplicationError(f"{out}: replication {which} failed; see {Path(out) / store.FAILURES}")


def _job(folder: Path, plan: Plan, replication: int, engine: tuple[str, str]) -> Job:
    data = store.scenario_bytes(plan.scenario)
    return Job(str(folder.absolute()), data, plan.sha256, plan.reps, replication, engine)


def _run_jobs(jobs: list[Job], workers: int, folder: Path, plan: Plan, tell: Progress) -> list[Ended]:
    if workers > 1 and len(jobs) > 1:
        from sim.study.cluster import run_on_cluster

        return run_on_cluster(jobs, min(workers, len(jobs)), folder, plan, tell)
    ended = []
    for job in jobs:
        ended.append(settle(run_job(job, tell), tell))
    return ended


def settle(one: Ended, tell: Progress) -> Ended:
    """Tell how a replication ended, and stop the batch where going on makes no sense."""
    if one.state == "storage":
        raise StorageError(one.trouble)
    if one.state == "refused":
        raise RefusedError(one.trouble)
    tell(Event(one.state, one.replication))
    return one


# ---- one replication, here or in a worker ----


def run_job(job: Job, tell: Progress) -> Ended:
    """Run one replication and write its record, or the record of its failure."""
    folder, k = Path(job.folder), job.replication
    tell(Event("building", k))
    scenario = store.scenario_of(job.scenario, folder / store.SCENARIO)
    plan = Plan(scenario, job.sha256, job.reps)
    try:
        results = simulate(job, scenario, lambda seconds: tell(Event("at", k, seconds)))
        save(results, store.record_folder(folder, k), job.sha256)
    except RefusedError as error:
        return Ended(k, "refused", str(error))
    except StorageError as error:
        return Ended(k, "storage", str(error))
    except Exception as error:
        return _failed(folder, plan, k, error)
    (folder / store.FAILURES / f"{k:04d}.json").unlink(missing_ok=True)
    return Ended(k, "done")


def _failed(folder: Path, plan: Plan, k: int, error: Exception) -> Ended:
    trace = "".join(traceback.format_exception(error))
    try:
        store.write_failure(folder, plan, k, type(error).__name__, str(error), trace)
    except OSError as refused:
        return Ended(k, "storage", f"{folder / store.FAILURES}: cannot be written: {refused.strerror or refused}")
    return Ended(k, "failed")


def simulate(job: Job, scenario: Scenario, at: Callable[[float], None]) -> Any:
    """Simulate one night of a job, in a world that this process builds once."""
    from dataclasses import replace

    world = _world(job.scenario, scenario.seed, scenario.scale, job.engine[0])
    results = _named(job.engine[1])(world, scenario.seed, job.replication, at)
    return replace(results, graph_digest=str(getattr(world, "graph_digest", "")))


@lru_cache(maxsize=1)
def _world(data: bytes, seed: int, scale: float, builder: str) -> Any:
    return _named(builder)(store.scenario_of(data, Path(store.SCENARIO)), seed, scale)


def _named(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)
