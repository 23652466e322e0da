"""Reserved channels: a cell with emergency calls is a birth-death chain, and its two kinds of call lose different shares.

With g channels reserved, every call comes in while fewer than c - g are busy, only emergency calls after that (Hong and
Rappaport 1986). Channels of operators of their own are loss systems of their own; a data channel is a queue M/D/1.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from msgu.kernels import state
from msgu.results import Results
from numpy.typing import NDArray

from tests.theory import judge, settings

HOLDING, CELLS, HOURS = 90.0, 200, 40
SETTINGS = [
    (8.0, 10, 2, 0.1), (8.0, 10, 1, 0.5), (5.0, 6, 3, 0.3), (12.0, 14, 2, 0.05), (3.0, 3, 1, 0.2), (20.0, 20, 4, 0.1),
    (6.0, 10, 2, 0.1), (10.0, 8, 1, 0.15), (2.0, 4, 2, 0.5), (15.0, 14, 3, 0.3),
]  # fmt: skip
"""Load [erlang], channels, reserved, share of emergency calls; the first four are the reduced size."""

Setting = tuple[float, int, int, float]


def lost(load: float, channels: int, reserved: int, share: float) -> tuple[float, float]:
    """Shares lost of emergency calls and of others, by the chain of busy channels."""
    p = [1.0]
    for busy in range(1, channels + 1):
        coming = load if busy <= channels - reserved else load * share
        p.append(p[-1] * coming / busy)
    law = np.array(p) / sum(p)
    return float(law[-1]), float(law[channels - reserved :].sum())


@cache
def _cells(s: Setting) -> dict[str, NDArray[np.int64]]:
    load, channels, reserved, share = s
    sets = [
        f"phones.load={load}", f"phones.channels={channels}", f"phones.reserved={reserved}", f"horizon={HOURS} h",
        f"phones.emergency_share={share}", f"phones.cells.town={CELLS}",
    ]  # fmt: skip
    return settings.run("d01-loss-exponential", sets).tables["cells"]


def _family(chosen: list[Setting], bug: str = "") -> list[float]:
    found = []
    for s in chosen:
        load, channels, reserved, share = s
        if bug == "one channel more reserved":
            reserved += 1 if reserved < channels else -1
        urgent, others = lost(load * (1.02 if bug == "holding + 2 %" else 1.0), channels, reserved, share)
        if bug == "no priority":
            urgent = others = lost(load, channels, 0, share)[0]
        cells = _cells(s)
        rest, rest_lost = cells["offered"] - cells["emergency"], cells["lost"] - cells["emergency_lost"]
        found.append(judge.mean_is(cells["emergency_lost"] - urgent * cells["emergency"]))
        found.append(judge.mean_is(rest_lost - others * rest))
    return found


@pytest.fixture
def chosen(full: bool) -> list[Setting]:
    """Settings of this run."""
    return SETTINGS if full else SETTINGS[:4]


def test_emergency_calls_and_others_lose_the_shares_of_the_chain(chosen: list[Setting]) -> None:
    assert judge.holm(_family(chosen)) == []


@pytest.mark.parametrize("bug", ["no priority", "one channel more reserved", "holding + 2 %"])
def test_a_wrong_law_of_priority_is_rejected(bug: str, chosen: list[Setting]) -> None:
    assert len(judge.holm(_family(chosen, bug))) >= len(chosen)


# ---- operators with cells of their own ----

OPERATORS = (
    "phones.operators.one.share=3", "phones.operators.two={share: 1, source: textbook setting}",
    "places.zones.town.population=4000", "phones.cells.town=40", "phones.load=0",
    "phones.both_ends=false", "phones.answer=1", "horizon=3 h", "record.event_log=true",
    "broadcasts={news: {at: T+1 s, audience: 1, rise: 1 s, decay: 40 min, source: textbook setting}}",
    "worry={affected: {town: 1}, ties: {town: 0}, talk_calls: 1, talk_messages: 0, talk_spread: "
    "{law: exponential, mean: 30 min}, source: textbook setting}",
)  # fmt: skip


OWN = (*OPERATORS, "phones.by_operator=true")


def _night(name: str, *sets: str) -> Results:
    return settings.run(name, sets)


def test_each_operator_has_its_share_of_cells_and_only_its_subscribers_call_there() -> None:
    world = settings.world_of("d01-loss-exponential", OWN)
    r = world.residents
    assert np.bincount(r.cell_operator).tolist() == [30, 10]
    assert (r.cell_operator[r.cell] == r.operator).all()
    assert r.cell_weight.sum() == pytest.approx(40)
    small = settings.world_of("d01-loss-exponential", [*OWN, "scale=1/40"]).residents
    assert np.bincount(small.cell_operator).tolist() == [1, 1], "at least one cell for each operator"
    assert small.cell_weight.sum() == pytest.approx(40)


def test_cells_of_an_operator_carry_the_calls_of_its_subscribers_and_no_others() -> None:
    own = _night("d01-loss-exponential", *OWN).tables
    shared = _night("d01-loss-exponential", *OPERATORS).tables
    assert set(shared["cells"]["operator"].tolist()) == {-1}
    assert int(shared["cells"]["offered"].sum()) == int(own["cells"]["offered"].sum()) > 2000
    for operator in range(2):
        offered = own["cells"]["offered"][own["cells"]["operator"] == operator].sum()
        assert offered == own["traffic"]["attempts"][own["traffic"]["operator"] == operator].sum() > 0


# ---- data ----

DATA = (
    "places.zones.town.population=3000", "phones.cells.town=1", "phones.load=0", "horizon=6 h", "record.event_log=true",
    "broadcasts={news: {at: T+1 s, audience: 1, rise: 1 s, decay: 1 s, source: textbook setting}}",
    "worry={affected: {town: 1}, ties: {town: 0}, talk_calls: 0, talk_messages: 2, "
    "talk_spread: {law: empirical, quantiles: {'0': 0 s, '1': 6 h}}, source: textbook setting}",
)  # fmt: skip


def _served(capacity: float, load: float, patience: float) -> tuple[NDArray[np.float64], int, Results]:
    """Times at which messages were given to the data channel, how many fell back to SMS, and the night."""
    data = (
        f"phones.data={{share: 1, capacity: {capacity} /s, load: {load}, patience: {patience} s, source: textbook setting}}"
    )
    night = _night("d01-loss-exponential", *DATA, data)
    log = night.tables["event_log"]
    fallen = int((log["b"][log["code"] == state.LOG_MESSAGE] == 1).sum())
    return log["time"][log["code"] == state.LOG_DATA], fallen, night


def test_a_data_channel_with_room_takes_every_message_and_a_full_one_sends_them_back_to_sms() -> None:
    some, none_back, night = _served(100.0, 0.5, 120.0)
    few, back, _ = _served(0.05, 0.5, 120.0)
    assert none_back == 0
    assert back > len(few) > 0
    assert len(some) == len(few) + back == int(night.tables["traffic"]["data"].sum())
    assert len(few) == pytest.approx(6 * 3600 * 0.05 * 0.5, rel=0.02), "as many as it can serve, and what waits"


def test_ordinary_traffic_takes_its_share_of_the_data_channel() -> None:
    half, quarter = len(_served(0.05, 0.5, 120.0)[0]), len(_served(0.05, 0.75, 240.0)[0])
    assert half / quarter == pytest.approx(2.0, rel=0.05)
