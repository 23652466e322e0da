"""Events left out of the calendar change no number: a run that keeps its event log is the oracle of one that does not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from msgu.engine.collect import results
from msgu.engine.compiled import CompiledEngine
from msgu.engine.run import run_phenomena
from msgu.kernels.base.calendar import ASIDE, COME, HEAD, NOTHING
from msgu.scenario.dials import DIALS
from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario
from msgu.world.build import World, build_world

from benchmarks.frozen import TOWN, WORKLOADS
from tests.twin.generate import scenario_of

OPTIONS: dict[str, list[str]] = tomllib.loads((WORKLOADS / "phones.toml").read_text(encoding="utf-8"))


def world_of(scenario: Scenario) -> World:
    """World of a scenario whose tables are the same whether the log is kept or not."""
    return build_world(scenario, scenario.seed, scenario.scale)


def differences(world: World, replication: int = 0) -> list[str]:
    """Columns of tables that differ between a run that keeps the event log and one that does not, and whose cells settle."""
    runs = [CompiledEngine(world, replication, keep_log=keep) for keep in (True, False)]
    assert [run.phone.settled for run in runs] == [False, True]
    full, short = (results(run, run_phenomena(run, replication), replication).tables for run in runs)
    return [
        f"{table}.{column}"
        for table in short
        for column in short[table]
        if table != "event_log" and not np.array_equal(full[table][column], short[table][column], equal_nan=True)
    ]


@pytest.mark.parametrize("option", OPTIONS)
def test_cells_that_settle_by_themselves_carry_and_lose_the_same_calls(option: str) -> None:
    assert not differences(world_of(load(TOWN, (), OPTIONS[option])))


def test_generated_nights_leave_the_same_tables_with_and_without_their_event_log(
    size: dict[str, int], tmp_path: Path
) -> None:
    quiet = 0
    for number in range(size["twin scenarios"]):
        world = world_of(scenario_of(number, tmp_path))
        assert not differences(world, number), f"generated scenario {number}"
        quiet += bool(CompiledEngine(world, number, keep_log=False).phone.quiet)
    assert quiet > size["twin scenarios"] // 3


def test_cells_that_are_not_settled_before_a_dial_turns_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_of(load(TOWN, (), OPTIONS["half rate in mid-run"]))
    settle = CompiledEngine.settle_cells

    def only_at_the_end(engine: CompiledEngine) -> None:
        if engine.reached >= world.scenario.horizon:
            settle(engine)

    monkeypatch.setattr(CompiledEngine, "settle_cells", only_at_the_end)
    assert "calls.lost" in differences(world)


def test_what_is_drawn_ahead_is_forgotten_when_a_dial_turns() -> None:
    engine = CompiledEngine(world_of(load(TOWN, (), ["scale=1"])), 0, keep_log=False)
    drawn = 0
    for minute in range(0, 120, 5):
        engine.advance(60.0 * minute)
        drawn += waiting_draws(engine)
        engine.turn(DIALS["voice_share"], 1.0)
        assert waiting_draws(engine) == 0
    assert drawn > 50


def waiting_draws(engine: CompiledEngine) -> int:
    """Events of the part that has come of which something has been drawn."""
    size, come = engine.calendar.size, engine.calendar.come
    return int((come[size[HEAD] : size[COME], ASIDE] != NOTHING).sum())
