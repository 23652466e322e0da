"""Measures of cascades: closed forms, brute force on random trees, a naive count of reach, export and command line."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import typer
from msgu.cli.settings import Settings
from msgu.cli.verbs import cascades as verb
from msgu.engine.run import simulate
from msgu.errors import InputError, RefusedError, StorageError
from msgu.measure.cascades import files
from msgu.measure.cascades.shape import Cascades, by_kind, complementary, measure, reach, time_to
from msgu.results import Results
from msgu.scenario.load import load
from msgu.study.batch.run import run_batch
from msgu.world.build import build_world
from msgu.world.graph.types import FollowerGraph
from numpy.typing import NDArray
from typer.testing import CliRunner

from tests import TOY


def of(parents: list[int]) -> Cascades:
    """Measures of shares: -1 begins a cascade."""
    root: list[int] = []
    for row, parent in enumerate(parents):
        root.append(row if parent < 0 else root[parent])
    return measure(parents, root)


# ---- closed forms ----


@pytest.mark.parametrize("n", [2, 3, 10, 400])
def test_a_chain_is_as_deep_as_it_is_long(n: int) -> None:
    """Mean distance on a path of n posts is (n + 1) / 3."""
    found = of([-1, *range(n - 1)])
    assert (found.size[0], found.depth[0], found.breadth[0]) == (n, n - 1, 1)
    assert found.virality[0] == pytest.approx((n + 1) / 3)


@pytest.mark.parametrize("n", [2, 3, 10, 400])
def test_a_star_is_broad_and_not_viral(n: int) -> None:
    """Mean distance in a star of n posts is 2 - 2 / n."""
    found = of([-1] + [0] * (n - 1))
    assert (found.size[0], found.depth[0], found.breadth[0]) == (n, 1, n - 1)
    assert found.virality[0] == pytest.approx(2 - 2 / n)


def test_a_balanced_binary_tree() -> None:
    """Each post of k levels shared twice: breadth 2^(k - 1), and the sum over shares of s (n - s) by level."""
    k = 7
    n = 2**k - 1
    found = of([-1] + [(i - 1) // 2 for i in range(1, n)])
    below = [2 ** (k - level) - 1 for level in range(1, k)]
    pairs = sum(2**level * s * (n - s) for level, s in zip(range(1, k), below, strict=True))
    assert (found.depth[0], found.breadth[0]) == (k - 1, 2 ** (k - 1))
    assert found.virality[0] == pytest.approx(pairs / (n * (n - 1) / 2))


def test_a_post_alone_and_a_night_without_posts() -> None:
    alone = of([-1])
    assert (len(alone), alone.size[0], alone.depth[0], alone.breadth[0]) == (1, 1, 0, 1)
    assert math.isnan(alone.virality[0])
    nothing = of([])
    assert len(nothing) == len(time_to(nothing, [], 1)) == 0
    assert complementary([])[0].size == 0


def test_what_cannot_be_a_cascade_is_refused() -> None:
    with pytest.raises(ValueError, match="stand before"):
        measure([-1, 2, -1], [0, 2, 2])
    with pytest.raises(ValueError, match="stand before"):
        measure([-1, -1], [0, 0])
    with pytest.raises(ValueError, match="same root"):
        measure([-1, -1, 1], [0, 1, 0])


# ---- brute force ----


def random_forest(seed: int, n: int, originals: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Parent and root of each post; some originals answer an earlier post."""
    rng = np.random.default_rng(seed)
    parent, root = np.full(n, -1), np.arange(n)
    for row in range(1, n):
        above = int(rng.integers(max(0, row - int(rng.integers(1, 30))), row))
        if rng.random() > originals:
            parent[row], root[row] = above, root[above]
        elif rng.random() < 0.5:
            parent[row] = above
    return parent, root


