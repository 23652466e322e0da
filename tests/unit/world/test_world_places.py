"""Distances and travel times agree with geometry, with networkx and with brute force; closures only lengthen."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import networkx as nx
import numpy as np
import pytest
from msgu.scenario.schema.places import Places
from msgu.scenario.yaml.nodes import to_plain
from msgu.scenario.yaml.read import read_tree
from msgu.world.distances import EARTH_RADIUS, great_circle, ring_distance
from msgu.world.places import PlaceArrays, build_places
from msgu.world.travel import site_times, travel_times, walk_times

from tests import SCENARIOS

FILE = SCENARIOS / "places" / "paris-2015.yaml"
START = datetime.fromisoformat("2015-11-13T20:00:00+01:00")
Hop = tuple[str, str, str]  # line, from, to
SPEED, DETOUR = 1.25, 1.3  # m/s, walked over straight
FIVE_LINES = ("line-3", "line-5", "line-8", "line-9", "line-11")  # interrupted in the evening (evidence I28)


@pytest.fixture(scope="module")
def schema() -> Places:
    tree, _ = read_tree(str(FILE), FILE.read_text(encoding="utf-8"))
    assert tree is not None
    return Places.model_validate(to_plain(tree), context={"start": START})


@pytest.fixture(scope="module")
def paris(schema: Places) -> PlaceArrays:
    return build_places(schema)


def straight(a: Any, b: Any) -> float:
    """Great circle between two rows [m], by the spherical law of cosines instead of the haversine."""
    x, y, turn = math.radians(a.lat), math.radians(b.lat), math.radians(b.lon - a.lon)
    cosine = math.sin(x) * math.sin(y) + math.cos(x) * math.cos(y) * math.cos(turn)
    return 6_371_000.0 * math.acos(min(1.0, cosine))


def plain_graph(
    schema: Places, shut: set[str], stopped: set[Hop], running: Mapping[Hop, float] = MappingProxyType({})
) -> nx.DiGraph[Any]:
    """The graph of docs/model/places.md, written from the page: nodes are named, each rule is one loop."""
    graph: nx.DiGraph[Any] = nx.DiGraph()

    def join(tail: Any, head: Any, seconds: float) -> None:
        if not graph.has_edge(tail, head) or graph[tail][head]["weight"] > seconds:
            graph.add_edge(tail, head, weight=seconds)

    for (line, a, b), (wait, hop) in plain_hops(schema).items():
        if (line, a, b) not in stopped:
            join(("platform", line, a), ("train", line, b), wait / running.get((line, a, b), 1.0) + hop)
            join(("train", line, a), ("train", line, b), hop)
    calls = {(line, station) for line, *ends in plain_hops(schema) for station in ends if station not in shut}
    changes = plain_changes(schema)
    for (old, a), (new, b) in itertools.permutations(calls, 2):
        if (a, b) in changes:
            join(("train", old, a), ("platform", new, b), changes[a, b])
    for zone, station, seconds in plain_access(schema):
        for line, _ in (call for call in calls if call[1] == station):
            join(("from", *zone), ("platform", line, station), seconds + schema.metro.entrance)
            join(("train", line, station), ("to", *zone), seconds + schema.metro.entrance)
    return graph


def plain_hops(schema: Places) -> dict[Hop, tuple[float, float]]:
    """Each hop with the mean wait for its train and its own time [s]."""
    hops = {}
    stations = schema.metro.stations
    for name, line in schema.metro.lines.items():
        mode = schema.metro.modes[line.mode]
        for segment in line.segments.values():
            steps = list(itertools.pairwise(segment.stations))
            steps += [] if segment.one_way else [(b, a) for a, b in steps]
            for a, b in steps:
                ride = mode.winding * straight(stations[a], stations[b]) / mode.cruise
                hops[name, a, b] = ((line.headway or mode.headway) / 2, ride + mode.stop_loss + mode.dwell)
    return hops


def plain_changes(schema: Places) -> dict[tuple[str, str], float]:
    """Walks between platforms, inside a station and between two [s]."""
    changes = {(a, a): schema.metro.transfer for a in schema.metro.stations}
    for walk in schema.metro.walks.values():
        a, b = walk.between
        changes[a, b] = changes[b, a] = min(walk.time, changes.get((a, b), math.inf))
    return changes


def plain_sites(schema: Places) -> list[tuple[str, str]]:
    """(zone, station of a ring or empty), in the order of the built sites."""
    sites = []
    for name in sorted(schema.zones):
        if schema.zones[name].kind in ("arrondissement", "commune"):
            sites.append((name, ""))
        elif schema.zones[name].kind == "ring":
            sites += [(name, key) for key, row in sorted(schema.metro.stations.items()) if row.zone == name]
    return sites


def plain_access(schema: Places) -> list[tuple[tuple[str, str], str, float]]:
    """Sites, the stations that serve them, and the time between [s]."""
    rows = []
    for site in plain_sites(schema):
        here = schema.metro.stations[site[1]] if site[1] else schema.zones[site[0]]
        far = {key: straight(here, row) if key != site[1] else 0.0 for key, row in schema.metro.stations.items()}
        for key, metres in far.items():
            if site[1] or metres <= schema.metro.reach or metres == min(far.values()):
                rows.append((site, key, metres * DETOUR / SPEED + (schema.metro.ring_access if site[1] else 0.0)))
    return rows


def plain_times(
    schema: Places, shut: set[str], stopped: set[Hop], running: Mapping[Hop, float] = MappingProxyType({})
) -> np.ndarray[Any, Any]:
    """Times between sites by networkx."""
    graph, sites = plain_graph(schema, shut, stopped, running), plain_sites(schema)
    times = np.full((len(sites), len(sites)), np.inf)
    for i, a in enumerate(sites):
        if ("from", *a) in graph:
            reached = nx.single_source_dijkstra_path_length(graph, ("from", *a))
            times[i] = [reached.get(("to", *b), math.inf) for b in sites]
    return times


def masks(places: PlaceArrays, shut: set[str], stopped: set[Hop]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    hops = zip(places.edge_line, places.edge_u, places.edge_v, strict=True)
    names = [(places.line_ids[n], places.station_ids[u], places.station_ids[v]) for n, u, v in hops]
    return places.stations_of(shut), np.array([name in stopped for name in names], np.bool_)


def small(seed: int) -> tuple[Places, set[str], set[Hop]]:
    """A random town of 7 stations, 3 lines and 4 zones, with closures."""
    draw = np.random.default_rng(seed)
    stations = [f"s{i}" for i in range(7)]

    def spot() -> dict[str, float]:
        return {
            "lat": 48.8 + round(float(draw.uniform(0, 0.06)), 4),
            "lon": 2.3 + round(float(draw.uniform(0, 0.09)), 4),
        }

    lines: dict[str, Any] = {}
    for i in range(3):
        calls = [stations[k] for k in draw.permutation(7)[: int(draw.integers(2, 6))]]
        lines[f"line-{i}"] = {
            "mode": "metro",
            "segments": {"main": {"stations": calls, "one_way": bool(draw.random() < 0.25)}},
        }
        if draw.random() < 0.5:
            lines[f"line-{i}"]["headway"] = f"{draw.integers(2, 20)} min"
        if draw.random() < 0.5:  # a branch, which may run over the same hop again
            branch = [calls[0], *[s for s in draw.permutation(stations)[:2].tolist() if s != calls[0]]]
            lines[f"line-{i}"]["segments"]["branch"] = {"stations": branch}
    metro = {
        "modes": {
            "metro": {
                "headway": "6 min",
                "cruise": "40 km/h",
                "stop_loss": "15 s",
                "dwell": "20 s",
                "winding": 1.1,
            }
        },
        "stations": {name: {"zone": "z3" if i >= 5 else "z0", **spot()} for i, name in enumerate(stations)},
        "lines": lines,
        "walks": {
            key: {"between": pair, "time": f"{draw.integers(2, 9)} min"}
            for key, pair in (("w", ["s0", "s1"]), ("x", ["s1", "s0"]))
        },
        "reach": f"{draw.integers(1, 6)} km",
    }
    zones: dict[str, Any] = {f"z{i}": {"kind": "commune", "area_km2": 2.0, **spot()} for i in range(3)}
    zones["z3"] = {"kind": "ring", "ring_radius": "5 km", **spot()}
    schema = Places.model_validate({"zones": zones, "metro": metro}, context={"start": START})
    built = build_places(schema)
    shut = {name for name in stations if draw.random() < 0.2}
    hops = [
        (built.line_ids[n], built.station_ids[u], built.station_ids[v])
        for n, u, v in zip(built.edge_line, built.edge_u, built.edge_v, strict=True)
    ]
    return schema, shut, {hop for hop in hops if draw.random() < 0.15}


# ---- geometry ----------------------------------------------------------------------------------------------------------


def test_a_quarter_of_a_meridian_is_a_quarter_of_the_circle() -> None:
    zero, pole = np.array(0.0), np.array(90.0)
    assert great_circle(zero, zero, pole, zero) == pytest.approx(EARTH_RADIUS * math.pi / 2, rel=1e-12)


def test_the_mean_distance_on_a_ring_is_four_radii_over_pi() -> None:
    assert ring_distance(0.0, 12_000.0, 12_000.0) == pytest.approx(4 * 12_000.0 / math.pi, rel=1e-3)
    assert ring_distance(0.0, 0.0, 12_000.0) == pytest.approx(12_000.0, rel=1e-12)
    assert ring_distance(300.0, 0.0, 0.0) == 300.0


def test_the_mean_distance_inside_a_zone_is_that_of_a_disc_by_simulation() -> None:
    schema = Places.model_validate({"zones": {"a": {"area_km2": 4.0}}})
    draw = np.random.default_rng(1)
    n = 400_000  # standard error about 0.07 %
    radius = math.sqrt(4e6 / math.pi) * np.sqrt(draw.random((2, n)))
    point = radius * np.exp(2j * math.pi * draw.random((2, n)))
    assert build_places(schema).distance[0, 0] == pytest.approx(np.abs(point[0] - point[1]).mean(), rel=3e-3)


def test_distances_are_symmetric_positive_and_those_of_the_sphere(paris: PlaceArrays, schema: Places) -> None:
    assert np.array_equal(paris.distance, paris.distance.T)
    assert (paris.distance > 0.0).all()
    a, b = paris.zone("paris-11"), paris.zone("saint-denis")
    assert paris.distance[a, b] == pytest.approx(straight(schema.zones["paris-11"], schema.zones["saint-denis"]), rel=1e-6)


def test_walking_takes_the_detour_at_the_given_speed(paris: PlaceArrays) -> None:
    assert np.allclose(walk_times(paris, SPEED, DETOUR), paris.distance * DETOUR / SPEED, rtol=1e-14)


def test_arrays_cannot_be_written(paris: PlaceArrays) -> None:
    with pytest.raises(ValueError, match="read-only"):
        paris.distance[0, 0] = 1.0


# ---- routes ------------------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize(
    ("shut", "lines"),
    [
        ((), ()),
        (("republique", "oberkampf", "chatelet"), ()),
        ((), FIVE_LINES),
        (("gare-du-nord",), ("rer-b", *FIVE_LINES)),
    ],
)
def test_paris_routes_equal_networkx(
    paris: PlaceArrays, schema: Places, shut: tuple[str, ...], lines: tuple[str, ...]
) -> None:
    closed = paris.stations_of(shut)
    still = paris.edges_of(lines)
    stopped = {
        (
            paris.line_ids[paris.edge_line[k]],
            paris.station_ids[paris.edge_u[k]],
            paris.station_ids[paris.edge_v[k]],
        )
        for k in np.flatnonzero(still)
    }
    expected = plain_times(schema, set(shut), stopped)
    assert np.allclose(site_times(paris, closed, still, SPEED, DETOUR), expected, rtol=1e-6)


def test_routes_of_a_small_town_with_closures_equal_networkx(generated_town: int) -> None:
    schema, shut, stopped = small(generated_town)
    places = build_places(schema)
    found = site_times(places, *masks(places, shut, stopped), SPEED, DETOUR)
    assert np.allclose(found, plain_times(schema, shut, stopped), rtol=1e-6)


def test_routes_of_a_small_town_with_closures_equal_brute_force(generated_town: int) -> None:
    schema, shut, stopped = small(generated_town)
    places = build_places(schema)
    found = site_times(places, *masks(places, shut, stopped), SPEED, DETOUR)
    graph, sites = plain_graph(schema, shut, stopped), plain_sites(schema)
    for i, a in enumerate(sites):
        best = cheapest(graph, ("from", *a))
        for j, b in enumerate(sites):
            assert found[i, j] == pytest.approx(best.get(("to", *b), math.inf), rel=1e-6)


def cheapest(graph: nx.DiGraph[Any], source: Any) -> dict[Any, float]:
    """Cost of the best path to each node by trying all paths, cut only where one to the same node was as cheap."""
    best: dict[Any, float] = {}
    stack = [(source, 0.0, frozenset([source]))]
    while stack:
        node, cost, seen = stack.pop()
        if cost >= best.get(node, math.inf):
            continue
        best[node] = cost
        if node in graph:
            stack += [(head, cost + row["weight"], seen | {head}) for head, row in graph[node].items() if head not in seen]
    return best


FAULTS = ("closed stations are entered", "closed hops are run", "one may change in a closed station", "one-way ignored")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_in_a_route_is_seen(fault: str) -> None:
    """Several of 40 generated towns with closures tell the fault from the truth."""
    told = 0
    for seed in range(40):
        schema, shut, stopped = small(seed)
        found = site_times(build_places(schema), *masks(build_places(schema), shut, stopped), SPEED, DETOUR)
        if fault == FAULTS[3]:
            for line in schema.metro.lines.values():
                for part, segment in line.segments.items():
                    line.segments[part] = segment.model_copy(update={"one_way": False})
        if fault == FAULTS[2]:
            wrong = changing_where_closed(schema, shut, stopped)
        else:
            wrong = plain_times(
                schema, shut - (shut if fault == FAULTS[0] else set()), stopped if fault != FAULTS[1] else set()
            )
        told += not np.allclose(found, wrong, rtol=1e-6)
    assert told >= 3, told


def changing_where_closed(schema: Places, shut: set[str], stopped: set[Hop]) -> np.ndarray[Any, Any]:
    """Times of the wrong rule that one may change trains in a closed station."""
    graph = plain_graph(schema, shut, stopped)
    for line, a in ((line, a) for line, *ends in plain_hops(schema) for a in ends if a in shut):
        for new in schema.metro.lines:
            if new != line:
                graph.add_edge(("train", line, a), ("platform", new, a), weight=schema.metro.transfer)
    sites = plain_sites(schema)
    times = np.full((len(sites), len(sites)), np.inf)
    for i, a in enumerate(sites):
        reached = nx.single_source_dijkstra_path_length(graph, ("from", *a)) if ("from", *a) in graph else {}
        times[i] = [reached.get(("to", *b), math.inf) for b in sites]
    return times


def test_a_reopening_never_lengthens_a_route(generated_town: int) -> None:
    schema, shut, stopped = small(generated_town)
    places = build_places(schema)
    closed, still = masks(places, shut, stopped)
    draw = np.random.default_rng(generated_town)
    fewer = closed & (draw.random(closed.size) < 0.5)
    less = still & (draw.random(still.size) < 0.5)
    before = travel_times(places, closed, still, SPEED, DETOUR)
    after = travel_times(places, fewer, less, SPEED, DETOUR)
    assert (after <= before + 1e-9).all()


def test_the_five_lines_interrupted_lengthen_ways_from_the_eleventh(paris: PlaceArrays) -> None:
    nothing, everything = paris.stations_of(()), paris.edges_of(())
    usual = travel_times(paris, nothing, everything, SPEED, DETOUR)
    night = travel_times(paris, nothing, paris.edges_of(FIVE_LINES), SPEED, DETOUR)
    start, compact = (
        paris.zone("paris-11"),
        [i for i, kind in enumerate(paris.zone_kind) if kind in ("arrondissement", "commune")],
    )
    assert (night >= usual - 1e-9).all()
    assert np.isfinite(night[start, compact]).all()
    assert (night[start, compact] > usual[start, compact] + 60.0).sum() >= 40  # of 52 zones


def test_an_ordinary_ride_takes_an_ordinary_time(paris: PlaceArrays) -> None:
    """Terminus to terminus, line 1 takes about 36 min and line 13 about 50 min in timetables (from memory): within 20 %."""
    for line, minutes in (("line-1", 36.0), ("line-8", 53.0)):
        k = paris.edges_of([line]) & (paris.edge_u < paris.edge_v)
        assert paris.edge_seconds[k].sum() / 60.0 == pytest.approx(minutes, rel=0.2)


def test_without_trains_there_is_no_way_by_train(paris: PlaceArrays) -> None:
    times = travel_times(paris, paris.stations_of(()), paris.edges_of(paris.line_ids), SPEED, DETOUR)
    apart = ~np.eye(len(paris.zone_ids), dtype=bool)
    assert np.isinf(times[apart]).all()
    assert np.array_equal(np.diag(times), np.diag(walk_times(paris, SPEED, DETOUR)))


def test_nobody_enters_leaves_or_changes_in_a_closed_station_but_trains_pass() -> None:
    def row(lon: float) -> dict[str, Any]:
        return {"zone": "a", "lat": 0.0, "lon": lon}

    metro = {
        "modes": {"metro": {"headway": "4 min", "cruise": "36 km/h", "stop_loss": "0 s", "dwell": "0 s", "winding": 1.0}},
        "stations": {"west": row(0.0), "middle": row(0.01), "east": row(0.02),
                     "north": {"zone": "c", "lat": 0.1, "lon": 0.01}},
        "lines": {
            "line-1": {"segments": {"main": {"stations": ["west", "middle", "east"]}}},
            "line-2": {"segments": {"main": {"stations": ["middle", "north"]}}},
        },
        "reach": "1 m", "entrance": "0 s", "transfer": "1 min",
    }  # fmt: skip
    zones = {"a": {"lon": 0.0}, "b": {"lon": 0.02}, "c": {"lat": 0.1, "lon": 0.01}, "m": {"lon": 0.01}}
    places = build_places(Places.model_validate({"zones": zones, "metro": metro}))
    running = places.edges_of(())
    open_all = travel_times(places, places.stations_of(()), running, 1.0, 1.0)
    shut = travel_times(places, places.stations_of(["middle"]), running, 1.0, 1.0)
    a, b, c, m = (places.zone(name) for name in "abcm")
    ride = math.radians(0.02) * EARTH_RADIUS / 10.0
    assert open_all[a, b] == pytest.approx(120.0 + ride)
    assert shut[a, b] == open_all[a, b]
    climb = great_circle(np.array(0.0), np.array(0.01), np.array(0.1), np.array(0.01)) / 10.0
    assert open_all[a, c] == pytest.approx(120.0 + ride / 2 + 60.0 + 120.0 + climb)
    assert np.isinf(shut[a, c])
    assert np.isinf(shut[m, b])


def test_the_order_of_the_rows_changes_no_bit(schema: Places, paris: PlaceArrays) -> None:
    tree, _ = read_tree(str(FILE), FILE.read_text(encoding="utf-8"))
    assert tree is not None
    data: Any = to_plain(tree)
    data["zones"] = dict(reversed(data["zones"].items()))
    for table in ("stations", "lines", "walks"):
        data["metro"][table] = dict(reversed(data["metro"][table].items()))
    other = build_places(Places.model_validate(data, context={"start": START}))
    args = (paris.stations_of(()), paris.edges_of(()), SPEED, DETOUR)
    assert travel_times(paris, *args).tobytes() == travel_times(other, *args).tobytes()
    assert paris.distance.tobytes() == other.distance.tobytes()


def test_places_may_be_empty() -> None:
    empty = build_places(Places())
    assert travel_times(empty, np.zeros(0, np.bool_), np.zeros(0, np.bool_), SPEED, DETOUR).shape == (0, 0)
    lonely = build_places(Places.model_validate({"zones": {"a": {}, "b": {"lat": 1.0}}}))
    times = travel_times(lonely, np.zeros(0, np.bool_), np.zeros(0, np.bool_), SPEED, DETOUR)
    assert np.isinf(times[0, 1])
