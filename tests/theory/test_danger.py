"""How long people are within reach of a danger: random points of a disc, random ways in it (docs/model/danger.md)."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from msgu.results import Results
from msgu.world.distances import EARTH_RADIUS
from numpy.typing import NDArray
from scipy import stats

from tests.theory import judge, settings
from tests.theory.test_distance import lens

Floats = NDArray[np.float64]
PEOPLE = 4000
AREA, SPEED, DETOUR = 4.0, 1.25, 1.3
RADIUS = float(np.sqrt(AREA * 1e6 / np.pi))
WAY = 128 * RADIUS / (45 * np.pi) * DETOUR / SPEED
"""How long a way within the zone takes [s]."""
LEAVES = 3600.0
METRE = float(np.degrees(1 / EARTH_RADIUS))
"""Latitude of a metre [degrees]."""

STAYS = {"middle": (0.0, 400.0), "edge": (1100.0, 500.0), "over": (500.0, 1300.0), "next": (1400.0, 350.0)}
"""Dangers by how far they lie from the centre of the zone, and how far they reach [m]."""
WAYS = {"whole": (0.0, 300.0, 0.0, 1.0), "first": (0.0, 600.0, 0.0, 0.3), "last": (0.0, 600.0, 0.7, 1.0),
        "narrow": (0.0, 150.0, 0.2, 0.8)}  # fmt: skip
"""Dangers in the middle of the zone while people walk: distance, reach [m], and from which part of the way to which."""


def danger(at: float, until: float, north: float, radius: float) -> str:
    """Return a danger due north of the zone's centre."""
    lat = 48.0 + north * METRE
    return f'{{at: "T+{at:.3f} s", until: "T+{until:.3f} s", lat: {lat:.9f}, lon: 2.04, radius: {radius} m, source: made}}'


@cache
def night() -> Results:
    """Return a night in which everybody leaves a zone at once for a home in it; nothing is shut."""
    stays = [f"s-{name}: {danger(100, 1300, *where)}" for name, where in STAYS.items()]
    ways = [
        f"w-{name}: {danger(LEAVES + a * WAY, LEAVES + b * WAY, north, radius)}"
        for name, (north, radius, a, b) in WAYS.items()
    ]
    dangers = f"dangers={{{', '.join([*stays, *ways])}}}"
    return _run("going_home.homes={west: 0, east: 0, south: 0, middle: 1}", dangers)


def _run(*sets: str) -> Results:
    town = "{kind: arrondissement, population: 100, area_km2: 4, lat: 48.0, lon: 2.04, metro_area: town}"
    return settings.run("d09-closures", [
        f"places.zones.middle={town}", f"outings.theatre.people={PEOPLE}", "outings.theatre.spread=0 s",
        f"going_home.walk_speed={SPEED} m/s", f"going_home.detour={DETOUR}", "record.event_log=false", *sets,
    ])  # fmt: skip


def seconds(found: Results, name: str, place: str) -> float:
    """Time of everybody within reach of a danger [s]."""
    table, k = found.tables["exposure"], found.names["dangers"].index(name)
    rows = (table["danger"] == k) & (table["place"] == found.names["places"].index(place))
    return float(table["time"][rows].sum())


# ---- laws ----


def within(north: float, radius: float, size: float = RADIUS) -> float:
    """Share of the points of the zone's disc that are within reach: a lens."""
    if north + radius <= size:
        return (radius / size) ** 2
    if north + size <= radius:
        return 1.0
    return float(lens(np.array(north), size, np.array(radius))) / (np.pi * size**2)


def share_of_way(radius: float, a: float, b: float, size: float = RADIUS) -> float:
    """Mean share of the time of a way that is within reach of its part from `a` to `b`.

    Who is at the share s of a way from A to B is anywhere in a disc of radius s x size around (1 - s) A.
    """
    s = a + (b - a) * (np.arange(80) + 0.5) / 80
    rho = size * np.sqrt((np.arange(300) + 0.5) / 300)
    total = 0.0
    for at in s:
        near, far = sorted((at, 1.0 - at))
        d, own = far * rho, near * size
        partly = np.where(d >= own + radius, 0.0, lens(d, own, np.full_like(d, radius)))
        inside = np.where(d + min(own, radius) <= max(own, radius), np.pi * min(own, radius) ** 2, partly)
        total += float(np.mean(inside)) / (np.pi * own**2)
    return (b - a) * total / len(s)


