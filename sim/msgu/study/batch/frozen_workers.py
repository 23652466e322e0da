"""Workers of this machine that are frozen: found by their silence, ended, so that another does their night.

A live worker beats twice a second, but for a compiled kernel that holds the interpreter, and then its processor time goes on.
So what is silent and takes no processor time is frozen: stopped, its container paused, or its memory waited for in vain.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from msgu.study.batch.run_log import log_line

SECONDS_OF_SILENCE: Final = 60.0
"""How long a worker may be silent and take no processor time before it is ended."""
SECONDS_BETWEEN_LOOKS: Final = 1.0


@contextmanager
def watched(cluster: Any, folder: Path) -> Iterator[None]:
    """End frozen workers of a local cluster while the context is open, and say so in the folder's log and by `logging`."""
    stop = threading.Event()
    thread = threading.Thread(target=_watch, args=(cluster, folder, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _watch(cluster: Any, folder: Path, stop: threading.Event) -> None:
    clocks: dict[int, tuple[float, float]] = {}
    while not stop.wait(min(SECONDS_BETWEEN_LOOKS, SECONDS_OF_SILENCE / 4)):
        for nanny in list(cluster.workers.values()):
            pid = nanny.pid
            if pid is None or not _stands(pid, clocks) or not _silent(cluster, nanny):
                continue
            del clocks[pid]
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            log_line(folder, event="frozen", worker=pid, seconds=SECONDS_OF_SILENCE)
            logging.getLogger(__name__).warning(
                "worker %d was frozen for %.0f s and is ended; another does its night", pid, SECONDS_OF_SILENCE
            )


def _stands(pid: int, clocks: dict[int, tuple[float, float]]) -> bool:
    """Whether a process has taken no processor time for so long; `clocks` holds its time, and since when it stands there."""
    psutil: Any = import_module("psutil")
    try:
        user, system = psutil.Process(pid).cpu_times()[:2]
    except psutil.Error:
        return False
    now = time.monotonic()
    taken, since = clocks.get(pid, (-1.0, now))
    if user + system != taken:
        since = now
    clocks[pid] = (user + system, since)
    return now - since >= SECONDS_OF_SILENCE


def _silent(cluster: Any, nanny: Any) -> bool:
    """Whether the scheduler has heard nothing of a worker for so long; one that never came counts as silent."""
    worker = cluster.scheduler.workers.get(nanny.worker_address)
    return worker is None or time.time() - worker.last_seen >= SECONDS_OF_SILENCE
