"""The report: pictures, page and tables, on nights made up from the declared tables."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import datetime
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from msgu.api import material_of
from msgu.cli import main
from msgu.errors import InputError
from msgu.lang import Lang
from msgu.measure import over_time
from msgu.measure.evidence.score import tally
from msgu.measure.metrics.catalogue import Bound
from msgu.measure.metrics.subjects.people import stranded_peak
from msgu.measure.view import Night
from msgu.report.base import drawn_bins, escape, texts, time_axis, wording
from msgu.report.base.assumptions import assumptions, settings
from msgu.report.base.band import band_of
from msgu.report.base.facts import facts
from msgu.report.base.style import NARROW, WIDE, png, svg
from msgu.report.calibration import figures
from msgu.report.calibration import page as calibration
from msgu.report.comparison import texts as comparison_texts
from msgu.report.run_page import city, gallery, posts
from msgu.report.run_page.findings import findings
from msgu.report.run_page.material import Material, ScoreRow, Verdict
from msgu.report.run_page.page import page, peak_words, tables, write
from msgu.report.run_page.posts import reported_uses
from msgu.report.run_page.scorecard import lines, ordered
from msgu.results import TABLES, Results, conform
from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario, Title
from msgu.units import in_zone

from tests import TOY

STATES = ["out", "riding", "walking", "taxi", "stranded", "seeking", "to_host", "sheltered", "home", "held", "walking_far"]
HOSTILE = "<script>alert(1)</script> @x =cmd|' /C calc'!A0 $\\frac{1}{ \u202egnp.exe \x1b[31m & \"q\" ]]> --> {{ 7*7 }}"


# ---- nights whose numbers are drawn here, not simulated ----


def _table(name: str, **given: Any) -> dict[str, Any]:
    """A table as declared; what is not given is zero."""
    n = len(next(iter(given.values()))) if given else 0
    return {c.name: np.asarray(given.get(c.name, np.zeros(n))).astype(c.dtype) for c in TABLES[name].columns}


def _wave(t: Any, at: float, rise: float, decay: float) -> Any:
    late = np.maximum(t - at, 0.0)
    return (1 - np.exp(-late / rise)) * np.exp(-late / decay)


def _posts(scenario: Scenario, draw: np.random.Generator, scale: float) -> tuple[Any, Any]:
    times, topics = [], []
    for k in range(len(scenario.topics)):
        count = draw.poisson(scale * 3e5 / (1 + k) ** 1.5)
        slow = scenario.horizon * (0.08 + 0.03 * k) + draw.gamma(2.0, scenario.horizon / 12, count)
        pulse = scenario.horizon * 0.245 + draw.exponential(15.0, count // 10)
        both = np.concatenate([slow, pulse])
        times.append(both[both < scenario.horizon])
        topics.append(np.full(len(times[-1]), k))
    time, topic = np.concatenate(times), np.concatenate(topics)
    order = np.argsort(time, kind="stable")
    return time[order], topic[order]


def _city(scenario: Scenario, draw: np.random.Generator, scale: float, t: Any) -> dict[str, Any]:
    """Tables of calls and people."""
    zones, n, horizon = scenario.places.zone_ids(), len(t), scenario.horizon
    of = np.repeat(np.arange(len(zones)), 2)
    busy = _wave(t, horizon * 0.25, 900.0, 5000.0) * (np.arange(len(zones))[:, None] % 5) / 4
    offered = draw.poisson(12 + 120 * busy)
    lost = draw.binomial(offered, np.clip(busy, 0, 0.95))
    where, at = np.nonzero(offered)
    got = offered[where, at], lost[where, at]
    living = np.array([scenario.places.zones[z].population or 0 for z in zones]) * scale
    aware = np.round(np.clip(_wave(t, horizon * 0.06, 2400.0, 1e9), 0, 1)[:, None] * living * 0.9)
    bins, zone = np.indices(aware.shape)
    out = draw.poisson(3000 * _wave(t, horizon * 0.1, 1800.0, 6000.0) * (np.arange(11)[:, None] >= 4))
    state, when = np.nonzero(out)
    every, calls = np.arange(n), draw.poisson(40 * _wave(t, horizon * 0.25, 1200.0, 16000.0))
    return {
        "cells": _table("cells", cell=np.arange(len(of)), zone=of, weight=np.full(len(of), 3.0)),
        "calls": _table("calls", zone=where, bin=at, offered=got[0], lost=got[1], carried=got[0] - got[1]),
        "awareness": _table("awareness", bin=bins.ravel(), zone=zone.ravel(), aware=aware.ravel()),
        "people": _table("people", bin=when, state=state, count=out[state, when]),
        "reassured": _table("reassured", bin=every, call=calls, message=calls // 2, mark=calls * 2),
        "desks": _table("desks", bin=every, received=calls, answered=calls // 3, waiting=calls, serving=calls // 4),
    }


def night(scenario: Scenario, replication: int = 0, scale: float = 0.01) -> Results:
    """Draw a night with a smooth rise and a pulse for each topic, and something in every table that is shown."""
    draw = np.random.default_rng((7, replication))
    width = scenario.record.bin
    t = (np.arange(int(np.ceil(scenario.horizon / width))) + 0.5) * width
    topics = list(scenario.topics)
    time, topic = _posts(scenario, draw, scale)
    counts = np.zeros((len(t), len(topics)), np.int64)
    np.add.at(counts, ((time // width).astype(int), topic), 1)
    at, k = np.nonzero(counts)
    claims = [i for i, x in enumerate(topics) if scenario.topics[x].claim is not None]
    held = np.cumsum(draw.poisson(3 * _wave(t, scenario.horizon * 0.2, 900.0, 5000.0)))
    made = {name: _table(name) for name in TABLES if name != "event_log"} | _city(scenario, draw, scale, t) | {
        "posts": _table("posts", time=time, topic=topic),
        "topic_curves": _table("topic_curves", bin=at, topic=k, posts=counts[at, k], originals=counts[at, k] // 10),
        "beliefs": _table(
            "beliefs", bin=np.tile(np.arange(len(t)), len(claims)), topic=np.repeat(claims, len(t)),
            believes=np.tile(held, len(claims)), corrected=np.tile(held // 2, len(claims)),
        ),
    }  # fmt: skip
    names = {"topics": topics, "zones": scenario.places.zone_ids(), "desks": list(scenario.desks), "states": STATES}
    return conform(
        Results(
            scenario.id, 1, scale, replication, names, scenario.start.isoformat(), scenario.horizon, width,
            round(1 / scale), made, {"worry_cleared": 3000.0 + 50 * replication, "worry_open": 2000.0},
        )
    )  # fmt: skip


def scored(scenario: Scenario, n: int) -> tuple[ScoreRow, ...]:
    """A scorecard that has every verdict."""
    out = []
    verdicts: tuple[Verdict, ...] = ("ok", "missed", "not reached")
    for i, (key, f) in enumerate(scenario.evidence.figures.items()):
        verdict = verdicts[i % 3]
        base = f.value or f.low or f.high or 1.0
        got = tuple(float("nan") if i % 3 == 2 else base * (1 + 1.5 * (i % 3) + 0.02 * r) for r in range(n))
        out.append(
            ScoreRow(
                key,
                f.quantity,
                f.unit,
                f.role,
                f.kind,
                f.weight,
                f.value,
                f.low,
                f.high,
                got,
                verdict,
                f.source,
                f.confidence,
                counter=f"{f.counter} (kappa 0.8)" if f.counter else "",
            )
        )
    return tuple(out)


def material(scenario: Scenario, n: int, scale: float = 0.01) -> Material:
    """A report's material from made-up nights."""
    nights = tuple(night(scenario, r, scale) for r in range(n))
    told = (("sha256", "0" * 64),)
    return Material(scenario, nights, scored(scenario, n), told, "msgu run scenarios/toy.yaml --seed 1")


