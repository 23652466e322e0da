"""Accounts of a world: zone, activity, names, and the follower graph between them."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu import streams
from msgu.errors import RefusedError
from msgu.kernels.base import sample
from msgu.scenario.schema.root import Scenario
from msgu.world.graph.build import build_network
from msgu.world.graph.types import FollowerGraph, NetworkSpec

MOST_COMPLETE = 5000


@dataclass(frozen=True)
class Accounts:
    """The accounts of a world.

    The named ones come first, sorted by id; but those that stand apart (see `Scenario.stands_apart`) come last, so that one more
    of them moves no draw of the others.

    zone, susceptibility (mean 1; 0 for named accounts) : shape (n,).
    key, activity_sigma : of the law of activity, which is drawn where it is asked for.
    apart : number of accounts that stand apart, the last of `names`.
    participation : key, share and spread of who takes part; None: every account may.
    """

    graph: FollowerGraph
    names: tuple[str, ...]
    zone: NDArray[np.int16]
    susceptibility: NDArray[np.float32]
    key: np.uint64
    activity_sigma: float
    apart: int = 0
    participation: tuple[np.uint64, float, float] | None = None

    @property
    def activity(self) -> NDArray[np.float64]:
        """Activity of each account, of mean 1, 0 for named ones; made anew: 0.08 GB at scale 1, asked for once a night."""
        activity = np.ones(self.n)
        if self.n and self.activity_sigma > 0:
            sample.lognormals(self.key, self.activity_sigma, activity)
        if self.participation is not None:
            sample.take_part(*self.participation, activity)
        if self.n:
            activity[[self.number(name) for name in self.names]] = 0.0
        return activity

    @property
    def in_network(self) -> int:
        """Number of accounts that follow or are followed by others: all but those that stand apart."""
        return self.n - self.apart

    def number(self, name: str) -> int:
        """Return the number of a named account."""
        place = self.names.index(name)
        named = len(self.names) - self.apart
        return place if place < named else self.in_network + place - named

    def labels(self) -> tuple[str, ...]:
        """Return a label for each account: its name, else its number."""
        named = len(self.names) - self.apart
        return self.names[:named] + tuple(str(i) for i in range(named, self.in_network)) + self.names[named:]

    @property
    def n(self) -> int:
        """Number of accounts."""
        return len(self.zone)

    @cached_property
    def largest_audience(self) -> int:
        """Followers of the account that has most."""
        return int(np.diff(self.graph.offsets).max(initial=0))


def cumulative_shares(weights: NDArray[Any]) -> NDArray[np.float64]:
    """Cumulative shares of non-negative weights (all alike where every weight is 0)."""
    w = np.asarray(weights, np.float64)
    if w.sum() <= 0:
        w = np.ones_like(w)
    total: NDArray[np.float64] = np.cumsum(w) / w.sum()
    return total


def account_shares(scenario: Scenario, zones: list[str]) -> NDArray[np.float64]:
    """Relative number of accounts by zone: as given, else by population."""
    shares = scenario.network.shares if scenario.network else {}
    if shares:
        return np.array([shares.get(z, 0.0) for z in zones])
    return np.array([float(scenario.places.zones[z].population or 0) for z in zones])


def build_accounts(scenario: Scenario, seed: int, scale: float, zones: list[str]) -> Accounts:
    """Build the accounts and their follower graph for one seed and scale."""
    names = tuple(sorted(scenario.accounts, key=lambda name: (scenario.stands_apart(name), name)))
    network = scenario.network
    apart = 0 if network is None else sum(scenario.stands_apart(name) for name in names)
    named = len(names) - apart
    n = 0 if network is None else max(round(network.accounts * scale), named) + apart
    key = {name: np.uint64(streams.key(seed, streams.WORLD, name)) for name in streams.STREAMS if name.startswith("world.")}
    zone = np.zeros(n, np.int16)
    susceptibility = np.ones(n)
    if n:
        sample.categories(
            key["world.account-zone"],
            0,
            cumulative_shares(account_shares(scenario, zones)),
            zone,
        )
        if scenario.attention.susceptibility_sigma > 0:
            sample.lognormals(
                key["world.account-susceptibility"],
                scenario.attention.susceptibility_sigma,
                susceptibility,
            )
    participation = None
    if scenario.attention.participation is not None:
        given = scenario.attention.participation
        participation = key["world.account-participation"], given.share, given.sigma
        sample.take_part(*participation, susceptibility)
    for i, name in zip([*range(named), *range(n - apart, n)], names if n else (), strict=bool(n)):
        zone[i] = zones.index(scenario.accounts[name].zone)
        susceptibility[i] = 0.0
    graph = _graph(scenario, scale, zone[: n - apart], zones, int(key["world.network"]), names[:named])
    if scenario.attention.influence_fall > 0 and graph.offsets[-1] > graph.offsets[named]:
        susceptibility[: n - apart] *= _less_with_followers(graph, named, scenario.attention.influence_fall)
    return Accounts(
        _beside(graph, apart),
        names,
        zone,
        susceptibility.astype(np.float32),
        key["world.account-activity"],
        scenario.attention.activity_sigma,
        apart,
        participation,
    )


def _beside(graph: FollowerGraph, apart: int) -> FollowerGraph:
    """Return the graph with so many more accounts at the end, without a tie."""
    if not apart:
        return graph
    offsets = np.concatenate([graph.offsets, np.repeat(graph.offsets[-1:], apart)])
    degree = np.concatenate([graph.out_degree, np.zeros(apart, np.int32)])
    return FollowerGraph(offsets, graph.followers, degree, graph.tie)


def _less_with_followers(graph: FollowerGraph, n_special: int, power: float) -> NDArray[np.float64]:
    """Factor of susceptibility by number of followers, of mean 1 over the accounts without a name; shape (n,)."""
    followers = np.diff(graph.offsets)
    factor: NDArray[np.float64] = 1.0 + followers / float(followers[n_special:].mean())
    sample.powers(-power, factor)
    factor /= float(factor[n_special:].mean())
    return factor


def _graph(
    scenario: Scenario,
    scale: float,
    zone: NDArray[np.int16],
    zones: list[str],
    key: int,
    names: tuple[str, ...],
) -> FollowerGraph:
    network = scenario.network
    n = len(zone)
    if network is None or n == 0:
        return FollowerGraph(np.zeros(n + 1, np.int64), np.empty(0, np.int32), np.zeros(n, np.int32))
    if network.complete:
        return _complete(n)
    if network.edge_list is not None:
        from msgu.world.graph.edge_list import read_edge_list
        from msgu.world.graph.given import find

        return read_edge_list(find(network), n)
    areas = [scenario.places.zones[z].metro_area or z for z in zones]
    metro = np.array([sorted(set(areas)).index(a) for a in areas], np.int16)
    audience = np.array(
        [min(round(scenario.accounts[x].followers * scale), n - 1) for x in names],
        np.int64,
    )
    spec = NetworkSpec(
        n_accounts=n,
        mean_follows=min(network.mean_follows, max(n - 1, 0)),
        home_share=network.home_share,
        in_max=float(network.largest_audience or math.inf),
        **network.graph.model_dump(exclude={"source", "confidence", "note"}),
    )
    from msgu.world.graph import store

    return store.load_or_build(spec, zone, metro, audience, key, build_network)


def _complete(n: int) -> FollowerGraph:
    if n > MOST_COMPLETE:
        raise RefusedError(f"a complete graph of {n} accounts; at most {MOST_COMPLETE}")
    everyone = np.arange(n, dtype=np.int32)
    followers = np.concatenate([np.delete(everyone, i) for i in range(n)]) if n > 1 else np.empty(0, np.int32)
    return FollowerGraph(
        np.arange(n + 1, dtype=np.int64) * max(n - 1, 0),
        followers,
        np.full(n, max(n - 1, 0), np.int32),
    )


def graph_digest(graph: FollowerGraph) -> str:
    """SHA-256 of the graph's arrays."""
    total = hashlib.sha256()
    for column in (graph.offsets, graph.followers, graph.out_degree, graph.tie):
        total.update(np.ascontiguousarray(column).view(np.uint8).data)
    return total.hexdigest()
