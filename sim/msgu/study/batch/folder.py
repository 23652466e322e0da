"""The folder of a batch: its lock, its records, why replications failed, and the manifest that ends it.

::

    DIR/manifest.json      what was run, checksums, fingerprint; identical for identical runs
    DIR/scenario.json      the scenario as resolved
    DIR/replications/0000/ one atomic record for each replication
    DIR/failures/0002.json why a replication failed
    DIR/checkpoints/0000/  its checkpoints, where they are asked for, by seconds since the start
    DIR/run.log            wall time, host, paths: whatever differs from one run to the next

The manifest says ``running`` until every replication is there or has failed.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgu.errors import StorageError
from msgu.results import RecordFacts, Results, combine, load, read_record
from msgu.results.files import read_bytes, read_json, replace_file, seal, sha256, to_json
from msgu.results.provenance import source_digest, versions
from msgu.results.record import difference
from msgu.scenario.load import digest
from msgu.study.batch.checkpoints import seals
from msgu.study.batch.manifest import FAILURES, FORMAT, LOCK, MANIFEST, RECORD, SCENARIO, read_manifest, record_name
from msgu.study.batch.plan import BatchPlan, scenario_of


class BusyError(StorageError):
    """Another process holds the lock of a folder."""


@contextmanager
def locked(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the folder's lock; it goes with the process, however that ends.

    `shared` : beside other holders of that kind, which are shards of one run.

    Raises
    ------
    StorageError
        When another run holds it, or the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written: {error.strerror or error}") from error
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BusyError(f"{folder}: another run is writing here; wait for it, or choose another --out") from None
    finally:
        os.close(handle)


def record_folder(folder: Path, replication: int) -> Path:
    """Return where a replication's record stands."""
    return folder / record_name(replication)


def failure_file(folder: Path, replication: int) -> Path:
    """Return where it stands why a replication failed."""
    return folder / FAILURES / f"{replication:04d}.json"


def ended_in_order(folder: Path, most: int) -> tuple[int, tuple[int, ...]]:
    """Return how many replications have ended from 0 on, `most` at most, and which of them failed."""
    n = 0
    while n < most and (record_folder(folder, n).exists() or failure_file(folder, n).exists()):
        n += 1
    return n, tuple(k for k in range(n) if not record_folder(folder, k).exists())


