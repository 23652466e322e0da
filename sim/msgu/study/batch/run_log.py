"""The log of a run, ``run.log``: times, host and progress, which differ from one run to the next."""

from __future__ import annotations

import json
import os
import platform
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgu.disk import add_to_file
from msgu.errors import StorageError

RUN_LOG: Final = "run.log"
BEAT: Final = 30.0
"""Seconds between two lines of the log that say only how far a run is."""


class RunLog:
    """Lines of ``run.log``: the start, each replication that ends, and a line from time to time even if none does."""

    def __init__(self, folder: Path, total: int) -> None:
        self.folder, self.total = folder, total
        self.done = self.kept = 0
        self.began = time.monotonic()

    def hear(self, state: str, **facts: object) -> None:
        """Take note of what happens to a replication."""
        if state == "kept":
            self.kept += 1
        elif state in ("done", "failed"):
            self.done += 1
            self.say(state, **facts)

    def say(self, event: str, **facts: object) -> None:
        """Write a line with how far the run is, and how long it may still take."""
        seconds = time.monotonic() - self.began
        rest = self.total - self.done - self.kept
        left = round(seconds / self.done * rest, 1) if self.done else None
        far = {"seconds": round(seconds, 3), "done": self.done, "kept": self.kept, "of": self.total, "left_s": left}
        log_line(self.folder, event=event, **facts, **far)

    def beat(self, stop: threading.Event) -> None:
        """Write a line from time to time until told to stop."""
        while not stop.wait(BEAT):
            with suppress(StorageError):  # what the next night tells will fail too, where it can be heard
                self.say("beat")


@contextmanager
def logged(folder: Path, total: int, **facts: object) -> Iterator[RunLog]:
    """Keep the log of a run of so many replications; how it ended stands in the last line."""
    log, stop = RunLog(folder, total), threading.Event()
    log.say("start", out=str(folder.absolute()), **facts)
    beating = threading.Thread(target=log.beat, args=(stop,), daemon=True)
    beating.start()
    how = "stopped"
    try:
        yield log
        how = "end"
    finally:
        stop.set()
        beating.join()
        log.say(how)


def log_line(folder: Path, **facts: object) -> None:
    """Add a line to the run log; it holds what differs from one run to the next."""
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "host": platform.node(),
        "pid": os.getpid(),
    }
    try:
        add_to_file(folder / RUN_LOG, (json.dumps({**line, **facts}, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        raise StorageError(f"{folder / RUN_LOG}: cannot be written: {error.strerror or error}") from error
