"""D4: a loss system whose lost callers try again, and the attempts of every kind of call."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from msgu.kernels import state
from msgu.kernels.phone import numbering
from msgu.results import Results
from numpy.typing import NDArray

from tests.theory import erlang, judge, settings

HOLDING = 90.0
CELLS = 40
HOURS, WARM = 14, 2
"""Length of the run and of its start, which is left out because the orbit begins empty [h]."""


class Setting(NamedTuple):
    """Load [erlang], channels, persistence, mean time to the next attempt [s]."""

    load: float
    channels: int
    persistence: float
    after: float


SETTINGS = [
    Setting(8.0, 10, 0.7, 60.0), Setting(3.0, 3, 0.8, 30.0), Setting(0.8, 1, 0.5, 120.0), Setting(18.0, 20, 0.9, 60.0),
    Setting(5.0, 6, 0.7, 300.0), Setting(6.0, 4, 0.6, 45.0), Setting(12.0, 14, 0.95, 90.0), Setting(1.5, 2, 0.3, 10.0),
    Setting(10.0, 8, 0.5, 60.0), Setting(4.0, 5, 0.8, 600.0),
]  # fmt: skip
REDUCED = 4


def _law(s: Setting) -> erlang.Retrial:
    return erlang.retrial(s.load / HOLDING, HOLDING, s.channels, s.persistence, s.after)


@cache
def _run(s: Setting) -> Results:
    sets = [
        f"phones.load={s.load!r}", f"phones.channels={s.channels}", f"phones.cells.town={CELLS}",
        f"phones.persistence={s.persistence!r}", f"phones.redial_after.mean={s.after!r} s",
        f"horizon={HOURS} h", "record.event_log=true",
    ]  # fmt: skip
    return settings.run("d04-redial", sets)


def _counts(s: Setting) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Attempts, attempts lost and fresh calls of each cell after the start."""
    log = _run(s).tables["event_log"]
    kept = (log["code"] == state.LOG_BASE) & (log["time"] >= WARM * 3600.0)
    cell, nth, outcome = log["who"][kept], log["nth"][kept], log["a"][kept]
    every, lost, fresh = np.ones(len(cell)), outcome == state.BLOCKED, nth % numbering.MAX_ATTEMPTS == 0
    return tuple(np.bincount(cell, which, CELLS).astype(np.int64) for which in (every, lost, fresh))  # type: ignore[return-value]


@pytest.fixture
def chosen(full: bool) -> list[Setting]:
    """Settings of this run."""
    return SETTINGS if full else SETTINGS[:REDUCED]


def _blocking(chosen: list[Setting], bug: str = "") -> list[float]:
    found = []
    for s in chosen:
        attempts, lost, fresh = _counts(s)
        law = _law(s)
        b = erlang.blocking(s.load, s.channels) if bug == "redials forgotten" else law.blocking
        b = _law(s._replace(load=1.02 * s.load)).blocking if bug == "holding + 2 %" else b
        found.append(judge.mean_is(lost - b * (fresh if bug == "a redial counted as a fresh call" else attempts)))
    return found


def _attempts(chosen: list[Setting], bug: str = "") -> list[float]:
    """P-values of `attempts = fresh calls / (1 - H P(lost))`, P from the chain in two dimensions."""
    found = []
    for s in chosen:
        attempts, _, fresh = _counts(s)
        law = _law(s)
        ratio = law.attempts if not bug else 1 / (1 - law.blocking)
        found.append(judge.mean_is(attempts - ratio * fresh))
    return found


def test_the_lost_share_of_attempts_is_that_of_the_chain_in_two_dimensions(chosen: list[Setting]) -> None:
    assert judge.holm(_blocking(chosen)) == []


@pytest.mark.parametrize("bug", ["redials forgotten", "holding + 2 %", "a redial counted as a fresh call"])
def test_a_wrong_lost_share_is_rejected(bug: str, chosen: list[Setting]) -> None:
    assert judge.holm(_blocking(chosen, bug))


