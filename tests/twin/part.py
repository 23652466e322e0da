"""What each part of the twin works with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgu.scenario.schema.root import Scenario

if TYPE_CHECKING:
    from tests.twin.night import Twin


class Part:
    """One phenomenon of a night: its own state, beside what it shares with the others.

    Parts meet in the night alone: `self.night.phone` is the part of the telephones.
    """

    def __init__(self, night: Twin) -> None:
        self.night = night
        self.world, self.key, self.clock, self.times = night.world, night.key, night.clock, night.times
        self.when, self.later, self.log = night.when, night.later, night.log
        self.read(night.world.scenario)

    def read(self, sc: Scenario) -> None:
        """Take every setting from a scenario: the world's, or that with the dials as they are turned now."""
        self.sc = sc

    def start(self) -> None:
        """Schedule what is known from the beginning."""

    def by_zone(self, values: Mapping[str, float], zone: str, missing: float) -> float:
        """Value of a zone: its own, else that of its kind."""
        kind = self.sc.places.zones[zone].kind
        return float(values[zone] if zone in values else values.get(kind, missing))
