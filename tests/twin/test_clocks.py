"""Local time in the world and the engines: offsets with minutes, clocks that change in mid-crisis, seconds of the start."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from pathlib import Path

import numpy as np
import pytest
from msgu.engine.arrays.attention import most_awake
from msgu.errors import InputError
from msgu.measure.metrics.windows import next_midnight
from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario
from msgu.units import zone
from msgu.world.build import build_world
from msgu.world.clocks import clocks

from tests import TOY
from tests.twin.run import log_of_engine, log_of_twin, same_bytes

AUTUMN = ["start=2026-10-24T20:00:00+02:00", "horizon=12 h", "time_zone=Europe/Paris"]
SPRING = ["start=2026-03-28T20:00:00+01:00", "horizon=12 h", "time_zone=Europe/Paris", "events.all-clear.at=04:00"]
ELSEWHERE = {
    "ailleurs": "utc_offset_h=-3.5",
    "pays": "utc_offset_h=5.75",
    "est": "time_zone=Europe/Athens",
    "sud": "time_zone=Australia/Lord_Howe",
}


@pytest.fixture
def undated(tmp_path: Path) -> Path:
    """The toy with its times counted from the start, so that the start can be moved."""
    text = re.sub(
        r'"(2\d):(\d\d)"(?=[,}\n])',
        lambda match: f"T+{int(match[1]) * 60 - 1200 + int(match[2])} min",
        TOY.read_text(encoding="utf-8"),
    )
    path = tmp_path / "undated.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def elsewhere() -> list[str]:
    return [f"places.zones.{name}.{value}" for name, value in ELSEWHERE.items()]


def shown(scenario: Scenario, name: str | None, t: float) -> float:
    """Seconds since midnight on the clock of a zone, or of the scenario's place, as the calendar says."""
    place = scenario.places.zones[name] if name else None
    moment = scenario.start.astimezone(UTC) + timedelta(seconds=t)
    if place is not None and place.utc_offset_h is not None:
        local = moment + timedelta(hours=place.utc_offset_h)
    else:
        key = (place.time_zone if place is not None else None) or scenario.time_zone
        local = moment.astimezone(zone(key)) if key else moment.astimezone(scenario.start.tzinfo)
    return local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6


@pytest.mark.parametrize(
    "night", [[], AUTUMN, SPRING, ["start=2030-05-17T20:00:30.25+02:00"], ["start=2030-05-17T20:07:59-09:30"]]
)
def test_every_zone_has_the_local_time_of_the_calendar_to_the_second(night: list[str]) -> None:
    """It fails for offsets rounded to hours, for an offset of the wrong sign, and where seconds of the start are ignored."""
    s = load(TOY, (), [*night, *elsewhere()])
    turn, local, offset = clocks(s)
    for t in np.arange(0.0, s.horizon, 599.0):
        row = int(np.searchsorted(turn, t, side="right")) - 1
        assert (t + local[row]) % 86400 == shown(s, None, t)
        for i, name in enumerate(s.places.zone_ids()):
            assert (t + local[row] + offset[row, i]) % 86400 == shown(s, name, t)


def test_two_zones_an_hour_apart_never_share_a_local_hour() -> None:
    s = load(TOY, (), ["places.zones.ailleurs.utc_offset_h=6.5", "places.zones.pays.utc_offset_h=7.5"])
    _, local, offset = clocks(s)
    hours = {name: (local[0] + offset[0, i]) // 3600 % 24 for i, name in enumerate(s.places.zone_ids())}
    assert (hours["ailleurs"], hours["pays"]) == (0, 1)  # 00:30 and 01:30


@pytest.mark.parametrize("night", [[], AUTUMN, SPRING])
def test_the_most_who_are_awake_in_an_hour_bounds_every_zone_and_is_met(night: list[str]) -> None:
    """It fails where a zone's second local hour within an hour of the scenario's place is left out."""
    s = load(TOY, (), [*night, *elsewhere()])
    turn, local, offset = clocks(s)
    awake = np.random.default_rng(1).random((offset.shape[1], 24))
    bound = most_awake(awake, offset, np.ones(offset.shape[1], bool))
    met = np.zeros(24)
    for t in np.arange(0.0, 86400.0, 60.0):
        for row in range(len(turn)):
            home = int((t + local[row]) // 3600 % 24)
            there = ((t + local[row] + offset[row]) // 3600 % 24).astype(int)
            met[home] = max(met[home], awake[np.arange(len(there)), there].max())
    assert (met == bound).all()


@pytest.mark.parametrize("start", ["2026-10-25T01:50:30.5+02:00", "2026-03-29T00:55:00+01:00"])
def test_both_engines_write_the_same_log_of_a_night_in_which_clocks_change(start: str, undated: Path) -> None:
    hours = np.random.default_rng(2).uniform(0.1, 0.9, 24).round(3)
    by_hour = ", ".join(f"'{hour}': {share}" for hour, share in enumerate(hours))
    s = load(
        undated,
        (),
        [f"start={start}", "time_zone=Europe/Paris", "network.accounts=100", "horizon=100 min", *elsewhere(),
         f"attention.awake={{{by_hour}}}", f"phones.profile={{{by_hour}}}", "phones.data={share: 0.5, load: 0.5}",
         "trending.region=world", "trending.threshold=0.1 /min", "trending.look_every=5 min"],
    )  # fmt: skip
    world = build_world(s, 1, 1.0)
    assert len(world.turn) == 2
    assert same_bytes(log_of_engine(world, 0), log_of_twin(world, 0))


@pytest.mark.parametrize(("night", "hours"), [([], 4), (AUTUMN, 4), (["start=2026-10-25T00:30:00+02:00", "time_zone=Europe/Paris",
    "horizon=2 d"], 24.5), (["start=2026-03-29T00:00:00+01:00", "time_zone=Europe/Paris", "horizon=2 d"], 23)])  # fmt: skip
def test_the_next_midnight_is_that_of_the_local_clock(night: list[str], hours: float, undated: Path) -> None:
    assert next_midnight(load(undated, (), [*night])) == hours * 3600


def test_a_zone_with_two_clocks_that_disagree_is_refused() -> None:
    both = ["places.zones.ailleurs.utc_offset_h=-4", "places.zones.ailleurs.time_zone=America/New_York"]
    load(TOY, (), both)
    with pytest.raises(InputError, match="utc_offset_h: -4 - the offset of America/Chicago at the start"):
        load(TOY, (), [both[0], "places.zones.ailleurs.time_zone=America/Chicago"])


def test_the_zone_of_a_scenario_names_its_local_times_and_agrees_with_its_start() -> None:
    with pytest.raises(InputError, match=r"start: '\+02:00', which is not the UTC offset of Europe/London then"):
        load(TOY, (), ["time_zone=Europe/London"])
    with pytest.raises(InputError, match=r"events\.all-clear\.at: '02:30' does not exist on 2026-03-29"):
        load(TOY, (), [*SPRING[:3], "events.all-clear.at=02:30"])
