"""What is accepted though a reader may be misled: what never happens, and clocks that change where no zone is named."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from msgu.cli import main
from msgu.errors import InputWarning, Problem
from msgu.scenario.explain import explain_scenario
from msgu.scenario.load import load

from tests import SCENARIOS

TOY = SCENARIOS / "toy.yaml"
SHIPPED = [
    path.relative_to(SCENARIOS).as_posix() for path in (*SCENARIOS.glob("*.yaml"), *SCENARIOS.glob("degenerate/*.yaml"))
]
POLICY = """
policy:
  id: early
  title: {fr: "Tôt", en: Early}
  why: {fr: "Pourquoi", en: Why}
  source: invented
  cost: {fr: rien, en: nothing}
apply:
  measures:
    early: {dial: seeing, factor: 1.1, at: "19:00", until: "19:30", source: invented}
"""


def warned(path: Path, *sets: str, policies: tuple[str, ...] = ()) -> list[Problem]:
    """What a scenario is warned of."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        load(path, policies, sets)
    return [item.message.problem for item in heard if isinstance(item.message, InputWarning)]


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_shipped_scenario_has_nothing_that_may_mislead(name: str) -> None:
    assert warned(SCENARIOS / name) == []


@pytest.mark.parametrize("verb", [["check"], ["explain"], ["compare", "--no-run", "--out", "OUT"]])
def test_a_policy_before_the_start_is_told_to_mean_the_next_day_and_never_to_happen(
    verb: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "early.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    words = [str(tmp_path / "out") if word == "OUT" else word for word in verb]
    code = main([words[0], str(TOY), "--policy", str(policy), *words[1:]])
    assert code == (4 if verb[0] == "compare" else 0)  # no night is there yet
    first = capsys.readouterr().err.splitlines()[0]
    assert first == (
        f"{policy}:10:44: warning: measures.early.at: '19:00' is read as 2030-05-18 19:00:00+02:00, after the end of the night "
        "at 2030-05-18 00:00:00+02:00 - never in this night: 19:00 is before the start at 2030-05-17 20:00:00+02:00, and "
        "without a date means the next day"
    )


@pytest.mark.parametrize(
    "change",
    ["events.explosion.at=T+4 h", "drivers.offers.at=19:59", "gains.mairie-followed.at=T+5 h", "pulses.all-clear.at=T+5 h",
     'posts.first.at="2030-05-18T00:00:00+02:00"', "videos.bang.at=T+5 h", "broadcasts.radio.at=T+5 h", "missing.at=T+5 h",
     "desks.hotline.shifts.more.at=T+5 h", "safety_check.at=T+5 h", "outings.bars-port.leaves=T+5 h",
     "shelter.map_at=T+5 h", "places.venues.hall.leaves=T+5 h"],
)  # fmt: skip
def test_whatever_begins_after_the_end_is_warned_of_where_it_stands(change: str) -> None:
    (problem,) = warned(TOY, change)
    key, text = change.split("=")
    assert (problem.path, problem.col, problem.key) == ("--set[1]", len(key) + 2, key)
    assert "after the end of the night" in problem.given and text.strip('"') in problem.given


@pytest.mark.parametrize(
    "change",
    [
        "events.explosion.at=T+239 min",
        "measures.sceptics.until=T+9 h",
        "places.metro.service_end=T+9 h",
        'evidence.figures.posts.window=["2030-05-18T21:00:00+02:00", T+30 h]',
    ],
)
def test_what_lasts_beyond_the_night_and_a_figure_of_a_later_day_are_right(change: str) -> None:
    assert warned(TOY, change) == []


def test_a_window_of_a_figure_before_the_start_is_told_to_mean_the_next_day() -> None:
    (problem,) = warned(TOY, 'evidence.figures.posts.window=["19:00", "19:30"]')
    assert problem.key == "evidence.figures.posts.window.0" and "means the next day" in problem.allowed


def test_a_night_cut_short_is_warned_of_once_at_its_horizon() -> None:
    (problem,) = warned(TOY, "horizon=3 h")
    assert (problem.path, problem.key) == ("--set[1]", "horizon")
    assert problem.allowed == "never in this night: `events.all-clear`, `pulses.all-clear`"


# ---- clocks that change ----

LONG = "horizon=12 h"
AUTUMN = ["start=2026-10-24T20:00:00+02:00", LONG]
SPRING = ["start=2026-03-28T20:00:00+01:00", LONG]


@pytest.mark.parametrize(
    ("night", "zone", "change"),
    [
        (AUTUMN, "Europe/Paris", "from 03:00+02:00 to 02:00+01:00 on 2026-10-25"),
        (SPRING, "Europe/Paris", "from 02:00+01:00 to 03:00+02:00 on 2026-03-29"),
        (
            ["start=2026-10-31T20:00:00-04:00", "horizon=12 h"],
            "America/New_York",
            "from 02:00-04:00 to 01:00-05:00 on 2026-11-01",
        ),
        (
            ["start=2026-10-03T20:00:00+09:30", "horizon=12 h"],
            "Australia/Adelaide",
            "from 02:00+09:30 to 03:00+10:30 on 2026-10-04",
        ),
    ],
)
def test_clocks_that_usually_change_in_the_night_are_warned_of_at_the_start(
    night: list[str], zone: str, change: str
) -> None:
    (problem,) = warned(TOY, *night)
    assert (problem.path, problem.key) == ("--set[1]", "start")
    assert f"the clocks of {zone} go {change}" in problem.given and f"time_zone: {zone}" in problem.nearest


@pytest.mark.parametrize("zone", ["Europe/Paris", "Africa/Johannesburg"])
def test_a_scenario_that_names_its_zone_is_not_warned_whether_its_clocks_change_or_not(zone: str) -> None:
    assert warned(TOY, *AUTUMN, f"time_zone={zone}") == []


def test_explain_says_whose_local_time_it_tells_and_when_clocks_change() -> None:
    fixed = explain_scenario(load(TOY, (), AUTUMN))
    assert "Local times are at UTC+02:00 throughout" in fixed
    assert "2026-10-25 08:00:00+02:00  end" in fixed
    zoned = explain_scenario(load(TOY, (), [*AUTUMN, "time_zone=Europe/Paris"]), "fr")
    assert "celles de Europe/Paris : UTC+02:00, UTC+01:00 à partir du 2026-10-25 02:00." in zoned
    assert "2026-10-25 07:00:00+01:00  fin" in zoned
