"""What a run keeps: declared tables, fingerprints by layer, records that are whole or absent."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgu.api import run
from msgu.errors import StorageError
from msgu.results import LAYERS, OPTIONAL, TABLES, Results, combine, conform, fingerprint, load, save
from msgu.scenario.load import digest
from msgu.scenario.load import load as load_scenario

from tests import TOY
from tests.made_nights import made, post

SCENARIO = load_scenario(TOY)
SHA = digest(SCENARIO)


@pytest.fixture(scope="module")
def night() -> Results:
    return run(SCENARIO)


def small(replication: int = 0) -> Results:
    return made(SCENARIO, replication=replication, posts=[post(60.0 * i, 0, row=i) for i in range(50)])


@contextmanager
def failing_at(k: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let the k-th file operation fail as on a full disk; the list tells which operations were met."""
    met: list[str] = []

    def failing(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def operation(*args: Any, **kwargs: Any) -> Any:
            met.append(name)
            if len(met) == k + 1:
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args, **kwargs)

        return operation

    with monkeypatch.context() as patch:
        for name in ("open", "mkdir", "rename", "replace", "fsync"):
            patch.setattr(os, name, failing(name, getattr(os, name)))
        patch.setattr("builtins.open", failing("open file", open))
        yield met


def test_every_table_and_column_is_said_in_a_sentence() -> None:
    for table in TABLES.values():
        assert table.layer in LAYERS
        assert table.meaning.endswith(".")
        assert all(column.meaning.endswith(".") and column.unit for column in table.columns)


def test_the_engine_fills_the_tables_as_they_are_declared(night: Results) -> None:
    made_again = conform(night)
    for name, columns in night.tables.items():
        assert [c.name for c in TABLES[name].columns] == list(made_again.tables[name])
        for column in TABLES[name].columns:
            assert columns[column.name].dtype == np.dtype(column.dtype), f"{name}.{column.name}"


def test_a_night_read_back_has_the_same_bits(night: Results, tmp_path: Path) -> None:
    record = save(night, tmp_path / "0000", SHA)
    again = load(tmp_path / "0000")
    assert fingerprint(again) == record.fingerprint == fingerprint(night)
    assert (again.names, again.summary, again.horizon, again.clones) == (
        conform(night).names,
        conform(night).summary,
        night.horizon,
        night.clones,
    )


def test_the_same_night_gives_the_same_files(night: Results, tmp_path: Path) -> None:
    for name in ("a", "b"):
        save(night, tmp_path / name, SHA)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert [(tmp_path / "a" / f).read_bytes() for f in files] == [(tmp_path / "b" / f).read_bytes() for f in files]


@pytest.mark.parametrize("name", sorted(set(TABLES) - OPTIONAL))
def test_a_changed_number_changes_its_layer_alone(name: str, night: Results) -> None:
    column = TABLES[name].columns[-1].name
    changed = night.tables[name][column].copy()
    changed[0] += 1
    other = replace(night, tables={**night.tables, name: {**night.tables[name], column: changed}})
    before, after = fingerprint(night), fingerprint(other)
    assert [layer for layer in LAYERS if before[layer] != after[layer]] == [TABLES[name].layer]


def test_a_row_moved_from_one_column_to_the_next_changes_the_fingerprint() -> None:
    one, other = made(SCENARIO, marks=[(3, 4)]), made(SCENARIO, marks=[(4, 3)])
    assert fingerprint(one)["people"] != fingerprint(other)["people"]


def test_the_fingerprint_of_a_batch_depends_on_the_order_of_its_nights() -> None:
    one, other = fingerprint(small()), fingerprint(made(SCENARIO, marks=[(1, 1)]))
    assert combine([one, other])["people"] != combine([other, one])["people"]


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("marks", {"bin": np.zeros(2, np.int32)}),
        ("marks", {"bin": np.zeros(2, np.int32), "marks": np.zeros(3, np.int32)}),
        ("marks", {"bin": np.zeros(1), "marks": np.array([0.5])}),
        ("marks", {"bin": np.zeros(1, np.int64), "marks": np.array([2**31])}),
        ("marks", {"bin": np.zeros((1, 1)), "marks": np.zeros((1, 1))}),
        ("visitors", {"bin": np.zeros(1)}),
    ],
)
def test_what_is_not_declared_is_refused(table: str, columns: dict[str, Any]) -> None:
    night = small()
    with pytest.raises(ValueError, match=table):
        conform(replace(night, tables={**night.tables, table: columns}))


