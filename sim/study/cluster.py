"""Workers on this machine: a Dask cluster that runs jobs, and survives the death of a worker."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from sim.study import store
from sim.study.batch import Ended, Event, Job, Progress, run_job, settle
from sim.study.store import Plan

DEATHS_ALLOWED = 3
"""Workers that may die under one replication before it counts as failed."""
SECONDS_BETWEEN_NEWS = 1.0
_TOPIC = "msgu"
_SETTINGS = {
    "distributed.scheduler.allowed-failures": DEATHS_ALLOWED,
    "distributed.scheduler.worker-ttl": None,  # a compiled kernel may keep a worker silent for long
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    "distributed.scheduler.work-stealing": True,
    "distributed.admin.log-format": "%(name)s - %(levelname)s - %(message)s",
}


def run_on_cluster(jobs: list[Job], workers: int, folder: Path, plan: Plan, tell: Progress) -> list[Ended]:
    """Run jobs by `workers` processes; the order in which they end does not matter."""
    distributed: Any = import_module("distributed")
    ended: list[Ended] = []
    with local_cluster(workers, folder) as client:
        client.subscribe_topic(_TOPIC, lambda event: tell(Event(*event[1])))
        futures = {
            client.submit(_in_worker, tuple(job), key=f"replication-{job.replication}", pure=False): job for job in jobs
        }
        for future in distributed.as_completed(list(futures), loop=client.loop):
            ended.append(settle(_ended(future, futures[future], folder, plan), tell))
    return ended


def _ended(future: Any, job: Job, folder: Path, plan: Plan) -> Ended:
    error = future.exception()
    if error is None:
        return Ended(*future.result())
    store.write_failure(folder, plan, job.replication, type(error).__name__, str(error), "")
    return Ended(job.replication, "failed")


@contextmanager
def local_cluster(workers: int, folder: Path) -> Iterator[Any]:
    """Open Dask with so many worker processes on this machine, and close it; yield its client."""
    dask: Any = import_module("dask")
    distributed: Any = import_module("distributed")

    with dask.config.set(_SETTINGS):
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        cluster = distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1",
            memory_limit=0, silence_logs=logging.CRITICAL, local_directory=str(folder.absolute() / store.WORKERS),
        )  # fmt: skip
        try:
            client = distributed.Client(cluster, set_as_default=False)
            try:
                yield client
            finally:
                client.close(timeout=2)
        finally:
            cluster.close(timeout=5)
            shutil.rmtree(folder / store.WORKERS, ignore_errors=True)


def _in_worker(job: tuple[Any, ...]) -> tuple[Any, ...]:
    """Run one job in a worker; what it tells is passed on at most once a second."""
    distributed: Any = import_module("distributed")
    worker, last = distributed.get_worker(), [0.0]

    def tell(event: Event) -> None:
        now = time.monotonic()
        if event.state != "at" or now - last[0] >= SECONDS_BETWEEN_NEWS:
            last[0] = now
            worker.log_event(_TOPIC, tuple(event))

    return tuple(run_job(Job(*job), tell))
