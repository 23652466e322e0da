"""Witnesses: people who are out, see what happens where they are, and may call a desk."""

from __future__ import annotations

from msgu.scenario.schema import names
from msgu.scenario.schema.field import Sourced, field
from msgu.scenario.schema.laws import Law, lognormal
from msgu.units import Probability, WallTime


class Witnesses(Sourced):
    """People who see something happen in a zone (docs/model/witnesses.md)."""

    at: WallTime = field(..., "When it happens.", unit="s")
    zone: names.Zone = field(..., "Where it happens; people must be out there.")
    people: int = field(
        ..., "How many see it, of those who are out there then, all of them at most; never scaled.",
        unit="persons", ge=0, le=10**7,
    )  # fmt: skip
    desk: names.Desk | None = field(None, "Desk that some of them call, as an emergency number; empty: none.")
    calls: Probability = field(0.1, "Chance that one of them calls it; range 0.02 to 0.5.")
    reaction: Law = field(
        lambda: lognormal(120.0, 1.0), "Time from what they see to that call; median from 30 s to 10 min.", unit="s"
    )
    learns: bool = field(True, "They learn of the event then, so that news begins where it happens.")
