"""The edge list that a scenario names: found by its digest, beside the scenario, in the store or in the working folder.

A scenario travels to workers and into results as text, without the place of its edge list.
So what is to be run is first kept in the store under its digest.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgu.disk import open_file
from msgu.errors import InputError, Problem, StorageError
from msgu.scenario.edge_list import MOST_BYTES, content_digest
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.social import Network
from msgu.world.graph import store


def _kept(digest: str) -> Path:
    return store.folder().parent / "edge-lists" / digest


def _places(network: Network) -> Iterator[tuple[Path, Path | None]]:
    """Where the edge list of a scenario may lie, the likeliest first, and the folder that it must not lead out of."""
    if network._place.path:
        yield Path(network._place.path), Path(network._place.path).parent
    if network.edge_list_sha256:
        yield _kept(network.edge_list_sha256), None
    if network.edge_list:
        yield Path(network.edge_list), Path()


def _has(place: Path, digest: str | None, within: Path | None = None) -> bool:
    try:
        found = content_digest(place, within)
    except OSError:
        return False
    return digest in (None, found)


def find(network: Network) -> Path:
    """Return the edge list that a scenario names: the first place whose content has the scenario's digest.

    Raises
    ------
    InputError
        There is none.
    """
    for place, within in _places(network):
        if _has(place, network.edge_list_sha256, within):
            return place
    wanted = f" with SHA-256 {network.edge_list_sha256[:16]}..." if network.edge_list_sha256 else ""
    raise InputError([
        Problem(
            str(network.edge_list), 1, 1, "network.edge_list", "no such edge list, or one that has changed",
            f"an edge list{wanted} beside the scenario, in the store or in the working folder",
        )
    ])  # fmt: skip


def keep(scenario: Scenario) -> None:
    """Keep a scenario's edge list in the store, so that workers and replays find it; a folder is kept by a link.

    Raises
    ------
    InputError
        There is no such edge list.
    StorageError
        The store cannot be written.
    """
    network = scenario.network
    if network is None or network.edge_list is None or network.edge_list_sha256 is None:
        return
    kept, found = _kept(network.edge_list_sha256), find(network)
    if _has(kept, network.edge_list_sha256):
        return
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as room:
            part = Path(room) / "part"
            if found.is_dir():
                part.symlink_to(found.absolute(), target_is_directory=True)
            else:
                with open_file(found, MOST_BYTES) as source, open(part, "xb") as target:
                    shutil.copyfileobj(source, target)
            os.replace(part, kept)
    except OSError as error:
        raise StorageError(f"the edge list cannot be kept in {kept.parent}: {error.strerror or error}") from error