def toy(n: int = 3) -> Material:
    """The toy scenario with made-up nights, the same object each time."""
    return _toy(n)


@cache
def _toy(n: int) -> Material:
    return material(load(TOY), n)


def toy_page(lang: Lang = "en") -> str:
    """Its page, drawn once for each language."""
    return _toy_page(lang)


@cache
def _toy_page(lang: Lang) -> str:
    return page(toy(), lang)


def hostile() -> Material:
    """The toy scenario with every free text replaced by a hostile one."""
    s = load(TOY)
    bad = Title(fr=HOSTILE, en=HOSTILE)
    topics = {k: v.model_copy(update={"title": HOSTILE, "source": HOSTILE, "note": HOSTILE}) for k, v in s.topics.items()}
    zones = {k: v.model_copy(update={"name": HOSTILE}) for k, v in s.places.zones.items()}
    changed = s.model_copy(
        update={
            "title": bad, "topics": topics, "places": s.places.model_copy(update={"zones": zones}),
            "events": {k: v.model_copy(update={"title": bad, "source": HOSTILE}) for k, v in s.events.items()},
            "posts": {k: v.model_copy(update={"text": HOSTILE}) for k, v in s.posts.items()},
        }
    )  # fmt: skip
    made = material(changed, 2)
    rows = tuple(replace(row, quantity=HOSTILE, unit=HOSTILE, source=HOSTILE) for row in made.rows)
    return replace(made, rows=rows, provenance=((HOSTILE, HOSTILE),), command=HOSTILE, policies=((HOSTILE, HOSTILE),))


