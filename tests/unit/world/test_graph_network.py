"""The follower graph: the same at any number of threads, equal to its plain twin, and like the real one."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from msgu.measure.graph import statistics as measure
from msgu.measure.graph.table import BANDS, Sampling, table
from msgu.world.graph import layers, transpose
from msgu.world.graph.build import build_network, predict_graph
from msgu.world.graph.types import FollowerGraph, NetworkSpec
from numpy.typing import NDArray

from tests.unit.world.naive_graph import NaiveGraph

METRO = np.array([0, 0, 0, 1, 2, 3, 4, 5, 6], np.int16)
SHARES = [0.1, 0.1, 0.05, 0.25, 0.2, 0.1, 0.1, 0.05, 0.05]
QUICK = Sampling(accounts=800, wedges=20_000, targets=32)


def zones(n: int, seed: int = 1) -> NDArray[np.int16]:
    return np.random.Generator(np.random.Philox(seed)).choice(len(METRO), n, p=SHARES).astype(np.int16)


def graph_of(spec: NetworkSpec, seed: int = 1, audience: tuple[int, ...] = (), threads: int = 1) -> FollowerGraph:
    key = 0x9E3779B97F4A7C15 * seed % 2**64
    return build_network(spec, zones(spec.n_accounts, seed), METRO, np.array(audience, np.int64), key, threads)


def same(a: FollowerGraph, b: FollowerGraph) -> bool:
    return all(np.array_equal(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(FollowerGraph))


@pytest.mark.toy
@pytest.mark.parametrize(
    ("n", "changes", "audience"),
    [
        (60, {}, ()),
        (250, {"mean_follows": 20.0}, (7, 40)),
        (250, {"mean_follows": 20.0, "home_share": 0.0, "near_share": 1.0, "unfollowed_share": 0.6}, (1,)),
        (150, {"mean_follows": 5.0, "back_base": 0.9, "adopted_ratio": 3.0, "keenness": 1.0}, ()),
    ],
)
def test_the_graph_is_that_of_the_plain_twin(n: int, changes: dict[str, float], audience: tuple[int, ...]) -> None:
    spec = dataclasses.replace(NetworkSpec(n, mean_follows=12.0), **changes)
    zone, wanted, key = zones(n), np.array(audience, np.int64), 2**63 + n
    accounts = layers.draw_accounts(spec, zone, METRO, len(audience), np.uint64(key), 1)
    urn = layers.fill_urn(accounts, 7)
    circles = layers.cut_circles(spec, zone, METRO, accounts, urn, np.uint64(key), 1)
    dials = layers.solve_dials(spec, accounts, circles, urn, sum(audience), np.uint64(key))
    built = build_network(spec, zone, METRO, wanted, key)
    naive = NaiveGraph(spec, zone.tolist(), METRO.tolist(), list(audience), key, dials)
    assert [built.followers_of(i).tolist() for i in range(n)] == naive.followers()
    assert built.out_degree.tolist() == [len(followed) for followed in naive.follows]


@pytest.mark.long
def test_threads_and_the_size_of_tasks_change_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = NetworkSpec(6000)
    reference = graph_of(spec, audience=(50, 900))
    monkeypatch.setattr(layers, "CHUNK", 700)
    monkeypatch.setattr(transpose, "SHIFT", 7)
    for threads in (1, 2, 3, 16):
        assert same(reference, graph_of(spec, audience=(50, 900), threads=threads))


def test_another_key_gives_another_graph() -> None:
    spec = NetworkSpec(500, mean_follows=10.0)
    assert not same(graph_of(spec, 1), build_network(spec, zones(500, 1), METRO, np.zeros(0, np.int64), 5))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 17, 100, 3000])
@pytest.mark.parametrize("n_special", [0, 1, 3])
def test_rows_are_ascending_without_repeats_and_nobody_follows_itself(n: int, n_special: int) -> None:
    if n_special > n:
        pytest.skip("more special accounts than accounts")
    graph = graph_of(NetworkSpec(n, mean_follows=min(50.0, max(0.0, n - 1.0))), audience=(9,) * n_special)
    assert graph.offsets[0] == 0
    assert graph.offsets[-1] == len(graph.followers)
    assert np.array_equal(np.bincount(graph.followers, minlength=n), graph.out_degree)
    for account in range(n):
        row = graph.followers_of(account)
        assert (np.diff(row) > 0).all()
        assert account not in row
        assert not len(row) or (row[0] >= 0 and row[-1] < n)


def test_special_accounts_have_exactly_the_audience_asked_for() -> None:
    audience = (0, 1, 37, 1500, 10**6)
    graph = graph_of(NetworkSpec(4000), audience=audience)
    able = int((graph.out_degree[5:] > 0).sum())
    assert np.diff(graph.offsets)[:5].tolist() == [0, 1, 37, 1500, able]


@pytest.mark.parametrize(("mean", "home"), [(50.0, 0.39), (20.0, 0.39), (50.0, 0.6)])
def test_the_mean_of_follows_and_the_share_at_home_are_those_asked_for(mean: float, home: float) -> None:
    spec = NetworkSpec(20_000, mean_follows=mean, home_share=home)
    graph = graph_of(spec, audience=(40, 3000))
    found = measure.home_share(measure.both_ways(graph), METRO[zones(20_000)])
    assert graph.n_edges / 20_000 == pytest.approx(mean, rel=0.03)
    assert found == pytest.approx(home, abs=0.02)


def judged(graph: FollowerGraph, seed: int) -> dict[str, str]:
    rows = table(graph, METRO[zones(graph.n_accounts, seed)], dataclasses.replace(QUICK, key=seed))
    return {row.name: row.verdict for row in rows if row.name in BANDS}


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_graph_of_ten_thousand_accounts_lies_inside_all_published_bands(seed: int) -> None:
    found = judged(graph_of(NetworkSpec(10_000), seed), seed)
    assert found.pop("distance") == "not judged"
    assert set(found) == set(BANDS) - {"distance", "unnamed"}
    assert set(found.values()) == {"inside"}, found


@pytest.mark.long
@pytest.mark.parametrize(
    ("planted", "outside"),
    [
        # a plain configuration graph: no circles, nothing adopted
        ({"mate_chance": 0.0, "adopted_ratio": 0.0, "back_base": 0.0, "back_top": 0.0}, {"reciprocity"}),
        ({"circle_smallest": 2.0, "circle_largest": 4.0, "mate_chance": 0.4}, {"transitivity"}),
        ({"in_exponent": 3.2}, {"tail", "gini"}),
        ({"unfollowed_share": 0.62}, {"strong", "gini"}),
    ],
)
def test_the_bands_reject_a_graph_that_misses_something(planted: dict[str, float], outside: set[str]) -> None:
    found = judged(graph_of(dataclasses.replace(NetworkSpec(10_000), **planted), 1), 1)
    assert outside <= {name for name, verdict in found.items() if verdict == "outside"}


def test_degrees_keep_their_law_when_the_number_of_accounts_changes() -> None:
    small, large = graph_of(NetworkSpec(5000), 1), graph_of(NetworkSpec(20_000), 2)
    for share in (0.4, 0.6, 0.8, 0.9, 0.95):
        one, other = (np.quantile(np.diff(g.offsets), share) for g in (small, large))
        assert other == pytest.approx(one, rel=0.25, abs=2)
        one, other = (np.quantile(g.out_degree, share) for g in (small, large))
        assert other == pytest.approx(one, rel=0.15, abs=2)


@pytest.mark.long
def test_with_a_ceiling_the_largest_audiences_are_the_same_at_every_scale() -> None:
    """Rejected: the rule without a ceiling, by which hubs are more than twice as large in four times the accounts."""

    def hubs(n: int, ceiling: float) -> float:
        followers = np.diff(graph_of(dataclasses.replace(NetworkSpec(n), in_max=ceiling), n).offsets)
        return float(np.sort(followers)[-n // 1000 :].mean())  # of the most popular thousandth

    assert hubs(32_000, 800.0) == pytest.approx(hubs(8000, 800.0), rel=0.15)
    assert hubs(32_000, math.inf) > 1.5 * hubs(8000, math.inf)


def test_an_exponent_of_exactly_two_is_no_special_case() -> None:
    tops = [layers._popularity_range(dataclasses.replace(NetworkSpec(10_000), in_exponent=x)) for x in (1.999, 2.0, 2.001)]
    assert sorted(tops) in (tops, tops[::-1])
    assert tops[1] == pytest.approx(np.sqrt(np.multiply(tops[0], tops[2])), rel=1e-3)


def test_a_ceiling_above_the_largest_audience_changes_no_byte() -> None:
    spec = NetworkSpec(3000)
    assert same(graph_of(spec), graph_of(dataclasses.replace(spec, in_max=3000.0)))
    assert not same(graph_of(spec), graph_of(dataclasses.replace(spec, in_max=300.0)))


def test_zones_that_do_not_fit_are_an_error() -> None:
    with pytest.raises(ValueError, match="zones for 10 accounts"):
        build_network(NetworkSpec(10), zones(9), METRO, np.zeros(0, np.int64), 1)
    with pytest.raises(ValueError, match=r"outside 0\.\.8"):
        build_network(NetworkSpec(10), np.full(10, 9, np.int16), METRO, np.zeros(0, np.int64), 1)
    with pytest.raises(ValueError, match=r"outside 0\.\.8"):
        build_network(NetworkSpec(10), np.array([0] * 9 + [-1], np.int16), METRO, np.zeros(0, np.int64), 1)


def test_predictions_cover_the_arrays_and_grow_with_the_graph() -> None:
    graph = graph_of(NetworkSpec(20_000))
    need = predict_graph(NetworkSpec(20_000))
    stored = sum(getattr(graph, f.name).nbytes for f in dataclasses.fields(FollowerGraph))
    assert need.disk == pytest.approx(stored, rel=0.03)
    assert need.memory > 2 * stored
    assert predict_graph(NetworkSpec(10**7)).memory < 8e9
