"""Quantities as people write them, and the SI numbers that the program computes with.

Only this module parses quantities.
``parse_*`` turns the text of a YAML scalar into SI, ``format_*`` turns it back, and ``parse_x(format_x(v)) == v`` bit for bit.
The annotated types at the end are field types for the scenario schema.
A bare number for a dimensional quantity is refused, with the forms that are allowed.

Times of day need the scenario's start, which the loader puts into the validation context:
``Model.model_validate(data, context={"start": datetime})``.
Without a start, a time on the clock or an ISO date is checked for its form only and reads as 0 s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer, ValidationInfo, WithJsonSchema

from sim.errors import SchemaProblem

_NUMBER: Final = r"[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?"
_TERM: Final = rf"({_NUMBER}) ?([^0-9\s](?:[^0-9]*[^0-9\s])?)"
_DAY: Final = 86_400
_EXACT: Final = 2**53


@dataclass(frozen=True)
class Dimension:
    """A physical dimension with the units that may be written.

    Parameters
    ----------
    name
        Name of the quantity in messages.
    si
        Unit of the value inside the program, also the unit proposed for a bare number.
    units
        Written unit to its size in ``si``.
    aliases
        Other spellings met in practice (lower case), refused with the right one as the nearest fix.
    forms
        The allowed forms, for messages and documentation.
    compound
        Whether several terms may follow one another, as in `1 h 30 min`.
    """

    name: str
    si: str
    units: Mapping[str, Fraction]
    aliases: Mapping[str, str]
    forms: str
    compound: bool = False


def _aliases(**spellings: str) -> dict[str, str]:
    return {alias: unit for unit, names in spellings.items() for alias in names.split()}


_TIME_ALIASES: Final = _aliases(
    s="sec secs second seconds seconde secondes",
    min="m mn mins minute minutes",
    h="hr hrs hour hours heure heures",
    d="day days j jour jours",
)
DURATION: Final = Dimension(
    "duration",
    "s",
    {"d": Fraction(86400), "h": Fraction(3600), "min": Fraction(60), "s": Fraction(1)},
    _TIME_ALIASES,
    "a duration with its unit: `20 s`, `20 min`, `1 h 30 min`, `2 d`",
    compound=True,
)
RATE: Final = Dimension(
    "rate",
    "/s",
    {"/s": Fraction(1), "/min": Fraction(1, 60), "/h": Fraction(1, 3600), "/d": Fraction(1, 86400)},
    {f"{per}{alias}": f"/{unit}" for alias, unit in _TIME_ALIASES.items() for per in ("/", "/ ", "per ", "par ")}
    | {f"{per}{unit}": f"/{unit}" for unit in DURATION.units for per in ("/ ", "per ", "par ")}
    | {"hz": "/s"},
    "a rate with its unit: `7000 /s`, `120 /min`, `3 /h`, `1 /d`",
)
DISTANCE: Final = Dimension(
    "distance",
    "m",
    {"km": Fraction(1000), "m": Fraction(1)},
    _aliases(m="metre metres meter meters mètre mètres", km="kilometre kilometres kilometer kilometers"),
    "a distance with its unit: `800 m`, `1.2 km`",
)
SPEED: Final = Dimension(
    "speed",
    "m/s",
    {"m/s": Fraction(1), "km/h": Fraction(1000, 3600)},
    {"kmh": "km/h", "kph": "km/h", "km / h": "km/h", "km par h": "km/h", "m / s": "m/s", "mps": "m/s"},
    "a speed with its unit: `5 km/h`, `1.4 m/s`",
)

WALL_FORMS: Final = (
    "a time: `22:34:06` or `22:30` (the first such time at or after the start, at the start's UTC offset), "
    "`2015-11-14T00:18:00+01:00`, or `T+2 h` (after the start)"
)
INSTANT_FORMS: Final = "a date and time with its UTC offset: `2015-11-13T20:00:00+01:00`"
SCALE_FORMS: Final = "one over a whole number: `1/100`, `0.01` or `1`"
PROBABILITY_FORMS: Final = "a number from 0 to 1"
COUNT_FORMS: Final = "a whole number, 0 or more"


def describe(value: object) -> str:
    """Return what was given, in words short enough for one line."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, (int, float)):
        return f"the bare number {value!r}"
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= 60 else f"'{value[:57]}...'"
    return "a list" if isinstance(value, (list, tuple)) else "a mapping"


# ---- quantities with a unit -------------------------------------------------------------------------------------


