"""The compiled engine counts who is within reach of dangers as the twin's stays and ways, measured one by one, say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from msgu.engine.run import simulate
from msgu.results import Results
from msgu.scenario.schema.danger import Danger
from msgu.world.build import build_world

from tests.twin.danger import Exposure, Span
from tests.twin.generate import scenario_of
from tests.twin.names import RIDING
from tests.twin.night import Twin
from tests.twin.people import Done
from tests.twin.run import night_of_twin

Seconds = dict[tuple[int, ...], float]
CARRY = (2, 6, 16)
"""Generated scenarios with dangers."""


class Compared(NamedTuple):
    """What both say: seconds by bin, zone, danger and place; people first within reach, walking towards, held."""

    seconds: Seconds
    people: Counter[tuple[int, ...]]


def of_engine(night: Results) -> Compared:
    """What the tables of a night say."""
    table, first = night.tables["exposure"], night.tables["exposed"]
    cells = zip(*(table[name].tolist() for name in ("bin", "zone", "danger", "place")), strict=True)
    people = Counter[tuple[int, ...]]()
    for column, name in enumerate(("reached", "towards", "held")):
        rows = zip(*(first[axis].tolist() for axis in ("bin", "zone", "danger")), strict=True)
        people |= Counter({(*row, column): n for row, n in zip(rows, first[name].tolist(), strict=True) if n})
    return Compared(dict(zip(cells, table["time"].tolist(), strict=True)), people)


def of_twin(twin: Twin, measure: type[Exposure] = Exposure) -> Compared:
    """What the twin's stays and ways say."""
    found = measure(twin)
    width, zone = twin.world.scenario.record.bin, twin.world.out.at
    firsts = Counter((int(t / width), int(zone[q]), k, what) for (q, k, what), t in found.first.items())
    return Compared(dict(found.seconds), firsts)


def differ(one: Compared, other: Compared) -> list[str]:
    """What two of them do not say alike, each time to a millionth and each person."""
    cells = one.seconds.keys() | other.seconds.keys()
    apart = [f"{c}: {one.seconds.get(c, 0.0)} {other.seconds.get(c, 0.0)} s" for c in sorted(cells)
             if abs(one.seconds.get(c, 0.0) - other.seconds.get(c, 0.0)) > 1e-5]  # fmt: skip
    return apart + [
        f"{c}: people" for c in sorted(one.people.keys() | other.people.keys()) if one.people[c] != other.people[c]
    ]


_KEPT: dict[int, tuple[Results, Twin]] = {}


def found(number: int, folder: Path) -> tuple[Results, Twin]:
    """Run a generated night by both, once."""
    if number not in _KEPT:
        _KEPT[number] = nights(number, folder)
    return _KEPT[number]


def nights(number: int, folder: Path) -> tuple[Results, Twin]:
    """Run a generated night by both."""
    scenario = scenario_of(number, folder, ruled=False)
    world = build_world(scenario, scenario.seed, scenario.scale)
    return simulate(world, scenario.seed, number), night_of_twin(world, number)


def test_times_within_reach_and_people_are_those_of_the_twin(tmp_path: Path) -> None:
    places, kinds, cells = Counter[int](), Counter[int](), 0
    for number in CARRY:
        night, twin = found(number, tmp_path)
        ours, theirs = of_engine(night), of_twin(twin)
        assert differ(ours, theirs) == [], f"generated scenario {number}"
        places.update(cell[3] for cell in ours.seconds)
        kinds.update({cell[3]: n for cell, n in ours.people.items()})
        cells += len(ours.seconds)
    print(f"dangers: {len(CARRY)} scenarios, {cells} cells, places {dict(places)}, people {dict(kinds)}")
    assert set(places) == {0, 1, 2, 3} and set(kinds) == {0, 1, 2}


class WindowIgnored(Exposure):
    """A danger without an end."""

    def _stay(self, done: Done, at: complex, zone: int) -> list[list[Span]]:
        every = super()._stay(done, at, zone)
        return [[(span[0], done.ended) for span in some if span[0] < span[1]] for some in every]


class Unbounded(Exposure):
    """The chord of the line, not of the way."""

    def _chord(self, done: Done, start: complex, goal: complex, k: int, danger: Danger) -> list[Span]:
        early = done._replace(began=2 * done.began - done.arrives, ended=done.arrives)
        return super()._chord(early, 2 * start - goal, goal, k, danger)


class RidesAreWalks(Exposure):
    """Trains run in the street."""

    def _on_foot(self, done: Done, zone: int) -> bool:
        return done.state == RIDING or super()._on_foot(done, zone)


class DetourForgotten(Exposure):
    """Ways as long as the straight line."""

    def _time_of_way(self, done: Done) -> float:
        return super()._time_of_way(done) / self.sc.going_home.detour


@pytest.mark.parametrize("wrong", [WindowIgnored, Unbounded, RidesAreWalks, DetourForgotten])
def test_a_fault_in_the_measure_is_seen(wrong: type[Exposure], tmp_path: Path) -> None:
    night, twin = found(6, tmp_path)
    assert differ(of_engine(night), of_twin(twin, wrong))
