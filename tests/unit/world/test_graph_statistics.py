"""Statistics of graphs against networkx on small graphs, and sampled ones against exact ones."""

from __future__ import annotations

import math
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from msgu.measure.graph import statistics as measure
from msgu.measure.graph.statistics import BothWays
from msgu.measure.graph.table import BANDS, UNJUDGED, Sampling, StatisticRow, default_sampling, table
from msgu.report.graph import degree_picture, table_text
from msgu.world.graph.build import build_network
from msgu.world.graph.interchange import from_edges, from_networkx
from msgu.world.graph.types import FollowerGraph, NetworkSpec


def small_graphs() -> list[nx.DiGraph]:
    path = nx.DiGraph(pairwise(range(6)))
    lonely = nx.gnp_random_graph(30, 0.08, seed=3, directed=True)
    lonely.add_nodes_from(range(30, 36))
    dense = nx.gnp_random_graph(25, 0.4, seed=4, directed=True)
    mixed = nx.DiGraph(nx.powerlaw_cluster_graph(60, 3, 0.6, seed=5))
    mixed.remove_edges_from([(a, b) for a, b in list(mixed.edges) if (a * 7 + b) % 3 == 0])
    return [path, lonely, dense, mixed, nx.DiGraph(nx.complete_graph(7)), nx.DiGraph(nx.star_graph(8))]


@pytest.fixture(params=range(6), ids=["path", "lonely", "dense", "mixed", "complete", "star"])
def pair(request: pytest.FixtureRequest) -> tuple[nx.DiGraph, BothWays]:
    """The same graph for networkx and for us."""
    given = small_graphs()[request.param]
    return given, measure.both_ways(from_networkx(given).graph)


@pytest.mark.toy
def test_reciprocity_over_ties_and_over_pairs_agrees(pair: tuple[nx.DiGraph, BothWays]) -> None:
    theirs, ours = pair
    assert measure.reciprocity(ours) == pytest.approx(nx.overall_reciprocity(theirs))
    joined = {frozenset(e) for e in theirs.edges}
    both = sum(theirs.has_edge(*e) and theirs.has_edge(*tuple(e)[::-1]) for e in map(tuple, joined))
    assert measure.pair_reciprocity(ours) == pytest.approx(both / len(joined))


@pytest.mark.toy
def test_clustering_and_transitivity_agree(pair: tuple[nx.DiGraph, BothWays]) -> None:
    theirs, ours = pair
    flat = theirs.to_undirected()
    mine = measure.local_clustering(ours, np.arange(ours.n_accounts))
    assert mine == pytest.approx(list(nx.clustering(flat).values()))
    assert measure.average_clustering(ours).value == pytest.approx(nx.average_clustering(flat))
    assert measure.transitivity(ours).value == pytest.approx(nx.transitivity(flat))


@pytest.mark.toy
def test_degree_correlations_agree(pair: tuple[nx.DiGraph, BothWays]) -> None:
    theirs, ours = pair
    with np.errstate(all="ignore"):
        want = nx.degree_pearson_correlation_coefficient(theirs.to_undirected()) if not _regular(theirs) else math.nan
    assert measure.assortativity(ours) == pytest.approx(want, nan_ok=True)
    for x in ("in", "out"):
        for y in ("in", "out"):
            ends = np.array([(_degree(theirs, a, x), _degree(theirs, b, y)) for a, b in theirs.edges], float)
            if ends[:, 0].std() and ends[:, 1].std():
                assert measure.directed_assortativity(ours, x, y) == pytest.approx(np.corrcoef(ends.T)[0, 1])
            else:
                assert math.isnan(measure.directed_assortativity(ours, x, y))


@pytest.mark.toy
@pytest.mark.parametrize("without", [0, 1, 3])
def test_the_degree_correlation_without_the_first_accounts_is_that_of_the_graph_without_them(
    pair: tuple[nx.DiGraph, BothWays], without: int
) -> None:
    theirs, ours = pair
    rest = theirs.to_undirected()
    rest.remove_nodes_from(list(theirs)[:without])
    uneven = len({degree for _, degree in rest.degree if degree}) > 1
    with np.errstate(all="ignore"):
        want = nx.degree_pearson_correlation_coefficient(rest) if uneven else math.nan
    assert measure.assortativity(ours, without) == pytest.approx(want, nan_ok=True)


@pytest.mark.toy
def test_the_in_out_correlation_is_that_of_the_logarithms(pair: tuple[nx.DiGraph, BothWays]) -> None:
    theirs, ours = pair
    x = np.log1p([theirs.in_degree(a) for a in theirs])
    y = np.log1p([theirs.out_degree(a) for a in theirs])
    want = np.corrcoef(x, y)[0, 1] if x.std() and y.std() else math.nan
    assert measure.in_out_correlation(ours) == pytest.approx(want, nan_ok=True)


