"""When newsrooms notice a claim, air it and deny it; fields at neutral values; references that are wrong."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.engine.run import simulate
from msgu.errors import InputError
from msgu.kernels.state import CORRECTION
from msgu.results import Results, fingerprint
from msgu.scenario.load import load
from msgu.world.build import build_world

from tests import TOY

MINUTE = 60.0
ROOM = "newsrooms.tele={{topic: rumeur-port, account: radio, level: 0.2 /min, window: 10 min, {}}}"
LATE = "sees_after: 3 min, airs_after: 7 min, corrects_after: 4 min"
DENIED = 140 * MINUTE
"""When the town hall of the toy denies the rumour."""


def night(*sets: str) -> Results:
    """A toy night whose claim is aired."""
    scenario = load(TOY, (), sets)
    return simulate(build_world(scenario, scenario.seed, scenario.scale), scenario.seed, 0)


def aired(results: Results) -> list[tuple[float, bool]]:
    """Time of each post of the newsroom, and whether it denies the claim."""
    posts = results.tables["posts"]
    mine = posts["author"] == results.names["accounts"].index("radio")
    return list(zip(posts["time"][mine].tolist(), (posts["kind"][mine] == CORRECTION).tolist(), strict=True))


def noticed(results: Results) -> float:
    """First full minute at which it sees ten minutes with two posts of the claim, three minutes late."""
    posts = results.tables["posts"]
    times = posts["time"][(posts["topic"] == results.names["topics"].index("rumeur-port")) & (posts["origin"] != 3)]
    minutes = MINUTE * np.arange(1, 240)
    seen = [((times >= t - 13 * MINUTE) & (times < t - 3 * MINUTE)).sum() for t in minutes]
    return float(minutes[np.argmax(np.array(seen) >= 2)])


@pytest.mark.toy
def test_a_newsroom_airs_what_is_loud_and_then_its_denial_each_after_its_delays() -> None:
    results = night(ROOM.format(LATE))
    assert aired(results) == [
        (noticed(results) + 7 * MINUTE, False), (DENIED + 3 * MINUTE + 4 * MINUTE, True),
    ]  # fmt: skip


def test_a_claim_that_is_denied_before_it_is_aired_is_aired_as_denied() -> None:
    results = night(ROOM.format("sees_after: 3 min, airs_after: 2 h, corrects_after: 4 min"))
    assert aired(results) == [(noticed(results) + 120 * MINUTE, True)]


def test_a_denial_by_who_is_no_official_is_not_aired() -> None:
    assert [denies for _, denies in aired(night(ROOM.format(LATE), "posts.denial.account=reporter"))] == [False]


def test_what_is_aired_tells_people_with_an_account_and_those_without() -> None:
    quiet = ("broadcasts.radio.audience=0.001", "attention.seeing=0", "worry.talk_news=0")
    people = [night(ROOM.format(f"audience: {share}"), *quiet).tables["awareness"]["aware"].max() for share in (0.001, 0.9)]
    assert people[1] > 3 * people[0]


def test_neutral_values_leave_every_bit() -> None:
    """Trust of 1 and an interest that outlasts the night are the law without either."""
    neutral = "topics.rumeur-port.claim.{}"
    sets = [neutral.format("trust={official: 1, citizen: 1}"), neutral.format("interest={law: fixed, value: 1000 h}")]
    assert fingerprint(night(*sets)) == fingerprint(night())


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("newsrooms.tele={topic: alert, level: 1 /min, audience: 0.1}", "alerte"),
        ("newsrooms.tele={topic: alerte, level: 1 /min, audience: 0.1}", "a claim of this scenario (rumeur-port)"),
        ("newsrooms.tele={topic: rumeur-port, level: 1 /min, account: radi}", "radio"),
        ("newsrooms.tele={topic: rumeur-port, level: 1 /min}", "an `account:` or an `audience:` above 0"),
        ("topics.rumeur-port.claim.trust={offical: 2}", "official"),
    ],
    ids=["no topic", "no claim", "no account", "heard by nobody", "no role"],
)
def test_a_wrong_newsroom_is_told_with_what_is_allowed(given: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        load(TOY, (), [given])
    assert told in str(error.value)
