"""Arrays that are full grow, and nothing else changes by that."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.engine.arrays import desks, people, run, social
from msgu.engine.compiled import CompiledEngine
from msgu.engine.run import run_phenomena
from msgu.kernels.arrays.declare import Array, fields
from msgu.scenario.load import load
from msgu.world.build import World, build_world

from tests import TOY

START = {
    (social, "POSTS"): 1, (social, "POSTS_OF_EACH"): 0, (social, "PAIRS"): 4,
    (social, "WRITERS"): 4, (social, "WRITERS_OF_EACH"): 0,
    (run, "ROWS"): 1, (people, "OFFERS"): 1, (people, "CONTACTS"): 1,
    (desks, "CALLERS"): 1,
}  # fmt: skip
"""Room at the start, as small as can be."""


@pytest.fixture(scope="module")
def world() -> World:
    scenario = load(TOY, (), ["attention.shown_once=true"])
    return build_world(scenario, scenario.seed, scenario.scale)


def ended(world: World) -> CompiledEngine:
    engine = CompiledEngine(world, 0, keep_log=True)
    run_phenomena(engine, 0)
    return engine


def test_a_run_that_begins_with_hardly_any_room_gives_the_same_bits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    roomy = ended(world)
    for (module, name), room in START.items():
        monkeypatch.setattr(module, name, room)
    tight = ended(world)
    n = int(roomy.log.size[0])
    assert n > 1 << 10
    for name in ("time", "code", "who", "nth", "a", "b"):
        np.testing.assert_array_equal(getattr(tight.log, name)[:n], getattr(roomy.log, name)[:n])
    full = (
        tight.log.time,
        tight.cascade.post_time,
        tight.cascade.shared,
        tight.cascade.others,
        tight.cascade.shown,
        tight.people.offer_post,
        tight.people.contact_time,
        tight.desks.who,
    )
    assert all(len(column) > 4 for column in full)


@pytest.mark.parametrize("name", ["shared", "calendar", "log", "cascade", "phone", "people", "desks"])
def test_after_growth_arrays_are_as_declared_and_a_dimension_has_one_length(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for (module, size), room in START.items():
        monkeypatch.setattr(module, size, room)
    record = getattr(ended(world), name)
    lengths: dict[str, set[int]] = {}
    for field in fields(type(record)):
        if isinstance(field.declared, Array):
            held = getattr(record, field.name)
            assert held.dtype == field.dtype, field.name
            for axis, n in zip(field.declared.axes, held.shape, strict=True):
                lengths.setdefault(axis, set()).add(n)
    assert all(len(found) == 1 for found in lengths.values()), lengths
