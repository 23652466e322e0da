"""The follower graph: 10**6 accounts x 50 follows, against other generators and against its floor.

What is compared is processor time on one thread for each tie, and peak memory for each tie.
The floor draws as many uniform ends with the same generator and counting-sorts them: no program that stores ties by
followed account can do less.
An undirected edge of a peer counts as two ties, because its adjacency holds two entries.
networkx's own configuration model has no clustering, no reciprocity and no geography, and neither has any other here.
The cost of each property that ours has besides is printed: they are switched on one by one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from msgu.kernels.base.draw import philox
from msgu.kernels.jit.compile import njit
from msgu.world.graph.build import build_network
from msgu.world.graph.types import NetworkSpec
from numpy.typing import NDArray

from benchmarks.interleave import Ratio, interleaved, peer

FOLLOWS = 50
METRO = np.array([0] * 23 + list(range(1, 19)), np.int16)
"""Zones as in the Paris scenario: 23 of one metropolitan area, ten of the rest of the country, eight abroad."""
SHARES = np.array([0.25 / 23] * 23 + [0.04] * 10 + [0.35 / 8] * 8)
BARE = {
    "home_share": 0.0, "near_share": 0.0, "mate_chance": 0.0, "adopted_ratio": 0.0, "shared_chance": 0.0, "back_base": 0.0,
    "back_top": 0.0,
}  # fmt: skip
"""Settings that leave of the graph the two laws of degrees, ordered lists, nobody twice, and draws that any threads share."""
PROPERTIES = {
    "degrees alone": (),
    "+ zones": ("home_share", "near_share"),
    "+ circles that know each other": ("mate_chance",),
    "+ favourites of a circle": ("adopted_ratio", "shared_chance"),
    "+ following back": ("back_base", "back_top"),
}
"""Each with the settings that go back to their usual values from there on."""
LARGE = "networkit Barabasi", "networkit hyperbolic"
"""Peers whose bounds are for a million accounts: at a tenth of that what they draw at random stays in the cache."""


def run(quick: bool) -> list[Ratio]:
    """Time the generators, measure their memory, and return the ratios."""
    n = 100_000 if quick else 1_000_000
    contestants: dict[str, Callable[[], float]] = {"msgu-sim": lambda: ours(n), "floor": lambda: floor(n)}
    networkit, igraph = peer("networkit"), peer("igraph")
    if networkit is not None:
        networkit.setNumberOfThreads(1)
        contestants["networkit Barabasi"] = lambda: 2.0 * _barabasi(networkit, n)
        contestants["networkit hyperbolic"] = lambda: 2.0 * _hyperbolic(networkit, n)
    if igraph is not None:
        contestants["igraph power law"] = lambda: _igraph(igraph, n // 5)
    contestants["networkx configuration"] = lambda: _networkx(n // 50)
    medians = interleaved(contestants, rounds=3 if quick else 5)
    found = medians["msgu-sim"]
    print_costs(n, medians)
    peers = [name for name in medians if name not in ("msgu-sim", "floor") and (name in LARGE) <= (not quick)]
    ratios = [Ratio(f"graph.{name.replace(' ', '-')}-over-ours", medians[name] / found, 1.0, True) for name in peers]
    floor_bound = [] if quick else [Ratio("graph.ours-over-floor", found / medians["floor"], 3.0, False)]
    return [*ratios, *floor_bound, _memory(n)]


def print_costs(n: int, medians: dict[str, float]) -> None:
    """Print what a tie costs as one property after the other is switched on; the least of three builds each, in turns."""
    steps: dict[str, tuple[NetworkSpec, NDArray[np.int64]]] = {}
    settings = dict(BARE)
    for title, names in PROPERTIES.items():
        for name in names:
            del settings[name]
        steps[title] = NetworkSpec(n, **settings), np.zeros(0, np.int64)
    steps["+ named accounts"] = NetworkSpec(n), _audience(n)
    costs = {
        title: min(found)
        for title, *found in zip(steps, *([_cost(*one) for one in steps.values()] for _ in range(3)), strict=True)
    }
    print("properties switched on one by one, ns a tie:")
    before = 0.0
    for title, cost in costs.items():
        print(f"  {title:34s} {cost:7.1f} {cost - before:+8.1f}")
        before = cost
    for name in ("networkit Barabasi", "floor"):
        if name in medians:
            print(f"  {name:34s} {1e9 * medians[name]:7.1f}")


def _cost(spec: NetworkSpec, audience: NDArray[np.int64]) -> float:
    """Processor time for each tie [ns]."""
    began = time.process_time()
    ties = build_network(spec, zones(spec.n_accounts), METRO, audience, 1, threads=1).n_edges
    return 1e9 * (time.process_time() - began) / ties


def zones(n: int) -> NDArray[np.int16]:
    """Zone of each account."""
    chosen = np.random.Generator(np.random.Philox(1)).choice(len(SHARES), n, p=SHARES / SHARES.sum())
    return chosen.astype(np.int16)


def ours(n: int) -> float:
    """Build the graph; returns the number of ties."""
    return float(build_network(NetworkSpec(n), zones(n), METRO, _audience(n), 1, threads=1).n_edges)


def _audience(n: int) -> NDArray[np.int64]:
    """Followers of three named accounts."""
    return np.array([36_962, 71_000, 710_350], np.int64) * n // 10**7


def floor(n: int) -> float:
    """Draw and counting-sort as many random ties."""
    return float(len(_floor(np.uint64(1), n, FOLLOWS)))


@njit
def _floor(key: np.uint64, n: int, k: int) -> NDArray[np.int32]:
    up = np.uint64(32)
    target = np.empty(n * k, np.int32)
    at = np.zeros(n + 1, np.int64)
    e = 0
    for i in range(n):
        for t in range(0, k, 2):
            a, b = philox(key, i, t, 0, 0)
            target[e] = np.int64(((a >> up) * np.uint64(n)) >> up)
            target[e + 1] = np.int64(((b >> up) * np.uint64(n)) >> up)
            e += 2
    for e in range(n * k):
        at[target[e] + 1] += 1
    for i in range(n):
        at[i + 1] += at[i]
    followers = np.empty(n * k, np.int32)
    e = 0
    for i in range(n):
        for _ in range(k):
            j = target[e]
            e += 1
            followers[at[j]] = i
            at[j] += 1
    return followers


def _barabasi(networkit: Any, n: int) -> int:
    return int(networkit.generators.BarabasiAlbertGenerator(FOLLOWS // 2, n).generate().numberOfEdges())


def _hyperbolic(networkit: Any, n: int) -> int:
    return int(networkit.generators.HyperbolicGenerator(n, FOLLOWS, 2.5, 0).generate().numberOfEdges())


def _igraph(igraph: Any, n: int) -> int:
    return int(igraph.Graph.Static_Power_Law(n, n * FOLLOWS, 2.7, 2.2).ecount())


def _networkx(n: int) -> int:
    import networkx as nx

    followers = np.minimum((np.random.Generator(np.random.Philox(2)).pareto(1.2, n) + 1) * 9, n / 10).astype(int)
    follows = np.full(n, followers.sum() // n)
    follows[: followers.sum() - follows.sum()] += 1
    return int(nx.directed_configuration_model(followers.tolist(), follows.tolist(), seed=1).number_of_edges())


def _memory(n: int) -> Ratio:
    """Compare peak memory for each tie, each in a process of its own, less what the process needs with a small graph."""
    _peak("ours", 2000)  # so that none of those measured has to compile
    mine = (_peak("ours", n) - _peak("ours", 2000)) / (n * FOLLOWS)
    theirs = (_peak("_networkx", 40_000) - _peak("_networkx", 400)) / (40_000 * FOLLOWS)
    print(f"peak memory for each tie: msgu-sim {mine:.1f} bytes, networkx {theirs:.0f} bytes")
    return Ratio("graph.memory-over-networkx", mine / theirs, 0.1, False)


def _peak(name: str, n: int) -> float:
    """Peak memory of a process that runs one function of this module [bytes]."""
    return float(printed(f"from benchmarks import graph; graph.{name}({n}); print(graph.peak_memory())"))


def printed(code: str, **room: str) -> str:
    """Run our own words in a process of its own and return the last line that it prints.

    room : what is added to the environment.
    """
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-c", code], cwd=root, env=os.environ | room, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.splitlines()[-1]


def peak_memory() -> float:
    """Peak memory of this process [bytes]; getrusage would carry over that of the parent."""
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM:"))
    return float(line.split()[1]) * 1024.0
