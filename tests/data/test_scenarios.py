"""Shipped scenarios, policies and evidence: they load, name their sources, and miss no reported date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgu.measure.evidence.score import WEIGHTY, active, reached
from msgu.measure.metrics.catalogue import read
from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario
from ruamel.yaml import YAML

from tests import SCENARIOS
from tests.shipped import PARIS, loaded

SHIPPED = sorted([*SCENARIOS.glob("*.yaml"), *(SCENARIOS / "degenerate").glob("*.yaml")])
FILES = sorted(p for p in SCENARIOS.rglob("*.yaml"))

DATED = {
    "i01": "21:17:00", "i02": "21:20:00", "i03": "21:25:00", "i04": "21:32:00", "i05": "21:36:00",
    "i06": "21:40:00", "i07": "21:47:00", "i08": "21:53:00", "i09": "22:15:00", "i10": "00:18:00",
    "i11": "00:58:00", "i12": "05:30:00", "i13": "21:18:00", "i14": "21:30:00", "i15": "21:45:00",
    "i16": "21:52:00", "i16b": "22:50:00", "i17": "21:59:00", "i18": "22:14:00", "i20": "22:34:06",
    "i21": "23:00:00", "i22": "23:30:00", "i23": "00:30:00", "i24": "23:38:00", "i25": "23:49:00",
    "i26": "23:55:00", "i27": "00:15:00", "i28": "22:30:00", "i28b": "23:00:00", "i29": "05:30:00",
    "i30": "13:55:00", "i31": "01:00:00", "i32": "00:15:00", "i33": "23:30:00", "i34": "21:25:00",
    "i35": "23:45:00", "i37": "00:30:00", "i40": "01:00:00", "i42": "12:15:00", "i45": "09:00:00",
    "i48": "06:26:00",
}  # fmt: skip
"""Dated inputs of the night as the sources give them; where they give a span, its start."""

TARGETS = {
    "t01": 7000, "t01a": 7000 / 60, "t01b": 7000, "t02": 1_000_000, "t03": 576_543, "t03r": 576_543 / 600_000,
    "t04": 600_000, "t05": 2, "t11": 75_547, "t12": 11, "t13": 472_000, "t14": 20_000, "t15": 3_000_000,
    "t16": 20_000, "t17": 500, "t19": 0.25, "t20": 5_400_000, "t20b": 4_100_000, "t23-received": 93_000,
    "t23-answered": 10_000 / 93_000, "t24": 5_000_000, "t24a": 19_000_000, "t24b": 25_000_000, "t24c": None,
    "t24c-country": None, "t21": 2_000, "t25": 150_000, "t26": 14_000_000, "t30": 58_748, "t31": 900,
}  # fmt: skip
"""Reported figures to be fitted, with the value reported (None: a statement without a number)."""


def name(path: Path) -> str:
    return path.relative_to(SCENARIOS).as_posix()


def paris() -> Scenario:
    return loaded(PARIS)


@cache
def plain(path: Path) -> dict[str, Any]:
    """Return a file as another reader of YAML 1.2 sees it."""
    found = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def texts(node: object, key: str) -> Iterator[str]:
    """Yield each text under a key of this name."""
    if isinstance(node, dict):
        for k, value in node.items():
            if k == key and isinstance(value, str):
                yield value
            else:
                yield from texts(value, key)


def blocks(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each block of a model that carries a source, with its path."""
    fields = getattr(type(node), "model_fields", None)
    if fields is not None:
        if "source" in fields and getattr(node, "source", None) is not None:
            yield path, node
        for field in fields:
            yield from blocks(getattr(node, field), f"{path}.{field}")
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from blocks(value, f"{path}.{key}")


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_every_shipped_scenario_loads(path: Path) -> None:
    assert loaded(path).id == path.stem


def test_the_twelve_degenerate_settings_are_there() -> None:
    found = {path.name[:3] for path in SHIPPED if path.parent.name == "degenerate"}
    assert found == {f"d{i:02d}" for i in range(1, 13)}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_file_has_an_empty_source(path: Path) -> None:
    found = list(texts(plain(path), "source"))
    assert all(len(text.strip()) >= 4 for text in found), [text for text in found if len(text.strip()) < 4]


