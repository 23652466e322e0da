"""Rules in a night: what is seen is what has happened, what is not used moves no bit, people are shared, forks change nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from msgu.engine.forks.disk import of_saved, to_saved
from msgu.engine.forks.errors import OtherPastError
from msgu.engine.forks.people import why_alone
from msgu.engine.forks.run import Begin, Checkpoint, Keep, simulate
from msgu.engine.run import simulate as from_the_start
from msgu.measure.fired import fired, spans_of
from msgu.measure.metrics.values import metric_value
from msgu.measure.view import Night
from msgu.results import Results, fingerprint
from msgu.scenario.differences import differ_from
from msgu.scenario.load import load
from msgu.scenario.observables import OBSERVABLES
from msgu.world.build import World, build_world

from tests import TOY

pytestmark = pytest.mark.long
HOUR = 3600.0
WATCHED = {
    "posts": "sees: posts, topic: abri, over: 10 min, above: ABOVE /min",
    "offers": "sees: offers, over: 10 min, above: ABOVE /min",
    "blocking": "sees: blocking, zones: [centre], over: 5 min, above: ABOVE",
    "waiting": "sees: waiting, desk: hotline, above: ABOVE",
    "unchecked": "sees: unchecked, above: ABOVE",
    "stranded": "sees: stranded, above: ABOVE",
    "since": "sees: since, event: explosion, above: ABOVE min",
}
FOLLOWING = (
    "measures.ruled={dial: voice_share, factor: 0.5, at: rule blocking, until: end of rule blocking + 10 min}",
    "measures.slower={dial: channels, factor: 0.6, at: rule posts + 3 min, until: rule posts + 30 min, zones: [centre]}",
    "posts.ruled={at: rule posts, account: mairie, topic: alerte}",
    "desks.hotline.shifts.ruled={at: rule waiting, operators: 6}",
    "desks.hotline.shifts.after={at: end of rule waiting + 5 min, operators: 1}",
    "closures.ruled={at: rule stranded, until: end of rule stranded, lines: [m1]}",
    "instructions.ruled={at: rule offers, until: rule offers + 30 min, stays: 0.5}",
    "broadcasts.ruled={at: rule offers + 2 min, audience: 0.4}",
)
"""What rules set off, of every kind."""


def rules(above: dict[str, float], **more: str) -> list[str]:
    """Overrides: one rule of each name, at its level."""
    told = {
        name: WATCHED[name].replace("ABOVE", f"{level:g}") + f", at: T+40 min{more.get(name, '')}"
        for name, level in above.items()
    }
    return [f"rules.{name}={{{words}}}" for name, words in told.items()]


LEVELS = {"posts": 1.0, "offers": 0.15, "blocking": 0.02, "waiting": 0.0, "unchecked": 0.0, "stranded": 3.0, "since": 70.0}
NEVER = dict.fromkeys(LEVELS, 1e6) | {"blocking": 1.0}


@cache
def world(*sets: str) -> World:
    quiet = () if any(text.startswith("record") for text in sets) else ("record.event_log=false",)
    scenario = load(TOY, (), [*quiet, *sets])
    return build_world(scenario, scenario.seed, scenario.scale)


@cache
def night(*sets: str) -> Results:
    return from_the_start(world(*sets), 1, 0)


def tables(results: Results) -> dict[str, str]:
    """Fingerprint of all tables but that of the rules."""
    found = fingerprint(results)
    return {layer: found[layer] for layer in ("posts", "calls", "people")}


@pytest.mark.parametrize("log", ["false", "true"])
def test_rules_that_watch_everything_and_never_fire_move_no_bit(log: str) -> None:
    kept = f"record.event_log={log}"
    never = night(kept, *rules(NEVER), *FOLLOWING)
    assert len(never.tables["rules"]["time"]) == 0
    assert tables(never) == tables(night(kept))
    assert "rules" not in night(kept).tables


def test_rules_on_which_nothing_depends_move_no_bit() -> None:
    fires = night(*rules(LEVELS))
    assert set(np.unique(fires.tables["rules"]["rule"])) == set(range(len(LEVELS)))
    assert tables(fires) == tables(night())


def truth(name: str, results: Results, t: float) -> float:
    """What an observable was at a time on the minute, from the tables of the night."""
    posts, calls, desks, people = (results.tables[table] for table in ("posts", "calls", "desks", "people"))
    if name in ("posts", "offers"):
        mine = (posts["time"] >= t - 600) & (posts["time"] < t) & (posts["topic"] == results.names["topics"].index("abri"))
        if name == "offers":
            mine &= (posts["kind"] == results.names["kinds"].index("offer")) & (
                posts["root"] == np.arange(len(posts["time"]))
            )
        return float(mine.sum()) / 600
    if name == "blocking":
        rows = (
            (calls["bin"] >= t / 60 - 5)
            & (calls["bin"] < t / 60)
            & (calls["zone"] == results.names["zones"].index("centre"))
        )
        return float(calls["lost"][rows].sum() / calls["offered"][rows].sum())
    if name == "waiting":
        return float(desks["waiting"][desks["bin"] == t / 60 - 1].sum())
    stuck = [results.names["states"].index(state) for state in ("stranded", "seeking")]
    return float(people["count"][(people["bin"] == t / 60 - 1) & np.isin(people["state"], stuck)].sum())


@pytest.mark.parametrize("name", ["posts", "offers", "blocking", "waiting", "stranded"])
def test_what_a_rule_sees_is_what_the_tables_say_had_happened_by_then(name: str) -> None:
    """Where ordinary calls are counted late too; bins are a minute, so that looks on the minute fall on their edges."""
    results = night(*rules(LEVELS))
    table = results.tables["rules"]
    mine = table["rule"] == results.names["rules"].index(name)
    assert mine.any()
    shut = {float(t) for closure in load(TOY).closures.values() for t in (closure.at, closure.until)}
    for t, true in zip(table["looked"][mine], table["true"][mine], strict=True):
        if name == "stranded" and t in shut:
            continue  # a dated event comes before a look of the same time
        assert true == pytest.approx(truth(name, results, float(t))), t


def test_every_observable_is_watched_here() -> None:
    assert set(WATCHED) == set(OBSERVABLES)


# ---- what a rule has ----


def first(results: Results, name: str) -> float:
    return min((on for on, _ in spans_of(Night(load(TOY), results), name)), default=np.inf)


def alone(name: str, level: float, **more: Any) -> Results:
    words = "".join(f", {key}: {value}" for key, value in more.items())
    return night(*rules({name: level}, **{name: words}))


FAR = {"posts": 2.5, "blocking": 20.0, "stranded": 2.5}


@pytest.mark.parametrize("name", FAR)
def test_a_lower_level_goes_on_earlier_or_at_the_same_time(name: str) -> None:
    times = [first(alone(name, factor * LEVELS[name]), name) for factor in (0.3, 1.0, FAR[name])]
    assert times == sorted(times) and times[0] < times[-1]


def test_more_delay_is_later_by_as_much() -> None:
    at_once, late = (first(alone("posts", 1.0, delay=delay), "posts") for delay in ("0 s", "7 min"))
    assert late == at_once + 420.0


def test_a_level_that_must_last_longer_is_met_later() -> None:
    times = [first(alone("posts", 0.5, lasting=f"{n} min"), "posts") for n in (0, 2, 4)]
    assert times == sorted(times) and times[0] < times[-1]


def test_a_rule_goes_on_at_most_so_many_times_and_off_when_it_is_watched_no_longer() -> None:
    often, once = alone("offers", 0.15), alone("offers", 0.15, at_most=1)
    turns = [night.tables["rules"]["what"].tolist() for night in (often, once)]
    assert turns[0].count(1) > 1 == turns[1].count(1)
    start = first(once, "offers")
    ended = alone("offers", 0.15, until=f"T+{(start + 60) / 60:g} min", until_below="0 /min")
    table = ended.tables["rules"]
    assert table["time"].tolist() == [start, start + 60.0]
    assert np.isnan(table["seen"][-1]) and np.isnan(table["true"][-1])


def shared(people: int, short: str) -> Results:
    """Three rules that need somebody of one team."""
    names = ("posts", "offers", "stranded")
    words = dict.fromkeys(names, f", teams: {{press: 1}}, short: {short}, until_lasting: 3 min")
    return night(f"teams={{press: {{people: {people}}}}}", *rules({name: LEVELS[name] for name in names}, **words))


def most_at_once(results: Results) -> int:
    table = results.tables["rules"]
    return int(np.cumsum(np.where(table["what"] == 1, 1, np.where(table["what"] == 0, -1, 0))).max())


@pytest.mark.parametrize("short", ["waits", "passes"])
def test_fewer_people_have_fewer_rules_on_at_once_and_say_that_they_lack(short: str) -> None:
    found = [shared(people, short) for people in (1, 2, 3)]
    assert [most_at_once(one) for one in found] == [1, 2, 3]
    lacked = [int((one.tables["rules"]["what"] == 2).sum()) for one in found]
    assert lacked[0] > lacked[-1] == 0


def test_whom_a_rule_lacks_it_waits_for_or_is_passed_over() -> None:
    """One that waits goes on once somebody is free and its level still lasts, so that somebody is busy for longer."""
    busy = []
    for short in ("waits", "passes"):
        told = Night(load(TOY), shared(1, short))
        busy.append(sum(end - on for name in told.results.names["rules"] for on, end in spans_of(told, name)))
    assert busy[0] > busy[1]


def test_at_one_time_the_rule_whose_id_comes_first_takes_the_people() -> None:
    both = [
        "teams={press: {people: 1}}",
        *(f"rules.{name}={{sees: since, event: explosion, at: T+40 min, above: 70 min, teams: {{press: 1}}}}"
          for name in ("b", "a")),
    ]  # fmt: skip
    table = night(*both).tables["rules"]
    assert [(table["rule"][i], table["what"][i]) for i in range(2)] == [(0, 1), (1, 2)]


def test_one_rule_may_act_on_what_another_one_sees() -> None:
    """Calls that are lost bring fewer calls, so that the rule goes off; two measures of one dial multiply."""
    acts = night(*rules(LEVELS), FOLLOWING[0], FOLLOWING[0].replace("ruled", "again").replace("0.5", "0.1"))
    assert tables(acts) != tables(night())
    spans = spans_of(Night(acts_scenario(), acts), "blocking")
    assert spans and metric_value("rule_fired(rule=blocking)", Night(acts_scenario(), acts)) == len(spans)
    assert metric_value("rule_first(rule=blocking)", Night(acts_scenario(), acts)) == spans[0][0]
    assert metric_value("rule_on(rule=blocking)", Night(acts_scenario(), acts)) == sum(end - on for on, end in spans)
    told = {one.rule: one for one in fired([Night(acts_scenario(), acts)] * 2)}
    assert (told["blocking"].on, told["blocking"].first, told["blocking"].times) == (2, spans[0][0], len(spans))


def acts_scenario() -> Any:
    return world(*rules(LEVELS), FOLLOWING[0], FOLLOWING[0].replace("ruled", "again").replace("0.5", "0.1")).scenario


def test_a_broadcast_of_a_rule_tells_whom_one_at_its_date_would_tell() -> None:
    """With the same keys: a rule that fires at a known time is a date."""
    at = load(TOY).events["explosion"].at + 70 * 60 + 60
    rule = "rules.clock={sees: since, event: explosion, at: T+0 s, every: 1 min, above: 70 min}"
    cast = "broadcasts.more={{audience: 0.5, at: {}}}"
    check = "safety_check.at={}"
    ruled = night(rule, cast.format("rule clock"), check.format("rule clock + 5 min"))
    dated = night(cast.format(f"T+{at:g} s"), check.format(f"T+{at + 300:g} s"))
    assert ruled.tables["rules"]["time"][0] == at
    assert tables(ruled) == tables(dated) != tables(night())


# ---- forks ----

BUSY = (*rules(LEVELS, blocking=", lasting: 3 min, until_below: 0.01, delay: 90 s, error: 0.3"), *FOLLOWING)


def kept(times: tuple[float, ...], base: World) -> list[Checkpoint]:
    found: list[Checkpoint] = []
    simulate(base, 1, 0, keep=Keep(times, found.append))
    return found


def test_a_run_that_goes_on_from_a_fork_while_rules_count_or_are_on_has_the_bits_of_one_from_the_start() -> None:
    whole, table = night(*BUSY), night(*BUSY).tables["rules"]
    on = table["time"][table["what"] == 1]
    forks = tuple(sorted({float(on[0]) + 30.0, float(on[len(on) // 2]) + 90.0, 1.5 * HOUR, 2 * HOUR + 20.0}))
    for point in kept(forks, world(*BUSY)):
        again = simulate(world(*BUSY), 1, 0, begin=Begin(of_saved(to_saved(point)), lambda: world(*BUSY)))
        assert fingerprint(again) == fingerprint(whole), point.at


def test_a_policy_with_a_rule_shares_what_is_before_the_rule_is_watched() -> None:
    later = tuple(text.replace("at: T+40 min", "at: T+2 h") for text in BUSY if not text.startswith("instructions"))
    assert differ_from(world().scenario, world(*later).scenario) == 2 * HOUR
    (point,) = kept((2 * HOUR,), world())
    branch = simulate(world(*later), 1, 0, begin=Begin(of_saved(to_saved(point)), world))
    assert fingerprint(branch) == fingerprint(night(*later))


def test_a_fork_after_a_rule_began_to_be_watched_is_told() -> None:
    (point,) = kept((2 * HOUR,), world())
    with pytest.raises(OtherPastError):
        simulate(world(*BUSY), 1, 0, begin=Begin(of_saved(to_saved(point)), world))


def test_people_who_are_out_are_not_run_apart_where_a_rule_may_see_them() -> None:
    assert why_alone(world(*BUSY).scenario) == "rules"