class Elements(HTMLParser):
    """Names, attributes and ids of every element, and whether each is closed in its order."""

    VOID = frozenset({"meta", "br", "link", "img", "input", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)


# ---- curves ----


def test_cumulative_uses_end_at_all_posts_times_what_each_stands_for() -> None:
    found = toy().each(over_time.uses).sum(axis=(1, 2))
    assert found.tolist() == [100 * len(n.tables["posts"]["time"]) for n in toy().nights]


@pytest.mark.parametrize("value", [None, 2e5])
def test_a_reported_figure_on_the_edge_of_a_panel_is_drawn_whole(value: float | None) -> None:
    axes = Figure().subplots()
    posts._reported(axes, posts.Reported(value=value, low=1e5, high=4e5, since=0.0, at=3600.0, kind="fitted"))
    assert axes.lines and not any(line.get_clip_on() for line in axes.lines)


def test_seconds_and_bins_count_the_same_posts() -> None:
    one = Night(toy().scenario, toy().first)
    by_second = over_time.uses_by_second(one, 0, 0.0, one.results.horizon)
    assert np.allclose(by_second.reshape(-1, 60).sum(axis=1), over_time.uses(one)[0])
    assert over_time.largest_second(one, 0)[0] == by_second.max() > 0


def test_a_coarser_bin_keeps_totals_and_the_last_state() -> None:
    values = np.arange(7.0)
    assert drawn_bins.summed(values, 3).tolist() == [3.0, 12.0, 6.0]
    assert drawn_bins.thinned(values, 3).tolist() == [2.0, 5.0, 6.0]


@pytest.mark.parametrize(("n", "low", "high"), [(3, 0.0, 2.0), (101, 5.0, 95.0)])
def test_a_band_is_the_range_of_few_nights_and_the_middle_ninety_percent_of_many(n: int, low: float, high: float) -> None:
    found = band_of(np.arange(float(n))[:, None])
    assert (found.low[0], found.middle[0], found.high[0]) == (low, (n - 1) / 2, high)


def test_totals_of_calls_weigh_cells_and_a_share_is_unknown_without_attempts() -> None:
    one = toy().first
    calls = _table("calls", zone=[0, 1], bin=[0, 0], offered=[10, 10], lost=[5, 0], lost_far=[0, 1], carried=[5, 9])
    cells = _table("cells", cell=[0, 1], zone=[0, 1], weight=[3.0, 1.0])
    told = replace(toy(), nights=(replace(one, tables={**one.tables, "calls": calls, "cells": cells}),))
    offered, lost = told.each(over_time.legs).sum(axis=(2, 3)).T
    assert (offered[0], lost[0]) == (3 * 10 + 10, 3 * 5 + 1)
    share = city.lost_share(told, 10)
    assert share[:2, 0].tolist() == [0.5, 0.1]
    assert np.isnan(share[:, 1:]).all()
    assert np.isnan(share[2:]).all()


def test_awareness_is_a_share_of_residents() -> None:
    scenario = toy().scenario
    one = night(scenario, scale=0.5)
    groups = over_time.groups_of_zones(scenario, one.names["zones"])
    known = over_time.aware(Night(scenario, one), groups)[None]
    assert list(groups) == ["affected", "arrondissement", "commune", "ring", "country"]
    assert known[:, :, -1] == pytest.approx(0.9, abs=0.03)


def test_reported_uses_are_divided_by_the_share_that_their_counter_sees() -> None:
    found = reported_uses(toy())["abri"]
    assert [(mark.value, mark.low, mark.high) for mark in found] == [(250 / 0.8, 60 / 0.8, 1200 / 0.8)]


# ---- time ----


@pytest.mark.parametrize(("low", "high", "most"), [(0.0, 14400.0, 6), (0.0, 63300.0, 12), (100.0, 400.0, 6), (0.0, 6e5, 6)])
def test_ticks_are_round_local_times_and_few(low: float, high: float, most: int) -> None:
    start = toy().scenario.start.replace(minute=7, second=30)
    found = time_axis.ticks(start, low, high, most)
    width = time_axis.step(high - low, most)
    midnight = start.hour * 3600 + start.minute * 60 + start.second
    assert 2 <= len(found) <= most + 1
    assert all(low <= t <= high + 1e-6 and (midnight + t) % width == 0 for t in found)


@pytest.mark.parametrize(
    ("start", "lost", "twice", "words"),
    [
        ("2026-10-24T20:00:00+02:00", None, "02:00", "Europe/Paris, UTC+02:00, then UTC+01:00"),
        ("2026-03-28T20:00:00+01:00", "02:00", None, "Europe/Paris, UTC+01:00, then UTC+02:00"),
    ],
)
def test_ticks_and_times_follow_clocks_that_change(start: str, lost: str | None, twice: str | None, words: str) -> None:
    zoned = in_zone(datetime.fromisoformat(start), "Europe/Paris")
    found = time_axis.ticks(zoned, 0.0, 43200.0, 12)
    hours = [time_axis.hour(zoned, t) for t in found]
    assert [b - a for a, b in pairwise(found)] == [3600.0] * 12
    assert all(text[2:5] == ":00" for text in hours) and len(set(hours)) == 13
    assert lost not in hours
    assert [text for text in hours if twice and text.startswith(twice)] == (
        [f"{twice}+02:00", f"{twice}+01:00"] if twice else []
    )
    assert time_axis.local_time(zoned, 43200.0, "en") == words


def test_an_event_at_no_time_is_bad_input_that_names_it() -> None:
    s = toy().scenario
    bad = {"late": s.events["all-clear"].model_copy(update={"at": "hello"})}
    with pytest.raises(InputError, match=r"events\.late\.at"):
        time_axis.marks(s.model_copy(update={"events": bad}), "en")


def test_event_numbers_never_touch() -> None:
    marks = [time_axis.Mark(i + 1, float(t), "") for i, t in enumerate([0, 10, 20, 400, 410, 3000, 3400, 7000])]
    shown = time_axis._labels(marks, 1000.0)
    assert [text for text, _ in shown] == ["1–3", "4–5", "6", "7", "8"]
    edges = [(at - 0.067 * len(text) * 500, at + 0.067 * len(text) * 500) for text, at in shown]
    assert all(a[1] < b[0] for a, b in pairwise(edges))


def test_the_timeline_tells_every_dated_block() -> None:
    s = toy().scenario
    found = facts(s, "en")
    dated = len(s.events) + len(s.broadcasts) + len(s.posts) + len(s.pulses) + len(s.closures) + len(s.measures)
    assert len(found) == dated + len(s.desks["hotline"].shifts) + 2  # Safety Check and the map
    assert [fact.number for fact in found if fact.lane == "event"] == [1, 2]


# ---- words ----


def test_french_and_english_have_the_same_blanks() -> None:
    for key, (fr, en) in texts.TEXTS.items():
        assert fr and en, key
        for a, b in zip(fr.split("|"), en.split("|"), strict=True):
            assert set(re.findall(r"{(\w+)}", a)) == set(re.findall(r"{(\w+)}", b)), key


def test_every_text_that_templates_and_modules_ask_for_exists() -> None:
    room = Path(texts.__file__).parents[1]
    asked = set()
    for path in [*room.rglob("*.py"), *room.rglob("*.j2")]:
        asked |= set(re.findall(r"""say\((?:lang, )?['"]([\w. ]+)['"][,)]""", path.read_text()))
    assert len(asked) > 60
    assert asked <= set(texts.TEXTS) | set(calibration.TEXTS) | set(figures.TEXTS) | set(comparison_texts.TEXTS)


@pytest.mark.parametrize(
    ("value", "lang", "text"),
    [(1234567, "en", "1,230,000"), (1234567, "fr", "1\u202f230\u202f000"), (0.0456, "fr", "0,0456"), (0, "en", "0"),
     (99.96, "en", "100"), (float("nan"), "en", "–"), (7.0, "fr", "7"), (-12.5, "en", "-12.5")],
)  # fmt: skip
def test_numbers_are_written_as_the_language_does(value: float, lang: Lang, text: str) -> None:
    assert wording.number(value, lang) == text


def test_a_reported_number_keeps_every_digit() -> None:
    assert wording.exact(576543.0, "en") == "576,543"


def test_the_headline_comes_first_then_groups_with_what_restates_a_figure_under_it() -> None:
    def row(name: str, weight: float, group: str = "", headline: bool = False) -> ScoreRow:
        return ScoreRow(
            name, "", "1", "target", "fitted", weight, 1.0, None, None, (1.0,), "ok", group=group, headline=headline
        )

    rows = [
        row("c", 0.1),
        row("again", 0.25, "volume"),
        row("uses", 1.0, "volume", True),
        row("b", 0.5),
        row("peak", 1, "", True),
    ]
    assert [found.id for found in ordered(rows)] == ["peak", "uses", "again", "b", "c"]


def test_figures_that_restate_one_another_count_once_and_a_group_that_set_something_is_no_test() -> None:
    def row(name: str, group: str, kind: str, verdict: Verdict) -> ScoreRow:
        return ScoreRow(name, "", "1", "validation", kind, 0.0, 1.0, None, None, (1.0,), verdict, group=group)

    rows = [
        row("a", "volume", "fitted", "ok"), row("b", "volume", "predicted", "ok"),  # restates what was fitted
        row("c", "noon", "predicted", "ok"), row("d", "noon", "predicted", "missed"),  # one test, missed
        row("e", "", "predicted", "ok"), row("f", "", "predicted", "not reached"),
    ]  # fmt: skip
    found = tally(rows)
    assert (found.tests, found.tests_reached, found.tests_met) == (3, 2, 1)


def test_a_single_night_shows_no_spread_and_several_do() -> None:
    assert not [line for line in lines(toy(1).rows, "en") if line.spread]
    reached = [line.spread for line in lines(toy().rows, "en") if line.row.verdict != "not reached"]
    assert reached and all(re.fullmatch(r"\[\S+ to \S+\]", text) for text in reached)
    assert "A single night was simulated" not in toy_page()
    assert "median of 3 nights" in toy_page()


def test_an_outcome_without_a_reported_figure_is_shown_as_a_range_only() -> None:
    found = findings(toy(), "en")
    loose = [f for f in found if not f.constrained]
    assert loose and len(loose) < len(found)
    html = toy_page()
    short, below = html.split('id="open"')
    for finding in loose:
        assert finding.range_words in below
        assert finding.words not in short


@pytest.mark.parametrize(
    ("metric", "sentence"),
    [
        ("believers_peak(topic=rumeur-port)", "believe"),
        ("stranded_peak()", "people stranded"),
        ("housed()", "taken in by a host"),
        ("aware_share()", "know in the end"),
        ("peak_blocking(zones=centre, bin=15 min)", "call attempts"),
        ("desk_answered_share(desk=hotline)", "to the desk"),
        ("uses( topic = abri )", "with #abri"),
        ("uses(topic=abri+alerte)", ""),
        ("uses(topic=alerte)", ""),
    ],
)
def test_a_reported_figure_constrains_the_key_figure_that_its_metric_measures(metric: str, sentence: str) -> None:
    evidence = toy().scenario.evidence
    one = evidence.figures["posts"].model_copy(update={"metric": metric})
    scenario = toy().scenario.model_copy(update={"evidence": evidence.model_copy(update={"figures": {"posts": one}})})
    rows = tuple(replace(row, verdict="ok") for row in toy().rows if row.id == "posts")
    found = findings(replace(toy(), scenario=scenario, rows=rows), "en")
    assert [f.words for f in found if f.constrained == ("posts",)] == [
        f.words for f in found if sentence and sentence in f.words
    ]
    assert not sentence or sum(sentence in f.words for f in found) == 1


def test_a_metric_with_an_argument_that_it_does_not_take_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="takes no"):
        Bound(stranded_peak, {"topic": ["abri"]})


