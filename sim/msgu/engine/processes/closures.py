"""Timed closures, cordons and instructions: the ways home at each time (docs/model/closures.md); people are compiled."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from simpy.events import Event

from msgu.engine.arrays.warnings import detours
from msgu.engine.context import Context
from msgu.engine.protocol import TravelTimes
from msgu.engine.signals import NETWORK_CHANGED
from msgu.engine.spans import Span, dates_of, span_of
from msgu.engine.triggers import follow, follow_spans
from msgu.kernels.state import CORDON, LETS_LEAVERS, LETS_RESIDENTS
from msgu.scenario.schema.closures import Closure, Instruction
from msgu.scenario.schema.triggers import Trigger
from msgu.world.build import World
from msgu.world.travel import travel_times, walk_times

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Shut(NamedTuple):
    """What is shut at a time.

    stations : (n_stations,) shut. edges : (n_edges,) hops that do not run. running : (n_edges,) share of the trains that
    run on the others. cordon : (n_zones,) bits of `msgu.kernels.state`. borders : (n_zones, n_zones) that nobody crosses.
    """

    stations: Flags
    edges: Flags
    running: F64
    cordon: NDArray[np.uint8]
    borders: Flags


def start(context: Context) -> None:
    """Register the changes of the network and the instructions, where anybody is out."""
    if len(context.world.out.at):
        given, end, shut = (
            context.scenario.instructions,
            context.scenario.followed_until("going_home"),
            context.scenario.closures,
        )
        spans = {name: span_of(closure) for name, closure in shut.items()}
        context.clock.process(_change(context, spans, end))
        follow_spans(context, [(shut[name], spans[name]) for name in sorted(shut)], partial(_new_ways, context, spans, end))
        for i, name in enumerate(sorted(given)):
            if not given[name].at >= end or isinstance(given[name].at, Trigger):
                follow(context, given[name].at, partial(_instruct, context, i, given[name], end))


def _instruct(context: Context, number: int, given: Instruction, end: float, t: float) -> None:
    """Give an instruction; one that a rule gives may end a time after the rule has gone on."""
    at, until = given.at, float(given.until)
    if isinstance(at, Trigger) and isinstance(given.until, Trigger):
        until = t + given.until.after - at.after
    if t < end and t < until:
        context.engine.instruct(t, number, until)


def _change(context: Context, spans: Mapping[str, Span], end: float) -> Generator[Event, Any, None]:
    """At the start, at each date of a closure, and when service ends or starts: new ways home."""
    s = context.scenario
    times = {0.0} | dates_of(list(s.closures.values()))
    times |= {t for t in (s.places.metro.service_end, s.places.metro.service_start) if t is not None}
    for t in sorted(x for x in times if x < end):
        if t > 0:
            yield context.clock.at(t)
        _new_ways(context, spans, end, t)


def _new_ways(context: Context, spans: Mapping[str, Span], end: float, t: float) -> None:
    """Tell the ways home as they are from now on."""
    if t >= end:
        return
    world, shut = context.world, shut_at(context.world, t, spans)
    walk, road = walking(world, shut)
    ways = TravelTimes(riding(world, shut), walk, road, shut.cordon, _service(world, t), _around(world, shut))
    context.engine.change_network(t, ways)
    context.signals.tell(NETWORK_CHANGED, t)


def _around(world: World, shut: Shut) -> tuple[tuple[F64, F64, F64], ...]:
    """Ways of those who go round the area of a message, as round a cordon: times to ride and to walk [s], lengths [m]."""
    found = []
    for message in detours(world.scenario):
        area = np.isin(np.array(world.zones), message.place)
        stations = shut.stations | area[world.places.station_zone]
        apart = shut._replace(stations=stations, cordon=np.where(area, np.uint8(CORDON), shut.cordon))
        found.append((riding(world, apart), *walking(world, apart)))
    return tuple(found)


def shut_at(world: World, t: float, spans: Mapping[str, Span]) -> Shut:
    """What is shut at time `t`, all closures in force together; `spans` : of each closure, when it is."""
    places = world.places
    edges = len(places.edge_u)
    shut = Shut(
        np.zeros(len(places.station_ids), np.bool_),
        np.zeros(edges, np.bool_),
        np.ones(edges),
        np.zeros(len(world.zones), np.uint8),
        np.zeros((len(world.zones), len(world.zones)), np.bool_),
    )
    free = np.full(len(world.zones), LETS_RESIDENTS | LETS_LEAVERS, np.uint8)
    for name, closure in world.scenario.closures.items():
        if spans[name].holds(t):
            _add(world, shut, free, closure)
    if len(shut.stations):
        shut.stations[:] |= (shut.cordon != 0)[places.station_zone]
    shut.cordon[shut.cordon != 0] |= free[shut.cordon != 0]
    return shut


def _add(world: World, shut: Shut, free: NDArray[np.uint8], closure: Closure) -> None:
    """Add one closure to what is shut; `free` keeps whom every cordon round a zone lets through."""
    places = world.places
    shut.stations[:] |= places.stations_of(closure.stations)
    hit = places.edges_of(closure.lines) | places.edges_of_networks(closure.networks)
    for _, stretch in sorted(closure.stretches.items()):
        for calls in _calls(world, stretch.line, stretch.between):
            hit |= places.edges_between(stretch.line, calls)
    if closure.service > 0.0:
        shut.running[hit] = np.minimum(shut.running[hit], closure.service)
    else:
        shut.edges[:] |= hit
    lets = (LETS_RESIDENTS if "residents" in closure.lets else 0) | (LETS_LEAVERS if "leavers" in closure.lets else 0)
    inside = [places.zone(z) for z in closure.cordon]
    shut.cordon[inside] |= CORDON
    free[inside] &= lets
    for pair in closure.borders.values():
        a, b = (places.zone(z) for z in pair)
        shut.borders[a, b] = shut.borders[b, a] = True
        shut.edges[:] |= places.edges_across(a, b)


def _calls(world: World, line: str, between: list[str]) -> list[list[str]]:
    """Stations from one end of a stretch to the other, on each segment of the line that has both."""
    found = []
    for segment in world.scenario.places.metro.lines[line].segments.values():
        if set(between) <= set(segment.stations):
            i, j = sorted(segment.stations.index(name) for name in between)
            found.append(segment.stations[i : j + 1])
    return found


def riding(world: World, shut: Shut) -> F64:
    """Times by public transport [s], (n_zones, n_zones), with what is shut; not to be written to."""
    home = world.scenario.going_home
    label = (home.walk_speed, home.detour, shut.stations.tobytes(), shut.edges.tobytes(), shut.running.tobytes())
    if _known.places is not world.places:
        _known.places, _known.rides = world.places, {}
    if label not in _known.rides:
        running = shut.running if (shut.running < 1.0).any() else None
        found = travel_times(world.places, shut.stations, shut.edges, home.walk_speed, home.detour, running)
        found.flags.writeable = False
        if len(_known.rides) < MOST_KNOWN:
            _known.rides[label] = found
        return found
    return _known.rides[label]


@dataclass
class _Known:
    """Times by public transport in the places that this process asked about last, so that nights of a study share them.

    Those of seven closures took 0.25 s of the 2.9 s of a night of Paris at 1/100.
    """

    places: object = None
    rides: dict[tuple[float, float, bytes, bytes, bytes], F64] = field(default_factory=dict)


_known = _Known()
MOST_KNOWN: Final = 64


def walking(world: World, shut: Shut) -> tuple[F64, F64]:
    """Walking times [s] and lengths of the way [m], (n_zones, n_zones): round cordons and borders, infinite where none leads."""
    home = world.scenario.going_home
    direct = walk_times(world.places, home.walk_speed, home.detour)
    if not (shut.cordon.any() or shut.borders.any()):
        return direct, world.places.distance
    steps = np.where(world.places.adjacent, world.places.distance, np.inf)
    usual = _shortest(steps, np.zeros(len(steps), np.bool_))
    around = _shortest(np.where(shut.borders, np.inf, steps), shut.cordon != 0)
    longer = np.ones_like(direct)
    known = np.isfinite(usual) & (usual > 0)
    longer[known] = np.maximum(around[known] / usual[known], 1.0)
    np.fill_diagonal(longer, 1.0)
    return direct * longer, world.places.distance * longer


def _shortest(steps: F64, cordon: Flags) -> F64:
    """Shortest ways over `steps` [m] that may begin and end inside a cordon, but pass through none."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    open_steps = steps.copy()
    open_steps[cordon, :] = np.inf
    found: F64 = dijkstra(csr_array(np.where(np.isfinite(open_steps), open_steps, 0.0)))
    inside = np.flatnonzero(cordon)
    ways = {int(z): np.min(steps[z][:, None] + found, axis=0, initial=np.inf) for z in inside}
    for z, way in ways.items():
        found[z] = way
        found[z, z] = 0.0
    return found


def _service(world: World, t: float) -> bool:
    """Whether public transport runs at time `t`."""
    metro = world.scenario.places.metro
    if metro.service_end is None or t < metro.service_end:
        return True
    return metro.service_start is not None and t >= metro.service_start
