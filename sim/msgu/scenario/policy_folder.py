"""The policies that lie beside a scenario: each read alone, so that those that exclude each other can stand side by side."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, NamedTuple

from msgu.errors import InputError, Problem
from msgu.scenario import examples
from msgu.scenario.blocks import BEGINNINGS
from msgu.scenario.check import tidy
from msgu.scenario.files import Reader
from msgu.scenario.policy import Layer
from msgu.scenario.yaml.locate import nearest
from msgu.scenario.yaml.merge import leaves
from msgu.scenario.yaml.nodes import Scalar

FOLDER: Final = "policies"
_DATED: Final = frozenset({*BEGINNINGS, "until"})
"""Keys of the schema that say when something begins or ends."""


class Change(NamedTuple):
    """One value that a policy sets: dotted path and text as written."""

    key: str
    text: str


def shelf(scenario: str | Path) -> list[Layer]:
    """Return the policies in ``policies/`` beside a scenario, or in a folder, in the order of their ids.

    Raises
    ------
    InputError
        Where there is no such folder, or a policy in it is wrong: every problem at once.
    """
    given = str(scenario)
    folder = Path(given) if os.path.isdir(given) else Path(examples.scenario_path(given)).parent / FOLDER
    files = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    if not files:
        known = examples.scenarios() if examples.is_name(given) else {}
        allowed = f"a folder with policies, or a scenario beside `{FOLDER}/`" + (f": {', '.join(known)}" if known else "")
        raise InputError([Problem(given, 1, 1, "", "no policies there", allowed, nearest(given, known))])
    problems: list[Problem] = []
    found: dict[str, Layer] = {}
    for file in files:
        reader = Reader(str(file))
        found |= {layer.policy.id: layer for layer in reader.policies([str(file)])}
        problems += reader.problems
    if problems:
        raise InputError(tidy(problems))
    return [found[name] for name in sorted(found)]


def changes(layer: Layer) -> list[Change]:
    """Return every value that a policy sets, in the order written; sources, confidence and notes left out."""
    told = []
    for path, _, node in leaves(layer.apply):
        if path[-1] not in ("source", "confidence", "note"):
            text = node.text if isinstance(node, Scalar) else "[...]"
            told.append(Change(".".join(path), text))
    return told


def dates(layer: Layer) -> list[Change]:
    """Return the times on the clock that a policy sets."""
    return [change for change in changes(layer) if change.key.rsplit(".", 1)[-1] in _DATED]
