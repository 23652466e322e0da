"""Dials that a measure turns for a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgu.scenario.dials import DIALS, Scope, of_scope
from msgu.scenario.schema import names
from msgu.scenario.schema.field import Sourced, field
from msgu.scenario.schema.laws import Weight
from msgu.scenario.schema.maps import Once
from msgu.scenario.schema.triggers import When

if TYPE_CHECKING:
    DialName = str
else:
    DialName = Literal[tuple(DIALS)]


def _narrows(what: str, scope: Scope) -> str:
    """Say which dials a choice of zones or topics is for."""
    names = " and ".join(f"`{name}`" for name in of_scope(scope))
    return f"{what} concerned (dial {names} only); empty: all."


class Measure(Sourced):
    """A dial turned for a time: a policy needs no code."""

    dial: DialName = field(..., "What is turned.")
    factor: Weight = field(..., "Multiplier while it lasts.", le=100)
    at: When = field(..., "From when.", unit="s")
    until: When = field(..., "To when.", unit="s")
    zones: Annotated[list[names.Zone], Once] = field(list, _narrows("Zones", "zone"))
    topics: Annotated[list[names.Topic], Once] = field(list, _narrows("Topics", "topic"))
