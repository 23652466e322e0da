"""The compiled engine and its plain twin write the same event log, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgu.engine.clock import Clock
from msgu.kernels import state
from msgu.scenario.load import load
from msgu.world.build import World, build_world

from tests import TOY
from tests.twin import draws
from tests.twin.generate import scenario_of
from tests.twin.night import Twin
from tests.twin.run import log_of_engine, log_of_twin, same_bytes
from tests.twin.settings import turned

KNOWN_ANSWERS = [
    (0, [0, 0, 0, 0], [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    (2**64 - 1, [2**32 - 1] * 4, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        0x299F31D0A4093822,
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]
"""Philox4x32-10 of Random123, kat_vectors: key, counter, output."""
FOUND = (50,)
"""Generated scenarios on which the engines once differed, always among those that are run: in 50 an account that had written of
a topic elsewhere still meant to respond to it."""


@pytest.mark.parametrize(("key", "counter", "answer"), KNOWN_ANSWERS)
def test_the_twins_generator_gives_the_published_answers(key: int, counter: list[int], answer: list[int]) -> None:
    assert draws.philox(key, counter) == answer


@pytest.mark.toy
def test_both_engines_write_the_same_log_of_the_toy_night() -> None:
    world = build_world(load(TOY), 1, 1.0)
    assert same_bytes(log_of_engine(world, 0), log_of_twin(world, 0))


def test_both_engines_write_the_same_log_of_generated_nights(size: dict[str, int], tmp_path: Path) -> None:
    """Every log code and every outcome of calls, contacts, desks and beliefs occurs somewhere among them."""
    met: set[tuple[int, int]] = set()
    rows = 0
    for number in sorted({*range(size["twin scenarios"]), *FOUND}):
        scenario = scenario_of(number, tmp_path)
        world = build_world(scenario, scenario.seed, scenario.scale)
        ours, twin = log_of_engine(world, number), log_of_twin(world, number)
        assert same_bytes(ours, twin), f"generated scenario {number}"
        met |= set(zip(ours["code"].tolist(), ours["a"].tolist(), strict=True))
        rows += len(ours["time"])
    print(f"twin: {size['twin scenarios']} scenarios, {rows} rows, equal")
    assert {code for code, _ in met} == set(range(29))
    assert {a for code, a in met if code == state.LOG_ATTEMPT} == {0, 1, 2, 3, 4}
    assert {a for code, a in met if code == state.LOG_CONTACT} == set(range(6))
    assert {a for code, a in met if code == state.LOG_DESK} == {0, 1, 2, 3, 4, 5, 6}
    assert {a for code, a in met if code == state.LOG_STATE} == set(range(1, 12))


def one_channel_more(night: Twin) -> None:
    night.phone.channels = [c + 1 for c in night.phone.channels]


def forty_who_are_thought_to_know(night: Twin) -> None:
    night.social.unaware[:40] = [False] * len(night.social.unaware[:40])


def lower_thresholds(night: Twin) -> None:
    night.social.left = [[0.99 * x for x in row] for row in night.social.left]


def more_attention(night: Twin) -> None:
    night.social.read(turned(night.world.scenario, {"attention.seeing": 1.01}))


@pytest.mark.parametrize("planted", [one_channel_more, forty_who_are_thought_to_know, lower_thresholds, more_attention])
def test_a_planted_bug_in_the_twin_is_seen(planted: Callable[[Twin], None], tmp_path: Path) -> None:
    """Negative control: over a few generated nights the comparison must fail."""

    class Broken(Twin):
        def __init__(self, world: World, replication: int, clock: Clock) -> None:
            super().__init__(world, replication, clock)
            planted(self)

    for number in range(20):
        scenario = scenario_of(number, tmp_path)
        world = build_world(scenario, scenario.seed, scenario.scale)
        if not same_bytes(log_of_engine(world, 0), log_of_twin(world, 0, Broken)):
            return
    pytest.fail("the comparison did not see it")


def test_an_event_log_is_in_order_of_time() -> None:
    times = log_of_engine(build_world(load(TOY), 1, 1.0), 0)["time"]
    assert bool((np.diff(times) >= 0).all())
