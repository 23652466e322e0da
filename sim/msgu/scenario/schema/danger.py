"""Dangers: places that are dangerous for a time; who is within reach of them is counted (docs/model/danger.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgu.scenario.schema.field import Sourced, field
from msgu.scenario.schema.places import Latitude, Longitude
from msgu.units import Distance, WallTime

ANY: Final = "(any)"
"""Name under which tables count who is within reach of any danger; no id can be written so."""
PLACES: Final = ("street", "venue", "held", "home")
"""Where people are who are within reach, in the order of the kernels' columns."""


class Danger(Sourced):
    """A place that is dangerous between two times; a danger that moves is several of them, one after another."""

    at: WallTime = field(..., "From when.", unit="s")
    until: WallTime = field(..., "To when.", unit="s")
    lat: Latitude = field(..., "Latitude.", unit="degrees north")
    lon: Longitude = field(..., "Longitude.", unit="degrees east")
    radius: Distance = field(
        200.0, "How far it reaches; an assumption, 100 m to 400 m are as plausible.", unit="m", gt=0, le=1e5
    )
    margin: Distance = field(0.0, "How near to its edge a way must come to count as one towards it.", unit="m", ge=0, le=1e5)


def in_time(dangers: Mapping[str, Danger]) -> list[str]:
    """Return the ids in order of time, in which arrays and tables have them."""
    return sorted(dangers, key=lambda name: (dangers[name].at, name))
