"""The bare loop is beaten in each of three runs or not at all, and each property of the graph is priced apart."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from msgu.world.graph.types import NetworkSpec

from benchmarks import cascade_spread, graph
from benchmarks.cascade import Setting

GIVEN: Any = Setting(SimpleNamespace(offsets=np.zeros(1)), np.zeros(1, np.int64), 0.1)  # type: ignore[arg-type]


def found(ours: float, sight: float = 50.0) -> str:
    """What a trial prints."""
    warm = {"ours": ours, "bare": 10.0, "bare keyed": 20.0, "each sight": sight, "fixed": 1.0}
    warm |= {"floor of ours": 2.0, "floor of each sight": 20.0}
    return json.dumps({"warm": warm, "cold": warm})


def test_each_of_three_runs_has_a_ratio_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    trials = iter([found(4.0), found(5.0), found(3.0, 90.0), found(9.0)])
    monkeypatch.setattr(cascade_spread, "printed", lambda *_, **__: next(trials))
    ratios = {one.name.removeprefix("cascade."): one for one in cascade_spread.spread(GIVEN, quick=False)}
    assert [ratios[f"ours-over-bare-run-{n}"].line().split()[-1] for n in (1, 2, 3)] == ["ok", "short", "ok"]
    assert ratios["ours-over-bare-keyed"].value == 5.0 / 20.0
    assert ratios["each-sight-over-bare"].value == 90.0 / 10.0


def test_the_least_of_the_rounds_counts_for_each_exposure(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 6.0, 10.0, 12.0])
    monkeypatch.setattr(time, "process_time", lambda: next(clock))
    assert cascade_spread.least({"a": lambda: 1e9}, 2) == {"a": 2.0}


def test_the_last_property_makes_the_graph_that_is_timed() -> None:
    back = {name for names in graph.PROPERTIES.values() for name in names}
    assert back == set(graph.BARE)
    assert NetworkSpec(10, **{name: value for name, value in graph.BARE.items() if name not in back}) == NetworkSpec(10)
