"""What people make of messages that ask for action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from msgu.engine.compiled import CompiledEngine
from msgu.engine.tables.sparse import many_columns, one_column
from msgu.results import Columns
from msgu.scenario.schema.warnings import ACTIONS
from msgu.world.build import World

GROUPS: Final = ("home", "out")
STEPS: Final = ("heard", "understood", "asked", "called", "read", "believed")
CALL: Final = ACTIONS.index("call")


def warned(night: CompiledEngine) -> Columns | None:
    """Steps on the way to action, by bin, zone, message and group; a person with a phone stands for its clones."""
    if not night.world.scenario.warnings:
        return None
    steps = night.warned.steps.copy()
    steps[:, :, :, 0] *= night.world.clones
    return many_columns(steps, ("bin", "zone", "message", "group"), STEPS)


def heeded(night: CompiledEngine) -> Columns | None:
    """Actions by bin, zone, message, group and action; clones call one by one, and are counted so."""
    if not night.world.scenario.warnings:
        return None
    acts = night.warned.acts.copy()
    acts[:, :, :, 0, np.arange(len(ACTIONS)) != CALL] *= night.world.clones
    return one_column(acts, ("bin", "zone", "message", "group", "action"), "count")


TABLES: Final[dict[str, Callable[[CompiledEngine], Columns | None]]] = {"warned": warned, "heeded": heeded}


def names(world: World) -> dict[str, list[str]]:
    """Names of messages, of the groups that they meet and of actions, where there are messages."""
    messages = sorted(world.scenario.warnings)
    return {"messages": messages, "groups": list(GROUPS), "actions": list(ACTIONS)} if messages else {}
