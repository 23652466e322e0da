"""Time zones by their IANA names, and the local clock of a scenario.

A scenario's start carries its zone: an IANA zone, whose clocks may change in mid-crisis, or the fixed UTC offset of its text.
The zones are those of the `tzdata` package, of one version on every machine, and not those of the system.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgu.errors import SchemaProblem

FIRST_YEAR: Final = 2
LAST_YEAR: Final = 9998
"""Moments of the years between can be told in any zone."""
ZONE_FORMS: Final = "an IANA time zone: `Europe/Paris`, `America/New_York`, `UTC`"
_LOOK_EVERY: Final = 6 * 3600
"""Clocks never change twice within so many seconds."""


class _Zone(ZoneInfo):
    """A zone read from the package; workers read it again by its name."""

    def __reduce__(self) -> Any:
        return zone, (self.key,)


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all zones."""
    return frozenset((files("tzdata") / "zones").read_text(encoding="utf-8").split())


@cache
def zone(name: str) -> ZoneInfo:
    """Return a zone by its name.

    Raises
    ------
    KeyError
        Where there is no such zone.
    """
    if name not in zone_names():
        raise KeyError(name)
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return _Zone.from_file(file, key=name)


def parse_zone(value: object) -> str:
    """Read the name of a time zone."""
    from msgu.units.quantity import describe

    if isinstance(value, str) and value in zone_names():
        return value
    raise SchemaProblem.here(f"{describe(value)} is not the name of a time zone", ZONE_FORMS, _nearest_zone(value))


def _nearest_zone(value: object) -> str:
    import difflib

    plain = {name.lower(): name for name in zone_names()} | {name.rsplit("/")[-1].lower(): name for name in zone_names()}
    near = difflib.get_close_matches(str(value)[:60].lower().replace(" ", "_"), sorted(plain), 1, 0.7)
    return plain[near[0]] if near else ""


# ---- the local clock ----


def in_zone(start: datetime, name: str | None) -> datetime:
    """Return a start that carries its time zone, with the offset as given; as it is where no zone is named.

    Raises
    ------
    SchemaProblem
        Where the zone's offset is another then.
    """
    if name is None:
        return start
    there = start.astimezone(zone(name))
    if offset_of(there) != offset_of(start):
        right = start.replace(tzinfo=there.tzinfo)
        given = f"'{offset_text(start)}', which is not the UTC offset of {name} then"
        raise SchemaProblem.here(given, f"'{offset_text(right)}'", right.isoformat())
    return there


def zone_name(start: datetime) -> str:
    """Return the zone that a start carries, empty where its offset is fixed."""
    return start.tzinfo.key if isinstance(start.tzinfo, ZoneInfo) else ""


def local_moment(start: datetime, seconds: float) -> datetime:
    """Return the local date and time so many seconds after the start, with its UTC offset then."""
    return (start.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(start.tzinfo)


def offset_of(moment: datetime) -> float:
    """Return local time minus UTC [s]."""
    offset = moment.utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def offset_text(moment: datetime) -> str:
    """Return the UTC offset of a moment as `+01:00`."""
    return moment.isoformat()[len(moment.replace(tzinfo=None).isoformat()) :]


def offsets(start: datetime, until: float, at: tzinfo | None = None) -> list[tuple[float, float]]:
    """Return the UTC offsets of a zone from the start until so many seconds after it.

    Parameters
    ----------
    at
        The zone; that of the start when None.

    Returns
    -------
    From when on [s since start], the first 0, and local time minus UTC then [s].
    """
    place = at if at is not None else start.tzinfo
    began = start.astimezone(UTC)

    def find(seconds: float) -> float:
        return offset_of((began + timedelta(seconds=seconds)).astimezone(place))

    found = [(0.0, find(0.0))]
    if not isinstance(place, ZoneInfo):
        return found
    # clocks change at whole seconds of UTC, so that the search goes over these
    early = began.microsecond / 1e6
    low = 0
    while low < until:
        high = low + _LOOK_EVERY
        if find(high - early) != found[-1][1]:
            a, b = low, high
            while b - a > 1:
                middle = (a + b) // 2
                a, b = (middle, b) if find(middle - early) == found[-1][1] else (a, middle)
            if 0 < b - early < until:
                found.append((b - early, find(b - early)))
            low = b
        else:
            low = high
    return found


def clock_rows(start: datetime, until: float) -> list[tuple[float, float]]:
    """Return what is to be added to the seconds since the start for the local clock, each with the time from which it holds.

    The local clock counts from the midnight at which the start's day began, were no clock ever changed [s].
    """
    rows = offsets(start, until)
    clock = start.hour * 3600.0 + start.minute * 60.0 + start.second + start.microsecond / 1e6
    return [(at, clock + (offset - rows[0][1])) for at, offset in rows]
