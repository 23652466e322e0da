"""The one clock: who watches a night is told of each simulated minute."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.engine.compiled import Night
from msgu.engine.run import run_models
from msgu.scenario.load import load
from msgu.world.build import build_world

from tests import TOY


def test_progress_is_told_each_simulated_minute_and_its_errors_come_out_as_they_are() -> None:
    class Full(Exception):
        def __init__(self, code: int, name: str) -> None:
            super().__init__(f"{code} {name}")

    def fail(t: float) -> None:
        if t >= 600.0:
            raise Full(28, "disk")

    scenario = load(TOY)
    world = build_world(scenario, scenario.seed, scenario.scale)
    told: list[float] = []
    run_models(Night(world, 0, keep_log=False), 0, told.append)
    assert told == list(np.arange(0.0, scenario.horizon, 60.0))
    with pytest.raises(Full):
        run_models(Night(world, 0, keep_log=False), 0, fail)
