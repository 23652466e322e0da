"""`python -m benchmarks.house [REV ...]`: size, complexity and documentation of the package, by revision.

The table has one row for the kernels and one for the rest of the package, for each revision and for the working tree.
Triples are median, 95th percentile and maximum.
A length is in lines; that of a function leaves out its docstring, blank lines and comments.
Complexity is radon's. The share of comments and of docstring lines is over the lines that are not blank.
`P` is the share of public documented functions whose docstring names parameters.
`Raises` counts the public functions whose docstring mentions an error, of those that raise one.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import statistics
import tarfile
import tempfile
import tokenize
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from subprocess import run
from typing import Any, NamedTuple

from benchmarks.revisions import ROOT, git, package_in

BEFORE = "b9e0612"
"""The revision that the house was first measured at."""
HEAD = (
    "|  | files | module | function | complexity | >10 | comments | doc lines | public doc | P | Raises | annotated"
    " | `Any` | ignores |"
)
PARAMETERS = re.compile(r"Parameters|^\s*`?\w+`?(, `?\w+`?)* ?: ", re.MULTILINE)
ERRORS = re.compile(r"[Rr]aise|[Ee]rror")
NO_CODE = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Function(NamedTuple):
    """Counts of one function or method, nested ones included."""

    lines: int
    public: bool
    docstring: str
    raises: bool
    annotated: bool


class Module(NamedTuple):
    """Counts of one file."""

    lines: int
    filled: int
    comments: int
    docstrings: int
    anys: int
    ignores: int
    functions: tuple[Function, ...]
    complexities: tuple[int, ...]


# ---- reading one file ----


def read_module(path: Path) -> Module:
    """Count one file."""
    text = path.read_text(encoding="utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    told = set(_docstring_lines(tree))
    code = {line for t in tokens if t.type not in NO_CODE for line in range(t.start[0], t.end[0] + 1)} - told
    return Module(
        lines=len(lines),
        filled=sum(bool(line.strip()) for line in lines),
        comments=len(comments),
        docstrings=len(told),
        anys=sum(isinstance(node, ast.Name) and node.id == "Any" for node in ast.walk(tree)),
        ignores=sum("type: ignore" in comment for comment in comments),
        functions=tuple(_count(node, public, code) for node, public in _functions(tree)),
        complexities=tuple(_complexities(text)),
    )


def _docstring_lines(tree: ast.Module) -> Iterator[int]:
    """Numbers of the lines that docstrings of modules, classes and functions take."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | FunctionNode) and ast.get_docstring(node) is not None:
            yield from range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)


def _functions(node: ast.AST, public: bool = True) -> Iterator[tuple[FunctionNode, bool]]:
    """Every function below a node, and whether a user can reach it by public names."""
    for child in ast.iter_child_nodes(node):
        hidden = isinstance(child, ast.ClassDef | FunctionNode) and child.name.startswith("_")
        seen = public and not hidden
        if isinstance(child, FunctionNode):
            yield child, seen
            yield from _functions(child, False)
        else:
            yield from _functions(child, seen)


def _count(node: FunctionNode, public: bool, code: set[int]) -> Function:
    a = node.args
    given = [x for x in (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg) if x and x.arg not in ("self", "cls")]
    return Function(
        lines=len(code & set(range(node.lineno, (node.end_lineno or 0) + 1))),
        public=public,
        docstring=ast.get_docstring(node) or "",
        raises=_raises(node),
        annotated=node.returns is not None and all(x.annotation for x in given),
    )


def _raises(node: ast.AST) -> bool:
    """Return whether the code itself, nested functions apart, raises an error by name."""
    return any(
        (isinstance(child, ast.Raise) and child.exc is not None) or (not isinstance(child, FunctionNode) and _raises(child))
        for child in ast.iter_child_nodes(node)
    )