def test_nothing_is_called_ninety_five_percent() -> None:
    assert "95 %" not in toy_page()
    assert "confidence interval" not in toy_page()


# ---- assumptions and settings ----


def test_every_block_of_confidence_m_or_d_is_an_assumption() -> None:
    s = toy().scenario
    where = {a.where for a in assumptions(s)}
    expected = """network attention topics.alerte topics.rumeur-port.claim drivers.offers phones.operators.green worry
        desks.hotline.shifts.first desks.hotline.rates.others shelter measures.free-taxis"""
    assert set(expected.split()) <= where
    surer = s.model_copy(update={"worry": s.worry.model_copy(update={"confidence": "A"}) if s.worry else None})
    assert where - {a.where for a in assumptions(surer)} == {"worry"}


def test_every_setting_is_listed_once() -> None:
    found = dict(settings(toy().scenario))
    assert len(found) == len(settings(toy().scenario))
    assert found["horizon"] == "4 h"
    assert found["desks.hotline.shifts.first.operators"] == "2"
    assert found["places.zones.port.name"] == "Port"


# ---- pictures and page ----


@pytest.mark.parametrize("frame", [WIDE, NARROW])
def test_every_picture_is_drawn_and_is_well_formed_with_a_text_alternative(frame: Any) -> None:
    found = list(gallery.pictures(toy(), frame, "fr"))
    assert [p.name for p in found] == [
        "tweets-per-second", "peak", "uses", "awareness", "blocked-calls", "worries", "people-out", "desk-0", "beliefs",
        "scorecard", "timeline",
    ]  # fmt: skip
    for picture in found:
        root = ElementTree.fromstring(svg(picture, "x"))
        spoken = [e.text for e in root if e.tag.endswith(("title", "desc"))]
        assert spoken == [picture.title, picture.alternative]
        assert all(spoken)


