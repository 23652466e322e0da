"""Events known beforehand in a list of their own, whose memory is given back once they have come."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.engine.arrays import calendar
from msgu.kernels.arrays.run import Calendar
from msgu.kernels.base.calendar import HEAD, KIND_SHIFT, NTH, WHAT, WHO, advance_part, drop, fill, first_time, in_heap
from msgu.kernels.jit.handle import pack
from msgu.kernels.state import LEARN, MARK
from numpy.typing import NDArray

from tests import TOY

HORIZON = 3600.0
Event = tuple[float, int, int, int]


def times(n: int) -> NDArray[np.float64]:
    """When each of n people learns: some at the same moment, some at the horizon or later, some never."""
    found = np.round(np.random.default_rng(3).uniform(0.0, 1.1 * HORIZON, n), 1)
    found[::17] = np.inf
    found[5] = HORIZON
    return found


def ended(found: Calendar, until: float = HORIZON) -> list[Event]:
    """Every event before `until`, in the order in which they leave."""
    c, events = pack(found), []
    while True:
        assert advance_part(c, until)
        if first_time(c) >= until:
            return events
        heap = in_heap(c)
        at = 0 if heap else int(found.size[HEAD])
        row, time = (found.heap[at], found.heap_time[at, 0]) if heap else (found.come[at], found.come_time[at, 0])
        events.append((float(time), int(row[WHAT]) >> KIND_SHIFT, int(row[WHAT]) & WHO, int(row[NTH])))
        drop(c, heap)


def both(n: int) -> tuple[Calendar, Calendar]:
    """A calendar with the list, and one in which the same events are entered one by one; both have marks besides."""
    told, who = times(n), np.arange(n, dtype=np.int64)
    known = calendar.with_known(calendar.new_calendar(4 * n, HORIZON, at_once=2 * n), told, LEARN)
    plain = calendar.new_calendar(4 * n, HORIZON, at_once=2 * n)
    fill(pack(plain), told, LEARN, who, np.zeros_like(who))
    for one in (known, plain):
        fill(pack(one), told[::-1].copy(), MARK, who, np.ones_like(who))
    return known, plain


@pytest.mark.toy
def test_events_of_the_list_leave_in_the_order_of_all_events() -> None:
    known, plain = both(500)
    events = ended(known)
    assert events == ended(plain)
    assert 400 < sum(kind == LEARN for _, kind, _, _ in events) == len(known.known_who) < 500


@pytest.mark.toy
def test_what_is_given_back_has_come_and_the_rest_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "ENOUGH", 1)
    known, plain = both(20_000)
    half = ended(known, HORIZON / 2)
    gone = calendar.give_back(known, 0)
    assert known.known_time[0] == 0.0 and 0 < gone < len(known.known_who)
    assert calendar.give_back(known, gone) == gone
    assert half + ended(known) == ended(plain)


@pytest.mark.toy
def test_ties_are_found_from_their_numbers() -> None:
    from msgu.engine.compiled import CompiledEngine
    from msgu.kernels.phone.person import first_tie, ties_about
    from msgu.scenario.load import load
    from msgu.world.build import build_world

    world = build_world(load(TOY), 1, 0.2)
    engine, r = CompiledEngine(world, 0, keep_log=False), world.residents
    start = r.start
    assert [first_tie(engine.ph, p) for p in range(r.n)] == start[:-1].tolist()
    for p in range(r.n):
        first, end = ties_about(engine.ph, p)
        assert sorted(r.back_edge[first:end].tolist()) == np.flatnonzero(r.callee == p).tolist()
