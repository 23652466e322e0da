"""A study file, its scenario, and the scenario at a point of its parameters."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence as Row
from dataclasses import dataclass
from typing import Any, Final

from msgu.errors import InputError, Loc, Problem
from msgu.scenario.blocks import IDLE
from msgu.scenario.check import tidy
from msgu.scenario.files import names_yaml, read_whole
from msgu.scenario.load import Check, resolve
from msgu.scenario.schema.root import Scenario
from msgu.scenario.study.calibration_schema import CalibrationStudy, Parameter
from msgu.scenario.yaml.locate import placed
from msgu.scenario.yaml.nodes import Mapping

_SEGMENT: Final = re.compile(r'"([^"]+)"|([^."=\s\[\]]+)')
_OF_A_RUN: Final = ("horizon", "record", "scale", "seed")
_SET: Final = re.compile(r"--set\[(\d+)\]")


@dataclass(frozen=True)
class CalibrationStudyFile:
    """A study as read, with its scenario and the files that were read.

    scenario : path of the scenario. base : as resolved, with the study's overrides and its reading of the peak.
    """

    path: str
    study: CalibrationStudy
    scenario: str
    base: Scenario
    files: tuple[tuple[str, str], ...]

    def sets(self, values: Dictionary[str, float]) -> list[str]:
        """Return the overrides that put the parameters at some values; what the study fixes is what factors count from."""
        free = [text for _, text in _free(self.study, values, _numbers(self.base))]
        moved = {tuple(segments(text.split("=", 1)[0])) for text in free}
        return [*(text for text in _fixed(self.study) if tuple(segments(text.split("=", 1)[0])) not in moved), *free]

    def at(self, values: Dictionary[str, float], scale: float | None = None, seed: int | None = None) -> Scenario:
        """Return the scenario with the parameters at some values."""
        made = resolve(self.scenario, (), self.sets(values)).scenario
        return made.model_copy(update={k: v for k, v in (("scale", scale), ("seed", seed)) if v is not None})

    def overlay(self, values: Dictionary[str, float]) -> dict[str, Any]:
        """Return the part of a scenario that puts it where the study had it, parameters at some values, as nested keys.

        How long and how large a run is, and what it keeps, stays the scenario's.
        """
        tree: dict[str, Any] = {}
        fixed = [text for text in self.study.set if segments(text.split("=", 1)[0])[0] not in _OF_A_RUN]
        for text in (*fixed, *(text for _, text in _free(self.study, values, _numbers(self.base)))):
            key, value = text.split("=", 1)
            at = tree
            *above, last = segments(key)
            for part in above:
                at = at.setdefault(part, {})
            at[last] = value
        if self.study.reading:
            tree.setdefault("evidence", {})["peak_reading"] = self.study.reading
        return tree

    def idle(self) -> frozenset[str]:
        """Return the parameters that change nothing in a night of posts alone."""
        free = self.study.parameters.items()
        return frozenset(n for n, p in free if all(segments(key)[0] in IDLE for key in (p.key, *p.also)))


def segments(key: str) -> list[str]:
    """Return the parts of a key path; a part that holds a dot stands between double quotes."""
    return [quoted or plain for quoted, plain in _SEGMENT.findall(key)]


def read_study(path: str, checks: Row[Check] = ()) -> CalibrationStudyFile:
    """Read a study and its scenario; `checks` are those of rooms above, asked of the scenario.

    Raises
    ------
    InputError
        With every problem found, each where it stands; a wrong key path or bound at its parameter.
    """
    study, tree, files = read_whole(path, CalibrationStudy)
    scenario = os.path.normpath(os.path.join(os.path.dirname(path), study.scenario))
    if not names_yaml(path, study.scenario) or not os.path.isfile(scenario):
        missing = (("scenario",), f"`{study.scenario}`: no such YAML file", "a scenario file, from this folder on", "")
        raise InputError(placed(tree, [missing]))
    resolved = resolve(scenario, (), _fixed(study), checks)
    found = CalibrationStudyFile(path, study, scenario, resolved.scenario, (*resolved.files, *sorted(files.items())))
    _check(found, tree)
    return found


def _fixed(study: CalibrationStudy) -> list[str]:
    return [*study.set, *([f"evidence.peak_reading={study.reading}"] if study.reading else [])]


def _numbers(base: Scenario) -> dict[str, Any]:
    return base.model_dump(mode="json")


def _free(
    study: CalibrationStudy, values: Dictionary[str, float], base: dict[str, Any]
) -> list[tuple[tuple[str, str], str]]:
    """Return parameter and key path of each override, and its text; the order is that of the study."""
    found = []
    for name, parameter in study.parameters.items():
        for key in (parameter.key, *parameter.also):
            found.append(((name, key), f"{key}={_written(parameter, values[name], _there(base, key))}"))
    return found


def _written(parameter: Parameter, value: float, there: object) -> str:
    if parameter.sets == "factor":
        value *= float(there) if isinstance(there, int | float) and not isinstance(there, bool) else float("nan")
        return f"{value:.9g}"
    return f"{value:.9g} {parameter.unit}".rstrip()


def _there(base: dict[str, Any], key: str) -> object:
    at: object = base
    for part in segments(key):
        at = at.get(part) if isinstance(at, dict) else None
    return at


def _check(file: CalibrationStudyFile, tree: Mapping) -> None:
    """Refuse key paths that lead nowhere, factors on what is no number, bounds and targets that the scenario refuses."""
    found: list[tuple[Loc, str, str, str]] = []
    base = _numbers(file.base)
    for name, parameter in file.study.parameters.items():
        for key, loc in _places(name, parameter):
            there = _there(base, key)
            if there is None or isinstance(there, dict | list):
                found.append((loc, f"`{key}`", "a key path to a value of the scenario", ""))
            elif parameter.sets == "factor" and (isinstance(there, bool) or not isinstance(there, int | float)):
                found.append((loc, f"`{key}`, which is {there!r}", "a number, for a factor", "sets: value"))
    figures = file.base.evidence.figures
    for i, target in enumerate(file.study.targets):
        if target not in figures:
            found.append((("targets", i), f"`{target}`", "a figure of the evidence: " + ", ".join(sorted(figures)), ""))
    if not found:
        for end in ("low", "high"):
            found += _refused(file, end)
    if found:
        raise InputError(tidy(placed(tree, found)))


def _places(name: str, parameter: Parameter) -> list[tuple[str, Loc]]:
    also: list[tuple[str, Loc]] = [(key, ("parameters", name, "also", i)) for i, key in enumerate(parameter.also)]
    return [(parameter.key, ("parameters", name, "key")), *also]


def _refused(file: CalibrationStudyFile, end: str) -> list[tuple[Loc, str, str, str]]:
    """Return what the scenario refuses where every parameter is at one end of its prior."""
    values = {name: float(getattr(p.prior, end)) for name, p in file.study.parameters.items()}
    owners = [name for (name, _), _ in _free(file.study, values, _numbers(file.base))]
    fixed = len(file.sets(values)) - len(owners)
    try:
        file.at(values)
    except InputError as error:
        return [_blamed(problem, owners, fixed, end) for problem in error.problems]
    return []


def _blamed(problem: Problem, owners: list[str], fixed: int, end: str) -> tuple[Loc, str, str, str]:
    match = _SET.fullmatch(problem.path)
    n = int(match[1]) - 1 - fixed if match else -1
    if 0 <= n < len(owners):
        return ("parameters", owners[n], "prior", end), f"{problem.key}: {problem.given}", problem.allowed, ""
    return ("parameters",), f"at the {end} ends: {problem.key}: {problem.given}", problem.allowed, ""
