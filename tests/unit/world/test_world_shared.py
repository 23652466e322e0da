"""Parts of a world that are taken over from the world before: only where the blocks that they are made of are the same."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import numpy as np
import pytest
from msgu.scenario.blocks import made_of
from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario
from msgu.world.accounts import build_accounts
from msgu.world.build import World, build_world, shared_world
from msgu.world.people import build_out, build_residents
from msgu.world.places import build_places

from tests import SCENARIOS

SCALES = {"toy.yaml": 1.0, "paris-2015-11-13.yaml": 1 / 2000}


def spied(scenario: Scenario) -> tuple[Scenario, set[str]]:
    """A copy of a scenario, and the blocks of it that are read from now on."""
    seen: set[str] = set()
    names = set(Scenario.model_fields)

    class Spy(Scenario):
        def __getattribute__(self, name: str) -> object:
            if name in names:
                seen.add(name)
            return super().__getattribute__(name)

    made = Spy.model_construct(**{name: getattr(scenario, name) for name in names})
    seen.clear()
    return made, seen


@pytest.mark.long
@pytest.mark.parametrize("part", ["accounts", "residents", "out", "places"])
@pytest.mark.parametrize("name", list(SCALES))
def test_each_part_reads_no_block_but_those_that_it_is_said_to_be_made_of(name: str, part: str) -> None:
    scenario, seen = spied(load(SCENARIOS / name))
    zones, scale = scenario.places.zone_ids(), SCALES[name]
    {
        "accounts": lambda: build_accounts(scenario, 1, scale, zones),
        "residents": lambda: build_residents(scenario, 1, scale, zones),
        "out": lambda: build_out(scenario, 1, zones),
        "places": lambda: build_places(scenario.places),
    }[part]()
    assert seen and seen <= made_of(part)


def different(a: object, b: object, path: str = "") -> list[str]:
    """Names of the arrays and values in which two worlds differ."""
    if is_dataclass(a) and not isinstance(a, type):
        return [x for f in fields(a) for x in different(getattr(a, f.name), getattr(b, f.name), f"{path}.{f.name}")]
    if isinstance(a, np.ndarray):
        return [] if isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b) else [path]
    return [] if a == b else [path]


SETS = (
    [],
    ["shelter.seekers=0.3"],
    ["attention.susceptibility_sigma=1"],
    [],
    ["desks.hotline.shifts.first.operators=9"],
    ["worry.ties.commune=1"],
    ["going_home.homes={port: 1}"],
)


def test_a_world_with_parts_taken_over_is_the_world_built_anew() -> None:
    before: World | None = None
    for sets in SETS:
        scenario = load(SCENARIOS / "toy.yaml", (), sets)
        shared = shared_world(scenario, 1, 1.0)
        assert different(shared, build_world(scenario, 1, 1.0)) == []
        before = before or shared
    scenario = load(SCENARIOS / "toy.yaml", (), ["posts.denial.at=21:35"])
    again = shared_world(scenario, 1, 1.0)
    assert again.scenario is scenario
    assert again.places is shared.places and again.accounts is shared.accounts
    assert shared_world(scenario, 2, 1.0).accounts is not again.accounts
