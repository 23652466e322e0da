"""What made a result: the sources of the package, and the versions of what it stands on."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def source_digest() -> str:
    """SHA-256 over the names and bytes of the package's Python sources."""
    root = Path(__file__).parent.parent
    return digest_of_files({path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.py")})


def digest_of_files(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the names and bytes of files, in the order of their names."""
    found = hashlib.sha256()
    for name, data in sorted(files.items()):
        found.update(f"{name}\n{len(data)}\n".encode() + data)
    return found.hexdigest()


def versions() -> dict[str, str]:
    """Versions of the program, of Python and of the libraries that compute or write results."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version()}
    for name in ("msgu-sim", "numpy", "numba", "simpy", "pyarrow"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed as a distribution"
    return found


def made_by() -> dict[str, Any]:
    """Return what an experiment says of the program beside its figures: commit, digest of the sources, versions."""
    return {"commit": commit(), "source_sha256": source_digest(), "versions": versions()}


def commit() -> str:
    """Return the commit of the checkout that the package is run from, with ``+`` where its sources are changed.

    Returns
    -------
    The full hash; an empty text for an installed wheel, where the version says as much.
    """
    here = Path(__file__).resolve()
    if _git(here.parent, "ls-files", "--error-unmatch", here.name) is None:
        return ""
    changed = _git(here.parents[1], "status", "--porcelain", "--", ".")
    return f"{_git(here.parent, 'rev-parse', 'HEAD')}{'+' if changed else ''}"


def _git(folder: Path, *words: str) -> str | None:
    """Return what git prints in a folder; None where there is no git, no repository, or nothing to say."""
    try:
        done = subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=True)  # noqa: S603, S607
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
