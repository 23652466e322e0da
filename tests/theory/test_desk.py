"""D2 and D3: a desk with constant rates is M/M/c, M/M/c+M or M/M/c/K+M."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from msgu.kernels import state
from msgu.kernels.desks import ABANDONED, ANSWERED, BUSY, DONE, RECEIVED
from numpy.typing import NDArray

from tests.theory import erlang, judge, settings

SERVICE = 60.0
DESKS = 24
"""Independent desks of one run: the sample of the t tests."""


class Setting(NamedTuple):
    """Load [erlang], operators, mean patience [s] and places in the line (none: without limit)."""

    load: float
    operators: int
    patience: float = np.inf
    lines: float = np.inf

    @property
    def warm(self) -> float:
        """Time after which the empty start is forgotten: 7 relaxation times of the line [s]; earlier callers are left out."""
        if np.isfinite(self.patience):
            return 7 * max(SERVICE, self.patience)
        return 7 * SERVICE / (self.operators * (1 - np.sqrt(self.load / self.operators)) ** 2)

    @property
    def tail(self) -> float:
        """Longest wait to reckon with [s]: callers of the end, whose wait may not be over, are left out."""
        room = np.inf if np.isinf(self.lines) else self.lines * SERVICE
        if np.isfinite(self.patience):
            return min(12 * self.patience, 10 * room)
        return 14 * SERVICE / (self.operators - self.load)


ERLANG_C = [
    Setting(4.0, 5), Setting(1.2, 2), Setting(0.7, 1), Setting(8.0, 10), Setting(2.0, 4), Setting(14.0, 20),
    Setting(0.4, 1), Setting(2.4, 3), Setting(5.5, 7), Setting(17.0, 22),
]  # fmt: skip
ERLANG_A = [
    Setting(6.0, 5, 90.0), Setting(4.0, 2, 60.0), Setting(3.0, 3, 60.0, 2), Setting(1.0, 1, 30.0),
    Setting(9.0, 10, 300.0), Setting(5.0, 4, 120.0, 6), Setting(12.0, 12, 60.0), Setting(2.5, 3, 600.0),
    Setting(2.0, 1, 45.0), Setting(8.0, 6, 150.0),
]  # fmt: skip
REDUCED, CALLERS, FULL_CALLERS = 3, 400, 2500
"""Settings of the reduced size, and callers of each desk at both sizes."""

BUGS_A = ("patience ignored", "waits of those who left forgotten", "one operator too many")


def _sets(s: Setting, callers: int) -> list[str]:
    """Overrides that turn D2 into `DESKS` desks of this setting."""
    rate = s.load / SERVICE
    seconds = int(s.warm + s.tail + callers / rate)
    patience = "null" if np.isinf(s.patience) else f"{{law: exponential, mean: {s.patience!r} s}}"
    lines = "null" if np.isinf(s.lines) else int(s.lines)
    body = (
        f"{{shifts: {{all: {{at: T+0 s, operators: {s.operators}}}}}, lines: {lines}, patience: {patience}, "
        f"handling: {{law: exponential, mean: {SERVICE} s}}, persistence: 0, "
        f"rates: {{all: {{at: T+0 s, until: T+{seconds} s, rate: {rate!r} /s}}}}, source: textbook setting}}"
    )
    shown = [f"desks.desk-{i}={body}" for i in range(DESKS)]
    return [*shown, "desks.desk.rates.all.rate=0 /s", f"horizon={seconds} s", "record={event_log: true, bin: 1 d}"]


class Callers(NamedTuple):
    """One row for each caller who came in the window: desk, wait [s], and what became of them."""

    desk: NDArray[np.int64]
    wait: NDArray[np.float64]
    waited: NDArray[np.bool_]
    left: NDArray[np.bool_]
    busy: NDArray[np.bool_]

    def sums(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Sum by desk; shape (DESKS,)."""
        return np.bincount(self.desk, values, DESKS + 1)[1:]


@cache
def _callers(s: Setting, callers: int) -> Callers:
    log = settings.run("d02-waiting", _sets(s, callers)).tables["event_log"]
    log = {k: v[log["code"] == state.LOG_DESK] for k, v in log.items()}
    order = np.lexsort((np.arange(len(log["time"])), log["who"], log["b"]))
    rows = {k: v[order] for k, v in log.items()}
    new = np.ones(len(order), bool)
    new[1:] = (rows["who"][1:] != rows["who"][:-1]) | (rows["b"][1:] != rows["b"][:-1])
    first = np.flatnonzero(new)
    waited = rows["a"][first] == RECEIVED
    nxt = np.minimum(first + 1, len(order) - 1)
    wait = np.where(waited, rows["time"][nxt] - rows["time"][first], 0.0)
    came = rows["time"][first]
    end = log["time"].max()
    kept = (came >= s.warm) & (came < end - s.tail)
    columns = (rows["b"][first], wait, waited, waited & (rows["a"][nxt] == ABANDONED), rows["a"][first] == BUSY)
    return Callers(*(x[kept] for x in columns))


