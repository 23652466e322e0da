"""What the schema says of each block is enough for every list that is made from it."""

from __future__ import annotations

import pytest
from msgu.report.base.facts import WORDS
from msgu.scenario.blocks import BEGINNINGS, BLOCKS, IDLE, NUMBERED, dated, made_of, posts_only
from msgu.scenario.load import load
from msgu.scenario.schema.block import LANES, Dated
from msgu.scenario.schema.root import Event, Scenario
from msgu.scenario.timeline import TEXTS, timeline
from msgu.scenario.yaml.locate import type_at

from tests import TOY

PLACES = [(name, place) for name, block in BLOCKS.items() for place in block.dated]


def kind(name: str, place: Dated) -> type:
    """Class of the schema of what is dated at a place."""
    found: type = type_at(Scenario, (name, *(place.below.split(".") if place.below else ())))
    return found


@pytest.mark.parametrize(("name", "place"), PLACES, ids=[f"{name}.{place.below}.{place.key}" for name, place in PLACES])
def test_of_everything_dated_something_is_said(name: str, place: Dated) -> None:
    said = bool(place.fr and place.en)
    assert place.key in kind(name, place).model_fields  # type: ignore[attr-defined]
    assert said or kind(name, place) in TEXTS
    assert place.lane is None or said or kind(name, place) in WORDS or kind(name, place) is Event


def test_every_lane_is_that_of_something() -> None:
    assert {place.lane for _, place in PLACES} - {None} == set(LANES)


def test_what_is_dated_is_found_wherever_it_stands() -> None:
    toy = load(TOY)
    names = [moment.name for moment in dated(toy)]
    assert sorted(names) == sorted(entry.what for entry in timeline(toy))
    assert {"closures.line", "desks.hotline.rates.others", "shelter.map_at", "safety_check"} <= set(names)


def test_the_lists_are_those_that_draws_worlds_and_cheap_runs_were_made_with() -> None:
    """A change here changes results or what is kept of a world, so that it must be meant."""
    assert NUMBERED == ("topics", "pulses", "witnesses", "instructions", "warnings")
    assert frozenset({"at", "leaves", "map_at"}) == BEGINNINGS
    assert made_of("accounts") == {"accounts", "attention", "gains", "network", "places"}
    assert made_of("residents") == {"broadcasts", "outings", "phones", "places", "shelter", "worry"}
    assert made_of("out") == {"going_home", "outings", "places", "shelter", "start"}
    assert made_of("places") == {"places"}
    left = {"broadcasts", "phones", "worry", "desks", "missing", "safety_check", "closures", "instructions", "outings"}
    left |= {"witnesses", "dangers", "warnings"}
    assert {*left, "shelter", "going_home", "heeding"} == IDLE
    toy = load(TOY)
    cheap = posts_only(toy)
    assert all(not getattr(cheap, name) for name in (*left, "shelter"))
    assert cheap.going_home == toy.going_home
