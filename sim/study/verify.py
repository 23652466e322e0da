"""Check a folder of results against its own checksums, and run one replication again."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sim.errors import SimError, StorageError
from sim.results import Results, combine, fingerprint, load
from sim.results.files import read_bytes, sha256
from sim.scenario.schema import Scenario
from sim.study import store


class Verified(NamedTuple):
    """A folder that is whole: replications and files read, combined fingerprint by layer."""

    replications: int
    files: int
    fingerprint: dict[str, str]


def verify(folder: str | Path) -> Verified:
    """Recompute every checksum and fingerprint of a folder of results.

    Raises
    ------
    StorageError
        Naming the first file that is missing, changed, swapped or of another batch.
    """
    root = Path(folder)
    plan, manifest = store.read_plan(root)
    if manifest["state"] == "running":
        raise StorageError(f"{root / store.MANIFEST}: the batch is not finished; go on with --resume")
    prints, files = [], 2
    for row in manifest["records"]:
        where = root / row["folder"]
        for name, expected in sorted(row["files"].items()):
            files += 1
            if sha256(read_bytes(where / name)) != expected:
                raise StorageError(f"{where / name}: changed since it was written")
        record = store.valid_record(root, plan, row["replication"])
        if record is None or record.fingerprint != row["fingerprint"]:
            raise StorageError(f"{where}: its record is not the one that the manifest names")
        found = fingerprint(load(where))
        if found != row["fingerprint"]:
            layers = ", ".join(k for k in found if found[k] != row["fingerprint"].get(k))
            raise StorageError(f"{where}: the tables do not have their fingerprint (layers: {layers})")
        prints.append(found)
    whole = combine(prints)
    if whole != manifest["fingerprint"]:
        raise StorageError(f"{root / store.MANIFEST}: the fingerprint is not that of the records")
    return Verified(len(prints), files, whole)


class Replayed(NamedTuple):
    """A replication run again: layers whose fingerprint differs from the record's (none where it is the same)."""

    replication: int
    differing: tuple[str, ...]
    fingerprint: dict[str, str]


def replay(folder: str | Path, replication: int) -> Replayed:
    """Run one replication of a folder again and compare the fingerprints, layer by layer."""
    from dataclasses import replace

    from sim.engine.run import simulate
    from sim.world.build import build_world

    root = Path(folder)
    plan, manifest = store.read_plan(root)
    rows = {row["replication"]: row for row in manifest["records"]}
    if replication not in rows:
        known = f"0 to {plan.reps - 1}" if rows else "none"
        raise SimError(f"{root}: no replication {replication} (there are: {known})")
    world = build_world(plan.scenario, plan.scenario.seed, plan.scenario.scale)
    night = simulate(world, plan.scenario.seed, replication)
    again = fingerprint(replace(night, graph_digest=world.graph_digest))
    kept = rows[replication]["fingerprint"]
    return Replayed(replication, tuple(k for k in again if again[k] != kept.get(k)), again)


def nights(folder: str | Path) -> tuple[Scenario, list[Results]]:
    """Read the scenario and every night of a folder, each checked, in the order of their numbers."""
    plan, _ = store.read_plan(Path(folder))
    return plan.scenario, [results for _, results in store.nights(Path(folder))]
