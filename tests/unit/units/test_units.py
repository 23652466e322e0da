"""Quantities read and written: exact round trips, refused forms, and the nearest fix."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgu.errors import SchemaProblem
from msgu.units import (
    Count,
    Duration,
    Probability,
    Scale,
    StartTime,
    WallTime,
    format_clock,
    format_distance,
    format_duration,
    format_rate,
    format_scale,
    format_speed,
    format_wall,
    in_zone,
    offsets,
    parse_count,
    parse_distance,
    parse_duration,
    parse_instant,
    parse_probability,
    parse_rate,
    parse_scale,
    parse_speed,
    parse_wall,
    parse_zone,
    zone_name,
)
from pydantic import BaseModel, ConfigDict, Field, ValidationError

START = datetime.fromisoformat("2015-11-13T20:00:00+01:00")
POSITIVE = st.floats(min_value=0, allow_nan=False, allow_infinity=False)

PAIRS: dict[str, tuple[Callable[[object], float], Callable[[float], str]]] = {
    "duration": (parse_duration, format_duration),
    "rate": (parse_rate, format_rate),
    "distance": (parse_distance, format_distance),
    "speed": (parse_speed, format_speed),
}


@pytest.mark.parametrize("name", PAIRS)
@given(value=POSITIVE)
def test_a_quantity_written_and_read_again_has_the_same_bits(name: str, value: float) -> None:
    parse, write = PAIRS[name]
    assert parse(write(value)) == value


@given(value=POSITIVE)
def test_a_time_written_and_read_again_has_the_same_bits(value: float) -> None:
    assert parse_wall(format_wall(value), START) == value
    assert parse_wall(format_wall(value), None) == value


@given(whole=st.integers(min_value=1, max_value=10**12))
def test_a_scale_written_and_read_again_has_the_same_bits(whole: int) -> None:
    assert parse_scale(format_scale(1 / whole)) == 1 / whole


@given(seconds=st.integers(min_value=0, max_value=10**8))
def test_whole_seconds_are_written_in_the_units_that_people_use(seconds: int) -> None:
    text = format_duration(float(seconds))
    assert all(word.isdigit() or word in ("d", "h", "min", "s") for word in text.split())
    assert "." not in text


@given(number=st.decimals(min_value=0, max_value=10**6, places=3), unit=st.sampled_from(["s", "min", "h", "d"]))
def test_a_duration_is_the_correctly_rounded_product(number: object, unit: str) -> None:
    size = {"s": 1, "min": 60, "h": 3600, "d": 86400}[unit]
    assert parse_duration(f"{number} {unit}") == float(Fraction(str(number)) * size)


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (parse_duration, "20 s", 20.0),
        (parse_duration, "20s", 20.0),
        (parse_duration, "1 h 30 min", 5400.0),
        (parse_duration, "2 d", 172800.0),
        (parse_duration, "1.5 h", 5400.0),
        (parse_duration, "1e3 s", 1000.0),
        (parse_rate, "7000 /s", 7000.0),
        (parse_rate, "120 /min", 2.0),
        (parse_rate, "3 /h", 3 / 3600),
        (parse_rate, "1 /d", 1 / 86400),
        (parse_distance, "800 m", 800.0),
        (parse_distance, "1.2 km", 1200.0),
        (parse_speed, "5 km/h", 5 / 3.6),
        (parse_speed, "1.4 m/s", 1.4),
        (parse_scale, "1/100", 0.01),
        (parse_scale, 0.01, 0.01),
        (parse_scale, 1, 1.0),
        (parse_probability, 0, 0.0),
        (parse_probability, 0.39, 0.39),
        (parse_count, 1e6, 1000000),
    ],
)
def test_an_allowed_form_is_read_in_si(parse: Callable[[object], float], text: object, value: float) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "given_value", "nearest"),
    [
        (parse_duration, 20, "20 s"),
        (parse_duration, 20.5, "20.5 s"),
        (parse_duration, "20", ""),
        (parse_duration, "20 m", "20 min"),
        (parse_duration, "20 mins", "20 min"),
        (parse_duration, "1,5 h", "1.5 h"),
        (parse_duration, "1 200 s", "1200 s"),
        (parse_duration, "2 heures", "2 h"),
        (parse_duration, "20 MIN", "20 min"),
        (parse_duration, "1 h 90 min", ""),
        (parse_duration, "30 min 1 h", ""),
        (parse_duration, "-5 s", ""),
        (parse_duration, "nan s", ""),
        (parse_duration, "1e999 s", ""),
        (parse_duration, "1e99999999 s", ""),
        (parse_duration, True, ""),
        (parse_duration, None, ""),
        (parse_duration, [20], ""),
        (parse_duration, "", ""),
        (parse_duration, "\u0662\u0660 s", ""),
        (parse_rate, "7000/second", "7000 /s"),
        (parse_rate, "7,000 /s", "7000 /s"),
        (parse_rate, "3 per hour", "3 /h"),
        (parse_rate, 3, "3 /s"),
        (parse_rate, "3 /s 2 /h", ""),
        (parse_distance, "800 metres", "800 m"),
        (parse_speed, "5 kmh", "5 km/h"),
        (parse_scale, 0.03, "1/33"),
        (parse_scale, "1 %", "1/100"),
        (parse_scale, "1:100", "1/100"),
        (parse_scale, 0, ""),
        (parse_scale, 2, ""),
        (parse_scale, "2/100", ""),
        (parse_probability, "12 %", "0.12"),
        (parse_probability, 1.2, ""),
        (parse_probability, -0.1, ""),
        (parse_probability, True, ""),
        (parse_probability, float("nan"), ""),
        (parse_count, 1.5, "2"),
        (parse_count, "14 000 000", "14000000"),
        (parse_count, "1_000", "1000"),
        (parse_count, -1, ""),
        (parse_count, float("inf"), ""),
    ],
)
def test_another_form_is_refused_with_the_nearest_fix(
    parse: Callable[[object], float], given_value: object, nearest: str
) -> None:
    with pytest.raises(SchemaProblem) as caught:
        parse(given_value)
    (loc, _, allowed, fix) = caught.value.problems[0]
    assert loc == ()
    assert allowed
    assert fix == nearest
    if fix:
        assert parse(int(fix) if fix.isdigit() else float(fix) if fix.startswith("0.") else fix) >= 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20:00", 0),
        ("22:34:06", 9246),
        ("19:59:59", 86399),
        ("00:18", 15480),
        ("2015-11-14T00:18:00+01:00", 15480),
        ("2015-11-13T23:18:00Z", 15480),
        ("T+2 h", 7200),
        ("T+2 d", 172800),
    ],
)
def test_a_time_on_the_clock_is_the_first_at_or_after_the_start(text: str, seconds: float) -> None:
    assert parse_wall(text, START) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20:00:30.25", 0), ("20:00:31", 0.75), ("20:01", 29.75), ("20:00:30", 86399.75), ("20:00", 86369.75), ("T+1 s", 1)],
)
def test_the_seconds_of_the_start_count(text: str, seconds: float) -> None:
    """Planted: a start whose seconds, or parts of a second, are ignored."""
    assert parse_wall(text, datetime.fromisoformat("2015-11-13T20:00:30.250+01:00")) == seconds


@pytest.mark.parametrize(
    ("value", "nearest"),
    [
        (1280, ""),
        ("9h05", "09:05"),
        ("22 h 30", "22:30"),
        ("24:00", "00:00"),
        ("25:00", ""),
        ("22:60", ""),
        ("2015-11-14", "2015-11-14T00:00+01:00"),
        ("2015-11-14 00:18", "2015-11-14T00:18+01:00"),
        ("2015-02-30T00:18:00+01:00", ""),
        ("2015-11-13T19:59:59+01:00", "2015-11-13T20:00:00+01:00"),
        ("T+2", ""),
        ("t + 2 hours", "T+2 h"),
        ("2 h", "T+2 h"),
    ],
)
def test_another_time_is_refused_with_the_nearest_fix(value: object, nearest: str) -> None:
    with pytest.raises(SchemaProblem) as caught:
        parse_wall(value, START)
    assert caught.value.problems[0][3] == nearest


def test_a_calendar_moment_needs_its_offset() -> None:
    assert parse_instant("2015-11-13T20:00:00+01:00") == START
    with pytest.raises(SchemaProblem) as caught:
        parse_instant("2015-11-13T20:00:00")
    assert caught.value.problems[0][3] == "2015-11-13T20:00:00+01:00"


def test_a_time_is_shown_at_the_offset_of_the_start() -> None:
    assert format_clock(15480, START) == "2015-11-14 00:18:00+01:00"


@pytest.mark.parametrize("zone_of_start", [None, "Europe/Paris"])
def test_seconds_of_the_start_count(zone_of_start: str | None) -> None:
    start = in_zone(datetime.fromisoformat("2015-11-13T20:00:30.25+01:00"), zone_of_start)
    assert parse_wall("20:01", start) == 29.75
    assert parse_wall("20:00:30", start) == 86399.75
    assert parse_wall("2015-11-13T21:00:00+01:00", start) == 3569.75
    assert format_clock(29.75, start) == "2015-11-13 20:01:00+01:00"


# ---- clocks that change ----

AUTUMN = in_zone(datetime.fromisoformat("2026-10-24T20:00:00+02:00"), "Europe/Paris")
SPRING = in_zone(datetime.fromisoformat("2026-03-28T20:00:00+01:00"), "Europe/Paris")


@pytest.mark.parametrize(
    ("start", "text", "hours", "shown"),
    [
        (AUTUMN, "20:00", 0, "2026-10-24 20:00:00+02:00"),
        (AUTUMN, "01:59", 5 + 59 / 60, "2026-10-25 01:59:00+02:00"),
        (AUTUMN, "04:00", 9, "2026-10-25 04:00:00+01:00"),
        (AUTUMN, "19:30", 24.5, "2026-10-25 19:30:00+01:00"),
        (AUTUMN, "2026-10-25T02:30:00+02:00", 6.5, "2026-10-25 02:30:00+02:00"),
        (AUTUMN, "2026-10-25T02:30:00+01:00", 7.5, "2026-10-25 02:30:00+01:00"),
        (SPRING, "04:00", 7, "2026-03-29 04:00:00+02:00"),
        (SPRING, "19:30", 22.5, "2026-03-29 19:30:00+02:00"),
    ],
)
def test_a_time_on_the_clock_follows_clocks_that_change(start: datetime, text: str, hours: float, shown: str) -> None:
    assert parse_wall(text, start) == hours * 3600
    assert format_clock(hours * 3600, start) == shown


@pytest.mark.parametrize(
    ("start", "text", "what", "readings"),
    [
        (AUTUMN, "02:30", "is met twice", ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]),
        (SPRING, "02:30", "does not exist", ["2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00"]),
    ],
)
def test_a_local_time_that_is_met_twice_or_never_is_refused_with_both_readings(
    start: datetime, text: str, what: str, readings: list[str]
) -> None:
    with pytest.raises(SchemaProblem, match=what) as caught:
        parse_wall(text, start)
    assert caught.value.problems[0][3] == " or ".join(readings)
    assert len({parse_wall(reading, start) for reading in readings}) == 2


def test_of_two_readings_the_one_before_the_start_is_none() -> None:
    start = in_zone(datetime.fromisoformat("2026-10-25T02:15:00+01:00"), "Europe/Paris")
    assert parse_wall("02:30", start) == 900
    assert format_clock(parse_wall("02:10", start), start) == "2026-10-26 02:10:00+01:00"


def test_a_start_in_a_zone_crosses_to_other_processes_and_is_the_same() -> None:
    again = pickle.loads(pickle.dumps(AUTUMN))  # noqa: S301  (our own bytes)
    assert again == AUTUMN and zone_name(again) == "Europe/Paris"


def test_a_start_whose_offset_is_not_that_of_its_zone_is_refused_with_the_right_one() -> None:
    with pytest.raises(SchemaProblem) as caught:
        in_zone(START, "America/St_Johns")
    assert caught.value.problems[0][3] == "2015-11-13T20:00:00-03:30"


@pytest.mark.parametrize(("until", "changes"), [(6 * 3600 + 1.0, 1), (3.2e7, 3), (1e9, 64)])
def test_each_change_of_clocks_is_found_to_the_second(until: float, changes: int) -> None:
    found = offsets(SPRING, until)
    assert found[:2] == [(0.0, 3600.0), (21600.0, 7200.0)]
    assert len(found) == 1 + changes


@pytest.mark.parametrize(("value", "nearest"), [("Paris", "Europe/Paris"), ("europe/paris", "Europe/Paris"), ("+01:00", ""),
                                                ("../../etc/passwd", ""), (1, "")])  # fmt: skip
def test_another_zone_is_refused_with_the_nearest(value: object, nearest: str) -> None:
    with pytest.raises(SchemaProblem) as caught:
        parse_zone(value)
    assert caught.value.problems[0][3] == nearest


# ---- moments that are none ----


@pytest.mark.parametrize(
    ("offset", "nearest"),
    [("+02:60", "+03:00"), ("+24:00", ""), ("+2:00", "+02:00"), ("+0200", "+02:00"), ("-00:00", "Z"), ("+14:30", ""),
     ("-12:30", ""), ("+99:99", "")],
)  # fmt: skip
def test_a_malformed_utc_offset_is_refused(offset: str, nearest: str) -> None:
    for read in (parse_instant, lambda text: parse_wall(text, START)):
        with pytest.raises(SchemaProblem) as caught:
            read(f"2015-11-13T21:00:00{offset}")
        assert caught.value.problems[0][3] == (nearest and f"2015-11-13T21:00:00{nearest}")


@pytest.mark.parametrize(
    "text",
    [
        "9999-12-31T23:30:00Z",
        "0001-01-01T00:00:00+14:00",
        "0001-12-31T00:00:00Z",
        "9999-01-01T00:00:00Z",
        "2015-11-13T24:00:00Z",
    ],
)
def test_a_moment_that_not_every_clock_can_tell_is_refused(text: str) -> None:
    with pytest.raises(SchemaProblem):
        parse_instant(text)


class Example(BaseModel):
    """A block with a field of each kind."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    start: StartTime
    at: WallTime
    wait: Annotated[Duration, Field(gt=0)]
    share: Probability = 0.5
    people: Count = 3
    scale: Scale = 1.0


