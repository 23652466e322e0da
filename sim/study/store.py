"""The folder of a batch: what it was asked to be, its records, its manifest, its lock.

::

    DIR/manifest.json      what was run, checksums, fingerprint; identical for identical runs
    DIR/scenario.json      the scenario as resolved
    DIR/replications/0000/ one atomic record for each replication
    DIR/failures/0002.json why a replication failed
    DIR/run.log            wall time, host, paths: whatever differs from one run to the next

The manifest says ``running`` until every replication is there or has failed.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from sim.errors import StorageError
from sim.results import Identity, Record, Results, combine, load, read_record
from sim.results.files import read_bytes, read_json, read_sealed, replace_file, seal, sha256, to_json
from sim.results.provenance import source_digest, versions
from sim.scenario.load import digest
from sim.scenario.schema import Scenario


class BusyError(StorageError):
    """Another process holds the lock of a folder."""


FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SCENARIO: Final = "scenario.json"
REPLICATIONS: Final = "replications"
FAILURES: Final = "failures"
RUN_LOG: Final = "run.log"
LOCK: Final = ".lock"
WORKERS: Final = ".workers"
_REMAINS: Final = re.compile(r"\.(manifest\.json|scenario\.json|(old-)?[0-9]{4,7}(\.json)?)-")
"""Names of temporary files and folders of this room and of records."""
MOST_REPLICATIONS: Final = 1_000_000


@lru_cache(maxsize=64)
def scenario_at(folder: str, scenario_sha256: str) -> Scenario:
    """Read the scenario of a folder, and check that it is the one that is meant: jobs name it and do not carry it.

    Raises
    ------
    StorageError
        Where it is missing or another one.
    """
    path = Path(folder) / SCENARIO
    scenario = scenario_of(read_bytes(path), path)
    if digest(scenario) != scenario_sha256:
        raise StorageError(f"{path}: not the scenario of this batch")
    return scenario


@dataclass(frozen=True)
class Plan:
    """What a batch is: one scenario, seed and scale written into it, and a number of replications.

    Parameters
    ----------
    scenario
        As resolved, with the seed and the scale that are run.
    sha256
        Digest of that scenario.
    reps
        Replications, numbered from 0.
    policies
        Ids of the policies laid over it.
    source
        Digest of the package's sources that make its records; empty for those of this process.
    """

    scenario: Scenario
    sha256: str
    reps: int
    policies: tuple[str, ...] = ()
    source: str = ""

    def identity(self, replication: int) -> Identity:
        """Return what a record of this batch must say of itself."""
        return Identity(self.sha256, self.source or source_digest(), self.scenario.seed, self.scenario.scale, replication)


def plan_of(scenario: Scenario, seed: int | None, scale: float | None, reps: int, policies: Sequence[str] = ()) -> Plan:
    """Return the plan of a batch; a seed or scale of None is the scenario's own."""
    if not 1 <= reps <= MOST_REPLICATIONS:
        raise ValueError(f"{reps} replications: 1 to {MOST_REPLICATIONS} can be run")
    given = {"seed": seed, "scale": scale}
    made = scenario.model_copy(update={name: value for name, value in given.items() if value is not None})
    return Plan(made, digest(made), reps, tuple(policies))


def scenario_bytes(scenario: Scenario) -> bytes:
    """Return the scenario as `scenario.json` holds it: every field, whatever its default."""
    return to_json(scenario.model_dump(mode="json"))


def scenario_of(data: bytes, path: Path) -> Scenario:
    """Return the scenario that `scenario_bytes` wrote."""
    try:
        return Scenario.model_validate_json(data, context={"start": None})
    except ValidationError:
        raise StorageError(f"{path}: not a scenario of this version of the program") from None


# ---- the folder ----


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
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written: {error.strerror or error}") from error
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BusyError(f"{folder}: another run is writing here; wait for it, or choose another --out") from None
    finally:
        os.close(handle)


