"""Zones, stations and lines as arrays, in the order of their sorted ids (docs/model/places.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from msgu.scenario.schema.places import Line, Metro, Places, Station, Zone
from msgu.world.distances import great_circle, zone_distances
from msgu.world.journeys import Flags, Floats, Ints, Links, build_links


@dataclass(frozen=True)
class PlaceArrays:
    """Everything that does not move, indexed by the sorted ids of zones, stations and lines.

    Parameters
    ----------
    zone_ids, station_ids, line_ids
        Identifiers, sorted; position = index in every array of the kind.
    zone_kind, zone_language, zone_metro_area
        One word for each zone.
    zone_population : shape (n_zones,). Residents [persons]; 0 where the model has none.
    zone_area : shape (n_zones,). Area [m2].
    zone_lat, zone_lon : shape (n_zones,). Centre [degrees].
    zone_radius : shape (n_zones,). Radius of a ring [m]; 0 for a compact zone.
    adjacent : shape (n_zones, n_zones). Whether two zones share a border.
    distance : shape (n_zones, n_zones). Straight line between typical residents [m]; the diagonal is that inside a zone.
    station_zone : shape (n_stations,). Index of the zone.
    station_lat, station_lon : shape (n_stations,). Position [degrees].
    line_mode
        One word for each line.
    line_wait : shape (n_lines,). Mean wait for a train [s].
    edge_u, edge_v, edge_line : shape (n_edges,). Directed hop from station u to station v by a line (indices).
    edge_seconds : shape (n_edges,). Time from one departure to the next [s].
    site_zone : shape (n_sites,). Zone of each place where journeys end: a compact zone's centre, a ring's stations.
    site_station : shape (n_sites,). Station of a ring's site; -1 for a centre.
    links
        The graph of journeys.
    """

    zone_ids: tuple[str, ...]
    station_ids: tuple[str, ...]
    line_ids: tuple[str, ...]
    zone_kind: tuple[str, ...]
    zone_language: tuple[str, ...]
    zone_metro_area: tuple[str, ...]
    zone_population: NDArray[np.int64]
    zone_area: Floats
    zone_lat: Floats
    zone_lon: Floats
    zone_radius: Floats
    adjacent: Flags
    distance: Floats
    station_zone: Ints
    station_lat: Floats
    station_lon: Floats
    line_mode: tuple[str, ...]
    line_wait: Floats
    edge_u: Ints
    edge_v: Ints
    edge_line: Ints
    edge_seconds: Floats
    site_zone: Ints
    site_station: Ints
    links: Links

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    def zone(self, name: str) -> int:
        """Index of a zone."""
        return self.zone_ids.index(name)

    def station(self, name: str) -> int:
        """Index of a station."""
        return self.station_ids.index(name)

    def line(self, name: str) -> int:
        """Index of a line."""
        return self.line_ids.index(name)

    def stations_of(self, names: Iterable[str]) -> Flags:
        """Mask of stations, shape (n_stations,)."""
        chosen = np.zeros(len(self.station_ids), np.bool_)
        chosen[[self.station(name) for name in names]] = True
        return chosen

    def edges_of(self, names: Iterable[str]) -> Flags:
        """Mask of the hops of lines, shape (n_edges,)."""
        return np.isin(self.edge_line, [self.line(name) for name in names])

    def edges_of_networks(self, modes: Iterable[str]) -> Flags:
        """Mask of the hops of all lines of some modes, shape (n_edges,)."""
        wanted = frozenset(modes)
        return np.array([mode in wanted for mode in self.line_mode], np.bool_)[self.edge_line]

    def edges_between(self, line: str, calls: Iterable[str]) -> Flags:
        """Mask of the hops of a line between consecutive stations, both ways, shape (n_edges,)."""
        stops = [self.station(name) for name in calls]
        pairs = {frozenset(pair) for pair in pairwise(stops)}
        here = np.flatnonzero(self.edge_line == self.line(line))
        mask = np.zeros(self.edge_line.size, np.bool_)
        mask[[k for k in here if frozenset((int(self.edge_u[k]), int(self.edge_v[k]))) in pairs]] = True
        return mask

    def edges_across(self, zone_a: int, zone_b: int) -> Flags:
        """Mask of the hops from one zone into another, both ways, shape (n_edges,)."""
        u, v = self.station_zone[self.edge_u], self.station_zone[self.edge_v]
        across: Flags = ((u == zone_a) & (v == zone_b)) | ((u == zone_b) & (v == zone_a))
        return across


# ---- building --------------------------------------------------------------------------------------------------------


def build_places(places: Places) -> PlaceArrays:
    """Turn checked places into arrays.

    Parameters
    ----------
    places
        The `places` block of a scenario.
    """
    metro, zones = places.metro, [places.zones[key] for key in places.zone_ids()]
    stations = [metro.stations[key] for key in places.station_ids()]
    zone_at = {key: i for i, key in enumerate(places.zone_ids())}
    centres, platforms = _position(zones), _position(stations)
    radius = np.array([zone.ring_radius or 0.0 for zone in zones])
    area = np.array([zone.area_km2 * 1e6 for zone in zones])
    station_zone = np.array([zone_at[station.zone] for station in stations], np.int32)
    edges = _edges(metro, *platforms)
    wait = np.array([_headway(metro, metro.lines[key]) / 2.0 for key in places.line_ids()])
    sites = _sites(zones, station_zone)
    return PlaceArrays(
        zone_ids=tuple(places.zone_ids()),
        station_ids=tuple(places.station_ids()),
        line_ids=tuple(places.line_ids()),
        zone_kind=tuple(zone.kind for zone in zones),
        zone_language=tuple(zone.language for zone in zones),
        zone_metro_area=_metro_areas(places),
        zone_population=np.array([zone.population or 0 for zone in zones], np.int64),
        zone_area=area,
        zone_lat=centres[0],
        zone_lon=centres[1],
        zone_radius=radius,
        adjacent=_adjacency(zones, zone_at),
        distance=zone_distances(*centres, radius, area),
        station_zone=station_zone,
        station_lat=platforms[0],
        station_lon=platforms[1],
        line_mode=tuple(metro.lines[key].mode for key in places.line_ids()),
        line_wait=wait,
        edge_u=edges[0],
        edge_v=edges[1],
        edge_line=edges[2],
        edge_seconds=edges[3],
        site_zone=sites[0],
        site_station=sites[1],
        links=_links(places, edges, wait, _access(metro, sites, centres, platforms), sites[0].size),
    )


def _metro_areas(places: Places) -> tuple[str, ...]:
    return tuple(places.zones[key].metro_area or key for key in places.zone_ids())


def _links(
    places: Places,
    edges: tuple[Ints, Ints, Ints, Floats],
    wait: Floats,
    access: tuple[Ints, Ints, Floats, Floats],
    n_sites: int,
) -> Links:
    """Join sites, platforms and trains to the graph of journeys."""
    metro = places.metro
    station_at = {key: i for i, key in enumerate(places.station_ids())}
    walks = [walk for _, walk in sorted(metro.walks.items())]
    return build_links(
        edges=edges,
        wait=wait,
        walks=[(station_at[walk.between[0]], station_at[walk.between[1]], walk.time) for walk in walks],
        access=access,
        transfer=metro.transfer,
        entrance=metro.entrance,
        n_sites=n_sites,
        n_stations=len(station_at),
    )


def offsets(places: PlaceArrays) -> tuple[Floats, Floats]:
    """How far the centre of each zone lies east and north of that of another, in the plane.

    Parameters
    ----------
    places
        Built places.

    Returns
    -------
    East and north [m], each of shape (n_zones, n_zones), from the zone of the row; as long as the great circle.
    """
    return from_centres(places, places.zone_lat, places.zone_lon)


def from_centres(places: PlaceArrays, lat: ArrayLike, lon: ArrayLike) -> tuple[Floats, Floats]:
    """How far points lie east and north of the centre of each zone, in the plane.

    Parameters
    ----------
    places
        Built places.
    lat, lon : shape (n,). Points [degrees].

    Returns
    -------
    East and north [m], each of shape (n_zones, n); as long as the great circle.
    """
    lat_of, lon_of = np.asarray(lat, np.float64)[None, :], np.asarray(lon, np.float64)[None, :]
    own, at = places.zone_lat[:, None], places.zone_lon[:, None]
    turn = np.radians(lon_of) - np.radians(at)
    turn -= 2.0 * np.pi * np.round(turn / (2.0 * np.pi))
    a, b = np.radians(own), np.radians(lat_of)
    east, north = turn * np.cos((b + a) / 2.0), b - a
    length = np.hypot(east, north)
    metres = great_circle(own, at, lat_of, lon_of)
    stretch = np.divide(metres, length, out=np.zeros_like(metres), where=length > 0.0)
    return east * stretch, north * stretch


def spread_radius(places: PlaceArrays) -> Floats:
    """Radius of the ring, or of the disc as large as the zone, on which its people are spread [m]; shape (n_zones,)."""
    return np.where(places.zone_radius > 0.0, places.zone_radius, np.sqrt(places.zone_area / np.pi))


def _position(rows: Iterable[Zone] | Iterable[Station]) -> tuple[Floats, Floats]:
    pairs = np.array([(row.lat, row.lon) for row in rows], np.float64).reshape(-1, 2)
    return pairs[:, 0].copy(), pairs[:, 1].copy()


def _adjacency(zones: list[Zone], zone_at: Mapping[str, int]) -> Flags:
    adjacent = np.zeros((len(zones), len(zones)), np.bool_)
    for i, zone in enumerate(zones):
        adjacent[i, [zone_at[other] for other in zone.adjacent]] = True
    return adjacent


def _headway(metro: Metro, line: Line) -> float:
    return metro.modes[line.mode].headway if line.headway is None else line.headway


def _edges(metro: Metro, lat: Floats, lon: Floats) -> tuple[Ints, Ints, Ints, Floats]:
    """Directed hops of all lines, each pair of stations once for each line."""
    station_at = {key: i for i, key in enumerate(sorted(metro.stations))}
    hops: dict[tuple[int, int, int], float] = {}
    for number, key in enumerate(sorted(metro.lines)):
        line = metro.lines[key]
        mode = metro.modes[line.mode]
        for _, segment in sorted(line.segments.items()):
            calls = [station_at[name] for name in segment.stations]
            for u, v in pairwise(calls):
                metres = float(great_circle(lat[u], lon[u], lat[v], lon[v]))
                seconds = mode.winding * metres / mode.cruise + mode.stop_loss + mode.dwell
                hops[number, u, v] = seconds
                if not segment.one_way:
                    hops[number, v, u] = seconds
    keys = np.array(sorted(hops), np.int32).reshape(-1, 3)
    seconds_of = np.array([hops[key] for key in sorted(hops)], np.float64)
    return keys[:, 1].copy(), keys[:, 2].copy(), keys[:, 0].copy(), seconds_of


def _sites(zones: list[Zone], station_zone: Ints) -> tuple[Ints, Ints]:
    """Where journeys begin and end: the centre of a compact zone, every station of a ring; none outside the region."""
    rows: list[tuple[int, int]] = []
    for i, zone in enumerate(zones):
        if zone.kind in ("arrondissement", "commune"):
            rows.append((i, -1))
        elif zone.kind == "ring":
            rows += [(i, int(station)) for station in np.flatnonzero(station_zone == i)]
    table = np.array(rows, np.int32).reshape(-1, 2)
    return table[:, 0].copy(), table[:, 1].copy()


def _access(
    metro: Metro, sites: tuple[Ints, Ints], zone_at: tuple[Floats, Floats], station_at: tuple[Floats, Floats]
) -> tuple[Ints, Ints, Floats, Floats]:
    """Which stations serve which sites: site, station, walk [m], and time on top [s]; one station at least for each site."""
    site_zone, site_station = sites
    if not station_at[0].size or not site_zone.size:
        return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0), np.zeros(0)
    ring = site_station >= 0
    lat = np.where(ring, station_at[0][site_station], zone_at[0][site_zone])
    lon = np.where(ring, station_at[1][site_station], zone_at[1][site_zone])
    metres = great_circle(lat[:, None], lon[:, None], station_at[0][None, :], station_at[1][None, :])
    near = (metres <= metro.reach) | (metres == metres.min(axis=1)[:, None]) | ring[:, None]
    site, station = np.nonzero(near)
    extra = np.where(ring[site], metro.ring_access, 0.0)
    return site.astype(np.int32), station.astype(np.int32), metres[site, station], extra
