"""First steps of a worker process: leave Ctrl-C to its parent, end with it, and open no page."""

from __future__ import annotations

import ctypes
import signal
from typing import Any, Final

_PR_SET_PDEATHSIG: Final = 1
"""Linux's number for: send me this signal when my parent ends (prctl(2))."""


def dask_setup(worker: Any) -> None:
    """Ignore the interrupt that a terminal sends to every process of its group; end with the parent, even when stopped."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    worker.http_server.stop()
