"""Quantities as people write them, and the SI numbers that the program computes with.

Only this package parses quantities.
``parse_*`` turns the text of a YAML scalar into SI, ``format_*`` turns it back,
and ``parse_x(format_x(v)) == v`` bit for bit.
The types of `fields` are field types for the scenario schema.
A bare number for a dimensional quantity is refused, with the forms that are allowed.

Times of day need the scenario's start, in its time zone where it has one, which the loader puts into the validation context:
``Model.model_validate(data, context={"start": datetime})``.
Without a start, a time on the clock or an ISO date is checked for its form only and reads as 0 s.
"""

from __future__ import annotations

from msgu.units.fields import (
    Count,
    Distance,
    Duration,
    Instant,
    Probability,
    Rate,
    Scale,
    Speed,
    StartTime,
    TimeZone,
    WallTime,
)
from msgu.units.moment import (
    CLOCK,
    INSTANT_FORMS,
    WALL_FORMS,
    format_clock,
    format_wall,
    parse_instant,
    parse_wall,
    tellable,
    wall_in_context,
)
from msgu.units.number import (
    COUNT_FORMS,
    PROBABILITY_FORMS,
    SCALE_FORMS,
    format_scale,
    parse_count,
    parse_probability,
    parse_scale,
)
from msgu.units.quantity import (
    DISTANCE,
    DURATION,
    RATE,
    SPEED,
    PhysicalDimension,
    describe,
    format_distance,
    format_duration,
    format_quantity,
    format_rate,
    format_speed,
    parse_distance,
    parse_duration,
    parse_quantity,
    parse_rate,
    parse_speed,
)
from msgu.units.zone import clock_rows, in_zone, local_moment, offset_of, offset_text, offsets, parse_zone, zone, zone_name

__all__ = [
    "CLOCK",
    "COUNT_FORMS",
    "DISTANCE",
    "DURATION",
    "INSTANT_FORMS",
    "PROBABILITY_FORMS",
    "RATE",
    "SCALE_FORMS",
    "SPEED",
    "WALL_FORMS",
    "Count",
    "Distance",
    "Duration",
    "Instant",
    "PhysicalDimension",
    "Probability",
    "Rate",
    "Scale",
    "Speed",
    "StartTime",
    "TimeZone",
    "WallTime",
    "clock_rows",
    "describe",
    "format_clock",
    "format_distance",
    "format_duration",
    "format_quantity",
    "format_rate",
    "format_scale",
    "format_speed",
    "format_wall",
    "in_zone",
    "local_moment",
    "offset_of",
    "offset_text",
    "offsets",
    "parse_count",
    "parse_distance",
    "parse_duration",
    "parse_instant",
    "parse_probability",
    "parse_quantity",
    "parse_rate",
    "parse_scale",
    "parse_speed",
    "parse_wall",
    "parse_zone",
    "tellable",
    "wall_in_context",
    "zone",
    "zone_name",
]
