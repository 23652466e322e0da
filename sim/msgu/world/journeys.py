"""The graph of journeys by public transport: links between sites, platforms and trains, and their times.

Each call of a line at a station has two nodes: waiting on the platform, and on board after the hop that ends there.
So every path from one site to another holds at least one ride.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Links:
    """Directed links between nodes: sites as origins, sites as destinations, platforms, trains.

    Parameters
    ----------
    n_nodes, n_sites
        Numbers of nodes and of sites; origins are nodes 0..n_sites-1, destinations the next n_sites.
    tail, head : shape (n_links,). Nodes joined.
    seconds : shape (n_links,). Fixed part of the time [s].
    wait : shape (n_links,). Part of that which is the mean wait for a train, when all run [s].
    metres : shape (n_links,). Straight line walked [m].
    station_a, station_b : shape (n_links,). Stations that must be open; -1 for none.
    edge : shape (n_links,). Hop that must run; -1 for none.
    """

    n_nodes: int
    n_sites: int
    tail: Ints
    head: Ints
    seconds: Floats
    wait: Floats
    metres: Floats
    station_a: Ints
    station_b: Ints
    edge: Ints


class _Table:
    """Links while they are collected."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, float, float, int, int, int, float]] = []

    def add(
        self,
        tail: int,
        head: int,
        seconds: float,
        metres: float = 0.0,
        a: int = -1,
        b: int = -1,
        edge: int = -1,
        wait: float = 0.0,
    ) -> None:
        self.rows.append((tail, head, seconds, metres, a, b, edge, wait))


def build_links(
    *,
    edges: tuple[Ints, Ints, Ints, Floats],
    wait: Floats,
    walks: Iterable[tuple[int, int, float]],
    access: tuple[Ints, Ints, Floats, Floats],
    transfer: float,
    entrance: float,
    n_sites: int,
    n_stations: int,
) -> Links:
    """Join sites, platforms and trains.

    Parameters
    ----------
    edges : each of shape (n_edges,). From station, to station, line, time of the hop [s].
    wait : shape (n_lines,). Mean wait [s].
    walks
        Walking transfers: two stations and the time [s].
    access : each of shape (n_access,). Site, station, straight line between them [m], time on top [s].
    transfer
        Walk between two lines of a station [s].
    entrance
        Street to platform or back [s].
    n_sites, n_stations
        Numbers of sites and stations.
    """
    u, v, line, seconds = edges
    calls = sorted({(int(s), int(n)) for end in (u, v) for s, n in zip(end, line, strict=True)})
    platform = {call: 2 * n_sites + 2 * i for i, call in enumerate(calls)}
    lines_at: list[list[int]] = [[] for _ in range(n_stations)]
    for station, number in calls:
        lines_at[station].append(number)
    table = _Table()
    for i, (a, b, number, hop) in enumerate(zip(u.tolist(), v.tolist(), line.tolist(), seconds.tolist(), strict=True)):
        arrived = platform[b, number] + 1
        table.add(platform[a, number], arrived, float(wait[number]) + hop, edge=i, wait=float(wait[number]))
        table.add(platform[a, number] + 1, arrived, hop, edge=i)
    _add_transfers(table, platform, lines_at, transfer, walks)
    _add_access(table, platform, lines_at, access, entrance, n_sites)
    rows = table.rows
    whole = np.array([(r[0], r[1], r[4], r[5], r[6]) for r in rows], np.int32).reshape(-1, 5)
    real = np.array([(r[2], r[3], r[7]) for r in rows], np.float64).reshape(-1, 3)
    tail, head, station_a, station_b, edge = (whole[:, k].copy() for k in range(5))
    return Links(
        2 * n_sites + 2 * len(calls),
        n_sites,
        tail,
        head,
        real[:, 0].copy(),
        real[:, 2].copy(),
        real[:, 1].copy(),
        station_a,
        station_b,
        edge,
    )


def _add_transfers(
    table: _Table,
    platform: dict[tuple[int, int], int],
    lines_at: list[list[int]],
    transfer: float,
    walks: Iterable[tuple[int, int, float]],
) -> None:
    """From a train to another line's platform, in the same station or after a walk."""
    for station, lines in enumerate(lines_at):
        for a in lines:
            for b in lines:
                if a != b:
                    table.add(platform[station, a] + 1, platform[station, b], transfer, a=station)
    for first, second, time in walks:
        for x, y in ((first, second), (second, first)):
            for a in lines_at[x]:
                for b in lines_at[y]:
                    table.add(platform[x, a] + 1, platform[y, b], time, a=x, b=y)


def _add_access(
    table: _Table,
    platform: dict[tuple[int, int], int],
    lines_at: list[list[int]],
    access: tuple[Ints, Ints, Floats, Floats],
    entrance: float,
    n_sites: int,
) -> None:
    """From a site to the platforms, and from the trains to a site."""
    for site, station, metres, extra in zip(*(column.tolist() for column in access), strict=True):
        for number in lines_at[station]:
            node = platform[station, number]
            table.add(site, node, entrance + extra, metres, a=station)
            table.add(node + 1, n_sites + site, entrance + extra, metres, a=station)


def journey_times(
    links: Links,
    closed_stations: Flags,
    closed_edges: Flags,
    seconds_per_metre: float,
    running: Floats | None = None,
) -> Floats:
    """Shortest times between sites on the links that are open.

    Parameters
    ----------
    links
        The graph.
    closed_stations : shape (n_stations,).
    closed_edges : shape (n_edges,).
    seconds_per_metre
        Walking time for each metre of straight line [s/m].
    running : shape (n_edges,). Share of the trains of each hop that runs, above 0: the wait is so much longer. None: all.

    Returns
    -------
    Times, shape (n_sites, n_sites) [s]; infinite where there is no way.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    shut = np.append(closed_stations, False)  # index -1: nothing to be open
    still = np.append(closed_edges, False)
    keep = ~(shut[links.station_a] | shut[links.station_b] | still[links.edge])
    tail, head = links.tail[keep], links.head[keep]
    weight = links.seconds[keep] + links.metres[keep] * seconds_per_metre
    if running is not None:
        weight = weight + links.wait[keep] * (1.0 / np.append(running, 1.0)[links.edge[keep]] - 1.0)
    order = np.lexsort((weight, head, tail))
    tail, head, weight = tail[order], head[order], weight[order]
    first = np.ones(tail.size, np.bool_)  # of parallel links only the fastest: a sparse matrix would add them up
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    graph = csr_array((weight[first], (tail[first], head[first])), shape=(links.n_nodes, links.n_nodes))
    n = links.n_sites
    if n == 0:
        return np.zeros((0, 0))
    reached = dijkstra(graph, directed=True, indices=np.arange(n))
    return np.asarray(reached[:, n : 2 * n], np.float64)
