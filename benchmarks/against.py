"""`python -m benchmarks against REV [--quick]`: what a night costs here over what it cost at a revision.

Both trees run the frozen workloads (`benchmarks.frozen`), each in processes of its own that import its sources alone, one
after the other in each round, in turns of who begins. Processor time counts: of each part of a night (`benchmarks.probe`),
the least of the rounds, for on a shared machine everything else is its neighbours; of whole processes besides.
A night is set-up, run, tables and write; the world is built once for all nights, and stands apart.
Telephones and people are the whole night less its posts alone. Experiment 17 is run whole by `compare`, page included
(`MSGU_BENCHMARK_REPS` nights of each alternative where 30 take too long).

A revision from `base-speed` on must give the same bits, which is looked at first. An older one has other bits by design:
it runs its own Paris file until 13:35, and events by kind (rows of the event log), processor time a night and processor time
a million events are printed, without a claim that the two nights are the same.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks import frozen, sameness
from benchmarks.interleave import Ratio
from benchmarks.revisions import commit_of, contains, package_in
from benchmarks.trees import Tree, command, run_in, tree_of, working_tree

PROBE = Path(__file__).with_name("probe.py")
NIGHT = "setup", "run", "tables", "write"
UNTIL = "horizon=17 h 35 min"
REPS = "MSGU_BENCHMARK_REPS"
LEAST = 3.0
"""Nights that take less than this in all are run again within their process [s]."""

Spent = Mapping[str, float]
"""Part of a night, or of the process that ran it -> processor time [s]; `peak` in bytes."""


class Size(NamedTuple):
    """A scale, how many rounds, and the bounds that are meant for it; an empty one is not asked for there."""

    scale: str
    rounds: int
    night: float
    city: float | None = None
    phones: float | None = None


SIZES = Size("1/100", 5, 0.45), Size("1/20", 3, 0.40, 0.35, 0.35), Size("1", 1, 0.40, 0.35)
QUICK = Size("1/500", 3, 0.45), Size("1/100", 2, 0.45, 0.40, 0.40)
STUDY_BOUND, QUICK_STUDY_BOUND = 0.30, 0.50


def run(quick: bool, revision: str = "base-speed") -> list[Ratio]:
    """Compare the working tree with a revision and return the ratios."""
    commit = commit_of(revision)
    base, here = tree_of(commit), working_tree()
    if not contains(commit, commit_of("base-speed")):
        report_others(base, here, quick)
        return []
    found = list(sameness.compare(base, here, ("toy", "scales"), quick=True))
    print("\n".join(finding.line() for finding in found), flush=True)
    different = sum(bool(finding.differences) for finding in found)
    ratios = [Ratio("against.runs-that-differ", different, 0, False)]
    for size in QUICK if quick else SIZES:
        ratios += _at(base, here, size)
    return [*ratios, _study(base, here, quick)]


# ---- the same nights ----


def _at(base: Tree, here: Tree, size: Size) -> list[Ratio]:
    """Measure the frozen nights at one size."""
    night = _pairs(base, here, frozen.PARIS, size)
    ratios = [_ratio(f"night-{size.scale}", night, size.night, ("night",))]
    if size.city is not None:
        posts = _pairs(base, here, frozen.POSTS, size)
        city = [{"run": whole["run"] - alone["run"]} for whole, alone in zip(night, posts, strict=True)]
        _print_row(f"telephones and people at {size.scale}", "run", city)
        ratios.append(_ratio(f"telephones-and-people-{size.scale}", city, size.city, ("run",)))
    if size.phones is not None:
        ratios.append(
            _ratio(f"telephones-alone-{size.scale}", _pairs(base, here, frozen.PHONES, size), size.phones, ("run",))
        )
    return ratios


def _ratio(name: str, pair: list[dict[str, float]], bound: float, parts: tuple[str, ...]) -> Ratio:
    before, now = (sum(spent[part] for part in parts) for spent in pair)
    return Ratio(f"against.{name}", now / before, bound, False)


def _pairs(base: Tree, here: Tree, file: Path, size: Size) -> list[dict[str, float]]:
    """Run a frozen night in both trees, in turns; return the least of each part, of the base and of the working tree."""
    rounds: dict[str, list[Spent]] = {base.name: [], here.name: []}
    for n in range(size.rounds):
        for tree in (base, here) if n % 2 else (here, base):
            rounds[tree.name].append(probe(tree, file, size.scale))
    least = [_least(rounds[tree.name]) for tree in (base, here)]
    of_rounds = [now["night"] / before["night"] for before, now in zip(*rounds.values(), strict=True)]
    print(f"\n{file.stem} at {size.scale}, {size.rounds} rounds: {base.name}, here, ratio of the least")
    for part in ("night", *NIGHT, "build", "process", "peak"):
        _print_row(part, part, least)
    print(f"  ratio of the nights by round: {', '.join(f'{x:.3f}' for x in of_rounds)}", flush=True)
    return least


def _least(rounds: list[Spent]) -> dict[str, float]:
    return {name: min(spent[name] for spent in rounds) for name in rounds[0]}


def _print_row(title: str, part: str, pair: list[dict[str, float]]) -> None:
    before, now = (spent[part] / (1e9 if part == "peak" else 1.0) for spent in pair)
    unit = "GB" if part == "peak" else "s"
    print(f"  {title:32s} {before:9.3f} {unit:2s} {now:9.3f} {unit:2s} {now / before:7.3f}", flush=True)


def probe(tree: Tree, file: Path, scale: str, *sets: str) -> dict[str, float]:
    """Run a night in a process of a tree; return what `benchmarks.probe` counts, the night in all, and the whole process."""
    words = (str(PROBE), package_in(tree.root).name, str(file), scale, str(LEAST), *sets)
    done = run_in(tree, *words)
    spent: dict[str, float] = json.loads(done.printed.splitlines()[-1])
    return spent | {"night": sum(spent[part] for part in NIGHT), "process": done.seconds}


def _study(base: Tree, here: Tree, quick: bool) -> Ratio:
    """Run experiment 17 in both trees, nights, measuring and page; its processor time, of all processes."""
    study = frozen.SMALL_STUDY if quick else frozen.STUDY
    reps = () if quick or REPS not in os.environ else ("--reps", os.environ[REPS])
    seconds = {}
    for tree in (base, here):
        with tempfile.TemporaryDirectory() as out:
            seconds[tree.name] = command(tree, "compare", str(study), *reps, "--out", out).seconds
    pair = [{"process": seconds[tree.name]} for tree in (base, here)]
    _print_row(" ".join((study.stem, *reps)), "process", pair)
    name, bound = ("study-1/500", QUICK_STUDY_BOUND) if quick else ("study", STUDY_BOUND)
    return _ratio(name, pair, bound, ("process",))


# ---- nights with other bits ----


def report_others(base: Tree, here: Tree, quick: bool) -> None:
    """Print what each tree's own Paris night until 13:35 costs, and its events by kind: no claim that they are the same."""
    print(
        f"{base.name} is older than base-speed and may have other bits: each runs its own night, none is claimed to be the same"
    )
    files = base.root / "scenarios" / frozen.OWN, frozen.PARIS
    for size in QUICK if quick else (QUICK[0], *SIZES[:-1]):
        kept = [probe(tree, file, size.scale, UNTIL, "record.event_log=true") for tree, file in _both(base, here, files)]
        counts = [{kind: spent[kind] for kind in spent if kind.startswith("log ")} for spent in kept]
        least = [_least(list(rounds)) for rounds in zip(*_rounds(base, here, files, size), strict=True)]
        _print_others(base, size, counts, least)


