"""The bridge of scales: whose clone a person out is, and who the clones of a resident are."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.engine.arrays.laws import Laws
from msgu.engine.arrays.people import build_people
from msgu.engine.arrays.run import sizes_of
from msgu.kernels.bridge import clones_of
from msgu.kernels.jit.handle import pack
from msgu.world import bridge
from msgu.world.build import World, build_world

from tests import TOY
from tests.shipped import loaded


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(loaded(TOY), 1, 0.5)


@pytest.mark.toy
def test_a_clone_has_the_home_zone_of_its_resident(world: World) -> None:
    of = world.resident_of_out
    assert len(of) == len(world.out.home) and (of >= 0).all()
    assert np.array_equal(world.residents.zone[of], world.out.home)


@pytest.mark.toy
def test_who_lives_where_the_model_has_nobody_is_nobodys_clone(world: World) -> None:
    r = world.residents
    assert (bridge.draw_residents(1, world.out.home, r.first, 0 * r.count) == -1).all()


@pytest.mark.toy
def test_other_zones_do_not_change_which_of_its_zone_a_clone_has(world: World) -> None:
    r, home, here = world.residents, world.out.home, world.zones.index("nord")
    count = np.where(np.arange(len(world.zones)) == here, r.count, 3 * r.count)
    first = np.cumsum(count) - count
    mine = home == here
    before = world.resident_of_out[mine] - r.first[here]
    assert np.array_equal(bridge.draw_residents(1, home, first, count)[mine] - first[here], before)


@pytest.mark.toy
def test_kernels_find_the_clones_of_a_resident(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("msgu.engine.arrays.people.is_needed", lambda _: True)
    pe = build_people(world, Laws(), sizes_of(world, 1))
    packed = pack(pe)
    for p in range(-1, world.residents.n):
        first, end = clones_of(packed, p)
        expected = np.flatnonzero(world.resident_of_out == p) if p >= 0 else []
        assert np.array_equal(pe.clone[first:end], expected)


@pytest.mark.toy
def test_where_nothing_needs_the_bridge_its_arrays_are_empty(world: World) -> None:
    pe = build_people(world, Laws(), sizes_of(world, 1))
    assert pe.resident.size == pe.originals.size == pe.clone.size == 0
    assert clones_of(pack(pe), 0) == (0, 0)
