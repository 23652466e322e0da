"""The list of phenomena and the declared tables agree, or nothing runs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgu.engine.phenomena import PHENOMENA, Phenomenon, check
from msgu.engine.tables.counts import Counts
from msgu.scenario.load import load
from msgu.streams import Stream

from tests import TOY

DESKS = next(one for one in PHENOMENA if one.name == "desks")
OTHERS = [one for one in PHENOMENA if one is not DESKS]


def test_a_table_that_nobody_builds_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"never built \['desks'\]"):
        check([*OTHERS, replace(DESKS, tables={})])


def test_a_builder_of_a_table_that_is_not_declared_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"built but not declared \['buses'\]"):
        check([*PHENOMENA, Phenomenon("buses", tables={"buses": lambda _: {}})])


def test_a_table_that_two_phenomena_build_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"built twice \['desk_cells', 'desks'\]"):
        check([*PHENOMENA, replace(DESKS, name="other")])


def test_a_stream_that_two_declare_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"streams declared twice: \['seeing', 'tides'\]"):
        check([replace(one, streams=(Stream("tides", "when"), Stream("seeing", "what"))) for one in PHENOMENA])


def test_a_count_lands_in_the_bin_of_its_time_and_the_last_bin_takes_what_comes_after_it() -> None:
    scenario = load(TOY, (), ["horizon=1 h", "record={event_log: false, bin: 25 min}"])
    counts = Counts(scenario, 2, 3)
    for t in (0.0, 1499.0, 1500.0, 3599.0, 9999.0):
        counts.add(t, 1, 2)
    counts.add(1500.0, 0, 0, -4)
    assert counts.array.shape == (3, 2, 3)
    assert counts.array[:, 1, 2].tolist() == [2, 1, 2]
    assert counts.array[:, 0, 0].tolist() == [0, -4, 0]
    assert abs(counts.array).sum() == 9