def test_topics_beyond_the_colours_are_named_as_not_drawn() -> None:
    base = load(TOY)
    more = {f"z{k}": base.topics["abri"].model_copy(update={"title": f"#more{k}"}) for k in range(7)}
    many = material(base.model_copy(update={"topics": base.topics | more}), 1)
    pictures = [draw(many, NARROW, "en") for draw in (posts.tweets_per_second, posts.cumulative_uses)]
    assert [p is not None and p.alternative.endswith("Less used, not drawn: #more5, #more6.") for p in pictures] == [
        True
    ] * 2
    assert pictures[0] is not None
    lines = [x for x in pictures[0].figure.axes[0].get_lines() if not x.get_label().startswith("_")]
    assert len({x.get_color() for x in lines}) == len(lines) == 7
    drawn = [posts.tweets_per_second(toy(), NARROW, lang) for lang in ("fr", "en")]  # type: ignore[arg-type]
    assert not any(p is None or "not drawn" in p.alternative or "non tracés" in p.alternative for p in drawn)


def test_the_same_material_gives_the_same_bytes(tmp_path: Path) -> None:
    made = {path.name: path.read_bytes() for path in write(material(load(TOY), 3), tmp_path, "en")}
    assert made["report.html"] == toy_page().encode()
    assert {"uses.png", "uses.svg", "scorecard.csv", "assumptions.csv"} <= set(made)
    for picture in list(gallery.pictures(toy(), WIDE, "en"))[:2]:
        assert made[f"{picture.name}.png"] == png(picture)
        assert made[f"{picture.name}.svg"] == svg(picture, "file").encode()
    assert b"Matplotlib" not in b"".join(made.values())


