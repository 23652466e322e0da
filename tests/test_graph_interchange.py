"""Graphs from and to other tools: nothing is interpreted, nothing is lost without a word."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

from sim.errors import InputError, StorageError
from sim.world import interchange, store
from sim.world.interchange import Imported, parse_edge_list, read_edge_list
from sim.world.network import FollowerGraph, NetworkSpec, build_network


def ties(found: Imported) -> set[tuple[str, str]]:
    follower, followed = interchange.to_edges(found.graph)
    return {(found.names[a], found.names[b]) for a, b in zip(follower, followed, strict=True)}


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "list.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def problems(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [str(p) for p in error.value.problems]


# ---- edge lists ----


def test_a_line_says_who_follows_whom(tmp_path: Path) -> None:
    found = parse_edge_list(written(tmp_path, "ann bob\ncid\tbob\n"))
    assert ties(found) == {("ann", "bob"), ("cid", "bob")}
    assert found.graph.followers_of(found.names.index("bob")).tolist() == [0, 2]


def test_names_are_text_that_nobody_interprets(tmp_path: Path) -> None:
    odd = ["NA", "null", "NaN", "#x", "01", "1", "1.0", "1e3", "'q'", '"', "@é", "=1+1", "-", "true"]
    found = parse_edge_list(written(tmp_path, "".join(f"{name},hub\n" for name in odd)), ",")
    assert found.names == (odd[0], "hub", *odd[1:])
    assert found.report.kept == len(odd)


def test_comments_are_skipped_only_if_their_character_is_declared(tmp_path: Path) -> None:
    path = written(tmp_path, "# a\n#b\tc\nd\te\n")
    assert ties(parse_edge_list(path, "\t", comment="#")) == {("d", "e")}
    assert parse_edge_list(path, "\t", comment="#").report.comments == 2
    with pytest.raises(InputError) as error:
        parse_edge_list(path, "\t")
    assert [p.split(": ")[0] for p in problems(error)] == [f"{path}:1:1"]


def test_the_declared_delimiter_is_the_only_one(tmp_path: Path) -> None:
    path = written(tmp_path, "a b;c d\n")
    assert ties(parse_edge_list(path, ";")) == {("a b", "c d")}
    with pytest.raises(InputError, match=r"3 fields"):
        parse_edge_list(path)


def test_further_fields_are_declared_and_the_order_can_be_turned(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b,7\nb,c,9\n")
    assert ties(parse_edge_list(path, ",", fields=3, followed_first=True)) == {("b", "a"), ("c", "b")}
    with pytest.raises(InputError) as error:
        parse_edge_list(path, ",")
    assert [p.split(": ")[0] for p in problems(error)] == [f"{path}:1:1", f"{path}:2:1"]


def test_every_wrong_line_is_named_with_its_number(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\nonly\nc,\n,d\ne,f,g\n\xff,h\n")
    with pytest.raises(InputError) as error:
        parse_edge_list(path, ",")
    assert [int(p.split(":")[1]) for p in problems(error)] == [2, 3, 4, 5, 6]
    with pytest.raises(InputError, match="list\\.none"):
        parse_edge_list(tmp_path / "list.none")


def test_line_ends_of_other_systems_and_a_missing_last_one_are_the_same(tmp_path: Path) -> None:
    one = parse_edge_list(written(tmp_path, "a\tb\r\nb\tc\r\n"), "\t")
    other = parse_edge_list(written(tmp_path, "a\tb\nb\tc"), "\t")
    assert ties(one) == ties(other) == {("a", "b"), ("b", "c")}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.just(""),
            st.just("  "),
            st.just("%skip"),
            st.tuples(st.sampled_from(["a", "b", "c", "NA", "#x"]), st.sampled_from(["a", "b", "c", "NA", "#x"])).map(
                ",".join
            ),
        ),
        max_size=40,
    )
)
def test_what_is_read_is_kept_or_reported(tmp_path: Path, lines: list[str]) -> None:
    found = parse_edge_list(written(tmp_path, "\n".join([*lines, ""]) if lines else ""), ",", comment="%")
    report, pairs = found.report, [tuple(x.split(",")) for x in lines if "," in x]
    assert report.read == len(lines)
    assert report.read == report.kept + report.repeated + report.to_itself + report.comments + report.blank
    assert report.kept == found.graph.n_edges == len({p for p in pairs if p[0] != p[1]})
    assert report.to_itself == sum(p[0] == p[1] for p in pairs)
    assert report.comments == lines.count("%skip")


def test_a_written_list_is_read_back_and_what_could_not_be_is_refused(tmp_path: Path) -> None:
    graph = build_network(
        NetworkSpec(300, mean_follows=8.0), np.zeros(300, np.int16), np.zeros(1, np.int16), np.zeros(0, np.int64), 1
    )
    names = [f"#{i} x" for i in range(300)]
    before = Imported(graph, tuple(names), interchange.Report(0, 0))
    interchange.write_edge_list(graph, tmp_path / "out", names)
    assert ties(parse_edge_list(tmp_path / "out", "\t")) == ties(before)
    for bad in ("a\tb", "", "a\nb"):
        with pytest.raises(InputError):
            interchange.write_edge_list(graph, tmp_path / "bad", [bad, *names[1:]])
    assert not (tmp_path / "bad").exists()


# ---- graphs of a scenario ----


def test_a_scenario_names_accounts_by_number(tmp_path: Path) -> None:
    graph = read_edge_list(written(tmp_path, "2 0\n1 0\n3 2\n"), 5)
    assert [graph.followers_of(i).tolist() for i in range(5)] == [[1, 2], [], [3], [], []]
    assert graph.out_degree.tolist() == [0, 1, 1, 1, 0]


def test_a_number_that_is_none_or_too_large_is_named_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "0 1\n01 2\n3 1\n-1 0\nx 1\n\u0663 1\n")
    with pytest.raises(InputError) as error:
        read_edge_list(path, 3)
    assert [int(p.split(":")[1]) for p in problems(error)] == [2, 3, 4, 5, 6]


def test_a_scenario_may_name_an_imported_folder_of_the_right_size(tmp_path: Path) -> None:
    found = parse_edge_list(written(tmp_path, "a b\nb c\n"))
    store.keep_in_folder(found.graph, tmp_path / "kept", found.names)
    assert read_edge_list(tmp_path / "kept", 3).followers.tolist() == found.graph.followers.tolist()
    with pytest.raises(InputError, match="3 accounts"):
        read_edge_list(tmp_path / "kept", 4)
    with pytest.raises(StorageError):
        read_edge_list(tmp_path, 3)


# ---- other tools ----


@pytest.fixture
def graph() -> FollowerGraph:
    """A small graph with an account that has no tie."""
    follower, followed = np.array([0, 0, 1, 2, 4]), np.array([1, 2, 0, 0, 1])
    return interchange.from_edges(follower, followed, 6)[0]


def same(a: FollowerGraph, b: FollowerGraph) -> bool:
    return all(np.array_equal(getattr(a, c), getattr(b, c)) for c in store.COLUMNS)


def test_networkx_both_ways(graph: FollowerGraph) -> None:
    theirs = interchange.to_networkx(graph, list("abcdef"))
    assert set(theirs.edges) == {("a", "b"), ("a", "c"), ("b", "a"), ("c", "a"), ("e", "b")}
    found = interchange.from_networkx(theirs)
    assert same(found.graph, graph)
    assert found.names == tuple("abcdef")


def test_an_undirected_networkx_graph_counts_both_ways_and_loops_are_reported() -> None:
    found = interchange.from_networkx(nx.Graph([(1, 2), (2, 2), (2, 3)]))
    assert ties(found) == {("1", "2"), ("2", "1"), ("2", "3"), ("3", "2")}
    assert found.report.to_itself == 1


def test_scipy_both_ways(graph: FollowerGraph) -> None:
    matrix = interchange.to_scipy(graph)
    assert matrix.toarray()[4].tolist() == [0, 1, 0, 0, 0, 0]
    assert np.shares_memory(matrix.indices, graph.followers)
    assert same(interchange.from_scipy(matrix).graph, graph)
    assert interchange.from_scipy(sparse.csr_array(([0.0, 1.0], ([0, 1], [1, 0])), shape=(2, 2))).graph.n_edges == 1
    with pytest.raises(ValueError, match="square"):
        interchange.from_scipy(sparse.csr_array((2, 3)))


def test_graphml_both_ways(tmp_path: Path, graph: FollowerGraph) -> None:
    names = ["NA", "#x", "<&>", "é", "1", "01"]
    interchange.write_graphml(graph, tmp_path / "g.graphml", names)
    found = interchange.read_graphml(tmp_path / "g.graphml")
    assert same(found.graph, graph)
    assert found.names == tuple(names)
    (tmp_path / "bad.graphml").write_text("<graphml><graph>")
    with pytest.raises(InputError, match="GraphML"):
        interchange.read_graphml(tmp_path / "bad.graphml")


@pytest.mark.skipif(find_spec("igraph") is None, reason="igraph is not installed")
def test_igraph_both_ways(graph: FollowerGraph) -> None:
    theirs = interchange.to_igraph(graph, list("abcdef"))
    assert theirs.degree(mode="in") == np.diff(graph.offsets).tolist()
    found = interchange.from_igraph(theirs)
    assert same(found.graph, graph)
    assert found.names == tuple("abcdef")