@pytest.mark.toy
def test_distances_and_components_agree(pair: tuple[nx.DiGraph, BothWays]) -> None:
    theirs, ours = pair
    lengths = [d for _, row in nx.all_pairs_shortest_path_length(theirs) for d in row.values() if d]
    assert measure.mean_distance(ours).value == pytest.approx(np.mean(lengths))
    weak = max(map(len, nx.weakly_connected_components(theirs)))
    strong = max(map(len, nx.strongly_connected_components(theirs)))
    assert measure.weakly_connected_share(ours) == pytest.approx(weak / len(theirs))
    assert measure.strongly_connected_share(ours) == pytest.approx(strong / len(theirs))


@pytest.mark.toy
def test_ties_within_a_group_and_gini_agree_with_counting(pair: tuple[nx.DiGraph, BothWays]) -> None:
    theirs, ours = pair
    number = {name: i for i, name in enumerate(theirs)}
    group = (np.arange(ours.n_accounts) % 3).astype(np.int16)
    same = sum(group[number[a]] == group[number[b]] for a, b in theirs.edges)
    assert measure.home_share(ours, group) == pytest.approx(same / theirs.number_of_edges())
    degrees = np.diff(ours.offsets).astype(float)
    want = np.abs(degrees[:, None] - degrees).sum() / (2 * len(degrees) * degrees.sum())
    assert measure.gini(degrees) == pytest.approx(want)


@pytest.mark.long
def test_sampled_values_lie_within_four_standard_errors_of_exact_ones() -> None:
    # 4 s.e.: a right estimator fails once in 16,000; one that drew hubs too rarely missed by more than 10 s.e.
    spec = NetworkSpec(4000)
    graph = build_network(spec, np.zeros(4000, np.int16), np.zeros(1, np.int16), np.zeros(0, np.int64), 3)
    ours = measure.both_ways(graph)
    for exact, sampled in (
        (measure.average_clustering(ours), measure.average_clustering(ours, 800, 5)),
        (measure.transitivity(ours), measure.transitivity(ours, 20_000, 5)),
        (measure.mean_distance(ours), measure.mean_distance(ours, 64, 5)),
    ):
        assert exact.error == 0
        assert 0 < sampled.error < 0.2 * exact.value
        assert abs(sampled.value - exact.value) < 4 * sampled.error


def test_clustering_by_random_pairs_agrees_with_all_pairs() -> None:
    spec = NetworkSpec(3000)
    graph = build_network(spec, np.zeros(3000, np.int16), np.zeros(1, np.int16), np.zeros(0, np.int64), 3)
    ours = measure.both_ways(graph)
    hubs = np.argsort(ours.degree)[-20:]
    exact = measure.local_clustering(ours, hubs)
    sampled = measure.local_clustering(ours, hubs, 1, exact_below=10, pairs=4000)
    assert np.abs(sampled - exact).max() < 4.5 * math.sqrt(exact.max() / 4000)
    assert not np.array_equal(sampled, exact)


@pytest.mark.toy
@pytest.mark.parametrize("exponent", [2.0, 2.3, 2.8])
def test_the_fitted_tail_finds_a_planted_exponent_above_a_planted_start(exponent: float) -> None:
    rng = np.random.Generator(np.random.Philox(7))
    body = rng.integers(0, 20, 30_000)
    upper = np.floor(19.5 * rng.random(6000) ** (-1 / (exponent - 1)) + 0.5).astype(np.int64)
    found = measure.tail(np.concatenate([body, np.minimum(upper, 2**40)]))
    assert found.exponent == pytest.approx(exponent, abs=4 * found.error + 0.02)
    assert 15 <= found.start <= 60


@pytest.mark.toy
def test_a_graph_without_ties_has_no_values_but_shares() -> None:
    graph, _ = from_edges(np.zeros(0, np.int64), np.zeros(0, np.int64), 4)
    rows = {row.name: row for row in table(graph, np.zeros(4, np.int16), Sampling())}
    assert set(rows) == set(BANDS) - {"unnamed"} | set(UNJUDGED)
    assert rows["weak"].value == 0.25
    assert math.isnan(rows["reciprocity"].value)
    assert rows["reciprocity"].verdict == "not judged"


