"""Workers: Dask on this machine or at an address, which runs jobs and survives the death of a worker.

A job names a folder and a digest; workers read the scenario there, map the graph from the store by its path, and write
their records there themselves, so that nothing large passes through the scheduler.
"""

from __future__ import annotations

import logging
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from multiprocessing import active_children
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from msgu.errors import InputError, Problem, ReplicationError, StorageError
from msgu.results.provenance import source_digest
from msgu.study.batch.frozen_workers import watched
from msgu.study.batch.job import Ended, Job, ProgressEvent, TellBatch, Where, failed, job_from, run_job
from msgu.study.batch.manifest import WORKERS

DEATHS_ALLOWED: Final = 3
"""Workers that may die under one replication before it is run once more by itself, and there before it counts as failed."""
SECONDS_BETWEEN_NEWS: Final = 1.0
SECONDS_TO_ANSWER: Final = 10.0
"""How long a scheduler may take to answer."""
SECONDS_TO_COME: Final = 60.0
"""How long its first worker may take to start: more than 10 s on a machine that does much else."""
SECONDS_TO_RETURN: Final = 5.0
"""How long a scheduler that went away may take to come back."""
_SETTINGS = {
    "distributed.scheduler.allowed-failures": DEATHS_ALLOWED,
    "distributed.scheduler.worker-ttl": None,  # see `frozen`: a compiled kernel may keep a worker silent for long
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    "distributed.scheduler.work-stealing": True,
    "distributed.worker.preload": ["msgu.study.batch.dask_preload"],
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.admin.log-format": "%(name)s - %(levelname)s - %(message)s",
}


class LostError(ReplicationError):
    """The scheduler is gone in mid-run."""


def run_jobs(client: Any, jobs: Sequence[Job], tell: TellBatch) -> Iterator[tuple[Job, Ended]]:
    """Run jobs by the workers of a client, and yield each as it ends.

    Raises
    ------
    LostError
        When the scheduler is gone; every record that is there stays valid.
    """
    topic = f"msgu-{uuid.uuid4().hex}"
    client.subscribe_topic(topic, lambda event: tell(event[1][0], ProgressEvent(*event[1][1:])))
    try:
        yield from _each(client, jobs, topic)
    finally:
        if client.status == "running":
            client.unsubscribe_topic(topic)


def _each(client: Any, jobs: Sequence[Job], topic: str) -> Iterator[tuple[Job, Ended]]:
    futures = {
        client.submit(_in_worker, [job.words() for job in some], topic, key=_key(some[0], topic), pure=False): some
        for some in together(jobs, len(client.scheduler_info()["workers"]))
    }
    accused = list[Job]()
    try:
        for future in completed(client, list(futures)):
            some = futures.pop(future)
            error = future.exception()
            if _killed(error) or (error is not None and len(some) > 1):
                accused += some
            elif error is not None:
                yield some[0], failed(some[0], error)
            else:
                yield from zip(some, (Ended(*one) for one in future.result()), strict=True)
        for job in accused:
            yield job, _alone(client, job, topic)
    finally:
        if client.status == "running":
            client.cancel(list(futures), force=True)


def together(jobs: Sequence[Job], workers: int) -> list[list[Job]]:
    """Return jobs in bundles, each for one worker: a night and those that share it; one by one where workers would be idle."""
    bundles = list[list[Job]]()
    of_night = dict[tuple[str, str, int], list[Job]]()
    for job in jobs:
        fork = job.fork
        if fork.shared and (there := of_night.get((fork.base, fork.shared, job.replication))):
            there.append(job)
        else:
            bundles.append([job])
            of_night[job.folder, job.sha256, job.replication] = bundles[-1]
    return bundles if len(bundles) >= workers else [[job] for job in jobs]


def _key(job: Job, topic: str) -> str:
    return f"{job.sha256[:16]}-{job.replication}-{topic}"


def _killed(error: BaseException | None) -> bool:
    return type(error).__name__ == "KilledWorker"


def _alone(client: Any, job: Job, topic: str) -> Ended:
    """Run a job by itself: workers that died may have died under another one that stood before it."""
    future = client.submit(_in_worker, [job.words()], topic, key=f"{_key(job, topic)}-alone", pure=False)
    for _ in completed(client, [future]):
        pass
    error = future.exception()
    return Ended(*future.result()[0]) if error is None else failed(job, error)


