"""What a process is given when it starts."""

from __future__ import annotations

from dataclasses import dataclass

from msgu.engine.clock import Clock
from msgu.engine.compiled import Engine
from msgu.engine.signals import Signals
from msgu.kernels.state import Keys
from msgu.scenario.schema.root import Scenario
from msgu.world.build import World


@dataclass(frozen=True)
class Context:
    """Clock, world, engine, signals, and the keys of this replication's streams."""

    clock: Clock
    world: World
    engine: Engine
    signals: Signals
    key: Keys

    @property
    def scenario(self) -> Scenario:
        """The scenario of the world."""
        return self.world.scenario
