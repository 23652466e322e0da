"""In which settings two scenarios differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgu.scenario.schema.root import Scenario


def differing(before: Scenario, after: Scenario) -> list[str]:
    """Return the dotted paths of the settings in which two scenarios differ, in order."""
    return sorted(set(_paths(before.model_dump(mode="json"), after.model_dump(mode="json"), "")))


def _paths(before: Any, after: Any, above: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            if key not in before or key not in after:
                yield f"{above}{key}"
            else:
                yield from _paths(before[key], after[key], f"{above}{key}.")
    elif before != after:
        yield above.removesuffix(".")