def _read(text: str, dimension: Dimension) -> Fraction | None:
    """Return the quantity in SI, or None when the text has another form."""
    if len(text) > 200 or not re.fullmatch(rf"{_TERM}(?: {_TERM})*", text):
        return None
    terms = re.findall(_TERM, text)
    if len(terms) > 1 and not dimension.compound:
        return None
    total, larger = Fraction(0), None
    for number, unit in terms:
        size = dimension.units.get(unit)
        part = Fraction(number) * size if size is not None else None
        if size is None or part is None or (larger is not None and (size >= larger or part >= larger)):
            return None
        total, larger = total + part, size
    return total


def _nearest(text: str, dimension: Dimension) -> str:
    """Return the nearest allowed spelling of a refused quantity, or an empty string."""
    tidy = _plain_number(" ".join(text.split())[:200])
    words = []
    for number, written in re.findall(rf"({_NUMBER}) ?([^0-9]*)", tidy):
        unit = written.strip()
        lower = unit.lower()
        if unit not in dimension.units:
            unit = dimension.aliases.get(lower, lower if lower in dimension.units else "")
        words.append(f"{number} {unit}")
    fixed = " ".join(words)
    return fixed if _read(fixed, dimension) is not None and not tidy.startswith("-") else ""


def _plain_number(text: str) -> str:
    """Return the text with digits ungrouped (`7,000`, `7 000`, `7_000`) and a decimal point for a comma."""
    text = re.sub(r"(?<=[0-9])[,_ \u00a0\u202f](?=[0-9]{3}(?![0-9]))", "", text)
    return re.sub(r"(?<=[0-9]),(?=[0-9])", ".", text)


def parse_quantity(value: object, dimension: Dimension) -> float:
    """Read a quantity with its unit.

    Parameters
    ----------
    value
        Scalar as read from YAML; only text can be a quantity.
    dimension
        What is expected.

    Returns
    -------
    Value in the dimension's SI unit, correctly rounded.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        nearest = f"{value} {dimension.si}" if value >= 0 else ""
        raise SchemaProblem.here(f"{describe(value)} has no unit", dimension.forms, nearest)
    read = _read(value, dimension) if isinstance(value, str) else None
    if read is None:
        nearest = _nearest(value, dimension) if isinstance(value, str) else ""
        raise SchemaProblem.here(f"{describe(value)} is not a {dimension.name}", dimension.forms, nearest)
    try:
        return float(read)
    except OverflowError:
        raise SchemaProblem.here(f"{describe(value)} is too large", dimension.forms) from None


def format_quantity(value: float, dimension: Dimension) -> str:
    """Write an SI value in the first unit that shows it as a whole number, else in SI; reading it back gives the same bits."""
    for unit, size in dimension.units.items():
        whole = round(Fraction(value) / size)
        if 0 < whole < 10**9 and float(whole * size) == value:
            return f"{whole} {unit}"
    return f"{_digits(value)} {dimension.si}"


def _digits(value: float) -> str:
    """Return the shortest decimal text that reads back as the same number."""
    return str(int(value)) if value == int(value) and abs(value) < _EXACT else repr(float(value))


def parse_duration(value: object) -> float:
    """Read `20 s`, `20 min`, `1 h 30 min`, `2 d` as seconds; each part is smaller than the unit before it."""
    return parse_quantity(value, DURATION)


def format_duration(seconds: float) -> str:
    """Write seconds as `1 h 30 min`; reading it back gives the same bits."""
    if seconds != int(seconds) or not 0 < seconds < 10**9:
        return f"{_digits(seconds)} s"
    rest, parts = int(seconds), []
    for unit, size in DURATION.units.items():
        count, rest = divmod(rest, int(size))
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts)


def parse_rate(value: object) -> float:
    """Read `7000 /s`, `120 /min`, `3 /h`, `1 /d` as a number per second."""
    return parse_quantity(value, RATE)


def format_rate(per_second: float) -> str:
    """Write a number per second as `120 /min`; reading it back gives the same bits."""
    return format_quantity(per_second, RATE)


def parse_distance(value: object) -> float:
    """Read `800 m`, `1.2 km` as metres."""
    return parse_quantity(value, DISTANCE)


def format_distance(metres: float) -> str:
    """Write metres as `2 km` or `800 m`; reading it back gives the same bits."""
    return format_quantity(metres, DISTANCE)


def parse_speed(value: object) -> float:
    """Read `5 km/h`, `1.4 m/s` as metres per second."""
    return parse_quantity(value, SPEED)


def format_speed(metres_per_second: float) -> str:
    """Write metres per second as `5 km/h`; reading it back gives the same bits."""
    return format_quantity(metres_per_second, SPEED)


# ---- pure numbers ------------------------------------------------------------------------------------------------


def parse_scale(value: object) -> float:
    """Read `1/100`, `0.01` or `1` as the fraction of accounts and cells that is run; always one over a whole number."""
    match = re.fullmatch(r"1 ?/ ?([1-9][0-9]{0,14})", value) if isinstance(value, str) else None
    if match:
        return 1 / int(match[1])
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 1e-15 <= value <= 1:
        whole = round(1 / value)
        if 1 / whole == value:
            return float(value)
        raise SchemaProblem.here(f"{describe(value)} is not one over a whole number", SCALE_FORMS, f"1/{whole}")
    raise SchemaProblem.here(f"{describe(value)} is not a scale", SCALE_FORMS, _nearest_scale(value))


def _nearest_scale(value: object) -> str:
    if not isinstance(value, str):
        return ""
    match = re.fullmatch(r"\s*1\s*(?:/|:|over|sur)\s*([1-9][0-9 ,_]{0,14})\s*", value)
    percent = re.fullmatch(rf"\s*({_NUMBER})\s*%\s*", value)
    if match:
        return "1/" + re.sub("[ ,_]", "", match[1])
    if percent and 1e-9 < float(percent[1]) <= 100:
        return f"1/{round(100 / float(percent[1]))}"
    return ""


def format_scale(scale: float) -> str:
    """Write a scale as `1/100`; reading it back gives the same bits."""
    return "1" if scale == 1 else f"1/{round(1 / scale)}"


def parse_probability(value: object) -> float:
    """Read a number from 0 to 1."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    if isinstance(value, str):
        percent = re.fullmatch(rf"({_NUMBER}) ?%", _plain_number(value.strip()))
        share = Fraction(percent[1]) / 100 if percent else None
        nearest = _digits(float(share)) if share is not None and share <= 1 else ""
        raise SchemaProblem.here(f"{describe(value)} is not a probability", PROBABILITY_FORMS, nearest)
    raise SchemaProblem.here(f"{describe(value)} is not a probability", PROBABILITY_FORMS)