def test_field_types_read_yaml_and_write_what_reads_back() -> None:
    data = {"start": "2015-11-13T20:00:00+01:00", "at": "00:18", "wait": "1 h 30 min", "scale": "1/100"}
    block = Example.model_validate(data, context={"start": START})
    assert (block.at, block.wait, block.scale) == (15480.0, 5400.0, 0.01)
    written = block.model_dump(mode="json")
    assert written["at"] == "T+4 h 18 min"
    assert Example.model_validate(written, context={"start": START}) == block


def test_limits_apply_to_the_si_value() -> None:
    data = {"start": "2015-11-13T20:00:00+01:00", "at": "00:18", "wait": "0 min"}
    with pytest.raises(ValidationError, match="greater than 0"):
        Example.model_validate(data, context={"start": START})


@pytest.mark.long
@given(text=st.text(max_size=40))
def test_no_text_makes_a_parser_fail_otherwise_than_by_refusing(text: str) -> None:
    parsers: list[Callable[[object], object]] = [
        parse_duration, parse_rate, parse_distance, parse_speed, parse_scale, parse_probability, parse_count,
        parse_instant, lambda value: parse_wall(value, START),
    ]  # fmt: skip
    for parse in parsers:
        try:
            parse(text)
        except SchemaProblem as problem:
            assert problem.problems[0][1]
