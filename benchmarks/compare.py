"""A comparison of eight policies with a baseline (experiment 17): what it costs against the bare cost of its nights.

The bare cost is the time that the simulation of each night takes by itself, added up over all nights: no world, record,
checksum, scheduler, measurement, page or start of a worker is in it.
It is told twice: on the wall (the bare cost divided by the number of workers), where other load of the machine stretches
nights and what stands around them alike, and in processor time of this process and of its workers, which load does not
touch.
A run that was stopped goes on where it stopped, given the same folder, and its figures are added up.
"""

from __future__ import annotations

import json
import os
import resource
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.interleave import Ratio

STUDY = Path(__file__).parents[1] / "experiments" / "17-eight-measures" / "study.yaml"
PARIS = Path(__file__).parents[1] / "scenarios" / "paris-2015-11-13.yaml"
QUICK = ("rumour-denial-1h", "safety-check-2200", "hotline-22h-50")
ENGINE = ("msgu.world.build:shared_world", "benchmarks.compare:timed")
BOUND = 1.15
TIMES = "MSGU_BENCHMARK_TIMES"
"""Environment variable: folder in which each night leaves the seconds that its simulation took."""

REPS = "MSGU_BENCHMARK_REPS"
"""Environment variable: nights of each alternative, where 30 take too long."""

OUT = "MSGU_BENCHMARK_OUT"
"""Environment variable: folder that keeps the comparison, its nights and these figures; empty: none."""


class Spent(NamedTuple):
    """Seconds spent, on the wall and by processors, in all and within the simulation of nights.

    nights : nights run. start : seconds on the wall before the first of them began. page : seconds on the wall for measuring
    the nights and writing the page.
    """

    nights: int = 0
    wall: float = 0.0
    processor: float = 0.0
    bare_wall: float = 0.0
    bare_processor: float = 0.0
    start: float = 0.0
    page: float = 0.0

    def plus(self, other: Spent) -> Spent:
        """Add up two stretches of one comparison."""
        return Spent(*(a + b for a, b in zip(self, other, strict=True)))  # type: ignore[arg-type]


def timed(world: Any, seed: int, replication: int, progress: Callable[[float], None]) -> Any:
    """Simulate one night, and leave how long it took, on the wall and by the processor."""
    from msgu.engine.run import simulate

    began, busy = time.monotonic(), time.thread_time()
    results = simulate(world, seed, replication, progress)
    line = f"{began:.6f} {time.monotonic() - began:.6f} {time.thread_time() - busy:.6f}"
    (Path(os.environ[TIMES]) / uuid.uuid4().hex).write_text(line)
    return results


def run(quick: bool) -> list[Ratio]:
    """Run the comparison whole, page included, and return the ratios."""
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        times = Path(folder) / "times"
        times.mkdir()
        os.environ[TIMES] = str(times)
        _warm("1/2000" if quick else "1/100", folder)
        for path in times.iterdir():
            path.unlink()
        out = Path(os.environ.get(OUT) or Path(folder) / "out")
        out.mkdir(parents=True, exist_ok=True)
        with _spending(times, out / "spent.json") as lap:
            _compare(quick, out, workers, lap)
        spent = _read(out / "spent.json")
    if not spent.nights:
        raise SystemExit(f"{out}: every night is there already, and nobody noted what they cost")
    bare = spent.bare_wall / workers
    print(
        f"{spent.nights} nights by {workers} workers: {spent.wall:.0f} s on the wall, of which {spent.start:.0f} s for the "
        f"start, {spent.page:.0f} s for measuring and the page; bare {bare:.0f} s"
    )
    print(
        f"processors: {spent.processor:.0f} s, bare {spent.bare_processor:.0f} s "
        f"({spent.bare_processor / spent.nights:.2f} s a night)"
    )
    return [
        Ratio("compare.wall-over-bare", spent.wall / bare, BOUND, False),
        Ratio("compare.processor-over-bare", spent.processor / spent.bare_processor, BOUND, False),
    ]


def _compare(quick: bool, out: Path, workers: int, lap: Callable[[], None]) -> None:
    """Run the nights that are missing, then call `lap`, then measure all of them and write the page."""
    from msgu.api import compare_folder, save_plan
    from msgu.study.comparison.plan import from_study, from_words
    from msgu.study.comparison.run import run_nights

    if quick:
        plan = from_words(str(PARIS), QUICK, int(os.environ.get(REPS, "3")), scale="1/2000")
    else:
        plan = from_study(str(STUDY))
        plan = replace(plan, reps=int(os.environ.get(REPS, plan.reps)))
    save_plan(plan, out)
    run_nights(plan, out, workers, engine=ENGINE)
    lap()
    compare_folder(plan, out, "en")


@contextmanager
def _spending(times: Path, kept: Path) -> Iterator[Callable[[], None]]:
    """Add what is spent inside to what `kept` tells of earlier stretches, however it ends; yields what notes the lap."""
    before, began, busy = _read(kept), time.monotonic(), _processors()
    laps: list[float] = []
    try:
        yield lambda: laps.append(time.monotonic())
    finally:
        now = time.monotonic()
        nights = [tuple(map(float, path.read_text().split())) for path in times.iterdir()]
        mine = Spent(
            len(nights), now - began, _processors() - busy, sum(wall for _, wall, _ in nights),
            sum(used for _, _, used in nights), min((at for at, _, _ in nights), default=now) - began,
            now - (laps or [now])[0],
        )  # fmt: skip
        kept.write_text(json.dumps(before.plus(mine)._asdict()))


def _read(kept: Path) -> Spent:
    return Spent(**json.loads(kept.read_text())) if kept.exists() else Spent()


def _processors() -> float:
    """Processor time of this process and of its children that have ended, workers among them [s]."""
    of = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + of.ru_utime + of.ru_stime


def _warm(scale: str, folder: str) -> None:
    """Compile, and build the graph, so that neither is measured."""
    from msgu.scenario.load import load
    from msgu.study.batch.run import run_batch

    run_batch(load(str(PARIS), (), [f"scale={scale}"]), Path(folder) / "warm", reps=1, engine=ENGINE)
