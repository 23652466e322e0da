"""A run cut into shards: each process runs its part into one folder, and `collect` ends the batch.

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
from msgu.study.batch import store
from msgu.study.batch.job import ENGINE, Progress, Where
from msgu.study.batch.run import Outcome, run_some
from msgu.study.batch.store import Plan
from msgu.world.graph import given

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
) -> Outcome:
    """Run the replications of one shard, beside other shards in the same folder; `collect` ends the batch.

    Raises
    ------
    StorageError, RefusedError, ReplicationError
        As `run_batch` does.
    """
    plan = store.plan_of(scenario, None, None, reps, policies)
    given.keep(scenario)
    folder = Path(out)
    with joined(folder, plan):
        mine = [k for k in range(reps) if shard.holds(k)]
        kept = [k for k in mine if store.valid_record(folder, plan, k)]
        wanted = [k for k in mine if k not in set(kept)]
        ended = run_some(folder, plan, kept, wanted, Where(workers), progress, engine)
    failed = tuple(sorted(one.replication for one in ended if one.state == "failed"))
    return Outcome(tuple(sorted(one.replication for one in ended if one.state == "done")), tuple(kept), failed, {})


@contextmanager
def joined(folder: Path, plan: Plan) -> Iterator[None]:
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
                _make_ready(folder, plan)
                held.enter_context(store.locked(folder, shared=True))
                break
            except store.BusyError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
        yield


def _make_ready(folder: Path, plan: Plan) -> None:
    if _is_ready(folder, plan):
        return
    with store.locked(folder):
        if not _is_ready(folder, plan):
            store.prepare(folder, plan, resume=True, overwrite=False)


def _is_ready(folder: Path, plan: Plan) -> bool:
    """Whether the folder was made ready for exactly this batch; one of something else is refused."""
    if not (folder / store.MANIFEST).exists():
        return False
    store.refuse_other_content(folder, plan, resume=True, overwrite=False)
    there = store.read_manifest(folder)
    if there["reps"] != plan.reps and there["state"] == "running":
        raise StorageError(
            f"{folder}: shards of {there['reps']} replications have begun here, and {plan.reps} are asked for"
        )
    return there["reps"] == plan.reps and store.holds_scenario(folder, plan)


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


def collect(folder: Path) -> dict[str, Any]:
    """Write the manifest of a batch whose shards are over, and return it; a manifest that is there already stays.

    Raises
    ------
    StorageError
        Naming the replications that are missing; shards may then be run again, or the rest with ``--resume``.
    """
    with store.locked(folder):
        plan, manifest = store.read_plan(folder)
        if manifest["state"] != "running":
            return manifest
        if other := store.other_sources(manifest["versions"], manifest["source_sha256"], source_digest()):
            raise StorageError(
                f"{folder}: made by other sources of the program ({other.held}; now {other.now});"
                " collect with the program that ran it"
            )
        store.clear_remains(folder)
        there = [k for k in range(plan.reps) if store.valid_record(folder, plan, k)]
        failed = [k for k in range(plan.reps) if k not in set(there) and store.has_failed(folder, k)]
        missing = sorted(set(range(plan.reps)) - set(there) - set(failed))
        if missing:
            raise StorageError(f"{folder}: replications {ranges(missing)} are missing; run their shards again, or --resume")
        return store.finish(folder, plan, failed)


def ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers as text: `0-3, 7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
