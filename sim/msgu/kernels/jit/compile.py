"""The one place with numba settings: how kernels are compiled; where they are kept stands in `kept`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba.core import caching, cgutils, types
from numba.core.base import BaseContext as Context
from numba.core.typing.templates import Signature
from numba.extending import intrinsic

from msgu.kernels.jit import kept
from msgu.kernels.jit.kernel import Kernel

_settings: Any = numba.config
_F = TypeVar("_F", bound=Callable[..., Any])


_OWN_FOLDER = "NUMBA_CACHE_DIR" not in os.environ


class _ByContent(caching._CacheLocator):
    """Where compiled kernels are kept: by their digest alone, wherever the checkout lies and whenever it was made.

    numba's own locators key by the path of the file and by its time of change, so that each checkout compiled the same
    kernels again (150 s of processor time).
    """

    def __init__(self, name: str, line: int) -> None:
        self._line, self._digest = line, kept.digest(name)
        self._folder = str(kept.folder() / self._digest)

    def get_cache_path(self) -> str:
        return self._folder

    def get_source_stamp(self) -> str:
        return self._digest

    def get_disambiguator(self) -> str:
        return str(self._line)

    @classmethod
    def from_function(cls, function: Callable[..., object], _path: str) -> _ByContent | None:
        """Return the locator of a kernel; None for functions of other packages, or where the user chose a folder."""
        _, inside, name = function.__module__.partition(__name__.removesuffix("jit.compile"))
        if not _OWN_FOLDER or not inside:
            return None
        found = cls(name, function.__code__.co_firstlineno)
        if kept.may_keep():
            found.ensure_cache_path()
        return found


caching.CacheImpl._locator_classes.insert(0, _ByContent)


def njit(function: _F) -> _F:
    """Compile `function`: cached on disk, no fast-math (no fused multiply-add, no reordering), GIL released."""
    return _compiled(function)


def inlined(function: _F) -> _F:
    """Compile `function` into each of its callers: for short ones in inner loops."""
    return _compiled(function, forceinline=True)


def _compiled(function: _F, **options: bool) -> _F:
    if _settings.DISABLE_JIT:
        return function
    kernel: Any = Kernel(
        function, targetoptions={"nopython": True, "fastmath": False, "nogil": True, "error_model": "numpy", **options}
    )
    kernel.enable_caching()
    return kernel  # typed as what it compiles


@intrinsic
def _trailing_zeros(_context: object, word: types.Type) -> tuple[Signature, Callable[..., ir.Value]]:
    """Zeros below the lowest bit of a word that is not 0."""

    def write(_inner: object, builder: ir.IRBuilder, _signature: object, arguments: list[ir.Value]) -> ir.Value:
        return builder.cttz(arguments[0], cgutils.true_bit)

    return types.uint64(types.uint64), write


@intrinsic
def _ones(_context: object, word: types.Type) -> tuple[Signature, Callable[..., ir.Value]]:
    """Bits of a word that are 1."""

    def write(_inner: object, builder: ir.IRBuilder, _signature: object, arguments: list[ir.Value]) -> ir.Value:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), write


@intrinsic
def _prefetch(_context: object, array: types.Array, place: types.Type) -> tuple[Signature, Callable[..., ir.Value]]:
    """Ask for the memory of an item of an array in C order, counted over all its dimensions, without waiting for it."""

    def write(context: Context, builder: ir.IRBuilder, signature: Signature, arguments: list[ir.Value]) -> ir.Value:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        at = builder.bitcast(builder.gep(data, [arguments[1]]), byte)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        asked = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        builder.call(asked, [at, ir.Constant(number, 0), ir.Constant(number, 3), ir.Constant(number, 1)])
        return context.get_dummy_value()

    return types.none(array, types.int64), write


def _no_prefetch(_array: object, _place: int) -> None:
    """Do nothing: with the JIT off nothing is near or far."""


prefetch: Any = _no_prefetch if _settings.DISABLE_JIT else _prefetch
"""Ask for the memory of an item of an array ahead of its use: (array, place counted over all dimensions)."""


def _plain_lowest_bit(word: np.uint64) -> int:
    """Position of the lowest bit of a word that is not 0."""
    whole = int(word)
    return (whole & -whole).bit_length() - 1


lowest_bit: Any = _plain_lowest_bit if _settings.DISABLE_JIT else _trailing_zeros
"""Position of the lowest bit of a 64-bit word that is not 0."""


def _plain_ones(word: np.uint64) -> int:
    """Bits of a word that are 1."""
    return int(word).bit_count()


ones: Any = _plain_ones if _settings.DISABLE_JIT else _ones
"""Number of bits of a 64-bit word that are 1."""


def entry(function: Any, *examples: Any) -> Any:
    """Return the machine code of `function` for arguments of the types of `examples`.

    What Python calls often it calls so: a compiled function asks for the types of its arguments at each call, which takes
    4 microseconds for each struct (`advance`: 5.6 microseconds a call, so 0.6).
    """
    return function if _settings.DISABLE_JIT else function.compile(tuple(numba.typeof(x) for x in examples))
