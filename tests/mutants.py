"""`make mutants`: one-line faults, drawn by a mutation tool with a fixed seed, that the tests of a room must see.

Cosmic Ray makes the faults; the draw takes as many from each room: a file by its length, a place in it, a fault there.
Left out beforehand are decorators (`njit` does nothing where kernels are judged uncompiled), unions in annotations (a
matter of mypy's) and what is no Python any more; what was drawn is never left out.
Each fault is written into a copy of the committed tree, and the tests of its room run there: first those that import its
module, then the rest of the room's.
Verdicts are kept, one file for each fault, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import io
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from tests import ROOT

PYTHON = ROOT / ".venv" / "bin" / "python"
OUT = ROOT / "build" / "mutants"
PATIENCE = 5
"""Wall time for each second of CPU time that the tests of a fault may take: other work may share the machine."""

ROOMS: dict[str, tuple[str, str]] = {
    "scenario": (
        "sim/msgu/scenario",
        "load references load_traps load_cli scenarios graph_scenario places_data graph_given policies",
    ),
    "world": (
        "sim/msgu/world",
        "world_places world_shared graph_network graph_interchange graph_given graph_scenario refusal repeatable",
    ),
    "kernels": (
        "sim/msgu/kernels",
        "draws rumour graph_network cascade_delays desk desk_queue desks twin_controls graph_statistics repeatable twin",
    ),
    "engine": (
        "sim/msgu/engine",
        "clock closures results repeatable desk missing city_outcomes little candidates twin",
    ),
    "results": ("sim/msgu/results", "results cascade_measures report graph_given"),
    "measure": (
        "sim/msgu/measure",
        "score metrics audit graph_statistics graph_network cascade_measures city_outcomes scenarios",
    ),
    "study": (
        "sim/msgu/study",
        "select paired compare results sensitivity calibrate compare_readings graph_given resume workers worker_safety",
    ),
    "report": ("sim/msgu/report", "report graph_picture compare compare_readings calibrate"),
    "cli": (
        "sim/msgu/cli",
        "load_cli graph_cli report refusal results cascade_measures audit compare calibrate sensitivity policies",
    ),
    "units": ("sim/msgu/units sim/msgu/errors.py", "units load load_traps scenarios"),
    "streams": ("sim/msgu/streams.py", "streams repeatable common_draws little"),
}
"""Sources of each room, and test files (wherever they lie) that a developer of it would run, the quickest first."""


@dataclass(frozen=True)
class Fault:
    """One fault: `operator`, `occurrence` and what the tool needs to make it again; `diff` for the reader."""

    number: int
    room: str
    file: str
    line: int
    operator: str
    occurrence: int
    diff: str


# ---- the draw ----


def sources(room: str) -> list[Path]:
    """Python files of a room, sorted."""
    found: list[Path] = []
    for name in ROOMS[room][0].split():
        path = ROOT / name
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [path for path in found if path.read_text(encoding="utf-8").strip()]


def places(code: str) -> dict[tuple[int, int], list[tuple[str, int]]]:
    """Operators and occurrences for each place (line, column) of a source that the tool can change."""
    nodes = list(ast_nodes(get_ast(code)))
    unions = set(_unions_in_annotations(code))
    found: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for name in sorted(operator_names()):
        kind = get_operator(name)
        if name == "core/RemoveDecorator" or kind.arguments():
            continue
        operator, occurrence = kind(), 0
        for node in nodes:
            for start, _ in operator.mutation_positions(node):
                if not ("BitOr" in name and start in unions):
                    found.setdefault(start, []).append((name, occurrence))
                occurrence += 1
    return found


def _unions_in_annotations(code: str) -> Iterator[tuple[int, int]]:
    """Places of `|` in annotations: each pipe between the two operands."""
    lines = code.splitlines()
    for node in ast.walk(ast.parse(code)):
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            for union in ast.walk(annotation) if annotation is not None else ():
                if isinstance(union, ast.BinOp) and isinstance(union.op, ast.BitOr):
                    last, column = union.left.end_lineno or 0, union.left.end_col_offset or 0
                    for line in range(last, union.right.lineno + 1):
                        at = lines[line - 1].find("|", column if line == last else 0)
                        if at >= 0:
                            yield line, at
                            break


def drawn(seed: int, each: int, rooms: list[str]) -> Iterator[Fault]:
    """Draw `each` faults of every room; no place is taken twice."""
    known: dict[Path, dict[tuple[int, int], list[tuple[str, int]]]] = {}
    number = 0
    for room in rooms:
        rng = random.Random(f"{seed} {room}")
        files = sources(room)
        lengths = [len(path.read_text(encoding="utf-8").splitlines()) for path in files]
        taken: set[tuple[Path, tuple[int, int]]] = set()
        while len(taken) < each:
            path = rng.choices(files, lengths)[0]
            code = path.read_text(encoding="utf-8")
            sites = known.setdefault(path, places(code))
            if not sites:
                continue
            site = rng.choice(sorted(sites))
            operator, occurrence = rng.choice(sites[site])
            new = mutated(code, operator, occurrence)
            if (path, site) in taken or new is None:
                continue
            taken.add((path, site))
            number += 1
            diff = "\n".join(_changed(code, new))
            yield Fault(number, room, str(path.relative_to(ROOT)), site[0], operator, occurrence, diff)


def mutated(code: str, operator: str, occurrence: int) -> str | None:
    """Return the source with one fault; None where that is no Python or means the same to it."""
    new = mutate_code(code, get_operator(operator)(), occurrence)
    try:
        same = new is None or ast.dump(ast.parse(new)) == ast.dump(ast.parse(code))
    except SyntaxError:
        return None
    return None if same else new


def _changed(code: str, new: str) -> Iterator[str]:
    for line in difflib.unified_diff(code.splitlines(), new.splitlines(), n=0, lineterm=""):
        if line[0] in "+-" and not line.startswith(("---", "+++")):
            yield f"{line[0]} {line[1:].strip()}"


# ---- the verdict ----


def copy_of_the_tree(folder: Path) -> None:
    """Write what is committed into a folder of its own."""
    whole = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
        archive.extractall(folder, filter="data")


def tests_of(fault: Fault, tree: Path) -> list[str]:
    """Test files of the fault's room, those first that import its module."""
    module = fault.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    package, _, name = module.rpartition(".")
    names = rf"from {re.escape(module)} |import {re.escape(module)}\b|from {re.escape(package)} import .*\b{name}\b"
    asks = re.compile(rf"^\s*({names})", re.MULTILINE)
    others = sorted(str(path.relative_to(tree)) for path in (tree / "tests").rglob("test_*.py"))
    at = {Path(name).stem.removeprefix("test_"): name for name in others}
    listed = [at[stem] for stem in ROOMS[fault.room][1].split()]
    direct = [t for t in listed if asks.search((tree / t).read_text(encoding="utf-8"))]
    if not direct:
        direct = [t for t in others if t not in listed and asks.search((tree / t).read_text(encoding="utf-8"))]
    return direct + [t for t in listed if t not in direct]


