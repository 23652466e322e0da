"""The one clock: whoever watches a run hears of each simulated minute, and events of equal time have an order."""

from __future__ import annotations

import time
from itertools import count
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from msgu.engine.clock import Clock, run
from msgu.engine.compiled import CompiledEngine
from msgu.engine.run import run_phenomena
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
    run_phenomena(CompiledEngine(world, 0, keep_log=False), 0, told.append)
    assert told == list(np.arange(0.0, scenario.horizon, 60.0))
    with pytest.raises(Full):
        run_phenomena(CompiledEngine(world, 0, keep_log=False), 0, fail)


def test_events_of_equal_time_come_by_priority_then_by_the_order_given_then_as_they_were_scheduled() -> None:
    clock, happened = Clock(), []
    given = {"c": (2, (1, 0)), "d": (2, (1, 0)), "b": (2, (0, 9)), "a": (1, ())}
    for name, (priority, order) in given.items():
        clock.at(5.0, priority, order).callbacks.append(lambda _, name=name: happened.append((clock.now, name)))
    clock.run()
    assert happened == [(5.0, "a"), (5.0, "b"), (5.0, "c"), (5.0, "d")]


def test_a_dated_event_happens_at_its_time_itself() -> None:
    clock, happened = Clock(initial_time=0.83), []
    assert 0.83 + (1.95 - 0.83) != 1.95
    clock.at(1.95).callbacks.append(lambda _: happened.append(clock.now))
    clock.run()
    assert happened == [1.95]


@pytest.mark.parametrize(("took", "longest"), [(0.001, 3600.0), (0.1, 60.0)])
def test_where_nobody_is_told_stretches_grow_while_they_pass_at_once(
    took: float, longest: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks, ends = count(), [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: took * next(ticks))
    idle: Any = SimpleNamespace(advance=ends.append)
    run(Clock(), idle, 86_400.0, lambda *_: None)
    assert max(np.diff(ends)) == longest
    assert ends[-1] == 86_400.0
