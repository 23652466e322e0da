"""Messages that ask for action: each arrow to another model points where it should when one setting moves."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest
from msgu.engine.run import simulate
from msgu.kernels import state
from msgu.measure.metrics.catalogue import METRICS
from msgu.measure.view import Night
from msgu.results import Results
from msgu.scenario.load import load
from msgu.scenario.schema.people import STATES
from msgu.world.build import build_world
from ruamel.yaml import YAML

from tests import TOY

W = {
    "sender": "authority", "length": 600, "place": ["centre", "est"], "hazard": "gas", "guidance": [], "at": "T+70 min",
    "until": "T+220 min", "alert": {"zones": {"arrondissement": 0.9}, "delay": {"law": "fixed", "value": "10 s"}},
}  # fmt: skip
"""An alert that reaches most of the city, an hour before most of those who are out leave."""


@cache
def _base(way: str = "") -> Path:
    """The toy night with a crowd in the centre, nothing closed, and a message, by another way where one is given."""
    yaml = YAML(typ="safe")
    d = yaml.load(TOY.read_text(encoding="utf-8"))
    d |= {"closures": {}, "measures": {}, "evidence": {}, "heeding": {"complies": 0.9}, "warnings": {"w": dict(W)}}
    d["outings"]["bars-centre"]["people"] = 3000
    if way:
        for name in ("alert", "at", "until"):
            del d["warnings"]["w"][name]
        d["warnings"]["w"] |= yaml.load(way)
    path = Path(mkdtemp()) / "base.yaml"
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(d, file)
    return path


@cache
def _night(*sets: str, way: str = "") -> Results:
    scenario = load(_base(way), (), sets)
    return simulate(build_world(scenario, 1, scenario.scale), 1, 0)


def metric(name: str, **arguments: list[str]) -> Callable[[Results], float]:
    """Metric of a night, by its name."""

    def value(night: Results) -> float:
        seen = Night(load(_base()), night)
        return METRICS[name](seen, seen.whole, {"message": ["w"], **arguments})

    return value


def moved(*states: str, until: float = 4 * 3600.0) -> Callable[[Results], float]:
    """People out who come into one of these states before a time [s]."""

    def value(night: Results) -> float:
        moves = night.tables["moves"]
        rows = np.isin(moves["state"], [STATES.index(one) for one in states]) & (moves["bin"] * 60 < until)
        return float(moves["entered"][rows].sum())

    return value


def total(table: str, column: str) -> Callable[[Results], float]:
    """Sum of a column."""
    return lambda night: float(night.tables[table][column].sum())


def aware(night: Results) -> float:
    """People who learn of the event within ten minutes of the alert."""
    log = night.tables["event_log"]
    return float(((log["code"] == state.LOG_AWARE) & (log["time"] >= 4200) & (log["time"] < 4800)).sum())


def calls(night: Results) -> float:
    """Attempts to call by people, from an hour and a half on."""
    log = night.tables["event_log"]
    return float(((log["code"] == state.LOG_ATTEMPT) & (log["time"] > 5400)).sum())


def asks(*actions: str) -> str:
    return f"warnings.w.guidance=[{', '.join(actions)}]"


NOTHING = ("heeding.unguided={}",)
"""An alert that nobody follows."""
WALKS = ("riding", "walking", "taxi", "walking_far", "stranded", "seeking")
BY_DESK = (asks("call"), "warnings.w.desk=hotline")
ALL_TEXT = (asks("text"), "heeding.complies=1", "heeding.trust={authority: 0.99}", "worry.talk_calls=2",
            "warnings.w.place=[]", "warnings.w.alert.zones={arrondissement: 1, country: 1}")  # fmt: skip

ARROWS: list[tuple[str, Callable[[Results], float], tuple[str, ...], tuple[str, ...]]] = [
    ("trust makes more people act", metric("acted", action=["stay"]),
     (asks("stay"), "heeding.trust={authority: 0.3}"), (asks("stay"), "heeding.trust={authority: 0.9}")),
    ("guidance makes more people act", metric("acted", action=["stay"]), (asks(),), (asks("stay"),)),
    ("a place that is named makes more people understand", metric("understood_warning"),
     (asks("stay"), "warnings.w.place=[]"), (asks("stay"),)),
    ("a language that is read makes more people understand", metric("understood_warning"),
     (asks("stay"), "warnings.w.languages=[en]"), (asks("stay"), "warnings.w.languages=[en, fr]")),
    ("a short message makes people seek more confirmations", metric("confirmations"),
     (asks("stay"), "heeding.understands=1", "heeding.brief=1"),
     (asks("stay"), "heeding.understands=1", "heeding.brief=1", "warnings.w.length=90")),
    ("slow confirmations make people act later", metric("time_to_action", action=["stay"]),
     (asks("stay"),), (asks("stay"), "heeding.confirming={law: lognormal, median: 20 min, sigma: 1}")),
    ("slow acting makes people act later", metric("time_to_action", action=["stay"]),
     (asks("stay"),), (asks("stay"), "heeding.acting={law: lognormal, median: 30 min, sigma: 0.8}")),
    ("word of mouth makes more people hear", metric("warned"),
     (asks("stay"), "heeding.tells=0", "warnings.w.alert.zones={arrondissement: 0.3}"),
     (asks("stay"), "heeding.told=3", "warnings.w.alert.zones={arrondissement: 0.3}")),
    ("an alert tells of the event", aware, ("warnings.w.alert.zones={centre: 0}",), (asks("stay"),)),
    ("seeking confirmation by call makes calls", total("traffic", "attempts"),
     (asks("stay"), "heeding.confirms={ask: 1}"), (asks("stay"), "heeding.confirms={call: 1}")),
    ("asking to write makes fewer calls", calls, ALL_TEXT, (*ALL_TEXT[1:], *NOTHING)),
    ("asking to write makes fewer calls fail", total("cells", "lost"), ALL_TEXT, (*ALL_TEXT[1:], *NOTHING)),
    ("asking to write makes more messages", total("traffic", "sms"), (*ALL_TEXT[1:], *NOTHING), ALL_TEXT),
    ("asking to stay keeps people off the streets until then", moved(*WALKS, until=220 * 60.0), (asks("stay"),), NOTHING),
    ("asking to leave brings people home earlier", moved("home", until=140 * 60.0), NOTHING, (asks("leave"),)),
    ("asking to keep out makes those wait who live there", moved(*WALKS, until=200 * 60.0),
     ("warnings.w.place=[nord]", asks("avoid")), ("warnings.w.place=[nord]", *NOTHING)),
    ("going round an area takes longer", moved("home", until=200 * 60.0),
     ("warnings.w.place=[est]", asks("detour")), ("warnings.w.place=[est]", *NOTHING)),
    ("asking to call a number brings it calls", total("desks", "received"), NOTHING, BY_DESK),
    ("asking to look for shelter makes people look", moved("seeking"),
     ("shelter.seekers=0.1", "going_home.taxi=0", *NOTHING), ("shelter.seekers=0.1", "going_home.taxi=0", asks("seek"))),
    ("asking to offer shelter makes offers", lambda night: float(len(night.tables["offers"]["post"])), NOTHING, (asks("host"),)),
]  # fmt: skip


@pytest.mark.parametrize(("what", "value", "low", "high"), ARROWS, ids=[arrow[0] for arrow in ARROWS])
def test_an_arrow_points_where_it_should(
    what: str, value: Callable[[Results], float], low: tuple[str, ...], high: tuple[str, ...]
) -> None:
    assert value(_night(*low)) < value(_night(*high)), what


@pytest.mark.parametrize("way", ["post: stay-in", "broadcast: radio", "prompt: {law: fixed, value: 1 min}"])
def test_a_message_comes_by_each_way(way: str) -> None:
    night = _night(asks("stay"), way=f"{{{way}}}")
    assert night.tables["warned"]["heard"].sum() > 0
    out = night.tables["warned"]["group"] == night.names["groups"].index("out")
    assert bool(night.tables["warned"]["heard"][out].sum() > 0) is (
        way.startswith("post")
    )  # by the account of their resident


def test_people_out_and_at_home_act_as_often_at_any_scale() -> None:
    """Scales of 1 and 1/4: shares who hear and act, and calls that seek confirmation, of both groups."""
    one, quarter = [], []
    for scale, found in (("1", one), ("1/4", quarter)):
        sets = [f"scale={scale}", "outings.bars-centre.people=4000", asks("stay"), "heeding.confirms={call: 1}"]
        sets += [f"places.zones.{zone}.population=8000" for zone in ("centre", "nord", "est")]
        scenario = load(_base(), (), ["warnings.w.place=[]", *sets])
        night = simulate(build_world(scenario, 1, scenario.scale), 1, 0)
        for group in (0, 1):
            rows = night.tables["warned"]["group"] == group
            found += [float(night.tables["warned"][step][rows].sum()) for step in ("heard", "called", "believed")]
        log = night.tables["event_log"]
        slot = log["nth"][log["code"] == state.LOG_ATTEMPT] // 256
        clones = round(1 / scenario.scale)
        found += [float((slot >= 2048).sum() * clones), float(((slot >= 1128) & (slot < 2048)).sum() * clones)]
    for a, b in zip(one, quarter, strict=True):
        assert abs(a - b) < 5 * np.sqrt(4 * (a + b))
        assert a > 300
