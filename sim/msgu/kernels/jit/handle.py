"""Structs of arrays that kernels take by reference."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.base import BaseContext as Context
from numba.core.imputils import lower_getattr_generic
from numba.core.pythonapi import _UnboxContext as UnboxContext
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, models, register_model, typeof_impl, unbox
from numba.np.arrayobj import populate_array
from numpy.typing import NDArray

_settings: Any = numba.config
_R = TypeVar("_R", bound=tuple[Any, ...])


class Handle:
    """What Python holds of a struct: one row of addresses, shapes and numbers, and whatever must live as long as it."""

    __slots__ = ("address", "kept", "kind")

    def __init__(self, kind: _Handle, row: NDArray[np.int64], kept: object) -> None:
        self.kind, self.kept = kind, (row, kept)
        self.address = int(row.ctypes.data)


class _Handle(types.Type):
    """A struct of arrays and numbers as one pointer that nothing counts references of.

    fields : name, numba type and place in the row of each.
    """

    def __init__(self, name: str, fields: tuple[tuple[str, types.Type, int], ...]) -> None:
        self.place = {field: (kind, at) for field, kind, at in fields}
        super().__init__(name=f"Handle[{name}, {', '.join(f'{field}: {kind}' for field, kind, _ in fields)}]")


@typeof_impl.register(Handle)
def _type_of(value: Handle, _context: object) -> _Handle:
    return value.kind


register_model(_Handle)(models.OpaqueModel)


@unbox(_Handle)
def _unbox(_kind: _Handle, whole: ir.Value, c: UnboxContext) -> NativeValue:
    number = c.pyapi.object_getattr_string(whole, "address")
    pointer = c.pyapi.long_as_voidptr(number)
    c.pyapi.decref(number)
    return NativeValue(pointer)


@infer_getattr
class _Fields(AttributeTemplate):
    key = _Handle

    def generic_resolve(self, kind: _Handle, name: str) -> types.Type | None:  # type: ignore[override]
        return kind.place[name][0] if name in kind.place else None


@lower_getattr_generic(_Handle)
def _get(context: Context, builder: ir.IRBuilder, kind: _Handle, pointer: ir.Value, name: str) -> ir.Value:
    """Load a field. A row never changes while a kernel runs, which the compiler is told, so that it loads each once."""
    field, at = kind.place[name]
    word = ir.IntType(64)
    row = builder.bitcast(pointer, word.as_pointer())

    def load(i: int) -> ir.Value:
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
def _array_kind(item: np.dtype[Any], dimensions: int) -> types.Array:
    return types.Array(numba.from_dtype(item), dimensions, "C")


def _field(value: Any) -> tuple[types.Type, list[int]]:
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


def pack(record: _R) -> _R:
    """Return a named tuple of arrays and numbers as a struct that kernels take by reference.

    A named tuple travels by value through every call, one machine argument for each part of each array: with some
    170 arrays the kernels took 167 s to compile. References to a struct, or to arrays in it, are not counted either:
    counting took about a third of a night. With the JIT off the tuple itself is returned. To the type checker it is the
    tuple in both cases.
    """
    if _settings.DISABLE_JIT:
        return record
    struct: Any = _struct(record)
    return struct  # typed as what it refers to


def _struct(record: Any) -> Handle:
    found = [_field(value) for value in record]
    row = [word for _, words in found for word in words]
    label = (type(record).__name__, *(id(kind) for kind, _ in found))  # each kind is made once, and kept
    if label not in _kinds:
        places = np.cumsum([0, *(len(words) for _, words in found)]).tolist()
        fields = tuple(zip(record._fields, (kind for kind, _ in found), places, strict=False))
        _kinds[label] = _Handle(type(record).__name__, fields)
    return Handle(_kinds[label], np.array(row, np.int64), record)


_kinds: dict[tuple[Any, ...], _Handle] = {}
