"""A tree against the schema: all problems at once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from msgu.errors import Loc, Problem, SchemaProblem
from msgu.scenario.yaml.locate import find, is_model, problems_of, type_at
from msgu.scenario.yaml.nodes import Mapping, Node, Scalar, Sequence, shorten, to_plain
from msgu.units import in_zone, parse_instant, parse_zone

Model = TypeVar("Model", bound=BaseModel)

_LOOKS = 4
_PLACEHOLDERS: dict[str, object] = {
    "msgu": 1, "id": "x", "title": {"fr": "x", "en": "x"}, "start": "2000-01-01T00:00:00Z", "horizon": "1 s",
}  # fmt: skip
"""What stands, in the second look, for a required field at the root of a scenario that is wrong itself."""


def validate(tree: Mapping, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """Check a tree against a model.

    References are checked by the schema only once every field is right.
    To report both at once, what is wrong is left out and the rest is looked at again.
    Of that second look only wrong references that cannot come from what was left out are reported.

    Returns
    -------
    The model, or None, and the problems.
    """
    made, errors = _attempt(tree, model)
    if made is not None:
        return made, []
    problems = problems_of(errors, tree, model)
    removed: set[str] = set()
    placeholders: dict[str, object] = {}
    for _ in range(_LOOKS):
        pruned = _without(tree, errors, model, removed, placeholders)
        if pruned is None:
            break
        tree = pruned
        made, errors = _attempt(tree, model, placeholders)
        problems += [problem for problem in problems_of(errors, tree, model) if _is_reference(problem, tree, removed)]
        if made is not None:
            break
    return None, problems


def _attempt(
    tree: Mapping, model: type[Model], more: dict[str, object] | None = None
) -> tuple[Model | None, list[ErrorDetails]]:
    plain = {key: to_plain(value) for key, value in tree.values.items()}
    try:
        return model.model_validate_json(json.dumps(plain | (more or {})), context={"start": _start(tree)}), []
    except ValidationError as error:
        return None, error.errors(include_url=False, include_input=False)


def _start(tree: Mapping) -> datetime | None:
    """Return the scenario's start in its time zone, which times on the clock are read from; None when one is itself wrong."""
    node, place = tree.values.get("start"), tree.values.get("time_zone")
    try:
        name = parse_zone(place.value) if isinstance(place, Scalar) and place.value is not None else None
        return in_zone(parse_instant(node.value), name) if isinstance(node, Scalar) else None
    except SchemaProblem:
        return None


# ---- the second look ----


def _without(
    tree: Mapping,
    errors: Iterable[ErrorDetails],
    model: type[BaseModel],
    removed: set[str],
    placeholders: dict[str, object],
) -> Mapping | None:
    """Return the tree without what is wrong, or None when it cannot be left out.

    `removed` takes the keys left out, `placeholders` what stands for required fields at the root.
    """
    pruned = _copy(tree)
    for error in errors:
        cause = error.get("ctx", {}).get("error")
        belows: list[Loc] = [below for below, *_ in cause.problems] if isinstance(cause, SchemaProblem) else [()]
        for below in belows:
            loc = (*error["loc"], *below)
            if not _prune(pruned, loc, model, removed):
                if not loc or loc[0] not in _PLACEHOLDERS or "id" not in model.model_fields:
                    return None
                placeholders[str(loc[0])] = _PLACEHOLDERS[str(loc[0])]
    return pruned


def _copy(tree: Mapping) -> Mapping:
    values = {key: _copy(value) if isinstance(value, Mapping) else value for key, value in tree.values.items()}
    return Mapping(tree.spot, dict(tree.keys), values)


def _prune(tree: Mapping, loc: Loc, model: type[BaseModel], removed: set[str]) -> bool:
    """Delete the smallest part around a location that the schema can do without."""
    for end in range(len(loc), 0, -1):
        parent, key = find(tree, loc[: end - 1]), str(loc[end - 1])
        block = type_at(model, loc[: end - 1])
        there = isinstance(parent.node, Mapping) and not parent.missing and key in parent.node.values
        if isinstance(parent.node, Mapping) and there and _dispensable(block, key):
            removed.update(_keys_below(parent.node.values.pop(key)), {key})
            del parent.node.keys[key]
            return True
    return False


def _dispensable(block: Any, key: str) -> bool:
    if not is_model(block):
        return get_origin(block) is dict
    info = block.model_fields.get(key)
    return info is None or not info.is_required()


def _keys_below(node: Node) -> set[str]:
    if isinstance(node, Mapping):
        return set(node.values).union(*(_keys_below(value) for value in node.values.values()))
    return set().union(*(_keys_below(item) for item in node.items)) if isinstance(node, Sequence) else set()


def _is_reference(problem: Problem, tree: Mapping, removed: set[str]) -> bool:
    """Return whether a problem of the second look is a reference to something that was never there."""
    found = find(tree, tuple(int(part) if part.isdigit() else part for part in problem.key.split(".")))
    named = found.node.text if isinstance(found.node, Scalar) else (found.path[-1] if found.path else "")
    return problem.given == repr(named) and named not in removed


# ---- what the user sees ----


def fresh(problems: Iterable[Problem], known: Iterable[Problem]) -> list[Problem]:
    """Return the problems at places where none is known yet: one cause, one line."""
    taken = {(problem.path, problem.line, problem.col) for problem in known}
    return [problem for problem in problems if (problem.path, problem.line, problem.col) not in taken]


def tidy(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems, printable, each once, in the order of their places."""
    seen: dict[tuple[str, int, int, str], Problem] = {}
    for problem in problems:
        clean = replace(
            problem,
            path=shorten(problem.path, 400),
            key=shorten(problem.key, 200),
            given=shorten(problem.given, 300),
            allowed=shorten(problem.allowed, 1500),
            nearest=shorten(problem.nearest, 200),
        )
        seen.setdefault((clean.path, clean.line, clean.col, clean.given), clean)
    return sorted(seen.values())