def _both(base: Tree, here: Tree, files: tuple[Path, Path]) -> tuple[tuple[Tree, Path], tuple[Tree, Path]]:
    return (base, files[0]), (here, files[1])


def _rounds(base: Tree, here: Tree, files: tuple[Path, Path], size: Size) -> Iterator[list[Spent]]:
    for _ in range(size.rounds):
        yield [probe(tree, file, size.scale, UNTIL) for tree, file in _both(base, here, files)]


def _print_others(base: Tree, size: Size, counts: list[dict[str, float]], least: list[dict[str, float]]) -> None:
    print(f"\nParis at {size.scale}, {size.rounds} rounds: {base.name}, here, here over {base.name}")
    for kind in dict.fromkeys((*counts[0], *counts[1])):
        before, now = (of.get(kind, 0.0) for of in counts)
        if before or now:
            print(f"  {kind.removeprefix('log ').lower():32s} {before:12,.0f} {now:12,.0f} {now / max(before, 1.0):7.3f}")
    events = [sum(of.values()) for of in counts]
    print(f"  {'events, all kinds':32s} {events[0]:12,.0f} {events[1]:12,.0f} {events[1] / events[0]:7.3f}")
    for part in ("night", *NIGHT, "build", "process", "peak"):
        _print_row(part, part, least)
    each = [{"run": 1e6 * spent["run"] / n} for spent, n in zip(least, events, strict=True)]
    _print_row("run, a million events", "run", each)
