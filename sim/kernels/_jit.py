"""The one place with numba settings.

numba's on-disk cache does not notice that a callee in *another* file changed, so the cache folder is keyed by a
digest of the module and of every kernel module below it: an edit starts a fresh cache for what depends on it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
from numba.core import cgutils, types
from numba.experimental import structref
from numba.extending import intrinsic

_settings: Any = numba.config
_F = TypeVar("_F", bound=Callable[..., Any])


_IMPORT = re.compile(r"^\s*from sim\.kernels(?:\.(\w+))? import ([^(\n#]*)", re.MULTILINE)


def _needs(name: str, found: set[str]) -> set[str]:
    """Names of the kernel modules that module `name` imports, itself included."""
    path = Path(__file__).with_name(f"{name}.py")
    if name in found or not path.exists():
        return found
    found.add(name)
    for module, names in _IMPORT.findall(path.read_text(encoding="utf-8")):
        for needed in [module] if module else re.findall(r"\w+", names):
            _needs(needed, found)
    return found


@cache
def _digest(name: str) -> str:
    """Digest of a kernel module, of every kernel module below it, and of numba's version: 16 hexadecimal digits."""
    total = hashlib.sha256(numba.__version__.encode())
    for needed in sorted(_needs(name, {"_jit"})):
        total.update(needed.encode())
        total.update(Path(__file__).with_name(f"{needed}.py").read_bytes())
    return total.hexdigest()[:16]


_OWN_FOLDER = "NUMBA_CACHE_DIR" not in os.environ


def _use_cache_of(module: str) -> None:
    """Point numba at the cache folder of a kernel module; it is read when a function is decorated."""
    if _OWN_FOLDER:
        base = os.environ.get("MSGU_CACHE") or os.path.join(
            os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "msgu-sim"
        )
        _settings.CACHE_DIR = str(Path(base) / "jit" / _digest(module.rpartition(".")[2]))


def njit(function: _F) -> _F:
    """Compile `function`: cached on disk, no fast-math (no fused multiply-add, no reordering), GIL released."""
    _use_cache_of(function.__module__)
    compiled: Any = numba.njit(cache=True, fastmath=False, nogil=True, error_model="numpy")(function)
    return compiled  # typed as what it compiles


class _Struct(types.StructRef):
    """A numba struct passed by reference; the fields come from a tuple of arrays."""

    def preprocess_fields(self, fields: Any) -> Any:
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


class _Proxy(structref.StructRefProxy):
    """What Python holds of a struct."""


@intrinsic
def _address(_context: Any, number: Any) -> Any:
    """Turn an integer into an address."""

    def write(_inner: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(number), write


def _bare(array: Any) -> Any:
    """The same memory without a count of references, which every access to a field of a struct would turn up and down."""
    address: Any = _address
    return numba.carray(address(array.ctypes.data), array.shape, array.dtype)  # type: ignore[attr-defined]


def _field_type(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return numba.typeof(value)
    if not value.flags.c_contiguous:
        raise ValueError("kernels take arrays in C order only")
    return types.Array(numba.from_dtype(value.dtype), value.ndim, "C")


_makers: dict[Any, Any] = {}


@cache
def _bare_compiled() -> Any:
    _use_cache_of("state")
    return numba.njit(_bare)


def pack(record: Any) -> Any:
    """Return a named tuple of arrays as a struct that kernels take by reference.

    A named tuple travels by value through every call, one machine argument for each part of each array: with some
    170 arrays the kernels took 167 s to compile; as structs about 20 s. With the JIT off the tuple itself is returned.
    """
    if _settings.DISABLE_JIT:
        return record
    kind = _kinds[type(record).__name__]
    label = (type(record).__name__, numba.typeof(record))
    if label not in _makers:
        name = f"make_{type(record).__name__}"
        arrays = {f for f, v in zip(record._fields, record, strict=True) if isinstance(v, np.ndarray)}
        lines = [f"    s.{f} = " + (f"bare(n.{f})" if f in arrays else f"n.{f}") for f in record._fields]
        text = "\n".join([f"def {name}(n):", "    s = new(T)", *lines, "    return s", ""])
        fields = [(f, _field_type(v)) for f, v in zip(record._fields, record, strict=True)]
        room: dict[str, Any] = {
            "new": structref.new,
            "T": kind(fields),
            "bare": _bare_compiled(),
            "__name__": __name__,
        }
        exec(compile(text, __file__, "exec"), room)  # the text holds nothing but the field names above
        _use_cache_of("state")
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


class EverythingStruct(_Struct):
    """Struct of `state.Everything`."""


_kinds: dict[str, Any] = {
    "Keys": KeysStruct, "Shared": SharedStruct, "Log": LogStruct, "Cascade": CascadeStruct, "Phone": PhoneStruct,
    "People": PeopleStruct, "Calendar": CalendarStruct, "Everything": EverythingStruct,
}  # fmt: skip
if not _settings.DISABLE_JIT:
    for _kind in _kinds.values():
        structref.register(_kind)
        structref.define_boxing(_kind, _Proxy)
