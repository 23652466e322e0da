"""A checkpoint on disk comes back as it was, and one that is damaged is refused with its place."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from msgu.errors import StorageError
from msgu.results.checkpoint import Saved, check_checkpoint, read_checkpoint, save_checkpoint
from msgu.results.files import seal
from msgu.results.heads import Head, head_of
from msgu.results.record import Identity

WHOSE = Identity("a" * 64, "b" * 64, 1, 0.5, 3)
SAVED = Saved(
    5400.0, {"events": "none"}, b"[]",
    {
        "people.state": Head((2, 3), np.array([1, 2, 3, 4], np.int8)),
        "people.look": Head((4,), np.array([0.5, np.nan])),
        "phone.none": Head((0, 3), np.zeros(0, np.int64)),
    },
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_checkpoint(SAVED, tmp_path / "point", WHOSE)
    return tmp_path / "point"


def test_what_is_read_is_what_was_saved(folder: Path) -> None:
    found = read_checkpoint(folder, WHOSE)
    assert found[:3] == SAVED[:3] and found.arrays.keys() == SAVED.arrays.keys()
    for name, head in SAVED.arrays.items():
        assert found.arrays[name].shape == head.shape
        np.testing.assert_array_equal(found.arrays[name].values, head.values)


def test_a_file_changed_by_a_byte_is_named(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        path.write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:] if data else b"x")
        for read in (read_checkpoint, check_checkpoint):
            with pytest.raises(StorageError, match=path.name):
                read(folder, WHOSE)
        path.write_bytes(data)


def test_a_file_that_is_missing_or_too_many_is_named(folder: Path) -> None:
    (folder / "more.zst").write_bytes(b"")
    with pytest.raises(StorageError, match=r"more\.zst: not part"):
        read_checkpoint(folder, WHOSE)
    (folder / "more.zst").unlink()
    (folder / "people.zst").unlink()
    with pytest.raises(StorageError, match=r"people\.zst: missing"):
        read_checkpoint(folder, WHOSE)


def test_a_checkpoint_of_something_else_is_refused(folder: Path) -> None:
    with pytest.raises(StorageError, match="replication 3, here 4"):
        read_checkpoint(folder, WHOSE._replace(replication=4))


@pytest.mark.parametrize(("field", "value"), [("dtype", "|O"), ("dtype", "cabbage"), ("n", 7), ("n", -1), ("start", 10**6)])
def test_an_array_that_is_described_wrongly_is_refused(folder: Path, field: str, value: str | int) -> None:
    path = folder / "checkpoint.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told.pop("sha256")
    told["arrays"]["people.state"][field] = value
    path.write_bytes(seal(told))
    with pytest.raises(StorageError, match=r"people\.zst"):
        read_checkpoint(folder, WHOSE)


@pytest.mark.parametrize("start", [0.0, -1.0, np.nan])
def test_the_end_that_is_as_at_the_start_is_left_out(start: float) -> None:
    whole = np.full((300, 1000), start)
    whole[1, 5] = 7.0
    head = head_of(whole, start)
    assert head.shape == (300, 1000) and head.values.size == 1006 and head.values[-1] == 7.0
    assert head_of(np.full(9, start), start).values.size == 0


def test_a_negative_zero_is_not_a_zero() -> None:
    assert head_of(np.array([0.0, -0.0]), 0.0).values.size == 2