@dataclass(frozen=True)
class BatchFolder:
    """A folder, and the batch that it holds or is to hold.

    Parameters
    ----------
    path
        Where it is.
    plan
        What the batch is; every record is checked against it.
    """

    path: Path
    plan: BatchPlan

    def record(self, replication: int) -> Path:
        """Return where a replication's record stands."""
        return record_folder(self.path, replication)

    def holds_scenario(self) -> bool:
        """Whether the scenario in the folder is that of the batch."""
        try:
            return read_bytes(self.path / SCENARIO) == self.plan.data
        except StorageError:
            return False

    def has_failed(self, replication: int) -> bool:
        """Whether it is kept why a replication failed."""
        return failure_file(self.path, replication).exists()

    def valid_record(self, replication: int) -> RecordFacts | None:
        """Return the record of a replication if it is whole, unchanged and of this batch; None otherwise."""
        try:
            record, _ = read_record(self.record(replication), self.path)
        except StorageError:
            return None
        return record if record.identity == self.plan.identity(replication) else None

    def night(self, row: Mapping[str, Any]) -> Results:
        """Read a night by its row of the manifest.

        Raises
        ------
        StorageError
            Naming the file where the record is damaged, is of another batch, or is not the one of the row.
        """
        results = load(self.record(row["replication"]), self.plan.identity(row["replication"]), self.path)
        refuse_other_record(self.path, row)
        return results

    def nights(self, manifest: Mapping[str, Any]) -> Iterator[Results]:
        """Read the nights that a manifest lists one by one, in the order of their numbers, each checked as `night` does."""
        return (self.night(row) for row in manifest["records"])

    def write_failure(self, replication: int, error: BaseException, trace: str) -> None:
        """Keep why a replication failed."""
        path = failure_file(self.path, replication)
        path.parent.mkdir(exist_ok=True)
        identity = self.plan.identity(replication)._asdict()
        told = {**identity, "error": type(error).__name__, "message": str(error), "traceback": trace}
        replace_file(path, seal(told))

    def finish(self, failed: Sequence[int]) -> dict[str, Any]:
        """Write the manifest of a batch that is over, from the records on the disk, and return it."""
        rows = []
        for replication in range(self.plan.reps):
            if replication in failed:
                continue
            record, _ = read_record(self.record(replication), self.path)
            expected = self.plan.identity(replication)
            if record.identity != expected:
                raise StorageError(f"{self.record(replication)}: {difference(record.identity, expected)}")
            rows.append(self._row(replication, record))
            failure_file(self.path, replication).unlink(missing_ok=True)  # of an earlier trial that was stopped
        try:
            return self.write_manifest("failed" if failed else "complete", rows, sorted(failed))
        except OSError as error:
            raise StorageError(f"{self.path / MANIFEST}: cannot be written: {error.strerror or error}") from error

    def _row(self, replication: int, record: RecordFacts) -> dict[str, Any]:
        own = sha256(read_bytes(self.record(replication) / RECORD))
        return {
            "replication": replication,
            "folder": record_name(replication),
            "fingerprint": record.fingerprint,
            "files": {**record.files, RECORD: own},
        }

    def write_manifest(self, state: str, rows: Sequence[dict[str, Any]] = (), failed: Sequence[int] = ()) -> dict[str, Any]:
        """Write what the batch is and return it; nothing in it depends on when, where or by how many workers."""
        plan, scenario = self.plan, self.plan.scenario
        made = {
            "format": FORMAT, "state": state, "scenario_id": scenario.id, "scenario_sha256": plan.sha256,
            "policies": list(plan.policies), "seed": scenario.seed, "scale": scenario.scale, "reps": plan.reps,
            "peak_reading": scenario.evidence.peak_reading, "source_sha256": source_digest(),
            "versions": versions(),
            "fingerprint": combine(row["fingerprint"] for row in rows) if state != "running" else {},
            "failed": list(failed), "files": {SCENARIO: sha256(plan.data)}, "records": list(rows),
            "scenario": json.loads(plan.data),
        }  # fmt: skip
        if state != "running" and (kept := seals(self.path, plan.reps)):
            made["checkpoints"] = kept
        replace_file(self.path / MANIFEST, seal(made))
        return made


def open_batch(folder: Path) -> tuple[BatchFolder, dict[str, Any]]:
    """Read what a batch is, and its manifest; the scenario is checked against its digest.

    Raises
    ------
    StorageError
        Naming the file that is missing, damaged or not of this version of the program.
    """
    manifest = read_manifest(folder)
    path = folder / SCENARIO
    data = to_json(read_json(path))
    if sha256(data) != manifest["files"][SCENARIO]:
        raise StorageError(f"{path}: changed since it was written")
    scenario = scenario_of(data, path)
    if digest(scenario) != manifest["scenario_sha256"]:
        raise StorageError(f"{path}: its digest is not the manifest's; made by another version of the program")
    policies = tuple(manifest["policies"])
    plan = BatchPlan(scenario, manifest["scenario_sha256"], manifest["reps"], policies, manifest["source_sha256"])
    return BatchFolder(folder, plan), manifest


def refuse_other_record(folder: Path, row: Mapping[str, Any]) -> None:
    """Refuse a record that is not the one of its row of the manifest."""
    path = record_folder(folder, row["replication"]) / RECORD
    if sha256(read_bytes(path, folder)) != row["files"][RECORD]:
        raise StorageError(f"{path}: changed since it was written")
