"""A comparison of eight policies with a baseline: its wall time against the bare cost of its nights.

The bare cost is the time that the simulation of each night takes by itself, added up over all nights and divided by
the number of workers: no world, record, checksum, scheduler, measurement, page or start of a worker is in it.
"""

from __future__ import annotations

import os
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.interleave import Ratio

PARIS = Path(__file__).parents[1] / "scenarios" / "paris-2015-11-13.yaml"
POLICIES = (
    "rumour-denial-1h", "safety-check-2200", "hotline-22h-50", "text-instead-of-call", "curated-map", "free-taxis-2200",
    "promote-prefpolice", "lines-reopen-2330",
)  # fmt: skip
ENGINE = ("sim.world.build:shared_world", "benchmarks.compare:timed")
TIMES = "MSGU_BENCHMARK_TIMES"
"""Environment variable: folder in which each night leaves the seconds that its simulation took."""

REPS = "MSGU_BENCHMARK_REPS"
"""Environment variable: nights of each alternative, where 30 take too long."""


def timed(world: Any, seed: int, replication: int, progress: Callable[[float], None]) -> Any:
    """Simulate one night, and leave how long it took."""
    from sim.engine.run import simulate

    began = time.monotonic()
    results = simulate(world, seed, replication, progress)
    (Path(os.environ[TIMES]) / uuid.uuid4().hex).write_text(f"{began:.6f} {time.monotonic():.6f}")
    return results


def run(quick: bool) -> list[Ratio]:
    """Run the comparison whole, page included, and return the ratio.

    With fewer nights than 30 it tells beside it what 30 would give: what the start and the page take stands once.
    """
    from sim.cli.compare import write
    from sim.cli.settings import Settings
    from sim.study.compare import compare
    from sim.study.compare_plan import from_words
    from sim.study.compare_run import run_nights

    policies, reps, scale = (POLICIES[:3], 3, "1/2000") if quick else (POLICIES, int(os.environ.get(REPS, "30")), "1/100")
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        times = Path(folder) / "times"
        times.mkdir()
        os.environ[TIMES] = str(times)
        _warm(scale, folder)
        for path in times.iterdir():
            path.unlink()
        began = time.monotonic()
        plan = from_words(str(PARIS), policies, reps, scale=scale)
        run_nights(plan, Path(folder) / "out", workers, engine=ENGINE)
        found = compare(plan, Path(folder) / "out")
        measured = time.monotonic()
        write(found, Path(folder) / "out", Settings())
        ended = time.monotonic()
        nights = [tuple(map(float, path.read_text().split())) for path in times.iterdir()]
    whole, bare = ended - began, sum(end - start for start, end in nights) / workers
    once = min(start for start, _ in nights) - began + ended - measured
    print(
        f"{len(nights)} nights at {scale} by {workers} workers: {whole:.0f} s, of which {once:.0f} s for the start and the page, "
        f"{whole - once - bare:.0f} s around the nights and measuring them; bare {bare:.0f} s "
        f"({bare * workers / len(nights):.2f} s a night)"
    )
    print(f"30 nights of each at this pace: {(whole - once) / bare + once / (bare * 30 / reps):.3f} of the bare cost")
    return [Ratio("compare.wall-over-bare", whole / bare, 1.15, False)]


def _warm(scale: str, folder: str) -> None:
    """Compile, and build the graph, so that neither is measured."""
    from sim.scenario.load import load
    from sim.study.batch import run_batch

    run_batch(load(str(PARIS), (), [f"scale={scale}"]), Path(folder) / "warm", reps=1, engine=ENGINE)