def test_any_changed_byte_of_a_record_is_found(tmp_path: Path) -> None:
    save(small(), tmp_path / "0000", SHA)
    generator = np.random.default_rng(1)
    tried = 0
    for path in sorted((tmp_path / "0000").iterdir()):
        data = path.read_bytes()
        for at in {0, len(data) - 1, *generator.integers(0, len(data), 6).tolist()}:
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            with pytest.raises(StorageError, match="0000"):
                load(tmp_path / "0000")
            tried += 1
        path.write_bytes(data[:-1])
        with pytest.raises(StorageError, match="0000"):
            load(tmp_path / "0000")
        path.write_bytes(data)
    assert fingerprint(load(tmp_path / "0000")) == fingerprint(small())
    assert tried >= 100


def test_a_missing_or_added_file_is_named(tmp_path: Path) -> None:
    save(small(), tmp_path / "0000", SHA)
    (tmp_path / "0000" / "more.txt").write_text("x")
    with pytest.raises(StorageError, match=r"more\.txt"):
        load(tmp_path / "0000")
    (tmp_path / "0000" / "more.txt").unlink()
    (tmp_path / "0000" / "posts.parquet").unlink()
    with pytest.raises(StorageError, match=r"posts\.parquet: missing"):
        load(tmp_path / "0000")


@pytest.mark.long
def test_a_full_disk_at_any_file_operation_leaves_a_whole_record_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    k, met, done = 0, [""], False
    while len(met) > k - 1:
        folder = tmp_path / str(k) / "0000"
        folder.parent.mkdir()
        with failing_at(k, monkeypatch) as met:
            try:
                save(small(), folder, SHA)
                done = True
            except StorageError as error:
                done = False
                assert "No space left" in str(error)
        assert done or not folder.exists() or fingerprint(load(folder)) == fingerprint(small())
        save(small(), folder, SHA)
        assert fingerprint(load(folder)) == fingerprint(small())
        k += 1
    assert done
    assert k > 30, "the disk was hardly used"


def test_a_record_takes_the_place_of_one_before_it(tmp_path: Path) -> None:
    save(small(), tmp_path / "0000", SHA)
    other = made(SCENARIO, marks=[(1, 1)])
    save(other, tmp_path / "0000", SHA)
    assert fingerprint(load(tmp_path / "0000")) == fingerprint(other)
    assert [path.name for path in tmp_path.iterdir()] == ["0000"]


def test_tables_said_to_be_at_full_size_are_so_at_any_scale_and_no_other() -> None:
    """A quarter of the accounts and people leave those out, hosts and callers as many, and all else at a quarter.

    Planted: a table at full size that is multiplied by what one person stands for, or the other way round.
    """
    sets = ["drivers.offers.volume=600"]
    whole, quarter = (run(load_scenario(TOY, (), [*sets, f"scale={scale}"])) for scale in ("1", "1/4"))
    assert (whole.clones, quarter.clones) == (1, 4)
    for name in ("posts", "offers", "gains", "videos", "awareness", "marks", "traffic", "missing"):
        assert not TABLES[name].full and 0.1 < _amount(quarter, name) / _amount(whole, name) < 0.5, name
    for name in ("people", "moves", "seekers", "unreached", "desks", "reading", "contacts", "hosts"):
        assert TABLES[name].full and 0.5 < _amount(quarter, name) / _amount(whole, name) < 2.0, name


def _amount(night: Results, name: str) -> int:
    """What a table counts: its rows, where no column of it counts."""
    counted = {
        "people": "count", "moves": "entered", "unreached": "people", "desks": "received", "awareness": "aware",
        "marks": "marks", "traffic": "attempts", "videos": "watching", "reading": "housed", "hosts": "useful",
    }  # fmt: skip
    columns = night.tables[name]
    return int(columns[counted[name]].sum()) if name in counted else len(next(iter(columns.values())))
