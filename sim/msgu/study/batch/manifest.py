"""The manifest of a batch as it is read: its form and its consistency, and the names in the folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from msgu.errors import StorageError
from msgu.results import TABLES, combine
from msgu.results.files import read_sealed

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SCENARIO: Final = "scenario.json"
REPLICATIONS: Final = "replications"
RECORD: Final = "record.json"
FAILURES: Final = "failures"
CHECKPOINTS: Final = "checkpoints"
CHECKPOINT_NAME: Final = rf"{CHECKPOINTS}/[0-9]{{4,7}}/[0-9]{{6,}}\.[0-9]{{3}}"
"""Place of a checkpoint in the folder of its batch: replication, and seconds since the start."""
LOCK: Final = ".lock"
WORKERS: Final = ".workers"
MOST_REPLICATIONS: Final = 1_000_000
FILES: Final = frozenset({RECORD, *(f"{name}.parquet" for name in TABLES)})
"""Files that a record may have."""

_Count = Annotated[int, Field(ge=0, lt=MOST_REPLICATIONS)]


class _StrictModel(BaseModel):
    model_config = ConfigDict(strict=True)


class _Row(_StrictModel):
    replication: _Count
    folder: str
    fingerprint: dict[str, str]
    files: dict[str, str]


class _Manifest(_StrictModel):
    format: Literal[1]
    state: Literal["running", "complete", "failed"]
    scenario_id: str
    scenario_sha256: str
    policies: list[str]
    seed: Annotated[int, Field(ge=0)]
    scale: float
    reps: Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)]
    source_sha256: str
    versions: dict[str, str]
    fingerprint: dict[str, str]
    failed: list[_Count]
    files: dict[str, str]
    records: list[_Row]
    checkpoints: dict[str, str] = {}
    scenario: dict[str, Any]


def record_name(replication: int) -> str:
    """Return where the record of a replication stands in the folder of its batch."""
    return f"{REPLICATIONS}/{replication:04d}"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a batch.

    Raises
    ------
    StorageError
        Naming it where it is missing or changed, is not of this form, or does not agree with itself.
    """
    path = folder / MANIFEST
    found = read_sealed(path)
    if found.get("format") != FORMAT:
        raise StorageError(f"{path}: not a manifest of format {FORMAT}")
    try:
        _Manifest.model_validate(found)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in wrong["loc"])
        raise StorageError(f"{path}: not a manifest of this version of the program: `{where}`: {wrong['msg']}") from None
    if problems := list(_disagreements(found)):
        raise StorageError("\n".join(f"{path}: {problem}" for problem in problems))
    return found


def _disagreements(found: dict[str, Any]) -> Iterator[str]:
    """Say in what a manifest contradicts itself."""
    rows, failed = found["records"], found["failed"]
    if SCENARIO not in found["files"]:
        yield f"tells of no {SCENARIO}"
    for row in rows:
        if row["folder"] != record_name(row["replication"]):
            yield f"replication {row['replication']} stands in {record_name(row['replication'])}, not in {row['folder']!r}"
        if RECORD not in row["files"] or not set(row["files"]) <= FILES:
            yield f"replication {row['replication']} has other files than a record"
    for name in found.get("checkpoints", {}):
        yield from _misplaced(name, found["reps"])
    told = sorted([row["replication"] for row in rows] + failed)
    if found["state"] == "running":
        if told:
            yield "tells of replications though the batch is not finished"
        return
    if told != list(range(found["reps"])):
        yield f"does not tell of each of its {found['reps']} replications once"
    if _combined(rows) != found["fingerprint"]:
        yield "the fingerprint is not that of the records"


def _misplaced(name: str, reps: int) -> Iterator[str]:
    if not re.fullmatch(CHECKPOINT_NAME, name) or int(name.split("/")[1]) >= reps:
        yield f"{name!r} is not the place of a checkpoint of this batch"


def _combined(rows: list[dict[str, Any]]) -> dict[str, str]:
    try:
        return combine(row["fingerprint"] for row in rows)
    except KeyError:
        return {}
