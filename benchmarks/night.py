"""The Paris night: what its cascades cost against a bare scan of the same follower lists and a bare heap.

The floor is a compiled loop that reads each follower of each post of the night, in the order of the posts, plus a
compiled heap that holds as many events as the night has posts; nothing is drawn and nobody answers.
Cascades alone are the same scenario without telephones and without people who are out; the whole night is run besides, and
once more without its desks and without people who are out, so that each part stands apart: what the night costs less
without it; telephones are the rest. Each runs in a process of its own, whose peak memory the system counted. The night is
the frozen one (`benchmarks.frozen`).
Processor time throughout; a night that takes less than three seconds is run again and again until these have passed, as its
floor is, and the least counts, for on a shared machine everything else is its neighbours.
What a post costs is compared between the scales besides: at 1/100 all lists of followers fit into the processor's cache, at
full size nearly every read of an account, a list or a post waits for memory, in the floor as in the night.
"""

from __future__ import annotations

import json
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from benchmarks import frozen
from benchmarks.graph import peak_memory, printed
from benchmarks.interleave import Ratio

if TYPE_CHECKING:
    from msgu.scenario.schema.root import Scenario

SMALL, LARGE, QUICK = 0.01, 1.0, 0.002
LONG = 3.0
"""A measurement shorter than this is repeated until so much time has passed [s]."""


def run(quick: bool) -> list[Ratio]:
    """Measure the small and the large night and return the ratios."""
    scales = (QUICK, SMALL) if quick else (SMALL, LARGE)
    _child("cascades", QUICK)  # so that nothing measured has to compile
    _child("whole", QUICK)
    found = {scale: _child("cascades", scale) for scale in scales}
    whole, without = _child("whole", scales[1]), {part: _child(f"without {part}", scales[1]) for part in ("desks", "people")}
    for scale, row in found.items():
        _print(f"cascades alone at {scale:g}", row)
        print(f"  floor: {row['scan']:.2f} s for the lists, {row['heap']:.2f} s for the heap; {row['ratio']:.2f} times that")
    _print(f"whole night at {scales[1]:g}", whole)
    city = _print_parts(whole, found[scales[1]], without)
    small, large = (found[scale]["ratio"] for scale in scales)
    each, all_of = (found[scale]["run"] / found[scale]["posts"] for scale in scales)
    print(f"  a post costs {1e6 * each:.2f} us at {scales[0]:g} and {1e6 * all_of:.2f} us at {scales[1]:g}")
    at_full_size = [
        Ratio("night.set-up-seconds", whole["setup"], 20.0, False),
        Ratio("night.telephones-and-people-seconds", city, 150.0, False),
        Ratio("night.peak-memory-GB", whole["peak"] / 1e9, 6.0, False),
    ]
    return [
        Ratio("night.cascades-over-floor", large, 5.0, False),
        Ratio("night.large-over-small", max(large / small, small / large), 1.2, False),
        Ratio("night.cost-of-a-post-large-over-small", all_of / each, 1.2, False),
        Ratio("night.million-posts", found[scales[1]]["posts"] / 1e6, 11.0 * scales[1], True),
        *([] if quick else at_full_size),
    ]


def _print_parts(whole: dict[str, float], cascades: dict[str, float], without: dict[str, dict[str, float]]) -> float:
    """Print each part of the whole night; return telephones and people, desks among them [s]."""
    parts = {name: whole["run"] - row["run"] for name, row in without.items()}
    city = whole["run"] - cascades["run"]
    parts = {"cascades": cascades["run"], "telephones": city - sum(parts.values()), **parts}
    parts = {"build": whole["build"], "set-up": whole["setup"], **parts, "write": whole["write"]}
    print("  " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in parts.items()))
    print(
        f"  telephones and people, desks among them: {city:.2f} s, {100 * city / max(whole['run'], 1e-9):.0f} % of the run"
    )
    return city