def run(files: list[str], tree: Path, limit: int, uncompiled: bool) -> tuple[int | None, float, str]:
    """Run test files until one fails: exit code (None: out of time), CPU time [s] and the end of what was printed."""
    words = [str(PYTHON), "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", *files]
    env = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    if uncompiled:
        env["NUMBA_DISABLE_JIT"] = "1"
        words += ["-m", "toy"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(
        words, cwd=tree, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5)),
    ) as process:  # fmt: skip
        try:
            said, _ = process.communicate(timeout=limit * PATIENCE)
            code = None if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL) else process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, code = process.communicate()[0], None
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return code, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, said


def judge(fault: Fault, tree: Path, limit: int) -> dict[str, object]:
    """Plant a fault, run the tests of its room and take it out again."""
    path = tree / fault.file
    code = path.read_text(encoding="utf-8")
    files = tests_of(fault, tree)
    path.write_text(mutated(code, fault.operator, fault.occurrence) or code, encoding="utf-8")
    try:
        status, cpu, said = run(files, tree, limit, fault.room == "kernels")
    finally:
        path.write_text(code, encoding="utf-8")
    verdict = {None: "timed out", 0: "survived"}.get(status, "killed")
    by = re.findall(r"^(?:FAILED|ERROR) (\S+::\w+)", said, re.MULTILINE)[:1]
    if by and run(by, tree, limit, fault.room == "kernels")[0] != 0:
        verdict = "not judged"  # that test fails without the fault too
    return {"verdict": verdict, "by": by, "cpu": round(cpu, 1), "tests": files, "end": said[-400:] if status else ""}


def table(kept: list[tuple[Fault, dict[str, object]]]) -> str:
    """Return verdicts by room."""
    words = ("killed", "timed out", "survived", "not judged")
    counts = Counter((fault.room, str(found["verdict"])) for fault, found in kept)
    rows = [[room, *(str(counts[room, word]) for word in words)] for room in ROOMS if any(counts[room, w] for w in words)]
    rows += [["all", *(str(sum(counts[room, word] for room in ROOMS)) for word in words)]]
    return "\n".join("  ".join(f"{cell:<10}" for cell in row).rstrip() for row in [["room", *words], *rows])


def main() -> None:
    """Read the words, draw, judge what is not judged yet, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=6, help="faults of each room")
    parser.add_argument("--room", action="append", choices=list(ROOMS), help="only these rooms")
    parser.add_argument("--limit", type=int, default=120, help="CPU time for the tests of one fault [s]")
    parser.add_argument("--list", action="store_true", help="draw and print, judge nothing")
    parser.add_argument("--again", action="store_true", help="judge survivors and those out of time once more")
    parser.add_argument("--out", type=Path, default=OUT, help="folder of the verdicts and of the copy of the tree")
    words = parser.parse_args()
    faults = list(drawn(words.seed, words.each, words.room or list(ROOMS)))
    tree = words.out / "tree"
    if not words.list:
        copy_of_the_tree(tree)
    kept = []
    for fault in faults:
        print(f"{fault.number:3} {fault.room}: {fault.file}:{fault.line}\n{fault.diff}", flush=True)
        if words.list:
            continue
        name = f"{words.seed}-{fault.file.replace('/', '.')}-{fault.line}-{fault.operator[5:]}-{fault.occurrence}.json"
        record = words.out / name
        found = json.loads(record.read_text(encoding="utf-8"))["found"] if record.exists() else None
        if found is None or (words.again and found["verdict"] != "killed"):
            found = judge(fault, tree, words.limit)
            record.write_text(json.dumps({"fault": asdict(fault), "found": found}, indent=1), encoding="utf-8")
        print(f"    {found['verdict']} {' '.join(found['by'])} ({found['cpu']} s)", flush=True)
        kept.append((fault, found))
    print("\n" + table(kept) if kept else "")
    sys.exit(any(found["verdict"] == "survived" for _, found in kept))


if __name__ == "__main__":
    main()