def spread_of_way(radius: float, a: float, b: float) -> float:
    """Standard deviation of that share over ways, by ways drawn here."""
    rng = np.random.default_rng(7)
    points = RADIUS * np.sqrt(rng.random((2, 4000))) * np.exp(2j * np.pi * rng.random((2, 4000)))
    s = a + (b - a) * (np.arange(200) + 0.5) / 200
    there = np.abs(points[0][:, None] * (1 - s) + points[1][:, None] * s) <= radius
    return float((there.mean(axis=1) * (b - a)).std())


# ---- the tests ----


def judged(bug: str = "") -> list[float]:
    """P-values of how many are within reach where they stay, and of how long they are on their ways."""
    found, values = night(), []
    for name, (north, radius) in STAYS.items():
        p = within(north, radius, RADIUS * (1.1 if bug == "a disc a tenth too large" else 1.0))
        if bug == "the square instead of the disc":
            p = min(1.0, p * 4 / np.pi)
        people = round(seconds(found, f"s-{name}", "venue") / 1200.0)
        values.append(float(stats.binomtest(people, PEOPLE, p).pvalue))
    for name, (_, radius, a, b) in WAYS.items():
        first, last = (0.0, 1.0) if bug == "the window ignored" else (a, b)
        if bug == "the detour forgotten":  # they are home before the danger is over
            first, last = min(1.0, first * DETOUR), min(1.0, last * DETOUR)
        share, way = share_of_way(radius, first, last), WAY / (DETOUR if bug == "the detour forgotten" else 1.0)
        if bug == "chords of unbounded lines":
            share = _unbounded(radius, a, b)
        error = spread_of_way(radius, a, b) * WAY / np.sqrt(PEOPLE)
        values.append(judge.near(seconds(found, f"w-{name}", "street") / PEOPLE, share * way, error))
    return values


def _unbounded(radius: float, a: float, b: float) -> float:
    rng = np.random.default_rng(8)
    one, two = RADIUS * np.sqrt(rng.random((2, 4000))) * np.exp(2j * np.pi * rng.random((2, 4000)))
    turned = one * np.conj(two - one) / np.abs(two - one)
    chord = 2 * np.sqrt(np.clip(radius**2 - turned.imag**2, 0, None)) / np.abs(two - one)
    return float(np.minimum(chord, 1.0).mean()) * (b - a)


def test_who_stays_and_who_walks_is_within_reach_as_random_points_and_ways_are() -> None:
    for name in (*(f"s-{n}" for n in STAYS), *(f"w-{n}" for n in WAYS)):
        print(f"{name}: {seconds(night(), name, 'venue'):.0f} s staying, {seconds(night(), name, 'street'):.0f} s walking")
    assert judge.holm(judged()) == []


@pytest.mark.parametrize("bug", ["a disc a tenth too large", "the square instead of the disc", "the window ignored",
                                 "the detour forgotten", "chords of unbounded lines"])  # fmt: skip
def test_a_wrong_law_of_reach_is_rejected(bug: str) -> None:
    assert judge.holm(judged(bug))


def test_who_rides_is_within_reach_of_nothing_on_the_way() -> None:
    """The zone west of it is reached by the line across; the same people walk there where they accept no ride."""
    on_the_way = f"dangers={{w-whole: {danger(LEAVES, LEAVES + 7200, 0, 3000)}}}"
    sets = "going_home.homes={west: 1, east: 0, south: 0}", "closures.across.until=20:51", on_the_way
    rides = _run(*sets, "going_home.accept_ride=2 h")
    walks = _run(*sets, "going_home.accept_ride=1 s", "going_home.accept_walk=5 h")
    assert seconds(rides, "w-whole", "street") == 0.0
    assert seconds(walks, "w-whole", "street") > 1000.0 * PEOPLE / 2
