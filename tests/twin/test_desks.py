"""Desks of both engines write the same rows in the same order, also where most rows share their instant with others."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.engine.compiled import CompiledEngine
from msgu.engine.run import run_phenomena
from msgu.engine.tables.desks import desks
from msgu.kernels.desks import ABANDONED, ANSWERED, BUSY, DONE, RECEIVED
from msgu.kernels.state import LOG_DESK

from tests.twin.made_desks import by_engine, by_twin, made, made_in_step
from tests.twin.planted import with_fault
from tests.twin.run import same_bytes

MADE = 24
"""Towns of two desks each."""


@pytest.mark.toy
def test_both_engines_write_the_same_rows_where_calls_begin_and_end_at_full_minutes() -> None:
    rows, tied, met = 0, 0, set()
    for number in range(MADE):
        log = by_engine(made_in_step(number))
        assert same_bytes(log, by_twin(made_in_step(number))), f"desks in step {number}"
        rows += len(log["time"])
        tied += int((np.diff(log["time"]) == 0).sum())
        met |= set(log["a"][log["code"] == LOG_DESK].tolist())
    print(f"desks in step: {2 * MADE}, {rows} rows equal, {tied} at the time of the one before")
    assert tied > rows / 2 > 1000
    assert met == {RECEIVED, BUSY, ANSWERED, ABANDONED, DONE}


FAULTS = {
    "one more than the line holds": ("self.waiting >= lines", "self.waiting > lines"),
    "a turn that takes a moment": ("self.free.put(operator.value)", "self._after(1e-9).append(lambda _: self.free.put(0))"),
    "a turn before patience ends": ("self.free.put(operator.value)", "self.free.put(0), self.free._trigger_get(None)"),
    "operators who stay": ("self.present > self.on_duty", "self.present < self.on_duty"),
    "operators called back": ("self.present > operators and self.free.items", "self.present > operators"),
    "reassured by a clone": ("who < OTHERS and clone == 0", "who < OTHERS and clone != 0"),
    "another draw of patience": ("self._u(who, nth, PATIENCE)", "self._u(who, nth, REDIAL)"),
    "another draw of redials": ("self._u(who, nth, REDIAL) >=", "self._u(who, nth, INFORMS) >="),
    "desks after the others": ("AT_DESKS = EventPriority(2.5)", "AT_DESKS = EventPriority(3.5)"),
    "desks before the models": ("AT_DESKS = EventPriority(2.5)", "AT_DESKS = EventPriority(0.5)"),
}
"""What is wrong: a piece of the twin that occurs once, and the piece with the fault."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_of_a_desk_is_seen(name: str) -> None:
    """Negative control: some of the made towns must differ."""
    plain = with_fault(*FAULTS[name])
    for number in range(MADE):
        for one in (made_in_step(number), made(number)):
            if not same_bytes(by_engine(one), by_twin(one, plain)):
                return
    pytest.fail("the comparison did not see it")


def test_counts_by_bin_are_those_of_the_event_log() -> None:
    for number in range(4):
        one = made(number)
        night = CompiledEngine(one.world, 0, keep_log=True)
        run_phenomena(night, 0)
        n = int(night.log.size[0])
        what, desk = night.log.a[:n], night.log.b[:n]
        minute = (night.log.time[:n] // 60).astype(int)
        table = desks(night)
        for column, codes in (("busy", [BUSY]), ("answered", [ANSWERED]), ("abandoned", [ABANDONED])):
            seen = np.zeros((240, 2), int)
            np.add.at(seen, (minute[np.isin(what, codes)], desk[np.isin(what, codes)]), 1)
            counted = np.zeros((240, 2), int)
            counted[table["bin"], table["desk"]] = table[column]
            np.testing.assert_array_equal(counted, seen)