def test_attempts_for_each_call_are_those_of_the_chain(chosen: list[Setting]) -> None:
    assert judge.holm(_attempts(chosen)) == []


def test_attempts_without_giving_up_are_rejected(chosen: list[Setting]) -> None:
    assert judge.holm(_attempts(chosen, "nobody gives up"))


def test_attempts_for_each_call_are_one_over_one_minus_persistence_times_blocking() -> None:
    """An identity of the chain itself, for every setting."""
    for s in SETTINGS:
        law = _law(s)
        assert law.attempts == pytest.approx(1 / (1 - s.persistence * law.blocking), rel=1e-9)


def test_each_lost_attempt_is_followed_by_another_with_the_chance_of_persistence(chosen: list[Setting]) -> None:
    """Binomial, exactly: attempts of the last hour are left out, because the next one may not have come yet."""
    found, wrong = [], []
    for s in chosen:
        log = _run(s).tables["event_log"]
        base = log["code"] == state.LOG_BASE
        label = log["who"] << 40 | log["nth"]
        decided = base & (log["a"] == state.BLOCKED) & (log["time"] < (HOURS - 1) * 3600.0 - 10 * s.after)
        again = np.isin(label[decided] + 1, label[base])
        n, h = len(again), s.persistence
        found.append(judge.near(float(again.sum()), n * h, (n * h * (1 - h)) ** 0.5))
        wrong.append(judge.near(float(again.sum()), n * (h + 0.02), (n * h * (1 - h)) ** 0.5))
    assert judge.holm(found) == []
    assert judge.holm(wrong), "a persistence two points higher must be rejected"


# ---- people's own calls ----

PEOPLE = [
    "places.zones.town.population=6000", "phones.cells.town=4", "phones.channels=6", "phones.load=0", "phones.both_ends=true",
    "phones.answer=0.6", "phones.persistence=0.75", "phones.redial_after={law: exponential, mean: 60 s}", "horizon=6 h",
    "broadcasts={news: {at: T+1 min, audience: 1, rise: 60 s, decay: 10 min, source: textbook setting}}",
    "worry={affected: {town: 1}, ties: {town: 1}, message_share: 0, message_after_failure: 0, talk_calls: 0, talk_messages: 0, "
    "reaction: {law: exponential, mean: 5 min}, source: textbook setting}",
    "record.event_log=true",
]  # fmt: skip


def test_worried_callers_redial_with_the_same_persistence_and_stop_when_answered() -> None:
    log = settings.run("d04-redial", PEOPLE).tables["event_log"]
    attempt, gave_up = log["code"] == state.LOG_ATTEMPT, log["code"] == state.LOG_GAVE_UP
    failed = attempt & (log["a"] != state.ANSWERED)
    n, h = int(failed.sum()), 0.75
    assert judge.near(float(gave_up.sum()), n * (1 - h), (n * h * (1 - h)) ** 0.5) > judge.LEVEL
    assert judge.near(float(gave_up.sum()), n * (1 - h - 0.02), (n * h * (1 - h)) ** 0.5) < judge.LEVEL
    call = log["who"] << 32 | (log["nth"] // numbering.MAX_ATTEMPTS)
    ended = np.concatenate([call[attempt & (log["a"] == state.ANSWERED)], call[gave_up]])
    assert len(np.unique(ended)) == len(ended), "a call ends once"
    late = log["time"][attempt] > 0
    assert late.all() and n > 5000


def test_an_answer_has_the_stated_chance_among_calls_that_got_through() -> None:
    sets = [text.replace("town=4", "town=80") for text in PEOPLE]
    log = settings.run("d04-redial", sets).tables["event_log"]
    through = (log["code"] == state.LOG_ATTEMPT) & (log["a"] >= state.UNANSWERED)
    n, yes = int(through.sum()), float((log["a"][through] == state.ANSWERED).sum())
    assert judge.near(yes, 0.6 * n, (0.24 * n) ** 0.5) > judge.LEVEL
    assert judge.near(yes, 0.64 * n, (0.24 * n) ** 0.5) < judge.LEVEL
