"""Checkpoints of the replications of a batch: where they stand, which is the last, and a run that leaves or takes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgu.errors import StorageError
from msgu.results.checkpoint import CHECKPOINT, check_checkpoint, read_checkpoint, save_checkpoint
from msgu.results.files import read_bytes, sha256
from msgu.results.record import Identity
from msgu.study.batch.manifest import CHECKPOINT_NAME, CHECKPOINTS

if TYPE_CHECKING:
    from msgu.engine.forks.run import Checkpoint, Keep

_NAME: Final = re.compile(CHECKPOINT_NAME)


def checkpoint_folder(folder: Path, replication: int, at: float) -> Path:
    """Return where the checkpoint of a replication at a minute [s] stands."""
    return folder / CHECKPOINTS / f"{replication:04d}" / f"{at:010.3f}"


def checkpoints_of(folder: Path, replication: int) -> list[tuple[float, Path]]:
    """Return the checkpoints of a replication that are there, whole or not: minute [s] and folder, in order."""
    above = folder / CHECKPOINTS / f"{replication:04d}"
    there = above.iterdir() if above.is_dir() else ()
    return sorted((float(path.name), path) for path in there if _NAME.fullmatch(f"{CHECKPOINTS}/{above.name}/{path.name}"))


def last_checkpoint(folder: Path, identity: Identity, until: float) -> Checkpoint | None:
    """Return the last whole checkpoint of a replication at `until` [s] or before; None where there is none."""
    from msgu.engine.forks.disk import of_saved

    for at, path in reversed(checkpoints_of(folder, identity.replication)):
        if at <= until:
            try:
                return of_saved(read_checkpoint(path, identity, folder))
            except StorageError:
                continue
    return None


def read_at(folder: Path, identity: Identity, at: float) -> Checkpoint:
    """Read the checkpoint of a replication at a minute [s].

    Raises
    ------
    StorageError
        Naming what is missing or damaged.
    """
    from msgu.engine.forks.disk import of_saved

    return of_saved(read_checkpoint(checkpoint_folder(folder, identity.replication, at), identity, folder))


def keeping(folder: Path, identity: Identity, every: float, horizon: float) -> Keep:
    """Return what leaves a checkpoint in a folder each `every` [s] before the horizon."""
    from msgu.engine.forks.disk import to_saved
    from msgu.engine.forks.run import Keep

    def put(point: Checkpoint) -> None:
        save_checkpoint(to_saved(point), checkpoint_folder(folder, identity.replication, point.at), identity)

    times = list[float]()
    while (t := every * (len(times) + 1)) < horizon:
        times.append(t)
    return Keep(tuple(times), put)


def seals(folder: Path, reps: int) -> dict[str, str]:
    """Return the checkpoints of a batch by their place in its folder, with the checksum of what each says of itself.

    Raises
    ------
    StorageError
        Naming one that says nothing.
    """
    found = [path for k in range(reps) for _, path in checkpoints_of(folder, k)] if (folder / CHECKPOINTS).is_dir() else []
    return {path.relative_to(folder).as_posix(): sha256(read_bytes(path / CHECKPOINT, folder)) for path in found}


def problems_of(folder: Path, told: dict[str, str], identity: dict[int, Identity]) -> Iterator[str]:
    """Say which checkpoints of a batch are missing, changed or of something else, and what stands among them besides."""
    for name, digest in sorted(told.items()):
        place, replication = folder / name, int(name.split("/")[1])
        try:
            if sha256(read_bytes(place / CHECKPOINT, folder)) != digest:
                yield f"{place / CHECKPOINT}: changed since it was written"
            check_checkpoint(place, identity[replication], folder)
        except StorageError as error:
            yield str(error)
    above = folder / CHECKPOINTS
    for path in sorted(above.glob("*/*")) if above.is_dir() else ():
        if path.relative_to(folder).as_posix() not in told:
            yield f"{path}: not of this batch"
