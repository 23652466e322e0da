"""The number of a call centre is announced: who has not heard it does not call."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from msgu.engine.run import simulate
from msgu.errors import InputError
from msgu.results import Columns, Results
from msgu.scenario.explain import explain_scenario
from msgu.scenario.load import load
from msgu.world.build import build_world
from scipy import stats

from tests import TOY

TOLD = "broadcasts={news: {at: T+0 s, audience: 1, rise: 0 s, decay: 0 s, source: invented}}"
ASKED = (
    TOLD, "network.accounts=20", "safety_check=null", "phones.load=0", "phones.answer=0", "worry.safe_post=0",
    "worry.message_answered=0", "worry.talk_calls=0", "worry.talk_messages=0", "desks.hotline.worried_share=0.4",
    "desks.hotline.informs=0", "desks.hotline.persistence=0", "desks.hotline.rates.others.rate=0 /h",
    "desks.hotline.reaction={law: fixed, value: 1 min}", "desks.hotline.shifts={all: {at: T+0 s, operators: 9}}",
)  # fmt: skip


def announced(at: str = "T+40 min", audience: float = 0.5, rise: str = "0 s", decay: str = "0 s", **more: object) -> str:
    extra = "".join(f", {name}: {value}" for name, value in more.items())
    one = f"{{at: {at}, audience: {audience}, rise: {rise}, decay: {decay}{extra}, source: invented}}"
    return f"desks.hotline.announced={{radio: {one}}}"


@cache
def night(*sets: str) -> Results:
    scenario = load(TOY, (), [*sets])
    return simulate(build_world(scenario, scenario.seed, scenario.scale), scenario.seed, 0)


def received(*sets: str) -> Columns:
    return night(*ASKED, *sets).tables["desks"]


def same(a: Results, b: Results) -> bool:
    return all(np.array_equal(a.tables[t][c], b.tables[t][c], equal_nan=True) for t in a.tables for c in a.tables[t])


def test_a_number_that_all_have_heard_from_the_start_changes_no_bit() -> None:
    assert same(night(), night(announced("T+0 s", 1)))
    assert not same(night(), night(announced("T+0 s", 0.5)))


def test_nobody_calls_before_the_number_is_told() -> None:
    known, told = received(), received(announced("T+40 min", 1))
    assert known["received"][known["bin"] < 40].sum() == known["received"].sum() > 0
    assert told["received"][told["bin"] < 41].sum() == 0
    assert told["received"].sum() == known["received"].sum()


def test_as_many_call_as_have_heard_and_would() -> None:
    """Each caller that there would be has heard the number with the chance of the audience: a binomial count."""
    known, told = received()["received"].sum(), received(announced("T+10 min", 0.3))["received"].sum()
    assert stats.binomtest(int(told), int(known), 0.3).pvalue > 0.01
    assert stats.binomtest(int(told), int(known), 0.3 * 0.7).pvalue < 0.01  # heard and would, each counted twice


def test_calls_follow_the_delays_of_the_announcement() -> None:
    """With a mean of 20 minutes half of the callers of the night call within 20 ln 2 minutes and one of reaction."""
    told = received(announced("T+10 min", 1, decay="20 min"))
    by = told["received"][told["bin"] < 10 + 1 + round(20 * np.log(2))].sum()
    assert stats.binomtest(int(by), int(told["received"].sum()), 0.5).pvalue > 0.01
    assert stats.binomtest(int(by), int(told["received"].sum()), 0.75).pvalue < 0.01


@pytest.mark.parametrize(("earlier", "later"), [("T+20 min", "T+60 min"), ("T+60 min", "T+100 min")])
def test_an_earlier_announcement_brings_calls_earlier(earlier: str, later: str) -> None:
    hours = [np.average(t["bin"], weights=t["received"]) for t in (received(announced(at, 1)) for at in (earlier, later))]
    assert hours[0] < hours[1]


def test_a_number_told_in_some_zones_is_heard_there() -> None:
    nowhere = received(announced(audience=1, zones="{port: 0}"))
    assert nowhere["received"].sum() == 0


def test_an_announcement_is_told_in_both_languages_and_checked() -> None:
    told = load(TOY, (), [announced()])
    assert "hears it" in explain_scenario(told, "en")
    assert "est annoncé" in explain_scenario(told, "fr")
    with pytest.raises(InputError, match="a zone or kind of zone"):
        load(TOY, (), [announced(zones="{prot: 1}")])
