"""Trees of sources that are compared: a clean checkout of a commit, or the working tree, and how Python is run in them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from benchmarks.revisions import ROOT, git, package_in

KEPT = ROOT / "build" / "bases"


class RunError(Exception):
    """The command failed in one of the trees."""


@dataclass(frozen=True)
class Tree:
    """A checkout, the folder that its results go to, and its name in messages."""

    name: str
    root: Path
    out: Path


class Done(NamedTuple):
    """What a process printed, its processor time with that of its own children [s], and its peak memory [bytes]."""

    printed: str
    seconds: float
    peak: float


def tree_of(commit: str) -> Tree:
    """Return a clean checkout of a commit, made or found under `build/bases`.

    Raises
    ------
    SystemExit
        When the checkout has been changed, or Python would import other sources.
    """
    root = KEPT / commit / "tree"
    if not root.exists():
        git("worktree", "prune")
        git("worktree", "add", "--quiet", "--detach", str(root), commit)
    if git("rev-parse", "HEAD", root=root) != commit or git("status", "--porcelain", root=root):
        raise SystemExit(f"{root}: not a clean checkout of {commit}; remove it, and it is made again")
    out = KEPT / commit / f"out-numpy-{version('numpy')}-numba-{version('numba')}"  # what may move the last bit
    return _checked(Tree(commit[:7], root, out))


def working_tree() -> Tree:
    """Return the tree that this script lies in, without results of an earlier comparison."""
    out = KEPT / "here"
    shutil.rmtree(out, ignore_errors=True)
    return _checked(Tree("here", ROOT, out))


def _checked(tree: Tree) -> Tree:
    """Return the tree, once a Python that is started as its commands are has imported its own sources."""
    package = package_in(tree.root)
    found = run_in(tree, "-c", f"import {package.name}; print({package.name}.__file__)").printed.strip()
    if Path(found).resolve().parent != package.resolve():
        raise SystemExit(f"{tree.name}: imports {found}, not {package}")
    return tree


def command(tree: Tree, *words: str) -> Done:
    """Run the command of a tree, whose sources alone it can import.

    Raises
    ------
    RunError
        When the command fails.
    """
    return run_in(tree, "-m", package_in(tree.root).name, *words)


def run_in(tree: Tree, *words: str) -> Done:
    """Run Python with the sources of a tree.

    Compiled kernels are kept where the program keeps them, by their content; graphs go to a folder of this one process,
    so that no tree reads a graph that another has built.

    Raises
    ------
    RunError
        When it ends with an error.
    """
    tree.out.mkdir(parents=True, exist_ok=True)
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "msgu-sim"
    compiled = Path(os.environ.get("MSGU_CACHE") or user) / "jit"
    compiled.mkdir(parents=True, exist_ok=True)
    sources = {"PYTHONPATH": str(package_in(tree.root).parent), "PYTHONSAFEPATH": "1"}
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        Path(cache, "jit").symlink_to(compiled)
        process = subprocess.Popen(  # noqa: S603  # our own words
            [sys.executable, *words], cwd=tree.out, env=os.environ | sources | {"MSGU_CACHE": cache}, stdout=out, stderr=err
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (out, err):
            file.seek(0)
        printed, wrong = out.read(), err.read()
    if process.returncode:
        last = (wrong.strip() or printed.strip() or "no message").splitlines()[-1]
        raise RunError(f"{tree.name}: exit {process.returncode}: {last.replace(f'{tree.out}{os.sep}', '')}")
    return Done(printed, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024.0)
