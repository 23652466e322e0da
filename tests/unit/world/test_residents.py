"""Residents: what is told from their edges and cells, and not kept."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.world.people import Residents, build_residents

from tests import TOY
from tests.shipped import loaded


@pytest.fixture(scope="module")
def residents() -> Residents:
    scenario = loaded(TOY)
    return build_residents(scenario, 1, 1.0, scenario.places.zone_ids())


@pytest.mark.toy
def test_a_cell_lies_in_the_zone_of_whoever_has_it_and_is_the_same_each_time_it_is_drawn(residents: Residents) -> None:
    cell = residents.drawn_cells()
    has = cell >= 0
    assert has.any()
    assert np.array_equal(residents.cell_zone[cell[has]], residents.zone[has])
    assert np.array_equal(residents.drawn_cells(), cell)


@pytest.mark.toy
def test_ties_are_counted_by_who_worries(residents: Residents) -> None:
    assert residents.ties.sum() == len(residents.callee) > 0
    assert np.array_equal(np.repeat(np.arange(residents.n), residents.ties), residents.owner)
