"""What a closure shuts, hop by hop, on the two lines of the toy town."""

from __future__ import annotations

import pytest
from msgu.engine.processes.closures import Shut, shut_at
from msgu.engine.spans import span_of
from msgu.scenario.load import load
from msgu.world.build import World, build_world

from tests import TOY

NONE_ELSE = ['closures.station.until="21:11"', 'closures.cordon.until="21:11"']
M2 = {("theatre", "universite"), ("universite", "port")}


def town(*sets: str) -> World:
    scenario = load(TOY, (), [*NONE_ELSE, *sets])
    return build_world(scenario, scenario.seed, scenario.scale)


def shut_in(world: World, t: float) -> Shut:
    """Everything that is shut at a time."""
    return shut_at(world, t, {name: span_of(closure) for name, closure in world.scenario.closures.items()})


def hops(world: World, shut: Shut, *, slow: bool = False) -> set[tuple[str, str]]:
    """Hops that are shut, or on which fewer trains run, each by its two stations in both directions."""
    places = world.places
    marked = shut.running < 1 if slow else shut.edges
    return {(places.station_ids[places.edge_u[k]], places.station_ids[places.edge_v[k]]) for k in marked.nonzero()[0]}


def both_ways(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return pairs | {(b, a) for a, b in pairs}


@pytest.mark.parametrize(
    ("between", "shut"),
    [
        ("theatre, universite", {("theatre", "universite")}),
        ("port, universite", {("universite", "port")}),
        ("theatre, port", M2),
    ],
)
def test_a_stretch_is_shut_from_one_of_its_ends_to_the_other_and_no_farther(
    between: str, shut: set[tuple[str, str]]
) -> None:
    world = town("closures.line.lines=[]", f"closures.line.stretches.s={{line: m2, between: [{between}]}}")
    assert hops(world, shut_in(world, 5400.0)) == both_ways(shut)
    assert hops(world, shut_in(world, 4000.0)) == hops(world, shut_in(world, 11400.0)) == set()


def test_a_line_with_part_of_its_service_is_slow_and_not_shut() -> None:
    world = town("closures.line.lines=[m2]", "closures.line.service=0.25")
    found = shut_in(world, 5400.0)
    assert hops(world, found) == set() and hops(world, found, slow=True) == both_ways(M2)
    assert set(found.running.tolist()) == {1.0, 0.25}


def test_a_closure_is_in_force_from_its_start_until_just_before_its_end() -> None:
    world = town("closures.line.lines=[m2]")
    assert [bool(hops(world, shut_in(world, t))) for t in (4499.0, 4500.0, 11399.0, 11400.0)] == [False, True, True, False]
