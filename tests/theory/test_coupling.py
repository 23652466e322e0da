"""Overload and the network drive one another: each arrow's direction when one parameter moves.

A parameter of a toy night is moved, and the other side of the coupling must move the way it says, over replications on
common draws and beyond three standard errors; with the arrow cut it must not move at all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from msgu.kernels import state
from msgu.results import Results
from msgu.scenario.load import load
from msgu.world.build import build_world
from numpy.typing import NDArray

from tests.theory import settings

TOY = settings.FOLDER.parent / "toy.yaml"
NIGHTS = 12
BASE = (
    "phones.cells={centre: 2, nord: 2, est: 2, sud: 2, port: 1, banlieue: 2, pays: 2}", "phones.channels=3",
    "worry.post_after_failure=0.6", "worry.message_after_failure=0.5", "record.event_log=true",
)  # fmt: skip

Count = Callable[[Results], float]


@cache
def _nights(*sets: str) -> tuple[Results, ...]:
    last = {text.split("=", 1)[0]: text for text in (*BASE, *sets)}
    scenario = load(TOY, (), list(last.values()))
    world = build_world(scenario, scenario.seed, scenario.scale)
    return tuple(settings.night(world, n) for n in range(NIGHTS))


def effect(count: Count, sets: tuple[str, ...], common: tuple[str, ...] = ()) -> NDArray[np.float64]:
    """How a count changes, night for night on common draws, when parameters move."""
    before, after = _nights(*common), _nights(*common, *sets)
    return np.array([count(b) - count(a) for a, b in zip(before, after, strict=True)])


def _codes(code: int) -> Count:
    return lambda night: float((night.tables["event_log"]["code"] == code).sum())


def posts(night: Results) -> float:
    """Posts of the topic on which those who give up calling write."""
    mine = night.tables["posts"]["topic"] == night.names["topics"].index("alerte")
    return float(mine.sum())


def blocked(night: Results) -> float:
    """Legs lost."""
    return float(night.tables["cells"]["lost"].sum())


def aware_by_network(night: Results) -> float:
    """People whom the network told."""
    log = night.tables["event_log"]
    return float(((log["code"] == state.LOG_AWARE) & (log["nth"] == 1)).sum())


def cleared(way: str) -> Count:
    """Worries cleared in one way."""
    return lambda night: float(night.tables["reassured"][way].sum())


attempts, sms, given_up = _codes(state.LOG_ATTEMPT), _codes(state.LOG_MESSAGE), _codes(state.LOG_GAVE_UP)
FEW = ("phones.channels=1",)
DATA = "phones.data={{share: 0.8, capacity: {} /s, source: textbook setting}}"
NO_DATA = DATA.replace("0.8", "0")
SAFE = ("worry.safe_post=1", "worry.safe_seen=1", "worry.safe_after={law: fixed, value: 1 s}")
NO_TV = ("broadcasts.radio.audience=0",)

ARROWS: dict[str, tuple[Count, tuple[str, ...], tuple[str, ...], int]] = {
    "fewer channels block more": (blocked, FEW, (), +1),
    "fewer channels make more attempts": (attempts, FEW, ("worry.talk_calls=0",), +1),
    "fewer channels make more give up": (given_up, FEW, (), +1),
    "fewer channels push people to the network": (posts, FEW, (), +1),
    "fewer channels push people to SMS": (sms, FEW, (), +1),
    "a livelier network tells more people": (aware_by_network, ("topics.alerte.infectiousness=0.2",), NO_TV, +1),
    "a livelier network makes more calls": (attempts, ("topics.alerte.infectiousness=0.2",), NO_TV, +1),
    "a livelier network blocks more": (blocked, ("topics.alerte.infectiousness=0.2",), NO_TV, +1),
    "posts of being safe spare calls": (
        attempts, ("worry.safe_post=1", "worry.safe_seen=1"), ("worry.safe_after={law: fixed, value: 1 s}",), -1,
    ),
    "persistence makes more attempts": (attempts, ("phones.persistence=0.9",), (), +1),
    "texting instead of calling spares attempts": (attempts, ("worry.message_share=0.9",), (), -1),
    "texting instead of calling blocks less": (blocked, ("worry.message_share=0.9",), FEW, -1),
    "Safety Check earlier spares calls": (
        attempts, ("safety_check.at=T+65 min",), ("safety_check.marks=1", "safety_check.contact=1"), -1,
    ),
    "finding no mark makes calls": (attempts, ("safety_check.unmarked=1",), (), +1),
    "a full data channel pushes people to SMS": (
        sms, (DATA.format("0.001"),), (DATA.format("100"),), +1,
    ),
    "a full data channel slows those who look for shelter": (
        _codes(state.LOG_READ), (DATA.format("0.01"),), (DATA.format("100"),), -1,
    ),
    "a full data channel holds up posts of being safe": (
        cleared("post"), (DATA.format("0.001"),), (DATA.format("100"), *SAFE), -1,
    ),
    "a full data channel holds up posts instead of calls": (posts, (DATA.format("0.001"),), (DATA.format("100"), *FEW), -1),
    "more worry brings more callers to desks": (_codes(state.LOG_DESK), ("desks.hotline.worried_share=0.9",), (), +1),
}  # fmt: skip
"""What moves (a count), the parameters that move, those that both nights share, and the direction."""


@pytest.mark.parametrize("arrow", ARROWS)
def test_an_arrow_points_the_way_it_says(arrow: str) -> None:
    count, sets, common, direction = ARROWS[arrow]
    change = direction * effect(count, sets, common)
    spread = change.std(ddof=1) / NIGHTS**0.5
    assert change.mean() > 3 * spread, change.tolist()
    assert change.mean() > 0


CUT = {
    "no posts after failure": (posts, FEW, ("worry.post_after_failure=0",)),
    "nobody worried": (
        attempts,
        ("topics.alerte.infectiousness=0.2",),
        ("worry.ties={arrondissement: 0, banlieue: 0, pays: 0}", "worry.talk_calls=0", *NO_TV),
    ),
    "data that nobody uses": (_codes(state.LOG_READ), (NO_DATA.format("0.01"),), (NO_DATA.format("100"),)),
    "marks that nobody sees": (attempts, ("safety_check.at=T+65 min",), ("safety_check.contact=0",)),
}
"""The same with the arrow cut."""


@pytest.mark.parametrize("cut", CUT)
def test_a_cut_arrow_moves_nothing(cut: str) -> None:
    count, sets, common = CUT[cut]
    assert (effect(count, sets, common) == 0).all()
