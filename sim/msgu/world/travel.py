"""Travel times from zone to zone and from site to site, on foot and by public transport."""

from __future__ import annotations

import numpy as np

from msgu.world.journeys import Flags, Floats, journey_times
from msgu.world.places import PlaceArrays


def walk_times(places: PlaceArrays, speed: float, detour: float) -> Floats:
    """Walking time from zone to zone.

    Parameters
    ----------
    places
        Built places.
    speed
        Walking speed [m/s].
    detour
        Walked distance over straight line.

    Returns
    -------
    Times, shape (n_zones, n_zones) [s].
    """
    return places.distance * (detour / speed)


def site_times(
    places: PlaceArrays,
    closed_stations: Flags,
    closed_edges: Flags,
    speed: float,
    detour: float,
    running: Floats | None = None,
) -> Floats:
    """Time by public transport from site to site: walk, wait, ride, transfers, walk.

    Parameters
    ----------
    places
        Built places.
    closed_stations : shape (n_stations,). Trains pass without stopping; no entrance, exit or transfer.
    closed_edges : shape (n_edges,). Hops that no train runs.
    speed
        Walking speed [m/s].
    detour
        Walked distance over straight line.
    running : shape (n_edges,). Share of the trains of each hop that runs, above 0; None: all.

    Returns
    -------
    Times, shape (n_sites, n_sites) [s]; infinite where there is no way with at least one ride.
    """
    return journey_times(places.links, closed_stations, closed_edges, detour / speed, running)


def travel_times(
    places: PlaceArrays,
    closed_stations: Flags,
    closed_edges: Flags,
    speed: float,
    detour: float,
    running: Floats | None = None,
) -> Floats:
    """Time by public transport from zone to zone, as `site_times`; a ring counts as the mean over its sites.

    Returns
    -------
    Times, shape (n_zones, n_zones) [s]; infinite where there is no way; the diagonal is the walk inside the zone.
    """
    n = len(places.zone_ids)
    between = site_times(places, closed_stations, closed_edges, speed, detour, running)
    times = np.full((n, n), np.inf)
    order = np.argsort(places.site_zone, kind="stable")
    served, first, sites = np.unique(places.site_zone[order], return_index=True, return_counts=True)
    if served.size:
        total = np.add.reduceat(np.add.reduceat(between[np.ix_(order, order)], first, axis=0), first, axis=1)
        times[np.ix_(served, served)] = total / np.outer(sites, sites)
    np.fill_diagonal(times, np.diag(walk_times(places, speed, detour)))
    return times
