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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from pydantic import ValidationError

from msgu.disk import add_to_file
from msgu.errors import StorageError
from msgu.results import Identity, Record, Results, combine, load, read_record
from msgu.results.files import read_bytes, read_json, replace_file, seal, sha256, to_json
from msgu.results.provenance import source_digest, versions
from msgu.results.record import difference, discard
from msgu.scenario.load import digest
from msgu.scenario.schema.root import Scenario
from msgu.study.batch.manifest import (
    FORMAT,
    MANIFEST,
    MOST_REPLICATIONS,
    RECORD,
    REPLICATIONS,
    SCENARIO,
    read_manifest,
    record_name,
)

__all__ = ["MANIFEST", "MOST_REPLICATIONS", "REPLICATIONS", "SCENARIO", "read_manifest"]


class BusyError(StorageError):
    """Another process holds the lock of a folder."""


FAILURES: Final = "failures"
RUN_LOG: Final = "run.log"
LOCK: Final = ".lock"
WORKERS: Final = ".workers"
_REMAINS: Final = re.compile(r"\.(manifest\.json|scenario\.json|(old-)?[0-9]{4,7}(\.json)?)-")
"""Names of temporary files and folders of this room and of records."""


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
        seed = self.scenario.world_seed(replication)
        return Identity(self.sha256, self.source or source_digest(), seed, self.scenario.scale, replication)


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


class Lost(NamedTuple):
    """Results that are given up because that was asked for: of what they were, and of what those are that replace them."""

    what: Literal["replications", "seed", "scale", "scenario", "sources", "study"]
    held: str
    now: str


def prepare(folder: Path, plan: Plan, *, resume: bool, overwrite: bool) -> Lost | None:
    """Make the folder ready for a batch, say in it what the batch is, and return what was given up for it.

    The lock must be held. The manifest comes first, so that whatever stops this leaves a folder that says what it is.

    Raises
    ------
    StorageError
        When the folder holds something else: what is not ours is never touched, and no record is set aside unasked.
    """
    for name in (REPLICATIONS, FAILURES):
        if (folder / name).is_symlink():
            raise StorageError(f"{folder / name}: a link, not a folder; choose another --out")
    lost = refuse_other_content(folder, plan, resume=resume, overwrite=overwrite)
    try:
        clear_remains(folder)
        replace_file(folder / MANIFEST, seal(_manifest(plan, "running", [], [])))
        replace_file(folder / SCENARIO, scenario_bytes(plan.scenario))
        (folder / REPLICATIONS).mkdir(exist_ok=True)
        if not resume or (lost and lost.what != "replications"):
            _drop(folder, range(MOST_REPLICATIONS))
        _drop(folder, range(plan.reps, MOST_REPLICATIONS))
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return lost


def holds_scenario(folder: Path, plan: Plan) -> bool:
    """Whether the scenario that the folder holds is that of the batch."""
    try:
        return read_bytes(folder / SCENARIO) == scenario_bytes(plan.scenario)
    except StorageError:
        return False


def has_failed(folder: Path, replication: int) -> bool:
    """Whether it is kept why a replication failed."""
    return (folder / FAILURES / f"{replication:04d}.json").exists()


def refuse_other_content(folder: Path, plan: Plan, *, resume: bool, overwrite: bool) -> Lost | None:
    """Refuse a folder that holds something else than this batch; return what is given up where that is asked for."""
    names = {path.name for path in folder.iterdir()}
    if MANIFEST not in names:
        refuse_strangers(folder, names)
        return None
    try:
        there = read_manifest(folder)
    except StorageError:
        if resume or overwrite:
            return None  # each record says itself what it belongs to
        raise
    lost = _other_batch(there, plan) or _other_size(folder, there, plan, resume=resume)
    if lost is None or overwrite:
        return lost
    if lost.what != "replications":
        raise StorageError(
            f"{folder}: holds results of {_OTHER[lost.what]} ({lost.held}; now {lost.now});"
            " choose another --out, or --overwrite to lose them"
        )
    if resume:
        raise StorageError(f"{folder}: holds {lost.held} replications, and {lost.now} are asked for")
    raise StorageError(
        f"{folder}: holds {lost.held} replications of this run; go on with --resume, or --overwrite to run them again"
    )


_OTHER: Final = {
    "seed": "another seed",
    "scale": "another scale",
    "scenario": "another scenario",
    "sources": "other sources of the program",
}


def refuse_strangers(folder: Path, names: set[str]) -> None:
    """Refuse a folder without a manifest that holds anything; what was stopped before it had one holds nothing of worth."""
    ours = {LOCK} | {name for name in (REPLICATIONS,) if name in names and not any((folder / name).iterdir())}
    strangers = sorted(name for name in names - ours if not name.startswith(f".{MANIFEST}-"))
    if strangers:
        raise StorageError(f"{folder}: not a folder of results (it holds `{strangers[0]}`); choose another --out")


