"""Rules as they are written: what is wrong is told with its place and a fix, what is right is said in both languages."""

from __future__ import annotations

import pickle

import pytest
from msgu.errors import InputError
from msgu.scenario.blocks import dated
from msgu.scenario.differences import differ_from
from msgu.scenario.explain import explain_scenario
from msgu.scenario.load import canonical, load
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.triggers import Trigger

from tests import TOY

RULE = "rules.lost={at: '21:30', sees: blocking, above: 0.2, lasting: 5 min, until_below: 0.1, zones: [centre]TEAMS}"


def rule(more: str = "") -> str:
    return RULE.replace("TEAMS", more)


def refused(*sets: str) -> list[tuple[str, str, str, str]]:
    with pytest.raises(InputError) as error:
        load(TOY, (), sets)
    return [(one.key, one.given, one.allowed, one.nearest) for one in error.value.problems]


WRONG = {
    "no such rule": (
        (rule(), "posts.denial.at=rule losd"), "posts.denial.at", "`rule losd`", "a rule of this scenario (lost)", "lost",
    ),
    "no name": ((rule(), "posts.denial.at=rule"), "posts.denial.at", "'rule' names no rule", "`rule NAME`", ""),
    "no duration": ((rule(), "posts.denial.at=rule lost + 10"), "posts.denial.at", "no duration", "with its unit", ""),
    "no date": ((rule(), "drivers.abri.at=rule lost"), "drivers.abri.at", "where no rule can give the time", "a time", ""),
    "a level of another unit": (
        ("rules.r={at: '21:30', sees: posts, topic: abri, above: 30}",), "rules.r.above", "30.0 for `posts`", "30 /min", "",
    ),
    "a share above 1": (("rules.r={at: '21:30', sees: blocking, above: 20}",), "rules.r.above", "20", "at most 1", ""),
    "no level": (("rules.r={at: '21:30', sees: blocking}",), "rules.r.sees", "no level", "`above:` and `below:`", ""),
    "two levels": (
        ("rules.r={at: '21:30', sees: blocking, above: 0.2, below: 0.1}",), "rules.r.sees", "`above` and `below`", "one of", "",
    ),
    "levels that cross": (
        ("rules.r={at: '21:30', sees: blocking, above: 0.2, until_below: 0.3}",), "rules.r.until_below", "0.3", "`above`: 0.2",
        "",
    ),
    "the other side": (
        ("rules.r={at: '21:30', sees: blocking, below: 0.2, until_below: 0.1}",), "rules.r.until_below", "without `above`",
        "`until_above`", "delete",
    ),
    "half a look": ((rule(", every: 2 min"),), "rules.lost.lasting", "5 min", "a whole number of looks", "4 min"),
    "nothing to see": (("rules.r={at: '21:30', sees: waiting, above: 3}",), "rules.r.sees", "of nothing", "`desk:`", ""),
    "another choice": (
        ("rules.r={at: '21:30', sees: blocking, above: 0.2, desk: hotline}",), "rules.r.desk", "`desk` with `blocking`",
        "`zones`", "delete `desk:`",
    ),
    "no such desk": (
        ("rules.r={at: '21:30', sees: waiting, desk: hotlin, above: 3}",), "rules.r.desk", "hotlin", "a desk", "hotline",
    ),
    "no such team": ((rule(", teams: {press: 1}"),), "rules.lost.teams.press", "press", "a team", ""),
    "too few people": (
        ("teams={press: {people: 1}}", rule(", teams: {press: 2}")), "rules.lost.teams.press", "2 people", "1 to 1", "1",
    ),
    "an end before the beginning": (
        (rule(), "measures.m={dial: taxi, factor: 2, at: rule lost + 5 min, until: rule lost}"), "measures.m.until",
        "not after `at`", "its end", "",
    ),
    "an instruction without an end": (
        (rule(), "instructions.i={at: '21:00', until: end of rule lost, stays: 1}"), "instructions.i.until",
        "unknown when it is given", "a date", "",
    ),
    "a desk that no date opens": (
        (rule(), "desks.more={handling: {law: fixed, value: 1 min}, shifts: {s: {at: rule lost, operators: 3}}}"),
        "desks.more.shifts", "shifts of rules alone", "one shift at a date", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_rule_that_cannot_be_is_told_with_its_place_and_the_nearest_fix(what: str) -> None:
    sets, key, given, allowed, near = WRONG[what]
    told = refused(*sets)
    assert any(k == key and given in g and allowed in a and near in n for k, g, a, n in told), told


def test_a_rule_is_said_in_both_languages_with_what_it_sets_off() -> None:
    more = (
        "measures.m={dial: voice_share, factor: 0.5, at: rule lost, until: end of rule lost + 10 min}",
        "teams={press: {people: 2}}",
    )
    scenario = load(TOY, (), [rule(", teams: {press: 1}, delay: 2 min, error: 0.2, at_most: 3"), *more])
    english, french = (explain_scenario(scenario, lang) for lang in ("en", "fr"))
    said = (
        "share of call attempts lost (centre)", "on above 0.2 for 5 min", "off below 0.1", "10 min after the end of rule lost",
        "2 min old", "sigma 0.2", "At most 3 times", "press 1", "Time: the start of rule lost",
    )  # fmt: skip
    dit = (
        "part des tentatives d'appel perdues (centre)",
        "au-dessus de 0.2 pendant 5 min",
        "10 min après la fin de la règle lost",
    )
    assert [words for words in said if words not in english] + [words for words in dit if words not in french] == []


def test_a_time_that_a_rule_gives_is_written_as_it_was_read_and_goes_to_other_processes() -> None:
    scenario = load(TOY, (), [rule(), "measures.m={dial: taxi, factor: 2, at: rule lost, until: end of rule lost + 90 s}"])
    assert '"until":"end of rule lost + 1 min 30 s"' in canonical(scenario)
    again = pickle.loads(pickle.dumps(scenario))  # noqa: S301
    assert again == scenario and isinstance(again.measures["m"].until, Trigger)
    assert again.measures["m"].until.after == 90.0


def test_what_a_rule_gives_is_dated_from_when_the_rule_is_watched() -> None:
    scenario = load(TOY, (), [rule(), "posts.ruled={at: rule lost, account: mairie, topic: alerte}"])
    moments = {moment.name: moment for moment in dated(scenario)}
    assert moments["posts.ruled"].t == moments["rules.lost"].t == 5400.0
    assert str(moments["posts.ruled"].given) == "rule lost" and moments["rules.lost"].given is None


def with_team(people: int, more: str = "") -> Scenario:
    post = "posts.ruled={at: rule lost, account: mairie, topic: alerte}"
    return load(TOY, (), [rule(", teams: {press: 1}" + more), f"teams={{press: {{people: {people}}}}}", post])


def test_two_scenarios_differ_from_when_their_rules_are_watched() -> None:
    assert differ_from(load(TOY), with_team(2)) == 5400.0
    assert differ_from(with_team(2), with_team(3)) == 5400.0
    assert differ_from(with_team(2), with_team(2, ", until: '23:00'")) == 10800.0


def test_a_rule_that_has_nothing_to_see_is_warned_of() -> None:
    with pytest.warns(Warning, match=r"rules\.r\.sees"):
        load(TOY, (), ["rules.r={at: '21:30', sees: offers, above: 1 /min}", "shelter=null"])
