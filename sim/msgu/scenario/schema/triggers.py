"""Times that a rule gives instead of a date, and the levels at which it does."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Protocol

from pydantic import BaseModel, PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema

from msgu.errors import Loc, SchemaProblem
from msgu.scenario.observables import FORMS, Unit
from msgu.units import (
    DURATION,
    WALL_FORMS,
    describe,
    format_duration,
    format_rate,
    format_wall,
    parse_duration,
    parse_rate,
    wall_in_context,
)

_FORM: Final = re.compile(r"(end of )?rule ([a-z0-9][a-z0-9-]*)(?: ?\+ ?(.+))?")
TRIGGER_FORMS: Final = "`rule NAME`, `rule NAME + 10 min`, `end of rule NAME` or `end of rule NAME + 10 min`"


class Trigger(float):
    """A time that a rule gives: as a number infinite, for before the night nobody knows it.

    rule : its id. off : whether the time is that at which the rule goes off, not on. after : how much later [s].
    """

    rule: str
    off: bool
    after: float

    def __new__(cls, rule: str, off: bool = False, after: float = 0.0) -> Trigger:
        """Return a time that is not known beforehand."""
        self = super().__new__(cls, math.inf)
        self.rule, self.off, self.after = rule, off, after
        return self

    def __getnewargs__(self) -> tuple[str, bool, float]:  # type: ignore[override]
        """What makes it anew in another process."""
        return self.rule, self.off, self.after

    def __str__(self) -> str:
        """As it is written in a scenario."""
        wait = f" + {format_duration(self.after)}" if self.after else ""
        return f"{'end of ' if self.off else ''}rule {self.rule}{wait}"

    def __eq__(self, other: object) -> bool:
        """Whether it is the same time of the same rule; no date is."""
        return isinstance(other, Trigger) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


def _read(value: object, info: ValidationInfo) -> float:
    """Read a time, or the rule that gives it."""
    if isinstance(value, Trigger):
        return value
    if not (isinstance(value, str) and re.match(r"(end of )?rule\b", value)):
        return wall_in_context(value, info)
    found = _FORM.fullmatch(value)
    if found is None:
        raise SchemaProblem.here(f"{describe(value)} names no rule", f"{TRIGGER_FORMS}, or {WALL_FORMS}")
    try:
        after = parse_duration(found[3]) if found[3] else 0.0
    except SchemaProblem as error:
        near = error.problems[0][3]
        told = f"{describe(value)}: no duration after the `+`"
        raise SchemaProblem.here(told, DURATION.forms, f"{value.partition('+')[0]}+ {near}" if near else "") from None
    return Trigger(found[2], found[1] is not None, after)


def _written(value: float) -> str:
    return str(value) if isinstance(value, Trigger) else format_wall(value)


When = Annotated[
    float,
    PlainValidator(_read),
    PlainSerializer(_written, return_type=str),
    WithJsonSchema(
        {"type": "string", "x-unit": "s since start, or of a rule", "x-forms": "time, `22:34:06`, or `rule NAME + 10 min`",
         "examples": ["22:34:06", "T+2 h", "rule calls-lost", "end of rule calls-lost + 10 min"]}
    ),
]  # fmt: skip
"""A moment of the scenario [s since start], or one that a rule gives."""


class Threshold(float):
    """A level of an observable in SI, with the unit in which it was written: 1, /s or s."""

    unit: Unit

    def __new__(cls, value: float, unit: Unit = "1") -> Threshold:
        """Return a level with its unit."""
        self = super().__new__(cls, value)
        self.unit = unit
        return self

    def __getnewargs__(self) -> tuple[float, Unit]:  # type: ignore[override]
        """What makes it anew in another process."""
        return float(self), self.unit


def _level(value: object) -> Threshold:
    """Read a level: a number, a rate or a duration."""
    if isinstance(value, Threshold):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf:
        return Threshold(value)
    if isinstance(value, str):
        return Threshold(parse_rate(value), "/s") if "/" in value else Threshold(parse_duration(value), "s")
    raise SchemaProblem.here(f"{describe(value)} is no level", " or ".join(FORMS.values()))


def written_level(value: float) -> Any:
    """Return a level as it is written in a scenario."""
    unit = value.unit if isinstance(value, Threshold) else "1"
    if unit == "1":
        return float(value)
    return format_rate(value) if unit == "/s" else format_duration(value)


LevelOf = Annotated[
    float,
    PlainValidator(_level),
    PlainSerializer(written_level),
    WithJsonSchema(
        {"x-unit": "that of the observable", "x-forms": "number, rate or duration",
         "anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]}
    ),
]  # fmt: skip
"""A level of an observable."""


class Watched(Protocol):
    """A rule, as far as it says from when on it is watched."""

    @property
    def at(self) -> float:
        """From when on [s]."""


def earliest(value: float, rules: Mapping[str, Watched]) -> float:
    """Return a date [s], or from when on the rule that gives it is watched: before that it does not come."""
    return rules[value.rule].at if isinstance(value, Trigger) else float(value)


def triggers_of(value: object, loc: Loc = ()) -> Iterator[tuple[Loc, Trigger]]:
    """Yield every time below a block that a rule gives, with its location."""
    if isinstance(value, Trigger):
        yield loc, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from triggers_of(getattr(value, name), (*loc, name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from triggers_of(inner, (*loc, key))
