"""Check a folder of results against its own checksums, and run one replication again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from msgu.errors import InputError, Problem, ReplicationError, StorageError
from msgu.results import fingerprint, load, read_record
from msgu.results.files import read_bytes, read_sealed, sha256
from msgu.results.provenance import source_digest
from msgu.results.record import difference
from msgu.study.batch.checkpoints import problems_of
from msgu.study.batch.folder import failure_file, open_batch
from msgu.study.batch.manifest import FAILURES, MANIFEST, REPLICATIONS
from msgu.study.batch.plan import BatchPlan


class Verified(NamedTuple):
    """A folder that is whole: replications and files read, combined fingerprint by layer, replications that failed."""

    replications: int
    files: int
    fingerprint: dict[str, str]
    failed: tuple[int, ...] = ()


def verify_batch(folder: str | Path) -> Verified:
    """Recompute every checksum and fingerprint of a folder of results.

    Raises
    ------
    StorageError
        Naming every file that is missing, changed, swapped, of another batch or too many, one a line.
    """
    root = Path(folder)
    batch, manifest = open_batch(root)
    if manifest["state"] == "running":
        raise StorageError(f"{root / MANIFEST}: the batch is not finished; go on with --resume")
    rows = manifest["records"]
    problems = [problem for row in rows for problem in _record_problems(root, batch.plan, row)]
    problems += _failure_problems(root, batch.plan, manifest["failed"])
    problems += _strangers(root, manifest)
    identities = {k: batch.plan.identity(k) for k in range(manifest["reps"])}
    kept: dict[str, str] = manifest.get("checkpoints", {})
    problems += problems_of(root, kept, identities)
    if problems:
        raise StorageError("\n".join(dict.fromkeys(problems)))
    files = 2 + sum(len(row["files"]) for row in rows) + len(manifest["failed"])
    return Verified(len(rows), files, manifest["fingerprint"], tuple(manifest["failed"]))


def _record_problems(root: Path, plan: BatchPlan, row: dict[str, Any]) -> Iterator[str]:
    """Say what is wrong with one record: its files first, then what they say of themselves."""
    where = root / row["folder"]
    wrong = [problem for name, digest in sorted(row["files"].items()) for problem in _changed(where / name, digest, root)]
    yield from wrong
    if wrong:
        return
    try:
        record, _ = read_record(where, root)
        again = fingerprint(load(where, within=root))
    except StorageError as error:
        yield str(error)
        return
    expected = plan.identity(row["replication"])
    if record.identity != expected:
        yield f"{where / 'record.json'}: {difference(record.identity, expected)}"
    if again != row["fingerprint"]:
        layers = ", ".join(layer for layer in again if again[layer] != row["fingerprint"].get(layer))
        yield f"{where}: the tables do not have the manifest's fingerprint (layers: {layers})"


def _changed(path: Path, digest: str, root: Path) -> Iterator[str]:
    try:
        if sha256(read_bytes(path, root)) != digest:
            yield f"{path}: changed since it was written"
    except StorageError as error:
        yield str(error)


def _failure_problems(root: Path, plan: BatchPlan, failed: list[int]) -> Iterator[str]:
    """Say which records of failures are missing, changed or of something else."""
    for replication in failed:
        path = failure_file(root, replication)
        try:
            told = read_sealed(path, root)
        except StorageError as error:
            yield str(error)
            continue
        if any(told.get(name) != value for name, value in plan.identity(replication)._asdict().items()):
            yield f"{path}: of another batch or replication"


def _strangers(root: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Say what stands among the records without being one of them."""
    known = {row["folder"] for row in manifest["records"]}
    known |= {f"{FAILURES}/{replication:04d}.json" for replication in manifest["failed"]}
    for name in (REPLICATIONS, FAILURES):
        there = sorted((root / name).iterdir()) if (root / name).is_dir() else []
        for path in there:
            if f"{name}/{path.name}" not in known:
                yield f"{path}: not of this batch"


class Replayed(NamedTuple):
    """A replication run again: layers that differ from the record (none where it is the same), and by which program.

    `failed_before` says that there is no record to compare with; `same_source` whether this is the program that made it.
    """

    replication: int
    differing: tuple[str, ...]
    fingerprint: dict[str, str]
    failed_before: bool = False
    same_source: bool = True


def replay_one(folder: str | Path, replication: int) -> Replayed:
    """Run one replication of a folder again and compare the fingerprints, layer by layer.

    Raises
    ------
    InputError
        Where the folder has no such replication.
    StorageError
        Where its record is damaged or not of this batch.
    ReplicationError
        Where a replication that failed fails again.
    """
    root = Path(folder)
    batch, manifest = open_batch(root)
    rows = {row["replication"]: row for row in manifest["records"]}
    failed = replication in manifest["failed"]
    if replication not in rows and not failed:
        known = ", ".join(str(k) for k in sorted([*rows, *manifest["failed"]])[:20]) or "none yet"
        problem = Problem("--rep", 1, 1, "rep", str(replication), f"a replication of {root}: {known}")
        raise InputError([problem])
    kept = None if failed else fingerprint(batch.night(rows[replication]))
    again = _run_again(batch.plan, replication, failed)
    differing = tuple(layer for layer in again if kept is not None and again[layer] != kept[layer])
    return Replayed(replication, differing, again, failed, manifest["source_sha256"] == source_digest())


def _run_again(plan: BatchPlan, replication: int, failed: bool) -> dict[str, str]:
    from msgu.engine.run import simulate
    from msgu.world.build import build_world

    try:
        world = build_world(plan.scenario, plan.scenario.world_seed(replication), plan.scenario.scale)
        night = simulate(world, world.seed, replication)
    except Exception as error:
        if not failed:
            raise
        raise ReplicationError(f"replication {replication} fails again: {type(error).__name__}: {error}") from error
    return fingerprint(replace(night, graph_digest=world.graph_digest))
