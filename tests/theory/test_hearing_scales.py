"""A small city at full size, at 1/10 and at 1/100: who hears of shelter, and how many offer it, are the same on average."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from msgu.engine.run import simulate
from msgu.measure.metrics import values
from msgu.measure.view import Night
from msgu.scenario.load import load
from msgu.world.build import build_world
from scipy import stats

from tests.theory.judge import LEVEL, holm

NIGHTS = {"1": 3, "1/10": 16, "1/100": 60}
"""Nights at each scale, each in a world of its own."""
METRICS = ("accounts_heard()", "stranded_heard()", "offers()")
TEXT = """
msgu: 1
id: scales
title: {fr: "Une ville à trois échelles", en: "A city at three scales"}
start: "2030-01-01T20:00:00+00:00"
horizon: 3 h
places:
  zones:
    town: {kind: arrondissement, population: 8000, lat: 48.0, lon: 2.0, adjacent: [suburb]}
    suburb: {kind: commune, population: 8000, lat: 48.2, lon: 2.0, adjacent: [town]}
  provenance:
    zones: {source: invented}
network: {accounts: 8000, mean_follows: 8, shares: {town: 1, suburb: 1}}
attention: {seeing: 0.3, half_load: null}
topics:
  abri: {infectiousness: 0, kinds: {information: 1}, delay: {law: fixed, value: 1 s}}
drivers:
  posts: {topic: abri, at: T+10 min, until: T+150 min, volume: 1500}
broadcasts:
  radio: {at: T+30 min, audience: 0.1, rise: 1 min, decay: 20 min, shelter: true}
outings:
  theatre: {people: 1000, zone: town, leaves: T+20 min, spread: 5 min}
going_home: {homes: {suburb: 1}, accept_walk: 1 min, taxi: 0, patience: {law: fixed, value: 20 h}}
shelter:
  topic: abri
  seekers: 0
  host_zones: {town: 1}
  hearing: {offers: 0.2, meets: 30 min}
"""


@cache
def _found(folder: Path, scale: str) -> np.ndarray:
    """Metrics of each night at a scale, shape (nights, metrics)."""
    file = folder / "scales.yaml"
    file.write_text(TEXT, encoding="utf-8")
    scenario, rows = load(file, (), [f"scale={scale}"]), []
    for seed in range(1, NIGHTS[scale] + 1):
        night = Night(scenario, simulate(build_world(scenario, seed, scenario.scale), seed, 0))
        rows.append([values.metric_value(metric, night, None) for metric in METRICS])
    return np.array(rows)


def _differ(folder: Path, factor: float = 1.0) -> list[int]:
    """Which of the means differ from those at full size; `factor` plants that less is heard at the other scales."""
    whole, p_values = _found(folder, "1"), []
    for scale in ("1/10", "1/100"):
        p_values += [float(p) for p in stats.ttest_ind(_found(folder, scale) * factor, whole, equal_var=False).pvalue]
    return holm(p_values, LEVEL)


def test_means_of_hearing_do_not_depend_on_scale(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("scales")
    assert _differ(folder) == []
    assert _differ(folder, 0.8)
    for column in range(len(METRICS)):
        spreads = [float(_found(folder, scale)[:, column].std()) for scale in ("1/10", "1/100")]
        assert spreads[1] > spreads[0]  # clones of few residents hear at once
