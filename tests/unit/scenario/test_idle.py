"""A setting that nothing reads in its scenario is warned of with its place; one that is read is not."""

from __future__ import annotations

import warnings

import pytest
from msgu.errors import InputWarning
from msgu.scenario.load import load

from tests import TOY

IDLE = {
    "rise of a constant rate": (["drivers.chatter.rise=5 min"], "drivers.chatter.rise"),
    "decay of a constant rate": (["gains.mairie-followed.until=23:00"], "gains.mairie-followed.decay"),
    "onset of what does not fall": (["topics.abri.onset=22:00"], "topics.abri.onset"),
    "a map that never opens": (["shelter.map_at=null"], "shelter.volunteers"),
    "relays of nobody": (["shelter.relay_share=0.9"], "shelter.relay_share"),
    "copies of nobody": (["missing.relay_asks=0.9"], "missing.relay_asks"),
    "posts without a topic": (["worry.post_topic=null"], "worry.post_after_failure"),
    "a later event that nobody hears of": (
        ["worry.news={second: {at: '22:00', affected: {est: 1}, source: made}}"],
        "worry.news.second",
    ),
    "asked by nobody": (["safety_check.prompted=0.5"], "safety_check.prompted"),
    "worried callers of nobody": (["worry=null"], "desks.hotline.worried_share"),
    "a dial of a map without a map": (["shelter=null"], "measures.map-poster.dial"),
    "a dial of calls without telephones": (["phones=null"], "measures.half-rate.dial"),
    "trends of nothing": (["trending.topics=[]"], "trending"),
}


@pytest.mark.parametrize("name", IDLE)
def test_a_setting_without_effect_is_warned_of(name: str) -> None:
    sets, key = IDLE[name]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        load(TOY, sets=sets)
    problems = [w.message.problem for w in told if isinstance(w.message, InputWarning)]
    assert key in [problem.key for problem in problems]
    assert all(problem.given and problem.allowed and problem.nearest for problem in problems)


def test_the_same_settings_are_not_warned_of_where_they_are_read() -> None:
    load(TOY, sets=["drivers.explosion.rise=5 min", "topics.alerte.onset=22:00", "shelter.volunteers=3"])
