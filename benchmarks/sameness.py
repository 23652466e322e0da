"""`python -m benchmarks.sameness [REV]`: prove that a base and the working tree still do the same, bit by bit.

Both run the same scenarios through the command line, each from its own sources and with its own scenario files; the parts
`phones`, `policies` and `scales` are frozen files (`benchmarks.frozen`), which are the same for both.
Compared are every value of every table, everything that the JSON files say (the fingerprint of each layer among it),
and everything that `score --json` says.
Digests of sources, versions, paths, times and the bytes of Parquet files are not compared.
The results of the base are kept under `build/bases`, so that a later comparison runs the working tree alone.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import frozen
from benchmarks.differences import columns_of, json_differences, leaves, record_differences
from benchmarks.frozen import Case
from benchmarks.revisions import commit_of, git
from benchmarks.trees import RunError, Tree, command, tree_of, working_tree

USUAL = ("toy", "degenerate", "paris", "scorecard")
PARTS = (*USUAL, *frozen.PARTS)
LONG = ("--scale", "1/100"), ("--scale", "1/20")
ROUNDS, LOW, HIGH = 10, 0.98, 1.02


class Finding(NamedTuple):
    """Outcome of comparing one thing: its size in words, and each difference."""

    title: str
    size: str
    differences: tuple[str, ...]

    def line(self) -> str:
        """Return the finding as one line."""
        if not self.differences:
            return f"same {self.title}: {self.size}"
        more = f" (and {len(self.differences) - 1} more)" if len(self.differences) > 1 else ""
        return f"DIFFERENT {self.title}: {self.differences[0]}{more}"


Comparison = Callable[[Case, Tree, Tree], tuple[str, list[str]]]
"""Takes a run and two trees; returns the size of what the run gave in words, and the differences."""


# ---- what is run ----


def cases(root: Path) -> list[Case]:
    """Return every run; the degenerate settings are those of this tree."""
    toy, paris = "toy.yaml", "paris-2015-11-13.yaml"
    bare, laid = ("--set", "record.event_log=false"), ("--policy", "text-instead-of-call", "--policy", "fewer-redials")
    small = ("--scale", "1/100")
    more = ("--policy", "curated-map", "--policy", "visov-moderation", "--policy", "text-instead-of-call")
    settings = sorted((root / "scenarios" / "degenerate").glob("*.yaml"))
    return [
        Case("toy", "toy", toy, ("--reps", "2"), scored=True),
        Case("toy without its event log", "toy", toy, bare),
        Case("toy with policies", "toy", toy, laid, scored=True),
        Case("toy with policies, without its event log", "toy", toy, (*laid, *bare)),
        *(Case(path.stem, "degenerate", f"degenerate/{path.name}") for path in settings),
        Case("Paris", "paris", paris, small, scored=True),
        Case("Paris with policies", "paris", paris, (*small, *more), scored=True),
        *frozen.cases(),
    ]


def record_of(tree: Tree, case: Case) -> Path:
    """Return the folder of a run, which is made unless it is there and complete."""
    folder = tree.out / case.folder()
    manifest = folder / "manifest.json"
    if not manifest.is_file() or json.loads(manifest.read_bytes())["state"] != "complete":
        shutil.rmtree(folder, ignore_errors=True)
        command(tree, "run", str(tree.root / "scenarios" / case.scenario), *case.words, "--out", str(folder))
    return folder


def scorecard_of(tree: Tree, case: Case) -> Any:
    """Return the scorecard of a run as `score --json` prints it."""
    folder = record_of(tree, case)
    path = folder.with_name(f"{folder.name}.score.json")
    if not path.is_file():
        path.write_text(command(tree, "score", str(folder), "--json").printed, encoding="utf-8")
    return json.loads(path.read_bytes())


# ---- comparing ----


def compare(base: Tree, here: Tree, parts: Sequence[str], quick: bool) -> Iterator[Finding]:
    """Yield a finding for each record and each scorecard of the parts that are asked for."""
    for case in cases(base.root):
        if quick and case.words[:2] in LONG:
            continue
        if case.part in parts:
            yield _compared(case.title, case, base, here, compare_records)
        if case.scored and "scorecard" in parts:
            yield _compared(f"scorecard of {case.title}", case, base, here, compare_scorecards)


def _compared(title: str, case: Case, base: Tree, here: Tree, how: Comparison) -> Finding:
    try:
        size, differences = how(case, base, here)
    except RunError as error:
        return Finding(title, "", (str(error),))
    return Finding(title, size, tuple(differences))


def compare_records(case: Case, base: Tree, here: Tree) -> tuple[str, list[str]]:
    """Return the size of a record in words, and in what the two trees differ."""
    folder = record_of(base, case)
    tables = [columns for path in sorted(folder.rglob("*.parquet")) for columns in [columns_of(path)]]
    values = sum(len(column) for columns in tables for column in columns.values())
    whole = json.loads((folder / "manifest.json").read_bytes())["fingerprint"]["all"][:12]
    size = f"{len(tables)} tables, {values:,} values, fingerprint {whole}"
    return size, list(record_differences(folder, record_of(here, case)))


def compare_scorecards(case: Case, base: Tree, here: Tree) -> tuple[str, list[str]]:
    """Return the size of a scorecard in words, and in what the two trees differ."""
    before, now = scorecard_of(base, case), scorecard_of(here, case)
    size = f"{len(before['rows'])} rows, {len(dict(leaves(before))):,} values"
    return size, list(json_differences("score", before, now))


# ---- what is printed ----


def report(base: Tree, here: Tree, parts: Sequence[str], quick: bool) -> bool:
    """Print a line for each thing compared, and a verdict; return whether all is the same."""
    bad = count = 0
    for finding in compare(base, here, parts, quick):
        print(finding.line(), flush=True)
        count, bad = count + 1, bad + bool(finding.differences)
    print(f"{count - bad} of {count} things are the same as at {base.name}" + (f", {bad} DIFFER" if bad else ""))
    return not bad


def report_steps(base: Tree, steps: str, parts: Sequence[str], quick: bool) -> bool:
    """Print a line for each commit of a range that touches `sim/`; return whether all are the same as the base."""
    bad = count = 0
    for commit in git("rev-list", "--reverse", "--topo-order", steps, "--", "sim").split():
        step = tree_of(commit)
        findings = list(compare(base, step, parts, quick))
        differing = [finding for finding in findings if finding.differences]
        verdict = f"{'DIFFERENT' if differing else 'same':9s} {len(findings) - len(differing)} of {len(findings)}"
        print(f"{commit[:7]} {verdict}  {git('show', '--no-patch', '--format=%s', commit)}", flush=True)
        for finding in differing[:1]:
            print(f"        {finding.line()}", flush=True)
        count, bad = count + 1, bad + bool(differing)
        if step.root != base.root:
            git("worktree", "remove", "--force", str(step.root))
    print(f"{count - bad} of {count} commits give the same as {base.name}" + (f", {bad} DIFFER" if bad else ""))
    return not bad


def report_speed(base: Tree, here: Tree) -> bool:
    """Print the ratio of processor times over interleaved pairs of Paris; return whether it keeps the bound."""
    ratios: list[float] = []
    for n in range(ROUNDS + 1):  # the first pair compiles, and is not counted
        order = (base, here) if n % 2 else (here, base)
        seconds = {tree.name: paris_seconds(tree) for tree in order}
        if n:
            ratios.append(seconds[here.name] / seconds[base.name])
            print(
                f"pair {n:2d}: {seconds[base.name]:.2f} s at {base.name}, {seconds[here.name]:.2f} s here, {ratios[-1]:.3f}"
            )
    middle = statistics.median(ratios)
    kept = LOW <= middle <= HIGH
    print(
        f"median {middle:.4f} ({min(ratios):.3f} to {max(ratios):.3f}), bound {LOW} to {HIGH}: {'ok' if kept else 'OUTSIDE'}"
    )
    return kept


def paris_seconds(tree: Tree) -> float:
    """Processor time of one night of Paris at 1/100, the whole process [s]."""
    with tempfile.TemporaryDirectory() as out:
        scenario = str(tree.root / "scenarios" / "paris-2015-11-13.yaml")
        return command(tree, "run", scenario, "--scale", "1/100", "--out", out).seconds


def main() -> None:
    """Read the words, compare, and exit with 1 where anything differs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sameness", description=__doc__.split("\n", 1)[0])
    parser.add_argument("base", nargs="?", default="base-house", metavar="REV", help="a revision, or a name in bases.toml")
    parser.add_argument(
        "--parts", default=",".join(USUAL), help=f"of {', '.join(PARTS)}, joined by commas (default: %(default)s)"
    )
    parser.add_argument("--quick", action="store_true", help="without Paris at 1/100 and above")
    parser.add_argument("--steps", metavar="REV..REV", help="compare each commit of this range that touches sim/")
    parser.add_argument("--speed", action="store_true", help=f"compare processor time instead: {ROUNDS} pairs of Paris")
    words = parser.parse_args()
    parts = words.parts.split(",")
    if unknown := sorted(set(parts) - set(PARTS)):
        parser.error(f"--parts: {', '.join(unknown)} - allowed: {', '.join(PARTS)}")
    base = tree_of(commit_of(words.base))
    if words.steps:
        same = report_steps(base, words.steps, parts, words.quick)
    elif words.speed:
        same = report_speed(base, working_tree())
    else:
        same = report(base, working_tree(), parts, words.quick)
    sys.exit(not same)


if __name__ == "__main__":
    main()
