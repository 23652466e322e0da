"""Moments: of the calendar, and of a scenario."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Final

from pydantic import ValidationInfo

from msgu.errors import SchemaProblem
from msgu.units.quantity import DURATION, describe, format_duration, nearest_quantity, parse_duration, read_quantity
from msgu.units.zone import FIRST_YEAR, LAST_YEAR, local_moment, offset_of, zone_name

_DAY: Final = 86_400
WALL_FORMS: Final = (
    "a time: `22:34:06` or `22:30` (the first such local time at or after the start), "
    "`2015-11-14T00:18:00+01:00`, or `T+2 h` (after the start)"
)
INSTANT_FORMS: Final = "a date and time with its UTC offset: `2015-11-13T20:00:00+01:00`"
_OFFSET: Final = r"(?:Z|\+00:00|(?!-00:00)(?:\+(?:0[0-9]|1[0-3]):[0-5][0-9]|\+14:00|-(?:0[0-9]|1[01]):[0-5][0-9]|-12:00))"
"""A UTC offset from -12:00 to +14:00; `-00:00` says that the offset is unknown."""
_DATE_TIME: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
ISO: Final = _DATE_TIME + _OFFSET
CLOCK: Final = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]{1,6})?))?"


def parse_instant(value: object) -> datetime:
    """Read an ISO date and time that carries its UTC offset."""
    if isinstance(value, str) and re.fullmatch(ISO, value):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or value[11:13] == "24":  # which some versions of Python read as the next day
            raise SchemaProblem.here(f"{describe(value)} is no such date or time", INSTANT_FORMS)
        return _told(moment, value)
    if isinstance(value, str) and (given := re.fullmatch(f"({_DATE_TIME})([+-])([0-9]{{1,2}}):?([0-9]*)", value)):
        given_offset, near = f"{describe(value)} has no such UTC offset", _nearest_offset(given[2], given[3], given[4])
        raise SchemaProblem.here(given_offset, f"{INSTANT_FORMS}, from -12:00 to +14:00", near and given[1] + near)
    raise SchemaProblem.here(f"{describe(value)} is not a date and time", INSTANT_FORMS, _nearest_instant(value))


def _nearest_offset(sign: str, hours: str, minutes: str) -> str:
    """Return the UTC offset that was meant, or an empty string."""
    if len(minutes) > 2:
        return ""
    total = int(hours or 0) * 60 + int(minutes or 0)
    text = f"{sign}{total // 60:02d}:{total % 60:02d}" if total else "Z"
    return text if re.fullmatch(_OFFSET, text) else ""


def _told(moment: datetime, value: object) -> datetime:
    """Refuse a moment that no clock of ours can tell."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise SchemaProblem.here(
            f"{describe(value)} is in the year {moment.year}", f"a year from {FIRST_YEAR} to {LAST_YEAR}"
        )
    return moment


def _nearest_instant(value: object, offset: str = "+01:00") -> str:
    """Return a date-time with its missing `T`, time or offset supplied, or an empty string."""
    match = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]\s*([0-9]{2}:[0-9]{2}(?::[0-9]{2})?))?", str(value).strip())
    return f"{match[1]}T{match[2] or '00:00'}{offset}" if match and isinstance(value, str) else ""


