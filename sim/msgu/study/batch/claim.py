"""Make a folder ready for a batch: other content is refused, or given up where that is asked for."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from msgu.errors import StorageError
from msgu.results.files import replace_file
from msgu.results.provenance import source_digest, versions
from msgu.results.record import discard
from msgu.scenario.schema.root import Scenario
from msgu.study.batch.folder import BatchFolder
from msgu.study.batch.manifest import (
    CHECKPOINTS,
    FAILURES,
    LOCK,
    MANIFEST,
    MOST_REPLICATIONS,
    REPLICATIONS,
    SCENARIO,
    WORKERS,
    read_manifest,
)
from msgu.study.batch.plan import BatchPlan, plan_batch
from msgu.world.graph import given

_REMAINS: Final = re.compile(r"\.(manifest\.json|scenario\.json|(old-)?[0-9]{4,}(\.json|\.[0-9]{3})?)-")
"""Names of temporary files and folders of batches and of records."""


class Lost(NamedTuple):
    """Results that are given up because that was asked for: of what they were, and of what those are that replace them."""

    what: Literal["replications", "seed", "scale", "scenario", "sources", "study"]
    held: str
    now: str


def new_batch(
    folder: Path,
    scenario: Scenario,
    reps: int,
    policies: Sequence[str] = (),
    *,
    seed: int | None = None,
    scale: float | None = None,
) -> BatchFolder:
    """Return a batch that is to be run in a folder, and keep the scenario's edge list where workers find it.

    Raises
    ------
    InputError
        There is no such edge list.
    StorageError
        The store cannot be written.
    """
    plan = plan_batch(scenario, seed, scale, reps, policies)
    given.keep(scenario)
    return BatchFolder(folder, plan)


def prepare(batch: BatchFolder, *, resume: bool, overwrite: bool) -> Lost | None:
    """Make the folder ready for a batch, say in it what the batch is, and return what was given up for it.

    The lock must be held. The manifest comes first, so that whatever stops this leaves a folder that says what it is.

    Raises
    ------
    StorageError
        When the folder holds something else: what is not ours is never touched, and no record is set aside unasked.
    """
    folder, plan = batch.path, batch.plan
    for name in (REPLICATIONS, FAILURES, CHECKPOINTS):
        if (folder / name).is_symlink():
            raise StorageError(f"{folder / name}: a link, not a folder; choose another --out")
    lost = refuse_other_content(batch, resume=resume, overwrite=overwrite)
    try:
        clear_remains(folder)
        batch.write_manifest("running")
        replace_file(folder / SCENARIO, plan.data)
        (folder / REPLICATIONS).mkdir(exist_ok=True)
        if not resume or (lost and lost.what != "replications"):
            _drop(folder, range(MOST_REPLICATIONS))
        _drop(folder, range(plan.reps, MOST_REPLICATIONS))
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return lost


def refuse_other_content(batch: BatchFolder, *, resume: bool, overwrite: bool) -> Lost | None:
    """Refuse a folder that holds something else than this batch; return what is given up where that is asked for."""
    folder = batch.path
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
    lost = _other_batch(there, batch.plan) or _other_size(batch, there, resume=resume)
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


def _other_batch(there: Mapping[str, Any], plan: BatchPlan) -> Lost | None:
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


def _other_size(batch: BatchFolder, there: Mapping[str, Any], *, resume: bool) -> Lost | None:
    """Return how many replications are given up: those beyond what is asked for, or all where none is to be kept."""
    if resume:
        return Lost("replications", str(there["reps"]), str(batch.plan.reps)) if there["reps"] > batch.plan.reps else None
    held = sum(path.name.isdigit() for path in (batch.path / REPLICATIONS).glob("*"))
    return Lost("replications", str(held), str(batch.plan.reps)) if held else None


def clear_remains(folder: Path) -> None:
    """Take away what a killed run left half done."""
    shutil.rmtree(folder / WORKERS, ignore_errors=True)
    for parent in (folder, folder / REPLICATIONS, folder / FAILURES, *(folder / CHECKPOINTS).glob("*")):
        for path in parent.iterdir() if parent.is_dir() else ():
            if not _REMAINS.match(path.name):
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _drop(folder: Path, replications: range) -> None:
    """Take away records, and records of failures, by their numbers."""
    every = (folder / name for name in (REPLICATIONS, CHECKPOINTS, FAILURES))
    for path in (path for parent in every if parent.is_dir() for path in list(parent.iterdir())):
        if path.stem.isdigit() and int(path.stem) in replications:
            discard(path) if path.is_dir() else path.unlink()