def test_a_picture_of_other_numbers_has_other_bytes() -> None:
    both = [png(next(iter(gallery.pictures(toy(n), WIDE, "en"))), 50) for n in (1, 2)]
    assert both[0] != both[1]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_loads_nothing_runs_nothing_and_is_balanced(lang: Lang) -> None:
    html = toy_page(lang)
    found = Elements(html)
    assert not found.unbalanced
    assert not found.open
    assert not {"script", "iframe", "object", "embed", "link", "form", "base"} & set(found.names)
    for name, value in found.attributes:
        assert not name.startswith("on")
        if name in ("src", "href", "xlink:href"):
            assert (value or "").startswith(("#", "data:image/png;base64,"))
    urls = set(re.findall(r"https?://[^\"'<> ]*", html))
    assert urls <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert f'<html lang="{lang}">' in html


def test_where_a_figure_is_a_peak_the_page_says_what_is_inside_the_pulse_and_what_needs_none() -> None:
    scenario = load(TOY)
    topic = next(iter(scenario.topics))
    peak = scenario.evidence.figures["posts"].model_copy(update={"metric": f"peak_rate(topic={topic}, bin=1 s)"})
    evidence = scenario.evidence.model_copy(update={"figures": {**scenario.evidence.figures, "peak": peak}})
    with_peak = material(scenario.model_copy(update={"evidence": evidence}), 2)
    words = {
        "en": (
            "are inside the pulse, nine tenths of them within|There is no pulse",
            "Without a pulse the other figures support: ",
        ),
        "fr": ("sont dans l’impulsion, dont|Il n’y a pas d’impulsion", "Sans impulsion, les autres chiffres soutiennent"),
    }
    for lang, (inside, support) in words.items():
        told = peak_words(with_peak, lang)  # type: ignore[arg-type]
        assert f"\n{told}" in page(with_peak, lang)  # type: ignore[arg-type]
        assert re.search(inside, told)
        assert support in told
        assert not peak_words(toy(), lang)  # type: ignore[arg-type]


