"""How kernels are compiled: parts are not made machine code, and whole numbers have one type at their borders."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from msgu.kernels.jit.kernel import Kernel

pytestmark = pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled")


def _kernel(function: Any) -> Any:
    """Compile a function as kernels are, and keep nothing on the disk."""
    return Kernel(function, targetoptions={"nopython": True})


def _pair() -> tuple[Any, Any]:
    """A kernel that another calls with numbers of each width, and that other."""

    @_kernel
    def double(n: int) -> int:
        return n + n

    @_kernel
    def total(narrow: Any, small: Any, wide: Any) -> int:
        return double(narrow[0]) + double(small[0]) + double(wide[0]) + double(1)

    return double, total


def _total(total: Any) -> int:
    found: int = total(np.array([2**31 - 1], np.int32), np.array([255], np.uint8), np.array([2**40], np.int64))
    return found


def test_whole_numbers_of_any_width_are_one_signature() -> None:
    double, total = _pair()
    assert _total(total) == 2 * (2**31 - 1 + 255 + 2**40 + 1)
    assert [[str(kind) for kind in args] for args in double.parts] == [["int64"]]


def test_a_kernel_that_kernels_call_becomes_no_machine_code_of_its_own() -> None:
    double, total = _pair()
    _total(total)
    assert len(total.overloads) == 1
    assert not double.overloads


def test_a_kernel_called_by_python_and_by_kernels_answers_both() -> None:
    double, total = _pair()
    _total(total)
    assert double(np.int32(2**31 - 1)) == 2**32 - 2
    assert double(2**40) == 2**41
    assert [[str(kind) for kind in args] for args in double.overloads] == [["int64"]]


def test_words_without_a_sign_are_not_taken_for_numbers_with_one() -> None:
    @_kernel
    def high(word: Any) -> bool:
        return word > 1

    assert high(np.uint64(2**64 - 1))
