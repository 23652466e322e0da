"""A common stimulus: who is in session reacts, with the delays of people, unless they leave before."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from msgu.results import Results
from numpy.typing import NDArray

from tests.theory import judge, settings

ACCOUNTS, AWAKE, SHARE = 3000, 0.6, 0.7
OVER, SESSION, REACTION = 60.0, 120.0, 40.0
"""Time within which it reaches everybody, mean of what is left of a session, mean of the reaction [s]."""
AT = 3600.0 + 600.0
STAYS = SESSION / (SESSION + REACTION)
"""Chance that an exponential reaction comes before an exponential session ends."""
RATE = 1 / SESSION + 1 / REACTION
"""The reactions that come are exponential with this rate."""


@cache
def _night(awake: float = AWAKE, session: float = SESSION, *more: str) -> Results:
    """Everybody sees one post in the first hour; the stimulus comes in the second."""
    world = settings.world_of("d05-cascade", [
        "network.edge_list=null", "network.complete=true", f"network.accounts={ACCOUNTS}", "topics.word.infectiousness=0",
        f"attention.awake={{'0': 1, '1': {awake}}}", "horizon=3 h", "record={event_log: false, bin: 60 s}",
        f"pulses.news={{topic: word, at: T+70 min, share: {SHARE}, live_for: 2 h, source: test, stimulus: {{over: {OVER} s, "
        f"session: {session} s, reaction: {{law: exponential, mean: {REACTION} s}}, source: test}}}}", *more,
    ])  # fmt: skip
    return settings.night(world, 0)


def _times(night: Results) -> NDArray[np.float64]:
    """From the start of the stimulus to each reaction [s]."""
    return np.sort(night.tables["posts"]["time"][1:] - AT)


def _distribution(t: NDArray[np.float64], over: float, rate: float) -> NDArray[np.float64]:
    """Distribution of a uniform on (0, over) plus an exponential of a rate."""
    after = np.maximum(t - over, 0.0)
    integral = (t - after) - (np.exp(-rate * after) - np.exp(-rate * t)) / rate
    return np.asarray(integral / over)


def test_the_peak_is_accounts_in_session_times_chance_times_the_greatest_density() -> None:
    """Rejected: everybody in session, nobody who leaves, a stimulus that reaches all at once."""
    times, width = _times(_night()), 6.0
    n = ACCOUNTS - 1
    expected = n * AWAKE * SHARE * STAYS

    def peak(reacting: float, over: float, rate: float) -> float:
        """P-value of the count around the greatest density, at the end of `over`."""
        low, high = _distribution(np.array([OVER - width, OVER]), over, rate)
        mean = reacting * (high - low)
        return judge.near(float(((times >= OVER - width) & (times < OVER)).sum()), mean, math.sqrt(mean))

    def total(reacting: float) -> float:
        return judge.near(float(len(times)), reacting, math.sqrt(reacting * (1 - reacting / n)))

    right = [total(expected), peak(expected, OVER, RATE), judge.uniform(_distribution(times, OVER, RATE))]
    print("stimulus, p-values:", right)
    assert judge.holm(right) == []
    greatest = (1 - math.exp(-RATE * OVER)) / OVER
    assert abs(float(_distribution(np.array([OVER]), OVER, RATE)[0]) - float(
        _distribution(np.array([OVER - 1e-3]), OVER, RATE)[0]) - 1e-3 * greatest) < 1e-8  # fmt: skip
    assert total(n * SHARE * STAYS) < judge.LEVEL
    assert total(n * AWAKE * SHARE) < judge.LEVEL
    assert peak(expected, 1e-6, RATE) < judge.LEVEL
    assert judge.uniform(_distribution(times, OVER, 1 / REACTION)) < judge.LEVEL


def test_each_account_in_session_reacts_once_at_most() -> None:
    authors = _night().tables["posts"]["author"]
    assert len(set(authors.tolist())) == len(authors)


def test_more_accounts_in_session_and_longer_sessions_bring_more_reactions() -> None:
    usual = len(_times(_night()))
    assert len(_times(_night(0.9))) > 1.3 * usual
    assert len(_times(_night(AWAKE, 600.0))) > 1.1 * usual


def test_a_post_taken_down_is_shared_by_nobody_whom_a_stimulus_reaches() -> None:
    gone = "topics.word.removal={share: 1, delay: {law: fixed, value: 60 min}, source: test}"
    assert len(_times(_night(AWAKE, SESSION, gone))) == 0