def test_ids_are_unique_and_references_meet_them() -> None:
    html = toy_page()
    ids = [value for name, value in Elements(html).attributes if name == "id"]
    assert len(ids) == len(set(ids))
    asked = set(re.findall(r"url\(#([^)]+)\)", html)) | set(re.findall(r'href="#([^"]+)"', html))
    assert asked <= set(ids)


def test_hostile_names_are_harmless_in_the_page() -> None:
    html = page(hostile(), "en")
    found = Elements(html)
    assert not {"script", "x"} & set(found.names)
    assert not found.unbalanced
    assert "&lt;script&gt;alert(1)" in html
    assert not set("\u202e\x1b") & set(html)
    assert "&lt;U+202E&gt;" in html
    assert "{{ 7*7 }}" in html


def test_hostile_names_are_harmless_in_pictures() -> None:
    for picture in gallery.pictures(hostile(), WIDE, "en"):
        text = svg(picture, "file")
        root = ElementTree.fromstring(text)
        assert not [e for e in root.iter() if e.tag.endswith("script")]
        assert not set("\u202e\x1b") & set(text)
        assert png(picture, 40).startswith(b"\x89PNG")


def test_hostile_names_are_harmless_in_spreadsheets() -> None:
    for name, text in tables(hostile(), "en").items():
        for row in csv.reader(io.StringIO(text)):
            for value in row:
                assert not value.startswith(("=", "+", "@", "\t", "\r", "-")) or re.fullmatch(r"-?[\d.e+-]+", value), name


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "\u202e=1", "＝1"])
def test_no_text_cell_begins_like_a_formula(start: str) -> None:
    assert escape.cell(start).startswith(("'", "<U+202E>"))
    assert escape.cell(-1.5) == "-1.5"


