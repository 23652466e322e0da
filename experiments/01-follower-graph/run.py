"""Statistics of the follower graph at every size, of the Paris scenario at every scale, and of other constructions.

    python experiments/01-follower-graph/run.py sizes 1e4 1e5 1e6 1e7
    python experiments/01-follower-graph/run.py paris 1/100 1/10 1
    python experiments/01-follower-graph/run.py others
    python experiments/01-follower-graph/run.py picture

Rows that stand in `out/` already are not measured again.
"""

from __future__ import annotations

import csv
import dataclasses
import json
import random
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from msgu.measure.graph.table import DEFAULT_SAMPLING, Sampling, StatisticRow, table
from msgu.report.base.style import png
from msgu.report.graph import statistics_picture
from msgu.results.provenance import made_by
from msgu.world.graph import store
from msgu.world.graph.build import build_network
from msgu.world.graph.interchange import from_igraph, from_networkx
from msgu.world.graph.types import FollowerGraph, NetworkSpec

ROOT = Path(__file__).resolve().parents[2]
OUT = Path(__file__).resolve().parent / "out"
SCENARIO = ROOT / "scenarios" / "paris-2015-11-13.yaml"
METRO = np.array([0] * 23 + list(range(1, 19)), np.int16)
"""Zones like those of Paris: 23 of one metropolitan area, ten of the rest of the country, eight abroad."""
SHARES = np.array([0.25 / 23] * 23 + [0.04] * 10 + [0.35 / 8] * 8)
AUDIENCE = (36_962, 71_000, 710_350)
"""Followers of the police prefecture, the national police and the city before the night, among ten million accounts."""
SEEDS = (1, 2, 3)
COLUMNS = ("case", "accounts", "seed", "statistic", "value", "error", "low", "high", "verdict")
OTHERS_SIZE = 20_000


def main(words: list[str]) -> None:
    """Do what the words ask for."""
    verbs: dict[str, Callable[[list[str]], None]] = {"sizes": sizes, "paris": paris, "others": others, "picture": picture}
    if not words or words[0] not in verbs:
        raise SystemExit(__doc__)
    OUT.mkdir(exist_ok=True)
    verbs[words[0]](words[1:])


def sizes(given: list[str]) -> None:
    """Measure the generator as it is by default: three seeds up to a million accounts, one above."""
    for n in (int(float(word)) for word in given):
        for seed in SEEDS if n <= 1_000_000 else SEEDS[:1]:
            if not _known("statistics.csv", "default", n, seed):
                _add("statistics.csv", "default", n, seed, _measured(*_default(NetworkSpec(n), seed), seed))


def _default(spec: NetworkSpec, seed: int) -> tuple[FollowerGraph, Any]:
    n = spec.n_accounts
    zone = np.random.Generator(np.random.Philox(seed)).choice(len(SHARES), n, p=SHARES / SHARES.sum()).astype(np.int16)
    audience = np.array(AUDIENCE, np.int64) * n // 10**7
    key = 0x9E3779B97F4A7C15 * seed % 2**64
    return store.load_or_build(spec, zone, METRO, audience, key, build_network), METRO[zone]


def _measured(graph: FollowerGraph, metro: Any, seed: int, named: int = len(AUDIENCE)) -> list[StatisticRow]:
    exact = graph.n_accounts <= 10_000
    return table(graph, metro, Sampling() if exact else dataclasses.replace(DEFAULT_SAMPLING, key=seed), named)


def paris(given: list[str]) -> None:
    """Measure the graph of the Paris scenario, which has a ceiling on ordinary audiences and twenty named accounts."""
    from msgu.scenario.load import resolve
    from msgu.world.accounts import build_accounts

    for word in given:
        scenario = resolve(SCENARIO, (), [f"scale={word}"]).scenario
        n = round(float(Fraction(word)) * (scenario.network.accounts if scenario.network else 0))
        if _known("statistics.csv", "paris", n, scenario.seed):
            continue
        zones = scenario.places.zone_ids()
        accounts = build_accounts(scenario, scenario.seed, scenario.scale, zones)
        areas = [scenario.places.zones[zone].metro_area or zone for zone in zones]
        area = np.array([sorted(set(areas)).index(a) for a in areas], np.int16)
        rows = _measured(accounts.graph, area[accounts.zone], scenario.seed, len(accounts.names))
        _add("statistics.csv", "paris", n, scenario.seed, rows)


# ---- other constructions ----


