"""A run cut into shards: each process runs its part into one folder, and `collect_batch` ends the batch.

Shards need nothing but the folder: arrays of jobs of a batch system, machines that share a disk, or terminals side by side.
A shard holds the folder's lock together with the others; anything else that writes there is kept out meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from msgu.errors import InputError, Problem, StorageError
from msgu.results.provenance import source_digest
from msgu.scenario.schema.root import Scenario
from msgu.study.batch.claim import clear_remains, new_batch, other_sources, prepare, refuse_other_content
from msgu.study.batch.folder import BatchFolder, BusyError, locked, open_batch
from msgu.study.batch.job import ENGINE, Fork, Progress, Where
from msgu.study.batch.manifest import MANIFEST, read_manifest
from msgu.study.batch.run import BatchOutcome, run_some

JOIN_SECONDS: Final = 60.0
"""How long a shard waits for another process that makes the folder ready."""


class Shard(NamedTuple):
    """Every `of`-th piece of a run, from the `number`-th on; numbers from 1."""

    number: int = 1
    of: int = 1

    def holds(self, piece: int) -> bool:
        """Whether a piece, numbered from 0, is of this shard."""
        return piece % self.of == self.number - 1


def run_shard(
    scenario: Scenario,
    out: str | Path,
    reps: int,
    shard: Shard,
    workers: int = 1,
    *,
    progress: Progress | None = None,
    policies: tuple[str, ...] = (),
    engine: tuple[str, str] = ENGINE,
    fork: Fork | None = None,
) -> BatchOutcome:
    """Run the replications of one shard, beside other shards in the same folder; `collect_batch` ends the batch.

    Raises
    ------
    StorageError, RefusedError, ReplicationError
        As `run_batch` does.
    """
    batch = new_batch(Path(out), scenario, reps, policies)
    with joined(batch):
        mine = [k for k in range(reps) if shard.holds(k)]
        kept = [k for k in mine if batch.valid_record(k)]
        wanted = [k for k in mine if k not in set(kept)]
        ended = run_some(batch, kept, wanted, Where(workers), progress, engine, fork)
    failed = tuple(sorted(one.replication for one in ended if one.state == "failed"))
    return BatchOutcome(tuple(sorted(one.replication for one in ended if one.state == "done")), tuple(kept), failed, {})


@contextmanager
def joined(batch: BatchFolder) -> Iterator[None]:
    """Hold the folder's lock beside other shards of the same batch; the first to come makes the folder ready.

    Raises
    ------
    StorageError
        When another run than a shard of this batch is writing there, or the folder holds something else.
    """
    with ExitStack() as held:
        until = time.monotonic() + JOIN_SECONDS
        while True:
            try:
                _make_ready(batch)
                held.enter_context(locked(batch.path, shared=True))
                break
            except BusyError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
        yield


def _make_ready(batch: BatchFolder) -> None:
    if _is_ready(batch):
        return
    with locked(batch.path):
        if not _is_ready(batch):
            prepare(batch, resume=True, overwrite=False)


def _is_ready(batch: BatchFolder) -> bool:
    """Whether the folder was made ready for exactly this batch; one of something else is refused."""
    folder, plan = batch.path, batch.plan
    if not (folder / MANIFEST).exists():
        return False
    refuse_other_content(batch, resume=True, overwrite=False)
    there = read_manifest(folder)
    if there["reps"] != plan.reps and there["state"] == "running":
        raise StorageError(
            f"{folder}: shards of {there['reps']} replications have begun here, and {plan.reps} are asked for"
        )
    return there["reps"] == plan.reps and batch.holds_scenario()


def shard_of(text: str) -> Shard:
    """Return the shard that `i/n` names.

    Raises
    ------
    InputError
        Where it is not of that form, or i is not among 1 to n.
    """
    first, slash, last = text.partition("/")
    if slash and first.isascii() and last.isascii() and first.isdigit() and last.isdigit() and 1 <= int(first) <= int(last):
        return Shard(int(first), int(last))
    raise InputError([Problem("--shard", 1, 1, "", repr(text), "i/n with i from 1 to n, such as 3/8")])


def collect_batch(folder: Path) -> dict[str, Any]:
    """Write the manifest of a batch whose shards are over, and return it; a manifest that is there already stays.

    Raises
    ------
    StorageError
        Naming the replications that are missing; shards may then be run again, or the rest with ``--resume``.
    """
    with locked(folder):
        batch, manifest = open_batch(folder)
        if manifest["state"] != "running":
            return manifest
        if other := other_sources(manifest["versions"], manifest["source_sha256"], source_digest()):
            raise StorageError(
                f"{folder}: made by other sources of the program ({other.held}; now {other.now});"
                " collect with the program that ran it"
            )
        clear_remains(folder)
        reps = batch.plan.reps
        there = [k for k in range(reps) if batch.valid_record(k)]
        failed = [k for k in range(reps) if k not in set(there) and batch.has_failed(k)]
        missing = sorted(set(range(reps)) - set(there) - set(failed))
        if missing:
            raise StorageError(f"{folder}: replications {ranges(missing)} are missing; run their shards again, or --resume")
        return batch.finish(failed)


def ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers as text: `0-3, 7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