def parse_count(value: object) -> int:
    """Read a whole number, 0 or more; `1e6` is a whole number too."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _EXACT and value == int(value):
        return int(value)
    nearest = ""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", _plain_number(_plain_number(value))):
        nearest = _plain_number(_plain_number(value))
    elif isinstance(value, float) and 0 <= value <= _EXACT:
        nearest = str(round(value))
    raise SchemaProblem.here(f"{describe(value)} is not a count", COUNT_FORMS, nearest)


# ---- times -------------------------------------------------------------------------------------------------------

_ISO: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
_CLOCK: Final = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]{1,6})?))?"


def parse_instant(value: object) -> datetime:
    """Read an ISO date and time that carries its UTC offset."""
    if isinstance(value, str) and re.fullmatch(_ISO, value):
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

    A time on the clock (`22:34:06`, `22:30`) is the first such time at or after the start, at the start's UTC offset.
    Anything a day or more after the start needs its date: `2015-11-15T10:00:00+01:00`, or `T+2 d`.

    Parameters
    ----------
    value
        Scalar as read from YAML.
    start
        Start of the scenario, with its UTC offset; None when that is itself wrong, and then only the form is checked.

    Returns
    -------
    Time since the start [s], never negative.
    """
    if not isinstance(value, str):
        raise SchemaProblem.here(f"{describe(value)} is not a time", WALL_FORMS)
    if value.startswith("T+"):
        return _parse_after_start(value)
    if re.fullmatch(_ISO, value):
        return _since(parse_instant(value), start, value)
    clock = re.fullmatch(_CLOCK, value)
    seconds = _clock_seconds(clock) if clock else None
    if seconds is None:
        raise SchemaProblem.here(f"{describe(value)} is not a time", WALL_FORMS, _nearest_wall(value, start))
    return float((seconds - _clock_of(start)) % _DAY) if start is not None else 0.0


def _parse_after_start(value: str) -> float:
    read = _read(value[2:], DURATION)
    if read is None:
        near = _nearest(value[2:], DURATION)
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
    match = re.fullmatch(r"\s*([0-9]{1,2})\s*[:hH.]\s*([0-9]{2})?(?:\s*(?::|min|m)\s*([0-9]{2})?s?)?\s*", value)
    if match:
        text = f"{int(match[1]) % 24:02d}:{match[2] or '00'}" + (f":{match[3]}" if match[3] else "")
        clock = re.fullmatch(_CLOCK, text)
        return text if int(match[1]) <= 24 and clock and _clock_seconds(clock) is not None else ""
    if re.fullmatch(r"\s*[tT]\s*\+\s*.*", value):
        near = _nearest(value.split("+", 1)[1], DURATION)
        return f"T+{near}" if near else ""
    near = _nearest(value, DURATION)
    return f"T+{near}" if near else _nearest_instant(value, start.isoformat()[-6:] if start else "+01:00")


