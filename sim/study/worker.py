"""What a worker process of this machine does first: leave Ctrl-C to the process that started it, which closes its workers."""

from __future__ import annotations

import signal


def dask_setup(_worker: object) -> None:
    """Ignore the interrupt that a terminal sends to every process of its group."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
