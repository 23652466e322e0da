"""One replication on disk: a folder that says what it belongs to, and appears whole or not at all.

A record holds one Parquet file for each table and ``record.json``: scenario, seed, scale, replication,
source of the program, checksums, fingerprint.
Fingerprints are taken over the columns, not over the Parquet bytes: they survive another Parquet writer.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from msgu.disk import new_folder
from msgu.errors import StorageError
from msgu.results.files import read_bytes, read_sealed, seal, sha256, sync_folder, write_bytes
from msgu.results.provenance import source_digest
from msgu.results.replication import Columns, Results, conform, conform_table, fingerprint
from msgu.results.tables import TABLES

FORMAT: Final = 1


class Identity(NamedTuple):
    """What a record belongs to; a record with another identity is not part of a batch."""

    scenario_sha256: str
    source_sha256: str
    seed: int
    scale: float
    replication: int


class _RecordForm(BaseModel):
    """What `record.json` holds."""

    model_config = ConfigDict(strict=True)

    format: Literal[1]
    scenario_id: str
    start_iso: str
    horizon: float
    bin_width: float
    clones: int
    graph_digest: str
    fingerprint: dict[str, str]
    summary: dict[str, float]
    rows: dict[str, int]
    files: dict[str, str]
    names: dict[str, list[str]]


def identity_of(told: Mapping[str, Any]) -> Identity:
    """Return the identity that a file tells of among other facts; `ValidationError` where one is missing or of another type."""
    return TypeAdapter(Identity).validate_python({name: told.get(name) for name in Identity._fields}, strict=True)


@dataclass(frozen=True)
class RecordFacts:
    """A record as `record.json` tells it: identity, checksums of its files, fingerprint by layer."""

    identity: Identity
    files: dict[str, str]
    fingerprint: dict[str, str]


def save(results: Results, folder: Path, scenario_sha256: str) -> RecordFacts:
    """Write one replication as a folder that appears whole or not at all, in place of any before it.

    Raises
    ------
    StorageError
        When the disk refuses; nothing is then left under the name of the record.
    """
    made = conform(results)
    identity = Identity(scenario_sha256, source_digest(), made.seed, made.scale, made.replication)
    contents = {f"{name}.parquet": _to_parquet(name, columns) for name, columns in made.tables.items()}
    record = RecordFacts(identity, {name: sha256(data) for name, data in contents.items()}, fingerprint(made))
    contents["record.json"] = seal(_describe(made, record))
    try:
        publish(folder, contents)
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return record


def publish(folder: Path, contents: dict[str, bytes]) -> None:
    """Write files into a folder that appears whole or not at all, in place of any before it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = new_folder(folder.parent, f".{folder.name}-")
    try:
        for name, data in contents.items():
            write_bytes(temporary / name, data)
        sync_folder(temporary)
        _take_the_name(temporary, folder)
        sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _take_the_name(temporary: Path, folder: Path) -> None:
    for attempt in range(5):  # the same replication may be written twice at once, when a worker was given up too soon
        if folder.exists():
            discard(folder)
        try:
            os.rename(temporary, folder)
        except OSError as error:
            if attempt == 4 or error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        else:
            return


def discard(folder: Path) -> None:
    """Take a record away: first its name, so that no half of it is ever met, then its files."""
    aside = new_folder(folder.parent, f".old-{folder.name}-")
    with suppress(FileNotFoundError):
        os.rename(folder, aside / folder.name)
    shutil.rmtree(aside, ignore_errors=True)


def _describe(results: Results, record: RecordFacts) -> dict[str, Any]:
    rows = {name: len(next(iter(columns.values()))) for name, columns in results.tables.items()}
    return {
        "format": FORMAT, **record.identity._asdict(), "scenario_id": results.scenario_id,
        "start_iso": results.start_iso, "horizon": results.horizon, "bin_width": results.bin_width,
        "clones": results.clones,
        "graph_digest": results.graph_digest, "fingerprint": record.fingerprint, "summary": results.summary,
        "rows": rows, "files": record.files, "names": results.names,
    }  # fmt: skip


