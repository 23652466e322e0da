"""What a model is given when it starts."""

from __future__ import annotations

from dataclasses import dataclass

from sim.engine.clock import Clock
from sim.engine.night import Engine
from sim.engine.recorder import Recorder
from sim.engine.signals import Signals
from sim.kernels.state import Keys
from sim.scenario.schema import Scenario
from sim.world.build import World


@dataclass(frozen=True)
class Context:
    """Clock, world, engine, signals, recorder, and the keys of this replication's streams."""

    clock: Clock
    world: World
    engine: Engine
    signals: Signals
    recorder: Recorder
    key: Keys

    @property
    def scenario(self) -> Scenario:
        """The scenario of the world."""
        return self.world.scenario
