"""Field types for the scenario schema: YAML text outside, SI inside."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from msgu.units.moment import CLOCK, INSTANT_FORMS, ISO, WALL_FORMS, format_wall, parse_instant, wall_in_context
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
    NUMBER,
    RATE,
    SPEED,
    format_distance,
    format_duration,
    format_rate,
    format_speed,
    parse_distance,
    parse_duration,
    parse_rate,
    parse_speed,
)
from msgu.units.zone import ZONE_FORMS, parse_zone


def _schema(kind: str, unit: str, forms: str, **more: Any) -> WithJsonSchema:
    """Return the JSON Schema of a field type; ``x-unit`` and ``x-forms`` feed the field reference."""
    return WithJsonSchema({"type": kind, "x-unit": unit, "x-forms": forms, **more})


_QUANTITY: Final = rf"^{NUMBER} ?UNIT$"
_SPAN: Final = rf"{NUMBER} ?(d|h|min|s)( {NUMBER} ?(h|min|s))*"

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
    BeforeValidator(wall_in_context),
    PlainSerializer(format_wall, return_type=str),
    _schema(
        "string",
        "s since start",
        WALL_FORMS,
        pattern=rf"^({ISO}|{CLOCK}|T\+{_SPAN})$",
        examples=["22:34:06", "T+2 h"],
    ),
]
"""A moment of the scenario [s since start]; needs ``context={"start": datetime}``."""

Instant = Annotated[
    datetime,
    BeforeValidator(parse_instant),
    PlainSerializer(datetime.isoformat, return_type=str),
    _schema("string", "date and time", INSTANT_FORMS, pattern=f"^{ISO}$", examples=["2015-11-13T20:00:00+01:00"]),
]
"""A moment of the calendar, with its UTC offset."""

StartTime = Instant
"""The start of a scenario's clock; without a time zone, its UTC offset is that of every time on the clock."""

TimeZone = Annotated[str, BeforeValidator(parse_zone), _schema("string", "time zone", ZONE_FORMS, examples=["Europe/Paris"])]
"""The IANA name of a time zone."""

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
                {"type": "string", "pattern": "^1( ?/ ?[1-9][0-9]{0,14})?$"},
                {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            ],
        }
    ),
]
"""The share of accounts and cells that is run: one over a whole number."""
