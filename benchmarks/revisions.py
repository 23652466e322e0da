"""Revisions of the repository: their hashes, and where the package lies in a tree of files."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BASES = Path(__file__).with_name("bases.toml")


def git(*words: str, root: Path = ROOT) -> str:
    """Return what a git command prints, without the newline at its end.

    Raises
    ------
    SystemExit
        With git's own message, when the command fails.
    """
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)  # noqa: S603, S607
    if done.returncode:
        raise SystemExit(f"git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.rstrip("\n")


def commit_of(name: str) -> str:
    """Return the full hash of a revision, or of a base that `bases.toml` names.

    Raises
    ------
    SystemExit
        When the repository has no such commit.
    """
    bases: dict[str, str] = tomllib.loads(BASES.read_text(encoding="utf-8"))
    return git("rev-parse", "--verify", f"{bases.get(name, name)}^{{commit}}")


def package_in(root: Path) -> Path:
    """Return the folder of the package: `sim/msgu`, or `sim` in trees that are older than the move.

    Raises
    ------
    SystemExit
        When the tree has neither.
    """
    for folder in (root / "sim" / "msgu", root / "sim"):
        if (folder / "__init__.py").is_file():
            return folder
    raise SystemExit(f"{root}: no package in sim/msgu or sim")


def contains(commit: str, other: str) -> bool:
    """Return whether the history of a commit contains another one, or is it."""
    words = ["git", "merge-base", "--is-ancestor", other, commit]
    return subprocess.run(words, cwd=ROOT, check=False).returncode == 0  # noqa: S603
