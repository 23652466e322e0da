"""A scenario whose numbers a measure has multiplied."""

from __future__ import annotations

from typing import Any

from msgu.scenario.schema.root import Scenario


def turned(scenario: Scenario, factors: dict[str, float]) -> Scenario:
    """Return a scenario in which the setting at each dotted path is multiplied; ``*`` is each of a mapping."""
    for path, factor in factors.items():
        scenario = _times(scenario, path.split("."), factor)
    return scenario


def _times(block: Any, path: list[str], factor: float) -> Any:
    if block is None or not path:
        return None if block is None else block * factor
    head, *rest = path
    if head == "*":
        return {key: _times(value, rest, factor) for key, value in block.items()}
    return block.model_copy(update={head: _times(getattr(block, head), rest, factor)})
