"""Run the replications of one scenario, in this process or by several workers, and keep each as it ends.

The order in which replications end changes nothing: each is written by who ran it, under its own number,
and the manifest is made from the records on the disk in the order of their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from msgu.errors import InputError, Problem, RefusedError, ReplicationError, StorageError
from msgu.scenario.schema.root import Scenario
from msgu.study.batch.claim import new_batch, prepare
from msgu.study.batch.folder import BatchFolder, locked
from msgu.study.batch.job import (
    ENGINE,
    Ended,
    Fork,
    Job,
    Progress,
    ProgressEvent,
    RunJobs,
    TellBatch,
    Where,
    job_of,
    run_job,
)
from msgu.study.batch.manifest import FAILURES
from msgu.study.batch.run_log import logged


@dataclass(frozen=True)
class BatchOutcome:
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
    cluster: str = "",
    resume: bool = False,
    progress: Progress | None = None,
    policies: tuple[str, ...] = (),
    overwrite: bool = False,
    engine: tuple[str, str] = ENGINE,
    fork: Fork | None = None,
) -> BatchOutcome:
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
    cluster
        Address of a Dask scheduler whose workers run them; they must see the folder under the same path.
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
    fork
        Checkpoints that each replication leaves, or from which it goes on.

    Raises
    ------
    StorageError
        When the folder cannot be used; whatever was finished stays valid.
    RefusedError
        When the scenario is too large.
    ReplicationError
        When the workers or their scheduler are gone.

    Notes
    -----
    A replication that fails is kept under ``failures/`` and the others go on: see `Outcome.failed`.
    A `KeyboardInterrupt` leaves a folder that `resume` completes.
    """
    batch = new_batch(Path(out), scenario, reps, policies, seed=seed, scale=scale)
    with locked(batch.path):
        lost = prepare(batch, resume=resume, overwrite=overwrite)
        if lost and progress is not None:
            progress(ProgressEvent("anew", 0, lost=lost))
        kept = [k for k in range(reps) if resume and batch.valid_record(k)]
        wanted = [k for k in range(reps) if k not in set(kept)]
        ended = run_some(batch, kept, wanted, Where(workers, cluster), progress, engine, fork)
        failed = tuple(sorted(one.replication for one in ended if one.state == "failed"))
        manifest = batch.finish(failed)
    ran = tuple(sorted(one.replication for one in ended if one.state == "done"))
    return BatchOutcome(ran, tuple(kept), failed, manifest["fingerprint"])


def run_some(
    batch: BatchFolder,
    kept: list[int],
    wanted: list[int],
    where: Where,
    progress: Progress | None,
    engine: tuple[str, str],
    fork: Fork | None = None,
) -> list[Ended]:
    """Run some replications of a batch, and log how it goes."""
    folder, total = batch.path, len(kept) + len(wanted)
    with logged(folder, total, workers=where.workers) as log, pool(where, folder, len(wanted)) as run:

        def tell(_sha256: str, event: ProgressEvent) -> None:
            log.hear(event.state, replication=event.replication)
            if progress is not None:
                progress(event)

        for k in kept:
            tell(batch.plan.sha256, ProgressEvent("kept", k))
        return [settle(job, one, tell) for job, one in run([job_of(batch, k, engine, fork) for k in wanted], tell)]


def raise_if_failed(outcome: BatchOutcome, out: str | Path) -> None:
    """Raise `ReplicationError` naming the replications that failed, if any did."""
    if outcome.failed:
        which = ", ".join(str(k) for k in outcome.failed)
        raise ReplicationError(f"{out}: replication {which} failed; see {Path(out) / FAILURES}")


@contextmanager
def pool(where: Where, folder: Path, most: int) -> Iterator[RunJobs]:
    """Yield what runs jobs, in any order, and tells of each how it ended; workers start once, when they are needed.

    Parameters
    ----------
    folder : where workers of this machine may keep files of their own.
    most : jobs to come in all, so that no worker is started for nothing.
    """
    with ExitStack() as stack:
        clients: list[Any] = []

        def run(jobs: Sequence[Job], tell: TellBatch) -> Iterator[tuple[Job, Ended]]:
            if where.here or (not where.cluster and most == 1):
                for job in jobs:
                    yield job, run_job(job, partial(tell, job.sha256))
                return
            if not jobs:
                return
            from msgu.study.batch import dask_cluster

            if not clients:
                clients.append(stack.enter_context(dask_cluster.opened(where, folder, most)))
            yield from dask_cluster.run_jobs(clients[0], jobs, tell)

        yield run


def settle(job: Job, one: Ended, tell: TellBatch) -> Ended:
    """Tell how a replication ended, and stop the batch where going on makes no sense."""
    if one.state == "storage":
        raise StorageError(one.trouble)
    if one.state == "past":
        raise InputError([Problem("--at", 1, 1, "at", one.trouble, "an earlier checkpoint, or `msgu run` from the start")])
    if one.state == "refused":
        raise RefusedError(one.trouble)
    tell(job.sha256, ProgressEvent(one.state, one.replication, shared=one.shared, apart=one.apart))
    return one
