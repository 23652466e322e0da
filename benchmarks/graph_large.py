"""The follower graph of 10**7 accounts: built and stored within 8 GB on two threads, reopened in under a second.

Each step is a process of its own, whose peak memory is what the system counted for it.
Reopening is timed three times: as usual, with the note of the last verification taken away, so that everything is
read and compared with its checksums as on the first opening after the machine was started, and that again with the
files thrown out of memory.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.graph import METRO, peak_memory, printed, zones
from benchmarks.interleave import Ratio

FOLLOWS = 51.0
"""A little above 50, since the mean of follows is met to a hundredth, and 500 million ties are asked for."""
GB = 1e9


def run(quick: bool) -> list[Ratio]:
    """Build in one process, reopen in others, and return what was needed."""
    n = 100_000 if quick else 10_000_000
    with tempfile.TemporaryDirectory() as cache:
        _child("step", 2000, Path(cache))  # so that nothing measured has to compile
        built = _child("step", n, Path(cache))
        largest = max(Path(cache).glob("graphs/*/followers.npy"), key=lambda file: file.stat().st_size).parent
        disk = sum(file.stat().st_size for file in largest.iterdir())
        again = _child("step", n, Path(cache))
        (largest / "verified.json").unlink()
        verified = _child("step", n, Path(cache))
        (largest / "verified.json").unlink()
        for file in largest.iterdir():
            _forget(file)
        cold = _child("step", n, Path(cache))
    print(f"{'':34s} {'call [s]':>10s} {'process [s]':>12s} {'processor [s]':>14s} {'peak [GB]':>10s}")
    for what, row in (
        ("build and store, 2 threads", built), ("reopen", again), ("reopen, verified in full", verified),
        ("the same, files not in memory", cold),
    ):  # fmt: skip
        print(f"{what:34s} {row[1]:10.2f} {row[2]:12.2f} {row[3]:14.2f} {row[4] / GB:10.3f}")
    print(f"{n:,} accounts, {int(built[0]):,} ties, {disk / GB:.3f} GB on disk")
    return [
        Ratio("graph_large.million-ties", built[0] / 1e6, n * 50 / 1e6, True),
        Ratio("graph_large.build-peak-GB", built[4] / GB, 8.0, False),
        Ratio("graph_large.reopen-seconds", again[1], 1.0, False),
    ]


def step(n: int) -> None:
    """Build the graph, or open it where it is there already; print ties, times and peak memory."""
    from msgu.world.graph import store
    from msgu.world.graph.types import NetworkSpec

    audience = np.array([36_962, 71_000, 710_350], np.int64) * n // 10**7
    zone = zones(n)
    began = time.perf_counter()
    graph = store.load_or_build(NetworkSpec(n, mean_follows=FOLLOWS), zone, METRO, audience, 1, threads=2, least=0)
    took = time.perf_counter() - began
    print(int(graph.offsets[-1]), took, time.perf_counter() - _STARTED, time.process_time(), peak_memory())


_STARTED = time.perf_counter()


def _child(name: str, n: int, cache: Path) -> list[float]:
    """Run a function of this module in a process of its own, with a store of its own; returns what it prints."""
    line = printed(f"from benchmarks import graph_large; graph_large.{name}({n})", MSGU_CACHE=str(cache))
    return [float(word) for word in line.split()]


def _forget(file: Path) -> None:
    """Ask the system to drop a file from its memory."""
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)
