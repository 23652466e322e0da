"""Who was within reach of which danger: every stay and way that the twin wrote down, measured one by one at the end.

Nothing of the kernel's way is used: a way is turned until it runs along the real axis, and each bin is asked for its overlap.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgu.scenario.schema.danger import Danger
from msgu.world.places import from_centres, offsets

from tests.twin import names as s
from tests.twin.draws import uniforms
from tests.twin.night import Twin
from tests.twin.people import Done

Span = tuple[float, float]
STREET, VENUE, HELD, HOME = range(4)
ON_FOOT = {s.WALKING, s.WALKING_FAR, s.TO_HOST}


class Exposure:
    """Seconds by (bin, zone, danger, place), and when each person first (reached, walked towards, was held) by danger."""

    def __init__(self, night: Twin) -> None:
        self.night, self.world, self.sc = night, night.world, night.world.scenario
        self.seconds: dict[tuple[int, int, int, int], float] = defaultdict(float)
        self.first: dict[tuple[int, int, int], float] = {}
        self.dangers = [d for _, d in sorted(self.sc.dangers.items(), key=lambda item: (item[1].at, item[0]))]
        east, north = from_centres(self.world.places, [d.lat for d in self.dangers], [d.lon for d in self.dangers])
        self.sites = east + 1j * north
        east, north = offsets(self.world.places)
        self.centres = east + 1j * north
        self.told: dict[int, list[Span]] = defaultdict(list)
        for q, at, until in night.people.told:
            self.told[q].append((at, until))
        end = self.sc.followed_until("going_home")
        still = (night.people.doing(q, end) for q in range(len(self.world.out.at)))
        for done in (*night.people.done, *still):
            self._measure(done)

    # ---- where people are ----

    def _in_zone(self, key: int, who: int, first: int, zone: int) -> complex:
        row = self.sc.places.zones[self.world.zones[zone]]
        point = self._in_disc(key, who, first)
        if row.ring_radius:
            return row.ring_radius * point / abs(point)
        return math.sqrt(row.area_km2 * 1e6 / math.pi) * point

    def _in_disc(self, key: int, who: int, first: int) -> complex:
        """Return the first point of the square that the disc of radius 1 holds."""
        points = (complex(*(2.0 * w - 1.0 for w in uniforms(key, who, 0, k))) for k in range(first, first + 27))
        return next(point for point in points if abs(point) <= 1.0)

    def _out(self, q: int) -> complex:
        """Where somebody is out, from the centre of the zone."""
        count = 0
        groups = [(venue.spot, sum(venue.people.values())) for _, venue in sorted(self.sc.places.venues.items())]
        groups += [(outing.spot, outing.people) for _, outing in sorted(self.sc.outings.items())]
        zone = int(self.world.out.at[q])
        for own, people in groups:
            count += people
            if q < count:
                if own is None:
                    return self._in_zone(self.night.key.shelter, q, 9, zone)
                east, north = from_centres(self.world.places, [own.lat], [own.lon])
                return complex(east[zone, 0], north[zone, 0]) + own.radius * self._in_disc(self.night.key.shelter, q, 9)
        raise AssertionError(q)

    def _goal(self, q: int, zone: int, guest: bool) -> complex:
        """Where a way ends, from the centre of the zone where it does."""
        if guest:
            return complex(*self.night.shelter.spot_of_host(self.night.shelter.host_of[q], zone))
        return self._in_zone(self.night.key.home, q, 0, zone)

    # ---- what is measured ----

    def _measure(self, done: Done) -> None:
        q, zone = done.who, int(self.world.out.at[done.who])
        if done.ended <= done.began:
            return
        if self._on_foot(done, zone):
            goal = self.centres[zone, done.zone] + self._goal(q, done.zone, done.guest)
            spans = self._walk(done, self._out(q), goal, zone)
            self._add(q, STREET, spans)
        elif done.state in (s.STRANDED, s.SEEKING):
            self._add(q, STREET, self._stay(done, self._out(q), zone))
        elif done.state == s.HELD:
            self._add(q, HELD, self._stay(done, self._out(q), zone))
        elif done.state == s.OUT:
            spans = self._stay(done, self._out(q), zone)
            inside = merged(self.told[q])
            self._add(q, HELD, [[x for span in some for x in overlaps(span, inside)] for some in spans])
            rest = gaps(inside)
            self._add(q, VENUE, [[x for span in some for x in overlaps(span, rest)] for some in spans])
        elif done.state in (s.HOME, s.SHELTERED):
            self._add(q, HOME, self._stay(done, self._goal(q, done.zone, done.guest), done.zone))

    def _on_foot(self, done: Done, zone: int) -> bool:
        """Whether somebody walks: also whoever goes home within a zone, which no train takes them to."""
        return done.state in ON_FOOT or (done.state == s.RIDING and done.zone == zone)

    def _stay(self, done: Done, at: complex, zone: int) -> list[list[Span]]:
        here = [abs(at - self.sites[zone, k]) <= danger.radius for k, danger in enumerate(self.dangers)]
        times = [(max(done.began, d.at), min(done.ended, d.until)) for d in self.dangers]
        return [[span] if near else [] for near, span in zip(here, times, strict=True)]

    def _walk(self, done: Done, start: complex, goal: complex, zone: int) -> list[list[Span]]:
        return [
            self._chord(done, start - self.sites[zone, k], goal - self.sites[zone, k], k, danger)
            for k, danger in enumerate(self.dangers)
        ]

    def _chord(self, done: Done, start: complex, goal: complex, k: int, danger: Danger) -> list[Span]:
        began, ended = max(done.began, danger.at), min(done.ended, danger.until)
        if began >= ended:
            return []
        time = self._time_of_way(done)
        ahead = (goal - start) / abs(goal - start)
        speed = abs(goal - start) / time
        turned = start * ahead.conjugate()  # the way runs along the real axis, from left to right
        here, there = (turned.real + speed * (t - done.began) for t in (began, ended))
        least = abs(complex(min(max(0.0, here), there), turned.imag))
        if here < 0.0 and least <= danger.radius + danger.margin:
            for column in (k, len(self.dangers)):
                self._note(done.who, column, 1, began)
        if abs(turned.imag) >= danger.radius:
            return []
        half = math.sqrt(danger.radius**2 - turned.imag**2)
        enters, leaves = (done.began + (x - turned.real) / speed for x in (-half, half))
        return [(max(began, enters), min(ended, leaves))]

    def _time_of_way(self, done: Done) -> float:
        return done.arrives - done.began

    def _note(self, q: int, k: int, what: int, t: float) -> None:
        self.first[q, k, what] = min(t, self.first.get((q, k, what), math.inf))

    def _add(self, q: int, place: int, spans: list[list[Span]]) -> None:
        every = merged(span for some in spans for span in some)
        for k, some in enumerate([*spans, every]):
            for a, b in some:
                if b <= a:
                    continue
                self._note(q, k, 0, a)
                if place == HELD:
                    self._note(q, k, 2, a)
                for number, seconds in bins(a, b, self.sc.record.bin):
                    self.seconds[number, int(self.world.out.at[q]), k, place] += seconds


def bins(a: float, b: float, width: float) -> Iterator[tuple[int, float]]:
    """Yield each bin that a span has a part in, and how long that is [s]."""
    for number in range(int(a / width), int(b / width) + 1):
        seconds = min(b, (number + 1) * width) - max(a, number * width)
        if seconds > 0.0:
            yield number, seconds


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans that do not overlap and cover the same."""
    found: list[Span] = []
    for a, b in sorted(span for span in spans if span[1] > span[0]):
        if found and a <= found[-1][1]:
            found[-1] = found[-1][0], max(b, found[-1][1])
        else:
            found.append((a, b))
    return found


def gaps(spans: list[Span]) -> list[Span]:
    """Return what lies between and around spans that do not overlap."""
    ends = [-math.inf, *(x for span in spans for x in span), math.inf]
    return list(zip(ends[::2], ends[1::2], strict=True))


def overlaps(span: Span, spans: list[Span]) -> list[Span]:
    """Return the parts of a span that lie in others."""
    cut = [(max(span[0], a), min(span[1], b)) for a, b in spans]
    return [(a, b) for a, b in cut if b > a]
