"""Build the follower graph of a population of accounts.

Three layers make the accounts that one follows (docs/model/graph.md):
the members of its *circle*, a small dense group in its zone, its metropolitan area or anywhere;
popular accounts that the circle has *adopted* (friends follow the same celebrities);
and *picks* of its own among all accounts, in proportion to their popularity.
Then a followed account may *follow back*.
Each decision is a keyed draw, so the graph is a pure function of its arguments at any number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from msgu.world.graph.types import I16, I64, FollowerGraph, NetworkSpec, empty_graph


@dataclass(frozen=True)
class GraphPrediction:
    """What building a graph will need.

    Parameters
    ----------
    memory : peak memory, that of the interpreter included [bytes].
    disk : size of the stored graph [bytes].
    seconds : time on one core [s].
    """

    memory: float
    disk: float
    seconds: float


def predict_graph(spec: NetworkSpec) -> GraphPrediction:
    """Predict memory, disk and time from the numbers of accounts and ties (constants from benchmarks/graph.py)."""
    accounts = float(spec.n_accounts)
    ties = accounts * min(spec.mean_follows, accounts)
    return GraphPrediction(
        memory=2e8 + 9.0 * ties + 160.0 * accounts,
        disk=4.0 * ties + 12.0 * accounts + 4096.0,
        seconds=0.5 + 1.5e-7 * ties + 4e-7 * accounts,
    )


def build_network(
    spec: NetworkSpec, zone: I16, metro: I16, special_audience: I64, key: int, threads: int = 1
) -> FollowerGraph:
    """Build the follower graph; the same arguments give the same graph at any number of threads.

    Parameters
    ----------
    zone : shape (n_accounts,). Zone of each account.
    metro : shape (n_zones,). Metropolitan area or language region of each zone.
    special_audience : shape (n_special,). Followers wanted by each special account at this scale; they are the
        accounts 0..n_special-1 and are followed by no one else.
    key : 64-bit key of the stream `world.network`.
    threads : number of threads.

    Raises
    ------
    ValueError
        Not one zone for each account, or a zone that `metro` does not know.
    """
    from msgu.world.graph import layers, transpose

    n, n_special = spec.n_accounts, len(special_audience)
    if len(zone) != n or (n and not 0 <= int(zone.min()) <= int(zone.max()) < len(metro)):
        raise ValueError(f"{len(zone)} zones for {n} accounts, or a zone outside 0..{len(metro) - 1}")
    if n - n_special < 1:
        return empty_graph(n)
    zone, metro = np.ascontiguousarray(zone, np.int16), np.ascontiguousarray(metro, np.int16)
    seed = np.uint64(key)
    accounts = layers.draw_accounts(spec, zone, metro, n_special, seed, threads)
    urn = layers.fill_urn(accounts, int(metro.max()) + 1)
    if not len(urn.slots):
        return empty_graph(n)
    special = layers.draw_audiences(spec, accounts, urn, special_audience, seed)
    circles = layers.cut_circles(spec, zone, metro, accounts, urn, seed, threads)
    audience = sum(len(followers) for followers in special)
    dials = layers.solve_dials(spec, accounts, circles, urn, audience, seed)
    chunks, length = layers.follow(spec, accounts, circles, urn, dials, seed, threads)
    del urn, circles
    return transpose.by_followed(accounts, chunks, length, special, seed, threads)
