"""Moments: of the calendar, and of a scenario."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from pydantic import ValidationInfo

from sim.errors import SchemaProblem
from sim.units.quantity import (
    DURATION,
    describe,
    format_duration,
    nearest_quantity,
    parse_duration,
    read_quantity,
)

_DAY: Final = 86_400
WALL_FORMS: Final = (
    "a time: `22:34:06` or `22:30` (the first such time at or after the start, at the start's UTC offset), "
    "`2015-11-14T00:18:00+01:00`, or `T+2 h` (after the start)"
)
INSTANT_FORMS: Final = "a date and time with its UTC offset: `2015-11-13T20:00:00+01:00`"
ISO: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
CLOCK: Final = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]{1,6})?))?"


def parse_instant(value: object) -> datetime:
    """Read an ISO date and time that carries its UTC offset."""
    if isinstance(value, str) and re.fullmatch(ISO, value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise SchemaProblem.here(f"{describe(value)} is no such date or time", INSTANT_FORMS) from None
    raise SchemaProblem.here(f"{describe(value)} is not a date and time", INSTANT_FORMS, _nearest_instant(value))


def _nearest_instant(value: object, offset: str = "+01:00") -> str:
    """Return a date-time with its missing `T`, time or offset supplied, or an empty string."""
    match = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]\s*([0-9]{2}:[0-9]{2}(?::[0-9]{2})?))?", str(value).strip())
    return f"{match[1]}T{match[2] or '00:00'}{offset}" if match and isinstance(value, str) else ""


def parse_wall(value: object, start: datetime | None) -> float:
    """Read a time of the scenario.

    A time on the clock (`22:34:06`, `22:30`) is the first such time at or after the start,
    at the start's UTC offset.
    Anything a day or more after the start needs its date: `2015-11-15T10:00:00+01:00`, or `T+2 d`.

    Parameters
    ----------
    value
        Scalar as read from YAML.
    start
        Start of the scenario, with its UTC offset; None when it is wrong: then only the form is checked.

    Returns
    -------
    Time since the start [s], never negative.
    """
    if not isinstance(value, str):
        raise SchemaProblem.here(f"{describe(value)} is not a time", WALL_FORMS)
    if value.startswith("T+"):
        return _parse_after_start(value)
    if re.fullmatch(ISO, value):
        return _since(parse_instant(value), start, value)
    clock = re.fullmatch(CLOCK, value)
    seconds = _clock_seconds(clock) if clock else None
    if seconds is None:
        raise SchemaProblem.here(f"{describe(value)} is not a time", WALL_FORMS, _nearest_wall(value, start))
    return float((seconds - _clock_of(start)) % _DAY) if start is not None else 0.0


def _parse_after_start(value: str) -> float:
    read = read_quantity(value[2:], DURATION)
    if read is None:
        near = nearest_quantity(value[2:], DURATION)
        raise SchemaProblem.here(f"{describe(value)} is not a time", WALL_FORMS, f"T+{near}" if near else "")
    return parse_duration(value[2:])


def _since(moment: datetime, start: datetime | None, value: str) -> float:
    if start is None:
        return 0.0
    seconds = (moment - start).total_seconds()
    if seconds < 0:
        given = f"{describe(value)} is before the start of the scenario, {start.isoformat()}"
        raise SchemaProblem.here(given, WALL_FORMS, start.isoformat())
    return seconds


def _clock_seconds(clock: re.Match[str]) -> Fraction | None:
    """Return seconds since midnight, or None when there is no such time."""
    hour, minute, second = int(clock[1]), int(clock[2]), Fraction(clock[3] or 0)
    if hour > 23 or minute > 59 or second >= 60:
        return None
    return hour * 3600 + minute * 60 + second


def _clock_of(moment: datetime) -> Fraction:
    """Return seconds since midnight of a moment, at its own UTC offset."""
    return Fraction(moment.hour * 3600 + moment.minute * 60 + moment.second) + Fraction(moment.microsecond, 10**6)


def _nearest_wall(value: str, start: datetime | None) -> str:
    if re.fullmatch(r"[0-9]{1,9} h", value):
        return f"T+{value}"
    match = re.fullmatch(r"\s*([0-9]{1,2})\s*[:hH.]\s*([0-9]{2})?(?:\s*(?::|min|m)\s*([0-9]{2})?s?)?\s*", value)
    if match:
        text = f"{int(match[1]) % 24:02d}:{match[2] or '00'}" + (f":{match[3]}" if match[3] else "")
        clock = re.fullmatch(CLOCK, text)
        return text if int(match[1]) <= 24 and clock and _clock_seconds(clock) is not None else ""
    if re.fullmatch(r"\s*[tT]\s*\+\s*.*", value):
        near = nearest_quantity(value.split("+", 1)[1], DURATION)
        return f"T+{near}" if near else ""
    near = nearest_quantity(value, DURATION)
    return f"T+{near}" if near else _nearest_instant(value, start.isoformat()[-6:] if start else "+01:00")


def format_wall(seconds: float) -> str:
    """Write a time as `T+2 h 34 min 6 s`; reading it back gives the same bits, whatever the start."""
    return f"T+{format_duration(seconds)}"


def format_clock(seconds: float, start: datetime) -> str:
    """Write a time since the start as `2015-11-14 00:18:00` at the start's UTC offset, for people to read."""
    return (start + timedelta(seconds=round(seconds))).strftime("%Y-%m-%d %H:%M:%S")


def wall_in_context(value: object, info: ValidationInfo) -> float:
    """Read a time with the start that the loader put into the validation context."""
    context = info.context or {}
    return parse_wall(value, context.get("start"))
