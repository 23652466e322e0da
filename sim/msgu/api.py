"""One night from Python, in memory."""

from __future__ import annotations

from dataclasses import replace

from msgu.engine.run import simulate
from msgu.results import Results
from msgu.scenario.schema.root import Scenario
from msgu.world.build import build_world


def run(scenario: Scenario, replication: int = 0) -> Results:
    """Build the world of a scenario at its own seed and scale, and simulate one replication.

    Raises
    ------
    RefusedError
        Where the scenario is too large for one machine.
    ReplicationError
        Where the night itself fails.
    """
    world = build_world(scenario, scenario.world_seed(replication), scenario.scale)
    return replace(simulate(world, world.seed, replication), graph_digest=world.graph_digest)
