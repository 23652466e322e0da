"""Seekers read offers in the stream or on the map, and contact hosts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.shelter import Shelter as Law
from msgu.world.accounts import cumulative_shares
from msgu.world.people import populations
from msgu.world.places import offsets

from tests.twin import names as s
from tests.twin.draws import delay, log, pick, uniform, uniforms
from tests.twin.part import Part
from tests.twin.protocol import Identity

if TYPE_CHECKING:
    from tests.twin.night import Twin

Place = tuple[int, int]
"""A host: number of the offer, and which of its clones."""

YES, FULL, STALE, NO, FAR, HOAX = range(6)


class Shelter(Part):
    """Hosts and seekers."""

    def __init__(self, night: Twin) -> None:
        super().__init__(night)
        self.map_open = False
        self.verified: set[int] = set()
        self.taken: dict[Place, int] = {}
        self.asked: dict[Place, int] = {}
        self.gone: set[Place] = set()
        self.contacts = 0
        self.host_of: dict[int, Place] = {}

    def read(self, sc: Scenario) -> None:
        """Take shelter too."""
        super().read(sc)
        self.law = sc.shelter or Law.model_construct()

    # ---- hosts ----

    def _identity(self, offer: int, clone: int) -> Identity:
        author, nth = self.night.social.identity(self.night.social.offers[offer])
        return (author << 32) | clone, nth

    def _host(self, offer: int, clone: int) -> tuple[int, int]:
        """Zone and places of a host."""
        zones = list(self.world.zones)
        if self.law.host_zones:
            weights = np.array([self.law.host_zones.get(z, 0.0) for z in zones])
        else:
            city = [self.sc.places.zones[z].kind in ("arrondissement", "commune") for z in zones]
            weights = populations(self.sc, zones) * city
        u, v = uniforms(self.key.shelter, *self._identity(offer, clone), 0)
        more = self.law.places - 1.0
        places = 1 + (int(log(v) / log(more / (1.0 + more))) if more > 0 else 0)
        return pick(list(cumulative_shares(weights)), u), min(places, 255)

    def _spot(self, who: int, n: int, first: int, zone: int) -> tuple[float, float]:
        """Where somebody is, from the centre of the zone: the first point of the square around it that its disc holds."""
        row = self.sc.places.zones[self.world.zones[zone]]
        for k in range(first, first + 27):
            x, y = (2.0 * w - 1.0 for w in uniforms(self.key.shelter, who, n, k))
            if 0.0 < x * x + y * y <= 1.0:
                size = math.sqrt(row.area_km2 * 1e6 / math.pi)
                if row.ring_radius:
                    size = row.ring_radius / math.sqrt(x * x + y * y)
                return size * x, size * y
        return 0.0, 0.0

    def _way(self, q: int, place: Place) -> float:
        """Straight line from a seeker to a host, longer round cordons and borders [m]."""
        z, zone = int(self.world.out.at[q]), self._host(*place)[0]
        x, y = self._spot(q, 0, 9, z)
        a, b = self.spot_of_host(place, zone)
        east, north = (float(centre[z, zone]) for centre in offsets(self.world.places))
        longer = float(self.night.people.ways.road[z, zone]) / float(self.world.places.distance[z, zone])
        return math.sqrt((east + a - x) * (east + a - x) + (north + b - y) * (north + b - y)) * longer

    def spot_of_host(self, place: Place, zone: int) -> tuple[float, float]:
        """Where a host is, from the centre of the zone."""
        return self._spot(*self._identity(*place), 36, zone)

    def _hoax(self, place: Place) -> bool:
        return uniforms(self.key.shelter, *self._identity(*place), 6)[0] < self.law.hoaxes

    def _located(self, place: Place) -> bool:
        return uniforms(self.key.shelter, *self._identity(*place), 6)[1] < self.law.located

    def _reachable(self, q: int, place: Place) -> bool:
        people, z, zone = self.night.people, int(self.world.out.at[q]), self._host(*place)[0]
        if z != zone and (people.kept_in(q) or people.kept_out(q, zone)):
            return False
        return math.isfinite(people.ways.walk[z, zone]) and self._way(q, place) <= self.law.near

    # ---- reading ----

    def begin(self, q: int, v: float) -> None:
        """Somebody who is stranded will look for shelter, after a time of which `v` decides."""
        self._read_later(delay(self.law.start_after, v), q, 0)

    def _read_later(self, wait: float, q: int, n: int) -> None:
        self.later(wait, s.READ, q, n, self._read, q, n)

    def _read(self, q: int, n: int) -> None:
        """Read a page of the map or the stream; contact a host that is found, or read on."""
        if self.night.people.state[q] != s.SEEKING:
            return
        found, read, from_map = self._look(q, n)
        if found is not None and found[0] not in self.verified and uniform(self.key.shelter, q, n, 7) < self.law.fear:
            found = None
        self.log(s.LOG_READ, q, n, *(found if found is not None else (-1, 0)))
        if found is None:
            self._read_later(self.law.batch * self.law.item_time + self._page(q), q, n + 1)
            return
        self.asked[found] = self.asked.get(found, 0) + from_map
        wait = read * self.law.item_time + self._page(q) + delay(self.law.contact, uniform(self.key.shelter, q, n, 4))
        i = self.contacts
        self.contacts += 1
        self.later(wait, s.CONTACT, q, (i << 24) | n, self._contact, q, n, found, from_map)

    def _look(self, q: int, n: int) -> tuple[Place | None, int, bool]:
        """A host, how many items were read to find it, and whether it was on the map."""
        by_map = self.map_open and uniform(self.key.shelter, q, 0, 3) < self.law.map_use
        found = self._map_place(q, n) if by_map else None
        if found is not None:
            return found, 1, True
        social, read = self.night.social, 0
        window = [j for j in social.stream if social.posts[j]["time"] >= self.clock.now - self.law.window]
        while found is None and window and read < self.law.batch:
            found = self._stream_item(q, *uniforms(self.key.shelter, q, n, 64 + read), window, by_map)
            read += 1
        return found, read, False

    def _page(self, q: int) -> float:
        """How long a page takes in the seeker's zone, whose data channel it does not load."""
        cells = [i for i, zone in enumerate(self.world.residents.cell_zone) if zone == self.world.out.at[q]]
        data = self.night.phone.law.data
        if data is None or data.share <= 0 or not cells:
            return 0.0
        return self.night.phone.by_data(cells[int(uniform(self.key.shelter, q, 0, 63) * len(cells))]) - self.clock.now

    def _full(self, place: Place) -> bool:
        """Whether the map knows that a host has no place left: all given, or spoken for by its users."""
        return self.taken.get(place, 0) + self.asked.get(place, 0) >= self._host(*place)[1]

    def _map_place(self, q: int, n: int) -> Place | None:
        far = self.world.places.distance[int(self.world.out.at[q])]
        hosts = [(offer, clone) for offer in range(len(self.night.social.offers)) for clone in range(self.world.clones)]
        for zone in sorted(range(len(self.world.zones)), key=lambda zone: (far[zone], zone)):
            here = [place for place in hosts if self._host(*place)[0] == zone]
            start = int(uniform(self.key.shelter, q, n, 8) * len(here))
            for place in here[start:] + here[:start]:
                false = place[0] in self.verified and self._hoax(place)
                if not self._full(place) and self._listed(place) and not false and self._reachable(q, place):
                    return place
        return None

    def _listed(self, place: Place) -> bool:
        post = self.night.social.posts[self.night.social.offers[place[0]]]
        if place in self.gone:
            return False
        if place[0] in self.verified:
            return True
        if self.clock.now < post["time"] + self.law.map_delay:
            return False
        return uniform(self.key.shelter, *self._identity(*place), 2) < self.law.map_coverage

    def _stream_item(self, q: int, u: float, v: float, window: list[int], by_map: bool) -> Place | None:
        posts = self.night.social.posts
        root = posts[posts[window[int(u * len(window))]]["root"]]
        if root["kind"] != s.OFFER or root["offer"] < 0:
            return None
        place = root["offer"], int(v * self.world.clones)
        if self._located(place) and not self._reachable(q, place):
            return None
        known = by_map and (place in self.gone or (self._listed(place) and self._full(place)))
        return None if known else place

    # ---- contacts ----

    def _answer(self, q: int, n: int, place: Place) -> int:
        places = self._host(*place)[1]
        fresh = delay(self.law.fresh, uniform(self.key.shelter, *self._identity(*place), 1))
        end = self.night.social.posts[self.night.social.offers[place[0]]]["time"] + fresh
        if self.night.people.state[q] != s.SEEKING:
            return NO
        if self._hoax(place):
            return HOAX
        if self.taken.get(place, 0) >= places:
            return FULL
        if self.clock.now > end:
            return STALE
        if not self._reachable(q, place):
            return FAR
        return YES if uniform(self.key.shelter, q, n, 5) < self.law.accepts else NO

    def _contact(self, q: int, n: int, place: Place, from_map: bool) -> None:
        outcome = self._answer(q, n, place)
        self.log(s.LOG_CONTACT, q, n, outcome, place[0] * self.world.clones + place[1])
        if from_map:
            self.asked[place] -= 1
            if outcome in (STALE, HOAX):
                self.gone.add(place)
        if outcome == YES:
            self.taken[place] = self.taken.get(place, 0) + 1
            self.night.people.guest[q] = True
            self.host_of[q] = place
            home = self.sc.going_home
            time = self._way(q, place) * (home.detour / home.walk_speed)
            self.night.people.travel(q, s.TO_HOST, self._host(*place)[0], time)
        elif self.night.people.state[q] == s.SEEKING:
            self._read_later(0.0, q, n + 1)
