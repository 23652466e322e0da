"""The one place with numba settings.

numba's on-disk cache does not notice that a callee in *another* file changed, so the cache folder is keyed by a
digest of the module and of every kernel module below it: an edit starts a fresh cache for what depends on it.
The folder is keyed by nothing else, so that a second checkout of the same kernels finds them compiled.
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
from llvmlite import ir
from numba.core import caching, cgutils, types
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, intrinsic, models, register_model, typeof_impl, unbox
from numba.np.arrayobj import populate_array

_settings: Any = numba.config
_F = TypeVar("_F", bound=Callable[..., Any])


_ROOM = Path(__file__).parent
_IMPORT = re.compile(r"^\s*from msgu\.kernels((?:\.\w+)*) import (\([^)]*\)|[^(\n#]*)", re.MULTILINE)


def _file(name: str) -> Path:
    """Return the file of the kernel module with a dotted name below `msgu.kernels`."""
    return _ROOM.joinpath(*name.split(".")).with_suffix(".py")


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
def _digest(name: str) -> str:
    """Digest of a kernel module, of every kernel module below it, and of numba's version: 16 hexadecimal digits."""
    total = hashlib.sha256(numba.__version__.encode())
    for needed in sorted(_needs(name, {"jit"})):
        total.update(needed.encode())
        total.update(_file(needed).read_bytes())
    return total.hexdigest()[:16]


_OWN_FOLDER = "NUMBA_CACHE_DIR" not in os.environ


class _ByContent(caching._CacheLocator):
    """Where compiled kernels are kept: by their digest alone, wherever the checkout lies and whenever it was made.

    numba's own locators key by the path of the file and by its time of change, so that each checkout compiled the same
    kernels again (150 s of processor time).
    """

    def __init__(self, name: str, line: int) -> None:
        base = os.environ.get("MSGU_CACHE") or os.path.join(
            os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "msgu-sim"
        )
        self._line, self._digest = line, _digest(name)
        self._folder = str(Path(base) / "jit" / self._digest)

    def get_cache_path(self) -> str:
        return self._folder

    def get_source_stamp(self) -> str:
        return self._digest

    def get_disambiguator(self) -> str:
        return str(self._line)

    @classmethod
    def from_function(cls, function: Any, _path: str) -> _ByContent | None:
        """Return the locator of a kernel; None for functions of other packages, or where the user chose a folder."""
        _, inside, name = function.__module__.partition(__name__.rpartition(".")[0] + ".")
        if not _OWN_FOLDER or not inside:
            return None
        found = cls(name, function.__code__.co_firstlineno)
        found.ensure_cache_path()
        return found


caching.CacheImpl._locator_classes.insert(0, _ByContent)


def njit(function: _F) -> _F:
    """Compile `function`: cached on disk, no fast-math (no fused multiply-add, no reordering), GIL released."""
    compiled: Any = numba.njit(cache=True, fastmath=False, nogil=True, error_model="numpy")(function)
    return compiled  # typed as what it compiles


@intrinsic
def _trailing_zeros(_context: Any, word: Any) -> Any:
    """Zeros below the lowest bit of a word that is not 0."""

    def write(_inner: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], cgutils.true_bit)

    return types.uint64(types.uint64), write


@intrinsic
def _prefetch(_context: Any, array: Any, place: Any) -> Any:
    """Ask for the memory of an item of an array in C order, counted over all its dimensions, without waiting for it."""

    def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        at = builder.bitcast(builder.gep(data, [arguments[1]]), byte)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        asked = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        builder.call(asked, [at, ir.Constant(number, 0), ir.Constant(number, 3), ir.Constant(number, 1)])
        return context.get_dummy_value()

    return types.none(array, types.int64), write


def _no_prefetch(_array: Any, _place: int) -> None:
    """Do nothing: with the JIT off nothing is near or far."""


prefetch: Any = _no_prefetch if _settings.DISABLE_JIT else _prefetch
"""Ask for the memory of an item of an array ahead of its use: (array, place counted over all dimensions)."""


def _plain_lowest_bit(word: Any) -> int:
    """Position of the lowest bit of a word that is not 0."""
    whole = int(word)
    return (whole & -whole).bit_length() - 1


lowest_bit: Any = _plain_lowest_bit if _settings.DISABLE_JIT else _trailing_zeros
"""Position of the lowest bit of a 64-bit word that is not 0."""


def entry(function: Any, *examples: Any) -> Any:
    """Return the machine code of `function` for arguments of the types of `examples`.

    What Python calls often it calls so: a compiled function asks for the types of its arguments at each call, which takes
    4 microseconds for each struct (`advance`: 5.6 microseconds a call, so 0.6).
    """
    return function if _settings.DISABLE_JIT else function.compile(tuple(numba.typeof(x) for x in examples))


# ---- structs of arrays, by reference ----


