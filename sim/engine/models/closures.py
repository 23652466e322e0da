"""Timed closures and cordons: the ways home at each time (docs/model/closures.md); people themselves are compiled."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from simpy.events import Event

from sim.engine.context import Context
from sim.engine.signals import NETWORK_CHANGED
from sim.world.build import World
from sim.world.places import travel_times, walk_times

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]


def start(context: Context) -> None:
    """Register the changes of the network, where anybody is out."""
    if len(context.world.out.at):
        context.clock.process(_change(context))


def _change(context: Context) -> Generator[Event, Any, None]:
    """At the start, at each beginning and end of a closure, and when service ends or starts: new ways home."""
    s = context.scenario
    metro = s.places.metro
    times = {0.0} | {t for c in s.closures.values() for t in (c.at, c.until)}
    times |= {t for t in (metro.service_end, metro.service_start) if t is not None}
    rides: dict[bytes, F64] = {}
    for t in sorted(x for x in times if x < s.horizon):
        if t > 0:
            yield context.clock.at(t)
        stations, edges, cordon = closed_at(context.world, t)
        label = stations.tobytes() + edges.tobytes()
        if label not in rides:
            rides[label] = travel_times(
                context.world.places,
                stations,
                edges,
                s.going_home.walk_speed,
                s.going_home.detour,
            )
        walk = walking(context.world, cordon)
        context.engine.change_network(t, rides[label], walk, cordon, _service(context.world, t))
        context.signals.tell(NETWORK_CHANGED, t)


def closed_at(world: World, t: float) -> tuple[Flags, Flags, Flags]:
    """Stations shut (n_stations,), hops that do not run (n_edges,) and zones under a cordon (n_zones,) at time `t`."""
    places = world.places
    stations = np.zeros(len(places.station_ids), np.bool_)
    edges = np.zeros(len(places.edge_u), np.bool_)
    cordon = np.zeros(len(world.zones), np.bool_)
    for closure in world.scenario.closures.values():
        if closure.at <= t < closure.until:
            stations |= places.stations_of(closure.stations)
            edges |= places.edges_of(closure.lines)
            cordon[[places.zone(z) for z in closure.cordon]] = True
    if len(stations):
        stations |= cordon[places.station_zone]
    return stations, edges, cordon


def walking(world: World, cordon: Flags) -> F64:
    """Walking times [s], (n_zones, n_zones): detours round cordons, infinite where there is no way round."""
    home = world.scenario.going_home
    direct = walk_times(world.places, home.walk_speed, home.detour)
    if not cordon.any():
        return direct
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    steps = np.where(world.places.adjacent, world.places.distance, 0.0)
    usual = dijkstra(csr_array(steps))
    steps = np.where(cordon[:, None] | cordon[None, :], 0.0, steps)
    around = dijkstra(csr_array(steps))
    with np.errstate(invalid="ignore", divide="ignore"):
        longer = np.where(np.isfinite(usual) & (usual > 0), np.maximum(around / usual, 1.0), 1.0)
    longer[cordon, :] = np.inf
    longer[:, cordon] = np.inf
    np.fill_diagonal(longer, 1.0)
    walk: F64 = direct * longer
    return walk


def _service(world: World, t: float) -> bool:
    """Whether public transport runs at time `t`."""
    metro = world.scenario.places.metro
    if metro.service_end is None or t < metro.service_end:
        return True
    return metro.service_start is not None and t >= metro.service_start
