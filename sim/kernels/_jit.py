"""The one place with numba settings.

numba's on-disk cache does not notice that a callee in *another* file changed, so the cache folder is keyed by a
digest of every file of this folder: an edit of any kernel starts a fresh cache.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

_F = TypeVar("_F", bound=Callable[..., Any])


def _digest() -> str:
    """Digest of the kernels' sources and of numba's version, as 16 hexadecimal digits."""
    total = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def _cache_folder() -> Path:
    base = os.environ.get("MSGU_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "msgu-sim"
    )
    return Path(base) / "jit" / _digest()


if "NUMBA_CACHE_DIR" not in os.environ:
    numba.config.CACHE_DIR = str(_cache_folder())


def njit(function: _F) -> _F:
    """Compile `function`: cached on disk, no fast-math (no fused multiply-add, no reordering), GIL released."""
    return numba.njit(cache=True, fastmath=False, nogil=True, error_model="numpy")(function)  # type: ignore[no-any-return]


def njit_parallel(function: _F) -> _F:
    """Compile `function` with `prange`; only for kernels whose result does not depend on the thread count."""
    return numba.njit(cache=True, fastmath=False, nogil=True, parallel=True, error_model="numpy")(function)  # type: ignore[no-any-return]
