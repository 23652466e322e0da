"""Closures, and instructions to people who are out."""

from __future__ import annotations

from typing import Annotated, Literal

from msgu.scenario.schema import names
from msgu.scenario.schema.field import Slug, Sourced, Strict, field
from msgu.scenario.schema.laws import Law, lognormal
from msgu.scenario.schema.maps import Once
from msgu.scenario.schema.places import LineMode
from msgu.scenario.schema.triggers import When
from msgu.units import Probability


class Stretch(Strict):
    """A part of a line."""

    line: names.Line = field(..., "The line.")
    between: Annotated[list[names.Station], Once] = field(
        ..., "Its first and its last station; both stay open.", min_length=2, max_length=2
    )


class Closure(Sourced):
    """Something is shut between two times."""

    at: When = field(..., "From when.", unit="s")
    until: When = field(..., "To when.", unit="s")
    lines: Annotated[list[Annotated[str, names.Names("a line")]], Once] = field(list, "Metro or rail lines interrupted.")
    stretches: dict[Slug, Stretch] = field(dict, "Parts of lines interrupted.")
    networks: Annotated[list[LineMode], Once] = field(list, "Whole networks interrupted, for instance all buses.")
    service: Probability = field(0.0, "Share of the trains of these lines that runs all the same; 0: none.")
    stations: Annotated[list[names.Station], Once] = field(list, "Stations shut.")
    cordon: Annotated[list[names.Zone], Once] = field(list, "Zones that nobody enters or leaves, but who is let through.")
    lets: list[Literal["residents", "leavers"]] = field(
        list, "Whom the cordon lets through: residents who go home; whoever wants to leave. Empty: nobody."
    )
    borders: dict[Slug, list[names.Zone]] = field(dict, "Borders that nobody crosses, each the two zones that share it.")


class Instruction(Sourced):
    """People who are out are told to stay where they are, or to go home."""

    at: When = field(..., "When it is given.", unit="s")
    until: When = field(..., "When it ends.", unit="s")
    zones: Annotated[list[names.Zone], Once] = field(list, "Where; empty: everywhere.")
    stays: Probability = field(0.0, "Share of those still out who stay inside until it ends.")
    leaves: Probability = field(0.0, "Share of those still out who go home at once instead.")
    reaction: Law = field(lambda: lognormal(600.0, 0.8), "Time to leave, at once or when it has ended.", unit="s")
