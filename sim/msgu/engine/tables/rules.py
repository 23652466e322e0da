"""When rules went on and off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from msgu.engine.compiled import CompiledEngine
from msgu.results import Columns
from msgu.world.build import World


class RuleChange(NamedTuple):
    """A rule goes on or off at a time, or lacks people, by what was seen at a look and what was true then."""

    time: float
    rule: int
    what: int
    looked: float
    true: float
    seen: float


def rules(_: CompiledEngine, changes: list[RuleChange] | None) -> Columns | None:
    """One row for each change; no table where there is no rule."""
    return None if changes is None else {name: [getattr(one, name) for one in changes] for name in RuleChange._fields}  # type: ignore[misc]


COUNTED: Final[dict[str, Callable[[CompiledEngine, Any], Columns | None]]] = {"rules": rules}


def names(world: World) -> dict[str, list[str]]:
    """Names of the rules, where there are any."""
    return {"rules": sorted(world.scenario.rules)} if world.scenario.rules else {}
