"""The plan of a comparison as its folder keeps it, so that the folder alone can be read, shown and completed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from msgu.errors import StorageError
from msgu.measure.view import Window
from msgu.results.files import read_bytes, read_sealed, replace_files, seal, sha256
from msgu.scenario.load import digest
from msgu.scenario.policy import Policy
from msgu.scenario.policy_folder import Change
from msgu.scenario.study.comparison import Selecting
from msgu.study.batch.plan import scenario_bytes, scenario_of
from msgu.study.comparison.outcomes import Outcome
from msgu.study.comparison.plan import Choice, Plan, PlannedReading

FORMAT: Final = 2
FILE: Final = "plan.json"
SCENARIOS: Final = "scenarios"


def is_comparison(folder: Path) -> bool:
    """Return whether a folder keeps the plan of a comparison."""
    return (folder / FILE).is_file()


def keep(plan: Plan, folder: Path) -> None:
    """Write a plan into the folder of its comparison: ``plan.json``, and each scenario under its digest.

    Raises
    ------
    StorageError
        Where the folder cannot be written.
    """
    every = [choice for one in (plan, *plan.under()) for choice in one.choices]
    scenarios = {f"{choice.sha256[:16]}.json": scenario_bytes(choice.scenario) for choice in every}
    replace_files(folder / SCENARIOS, scenarios)
    replace_files(folder, {FILE: seal(_facts(plan, {name: sha256(data) for name, data in scenarios.items()}))})


def _facts(plan: Plan, files: dict[str, str]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "id": plan.id,
        "question": {"fr": plan.fr, "en": plan.en},
        "reps": plan.reps,
        "select": plan.select.model_dump() if plan.select else None,
        "words": list(plan.words),
        "choices": [_choice_facts(choice) for choice in plan.choices],
        "readings": [
            {
                "id": one.id,
                "title": {"fr": one.fr, "en": one.en},
                "reps": one.reps,
                "changes": [list(change) for change in one.changes],
                "choices": [_choice_facts(choice) for choice in one.choices],
            }
            for one in plan.readings
        ],
        "outcomes": [{**asdict(outcome), "window": list(outcome.window)} for outcome in plan.outcomes],
        "files": files,
    }


def _choice_facts(choice: Choice) -> dict[str, Any]:
    return {
        "id": choice.id,
        "title": {"fr": choice.fr, "en": choice.en},
        "sha256": choice.sha256,
        "policies": [policy.model_dump() for policy in choice.policies],
        "changes": [list(change) for change in choice.changes],
    }


def read(folder: Path) -> Plan:
    """Read the plan that a folder keeps.

    Raises
    ------
    StorageError
        Where it is missing, changed, or of another version of the program.
    """
    told = read_sealed(folder / FILE)
    if told.get("format") != FORMAT:
        raise StorageError(f"{folder / FILE}: not a plan of format {FORMAT}")
    try:
        return Plan(
            told["id"],
            told["question"]["fr"],
            told["question"]["en"],
            tuple(_choice(folder, one, told["files"]) for one in told["choices"]),
            tuple(_outcome(one) for one in told["outcomes"]),
            told["reps"],
            Selecting.model_validate(told["select"]) if told["select"] else None,
            tuple(told["words"]),
            tuple(_reading(folder, one, told["files"]) for one in told["readings"]),
        )
    except (KeyError, TypeError, ValidationError):
        raise StorageError(f"{folder / FILE}: not a plan of this version of the program") from None


def _reading(folder: Path, told: dict[str, Any], files: dict[str, str]) -> PlannedReading:
    choices = tuple(_choice(folder, one, files) for one in told["choices"])
    changes = tuple(Change(*change) for change in told["changes"])
    return PlannedReading(told["id"], told["title"]["fr"], told["title"]["en"], choices, told["reps"], changes)


def _choice(folder: Path, told: dict[str, Any], files: dict[str, str]) -> Choice:
    name = f"{told['sha256'][:16]}.json"
    path = folder / SCENARIOS / name
    data = read_bytes(path, folder)
    if sha256(data) != files[name]:
        raise StorageError(f"{path}: changed since it was written")
    scenario = scenario_of(data, path)
    if digest(scenario) != told["sha256"]:
        raise StorageError(f"{path}: its digest is not the plan's; made by another version of the program")
    policies = tuple(Policy.model_validate(policy) for policy in told["policies"])
    changes = tuple(Change(*change) for change in told["changes"])
    return Choice(told["id"], told["title"]["fr"], told["title"]["en"], scenario, told["sha256"], policies, changes)


def _outcome(told: dict[str, Any]) -> Outcome:
    return Outcome(**{**told, "window": Window(*told["window"]), "constrained": tuple(told["constrained"])})