def parse_wall(value: object, start: datetime | None) -> float:
    """Read a time of the scenario.

    A time on the clock (`22:34:06`, `22:30`) is the first such local time at or after the start:
    in the start's time zone where it has one, else at its UTC offset.
    A local time that does not exist, because the clocks go forward, or exists twice, because they go back, is refused.
    Anything a day or more after the start needs its date: `2015-11-15T10:00:00+01:00`, or `T+2 d`.

    Parameters
    ----------
    value
        Scalar as read from YAML.
    start
        Start of the scenario, with its time zone or UTC offset; None when it is wrong: then only the form is checked.

    Returns
    -------
    Time since the start [s], never negative.
    """
    if not isinstance(value, str):
        raise SchemaProblem.here(f"{describe(value)} is not a time", WALL_FORMS)
    if re.match(r"(end of )?rule\b", value):
        raise SchemaProblem.here(f"{describe(value)} where no rule can give the time", WALL_FORMS)
    if value.startswith("T+"):
        return _parse_after_start(value)
    if re.match(_DATE_TIME, value):
        return _since(parse_instant(value), start, value)
    clock = re.fullmatch(CLOCK, value)
    seconds = _clock_seconds(clock) if clock else None
    if seconds is None:
        raise SchemaProblem.here(f"{describe(value)} is not a time", WALL_FORMS, _nearest_wall(value, start))
    if start is None:
        return 0.0
    if zone_name(start):
        return _by_changing_clock(seconds, start, value)
    return float((seconds - _clock_of(start)) % _DAY)


def _by_changing_clock(seconds: Fraction, start: datetime, value: str) -> float:
    """Return the first time at or after the start at which the clock of its zone shows so many seconds since midnight [s]."""
    whole = int(seconds)
    clock = time(whole // 3600, whole // 60 % 60, whole % 60, int((seconds - whole) * 10**6))
    for days in range(4):
        local = datetime.combine(start.date() + timedelta(days=days), clock)
        readings = [local.replace(tzinfo=start.tzinfo, fold=fold) for fold in (0, 1)]
        since = [_elapsed(start, reading) for reading in readings]
        if max(since) < 0:
            continue
        if since[0] == since[1] or (since[0] < 0 and _exists(local, start)):
            return max(since)
        raise _two_readings(local, start, value, sorted(t for t in since if t >= 0))
    raise AssertionError(value)


def _elapsed(start: datetime, moment: datetime) -> float:
    """Return the seconds from the start to a moment; the difference of two moments of one zone would be that of their clocks."""
    return ((moment.replace(tzinfo=None) - start.replace(tzinfo=None)).total_seconds()) - (
        offset_of(moment) - offset_of(start)
    )


def _exists(local: datetime, start: datetime) -> bool:
    first = _elapsed(start, local.replace(tzinfo=start.tzinfo))
    return local_moment(start, first).replace(tzinfo=None, fold=0) == local


def _two_readings(local: datetime, start: datetime, value: str, since: list[float]) -> SchemaProblem:
    day, place = local.date().isoformat(), zone_name(start)
    told = [local_moment(start, t).isoformat() for t in since]
    if _exists(local, start):
        given = f"{describe(value)} is met twice on {day} in {place}, where the clocks go back"
    else:
        given = f"{describe(value)} does not exist on {day} in {place}, where the clocks go forward"
    allowed = "a local time that exists once, or a date and time with its UTC offset: " + ", ".join(f"`{t}`" for t in told)
    return SchemaProblem.here(given, allowed, " or ".join(told))


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
    """Write a time since the start as local time with its UTC offset, `2015-11-14 00:18:00+01:00`, for people to read."""
    return local_moment(start, round(seconds)).isoformat(" ", "seconds")


def wall_in_context(value: object, info: ValidationInfo) -> float:
    """Read a time with the start that the loader put into the validation context."""
    start: datetime | None = (info.context or {}).get("start")
    seconds = parse_wall(value, start)
    return tellable(seconds, start, value) if start is not None else seconds


def tellable(seconds: float, start: datetime, value: object) -> float:
    """Refuse a time since the start that no clock can tell, because it lies after the last year."""
    try:
        year = (start + timedelta(seconds=seconds)).year
    except OverflowError:
        year = LAST_YEAR + 1
    if year > LAST_YEAR:
        given = f"{describe(value)} from {start.isoformat()} on reaches the year {LAST_YEAR + 1}"
        raise SchemaProblem.here(given, f"a year from {FIRST_YEAR} to {LAST_YEAR}")
    return seconds
