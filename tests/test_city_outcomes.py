"""The table of outcomes by zone and time adds up to the night's own tables."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from made_cities import city_of

from sim.engine.run import simulate
from sim.measure.city import FLOWS, STANDING, outcomes
from sim.results import Results
from sim.world.build import build_world


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> list[Results]:
    found = []
    for number in range(6):
        scenario = city_of(number, tmp_path_factory.mktemp("cities"))
        world = build_world(scenario, scenario.seed, scenario.scale)
        found.append(simulate(world, world.seed, 0))
    return found


def test_outcomes_add_up_to_the_tables(nights: list[Results]) -> None:
    for night in nights:
        table = outcomes(night, 1200.0)
        assert {len(column) for column in table.values()} == {len(night.names["zones"]) * 15}
        reading, seekers, moves = (night.tables[k] for k in ("reading", "seekers", "moves"))
        for name, of in (("housed", "housed"), ("in_vain", "in_vain"), ("items", "items"), ("offers_read", "offers")):
            assert table[name].sum() == reading[of].sum()
        assert table["looked"].sum() == len(seekers["look"])
        assert table["door"].sum() == np.isfinite(seekers["door"]).sum()
        assert table["offers"].sum() == len(night.tables["offers"]["offer"]) * night.clones
        for name, of in FLOWS.items():
            assert table[name].sum() == moves["entered"][moves["state"] == night.names["states"].index(of)].sum()


def test_outcomes_stand_at_the_end_of_each_bin(nights: list[Results]) -> None:
    for night in nights:
        table, people = outcomes(night, 1200.0), night.tables["people"]
        for state in STANDING:
            number = night.names["states"].index(state)
            for zone in range(len(night.names["zones"])):
                for i in (0, 7, 14):
                    rows = (people["zone"] == zone) & (people["state"] == number) & (people["bin"] == 20 * i + 19)
                    at = (table["zone"] == zone) & (table["start"] == 1200.0 * i)
                    assert table[state][at].tolist() == [people["count"][rows].sum()]


def test_the_median_time_to_shelter_is_that_of_who_arrives_in_the_bin(nights: list[Results]) -> None:
    seen = 0
    for night in nights:
        table, seekers = outcomes(night, 1200.0), night.tables["seekers"]
        for zone, start, door, wait in zip(*(table[k] for k in ("zone", "start", "door", "time_to_shelter")), strict=True):
            here = (seekers["zone"] == zone) & (seekers["door"] >= start) & (seekers["door"] < start + 1200.0)
            assert here.sum() == door
            if door:
                assert wait == np.median((seekers["door"] - seekers["look"])[here])
            else:
                assert np.isnan(wait)
            seen += int(door)
    assert seen > 5


def test_bins_that_do_not_fit_are_refused(nights: list[Results]) -> None:
    with pytest.raises(ValueError, match="no multiple"):
        outcomes(nights[0], 90.0)