def _other_batch(there: Mapping[str, Any], plan: Plan) -> Lost | None:
    """Return in what the batch of a manifest is another one."""
    if there["seed"] != plan.scenario.seed:
        return Lost("seed", str(there["seed"]), str(plan.scenario.seed))
    if there["scale"] != plan.scenario.scale:
        return Lost("scale", str(there["scale"]), str(plan.scenario.scale))
    if there["scenario_sha256"] != plan.sha256:
        return Lost("scenario", there["scenario_sha256"], plan.sha256)
    return other_sources(there["versions"], there["source_sha256"], source_digest())


def other_sources(made_by: Mapping[str, str], source: str, now: str) -> Lost | None:
    """Return which program made something and which this is, by version and digest of the sources; None for this one."""
    if source == now:
        return None
    held, here = (
        f"version {of.get('msgu-sim', '?')}, sources {digest[:12]}" for of, digest in ((made_by, source), (versions(), now))
    )
    return Lost("sources", held, here)


def _other_size(folder: Path, there: Mapping[str, Any], plan: Plan, *, resume: bool) -> Lost | None:
    """Return how many replications are given up: those beyond what is asked for, or all where none is to be kept."""
    if resume:
        return Lost("replications", str(there["reps"]), str(plan.reps)) if there["reps"] > plan.reps else None
    held = sum(path.name.isdigit() for path in (folder / REPLICATIONS).glob("*"))
    return Lost("replications", str(held), str(plan.reps)) if held else None


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


def _drop(folder: Path, replications: range) -> None:
    """Take away records, and records of failures, by their numbers."""
    for path in (*(folder / REPLICATIONS).glob("*"), *(folder / FAILURES).glob("*.json")):
        if path.stem.isdigit() and int(path.stem) in replications:
            discard(path) if path.is_dir() else path.unlink()


def record_folder(folder: Path, replication: int) -> Path:
    """Return where a replication's record stands."""
    return folder / record_name(replication)


def valid_record(folder: Path, plan: Plan, replication: int) -> Record | None:
    """Return the record of a replication if it is whole, unchanged and of this batch; None otherwise."""
    try:
        record, _ = read_record(record_folder(folder, replication), folder)
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
        record, _ = read_record(record_folder(folder, replication), folder)
        if record.identity != plan.identity(replication):
            raise StorageError(
                f"{record_folder(folder, replication)}: {difference(record.identity, plan.identity(replication))}"
            )
        rows.append(_row(folder, replication, record))
        (folder / FAILURES / f"{replication:04d}.json").unlink(missing_ok=True)  # of an earlier trial that was stopped
    manifest = _manifest(plan, "failed" if failed else "complete", rows, sorted(failed))
    try:
        replace_file(folder / MANIFEST, seal(manifest))
    except OSError as error:
        raise StorageError(f"{folder / MANIFEST}: cannot be written: {error.strerror or error}") from error
    return manifest


def _row(folder: Path, replication: int, record: Record) -> dict[str, Any]:
    own = sha256(read_bytes(record_folder(folder, replication) / RECORD))
    return {
        "replication": replication,
        "folder": record_name(replication),
        "fingerprint": record.fingerprint,
        "files": {**record.files, RECORD: own},
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
    """Read the nights of a batch one by one, in the order of their numbers, each checked as `night` does."""
    plan, manifest = read_plan(folder)
    for row in manifest["records"]:
        yield plan.scenario, night(folder, plan, row)


def night(folder: Path, plan: Plan, row: Mapping[str, Any]) -> Results:
    """Read a night that the manifest of a batch tells of.

    Raises
    ------
    StorageError
        Naming the file where the record is damaged, is of another batch, or is not the one that the manifest tells of.
    """
    place = record_folder(folder, row["replication"])
    results = load(place, plan.identity(row["replication"]), folder)
    refuse_other_record(folder, row)
    return results


def refuse_other_record(folder: Path, row: Mapping[str, Any]) -> None:
    """Refuse a record that is not the one that the manifest tells of."""
    path = record_folder(folder, row["replication"]) / RECORD
    if sha256(read_bytes(path, folder)) != row["files"][RECORD]:
        raise StorageError(f"{path}: changed since it was written")


def log_line(folder: Path, **facts: object) -> None:
    """Add a line to the run log; it holds what differs from one run to the next."""
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "host": platform.node(),
        "pid": os.getpid(),
    }
    try:
        add_to_file(folder / RUN_LOG, (json.dumps({**line, **facts}, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        raise StorageError(f"{folder / RUN_LOG}: cannot be written: {error.strerror or error}") from error