def _to_parquet(name: str, columns: Columns) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({column.name: pa.array(columns[column.name]) for column in TABLES[name].columns})
    sink = pa.BufferOutputStream()
    pq.write_table(
        table, sink, version="2.6", compression="zstd", compression_level=3, row_group_size=1 << 20,
        store_schema=False, use_dictionary=[c.name for c in TABLES[name].columns if c.dtype in ("i1", "i2")],
    )  # fmt: skip
    return bytes(sink.getvalue())


def read_record(folder: Path, within: Path | None = None) -> tuple[RecordFacts, dict[str, Any]]:
    """Read `record.json` and check the checksum of every file that it names.

    `within` : folder out of which nothing is read; by default that of the record.

    Raises
    ------
    StorageError
        Naming the file that is missing, changed or too many.
    """
    description = _read_description(folder / "record.json", within)
    record = RecordFacts(
        identity_of(description),
        description["files"],
        description["fingerprint"],
    )
    for name, digest in record.files.items():
        if sha256(read_bytes(folder / name, within)) != digest:
            raise StorageError(f"{folder / name}: changed since it was written")
    extra = sorted({path.name for path in folder.iterdir()} - set(record.files) - {"record.json"})
    if extra:
        raise StorageError(f"{folder / extra[0]}: not part of this record")
    return record, description


def read_identity(folder: Path, within: Path | None = None) -> Identity:
    """Read what a record says that it belongs to; its other files are left to `load`.

    `within` : folder out of which nothing is read; by default that of the record.

    Raises
    ------
    StorageError
        Where `record.json` is missing or changed.
    """
    return identity_of(_read_description(folder / "record.json", within))


def _read_description(path: Path, within: Path | None) -> dict[str, Any]:
    value = read_sealed(path, within)
    try:
        _RecordForm.model_validate(value)
        identity_of(value)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise StorageError(f"{path}: not a record of format {FORMAT} (`{where}`)") from None
    known = {f"{name}.parquet" for name in TABLES}
    if not set(value["files"]) <= known:
        raise StorageError(f"{path}: names files that no record has")
    return value


def difference(found: Identity, expected: Identity) -> str:
    """Return in words in what a record belongs to another batch."""
    for name, value in expected._asdict().items():
        if getattr(found, name) != value:
            return f"of another batch: {name} {getattr(found, name)}, here {value}"
    return "of this batch"


def load(folder: Path, expected: Identity | None = None, within: Path | None = None) -> Results:
    """Read one replication and check it against its checksums and its fingerprint.

    `expected` : what it must belong to, where that is known. `within` : folder out of which nothing is read; by default
    that of the record.

    Raises
    ------
    StorageError
        Naming the first file that is missing, damaged, or does not belong there.
    """
    record, description = read_record(folder, within)
    if expected is not None and record.identity != expected:
        raise StorageError(f"{folder / 'record.json'}: {difference(record.identity, expected)}")
    tables = {name: _from_parquet(folder / f"{name}.parquet", name) for name in TABLES if f"{name}.parquet" in record.files}
    results = Results(
        description["scenario_id"], record.identity.seed, record.identity.scale, record.identity.replication,
        description["names"], description["start_iso"], description["horizon"], description["bin_width"],
        description["clones"], tables, description["summary"], description["graph_digest"],
    )  # fmt: skip
    wrong = [layer for layer, digest in fingerprint(results).items() if record.fingerprint.get(layer) != digest]
    if wrong:
        raise StorageError(f"{folder / 'record.json'}: the fingerprint of `{wrong[0]}` does not match the tables")
    return results


def _from_parquet(path: Path, name: str) -> Columns:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(pa.BufferReader(read_bytes(path))).read(use_threads=False)
        found = {column.name: table[column.name].to_numpy() for column in TABLES[name].columns}
        return conform_table(name, found)
    except (pa.ArrowException, KeyError, ValueError) as error:
        raise StorageError(f"{path}: not the table `{name}`: {error}") from error
