"""Running the degenerate settings: YAML and overrides in, results out, by the public path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgu.engine.run import simulate
from msgu.results import Results
from msgu.scenario.load import load
from msgu.world.build import World, build_world

from tests import SCENARIOS

FOLDER = SCENARIOS / "degenerate"


def world_of(name: str | Path, sets: Sequence[str] = ()) -> World:
    """World of a degenerate setting, named without its ending, or of a file."""
    path = name if isinstance(name, Path) else FOLDER / f"{name}.yaml"
    scenario = load(path, (), sets)
    return build_world(scenario, scenario.seed, scenario.scale)


def run(name: str | Path, sets: Sequence[str] = (), replication: int = 0) -> Results:
    """Load, build and simulate."""
    world = world_of(name, sets)
    return simulate(world, world.seed, replication)


def night(world: World, replication: int) -> Results:
    """Another night of a world."""
    return simulate(world, world.seed, replication)