@pytest.mark.toy
def test_without_a_sample_every_statistic_is_exact() -> None:
    """Two accounts of a triangle, one of them with a tie beside it: three of five paths of two ties are closed."""
    rows = {row.name: row for row in table(graph_of([(0, 1), (1, 2), (2, 0), (3, 0)], 4), None, Sampling())}
    assert (rows["transitivity"].value, rows["transitivity"].error) == (pytest.approx(3 / 5), 0.0)
    assert (rows["clustering"].value, rows["clustering"].error) == (pytest.approx((1 / 3 + 1 + 1) / 4), 0.0)


def graph_of(ties: list[tuple[int, int]], accounts: int) -> FollowerGraph:
    pairs = np.array(ties, np.int64).reshape(-1, 2)
    return from_edges(pairs[:, 0], pairs[:, 1], accounts)[0]


def of_ties(ties: list[tuple[int, int]], accounts: int) -> BothWays:
    return measure.both_ways(graph_of(ties, accounts))


@pytest.mark.parametrize("accounts", [300, 1001])
def test_distances_have_no_longest_one(accounts: int) -> None:
    chain = of_ties(list(pairwise(range(accounts))), accounts)
    assert measure.mean_distance(chain).value == pytest.approx((accounts + 1) / 3)
    ring = of_ties([(i, (i + 1) % accounts) for i in range(accounts)], accounts)
    assert measure.mean_distance(ring) == measure.Estimate(accounts / 2)
    assert measure.mean_distance(ring, 70, 1).value == pytest.approx(accounts / 2)


@pytest.mark.toy
def test_a_graph_of_no_account_has_no_statistics_each_with_its_reason() -> None:
    graph, _ = from_edges(np.zeros(0, np.int64), np.zeros(0, np.int64), 0)
    rows = table(graph, np.zeros(0, np.int16))
    assert all(math.isnan(row.value) and row.verdict == "not judged" and row.reason == "no account" for row in rows)
    assert table_text(rows).count("no account") == len(rows)
    assert degree_picture(np.zeros(0, np.int64), np.zeros(0, np.int64)).alternative == "No account."


@pytest.mark.toy
@pytest.mark.parametrize(("accounts", "each"), [(6, 2), (9, 4), (31, 3), (50, 5)])
def test_what_is_the_same_for_all_accounts_is_correlated_with_nothing(accounts: int, each: int) -> None:
    ties = [(i, (i + k) % accounts) for i in range(accounts) for k in range(1, each + 1)]
    rows = {row.name: row for row in table(graph_of(ties, accounts))}
    for name in ("in-out", "in-out raw", "assortativity", "out-in", "in-in"):
        assert math.isnan(rows[name].value), name
        assert rows[name].verdict == "not judged" and rows[name].reason


@pytest.mark.toy
@pytest.mark.parametrize("value", [math.log1p(2), 0.1, 1 / 3])
def test_a_constant_side_leaves_no_correlation_whatever_its_rounding(value: float) -> None:
    for n in range(2, 60):
        assert math.isnan(measure.correlation(np.full(n, value), np.arange(n)))
        assert math.isnan(measure.correlation(np.arange(n), np.full(n, value)))


@pytest.mark.toy
def test_one_degree_is_no_tail() -> None:
    assert math.isnan(measure.tail(np.ones(1000, np.int64)).exponent)
    assert measure.tail(np.repeat([0, 7], 200)).size == 0


@pytest.mark.toy
def test_many_accounts_at_a_limit_do_not_make_the_tail() -> None:
    rng = np.random.Generator(np.random.Philox(11))
    drawn = np.floor(1.5 * rng.random(20_000) ** (-1 / 1.0) + 0.5).astype(np.int64)
    found = measure.tail(np.minimum(drawn, 100))
    assert np.count_nonzero(drawn >= 100) > 50
    assert found.exponent == pytest.approx(2.0, abs=0.1)
    assert found.start < 100


def test_distances_in_a_graph_of_many_accounts_are_sampled_unless_asked() -> None:
    assert default_sampling(10_000, 10_000) == Sampling()
    assert default_sampling(60_000, 60_000) == Sampling(targets=64)
    assert default_sampling(700_000, 60_000).wedges > 0


@pytest.mark.toy
def test_a_verdict_says_on_which_side_of_the_band_a_value_lies() -> None:
    assert [StatisticRow("x", "", v, 0.0, 1.0, 2.0).verdict for v in (0.9, 1.0, 2.0, 2.1)] == [
        "outside",
        "inside",
        "inside",
        "outside",
    ]


def _degree(graph: nx.DiGraph, node: int, side: str) -> int:
    return int(graph.in_degree(node) if side == "in" else graph.out_degree(node))


def _regular(graph: nx.DiGraph) -> bool:
    return len({d for _, d in graph.to_undirected().degree}) == 1