def completed(client: Any, futures: list[Any]) -> Iterator[Any]:
    """Yield futures as they end, and notice a scheduler that is gone.

    Raises
    ------
    LostError
        When it does not come back within `SECONDS_TO_RETURN`.
    """
    ended: SimpleQueue[Any] = SimpleQueue()
    for future in futures:
        future.add_done_callback(ended.put)
    left, gone = len(futures), 0.0
    while left:
        future = _next(ended)
        status = "" if future is None else future.status
        if status in ("finished", "error"):
            left, gone = left - 1, 0.0
            yield future
        elif status == "cancelled":
            gone = SECONDS_TO_RETURN
        elif status:  # its worker died after it ended, so it is run again
            future.add_done_callback(ended.put)
        else:
            gone = 0.0 if client.status == "running" else gone + SECONDS_BETWEEN_NEWS
        if gone >= SECONDS_TO_RETURN:
            where = client.scheduler.address if client.scheduler else "?"
            raise LostError(f"{where}: the scheduler is gone; what was finished is kept, and --resume goes on")


def _next(ended: SimpleQueue[Any]) -> Any:
    """Return a future that ended, or None where none did for a while."""
    try:
        return ended.get(timeout=SECONDS_BETWEEN_NEWS)
    except Empty:
        return None


@contextmanager
def opened(where: Where, folder: Path, most: int) -> Iterator[Any]:
    """Yield a client of the workers: some of this machine that end with it, or those at an address, which stay."""
    if where.cluster:
        with _remote(where.cluster, folder) as client:
            yield client
    else:
        with _local(min(where.workers, most), folder) as client:
            yield client


@contextmanager
def _remote(address: str, folder: Path) -> Iterator[Any]:
    """Connect to a scheduler whose workers run this very program and see the folder under the same path."""
    distributed: Any = import_module("distributed")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = distributed.Client(address, set_as_default=False, timeout=SECONDS_TO_ANSWER)
    except (OSError, TypeError, ValueError) as error:  # TypeError: tls:// without a certificate
        why = f"no scheduler answers there, or not to this certificate or to none: {type(error).__name__}"
        allowed = f"tcp://HOST:PORT or tls://HOST:PORT of a Dask scheduler ({why})"
        raise InputError([Problem("--cluster", 1, 1, "", repr(address), allowed)]) from None
    try:
        _check_workers(client, address, folder)
        yield client
    finally:
        _close(client, 2.0)


def _check_workers(client: Any, address: str, folder: Path) -> None:
    try:
        client.wait_for_workers(1, timeout=SECONDS_TO_COME)
    except TimeoutError:
        raise ReplicationError(f"{address}: the scheduler has no worker") from None
    mark = folder.absolute() / f".seen-{uuid.uuid4().hex}"
    mark.touch()
    try:
        told = client.run(_sees, str(mark))
    finally:
        mark.unlink()
    for worker, (source, seen) in sorted(told.items()):
        if source != source_digest():
            raise ReplicationError(
                f"{worker}: this worker runs other sources of the program ({source[:12]}, here {source_digest()[:12]})"
            )
        if not seen:
            raise StorageError(f"{folder}: worker {worker} does not see this folder; give one that all machines share")


def _sees(path: str) -> tuple[str, bool]:
    """In a worker: the digest of its sources, and whether it sees a file."""
    return source_digest(), Path(path).exists()


@contextmanager
def _local(workers: int, folder: Path) -> Iterator[Any]:
    """Open Dask with so many worker processes on this machine, and close it; yield its client.

    They know one another by a certificate made for this run, which stays in memory: nobody else may give them work.
    """
    dask: Any = import_module("dask")
    distributed: Any = import_module("distributed")
    before = set(active_children())
    with dask.config.set(_SETTINGS):
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        cluster = distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", host="127.0.0.1",
            protocol="tls://", security=distributed.Security.temporary(), memory_limit=0,
            silence_logs=logging.CRITICAL, local_directory=str(folder.absolute() / WORKERS),
        )  # fmt: skip
        try:
            cluster.loop.add_callback(cluster.scheduler.http_server.stop)
            client = distributed.Client(cluster, set_as_default=False)
            try:
                with watched(cluster, folder):
                    yield client
            finally:
                _close(client, 2.0)
        finally:
            _close(cluster, 5.0)
            for process in set(active_children()) - before:  # what did not end by itself, a stopped one too
                process.kill()
            shutil.rmtree(folder / WORKERS, ignore_errors=True)


def _close(what: Any, seconds: float) -> None:
    """Close a client or a cluster; one that takes too long undoes nothing of what was run."""
    with suppress(TimeoutError):
        what.close(timeout=seconds)


def _in_worker(jobs: list[tuple[Any, ...]], topic: str) -> list[tuple[Any, ...]]:
    """Run jobs one after another in a worker; what they tell is passed on at most once a second."""
    distributed: Any = import_module("distributed")
    worker, last = distributed.get_worker(), [0.0]

    def tell(sha256: str, event: ProgressEvent) -> None:
        now = time.monotonic()
        if event.state != "at" or now - last[0] >= SECONDS_BETWEEN_NEWS:
            last[0] = now
            worker.log_event(topic, (sha256, *event))

    return [tuple(run_job(job, partial(tell, job.sha256))) for job in map(job_from, jobs)]
