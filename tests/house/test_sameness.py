"""The comparison of two trees sees every value that changes, and nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.differences import json_differences, record_differences
from benchmarks.sameness import Finding

POSTS: dict[str, Any] = {"time": np.array([0.0, 1.5, np.nan]), "topic": np.array([0, 0, 1], np.int16)}
CURVES: dict[str, Any] = {"bin": np.arange(4, dtype=np.int32), "posts": np.ones(4, np.int32)}
MANIFEST = {"state": "complete", "source_sha256": "aa", "fingerprint": {"posts": "12", "all": "34"}, "sha256": "56"}


def write(folder: Path, name: str, columns: dict[str, Any]) -> None:
    pq.write_table(pa.table(columns), folder / "replications" / "0000" / f"{name}.parquet")


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of results, and a copy."""
    before, now = tmp_path / "before", tmp_path / "now"
    (before / "replications" / "0000").mkdir(parents=True)
    write(before, "posts", POSTS)
    write(before, "topic_curves", CURVES)
    (before / "manifest.json").write_text(json.dumps(MANIFEST))
    shutil.copytree(before, now)
    return before, now


def test_a_copy_is_the_same(pair: tuple[Path, Path]) -> None:
    assert list(record_differences(*pair)) == []


def test_one_changed_value_is_reported_with_its_table_column_and_row(pair: tuple[Path, Path]) -> None:
    write(pair[1], "posts", POSTS | {"time": np.array([0.0, 1.5000000000000002, np.nan])})
    (found,) = record_differences(*pair)
    assert found == "replications/0000/posts.time row 1: 1.5 before, 1.5000000000000002 now (1 of 3 rows differ)"


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (POSTS | {"time": np.array([-0.0, 1.5, np.nan])}, "posts.time row 0"),
        (POSTS | {"topic": POSTS["topic"].astype(np.int32)}, "3 values of int16 before, 3 of int32 now"),
        ({name: values[:2] for name, values in POSTS.items()}, "3 values of float64 before, 2 of float64 now"),
        ({"time": POSTS["time"]}, "posts.topic is missing"),
        (POSTS | {"kind": POSTS["topic"]}, "posts.kind is new"),
    ],
    ids=["sign of zero", "dtype", "length", "column away", "column more"],
)
def test_each_kind_of_change_in_a_table_is_reported(pair: tuple[Path, Path], columns: dict[str, Any], told: str) -> None:
    write(pair[1], "posts", columns)
    assert any(told in line for line in record_differences(*pair))


def test_a_table_on_one_side_only_is_reported(pair: tuple[Path, Path]) -> None:
    (pair[1] / "replications" / "0000" / "posts.parquet").unlink()
    assert list(record_differences(*pair)) == ["replications/0000/posts.parquet is missing"]


def test_a_changed_fingerprint_is_reported_and_a_changed_source_is_not(pair: tuple[Path, Path]) -> None:
    other = MANIFEST | {"fingerprint": {"posts": "13", "all": "34"}, "source_sha256": "bb", "sha256": "57"}
    (pair[1] / "manifest.json").write_text(json.dumps(other))
    assert list(record_differences(*pair)) == ["manifest.json fingerprint.posts: '12' before, '13' now"]


def test_a_figure_of_the_scorecard_is_named_by_its_row() -> None:
    before, now = ({"rows": [{"id": "t01", "simulated": x}]} for x in (1, 1.0))
    assert list(json_differences("score", before, now)) == ["score rows[0 t01].simulated: 1 before, 1.0 now"]


def test_a_finding_is_one_line() -> None:
    assert Finding("toy", "2 tables", ()).line() == "same toy: 2 tables"
    assert Finding("toy", "2 tables", ("a", "b", "c")).line() == "DIFFERENT toy: a (and 2 more)"