def by_networkx(parent: NDArray[np.int64], root: NDArray[np.int64]) -> dict[int, tuple[int, int, int, float]]:
    """Size, depth, breadth and mean distance of each cascade from its undirected tree."""
    found = {}
    for first in np.unique(root).tolist():
        rows = np.flatnonzero(root == first).tolist()
        tree = nx.Graph()
        tree.add_nodes_from(rows)
        tree.add_edges_from((int(parent[row]), row) for row in rows if row != first)
        level = nx.single_source_shortest_path_length(tree, first)
        distance = nx.average_shortest_path_length(tree) if len(rows) > 1 else math.nan
        levels = list(level.values())
        found[first] = (len(rows), max(levels), max(map(levels.count, set(levels))), distance)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_random_forests_are_measured_as_networkx_does(seed: int) -> None:
    """Rejected: an answer counted as a share."""
    parent, root = random_forest(seed, 160, (0.02, 0.1, 0.5)[seed % 3])
    found = measure(parent, root)
    rows = list(zip(found.size, found.depth, found.breadth, found.virality, strict=True))
    np.testing.assert_allclose(rows, list(by_networkx(parent, root).values()), rtol=1e-12)
    assert (found.share_of < 0).sum() == len(found)
    assert ((parent >= 0) & (found.share_of < 0)).any() == (parent[root == np.arange(len(root))] >= 0).any()


def followers_of(sets: list[set[int]]) -> FollowerGraph:
    rows = [sorted(s) for s in sets]
    offsets = np.concatenate([[0], np.cumsum([len(r) for r in rows])]).astype(np.int64)
    flat = np.array([f for r in rows for f in r], np.int32)
    return FollowerGraph(offsets, flat, np.bincount(flat, minlength=len(sets)).astype(np.int32))


