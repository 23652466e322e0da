"""Arrays of a run are declared once: they are allocated, checked, grown and described from that."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import pytest
from msgu.cli.reference import texts
from msgu.kernels import state
from msgu.kernels.arrays.declare import F64, I32, U64, Array, Number, allocate, fields, grown
from msgu.kernels.arrays.dimensions import DIMENSIONS
from msgu.kernels.arrays.phone import Phone
from msgu.kernels.arrays.reference import RECORDS, bytes_of
from msgu.kernels.base.calendar import BLOCK
from msgu.kernels.phone.talk import AT_ONCE

from tests import PACKAGE, ROOT

KERNELS = PACKAGE / "kernels"


class Herd(NamedTuple):
    """A record made for these tests."""

    weight: Annotated[F64, Array("accounts", "weight", "kg")]
    parent: Annotated[I32, Array("posts", "post that it answers", start=-1)]
    fence: Annotated[F64, Array("accounts + 1", "fence", "m")]
    word: Annotated[U64, Array("accounts / 64", "bitmap")]
    pace: Annotated[float, Number("pace", "m/s")]


class Clock(NamedTuple):
    """A record with two readings of one memory."""

    time: Annotated[F64, Array("rows, 2", "time", "s")]
    bits: Annotated[U64, Array("rows, 2", "its bits", memory_of="time")]


def herd(**given: Any) -> Herd:
    whole = {"weight": np.zeros(65), "pace": 1.0} | given
    return allocate(Herd, {"posts": 3}, **whole)


def test_what_is_not_given_is_allocated_as_declared() -> None:
    made = herd()
    assert made.parent.dtype == np.int32
    assert made.parent.tolist() == [-1, -1, -1]
    assert (made.fence.shape, made.word.shape) == ((66,), (2,))


def test_a_whole_number_stands_for_a_float() -> None:
    assert type(herd(pace=1).pace) is float


def test_a_field_that_reads_the_memory_of_another_shares_it() -> None:
    made = allocate(Clock, {"rows": 4})
    made.time[1, 0] = 1.0
    assert made.bits[1, 0] == np.float64(1.0).view(np.uint64)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"weight": np.zeros(65, np.float32)}, "Herd.weight has elements of float32, declared as float64"),
        ({"weight": np.zeros((65, 1))}, r"Herd.weight has the shape \(65, 1\), declared as \(accounts\)"),
        ({"fence": np.zeros(65)}, r"Herd.fence has the shape \(65,\), declared as \(accounts \+ 1\)"),
        ({"pace": "1"}, "Herd.pace is '1', declared as float"),
        ({"pace": None}, "Herd.pace is None, declared as float"),
    ],
)
def test_a_field_that_is_not_as_declared_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises((TypeError, ValueError), match=said):
        herd(**given)


def test_what_is_full_doubles_and_the_rest_stays() -> None:
    made = herd(parent=np.array([5, 6, 7], np.int32))
    longer = grown(made, state.FULL_POSTS)
    assert longer.parent.tolist() == [5, 6, 7, -1, -1, -1]
    assert longer.weight is made.weight
    assert grown(made, state.FULL_OFFERS) is made


def test_every_dimension_that_can_be_full_is_one_of_some_array_and_every_array_has_known_dimensions() -> None:
    axes = [axis for record in RECORDS for f in fields(record) if isinstance(f.declared, Array) for axis in f.declared.axes]
    used = {re.split(r" [+/] ", axis)[0] for axis in axes if not axis.isdecimal()}
    assert used == set(DIMENSIONS)


def test_every_field_of_a_record_is_declared() -> None:
    for record in RECORDS:
        assert [f.name for f in fields(record)] == list(record._fields)


def test_a_view_costs_nothing_and_numbers_of_an_axis_multiply() -> None:
    assert bytes_of(Clock) == {("rows",): 16.0}
    assert bytes_of(Phone)["bins", "zone rows"] == 48.0


def test_the_reference_of_the_arrays_is_not_stale() -> None:
    path = ROOT / "docs" / "reference" / "arrays.md"
    assert path.read_text(encoding="utf-8") == texts(ROOT)[path], "python -m msgu.cli.reference"


def test_a_misspelt_field_in_a_kernel_fails_the_type_check(tmp_path: Path) -> None:
    source = (KERNELS / "social" / "responses.py").read_text(encoding="utf-8")
    planted = tmp_path / "planted.py"
    planted.write_text(source.replace("c.left[row, 0] = left", "c.lefft[row, 0] = left", 1), encoding="utf-8")
    words = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        str(ROOT / "pyproject.toml"),
    ]  # as in `make types`: its cache serves
    found = subprocess.run([*words, str(planted)], cwd=ROOT, capture_output=True, text=True, check=False)
    said = [line for line in found.stdout.splitlines() if "attr-defined" in line]
    assert len(said) == 1, found.stdout + found.stderr
    assert '"Cascade" has no attribute "lefft"' in said[0]


def test_kernels_hardly_ever_say_any() -> None:
    words = [w for path in KERNELS.rglob("*.py") for w in re.findall(r"\bAny\b", path.read_text(encoding="utf-8"))]
    assert len(words) < 60


def test_room_for_what_is_drawn_ahead_is_that_of_a_block() -> None:
    shapes = {field.name: field.declared.shape for field in fields(Phone) if isinstance(field.declared, Array)}
    of_block = {"soon_first": 1, "soon_count": 1, "soon_product": 1, "soon_who": 1}
    of_two = {"soon_caller": 2, "soon_callee": 2, "soon_place": 2}
    assert {name: int(shapes[name]) for name in of_block | of_two} == {n: k * BLOCK for n, k in (of_block | of_two).items()}
    assert shapes["soon_share"] == f"{AT_ONCE}, {BLOCK}" and shapes["soon_call"] == f"4, {2 * BLOCK}"
    assert shapes["soon"] == f"4, {AT_ONCE * BLOCK}" and shapes["soon_whose"] == f"2, {AT_ONCE * BLOCK}"
