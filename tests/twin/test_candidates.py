"""Accounts that can no longer cross their threshold are left out: that changes no event, and a bound too low would."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from msgu.engine.arrays import social
from msgu.engine.arrays.topics import curve_to_come
from msgu.engine.compiled import CompiledEngine
from msgu.engine.run import run_phenomena
from msgu.engine.tables.log import event_log
from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario
from msgu.world.build import build_world

from tests import TOY
from tests.twin.run import same_bytes

CURVES = [([1.0], 0.0), ([1.0, 0.5, 0.0], 1.2), ([1.0, 1.8], 1.0), ([1.0, 1.6, 1.2], 1.5), ([0.0, 2.0, 1.0], 3.0)]


def toy(*sets: str) -> Scenario:
    return load(TOY, (), list(sets))


@pytest.mark.parametrize(("first", "tail"), CURVES)
def test_what_a_curve_can_still_add_up_to_is_above_every_sum_and_not_far(first: list[float], tail: float) -> None:
    topic = next(iter(toy().topics.values()))
    curve = topic.curve.model_copy(update={"first": first, "tail": tail})
    topic = topic.model_copy(update={"curve": curve})
    k = np.arange(1, 200_001)
    values = np.where(k <= len(first), np.resize(first, len(k)), first[-1] * (len(first) / k) ** tail)
    for seen in (0, 1, 2, 5, 31, 300):
        least, most = values[seen:].sum(), curve_to_come(topic, seen)
        if first[-1] > 0 and tail <= 1:
            assert most == np.inf
        else:
            beyond = first[-1] * (len(first) / len(k)) ** tail * len(k) / (tail - 1)  # after the last of `values`
            assert least <= most <= least + beyond + values[max(seen, len(first)) - 1] + 1e-12


def candidates(night: CompiledEngine) -> int:
    return int(np.bitwise_count(night.cascade.candidate).sum())


def night_of(scenario: Scenario, factor: float) -> tuple[dict[str, np.ndarray], int, int]:
    """Event log with the bound on the curve times a factor, and how many candidates there were at first and last."""
    night = CompiledEngine(build_world(scenario, scenario.seed, scenario.scale), 0, keep_log=True)
    night.cascade.to_come[:] *= factor
    night.cascade = social.prepared(night.key, night.cascade, len(scenario.topics))
    night._pack()
    before = candidates(night)
    run_phenomena(night, 0)
    return event_log(night), before, candidates(night)


def test_a_looser_bound_changes_nothing_and_a_tighter_one_loses_responses() -> None:
    scenario = toy("measures.late-alarm={dial: infectiousness, factor: 3, at: '22:30', until: '23:30', topics: [alerte]}")
    log, before, after = night_of(scenario, 1.0)
    loose, more_before, kept = night_of(scenario, 1e6)
    tight, _, _ = night_of(scenario, 0.01)
    assert after < before < more_before
    assert after < kept
    assert same_bytes(log, loose)
    assert not same_bytes(log, tight)


def test_candidates_are_fewer_where_the_hazard_of_their_zone_is_lower() -> None:
    scenario = toy()
    name, topic = next((k, t) for k, t in sorted(scenario.topics.items()) if t.claim is None and t.curve.tail > 1)
    found = []
    for factor in (1.0, 0.2, 0.0):
        lower = topic.model_copy(
            update={"zone_factor": {zone: factor for zone in scenario.places.zones if zone == "centre"}}
        )
        changed = scenario.model_copy(update={"topics": scenario.topics | {name: lower}, "pulses": {}})
        night = CompiledEngine(build_world(changed, changed.seed, changed.scale), 0, keep_log=False)
        row = night.cascade.candidate[sorted(scenario.topics).index(name)]
        marked = np.unpackbits(row.view(np.uint8), bitorder="little")[: night.world.accounts.n].astype(bool)
        inside = night.world.accounts.zone == night.world.zones.index("centre")
        found.append((int(marked[inside].sum()), marked[~inside].tobytes()))
    assert all(a[0] > b[0] for a, b in itertools.pairwise(found))
    assert found[-1][0] == 0
    assert len({outside for _, outside in found}) == 1
