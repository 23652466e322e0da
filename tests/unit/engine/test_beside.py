"""A night on two threads has the bits of one thread."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from msgu.engine.compiled import CompiledEngine
from msgu.engine.forks import beside
from msgu.engine.forks.people import PeopleEngine, SameInstantError, why_alone
from msgu.engine.run import simulate
from msgu.errors import ReplicationError
from msgu.results import Results
from msgu.scenario.load import load
from msgu.study.batch.job import ENGINE, ON_TWO_THREADS
from msgu.study.batch.run import run_batch
from msgu.world.build import World, build_world

from tests import TOY
from tests.shipped import PARIS

QUIET = "record.event_log=false", "shelter.volunteers=0"


def world_of(path: object, *sets: str) -> World:
    """World of a scenario without its event log."""
    scenario = load(path, (), [*QUIET, *sets])  # type: ignore[arg-type]
    return build_world(scenario, scenario.seed, scenario.scale)


def assert_same(one: Results, two: Results) -> None:
    """Every table, total and name is the same."""
    assert one.summary == two.summary
    assert one.names == two.names
    assert one.tables.keys() == two.tables.keys()
    for table, columns in one.tables.items():
        for column, values in columns.items():
            assert np.array_equal(values, two.tables[table][column], equal_nan=True), f"{table}.{column}"


@pytest.mark.long
def test_a_night_with_people_who_are_out_is_the_same_on_two_threads() -> None:
    world = world_of(PARIS, "scale=1/500", "horizon=4 h")
    one = simulate(world, world.seed, 0)
    assert one.tables["seekers"]["person"].size > 0
    assert_same(one, beside.simulate(world, world.seed, 0))


def test_a_night_without_people_who_are_out_is_the_same_on_two_threads() -> None:
    world = world_of(TOY)
    for replication in range(3):
        assert_same(simulate(world, world.seed, replication), beside.simulate(world, world.seed, replication))


def test_what_keeps_a_night_on_one_thread_is_named() -> None:
    assert why_alone(world_of(TOY).scenario) is None
    assert why_alone(load(TOY, (), ["record.event_log=true"])) == "record.event_log"
    assert why_alone(load(TOY, (), ["record.event_log=false"])) == "shelter.volunteers"


def test_people_whose_order_is_not_known_are_run_with_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_of(TOY)

    def refuse(_engine: PeopleEngine, _until: float) -> None:
        raise SameInstantError

    monkeypatch.setattr(PeopleEngine, "advance", refuse)
    assert_same(simulate(world, world.seed, 0), beside.simulate(world, world.seed, 0))


def test_a_night_that_fails_leaves_no_thread_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_of(TOY)
    advance = CompiledEngine.advance

    def fail(engine: CompiledEngine, until: float) -> tuple[int, int, int] | None:
        if until > world.scenario.horizon / 2 and isinstance(engine, beside._Leader):
            raise ReplicationError("planted")
        return advance(engine, until)

    monkeypatch.setattr(CompiledEngine, "advance", fail)
    before = threading.active_count()
    with pytest.raises(ReplicationError, match="planted"):
        beside.simulate(world, world.seed, 0)
    assert threading.active_count() == before


def test_a_batch_on_two_threads_has_the_fingerprint_of_one(tmp_path: Path) -> None:
    scenario = load(TOY, (), list(QUIET))
    one, two = (
        run_batch(scenario, tmp_path / str(n), engine=engine).fingerprint
        for n, engine in enumerate((ENGINE, ON_TWO_THREADS))
    )
    assert one == two
