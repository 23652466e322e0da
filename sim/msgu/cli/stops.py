"""Signals and failing outputs: Ctrl-C, SIGTERM, and outputs that are closed, full, or no longer read."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import current_thread, main_thread
from types import FrameType
from typing import Any, TextIO


@dataclass
class Stop:
    """The exit code of the signal that asked the command to end; 0 while none did."""

    code: int = 0


@contextmanager
def signals_heard() -> Iterator[Stop]:
    """Let Ctrl-C and SIGTERM end the command where it is, each with its own exit code; what is finished stays."""
    stop = Stop()

    def end(number: int, _frame: FrameType | None) -> None:
        stop.code = 128 + number
        if number == signal.SIGTERM:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what is being closed may finish closing
            raise SystemExit(stop.code)
        raise KeyboardInterrupt

    if current_thread() is not main_thread():
        yield stop
        return
    heard = [number for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in heard}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Output(io.FileIO):
    """An output of the process whose failure ends nothing: the first trouble is kept, and what follows is dropped."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "w", closefd=False)
        self.trouble: OSError | None = None

    def write(self, data: Any) -> int:
        """Write, or drop."""
        if self.trouble is None:
            try:
                return super().write(data)
            except OSError as error:
                self.trouble = error
        return memoryview(data).nbytes


@contextmanager
def outputs_kept() -> Iterator[Output | None]:
    """Let no command fail because nobody can read what it says; yields the output of the process, None where it is replaced.

    An output that is closed becomes one that leads nowhere, so that no file of results is opened under its number.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    said, told = sys.stdout, sys.stderr
    out = Output(1) if said is sys.__stdout__ else None
    if out is not None:
        sys.stdout = _text(out, said)
    if told is sys.__stderr__:
        sys.stderr = _text(Output(2), told)
    try:
        yield out
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdout, sys.stderr = said, told


def _text(raw: Output, like: TextIO | None) -> io.TextIOWrapper:
    """Return an output as text, of the encoding of another."""
    encoding, errors = (like.encoding, like.errors) if like is not None else ("utf-8", "backslashreplace")
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors, line_buffering=raw.isatty() or raw.fileno() == 2)
