"""Branch a batch: go on from checkpoints of its replications under another scenario, into a folder of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from msgu.errors import InputError, Problem, SchemaProblem, StorageError
from msgu.results.provenance import source_digest
from msgu.scenario.load import Check, resolve
from msgu.scenario.schema.root import Scenario
from msgu.study.batch.checkpoints import checkpoints_of
from msgu.study.batch.claim import other_sources
from msgu.study.batch.folder import open_batch
from msgu.study.batch.job import Fork
from msgu.study.batch.manifest import SCENARIO
from msgu.units import format_clock, parse_wall


class Branch(NamedTuple):
    """What is to be run: a scenario, ids of all policies over it, replications, and from where each goes on."""

    scenario: Scenario
    policies: tuple[str, ...]
    reps: int
    fork: Fork


def plan_branch(
    folder: Path,
    at: str,
    policies: Sequence[str] = (),
    sets: Sequence[str] = (),
    checks: Sequence[Check] = (),
    every: float = 0.0,
) -> Branch:
    """Return the branch of a finished batch at a time, from the last checkpoint at that time or before.

    Parameters
    ----------
    at : wall time, as in a scenario.
    policies, sets : laid over the scenario of the batch.
    every : how often the branch leaves checkpoints of its own [s]; 0: never.

    Raises
    ------
    InputError
        Where there is no such time, no checkpoint by then of each replication, or a policy or override is wrong.
    StorageError
        Where the folder is damaged or its batch not finished.
    """
    batch, manifest = open_batch(folder)
    if manifest["state"] != "complete":
        raise StorageError(f"{folder}: not a finished run; go on with `msgu run ... --resume`")
    if other := other_sources(manifest["versions"], manifest["source_sha256"], source_digest()):
        raise StorageError(
            f"{folder}: made by other sources of the program ({other.held}; now {other.now}); branch with the program that ran it"
        )
    minute = _minute(folder, batch.plan.reps, _parsed(at, batch.plan.scenario), at, batch.plan.scenario)
    found = resolve(str(folder / SCENARIO), policies, sets, checks)
    ids = (*batch.plan.policies, *(layer.policy.id for layer in found.policies))
    return Branch(found.scenario, ids, batch.plan.reps, Fork(every, str(folder.absolute()), minute))


def _parsed(at: str, scenario: Scenario) -> float:
    try:
        return parse_wall(at, scenario.start)
    except SchemaProblem as error:
        _, given, allowed, nearest = error.problems[0]
        raise InputError([Problem("--at", 1, 1, "", given, allowed, nearest)]) from None


def _minute(folder: Path, reps: int, until: float, at: str, scenario: Scenario) -> float:
    """Return the last minute at which every replication has a checkpoint, at `until` [s] or before."""
    there = [{minute for minute, _ in checkpoints_of(folder, k)} for k in range(reps)]
    common = sorted(set.intersection(*there))
    if early := [minute for minute in common if minute <= until]:
        return early[-1]
    known = ", ".join(format_clock(minute, scenario.start) for minute in common[:8])
    allowed = f"a checkpoint by then: {known}" if known else f"checkpoints: `msgu run ... --checkpoint-every` into {folder}"
    raise InputError([Problem("--at", 1, 1, "", repr(at), allowed)])
