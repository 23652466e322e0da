"""Causes that move the ratio of `benchmarks cascade` to the bare loop: three runs, each under four conditions.

Each run is a process of its own, so that memory is laid out and touched anew. In it ours and the bare loops take turns, each
first in every second round, and the least of the rounds counts, in processor time for each exposure:

- warm: one after the other;
- cold: each after a sweep through more memory than the processor's caches hold;
- beside a neighbour: another process sweeps through memory all the while;
- small pages: a fourth process, in which numpy asks for no large pages.

Of ours the fixed part is told apart: setting up the engine and going through two days without a post. And it is compared
with the least work of its kind: as many keyed uniforms, logarithms and lines of memory touched at random as its posts, readers
and sights ask for, at this machine's measured speed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import numpy as np
from msgu.world.graph.types import FollowerGraph

from benchmarks import cascade
from benchmarks.bare import work
from benchmarks.graph import printed
from benchmarks.interleave import Ratio

RUNS = 3
SWEPT = 96 << 20
"""Bytes of a sweep: three times the 32 MB that the largest cache of the machine here holds."""
BOUND, QUICK_BOUND, SIGHT_BOUND = 0.45, 0.60, 8.0
NEIGHBOUR = f"import numpy as np\na = np.ones({SWEPT}, np.uint8)\nwhile True: a[::64] += 1"

Spent = dict[str, dict[str, float]]
"""Condition -> contestant -> least processor time for each exposure [ns]."""


def spread(given: cascade.Setting, quick: bool) -> list[Ratio]:
    """Run the trials, print what each condition does, and return the ratios of the warm rounds of each run."""
    rounds = 5 if quick else 3
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "graph.npz", **vars(given.graph), seeds=given.seeds, chance=given.chance)
        code = f"from benchmarks import cascade_spread; cascade_spread.trial({folder!r}, {rounds})"
        found: list[Spent] = [json.loads(printed(code)) for _ in range(RUNS)]
        pages: Spent = json.loads(printed(code, NUMPY_MADVISE_HUGEPAGE="0"))
    print(f"{'ours over bare, least of the rounds':36s} {'by run':24s} ours [ns], bare [ns]")
    for condition in found[0]:
        _print_row(condition, [one[condition] for one in found])
    _print_row("small pages, warm", [pages["warm"]])
    fixed = [one["warm"]["fixed"] / one["warm"]["ours"] for one in found]
    print(f"fixed part of ours: {', '.join(f'{100 * x:.0f} %' for x in fixed)}")
    for name in ("ours", "each sight"):
        floors = [(one["warm"][name], one["warm"][f"floor of {name}"]) for one in found]
        print(
            f"{name} over the least work: {', '.join(f'{took / least_:.1f} ({least_:.1f} ns)' for took, least_ in floors)}"
        )
    bound = QUICK_BOUND if quick else BOUND
    warm = [one["warm"] for one in found]
    return [
        *(
            Ratio(f"cascade.ours-over-bare-run-{n}", row["ours"] / row["bare"], bound, False)
            for n, row in enumerate(warm, 1)
        ),
        Ratio("cascade.ours-over-bare-keyed", max(row["ours"] / row["bare keyed"] for row in warm), bound, False),
        Ratio("cascade.each-sight-over-bare", max(row["each sight"] / row["bare"] for row in warm), SIGHT_BOUND, False),
    ]


def _print_row(condition: str, rows: list[dict[str, float]]) -> None:
    ratios = ", ".join(f"{row['ours'] / row['bare']:.3f}" for row in rows)
    each = "; ".join(f"{row['ours']:.1f}, {row['bare']:.1f}" for row in rows)
    print(f"{condition:36s} {ratios:24s} {each}", flush=True)


def trial(folder: str, rounds: int) -> None:
    """Measure in this process under each condition and print what was found as JSON."""
    held = np.load(Path(folder) / "graph.npz")
    graph = FollowerGraph(**{one.name: held[one.name] for one in fields(FollowerGraph)})
    given = cascade.Setting(graph, held["seeds"], float(held["chance"]))
    contestants = cascade.bare_loops(given) | {"ours": cascade.ours(given)}
    for once in contestants.values():
        once()
    sweep = np.ones(SWEPT, np.uint8)

    def swept() -> None:
        sweep[::64] += 1

    found: Spent = {"warm": least(contestants, rounds), "cold": least(contestants, rounds, swept)}
    with _neighbour():
        found["beside a neighbour"] = least(contestants, rounds)
    found["warm"] |= least({"each sight": cascade.ours(given, cascade.EACH_SIGHT)}, 2)
    found["warm"] |= least({"fixed": _without_posts(given, contestants["ours"]())}, rounds)
    floors = {"floor of ours": _floor(given, ()), "floor of each sight": _floor(given, cascade.EACH_SIGHT)}
    found["warm"] |= least(floors, rounds)
    print(json.dumps(found))


def _floor(given: cascade.Setting, more: tuple[str, ...]) -> Callable[[], float]:
    """Return what does the least work of a night of ours, and counts as many exposures."""
    posts, _, exposures, seen = (int(x) for x in cascade.nights(given, more)().cascade.size[:4])
    # a post is drawn a delay (of two logarithms), and touches its event, its author's list and state, and what it answers
    draws, logs, lines = posts, 2 * posts, 4 * posts
    if more:  # a sight is drawn whether and when (two logarithms), and touches its event, the reader and its state
        draws, logs, lines = draws + 2 * exposures, logs + 2 * exposures, lines + 3 * exposures
    else:  # a gap ends each list and comes before each reader, who is drawn, and touched in the list and as a reader
        draws, logs, lines = draws + posts + 2 * seen, logs + posts + seen, lines + 2 * seen
    table = np.zeros((given.graph.n_accounts, 8), np.int64)

    def once() -> float:
        work(np.uint64(7), draws, logs, lines, table)
        return float(exposures)

    once()
    return once


def _without_posts(given: cascade.Setting, exposures: float) -> Callable[[], float]:
    """Return what goes through the two days without a post, and counts as many exposures as a run with posts."""
    nobody = cascade.ours(given._replace(seeds=given.seeds[:0]))

    def once() -> float:
        nobody()
        return exposures

    return once


def least(
    contestants: dict[str, Callable[[], float]], rounds: int, before: Callable[[], None] = lambda: None
) -> dict[str, float]:
    """Least processor time of each contestant for each exposure [ns]; `before` is done before each, and not counted."""
    best = dict.fromkeys(contestants, np.inf)
    for n in range(rounds):
        for name in list(contestants)[:: 1 if n % 2 else -1]:
            before()
            began = time.process_time()
            done = contestants[name]()
            best[name] = min(best[name], 1e9 * (time.process_time() - began) / done)
    return best


@contextmanager
def _neighbour() -> Iterator[None]:
    """Have another process sweep through memory."""
    process = subprocess.Popen([sys.executable, "-c", NEIGHBOUR])  # noqa: S603  # our own words
    try:
        time.sleep(1.5)  # until it has begun
        yield
    finally:
        process.kill()
        process.wait()
