"""Quantities with a unit: durations, rates, distances, speeds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from msgu.errors import SchemaProblem

NUMBER: Final = r"[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?"
_TERM: Final = rf"({NUMBER}) ?([^0-9\s](?:[^0-9]*[^0-9\s])?)"
EXACT: Final = 2**53


@dataclass(frozen=True)
class PhysicalDimension:
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
DURATION: Final = PhysicalDimension(
    "duration",
    "s",
    {"d": Fraction(86400), "h": Fraction(3600), "min": Fraction(60), "s": Fraction(1)},
    _TIME_ALIASES,
    "a duration with its unit: `20 s`, `20 min`, `1 h 30 min`, `2 d`",
    compound=True,
)
RATE: Final = PhysicalDimension(
    "rate",
    "/s",
    {"/s": Fraction(1), "/min": Fraction(1, 60), "/h": Fraction(1, 3600), "/d": Fraction(1, 86400)},
    {f"{per}{alias}": f"/{unit}" for alias, unit in _TIME_ALIASES.items() for per in ("/", "/ ", "per ", "par ")}
    | {f"{per}{unit}": f"/{unit}" for unit in DURATION.units for per in ("/ ", "per ", "par ")}
    | {"hz": "/s"},
    "a rate with its unit: `7000 /s`, `120 /min`, `3 /h`, `1 /d`",
)
DISTANCE: Final = PhysicalDimension(
    "distance",
    "m",
    {"km": Fraction(1000), "m": Fraction(1)},
    _aliases(m="metre metres meter meters mètre mètres", km="kilometre kilometres kilometer kilometers"),
    "a distance with its unit: `800 m`, `1.2 km`",
)
SPEED: Final = PhysicalDimension(
    "speed",
    "m/s",
    {"m/s": Fraction(1), "km/h": Fraction(1000, 3600)},
    {"kmh": "km/h", "kph": "km/h", "km / h": "km/h", "km par h": "km/h", "m / s": "m/s", "mps": "m/s"},
    "a speed with its unit: `5 km/h`, `1.4 m/s`",
)


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


def read_quantity(text: str, dimension: PhysicalDimension) -> Fraction | None:
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


def nearest_quantity(text: str, dimension: PhysicalDimension) -> str:
    """Return the nearest allowed spelling of a refused quantity, or an empty string."""
    tidy = plain_number(" ".join(text.split())[:200])
    words = []
    for number, written in re.findall(rf"({NUMBER}) ?([^0-9]*)", tidy):
        unit = written.strip()
        lower = unit.lower()
        if unit not in dimension.units:
            unit = dimension.aliases.get(lower, lower if lower in dimension.units else "")
        words.append(f"{number} {unit}")
    fixed = " ".join(words)
    return fixed if read_quantity(fixed, dimension) is not None and not tidy.startswith("-") else ""


def plain_number(text: str) -> str:
    """Return the text with digits ungrouped (`7,000`, `7 000`, `7_000`) and a decimal point for a comma."""
    text = re.sub(r"(?<![0-9.,_])(-?0),(?=[0-9])", r"\1.", text)
    text = re.sub(r"(?<=[0-9])[,_ \u00a0\u202f](?=[0-9]{3}(?![0-9]))", "", text)
    return re.sub(r"(?<=[0-9]),(?=[0-9])", ".", text)


def parse_quantity(value: object, dimension: PhysicalDimension) -> float:
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
    read = read_quantity(value, dimension) if isinstance(value, str) else None
    if read is None:
        nearest = nearest_quantity(value, dimension) if isinstance(value, str) else ""
        raise SchemaProblem.here(f"{describe(value)} is not a {dimension.name}", dimension.forms, nearest)
    try:
        return float(read)
    except OverflowError:
        raise SchemaProblem.here(f"{describe(value)} is too large", dimension.forms) from None


def format_quantity(value: float, dimension: PhysicalDimension) -> str:
    """Write an SI value in the unit that makes it shortest; it reads back to the same bits."""
    best = f"{digits(value)} {dimension.si}"
    for unit, size in dimension.units.items():
        scaled = Fraction(value) / size
        shown = f"{digits(float(f'{float(scaled):.15g}'))} {unit}" if scaled < 10**300 else best
        if len(shown) < len(best) and _read_back(shown, dimension) == value:
            best = shown
    return best


def _read_back(text: str, dimension: PhysicalDimension) -> float | None:
    read = read_quantity(text, dimension)
    return float(read) if read is not None else None


def digits(value: float) -> str:
    """Return the shortest decimal text that reads back as the same number."""
    return str(int(value)) if value == int(value) and abs(value) < EXACT else repr(float(value))


def parse_duration(value: object) -> float:
    """Read `20 s`, `20 min`, `1 h 30 min`, `2 d` as seconds; each part is smaller than the unit before it."""
    return parse_quantity(value, DURATION)


def format_duration(seconds: float) -> str:
    """Write seconds as `1 h 30 min`; reading it back gives the same bits."""
    if seconds != int(seconds) or not 0 < seconds < 10**9:
        return f"{digits(seconds)} s"
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
