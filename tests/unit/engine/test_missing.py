"""Notices for missing persons: their number, their news, and what relays do that hear of a closing late or never."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.engine.run import simulate
from msgu.errors import InputError
from msgu.results import Results
from msgu.scenario.load import load
from msgu.world.build import build_world

from tests import TOY

BLOCK = (
    "missing={topic: alerte, people: 300, at: T+30 min, after: {law: exponential, mean: 30 min}, news: {law: exponential, "
    "mean: 1 h}, outcomes: {found: 3, hospital: 1, dead: 1}, closes: 0.5, tribute: abri, relays: [mairie], relay_share: 0.8, "
    "relay_after: {law: exponential, mean: 40 min}, relay_asks: 1, source: invented}"
)
INFORMATION, SUPPORT, MISSING = 2, 3, 4


def night(*sets: str) -> Results:
    """A toy night with notices."""
    scenario = load(TOY, (), [BLOCK, *sets])
    return simulate(build_world(scenario, scenario.seed, scenario.scale), scenario.seed, 0)


@pytest.fixture(scope="module")
def whole() -> Results:
    return night()


def test_each_notice_is_a_post_of_its_writer_at_its_time(whole: Results) -> None:
    notices, posts = whole.tables["missing"], whole.tables["posts"]
    assert 250 < len(notices["time"]) <= 300  # a few come after the horizon
    assert (posts["time"][notices["post"]] == notices["time"]).all()
    assert (posts["author"][notices["post"]] == notices["author"]).all()
    assert (posts["kind"][notices["post"]] == MISSING).all()


def test_news_come_in_the_stated_proportions_and_times(whole: Results) -> None:
    notices = whole.tables["missing"]
    counts = np.bincount(notices["outcome"], minlength=3) / len(notices["outcome"])
    assert counts == pytest.approx([0.6, 0.2, 0.2], abs=0.08)
    assert np.mean(notices["known"] - notices["time"]) == pytest.approx(3600, rel=0.2)
    over = notices["known"] < whole.horizon
    assert notices["closed"][~over].sum() == 0
    assert notices["closed"][over].mean() == pytest.approx(0.5, abs=0.12)


def test_closings_of_the_dead_turn_to_tribute(whole: Results) -> None:
    notices, posts = whole.tables["missing"], whole.tables["posts"]
    abri = whole.names["topics"].index("abri")
    for author, known, outcome in zip(
        *(notices[k][notices["closed"] == 1] for k in ("author", "known", "outcome")), strict=True
    ):
        mine = (posts["time"] == known) & (posts["author"] == author)
        assert mine.sum() == 1
        assert (posts["topic"][mine] == abri).all() == (outcome == 2)
        assert posts["kind"][mine][0] == (SUPPORT if outcome == 2 else INFORMATION)


def test_relays_copy_and_are_stale_only_where_nobody_told_them(whole: Results) -> None:
    notices = whole.tables["missing"]
    assert (notices["stale"] <= notices["relays"]).all()
    assert notices["stale"][notices["closed"] == 1].sum() == 0  # they ask, and a closing was there
    assert notices["stale"].sum() > 10


def test_relays_copy_no_notice_that_has_been_taken_down() -> None:
    gone = "topics.alerte.removal={share: 1, delay: {law: fixed, value: 1 s}, source: invented}"
    notices = night(gone).tables["missing"]
    assert len(notices["relays"]) > 250
    assert notices["relays"].sum() == 0


@pytest.mark.parametrize(
    ("part", "change", "more"),
    [("relay_asks: 1", "relay_asks: 0", True), ("closes: 0.5", "closes: 1", False), ("mean: 40 min", "mean: 1 min", False)],
)
def test_stale_relays_follow_closings_and_delays(part: str, change: str, more: bool, whole: Results) -> None:
    scenario = load(TOY, (), [BLOCK.replace(part, change)])
    other = simulate(build_world(scenario, scenario.seed, scenario.scale), scenario.seed, 0)
    before, after = (int(n.tables["missing"]["stale"].sum()) for n in (whole, other))
    assert (after > before) == more
    assert after != before


def test_fewer_notices_are_written_in_a_smaller_network() -> None:
    assert len(night("scale=1/2").tables["missing"]["time"]) <= 150


def test_a_notice_of_an_unknown_topic_account_or_zone_is_refused() -> None:
    for old, new in (("alerte", "alert"), ("mairie", "nobody"), ("source", "zones: [nowhere], source")):
        with pytest.raises(InputError, match="missing"):
            load(TOY, (), [BLOCK.replace(old, new)])