def others(_: list[str]) -> None:
    """Measure constructions of the literature, and ours without each of its layers, at one size."""
    spec = NetworkSpec(OTHERS_SIZE)
    without = {
        "ours": spec,
        "ours without circles": dataclasses.replace(spec, mate_chance=0.0, shared_chance=0.0),
        "ours without adopted accounts": dataclasses.replace(spec, shared_chance=0.0),
        "ours without following back": dataclasses.replace(spec, back_base=0.0, back_top=0.0),
        "ours without kinds of account": dataclasses.replace(spec, unfollowed_share=0.0, unfollowing_share=0.0),
        "ours without geography": dataclasses.replace(spec, home_share=0.0),
    }
    cases: dict[str, Callable[[], tuple[FollowerGraph, Any]]] = {
        name: (lambda given=given: _default(given, 1)) for name, given in without.items()
    }
    for name, make in (cases | _literature()).items():
        if not _known("others.csv", name, OTHERS_SIZE, 1):
            graph, metro = make()
            _add("others.csv", name, OTHERS_SIZE, 1, _measured(graph, metro, 1, len(AUDIENCE) if metro is not None else 0))


def _literature() -> dict[str, Callable[[], tuple[FollowerGraph, Any]]]:
    """Generators of igraph, networkx and networkit at the same size and the same mean degree, where they can."""
    import igraph
    import networkit
    import networkx as nx

    n, k, rng = OTHERS_SIZE, 50, np.random.Generator(np.random.Philox(1))

    def undirected(given: Any) -> tuple[FollowerGraph, Any]:
        return from_networkx(given).graph, None

    def static() -> tuple[FollowerGraph, Any]:
        random.seed(1)  # the generator that igraph uses
        return from_igraph(igraph.Graph.Static_Power_Law(n, n * k, 2.7, 2.2)).graph, None

    def hyperbolic() -> tuple[FollowerGraph, Any]:
        networkit.setSeed(1, False)
        made = networkit.generators.HyperbolicGenerator(n, k, 2.2, 0).generate()
        return from_networkx(networkit.nxadapter.nk2nx(made)).graph, None

    def configuration() -> tuple[FollowerGraph, Any]:
        graph, _ = _default(NetworkSpec(n), 1)
        degrees = np.diff(graph.offsets).tolist(), graph.out_degree.tolist()
        return from_networkx(nx.directed_configuration_model(*degrees, seed=1)).graph, None

    def blocks() -> tuple[FollowerGraph, Any]:
        """Degree-corrected blocks of 40 accounts: half of the ties inside, ends by the degrees of ours."""
        graph, _ = _default(NetworkSpec(n), 1)
        return _degree_corrected(np.diff(graph.offsets), graph.out_degree, 40, 0.5, rng), None

    return {
        "configuration model, our degrees": configuration,
        "degree-corrected blocks, our degrees": blocks,
        "static power law (Chung-Lu)": static,
        "Barabasi-Albert": lambda: undirected(nx.barabasi_albert_graph(n, k // 2, seed=1)),
        "Holme-Kim": lambda: undirected(nx.powerlaw_cluster_graph(n, k // 2, 0.9, seed=1)),
        "hyperbolic": hyperbolic,
    }


def _degree_corrected(followers: Any, follows: Any, size: int, inside: float, rng: np.random.Generator) -> FollowerGraph:
    from msgu.world.graph.interchange import from_edges

    n = len(follows)
    source = np.repeat(np.arange(n), follows)
    weight = np.concatenate([[0.0], np.cumsum(followers, dtype=float)])
    near = rng.random(len(source)) < inside
    low = np.where(near, weight[source // size * size], 0.0)
    high = np.where(near, weight[np.minimum(n, (source // size + 1) * size)], weight[-1])
    target = np.searchsorted(weight, low + rng.random(len(source)) * (high - low), side="right") - 1
    return from_edges(source, np.clip(target, 0, n - 1), n)[0]


# ---- what is kept ----


def _rows(name: str) -> Iterator[dict[str, str]]:
    if (OUT / name).exists():
        with open(OUT / name, encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _known(name: str, case: str, n: int, seed: int) -> bool:
    return any((row["case"], row["accounts"], row["seed"]) == (case, str(n), str(seed)) for row in _rows(name))


def _add(name: str, case: str, n: int, seed: int, rows: list[StatisticRow]) -> None:
    """Append the rows of one graph, and say where they come from."""
    fresh = not (OUT / name).exists()
    with open(OUT / name, "a", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        if fresh:
            out.writerow(COLUMNS)
        for row in rows:
            numbers = [f"{x:.5g}" if x == x else "" for x in (row.value, row.error, row.low, row.high)]
            out.writerow([case, n, seed, row.name, *numbers, row.verdict])
    (OUT / "provenance.json").write_text(json.dumps(made_by(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    outside = [row.name for row in rows if row.verdict == "outside"]
    print(f"{case}, {n:,} accounts, seed {seed}: outside the bands: {', '.join(outside) or 'none'}", flush=True)


def picture(_: list[str]) -> None:
    """Draw every judged statistic against the number of accounts."""
    rows = list(_rows("statistics.csv"))
    (OUT / "statistics.png").write_bytes(png(statistics_picture(rows)))


if __name__ == "__main__":
    main(sys.argv[1:])
