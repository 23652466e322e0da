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
from numba.core import types
from numba.experimental import structref

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
        os.environ.get("XDG_CACHE_HOME")
        or os.path.join(os.path.expanduser("~"), ".cache"),
        "msgu-sim",
    )
    return Path(base) / "jit" / _digest()


if "NUMBA_CACHE_DIR" not in os.environ:
    numba.config.CACHE_DIR = str(_cache_folder())


def njit(function: _F) -> _F:
    """Compile `function`: cached on disk, no fast-math (no fused multiply-add, no reordering), GIL released."""
    return numba.njit(cache=True, fastmath=False, nogil=True, error_model="numpy")(
        function
    )  # type: ignore[no-any-return]


def njit_parallel(function: _F) -> _F:
    """Compile `function` with `prange`; only for kernels whose result does not depend on the thread count."""
    return numba.njit(
        cache=True, fastmath=False, nogil=True, parallel=True, error_model="numpy"
    )(function)  # type: ignore[no-any-return]


class _Struct(types.StructRef):
    """A numba struct passed by reference; the fields come from a tuple of arrays."""

    def preprocess_fields(self, fields: Any) -> Any:
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


class _Proxy(structref.StructRefProxy):  # type: ignore[misc]
    """What Python holds of a struct."""


_makers: dict[Any, Any] = {}


def pack(record: Any) -> Any:
    """Return a named tuple of arrays as a struct that kernels take by reference.

    A named tuple travels by value through every call, one machine argument for each part of each array: with some
    170 arrays the kernels took 167 s to compile; as structs about 20 s. With the JIT off the tuple itself is returned.
    """
    if numba.config.DISABLE_JIT:
        return record
    kind = _kinds[type(record).__name__]
    label = (type(record).__name__, numba.typeof(record))
    if label not in _makers:
        name = f"make_{type(record).__name__}"
        lines = [f"    s.{f} = n.{f}" for f in record._fields]
        text = "\n".join(
            [f"def {name}(n):", "    s = new(T)", *lines, "    return s", ""]
        )
        fields = [
            (f, numba.typeof(v)) for f, v in zip(record._fields, record, strict=True)
        ]
        room: dict[str, Any] = {
            "new": structref.new,
            "T": kind(fields),
            "__name__": __name__,
        }
        exec(
            compile(text, __file__, "exec"), room
        )  # the text holds nothing but the field names above
        _makers[label] = numba.njit(cache=True)(room[name])
    return _makers[label](record)


class KeysStruct(_Struct):
    """Struct of `state.Keys`."""


class SharedStruct(_Struct):
    """Struct of `state.Shared`."""


class LogStruct(_Struct):
    """Struct of `state.Log`."""


class CascadeStruct(_Struct):
    """Struct of `state.Cascade`."""


class PhoneStruct(_Struct):
    """Struct of `state.Phone`."""


class PeopleStruct(_Struct):
    """Struct of `state.People`."""


class CalendarStruct(_Struct):
    """Struct of `calendar.Calendar`."""


_kinds: dict[str, Any] = {
    "Keys": KeysStruct, "Shared": SharedStruct, "Log": LogStruct, "Cascade": CascadeStruct, "Phone": PhoneStruct,
    "People": PeopleStruct, "Calendar": CalendarStruct,
}  # fmt: skip
if not numba.config.DISABLE_JIT:
    for _kind in _kinds.values():
        structref.register(_kind)
        structref.define_boxing(_kind, _Proxy)