def prepare(folder: Path, plan: Plan, *, resume: bool, overwrite: bool) -> None:
    """Make the folder ready for a batch, and say in it what the batch is; the lock must be held.

    Raises
    ------
    StorageError
        When the folder holds something else: what is not ours is never touched.
    """
    refuse_other_content(folder, plan, resume=resume, overwrite=overwrite)
    try:
        clear_remains(folder)
        if not resume:
            for name in (REPLICATIONS, FAILURES):
                shutil.rmtree(folder / name, ignore_errors=True)
        _drop_beyond(folder, plan.reps)
        (folder / REPLICATIONS).mkdir(exist_ok=True)
        replace_file(folder / MANIFEST, seal(_manifest(plan, "running", [], [])))
        replace_file(folder / SCENARIO, scenario_bytes(plan.scenario))
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written: {error.strerror or error}") from error


def has_failed(folder: Path, replication: int) -> bool:
    """Whether it is kept why a replication failed."""
    return (folder / FAILURES / f"{replication:04d}.json").exists()


def refuse_other_content(folder: Path, plan: Plan, *, resume: bool, overwrite: bool) -> None:
    """Refuse a folder that holds something else than this batch."""
    names = {path.name for path in folder.iterdir()}
    if MANIFEST not in names:
        strangers = sorted(name for name in names if name != LOCK and not name.startswith(f".{MANIFEST}-"))
        if strangers:
            raise StorageError(f"{folder}: not a folder of results (it holds `{strangers[0]}`); choose another --out")
        return
    if overwrite:
        return
    try:
        there = read_manifest(folder)
    except StorageError:
        if resume:
            return  # each record says itself what it belongs to
        raise
    asked = {"seed": plan.scenario.seed, "scale": plan.scenario.scale, "scenario": plan.sha256}
    held = {"seed": there["seed"], "scale": there["scale"], "scenario": there["scenario_sha256"]}
    for what, value in asked.items():
        if held[what] != value:
            raise StorageError(
                f"{folder}: holds results of another {what} ({held[what]}, now {value});"
                " choose another --out, or --overwrite to lose them"
            )
    if resume and there["reps"] > plan.reps:
        raise StorageError(f"{folder}: holds {there['reps']} replications, and {plan.reps} are asked for")


def clear_remains(folder: Path) -> None:
    """Take away what a killed run left half done."""
    shutil.rmtree(folder / WORKERS, ignore_errors=True)
    for parent in (folder, folder / REPLICATIONS, folder / FAILURES):
        for path in parent.iterdir() if parent.is_dir() else ():
            if not _REMAINS.match(path.name):
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _drop_beyond(folder: Path, reps: int) -> None:
    for path in (folder / REPLICATIONS).glob("*"):
        if path.name.isdigit() and int(path.name) >= reps:
            shutil.rmtree(path)


def record_folder(folder: Path, replication: int) -> Path:
    """Return where a replication's record stands."""
    return folder / REPLICATIONS / f"{replication:04d}"


def valid_record(folder: Path, plan: Plan, replication: int) -> Record | None:
    """Return the record of a replication if it is whole, unchanged and of this batch; None otherwise."""
    try:
        record, _ = read_record(record_folder(folder, replication))
    except StorageError:
        return None
    return record if record.identity == plan.identity(replication) else None


def write_failure(folder: Path, plan: Plan, replication: int, kind: str, message: str, trace: str) -> None:
    """Keep why a replication failed."""
    (folder / FAILURES).mkdir(exist_ok=True)
    told = {**plan.identity(replication)._asdict(), "error": kind, "message": message, "traceback": trace}
    replace_file(folder / FAILURES / f"{replication:04d}.json", seal(told))


