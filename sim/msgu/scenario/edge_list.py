"""The edge list that a scenario names: found beside the scenario, and known by its content from then on."""

from __future__ import annotations

import hashlib
import os
from typing import Final

from msgu.disk import open_file
from msgu.errors import Loc
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.social import Place
from msgu.scenario.yaml.locate import nearest

_NAME: Final[Loc] = ("network", "edge_list")
_DIGEST: Final[Loc] = ("network", "edge_list_sha256")


MOST_BYTES: Final = 8e9
"""Largest edge list, or file of a kept graph, that is read [bytes]: a machine of 24 GiB holds no more of its ties."""


def content_digest(path: str | os.PathLike[str], within: str | os.PathLike[str] | None = None) -> str:
    """SHA-256 of an edge list; of its `graph.json`, which holds checksums of the rest, for a folder of a kept graph.

    `within` : folder that it must not lead out of, if any.

    Raises
    ------
    OSError
        The file cannot be read, is no regular file, too large or outside, or the folder holds no graph.
    """
    file = os.path.join(path, "graph.json") if os.path.isdir(path) else path
    with open_file(file, MOST_BYTES, within) as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def find_edge_list(scenario: Scenario, folder: str) -> tuple[Scenario, str, list[tuple[Loc, str, str, str]]]:
    """Return the scenario with the digest and the place of its edge list, the path as shown, and what is wrong.

    The place does not belong to the scenario as written or digested: it is a note for this process.

    Parameters
    ----------
    folder
        Folder of the scenario file, as named by the user; empty for the working folder.
    """
    network = scenario.network
    if network is None or network.edge_list is None:
        wrong = [] if network is None or network.edge_list_sha256 is None else [
            (_DIGEST, "a digest", "nothing where no edge list is named", "add `edge_list:`")
        ]  # fmt: skip
        return scenario, "", wrong
    shown = os.path.join(folder, network.edge_list)
    try:
        found = content_digest(shown, folder or ".")
    except OSError as error:
        given = f"`{shown}`: {(error.strerror or 'not a file').lower()}"
        return scenario, shown, [(_NAME, given, "an edge list beside the scenario", _near(folder, network.edge_list))]
    if network.edge_list_sha256 not in (None, found):
        return scenario, shown, [(_DIGEST, "another file's SHA-256", f"that of `{shown}`", found)]
    pinned = network.model_copy(update={"edge_list_sha256": found})
    pinned._place = Place(os.path.abspath(shown))
    return scenario.model_copy(update={"network": pinned}), shown, []


def _near(folder: str, name: str) -> str:
    try:
        return nearest(name, os.listdir(folder or ".")[:1000])
    except OSError:
        return ""
