"""The table of outcomes by zone and time adds up to the night's own tables."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.engine.run import simulate
from msgu.measure.outcomes_by_zone import FLOWS, STANDING, moderation, outcomes
from msgu.results import Results
from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario
from msgu.world.build import build_world

from tests import TOY
from tests.invariants.made_cities import city_of


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


# ---- volunteers, and institutions that share what they have checked ----


MANY = ["drivers.offers.volume=400", "shelter.volunteer_time=4 min", "shelter.map_at=21:40"]


def toy(*sets: str) -> tuple[Scenario, Results]:
    scenario = load(TOY, (), [*MANY, *sets])
    world = build_world(scenario, scenario.seed, scenario.scale)
    return scenario, simulate(world, world.seed, 0)


def checked_by_hand(posted: np.ndarray, opens: float, volunteers: int, clones: int) -> np.ndarray:
    """When each offer has been checked: first come, first served, each of its clones by the volunteer who is free first."""
    free, found = [opens] * volunteers, []
    for t in posted:
        for _ in range(clones):
            free.sort()
            free[0] = max(free[0], t) + 240.0
            last = free[0]
        found.append(last)
    return np.array(found)


@pytest.mark.parametrize(("volunteers", "scale"), [(1, "1"), (3, "1"), (12, "1"), (6, "1/4")])
def test_offers_wait_for_volunteers_first_come_first_served(volunteers: int, scale: str) -> None:
    scenario, night = toy(f"shelter.volunteers={volunteers}", f"scale={scale}")
    offers = night.tables["offers"]
    posted = night.tables["posts"]["time"][offers["post"]]
    opens = scenario.shelter.map_at  # type: ignore[union-attr]
    expected = checked_by_hand(posted, opens, volunteers, night.clones)
    done = expected < night.horizon
    assert len(posted) > 10 and done.any() and np.isfinite(offers["checked"]).tolist() == done.tolist()
    assert np.allclose(offers["checked"][done], expected[done], rtol=1e-12)
    assert (offers["verified"] == done).all()
    wrong = checked_by_hand(posted, opens, volunteers + 1, night.clones)
    assert not np.allclose(wrong[done], expected[done])


def test_more_volunteers_check_more_and_offers_wait_less() -> None:
    few, many = (moderation(toy(f"shelter.volunteers={n}")[1]) for n in (1, 12))
    assert few["offers"] == many["offers"] > 40
    assert few["checked"] < many["checked"] == many["offers"] * many["share"]
    assert few["wait_50"] > many["wait_50"] >= 240.0 and few["wait_90"] >= few["wait_50"]
    assert few["waiting"] >= many["waiting"] > 0


def test_nobody_checks_without_volunteers() -> None:
    row = moderation(toy("shelter.volunteers=0")[1])
    assert row["checked"] == 0 and np.isnan(row["wait_50"]) and np.isnan(row["useful_checked"])


def test_an_institution_that_shares_checked_offers_amplifies_them() -> None:
    """On common draws: its shares come after the check, are of checked offers, and set off others."""
    sets = ("shelter.volunteers=200", "shelter.relay_share=1")
    (scenario, without), (_, with_it) = toy(*sets), toy(*sets, "shelter.relays=[mairie]")
    account = without.names["accounts"].index("mairie")
    topic = without.names["topics"].index(scenario.shelter.topic)  # type: ignore[union-attr]
    offers, posts = with_it.tables["offers"], with_it.tables["posts"]
    checked = offers["post"][np.isfinite(offers["checked"])]
    others = posts["author"][checked] != account  # nobody shares what is their own
    originals = len(np.unique(posts["root"][checked[others]]))
    mine = (posts["author"] == account) & (posts["topic"] == topic) & (posts["origin"] == 3) & (posts["parent"] >= 0)
    assert mine.sum() == originals > 20
    when = dict(zip(offers["post"].tolist(), offers["checked"].tolist(), strict=True))
    assert all(posts["time"][i] == when[posts["parent"][i]] for i in np.flatnonzero(mine))
    copies = {k: int((night.tables["posts"]["topic"] == topic).sum()) for k, night in (("off", without), ("on", with_it))}
    assert copies["on"] > copies["off"] + originals