def test_a_terminal_sees_no_control_character() -> None:
    shown = escape.visible("a\x1b[2Jb\u200fc\x00\u2066d\n e\u00a0f")
    assert shown == "a<U+001B>[2Jb<U+200F>c<U+0000><U+2066>d e\u00a0f"


def test_a_night_in_which_nothing_happens_still_gives_a_page() -> None:
    quiet = toy().scenario.model_copy(
        update={name: {} for name in ("topics", "desks", "events", "posts", "pulses", "broadcasts", "closures", "measures")}
        | {"shelter": None, "safety_check": None, "worry": None}
    )  # fmt: skip
    empty = {name: _table(name) for name in TABLES if name != "event_log"}
    blank = replace(toy().first, tables=empty, names={"topics": [], "zones": [], "desks": [], "states": STATES}, summary={})
    html = page(Material(quiet, (blank,)), "fr")
    found = Elements(html)
    assert not found.unbalanced
    assert "svg" not in found.names
    assert "Une seule nuit a été simulée" in html


# ---- from a run to a page ----


def test_a_run_becomes_a_page_that_names_no_folder_of_this_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = tmp_path / "results"
    assert main(["run", str(TOY), "--set", "horizon=2 h", "--reps", "2", "--out", str(results)]) == 0
    assert main(["--lang", "fr", "report", str(results)]) == 0
    assert "Une petite ville" in (results / "report" / "report.html").read_text()
    beside = len(list((results / "report").iterdir())) - 1
    assert f"et {beside} images et tableaux à côté" in capsys.readouterr().out
    for path in (results / "report").iterdir():
        assert str(tmp_path).encode() not in path.read_bytes(), path.name
    assert main(["verify", str(results)]) == 0


def test_the_command_on_the_page_runs_the_same_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = tmp_path / "results"
    assert main(["run", str(TOY), "--set", "horizon=70 min", "--seed", "5", "--out", str(results)]) == 0
    monkeypatch.chdir(results)
    words = material_of(Path()).command.split()
    assert words[0] == "msgu"
    assert main(words[1:]) == 0
    made = [json.loads(Path(name).read_text())["fingerprint"] for name in ("manifest.json", "again/manifest.json")]
    assert made[0] == made[1]


def test_a_folder_without_results_is_bad_storage_and_not_a_bug(tmp_path: Path) -> None:
    assert main(["report", str(tmp_path)]) == 4
