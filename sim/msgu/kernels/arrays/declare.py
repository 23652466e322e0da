"""Arrays as data: what a record declares of each of its arrays, and what follows from that.

A record is a named tuple whose fields are annotated with an `Array` or a `Number`. From this follow how the record is
allocated and checked, what grows when there is no more room, and `docs/reference/arrays.md`.
"""

from __future__ import annotations

import math
import mmap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from msgu.kernels.arrays.dimensions import DIMENSIONS

B = NDArray[np.bool_]
I8 = NDArray[np.int8]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]
Word = int | np.uint64
LARGE = 1 << 22
"""Bytes from which on an array has memory of its own, as many as numpy asks large pages for."""
R = TypeVar("R", bound=tuple[Any, ...])


@dataclass(frozen=True)
class Array:
    """An array of a record.

    Parameters
    ----------
    shape : lengths, separated by commas: numbers, or names of `DIMENSIONS`, also as `name + 1` and as `name / 64`, rounded up.
    meaning : what an element is.
    unit : of an element; nothing for a count, a number or a share.
    start : every element at the start of a run, where the array is not given.
    memory_of : field with whose memory it is one, read as another type.
    """

    shape: str
    meaning: str
    unit: str = ""
    start: float = 0
    memory_of: str = ""

    @property
    def axes(self) -> tuple[str, ...]:
        """Lengths, one by one."""
        return _axes(self.shape)


@cache
def _axes(shape: str) -> tuple[str, ...]:
    return tuple(axis.strip() for axis in shape.split(","))


@dataclass(frozen=True)
class Given(Array):
    """An array that follows from the scenario and its world: nothing changes it during a run."""


@dataclass(frozen=True)
class Number:
    """A number of a record, fixed for the run but for those that dials turn.

    Parameters
    ----------
    meaning : what it is.
    unit : its unit.
    unread_until : slot of `Shared.flag`; while that is 0, nothing that a run leaves depends on the number. None: always read.
    """

    meaning: str
    unit: str = ""
    unread_until: int | None = None


class Field(NamedTuple):
    """A field of a record: its name, the type of an element, and what it declares."""

    name: str
    dtype: type
    declared: Array | Number


@cache
def _apart(record: type) -> tuple[list[tuple[str, type, Number]], list[tuple[str, type, Array]]]:
    """Return the numbers of a record, and its arrays."""
    found = fields(record)
    return (
        [(name, dtype, declared) for name, dtype, declared in found if isinstance(declared, Number)],
        [(name, dtype, declared) for name, dtype, declared in found if isinstance(declared, Array)],
    )


def is_state(declared: Array | Number) -> bool:
    """Whether a field is an array of its own that may change during a run."""
    return isinstance(declared, Array) and not isinstance(declared, Given) and not declared.memory_of


@cache
def fields(record: type) -> tuple[Field, ...]:
    """Return the declared fields of a record, in order; none of other records are among them."""
    found = []
    for name, hint in get_type_hints(record, include_extras=True).items():
        kind, *extras = get_args(hint) or (hint,)
        if extras and isinstance(extras[0], Array):
            kind = get_args(get_args(kind)[1])[0]
        elif not (extras and isinstance(extras[0], Number)):
            continue
        found.append(Field(name, get_origin(kind) or kind, extras[0]))
    return tuple(found)


@cache
def _parts(axis: str) -> tuple[str, int, int]:
    """Return the dimension of an axis (none: a number), what is added to it, and by what it is divided."""
    if axis.isdecimal():
        return "", int(axis), 1
    name, sign, number = axis.partition(" + ") if " + " in axis else axis.partition(" / ")
    if not sign:
        return name, 0, 1
    return (name, int(number), 1) if "+" in sign else (name, 0, int(number))


def length(axis: str, sizes: Mapping[str, int]) -> int:
    """Return the length of an axis where the sizes are these."""
    name, more, per = _parts(axis)
    return -(-((sizes[name] if name else 0) + more) // per)


def allocate(record: type[R], sizes: Mapping[str, int], **given: Any) -> R:
    """Return a record, with what is not given allocated as it is declared.

    Parameters
    ----------
    record : the type of the record.
    sizes : length of dimensions by name; that of any other is taken from the first array that is given of it.
    given : arrays by field, and every number.

    Raises
    ------
    TypeError : a number is missing, or a field is not of its declared type.
    ValueError : an array is not of its declared shape.
    """
    known = dict(sizes)
    numbers, arrays = _apart(record)
    for name, dtype, _ in numbers:
        if dtype is float and type(given.get(name)) is int:
            given[name] = float(given[name])  # a whole number, as it may stand in a scenario
        if not isinstance(given.get(name), dtype):
            raise TypeError(f"{record.__name__}.{name} is {given.get(name)!r}, declared as {dtype.__name__}")
    for name, dtype, declared in arrays:
        if name in given:
            _check(f"{record.__name__}.{name}", given[name], dtype, declared, known)
    for name, dtype, declared in arrays:
        if name not in given:
            if declared.memory_of:
                given[name] = given[declared.memory_of].view(dtype)
            else:
                given[name] = started([length(axis, known) for axis in declared.axes], dtype, declared.start)
    return record(**given)


def started(shape: Sequence[int], dtype: type, start: float) -> NDArray[Any]:
    """Return an array whose every element is `start`."""
    if start != 0:
        return np.full(shape, start, dtype)
    size = math.prod(shape) * np.dtype(dtype).itemsize
    return np.zeros(shape, dtype) if size < LARGE else _untouched(size).view(dtype).reshape(shape)


def _untouched(size: int) -> NDArray[np.uint8]:
    """Return so many bytes that are 0, of which the system gives those that are written, in large pages."""
    # `np.zeros` writes zeros where it gets memory that was in use before: a tenth of the second cascade of a process
    room = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        room.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(room, np.uint8)


def _check(name: str, value: NDArray[Any], dtype: type, declared: Array, known: dict[str, int]) -> None:
    """Compare an array with what is declared of it, and note the lengths of dimensions that are not known yet."""
    if value.dtype != dtype:
        raise TypeError(f"{name} has elements of {value.dtype}, declared as {np.dtype(dtype)}")
    if value.ndim == len(declared.axes):
        for axis, n in zip(declared.axes, value.shape, strict=True):
            if axis in DIMENSIONS:
                known.setdefault(axis, n)
        if value.shape == tuple(length(axis, known) for axis in declared.axes):
            return
    raise ValueError(f"{name} has the shape {value.shape}, declared as ({declared.shape})")


def grown(record: R, status: int) -> R:
    """Return a record with twice the room in each array that grows where a kernel hands control back with `status`."""
    longer = {}
    for name, dtype, declared in fields(type(record)):
        if isinstance(declared, Array):
            dimension = DIMENSIONS.get(declared.axes[0])
            if dimension is not None and dimension.full == status:
                column: NDArray[Any] = getattr(record, name)
                longer[name] = started([2 * len(column), *column.shape[1:]], dtype, declared.start)
                longer[name][: len(column)] = column
    return record._replace(**longer) if longer else record  # type: ignore[attr-defined]
