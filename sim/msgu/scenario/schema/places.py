"""Where things are: zones, public transport, and venues with their crowds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from msgu.errors import SchemaProblem
from msgu.scenario.schema import names
from msgu.scenario.schema.field import Confidence, Slug, Sourced, Strict, field
from msgu.scenario.schema.laws import Weight
from msgu.scenario.schema.maps import Once, Weighted
from msgu.scenario.schema.names import Problem, unknown_names
from msgu.units import Distance, Duration, Speed, TimeZone, WallTime

ZoneKind = Literal["arrondissement", "commune", "ring", "country", "abroad"]
LineMode = Literal["metro", "rer", "tram", "bus"]
VenueKind = Literal["stadium", "hall", "bars", "shows"]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Persons = Annotated[int, Field(ge=0, le=10**10)]


class Row(Strict):
    """A row of a table; without a source of its own it has that of its table (`provenance`)."""

    source: str | None = field(None, "Where this row comes from, if not where its table does.", max_length=500)
    confidence: Confidence | None = field(None, "As for any block, if not that of the table.")
    note: str = field("", "What a reader should know.", max_length=2000)


class Zone(Row):
    """A part of the world that people, accounts and cells are in."""

    name: str = field("", "Name as written on the ground.", max_length=100)
    kind: ZoneKind = field(
        "commune",
        "Arrondissement, commune: compact; ring: around a centre; country: the rest of it; abroad: other countries.",
    )
    population: Persons | None = field(None, "Residents; empty: no person of the model lives there.", unit="persons")
    area_km2: float = field(1.0, "Area.", unit="km2", gt=0, le=6e8)
    lat: Latitude = field(0.0, "Latitude of the centre of the inhabited part.", unit="degrees north")
    lon: Longitude = field(0.0, "Longitude of that centre.", unit="degrees east")
    ring_radius: Distance | None = field(
        None, "Kind ring: distance of a typical resident from the centre.", unit="m", gt=0, le=1e7
    )
    utc_offset_h: float | None = field(
        None,
        "Local time minus UTC throughout; 5.75 is 5 h 45 min. Empty: that of the scenario.",
        unit="h",
        ge=-12,
        le=14,
    )
    time_zone: TimeZone | None = field(
        None, "Zone whose local time it is, clocks that change included; empty: `utc_offset_h`, or that of the scenario."
    )
    language: str = field("fr", "Main language of accounts there (two letters).", pattern=r"^[a-z]{2,3}$")
    metro_area: Slug | None = field(
        None, "Metropolitan area or language region; ties are denser inside. Empty: the zone itself."
    )
    adjacent: Annotated[list[names.Zone], Once] = field(
        list, "Zones that share a border, on land or across a bridge; symmetric."
    )

    @model_validator(mode="after")
    def _ring(self) -> Zone:
        if (self.kind == "ring") != (self.ring_radius is not None):
            given = "no radius for a ring" if self.kind == "ring" else f"a radius for kind {self.kind}"
            raise SchemaProblem([(("ring_radius", "[key]"), given, "`ring_radius` with `kind: ring`, and only there", "")])
        return self


class Station(Row):
    """A stop where one or more lines call."""

    name: str = field("", "Name as on the signs of the time.", max_length=100)
    zone: names.Zone = field(..., "Zone of its entrances.")
    lat: Latitude = field(0.0, "Latitude.", unit="degrees north")
    lon: Longitude = field(0.0, "Longitude.", unit="degrees east")


class Segment(Strict):
    """Stations in the order in which trains call at them."""

    stations: list[names.Station] = field(..., "Station ids in order.", min_length=2)
    one_way: bool = field(False, "Trains run only in the order written.")


class Line(Row):
    """A line: one segment, or several where it branches or loops."""

    name: str = field("", "Name on the map.", max_length=100)
    mode: Annotated[LineMode, names.Names("a mode")] = field("metro", "Which of `modes` gives its speed.")
    headway: Duration | None = field(None, "Time between trains; empty: that of its mode.", unit="s", gt=0, le=86400)
    segments: dict[Slug, Segment] = field(..., "Trunk and branches.", min_length=1)


class Walk(Row):
    """A walking transfer between two stations of different name."""

    between: Annotated[list[names.Station], Once] = field(..., "The two stations.", min_length=2, max_length=2)
    time: Duration = field(..., "Platform to platform, waiting apart.", unit="s", gt=0, le=3600)


class Mode(Row):
    """How trains of a kind run: a hop takes winding x distance / cruise + stop_loss + dwell."""

    headway: Duration = field(
        ..., "Time between trains late on a Friday; the mean wait is half of it.", unit="s", gt=0, le=86400
    )
    cruise: Speed = field(..., "Speed between stops.", unit="m/s", gt=0, le=100)
    stop_loss: Duration = field(..., "Time lost in braking and accelerating at each stop.", unit="s", ge=0, le=600)
    dwell: Duration = field(..., "Time standing at each stop.", unit="s", ge=0, le=600)
    winding: float = field(..., "Track length over straight line between stops.", ge=1, le=3)


class Metro(Sourced):
    """The public transport of the night, as a graph of stations."""

    modes: dict[LineMode, Mode] = field(dict, "Running of each kind of line.")
    stations: dict[Slug, Station] = field(dict, "Stations.")
    lines: dict[Slug, Line] = field(dict, "Lines.")
    walks: dict[Slug, Walk] = field(dict, "Walking transfers.")
    transfer: Duration = field(180.0, "Walk between two lines of one station, waiting apart.", unit="s", ge=0, le=1800)
    entrance: Duration = field(90.0, "Street to platform, or platform to street.", unit="s", ge=0, le=1800)
    reach: Distance = field(
        5000.0,
        "Stations within this straight line of a zone's centre serve the zone.",
        unit="m",
        gt=0,
        le=1e5,
    )
    ring_access: Duration = field(900.0, "Station to home in a zone of kind ring.", unit="s", ge=0, le=14400)
    service_end: WallTime | None = field(None, "When the last trains have run; empty: never.", unit="s")
    service_start: WallTime | None = field(None, "When the first trains of the morning run.", unit="s")


class Ground(Strict):
    """Where people stand who are not spread over their zone."""

    lat: Latitude = field(..., "Latitude.", unit="degrees north")
    lon: Longitude = field(..., "Longitude.", unit="degrees east")
    radius: Distance = field(0.0, "Radius of the disc over which they stand.", unit="m", ge=0, le=1e5)


SPOT_MEANING: Final = "Where in the zone its people are, for dangers alone; empty: anywhere in it."


class Venue(Row):
    """A place, or all places of a kind, with people who will go home."""

    name: str = field("", "Name.", max_length=100)
    kind: VenueKind = field(..., "Stadium, hall, bars and restaurants, or theatres and cinemas.")
    people: dict[names.ZoneAsKey, Persons] = field(
        ..., "Crowd by zone at the height of the evening; never scaled.", unit="persons", min_length=1
    )
    low: float = field(1.0, "Low end of what is plausible, relative to `people`.", ge=0, le=1)
    high: float = field(1.0, "High end of what is plausible, relative to `people`.", ge=1, le=100)
    leaves: WallTime = field(..., "Median time of leaving on an ordinary night.", unit="s")
    spread: Duration = field(..., "Standard deviation of the time of leaving.", unit="s", ge=0, le=86400)
    closes: WallTime | None = field(None, "Closing time, by which everybody leaves; empty: none.", unit="s")
    homes: Annotated[dict[names.ZoneOrKindAsKey, Weight], Weighted] = field(
        dict, "Relative number of homes by zone or kind of zone; empty: as `going_home.homes`."
    )
    station: names.Station | None = field(None, "Nearest station, where there is one venue.")
    spot: Ground | None = field(None, SPOT_MEANING)

    @model_validator(mode="after")
    def _one_spot(self) -> Venue:
        if self.spot is not None and len(self.people) > 1:
            given = f"one spot for people in {len(self.people)} zones"
            raise SchemaProblem([(("spot", "[key]"), given, "`spot` where `people` names one zone", "delete `spot:`")])
        return self


class Provenance(Strict):
    """Where each table comes from, for the rows that do not say it themselves."""

    zones: Sourced = field(Sourced, "Zones.")
    modes: Sourced = field(Sourced, "Running times.")
    stations: Sourced = field(Sourced, "Stations.")
    lines: Sourced = field(Sourced, "Lines.")
    walks: Sourced = field(Sourced, "Walking transfers.")
    venues: Sourced = field(Sourced, "Venues.")


class Places(Strict):
    """Zones, public transport and venues (docs/model/places.md)."""

    zones: dict[Slug, Zone] = field(dict, "Zones.")
    metro: Metro = field(Metro, "Public transport.")
    venues: dict[Slug, Venue] = field(dict, "Venues with crowds.")
    provenance: Provenance = field(Provenance, "Source of each table.")

    @model_validator(mode="after")
    def _references(self) -> Places:
        problems = [*unknown_names(self, _known(self), "these places"), *_zone_problems(self), *_line_problems(self)]
        if problems:
            raise SchemaProblem(problems)
        return self

    def zone_ids(self) -> list[str]:
        """Zone ids, sorted: index i of every zone array is the i-th."""
        return sorted(self.zones)

    def station_ids(self) -> list[str]:
        """Station ids, sorted: index i of every station array is the i-th."""
        return sorted(self.metro.stations)

    def line_ids(self) -> list[str]:
        """Line ids, sorted: index i of every line array is the i-th."""
        return sorted(self.metro.lines)


def _known(places: Places) -> dict[str, Collection[str]]:
    """Return what there is of everything that a name in the places may stand for."""
    zones, metro = places.zones, places.metro
    return {
        "a zone": zones,
        "a zone or kind of zone": {*zones, *(zone.kind for zone in zones.values())},
        "a station": metro.stations,
        "a mode": metro.modes,
    }


def _zone_problems(places: Places) -> Iterator[Problem]:
    """Neighbours are others, and name each other."""
    for key, zone in places.zones.items():
        for i, other in enumerate(zone.adjacent):
            loc = ("zones", key, "adjacent", i)
            if other == key:
                yield loc, repr(other), "another zone", ""
            elif other in places.zones and key not in places.zones[other].adjacent:
                yield loc, f"{other!r}, whose `adjacent` lacks {key!r}", "a symmetric list of neighbours", ""


def _line_problems(places: Places) -> Iterator[Problem]:
    """No train calls at one station twice in a row."""
    for key, line in places.metro.lines.items():
        for part, segment in line.segments.items():
            loc = ("metro", "lines", key, "segments", part, "stations")
            for i, (name, after) in enumerate(pairwise(segment.stations)):
                if name == after:
                    yield (*loc, i + 1), f"{name!r} twice in a row", "the next station of the line", ""