def inlined(function: _F) -> _F:
    """Compile `function` into each of its callers: for short ones in inner loops."""
    make: Any = numba.njit
    compiled: Any = make(cache=True, fastmath=False, nogil=True, error_model="numpy", forceinline=True)(function)
    return compiled  # typed as what it compiles


class Handle:
    """What Python holds of a struct: one row of addresses, shapes and numbers, and whatever must live as long as it."""

    __slots__ = ("address", "kept", "kind")

    def __init__(self, kind: _Handle, row: Any, kept: Any) -> None:
        self.kind, self.kept = kind, (row, kept)
        self.address = int(row.ctypes.data)


class _Handle(types.Type):
    """A struct of arrays and numbers as one pointer that nothing counts references of.

    fields : name, numba type and place in the row of each.
    """

    def __init__(self, name: str, fields: tuple[tuple[str, Any, int], ...]) -> None:
        self.place = {field: (kind, at) for field, kind, at in fields}
        super().__init__(name=f"Handle[{name}, {', '.join(f'{field}: {kind}' for field, kind, _ in fields)}]")


@typeof_impl.register(Handle)
def _type_of(value: Handle, _context: Any) -> Any:
    return value.kind


register_model(_Handle)(models.OpaqueModel)


@unbox(_Handle)
def _unbox(_kind: Any, whole: Any, c: Any) -> Any:
    number = c.pyapi.object_getattr_string(whole, "address")
    pointer = c.pyapi.long_as_voidptr(number)
    c.pyapi.decref(number)
    return NativeValue(pointer)


@infer_getattr
class _Fields(AttributeTemplate):
    key = _Handle

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]
        return kind.place[name][0] if name in kind.place else None


@lower_getattr_generic(_Handle)
def _get(context: Any, builder: Any, kind: Any, pointer: Any, name: str) -> Any:
    """Load a field. A row never changes while a kernel runs, which the compiler is told, so that it loads each once."""
    field, at = kind.place[name]
    word = ir.IntType(64)
    row = builder.bitcast(pointer, word.as_pointer())

    def load(i: int) -> Any:
        found = builder.load(builder.gep(row, [ir.Constant(word, i)]))
        found.set_metadata("invariant.load", builder.module.add_metadata([]))
        return found

    if isinstance(field, types.Array):
        array = context.make_array(field)(context, builder)
        item = context.get_abi_sizeof(context.get_data_type(field.dtype))
        shape = [load(at + 1 + i) for i in range(field.ndim)]
        strides = [ir.Constant(word, item)]
        for length in reversed(shape[1:]):
            strides.insert(0, builder.mul(strides[0], length))
        data = builder.inttoptr(load(at), context.get_data_type(field.dtype).as_pointer())
        populate_array(array, data, shape, strides, ir.Constant(word, item), meminfo=None)
        return array._getvalue()
    if isinstance(field, _Handle):
        return builder.inttoptr(load(at), cgutils.voidptr_t)
    if isinstance(field, types.Float):
        return builder.bitcast(load(at), ir.DoubleType())
    return context.cast(builder, load(at), types.int64, field)


@cache
def _array_kind(item: Any, dimensions: int) -> Any:
    return types.Array(numba.from_dtype(item), dimensions, "C")


def _field(value: Any) -> tuple[Any, list[int]]:
    """Numba type of a field, and its words in the row."""
    if isinstance(value, np.ndarray):
        if not value.flags.c_contiguous:
            raise ValueError("kernels take arrays in C order only")
        return _array_kind(value.dtype, value.ndim), [value.__array_interface__["data"][0], *value.shape]
    if isinstance(value, Handle):
        return value.kind, [value.address]
    if isinstance(value, (float, np.floating)):
        return types.float64, [int(np.float64(value).view(np.int64))]
    if isinstance(value, np.uint64):
        return types.uint64, [int(value.view(np.int64))]
    return types.int64, [int(value)]


def pack(record: Any) -> Any:
    """Return a named tuple of arrays and numbers as a struct that kernels take by reference.

    A named tuple travels by value through every call, one machine argument for each part of each array: with some
    170 arrays the kernels took 167 s to compile. References to a struct, or to arrays in it, are not counted either:
    counting took about a third of a night. With the JIT off the tuple itself is returned.
    """
    if _settings.DISABLE_JIT:
        return record
    found = [_field(value) for value in record]
    row = [word for _, words in found for word in words]
    label = (type(record).__name__, *(id(kind) for kind, _ in found))  # each kind is made once, and kept
    if label not in _kinds:
        places = np.cumsum([0, *(len(words) for _, words in found)]).tolist()
        fields = tuple(zip(record._fields, (kind for kind, _ in found), places, strict=False))
        _kinds[label] = _Handle(type(record).__name__, fields)
    return Handle(_kinds[label], np.array(row, np.int64), record)


_kinds: dict[tuple[Any, ...], _Handle] = {}
