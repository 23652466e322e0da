"""A denial ends a rumour, or does not, by who speaks, when, and to whom: which way each number moves the end."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import pytest
from msgu.kernels.state import CORRECTION

from tests.theory import settings

AT = 40
"""When officials deny the claim [min]."""
CLAIM = (
    "{credulity: 0.6, acceptance: 0.3, correction_infectiousness: 0.06, trust: {official: 3, media: 3}, interest: {law: "
    "exponential, mean: 30 min}, tells: {readiness: 0.1, after: {law: exponential, mean: 10 min}}}"
)
SETTING = (
    "network.accounts=2000", "network.complete=false", "network.mean_follows=30", "attention.seeing=0.5", "horizon=4 h",
    "topics.word.infectiousness=0.06", "topics.word.once=false", "topics.word.delay={law: exponential, mean: 5 min}",
    "topics.word.kinds={rumour: 1}", f"topics.word.claim={CLAIM}", "accounts.seed.followers=200", "posts.first.kind=rumour",
    "drivers.witnesses={topic: word, at: T+0 s, until: T+1 h, volume: 60, source: made}",
)  # fmt: skip
TOWN = "accounts.town={{zone: town, followers: {followers}, role: {role}, source: made}}"
DENIAL = "posts.denial={{at: T+{at} min, account: town, topic: word, kind: correction, source: made}}"
ROOM = "newsrooms.tele={topic: word, level: 0.1 /min, airs_after: 40 min, corrects_after: 0 s, audience: 0.5}"


class End(NamedTuple):
    """How a rumour ends, over some nights: hours of belief, posts of the claim after the time of the denial."""

    hours: float
    posts: int


@cache
def end(*sets: str, followers: int = 400, role: str = "official", at: int = AT, old: str = "", new: str = "") -> End:
    """Run nights of one world, with one piece of the setting's text replaced; the draws of everything else stay."""
    given = [TOWN.format(followers=followers, role=role), DENIAL.format(at=at), *sets]
    setting = [one.replace(old, new) if old else one for one in SETTING]
    world = settings.world_of("d06-reed-frost", setting + given)
    hours, after = 0.0, 0
    for replication in range(4):
        tables = settings.night(world, replication).tables
        posts = tables["posts"]
        hours += float(tables["beliefs"]["believes"].sum()) / 60
        after += int(((posts["kind"] != CORRECTION) & (posts["time"] > 60.0 * AT)).sum())
    return End(hours, after)


ARROWS = {
    "officials are trusted more": lambda: (
        end(old="official: 3", new="official: 1"),
        end(old="official: 3", new="official: 10"),
    ),
    "the denial comes earlier": lambda: (end(at=60), end(at=20)),
    "the audience is larger": lambda: (end(followers=100), end(followers=1500)),
    "a newsroom airs the denial": lambda: (end(), end(ROOM)),
    "interest is lost sooner": lambda: (end(), end(old="mean: 30 min", new="mean: 8 min")),
}
"""What is turned: how rumours end before, and after."""


@pytest.mark.parametrize("arrow", ARROWS)
def test_there_is_less_belief_and_fewer_posts_after_the_denial_where(arrow: str) -> None:
    before, after = ARROWS[arrow]()
    assert after.hours < before.hours
    assert after.posts < before.posts


def test_a_citizens_denial_does_little() -> None:
    """Twenty followers and a stranger's word save less than a fifth of the hours that officials' denial saves."""
    none, citizen, official = end(at=239), end(followers=20, role="citizen"), end()
    assert none.hours - citizen.hours < 0.2 * (none.hours - official.hours)