def format_wall(seconds: float) -> str:
    """Write a time as `T+2 h 34 min 6 s` after the start; reading it back gives the same bits, whatever the start."""
    return f"T+{format_duration(seconds)}"


def format_clock(seconds: float, start: datetime) -> str:
    """Write a time since the start as `2015-11-14 00:18:00` at the start's UTC offset, for people to read."""
    return (start + timedelta(seconds=round(seconds))).strftime("%Y-%m-%d %H:%M:%S")


def _wall_in_context(value: object, info: ValidationInfo) -> float:
    """Read a time with the start that the loader put into the validation context."""
    context = info.context or {}
    return parse_wall(value, context.get("start"))


# ---- field types -------------------------------------------------------------------------------------------------


def _schema(kind: str, unit: str, forms: str, **more: Any) -> WithJsonSchema:
    """Return the JSON Schema of a field type; ``x-unit`` and ``x-forms`` feed the field reference."""
    return WithJsonSchema({"type": kind, "x-unit": unit, "x-forms": forms, **more})


_QUANTITY: Final = rf"^{_NUMBER} ?UNIT$"
_SPAN: Final = rf"{_NUMBER} ?(d|h|min|s)( {_NUMBER} ?(h|min|s))*"

Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    _schema("string", "s", DURATION.forms, pattern=f"^{_SPAN}$", examples=["20 s", "1 h 30 min"]),
]
"""A duration, 0 or more [s]."""

Rate = Annotated[
    float,
    BeforeValidator(parse_rate),
    PlainSerializer(format_rate, return_type=str),
    _schema("string", "/s", RATE.forms, pattern=_QUANTITY.replace("UNIT", "/(s|min|h|d)"), examples=["120 /min"]),
]
"""A rate, 0 or more [1/s]."""

Distance = Annotated[
    float,
    BeforeValidator(parse_distance),
    PlainSerializer(format_distance, return_type=str),
    _schema("string", "m", DISTANCE.forms, pattern=_QUANTITY.replace("UNIT", "(km|m)"), examples=["800 m"]),
]
"""A distance, 0 or more [m]."""

Speed = Annotated[
    float,
    BeforeValidator(parse_speed),
    PlainSerializer(format_speed, return_type=str),
    _schema("string", "m/s", SPEED.forms, pattern=_QUANTITY.replace("UNIT", "(km/h|m/s)"), examples=["5 km/h"]),
]
"""A speed, 0 or more [m/s]."""

WallTime = Annotated[
    float,
    BeforeValidator(_wall_in_context),
    PlainSerializer(format_wall, return_type=str),
    _schema(
        "string", "s since start", WALL_FORMS, pattern=rf"^({_ISO}|{_CLOCK}|T\+{_SPAN})$", examples=["22:34:06", "T+2 h"]
    ),
]
"""A moment of the scenario [s since start]; needs ``context={"start": datetime}``."""

Instant = Annotated[
    datetime,
    BeforeValidator(parse_instant),
    PlainSerializer(datetime.isoformat, return_type=str),
    _schema("string", "date and time", INSTANT_FORMS, pattern=f"^{_ISO}$", examples=["2015-11-13T20:00:00+01:00"]),
]
"""A moment of the calendar, with its UTC offset."""

Probability = Annotated[
    float, BeforeValidator(parse_probability), _schema("number", "1", PROBABILITY_FORMS, minimum=0, maximum=1)
]
"""A probability or a share, from 0 to 1."""

Count = Annotated[int, BeforeValidator(parse_count), _schema("integer", "1", COUNT_FORMS, minimum=0)]
"""A whole number, 0 or more."""

Scale = Annotated[
    float,
    BeforeValidator(parse_scale),
    PlainSerializer(format_scale, return_type=str),
    WithJsonSchema(
        {
            "x-unit": "1",
            "x-forms": SCALE_FORMS,
            "anyOf": [
                {"type": "string", "pattern": "^1 ?/ ?[1-9][0-9]{0,14}$"},
                {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            ],
        }
    ),
]
"""The share of accounts and cells that is run: one over a whole number."""