def _complexities(text: str) -> Iterator[int]:
    """Complexity of each function, method and closure; nothing where radon is not installed."""
    try:
        visitor: Any = import_module("radon.visitors").ComplexityVisitor.from_code(text)
    except ImportError:
        return
    blocks = [*visitor.functions, *visitor.classes]
    while blocks:
        block = blocks.pop()
        blocks += [*getattr(block, "closures", ()), *getattr(block, "methods", ()), *getattr(block, "inner_classes", ())]
        if not hasattr(block, "methods"):
            yield block.complexity


# ---- the table ----


def row(label: str, modules: Sequence[Module]) -> str:
    """Return one row of the table, in Markdown."""

    def total(count: Callable[[Module], int]) -> int:
        return sum(map(count, modules))

    functions = [function for module in modules for function in module.functions]
    complexities = [x for module in modules for x in module.complexities]
    public = [f for f in functions if f.public]
    told = [f for f in public if f.docstring]
    raising = [f for f in public if f.raises]
    over, filled = sum(x > 10 for x in complexities), total(lambda m: m.filled)
    cells = (
        label,
        len(modules),
        _spread([m.lines for m in modules]),
        _spread([f.lines for f in functions]),
        _spread(complexities),
        f"{_percent(over, len(complexities), 1)} ({over})" if complexities else "-",
        _percent(total(lambda m: m.comments), filled, 1),
        _percent(total(lambda m: m.docstrings), filled),
        _percent(len(told), len(public)),
        _percent(sum(bool(PARAMETERS.search(f.docstring)) for f in told), len(told)),
        f"{sum(bool(ERRORS.search(f.docstring)) for f in raising)}/{len(raising)}",
        _percent(sum(f.annotated for f in functions), len(functions)),
        total(lambda m: m.anys),
        total(lambda m: m.ignores),
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def _spread(values: Sequence[int]) -> str:
    """Median, 95th percentile and maximum."""
    if not values:
        return "-"
    rising = sorted(values)
    return f"{int(statistics.median(rising))}/{rising[round(0.95 * (len(rising) - 1))]}/{rising[-1]}"


def _percent(part: int, whole: int, digits: int = 0) -> str:
    return f"{100 * part / whole:.{digits}f} %" if whole else "-"


# ---- revisions ----


def modules_of(package: Path) -> tuple[list[Module], list[Module]]:
    """Return the modules of the kernels, and those of the rest of the package."""
    paths = sorted(package.rglob("*.py"))
    kernels = [path for path in paths if path.relative_to(package).parts[0] == "kernels"]
    return [read_module(path) for path in kernels], [read_module(path) for path in paths if path not in kernels]


def modules_at(revision: str) -> tuple[list[Module], list[Module]]:
    """Return the same for a revision of the repository."""
    words = ["git", "archive", git("rev-parse", "--verify", f"{revision}^{{commit}}"), "sim"]
    packed = run(words, cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S603
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        return modules_of(package_in(Path(folder)))


def first_measured() -> str:
    """Return `BEFORE`, or the oldest commit of a history that does not reach back so far."""
    known = run(["git", "cat-file", "-e", f"{BEFORE}^{{commit}}"], cwd=ROOT, capture_output=True, check=False)  # noqa: S603, S607
    if known.returncode == 0:
        return BEFORE
    oldest = git("rev-list", "--max-parents=0", "HEAD").splitlines()[-1][:7]
    print(f"{BEFORE} is not in this history; {oldest}, its oldest commit, stands in its place")
    return oldest


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.house", description=__doc__.split("\n", 1)[0])
    parser.add_argument("revisions", nargs="*", metavar="REV", help=f"by default {BEFORE}; the working tree is always added")
    revisions = parser.parse_args().revisions or [first_measured()]
    columns = {**{revision: modules_at(revision) for revision in revisions}, "working tree": modules_of(package_in(ROOT))}
    print(HEAD)
    print("|---" * HEAD.count(" |") + "|")
    for n, part in enumerate(("kernels", "rest")):
        for name, modules in columns.items():
            print(row(f"{part}, {name}", modules[n]))


if __name__ == "__main__":
    main()