def _print(what: str, row: dict[str, float]) -> None:
    print(
        f"{what}: {row['posts']:,.0f} posts, {row['exposures']:,.0f} exposures, {row['seen']:,.0f} seen; "
        f"build {row['build']:.1f} s, set-up {row['setup']:.1f} s, run {row['run']:.1f} s, write {row['write']:.1f} s; "
        f"{row['peak'] / 1e9:.2f} GB"
    )


def _child(what: str, scale: float) -> dict[str, float]:
    """Measure in a process of its own."""
    found: dict[str, float] = json.loads(printed(f"from benchmarks import night; night.step({what!r}, {scale!r})"))
    return found


def step(what: str, scale: float) -> None:
    """Run one night and print what it took as JSON."""
    from msgu.engine.collect import results
    from msgu.engine.compiled import CompiledEngine
    from msgu.engine.run import run_phenomena
    from msgu.results import save
    from msgu.scenario.load import load
    from msgu.world.build import World, build_world

    def night_at(scale: float) -> tuple[World, float]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of dates after the night, which Paris has
            scenario = _without(load(frozen.PARIS, (), [f"scale={scale}"]), what)
        began = time.process_time()
        world = build_world(scenario, 1, scale)
        return world, time.process_time() - began

    def once(world: World) -> tuple[CompiledEngine, dict[str, Any], float, float]:
        began = time.process_time()
        night = CompiledEngine(world, 0, keep_log=False)
        ready = time.process_time()
        kept = run_phenomena(night, 0)
        return night, kept, ready - began, time.process_time() - ready

    once(night_at(QUICK)[0])  # brings the compiled code into the process
    world, built = night_at(scale)
    night, kept, setup, took = once(world)
    c = night.cascade
    posts = int(c.size[0])
    row = {
        "posts": posts, "exposures": int(c.size[2]), "seen": int(c.size[3]), "build": built, "setup": setup, "run": took,
    }  # fmt: skip
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        save(results(night, kept, 0), Path(folder) / "0000", "benchmark")
    row["write"] = time.process_time() - began
    row["peak"] = peak_memory()
    spent = took
    while spent < LONG:
        again = once(world)[3]
        row["run"], spent = min(row["run"], again), spent + again
    if what == "cascades":
        row |= _floor(c.post_author[:posts].copy(), c.offsets, c.followers, posts)
        row["ratio"] = row["run"] / (row["scan"] + row["heap"])
    print(json.dumps(row))


def _without(scenario: Scenario, what: str) -> Scenario:
    """Return the scenario that is run as `what`."""
    from msgu.scenario.blocks import posts_only

    if what == "without desks":
        return scenario.model_copy(update={"desks": {}})
    if what == "without people":
        nobody: dict[str, Any] = {"outings": {}, "closures": {}, "instructions": {}, "shelter": None}
        return scenario.model_copy(update={**nobody, "places": scenario.places.model_copy(update={"venues": {}})})
    return posts_only(scenario) if what == "cascades" else scenario


def _floor(author: Any, offsets: Any, followers: Any, posts: int) -> dict[str, float]:
    """Processor time of the bare scan and of the bare heap, the least of three of each or more [s]."""
    from benchmarks.bare import hold

    pending = max(posts // 4, 1)
    hold(np.uint64(7), 10, 10)
    scan(author[:1], offsets, followers)
    times: dict[str, list[float]] = {"scan": [], "heap": []}
    while len(times["scan"]) < 3 or sum(map(sum, times.values())) < LONG:
        began = time.process_time()
        scan(author, offsets, followers)
        middle = time.process_time()
        hold(np.uint64(7), pending, posts)
        times["scan"].append(middle - began)
        times["heap"].append(time.process_time() - middle)
    return {name: min(found) for name, found in times.items()}


@numba.njit(cache=True)
def scan(author: Any, offsets: Any, followers: Any) -> int:
    """Read every follower of every author, in the order of the posts."""
    total = 0
    for j in range(author.size):
        for i in range(offsets[author[j]], offsets[author[j] + 1]):
            total += followers[i]
    return total