@pytest.mark.parametrize("batch", [1, 37, 1 << 22])
def test_reach_counts_each_account_once(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In batches of any size. Rejected: the sum of the audiences."""
    monkeypatch.setattr("msgu.measure.cascades.shape.BATCH", batch)
    rng = np.random.default_rng(9)
    n = 60
    sets = [{int(f) for f in rng.integers(0, n, rng.integers(0, 25))} - {i} for i in range(n)]
    parent, root = random_forest(3, 300, 0.3)
    author = rng.integers(0, n, len(root))
    found = measure(parent, root)
    exact = [len(set().union(*(sets[a] for a in author[root == first]))) for first in found.root]
    seen = reach(found, author, followers_of(sets))
    np.testing.assert_array_equal(seen, exact)
    sums = np.bincount(found.of, [len(sets[a]) for a in author])
    assert (sums > seen).any()


def test_time_to_a_size() -> None:
    """The n-th post in the order of time, whichever branch it is in."""
    found = of([-1, 0, -1, 1, 2, 0])
    time = np.array([1.0, 2.0, 3.0, 5.0, 8.0, 13.0])
    np.testing.assert_array_equal(time_to(found, time, 1), [0, 0])
    np.testing.assert_array_equal(time_to(found, time, 2), [1, 5])
    np.testing.assert_array_equal(time_to(found, time, 3), [4, np.nan])
    np.testing.assert_array_equal(time_to(found, time, 4), [12, np.nan])
    with pytest.raises(ValueError, match="at least one"):
        time_to(found, time, 0)


def test_complementary_distribution() -> None:
    x, share = complementary([1, 1, 1, 2, 5, math.nan])
    np.testing.assert_array_equal(x, [1, 2, 5])
    np.testing.assert_allclose(share, [1.0, 0.4, 0.2])


# ---- a night, exports, the command ----


@pytest.fixture(scope="module")
def night() -> Results:
    world = build_world(load(TOY), 1, 1.0)
    return simulate(world, 1, 0)


def test_a_night_in_networkx_is_the_night_in_its_table(night: Results) -> None:
    posts = night.tables["posts"]
    found = measure(posts["parent"], posts["root"])
    graph = files.to_networkx(files.posts_of(night, found))
    assert graph.number_of_nodes() == len(posts["time"]) > 100
    trees = list(nx.weakly_connected_components(graph))
    assert sorted(map(len, trees)) == sorted(found.size.tolist())
    assert all(nx.is_arborescence(graph.subgraph(tree)) for tree in trees)
    assert nx.dag_longest_path_length(graph) == found.depth.max()
    assert {name for _, name in graph.nodes(data="kind")} <= set(night.names["kinds"])
    kinds = by_kind(found, posts["kind"], night.names["kinds"])
    assert sum(mask.sum() for mask in kinds.values()) == len(found)


def test_too_many_posts_for_networkx_are_refused(night: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_IN_MEMORY", 10)
    posts = night.tables["posts"]
    with pytest.raises(RefusedError, match="at most 10"):
        files.to_networkx(files.posts_of(night, measure(posts["parent"], posts["root"])))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of results of one toy night."""
    where = tmp_path_factory.mktemp("night") / "out"
    run_batch(load(TOY), out=where)
    return where


def said(*words: str, lang: str = "en") -> str:
    """What the command prints; errors come through as they are."""
    app = typer.Typer()
    app.callback()(lambda: None)
    verb.mount(app)
    settings = Settings("text", False, "fr" if lang == "fr" else "en")
    result = CliRunner().invoke(app, ["cascades", *words], catch_exceptions=False, obj=settings)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return str(result.output)


def test_the_command_exports_posts_with_parent_ids(folder: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    names = [str(tmp_path / f"posts{ending}") for ending in files.ENDINGS]
    told = [json.loads(said(str(folder), "--json", "--least", "2", "--out", name)) for name in names]
    assert told[0] == told[1] == told[2]
    table = pq.read_table(names[0])
    rows = list(csv.DictReader(Path(names[1]).read_text(encoding="utf-8").splitlines()))
    graph = nx.read_graphml(names[2])
    assert told[0]["posts"] == len(table) == len(rows) == graph.number_of_nodes()
    shares = {(r["share_of"], r["post"]) for r in rows if r["share_of"] != "-1"}
    assert shares == set(graph.edges()) == {
        (str(a), str(b)) for a, b in zip(table["share_of"].to_pylist(), table["post"].to_pylist(), strict=True) if a >= 0
    }  # fmt: skip
    with pytest.raises(StorageError, match="already"):
        said(str(folder), "--out", names[0])


def test_the_command_tells_of_every_cascade_once(folder: Path) -> None:
    found = json.loads(said(str(folder), "--json", "--reach"))
    whole, *kinds = found["kinds"]
    assert whole["cascades"] == found["n"] == sum(row["cascades"] for row in kinds)
    assert whole["largest"] == max(row["largest"] for row in kinds)
    assert whole["reach"] >= whole["breadth"]
    assert "messages en" in said(str(folder), lang="fr")


def test_a_table_that_goes_to_a_file_is_not_cut_to_the_width_of_a_terminal(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = said(str(folder))
    monkeypatch.setenv("COLUMNS", "30")
    assert said(str(folder)) == wide


@pytest.mark.parametrize("words", [("--rep", "7"), ("--topic", "nonsense"), ("--out", "posts.xml")])
def test_the_command_says_what_may_be_asked(folder: Path, words: tuple[str, str]) -> None:
    with pytest.raises(InputError, match=words[1]):
        said(str(folder), *words)


def test_a_night_without_posts_has_columns_of_the_same_types_as_any_other(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    types = []
    for n in (0, 2):
        whole, text = np.zeros(n, np.int64), np.array(["word"] * n, np.str_)
        table = {"post": whole, "time": np.zeros(n), "topic": text, "kind": text, "share_of": whole - 1}
        files.write(table, tmp_path / f"{n}.parquet")
        types.append(pq.read_schema(tmp_path / f"{n}.parquet"))
    assert types[0] == types[1]
    assert str(types[0].field("topic").type) == str(types[0].field("kind").type) == "string"


def test_posts_that_cannot_be_written_leave_no_file(tmp_path: Path) -> None:
    text, whole = np.array(["a\x01b"], np.str_), np.zeros(1, np.int64)
    with pytest.raises(InputError, match="XML"):
        files.write({"post": whole, "topic": text, "share_of": whole - 1}, tmp_path / "posts.graphml")
    assert list(tmp_path.iterdir()) == []
