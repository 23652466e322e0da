"""Local time in the twin: asked of the calendar, each time anew."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, timedelta
from functools import cache

from msgu.scenario.schema.root import Scenario
from msgu.units import zone

QUARTER = 900


class Times:
    """The clocks of a scenario's place and of its zones."""

    def __init__(self, scenario: Scenario) -> None:
        self.sc = scenario
        self.start = scenario.start.astimezone(UTC)
        local = scenario.start.replace(tzinfo=None)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        self.began = (local - midnight).total_seconds() - self._utc(None, 0.0)
        self.turns = sorted(self._turns())

    def _utc(self, place: str | None, t: float) -> float:
        """Local time minus UTC [s]."""
        z = self.sc.places.zones[place] if place is not None else None
        if z is not None and z.utc_offset_h is not None and z.time_zone is None:
            return round(z.utc_offset_h * 3600)
        name = z.time_zone if z is not None and z.time_zone else self.sc.time_zone
        moment = self.start + timedelta(seconds=t)
        there = moment.astimezone(zone(name)) if name else self.sc.start
        return (there.utcoffset() or timedelta()).total_seconds()

    def _turns(self) -> Iterator[float]:
        """Times at which any clock changes, which is at a quarter of an hour of UTC."""
        t = -(self.start.minute % 15 * 60 + self.start.second + self.start.microsecond / 1e6)
        places = [None, *self.sc.places.zones]
        before = [self._utc(place, 0.0) for place in places]
        while (t := t + QUARTER) < self.sc.horizon:
            now = [self._utc(place, t) for place in places]
            if now != before:
                yield t
            before = now

    @cache  # noqa: B019
    def _shift(self, place: str | None, row: int) -> float:
        return self.began + self._utc(place, self.turns[row - 1] if row else 0.0)

    def shift(self, t: float, place: str | None = None) -> float:
        """What makes the local clock of a time since the start [s]."""
        return self._shift(place, sum(t >= turn for turn in self.turns))

    def hour(self, t: float, place: str | None = None) -> int:
        """Local hour, not reduced to a day."""
        return math.floor((t + self.shift(t, place)) / 3600.0)

    @cache  # noqa: B019
    def hours_there(self, hour: int, place: str) -> frozenset[int]:
        """Hours of the day that a zone has during an hour of the scenario's place, on any side of any change of clocks."""
        apart = {self._shift(place, row) - self._shift(None, row) for row in range(len(self.turns) + 1)}
        return frozenset(int((hour * 3600 + minute * 60 + gap) // 3600) % 24 for gap in apart for minute in range(60))

    def from_then_on(self, t: float, place: str | None = None) -> Iterator[tuple[float, float, int]]:
        """Stretches from a time on in which the local hour is the same: start, end, hour; until far after the horizon."""
        hour, days = self.hour(t, place), self.sc.horizon / 86400 + 3
        for _ in range(int(24 * days) + 2 * len(self.turns)):
            end = min([(hour + 1) * 3600.0 - self.shift(t, place), *(turn for turn in self.turns if turn > t)])
            yield t, end, hour
            t, hour = end, self.hour(end, place) if end in self.turns else hour + 1

    def when_awake(self, t: float, need: float, place: str | None) -> float:
        """When so much time has been spent awake since a time, hour by hour of a place."""
        share = self.sc.attention.awake
        most = max([share.get(str(hour), 1.0) for hour in range(24)])
        for start, end, hour in self.from_then_on(t, place):
            rate = share.get(str(hour % 24), 1.0) / max(most, 1e-9)
            room = rate * max(0.0, end - start)
            if need < room:
                return start + need / rate
            need -= room
        return 1e299
