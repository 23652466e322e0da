"""What a process is given when it starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgu import streams
from msgu.engine.clock import Clock
from msgu.engine.levers import Lever
from msgu.engine.protocol import Engine
from msgu.engine.signals import Signals
from msgu.kernels.arrays.run import Keys
from msgu.scenario.schema.root import Scenario
from msgu.world.build import World


@dataclass(frozen=True)
class Context:
    """Clock, world, engine, signals, number of the replication, keys of the streams that kernels share, and measures."""

    clock: Clock
    world: World
    engine: Engine
    signals: Signals
    replication: int
    key: Keys
    levers: Sequence[Lever]

    @property
    def scenario(self) -> Scenario:
        """The scenario of the world."""
        return self.world.scenario

    def stream(self, stream: streams.Stream) -> int:
        """64-bit key of a stream that a phenomenon has for itself."""
        return streams.key(self.world.seed, self.replication, stream)