def finish(folder: Path, plan: Plan, failed: Sequence[int]) -> dict[str, Any]:
    """Write the manifest of a batch that is over, from the records on the disk, and return it."""
    rows = []
    for replication in range(plan.reps):
        if replication in failed:
            continue
        record, _ = read_record(record_folder(folder, replication))
        if record.identity != plan.identity(replication):
            raise StorageError(f"{record_folder(folder, replication)}: {difference(record, plan, replication)}")
        rows.append(_row(folder, replication, record))
    manifest = _manifest(plan, "failed" if failed else "complete", rows, sorted(failed))
    try:
        replace_file(folder / MANIFEST, seal(manifest))
    except OSError as error:
        raise StorageError(f"{folder / MANIFEST}: cannot be written: {error.strerror or error}") from error
    return manifest


def difference(record: Record, plan: Plan, replication: int) -> str:
    """Return in words in what a record belongs to another batch."""
    expected = plan.identity(replication)
    for name, value in record.identity._asdict().items():
        if value != getattr(expected, name):
            return f"of another batch: {name} {value}, here {getattr(expected, name)}"
    return "of this batch"


def _row(folder: Path, replication: int, record: Record) -> dict[str, Any]:
    own = sha256(read_bytes(record_folder(folder, replication) / "record.json"))
    return {
        "replication": replication,
        "folder": f"{REPLICATIONS}/{replication:04d}",
        "fingerprint": record.fingerprint,
        "files": {**record.files, "record.json": own},
    }


def _manifest(plan: Plan, state: str, rows: list[dict[str, Any]], failed: list[int]) -> dict[str, Any]:
    """Return what the manifest says; nothing in it depends on when, where or by how many workers."""
    scenario = plan.scenario
    return {
        "format": FORMAT, "state": state, "scenario_id": scenario.id, "scenario_sha256": plan.sha256,
        "policies": list(plan.policies), "seed": scenario.seed, "scale": scenario.scale, "reps": plan.reps,
        "peak_reading": scenario.evidence.peak_reading, "source_sha256": source_digest(),
        "versions": versions(),
        "fingerprint": combine(row["fingerprint"] for row in rows) if state != "running" else {},
        "failed": failed, "files": {SCENARIO: sha256(scenario_bytes(scenario))}, "records": rows,
        "scenario": json.loads(scenario_bytes(scenario)),
    }  # fmt: skip


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest; `StorageError` naming it where it is missing or changed."""
    path = folder / MANIFEST
    manifest = read_sealed(path)
    if manifest.get("format") != FORMAT:
        raise StorageError(f"{path}: not a manifest of format {FORMAT}")
    return manifest


def read_plan(folder: Path) -> tuple[Plan, dict[str, Any]]:
    """Read what a batch is, and its manifest; the scenario is checked against its digest."""
    manifest = read_manifest(folder)
    path = folder / SCENARIO
    data = to_json(read_json(path))
    if sha256(data) != manifest["files"][SCENARIO]:
        raise StorageError(f"{path}: changed since it was written")
    scenario = scenario_of(data, path)
    if digest(scenario) != manifest["scenario_sha256"]:
        raise StorageError(f"{path}: its digest is not the manifest's; made by another version of the program")
    policies = tuple(manifest["policies"])
    plan = Plan(scenario, manifest["scenario_sha256"], manifest["reps"], policies, manifest["source_sha256"])
    return plan, manifest


def nights(folder: Path) -> Iterator[tuple[Scenario, Results]]:
    """Read the nights of a batch one by one, in the order of their numbers, each checked."""
    plan, manifest = read_plan(folder)
    for row in manifest["records"]:
        results = load(folder / row["folder"])
        if results.replication != row["replication"]:
            raise StorageError(f"{folder / row['folder']}: holds replication {results.replication}")
        yield plan.scenario, results


def log_line(folder: Path, **facts: object) -> None:
    """Add a line to the run log; it holds what differs from one run to the next."""
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "host": platform.node(),
        "pid": os.getpid(),
    }
    with (folder / RUN_LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps({**line, **facts}, ensure_ascii=False) + "\n")