@pytest.mark.parametrize("path", FILES, ids=name)
def test_documents_are_cited_by_their_title_and_never_by_a_path(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"seeds/|\.txt\b|(?<![\w.])/(?:home|root|tmp|work)/", text)


def test_every_block_of_paris_that_is_no_assumption_names_a_source() -> None:
    unsourced = [
        path
        for path, block in blocks(paris())
        if block.confidence not in (None, "M") and block.source.strip().lower() in ("", "assumption")
    ]
    assert unsourced == []


def test_every_written_block_of_paris_says_how_sure_it_is() -> None:
    silent = [path for path, node in written(plain(PARIS)) if "source" in node and "confidence" not in node]
    assert silent == []


def written(node: object, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from written(value, f"{path}.{key}")


def clock(seconds: float) -> str:
    """Return the time of day of a moment of the night, which is shorter than a day."""
    assert seconds < 86_400
    return (paris().start + timedelta(seconds=seconds)).strftime("%H:%M:%S")


@pytest.mark.parametrize("entry", sorted(DATED))
def test_every_dated_input_stands_in_the_timeline_at_its_hour(entry: str) -> None:
    events = {key.split("-")[0]: event for key, event in paris().events.items()}
    assert entry in events
    assert clock(events[entry].at) == DATED[entry]


@pytest.mark.parametrize(
    ("what", "hour"),
    [
        ("posts.porte-ouverte-first", "22:34:06"),
        ("posts.prefpolice-stay-in", "23:38:00"),
        ("posts.elysee-first", "23:49:00"),
        ("posts.first-noise", "21:18:00"),
        ("posts.carillon", "21:30:00"),
        ("broadcasts.bfmtv", "21:52:00"),
        ("broadcasts.france-3", "22:50:00"),
        ("broadcasts.tf1", "22:52:00"),
        ("broadcasts.president", "23:55:00"),
        ("safety_check", "01:00:00"),
        ("closures.lines", "22:30:00"),
        ("closures.trams", "23:00:00"),
        ("closures.eastern-stations", "05:30:00"),
        ("measures.free-taxis", "00:30:00"),
        ("desks.hotline.shifts.night", "00:15:00"),
        ("desks.hotline.shifts.morning", "07:30:00"),
        ("posts.decodeurs-les-halles", "14:44:00"),
    ],
)
def test_what_the_models_read_happens_at_the_reported_hour(what: str, hour: str) -> None:
    node: Any = paris()
    for part in what.split("."):
        node = node[part] if isinstance(node, dict) else getattr(node, part)
    assert clock(node.at) == hour


def test_the_pulse_of_porte_ouverte_lies_inside_the_assault() -> None:
    assert "00:18:00" <= clock(paris().pulses["porte-ouverte-assault"].at) <= "00:58:00"


def test_reported_followers_are_those_of_the_week_before() -> None:
    followers = {key: account.followers for key, account in paris().accounts.items()}
    assert followers["prefpolice"] == 36_962
    assert followers["police-nationale"] == 71_000
    assert followers["paris"] == 710_350
    assert followers["elysee"] >= 1_000_000


def test_every_figure_to_be_fitted_is_there_with_its_reported_value() -> None:
    targets = {key: figure for key, figure in paris().evidence.figures.items() if figure.role == "target"}
    assert set(targets) == set(TARGETS)
    for key, value in TARGETS.items():
        given = targets[key].value
        assert (given is None) == (value is None)
        assert given is None or value is None or given == pytest.approx(value, rel=1e-6)


def test_every_target_has_a_weight_and_a_tolerance_that_holds_its_value() -> None:
    for key, figure in paris().evidence.figures.items():
        if figure.role == "target":
            assert figure.weight > 0, key
            assert figure.low is not None or figure.high is not None, key
        low = figure.low if figure.low is not None else float("-inf")
        high = figure.high if figure.high is not None else float("inf")
        assert low <= high, key
        if figure.value is not None:
            assert low * (1 - 1e-9) <= figure.value <= high * (1 + 1e-9), key


def test_nothing_that_is_not_aimed_at_has_a_weight() -> None:
    assert [key for key, figure in paris().evidence.figures.items() if figure.role == "validation" and figure.weight] == []


def test_only_figures_that_set_nothing_and_restate_nothing_are_predicted() -> None:
    figures = paris().evidence.figures
    # the others sized an input (the notes of the scenario name them), or repeat a fitted total at another hour
    assert {key for key, figure in figures.items() if figure.kind == "predicted"} == {"t13a", "t15b", "t15c", "t26b"}


def test_the_night_as_shipped_reaches_every_target_of_weight_one_half_and_more() -> None:
    scenario = paris()
    heavy = {key: figure for key, figure in active(scenario.evidence).items() if figure.weight >= WEIGHTY}
    assert len(heavy) == 21
    assert [key for key, figure in heavy.items() if not reached(figure, scenario, scenario.horizon)] == []
    shorter = scenario.model_copy(update={"horizon": scenario.horizon - 60})
    assert not all(reached(figure, shorter, shorter.horizon) for figure in heavy.values())


def test_a_figure_about_telephones_is_not_reached_once_they_are_followed_no_longer() -> None:
    scenario = paris()
    assert scenario.phones is not None
    figure = scenario.evidence.figures["t24b"]
    assert figure.window is not None
    for until, expected in ((figure.window[1], True), (figure.window[1] - 60, False)):
        phones = scenario.phones.model_copy(update={"until": until})
        assert reached(figure, scenario.model_copy(update={"phones": phones}), scenario.horizon) is expected


def test_one_counter_saw_the_four_figures_of_one_post() -> None:
    evidence = paris().evidence
    seen = {key for key, figure in evidence.figures.items() if figure.counter == "family-a"}
    assert seen == {"t03", "t04", "t13", "t14"}
    assert (evidence.counters["family-a"].low, evidence.counters["family-a"].high) == (0.55, 1.0)


def test_every_counter_of_a_figure_exists() -> None:
    for path in SHIPPED:
        evidence = load(path).evidence
        used = {figure.counter for figure in evidence.figures.values() if figure.counter}
        assert used <= set(evidence.counters), name(path)


def test_each_reading_of_the_peak_has_one_figure() -> None:
    readings = sorted(f.reading for f in paris().evidence.figures.values() if f.reading)
    assert readings == ["event_per_second", "hashtag_per_minute", "hashtag_per_second"]


@pytest.mark.parametrize("path", [PARIS, SCENARIOS / "toy.yaml"], ids=name)
def test_every_metric_can_be_read_and_names_things_of_its_scenario(path: Path) -> None:
    scenario = load(path)
    known: dict[str, Any] = {"topic": scenario.topics, "desk": scenario.desks, "account": scenario.accounts}
    known["operator"] = scenario.phones.operators if scenario.phones else {}
    for key, figure in scenario.evidence.figures.items():
        for argument, value in read(figure.metric).arguments.items():
            assert argument not in known or value.text in known[argument], (key, argument)


@pytest.mark.parametrize("path", [PARIS, SCENARIOS / "evidence" / "paris-2015-11-13.yaml"], ids=name)
def test_every_figure_or_input_that_a_text_refers_to_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    groups = re.findall(r"\(([^()]*\b[IT][0-9][^()]*)\)", text)
    references = {found.lower() for group in groups for found in re.findall(r"\b[IT][0-9]{2}[a-z]?\b", group)}
    figures = {key.split("-")[0] for key in paris().evidence.figures}
    events = {key.split("-")[0] for key in paris().events}
    undated = {"i19", "i49"}
    assert references
    assert references - figures - events - undated == set()


def test_the_imported_graph_has_the_layers_that_its_setting_tells() -> None:
    lines = (SCENARIOS / "degenerate" / "d05-cascade.edges").read_text(encoding="utf-8").splitlines()
    ties = [(int(follower), int(followed)) for follower, followed in (line.split() for line in lines)]
    parents = {follower: [b for a, b in ties if a == follower] for follower, _ in ties}
    assert all(parents[i] == [0] for i in range(1, 21))
    assert all(len(set(parents[i])) == 3 and set(parents[i]) <= set(range(1, 21)) for i in range(21, 61))
    assert sorted(parents) == list(range(1, 61))
