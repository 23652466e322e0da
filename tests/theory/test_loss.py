"""D1: cells without redial are loss systems; Erlang B holds for every law of the holding time, from the first second."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from msgu.kernels import state
from numpy.typing import NDArray

from tests.theory import erlang, judge, settings

HOLDING = 90.0
LAWS = ("exponential", "fixed", "lognormal")
CELLS = 60
CALLS = 6000
"""Expected calls of each cell."""

PAIRS = [
    (0.5, 1), (2.0, 2), (7.0, 10), (8.2, 14), (20.0, 20), (3.0, 5), (40.0, 45), (12.0, 8),
    *((share * c, c) for c in (1, 3, 6, 9, 16, 24, 32) for share in (0.5, 0.8, 1.0, 1.4)),
    *((share * 60, 60) for share in (0.7, 0.8, 1.0, 1.4)),
]  # fmt: skip
"""Load [erlang] and channels; the first eight are the reduced size. In each some calls are lost: of 360,000 calls to 60
channels at half load none is, and their number says nothing."""

BUGS = ("one channel too many", "holding + 2 %", "carried for offered")


@cache
def _cells(law: str, load: float, channels: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Calls offered and lost in each cell."""
    hours = int(CALLS * HOLDING / load / 3600) + 1
    sets = [f"phones.load={load!r}", f"phones.channels={channels}", f"phones.cells.town={CELLS}", f"horizon={hours} h"]
    cells = settings.run(f"d01-loss-{law}", sets).tables["cells"]
    return cells["offered"].astype(float), cells["lost"].astype(float)


def _family(law: str, pairs: list[tuple[float, int]], bug: str = "") -> list[float]:
    """P-values of `lost = B x offered` over independent cells, against Erlang B or against a wrong law."""
    found = []
    for load, channels in pairs:
        offered, lost = _cells(law, load, channels)
        b = erlang.blocking(load * (1.02 if bug == BUGS[1] else 1), channels + (bug == BUGS[0]))
        found.append(judge.mean_is(lost - b * (offered - lost * (bug == BUGS[2]))))
    return found


@pytest.fixture
def pairs(size: dict[str, int]) -> list[tuple[float, int]]:
    """Pairs of this run."""
    return PAIRS[: size["loss systems for each holding law"]]


@pytest.mark.parametrize("law", LAWS)
def test_the_lost_share_is_erlang_b(law: str, pairs: list[tuple[float, int]]) -> None:
    assert judge.holm(_family(law, pairs)) == []


@pytest.mark.parametrize("bug", BUGS)
@pytest.mark.parametrize("law", LAWS)
def test_a_wrong_loss_formula_is_rejected(law: str, bug: str, pairs: list[tuple[float, int]]) -> None:
    """Power: most pairs reject each bug alone, not only the family."""
    assert len(judge.holm(_family(law, pairs, bug))) > len(pairs) / 2


# ---- stationary from the first second ----

LOAD, CHANNELS, MANY = 3.0, 5, 3000
TIMES = (0.0, 30.0, 90.0, 270.0, 1200.0)


@cache
def _busy(law: str) -> NDArray[np.int64]:
    """Busy channels of each cell at `TIMES`, from the event log; shape (times, cells)."""
    sets = [f"phones.load={LOAD}", f"phones.channels={CHANNELS}", f"phones.cells.town={MANY}", "record.event_log=true"]
    log = settings.run(f"d01-loss-{law}", [*sets, "horizon=1 h"]).tables["event_log"]
    carried = (log["code"] == state.LOG_BASE) & (log["a"] == state.ANSWERED)
    ended = log["code"] == state.LOG_HANG_UP
    step = carried.astype(np.int64) - ended
    row = np.arange(len(step))
    last = np.full(MANY, -1)
    last[log["who"][ended]] = row[ended]
    at_end = np.where(last >= 0, log["a"][last], 0) + np.bincount(
        log["who"], carried & (row > last[log["who"]]), MANY
    ).astype(np.int64)
    start = at_end - np.bincount(log["who"], step, MANY).astype(np.int64)
    return np.array([start + np.bincount(log["who"], step * (log["time"] < t), MANY).astype(np.int64) for t in TIMES])


def _stationary(law: str, load: float) -> list[float]:
    expected = erlang.busy_law(load, CHANNELS)
    return [judge.counts_are(np.bincount(row, minlength=CHANNELS + 1), expected) for row in _busy(law)]


@pytest.mark.parametrize("law", LAWS)
def test_busy_channels_have_the_stationary_law_at_the_start_and_ever_after(law: str) -> None:
    assert judge.holm(_stationary(law, LOAD)) == []


@pytest.mark.parametrize("law", LAWS)
def test_a_load_ten_per_cent_higher_is_rejected_at_every_time(law: str) -> None:
    assert len(judge.holm(_stationary(law, 1.1 * LOAD))) == len(TIMES)


def test_a_cell_that_starts_empty_is_rejected() -> None:
    """The planted bug: no calls under way at the start, so at 30 s the load is that of 30 s of calls."""
    filled = LOAD * (1 - np.exp(-30.0 / HOLDING))
    row = _busy("exponential")[1]
    assert judge.counts_are(np.bincount(row, minlength=CHANNELS + 1), erlang.busy_law(filled, CHANNELS)) < 1e-9


def test_the_recursion_of_erlang_b_agrees_with_the_truncated_poisson_law() -> None:
    for load, channels in PAIRS:
        assert erlang.blocking(load, channels) == pytest.approx(erlang.busy_law(load, channels)[-1], rel=1e-12)