def _tests(s: Setting, callers: int, law: erlang.Waiting, *, forget: bool = False) -> list[float]:
    """P-values of the share that waits, the mean wait and the share that leaves, each a t test over desks."""
    c = _callers(s, callers)
    n = c.sums(np.ones(len(c.desk)))
    found = [judge.mean_is(c.sums(c.waited) - law.waits * n)]
    counted = n - c.sums(c.left) if forget else n
    found.append(judge.mean_is(c.sums(c.wait * ~(c.left & forget)) - law.wait * counted))
    if np.isfinite(s.patience):
        found.append(judge.mean_is(c.sums(c.left) - law.leaves * n))
    if np.isfinite(s.lines):
        found.append(judge.mean_is(c.sums(c.busy) - law.busy * n))
    return found


def _law(s: Setting) -> erlang.Waiting:
    return erlang.waiting(s.load / SERVICE, SERVICE, s.operators, s.patience, s.lines)


@pytest.fixture
def callers(full: bool) -> int:
    """Callers of each desk."""
    return FULL_CALLERS if full else CALLERS


def _settings(which: list[Setting], full: bool) -> list[Setting]:
    return which if full else which[:REDUCED]


def test_waits_without_limit_follow_erlang_c(full: bool, callers: int) -> None:
    found = [p for s in _settings(ERLANG_C, full) for p in _tests(s, callers, _law(s))]
    assert judge.holm(found) == []


@pytest.mark.parametrize("bug", ["one operator too many", "handling + 10 %"])
def test_a_wrong_erlang_c_is_rejected(bug: str, full: bool, callers: int) -> None:
    found = []
    for s in _settings(ERLANG_C, full):
        wrong = s._replace(operators=s.operators + 1) if bug.startswith("one") else s._replace(load=1.1 * s.load)
        found += _tests(s, callers, _law(wrong))
    assert judge.holm(found)


def test_callers_who_lose_patience_follow_erlang_a(full: bool, callers: int) -> None:
    found = [p for s in _settings(ERLANG_A, full) for p in _tests(s, callers, _law(s))]
    assert judge.holm(found) == []


@pytest.mark.parametrize("bug", BUGS_A)
def test_a_wrong_erlang_a_is_rejected(bug: str, full: bool, callers: int) -> None:
    found = []
    for s in _settings(ERLANG_A, full):
        wrong = s
        if bug == BUGS_A[0]:
            wrong = s._replace(patience=100 * s.patience)
        elif bug == BUGS_A[2]:
            wrong = s._replace(operators=s.operators + 1)
        found += _tests(s, callers, _law(wrong), forget=bug == BUGS_A[1])
    assert judge.holm(found)


def test_waits_cut_off_at_the_horizon_are_rejected(full: bool, callers: int) -> None:
    """The planted bug: callers still waiting when we stop looking count with no wait (early-censored waits)."""
    s = ERLANG_A[1]
    c = _callers(s, callers)
    n = c.sums(np.ones(len(c.desk)))
    short = np.where(c.wait > SERVICE / 2, 0.0, c.wait)
    assert judge.mean_is(c.sums(short) - _law(s).wait * n) < judge.LEVEL


def test_the_chain_of_waiting_agrees_with_erlang_c_in_closed_form() -> None:
    for s in ERLANG_C:
        law = _law(s)
        assert law.waits == pytest.approx(erlang.erlang_c(s.load, s.operators), rel=1e-9)
        assert law.wait == pytest.approx(law.waits * SERVICE / (s.operators - s.load), rel=1e-9)


@pytest.mark.parametrize("idle", [False, True], ids=["under load", "with nobody calling"])
def test_a_shift_brings_and_takes_exactly_the_operators_that_it_names(idle: bool) -> None:
    """Five, two, none, four operators from hour to hour, and in each second half hour more callers than they can serve.

    Under load a shift ends while its operators speak; with nobody calling at its end they go home straight away.
    Planted: one operator too many kept after a shift, in either case.
    """
    shifts = (5, 2, 0, 4)
    body = ", ".join(f"s{h}: {{at: T+{h} h, operators: {n}, source: made}}" for h, n in enumerate(shifts))
    spans = [(60 * h + 30, 60 * h + 50) for h in range(len(shifts))] if idle else [(0, 60 * len(shifts))]
    rates = ", ".join(f"r{a}: {{at: T+{a} min, until: T+{b} min, rate: 0.5 /s, source: made}}" for a, b in spans)
    desk = (
        f"{{shifts: {{{body}}}, handling: {{law: fixed, value: 60 s}}, lines: 8, patience: null, persistence: 0, "
        f"rates: {{{rates}}}, source: made}}"
    )
    sets = [f"desks.staffed={desk}", "desks.desk.rates.all.rate=0 /s", "horizon=4 h", "record.event_log=true"]
    log = settings.run("d02-waiting", sets).tables["event_log"]
    log = {k: v[log["code"] == state.LOG_DESK] for k, v in log.items()}
    busy = np.cumsum((log["a"] == ANSWERED).astype(int) - (log["a"] == DONE))
    for hour, operators in enumerate(shifts):
        second_half = (log["time"] >= (hour + 0.5) * 3600.0) & (log["time"] < (hour + 1) * 3600.0)
        assert second_half.any() and busy[second_half].max() == operators
