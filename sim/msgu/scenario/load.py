"""Files, policies and overrides to one checked scenario; every problem at once, each with its place.

The order of the layers is in `merge`: extended file < this file < policies < ``--set``.
A scenario may name other files under its own folder, and nothing else:

- ``extends: other.yaml`` lays this file over another one;
- ``places: NAME`` stands for the content of ``places/NAME.yaml``, and ``evidence: NAME`` for that of
  ``evidence/NAME.yaml``;
- ``network.edge_list: NAME`` is a file or folder beside this file; the scenario holds its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable
from collections.abc import Sequence as Row
from dataclasses import dataclass
from pathlib import Path

from msgu.errors import InputError, InputWarning, Loc, Problem
from msgu.scenario.cautions.all import CAUTIONS
from msgu.scenario.check import fresh, tidy, validate
from msgu.scenario.edge_list import find_edge_list
from msgu.scenario.files import Reader
from msgu.scenario.policy import Layer
from msgu.scenario.schema.root import Scenario
from msgu.scenario.yaml.locate import placed
from msgu.scenario.yaml.merge import emptied, merge, read_sets, strangers
from msgu.scenario.yaml.nodes import Mapping

Check = Callable[[Scenario], list[tuple[Loc, str, str, str]]]
"""What another room finds wrong with a scenario: location, what was given, what is allowed, nearest fix."""


@dataclass(frozen=True)
class Resolved:
    """A scenario with what it was made of.

    Parameters
    ----------
    scenario
        The checked scenario.
    policies
        Policies laid over it, in the order of their ids.
    files
        Each file read, as named by the user or found from there, with the SHA-256 of its bytes.
    """

    scenario: Scenario
    policies: tuple[Layer, ...]
    files: tuple[tuple[str, str], ...]


def load(path: str | Path, policies: Row[str | Path] = (), sets: Row[str] = ()) -> Scenario:
    """Read and check a scenario.

    Parameters
    ----------
    path
        Scenario file, or the name of an example such as ``toy`` (`msgu.scenario.examples`).
    policies
        Policy files, or names of files in ``policies/`` beside the scenario or among the examples.
    sets
        Overrides such as ``closures.line-5.until=22:10``.

    Raises
    ------
    InputError
        With every problem found.

    Warns
    -----
    InputWarning
        For each thing that is accepted though a reader may be misled by it.
    """
    return resolve(path, policies, sets).scenario


def overrides(sets: Row[str] | None, **given: object) -> list[str]:
    """Return overrides ``key=value``: those of `sets`, then each of `given` that is not None, in its order."""
    return [*(sets or ()), *(f"{name}={value}" for name, value in given.items() if value is not None)]


def resolve(path: str | Path, policies: Row[str | Path] = (), sets: Row[str] = (), checks: Row[Check] = ()) -> Resolved:
    """Read and check a scenario, and say which files and policies it was made of; arguments as for `load`.

    `checks` are those of rooms above, asked once the scenario is right in itself; their problems get their places too.
    What is right but may mislead (`msgu.scenario.cautions.all`) is warned of with its place.
    """
    reader = Reader(str(path))
    tree, layers = _layered(reader, policies, sets)
    scenario, wrong = validate(tree, Scenario)
    problems: list[Problem] = [*reader.problems, *fresh(wrong, reader.problems)]
    if scenario is not None:
        scenario, edges, unfound = find_edge_list(scenario, reader.folder)
        problems += placed(tree, unfound)
        if edges and scenario.network is not None and scenario.network.edge_list_sha256:
            reader.files[edges] = scenario.network.edge_list_sha256
        for check in checks:
            problems += placed(tree, check(scenario))
    if problems or scenario is None:
        raise InputError(tidy(problems))
    for caution in tidy(placed(tree, (found for find in CAUTIONS for found in find(scenario, tree)))):
        warnings.warn(InputWarning(caution), stacklevel=3)
    return Resolved(scenario, tuple(layers), tuple(sorted(reader.files.items())))


def _layered(reader: Reader, policies: Row[str | Path], sets: Row[str]) -> tuple[Mapping, list[Layer]]:
    """Return the tree of a scenario with its policies and overrides laid over it, and the policies."""
    tree = reader.scenario()
    layers = reader.policies([str(policy) for policy in policies])
    overrides, bad_sets = read_sets([str(text) for text in sets])
    reader.problems += bad_sets
    if tree is None:
        raise InputError(tidy(reader.problems))
    for layer in layers:
        reader.lay_over(tree, layer)
        reader.problems += [*strangers(tree, layer.apply, Scenario), *emptied(tree, layer.apply)]
        tree = merge(tree, layer.apply)
    reader.problems += [*strangers(tree, overrides, Scenario), *emptied(tree, overrides)]
    tree = reader.expand(merge(tree, overrides))
    if reader.broken:
        raise InputError(tidy(reader.problems))
    return tree, layers


def canonical(scenario: Scenario) -> str:
    """Return the scenario as one line of JSON, every field written out: one scenario, one text."""
    return json.dumps(scenario.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(scenario: Scenario) -> str:
    """Return the SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(scenario).encode()).hexdigest()
