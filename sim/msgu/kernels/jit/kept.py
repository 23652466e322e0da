"""Where compiled kernels are kept, by their content, and whether all of them are; asked before numba is imported.

numba's on-disk cache does not notice that a callee in *another* file changed, so the cache folder is keyed by a
digest of the module and of every kernel module below it: an edit starts a fresh cache for what depends on it.
The folder is keyed by nothing else, so that a second checkout of the same kernels finds them compiled.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

ROOM: Final = Path(__file__).parents[1]
JIT: Final = frozenset({"jit.compile", "jit.handle", "jit.kernel"})
"""Modules on which the code of every kernel depends."""
# imports for annotations are indented: what they name is part of the types by which numba finds compiled code
_IMPORT = re.compile(r"^from msgu\.kernels((?:\.\w+)*) import (\([^)]*\)|[^(\n#]*)", re.MULTILINE)


@cache
def folder() -> Path:
    """Return the folder of all compiled kernels, below `MSGU_CACHE` or else the user's cache folder."""
    base = os.environ.get("MSGU_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "msgu-sim"
    )
    return Path(base, "jit")


@cache
def modules() -> tuple[str, ...]:
    """Return the dotted names below `msgu.kernels` of all modules that may hold kernels."""
    names = (path.relative_to(ROOM).with_suffix("").parts for path in ROOM.rglob("*.py"))
    return tuple(sorted(".".join(name) for name in names if name[0] not in ("arrays", "jit") and name[-1] != "__init__"))


def _file(name: str) -> Path:
    return ROOM.joinpath(*name.split(".")).with_suffix(".py")


def _needs(name: str, found: set[str]) -> set[str]:
    """Names of the kernel modules that module `name` imports, itself included."""
    if not name or name in found or not _file(name).exists():
        return found
    found.add(name)
    for module, names in _IMPORT.findall(_file(name).read_text(encoding="utf-8")):
        inside = module.lstrip(".")
        for needed in [inside, *(f"{inside}.{one}".lstrip(".") for one in re.findall(r"\w+", names))]:
            _needs(needed, found)
    return found


@cache
def digest(name: str) -> str:
    """Digest of a kernel module, of every kernel module below it, and of numba's version: 16 hexadecimal digits."""
    total = hashlib.sha256(version("numba").encode())
    for needed in sorted(_needs(name, set(JIT))):
        total.update(needed.encode())
        total.update(_file(needed).read_bytes())
    return total.hexdigest()[:16]


def is_ours() -> bool:
    """Return whether kernels are compiled, and kept here: not with the JIT off, nor where the user chose numba's folder."""
    return "NUMBA_CACHE_DIR" not in os.environ and os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0")


@cache
def _whole() -> str:
    """Digest of all kernels, and of what their machine code is made for: 16 hexadecimal digits."""
    import llvmlite.binding as llvm

    processor = os.environ.get("NUMBA_CPU_NAME") or llvm.get_host_cpu_name()
    features = os.environ.get("NUMBA_CPU_FEATURES", llvm.get_host_cpu_features().flatten())
    total = hashlib.sha256(repr((llvm.get_process_triple(), processor, features, sys.version_info[:2])).encode())
    for name in modules():
        total.update(digest(name).encode())
    return total.hexdigest()[:16]


def _list() -> Path:
    """Return the file that lists what holds the kernels of these sources for this processor."""
    return folder() / f"all-{_whole()}.txt"


def are_all_kept() -> bool:
    """Return whether every kernel has been compiled ahead, and each of its files is still there."""
    try:
        names = _list().read_text(encoding="utf-8").split()
    except OSError:
        return False
    return all((folder() / name).exists() for name in names)


def note_all() -> None:
    """Write down that every kernel is compiled, and in which files; a folder that nobody may write stays as it is."""
    if not os.access(folder(), os.W_OK):
        return
    found = [path.relative_to(folder()) for name in modules() for path in sorted((folder() / digest(name)).glob("*.nb[ic]"))]
    written = folder() / f"{_list().name}.{os.getpid()}"
    written.write_text("".join(f"{path}\n" for path in found), encoding="utf-8")
    os.replace(written, _list())


def may_keep() -> bool:
    """Return whether compiled kernels can be written where they are kept."""
    there = folder()
    while not there.exists() and there != there.parent:
        there = there.parent
    return os.access(there, os.W_OK)


def size() -> int:
    """Return how many bytes the kernels of these sources take on the disk."""
    return sum(path.stat().st_size for name in modules() for path in (folder() / digest(name)).glob("*.nb[ic]"))
