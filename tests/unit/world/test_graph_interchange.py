"""Graphs from and to other tools: nothing is interpreted, nothing is lost without a word."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgu.errors import InputError, StorageError
from msgu.world.graph import graphml, interchange, store
from msgu.world.graph.build import build_network
from msgu.world.graph.edge_list import parse_edge_list, read_edge_list, write_edge_list
from msgu.world.graph.interchange import Imported
from msgu.world.graph.types import FollowerGraph, NetworkSpec
from scipy import sparse


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
    write_edge_list(graph, tmp_path / "out", names)
    assert ties(parse_edge_list(tmp_path / "out", "\t")) == ties(before)
    for bad in ("a\tb", "", "a\nb"):
        with pytest.raises(InputError):
            write_edge_list(graph, tmp_path / "bad", [bad, *names[1:]])
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
    graphml.write_graphml(graph, tmp_path / "g.graphml", names)
    found = graphml.read_graphml(tmp_path / "g.graphml")
    assert same(found.graph, graph)
    assert found.names == tuple(names)
    (tmp_path / "bad.graphml").write_text("<graphml><graph>")
    with pytest.raises(InputError, match="GraphML"):
        graphml.read_graphml(tmp_path / "bad.graphml")


@pytest.mark.skipif(find_spec("igraph") is None, reason="igraph is not installed")
def test_igraph_both_ways(graph: FollowerGraph) -> None:
    theirs = interchange.to_igraph(graph, list("abcdef"))
    assert theirs.degree(mode="in") == np.diff(graph.offsets).tolist()
    found = interchange.from_igraph(theirs)
    assert same(found.graph, graph)
    assert found.names == tuple("abcdef")


# ---- GraphML, by its structure alone ----

HEAD = '<?xml version="1.0"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
NODES = '<node id="a"/><node id="b"/>'


def graphml_of(folder: Path, body: str) -> Path:
    path = folder / "given.graphml"
    path.write_text(f"{HEAD}{body}\n</graphml>\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["vector_float", "vector_string", "int", "unheard-of"])
@pytest.mark.parametrize("value", ["0.5, 1.5", "NaN", "", "1.0", "<d/>"])
def test_attributes_of_graphml_are_not_looked_at(tmp_path: Path, kind: str, value: str) -> None:
    data = f'<key id="x" for="node" attr.name="x" attr.type="{kind}"/><graph edgedefault="directed">'
    node = f'<node id="n0"><data key="x">{value}</data><data key="y">1</data></node>'
    found = graphml.read_graphml(graphml_of(tmp_path, f'{data}{node}<node id="n1"/><edge source="n0" target="n1"/></graph>'))
    assert ties(found) == {("n0", "n1")}


@pytest.mark.parametrize(
    ("body", "given"),
    [
        (
            f'<graph id="one" edgedefault="directed">{NODES}</graph>\n<graph id="two" edgedefault="directed"/>',
            ":4:1: .*`two`",
        ),
        (
            f'<graph edgedefault="directed">{NODES}<node id="c"><graph edgedefault="directed"/></node></graph>',
            "within a node",
        ),
        (f'<graph>{NODES}<edge source="a" target="b"/></graph>', "no `edgedefault`"),
        ('<graph edgedefault="directed"><node/></graph>', "a node without an `id`"),
        ('<graph edgedefault="directed"><node id="a"/>\n<node id="a"/></graph>', ":4:1: .*second time"),
        (f'<graph edgedefault="directed">{NODES}\n<edge source="a" target="c"/></graph>', ":4:1: .*'c', which is no node"),
        (f'<graph edgedefault="directed">{NODES}<edge source="a"/></graph>', "without a target"),
        (
            f'<graph edgedefault="directed">{NODES}<edge source="a" target="b" directed="false"/></graph>',
            "`directed` 'false'",
        ),
        (f'<graph edgedefault="undirected">{NODES}<edge source="a" target="b" directed="true"/></graph>', "undirected"),
        (f'<graph edgedefault="directed">{NODES}<hyperedge/></graph>', "hyperedge"),
        ("", "no graph"),
    ],
    ids=["two", "nested", "edgedefault", "no-id", "twice", "stranger", "no-target", "mixed", "mixed-2", "hyperedge", "none"],
)
def test_graphml_that_is_no_follower_graph_is_refused_with_its_place(tmp_path: Path, body: str, given: str) -> None:
    with pytest.raises(InputError, match=given):
        graphml.read_graphml(graphml_of(tmp_path, body))


def test_graphml_that_declares_entities_or_is_another_xml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.graphml"
    path.write_text('<!DOCTYPE graphml [<!ENTITY a "b">]><graphml/>', encoding="utf-8")
    with pytest.raises(InputError, match="entity"):
        graphml.read_graphml(path)
    path.write_text("<gexf><graph/></gexf>", encoding="utf-8")
    with pytest.raises(InputError, match="`gexf`"):
        graphml.read_graphml(path)
    with pytest.raises(InputError, match="readable"):
        graphml.read_graphml(tmp_path / "none.graphml")


def test_one_undirected_edge_of_graphml_counts_both_ways_and_one_told_twice_once(tmp_path: Path) -> None:
    edge = '<edge id="0" source="a" target="b"/>'
    both = graphml.read_graphml(graphml_of(tmp_path, f'<graph edgedefault="undirected">{NODES}{edge}</graph>'))
    assert ties(both) == {("a", "b"), ("b", "a")}
    loop = '<edge source="b" target="b"/>'
    one = graphml.read_graphml(graphml_of(tmp_path, f'<graph edgedefault="directed">{NODES}{edge}{edge}{loop}</graph>'))
    assert (one.report.read, one.report.kept, one.report.to_itself) == (2, 1, 1)


@pytest.mark.parametrize("bad", ["a\x01b", "\x00", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_a_name_that_xml_cannot_hold_is_refused_and_leaves_no_file(tmp_path: Path, graph: FollowerGraph, bad: str) -> None:
    with pytest.raises(InputError, match="XML does not have"):
        graphml.write_graphml(graph, tmp_path / "g.graphml", [bad, *"bcdef"])
    assert list(tmp_path.iterdir()) == []


def test_blanks_within_names_come_back_from_graphml(tmp_path: Path, graph: FollowerGraph) -> None:
    names = ("a\tb", "a\nb", "a\rb", " a ", "\x85", "\U0001f600")
    graphml.write_graphml(graph, tmp_path / "g.graphml", names)
    assert graphml.read_graphml(tmp_path / "g.graphml").names == names


# ---- names and files ----


def test_two_accounts_of_one_name_are_neither_taken_nor_written(tmp_path: Path, graph: FollowerGraph) -> None:
    with pytest.raises(ValueError, match="'1'"):
        interchange.from_networkx(nx.DiGraph([(1, "1"), ("1", 2)]))
    for write in (write_edge_list, graphml.write_graphml):
        with pytest.raises(InputError, match="two accounts"):
            write(graph, tmp_path / "out", ["a", "a", *"cdef"])
    assert list(tmp_path.iterdir()) == []


def test_what_the_user_keeps_beside_a_graph_is_never_touched(tmp_path: Path, graph: FollowerGraph) -> None:
    (tmp_path / "kept.part").mkdir()
    for name in ("kept.part/notes.txt", "out.part", "g.graphml.part"):
        (tmp_path / name).write_text("mine")
    store.keep_in_folder(graph, tmp_path / "kept")
    write_edge_list(graph, tmp_path / "out")
    graphml.write_graphml(graph, tmp_path / "g.graphml")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "g.graphml", "g.graphml.part", "kept", "kept.part", "out", "out.part",
    ]  # fmt: skip
    assert (tmp_path / "kept.part" / "notes.txt").read_text() == (tmp_path / "out.part").read_text() == "mine"


def test_a_file_in_a_folder_that_is_not_there_is_a_matter_of_storage(tmp_path: Path, graph: FollowerGraph) -> None:
    for write in (write_edge_list, graphml.write_graphml):
        with pytest.raises(StorageError, match="cannot be written"):
            write(graph, tmp_path / "none" / "out")


# ---- how files of other tools begin, and how much is said of a wrong one ----


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    found = parse_edge_list(written(tmp_path, b"\xef\xbb\xbf1 2\n1 3\n2 1\n"))
    assert (found.names, found.report.kept) == (("1", "2", "3"), 3)
    hidden = parse_edge_list(written(tmp_path, b"\xef\xbb\xbf# x\n1 2\n"), comment="#")
    assert (hidden.report.comments, hidden.report.kept) == (1, 1)
    assert read_edge_list(written(tmp_path, b"\xef\xbb\xbf1 0\n"), 2).n_edges == 1


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x1f\x8b\x08\x00", "gzip"),
        ("1 2\n".encode("utf-16"), "UTF-16"),
        ("1 2\n".encode("utf-16-le"), "UTF-16"),
        (b"PK\x03\x04", "workbook"),
        (b"%%MatrixMarket matrix coordinate pattern general\n3 3 1\n1 2\n", "Matrix Market"),
        (b'<?xml version="1.0"?><gexf/>', "GraphML"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_its_name(tmp_path: Path, data: bytes, what: str) -> None:
    with pytest.raises(InputError, match=what):
        parse_edge_list(written(tmp_path, data), comment="%")


@pytest.mark.parametrize("head", ["Source,Target,Type", "source,target,weight", '"From","To",""', "FromNodeId,ToNodeId,x"])
def test_a_first_line_that_names_the_columns_is_no_tie_and_is_counted(tmp_path: Path, head: str) -> None:
    path = written(tmp_path, f"{head}\nann,bob,1\nbob,cid,2\n")
    found = parse_edge_list(path, ",", fields=3)
    assert found.names == ("ann", "bob", "cid")
    assert str(found.report) == "3 read = 2 kept + 0 repeated + 0 to itself + 0 comments + 0 blank + 1 header"
    assert parse_edge_list(path, ",", fields=3, header=False).report.kept == 3


def test_a_header_of_any_words_can_be_declared_and_a_tie_between_others_is_none(tmp_path: Path) -> None:
    path = written(tmp_path, "# head\nqui\tsuit\nann\tbob\n")
    assert parse_edge_list(path, "\t", "#").report.headers == 0
    assert ties(parse_edge_list(path, "\t", "#", header=True)) == {("ann", "bob")}
    assert ties(parse_edge_list(written(tmp_path, "a b\nsource target\n"))) == {("a", "b"), ("source", "target")}


def test_a_comment_may_be_indented_where_blanks_are_no_part_of_a_name(tmp_path: Path) -> None:
    path = written(tmp_path, " # x\n1 2\n")
    found = parse_edge_list(path, comment="#")
    assert (found.report.comments, ties(found)) == (1, {("1", "2")})
    assert ties(parse_edge_list(written(tmp_path, " #\tx\n"), "\t", comment="#")) == {(" #", "x")}


@pytest.mark.parametrize(
    ("head", "line", "advice"),
    [
        ("source,target", "a{i},b{i}", "--delimiter , --header"),
        ("a,b,1.0", "a{i},b{i},1.0", "--delimiter , --fields 3"),
        ("a;b", "a{i};b{i}", "--delimiter ';'"),
        ("a b c", "a{i} b{i} c", "--fields 3"),
        ("a", "a{i}", "two names a line"),
    ],
)
def test_a_form_that_was_not_declared_is_one_error_that_says_how(tmp_path: Path, head: str, line: str, advice: str) -> None:
    path = written(tmp_path, "\n".join([head, *(line.format(i=i) for i in range(200)), ""]))
    with pytest.raises(InputError) as error:
        parse_edge_list(path)
    (told,) = problems(error)
    assert told.startswith(f"{path}:1:1: ") and "and 200 more like it" in told and told.endswith(f" - {advice}")


def test_of_many_wrong_lines_among_ties_the_first_of_each_kind_are_told_and_the_others_counted(tmp_path: Path) -> None:
    lines = ["a b", *["c"] * 30, *["d e f"] * 3]
    with pytest.raises(InputError) as error:
        parse_edge_list(written(tmp_path, "\n".join(lines)))
    told = problems(error)
    assert [int(text.split(":")[1]) for text in told] == [*range(2, 12), 32, 33, 34]
    assert "and 20 more like it" in told[9]


def test_names_in_another_coding_are_counted_too(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        parse_edge_list(written(tmp_path, b"a b\n" + b"".join(b"\xe9%d b\n" % i for i in range(40))))
    assert [int(text.split(":")[1]) for text in problems(error)] == list(range(2, 12))
    assert "and 30 more like it" in problems(error)[-1]


def test_a_wrong_number_is_told_on_its_own_line_and_many_are_counted(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_edge_list(written(tmp_path, "105 3\n17 4\n2 05\n"), 200)
    assert [p.split(": ")[0].split(":")[-2] for p in problems(error)] == ["3"]
    many = "".join(f"{7 * 10**17 + i} {i}\n" for i in range(3000))
    with pytest.raises(InputError) as error:
        read_edge_list(written(tmp_path, many), 200)
    assert [int(text.split(":")[1]) for text in problems(error)] == list(range(1, 11))
    assert "and 5,790 more like it" in problems(error)[-1]


def test_a_number_of_any_length_is_a_wrong_number(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a number from 0 to 2"):
        read_edge_list(written(tmp_path, f"{'9' * 5000} 1\n"), 3)


def test_a_scenario_is_not_told_to_declare_what_it_cannot(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="msgu graph import"):
        read_edge_list(written(tmp_path, "1,0\n"), 3)


@pytest.mark.parametrize("bad", ["\ufeffa", "\ud800"])
def test_a_name_that_would_be_read_back_as_another_is_not_written(tmp_path: Path, graph: FollowerGraph, bad: str) -> None:
    with pytest.raises(InputError):
        write_edge_list(graph, tmp_path / "out", [bad, *"bcdef"])


def test_a_third_field_of_a_scenarios_list_is_the_chance_of_that_tie(tmp_path: Path) -> None:
    graph = read_edge_list(written(tmp_path, "1 0 0.5\n2 0 .25\n0 2 1\n"), 3)
    assert graph.followers.tolist() == [1, 2, 0] and graph.tie.tolist() == [0.5, 0.25, 1.0]
    with pytest.raises(InputError) as error:
        read_edge_list(written(tmp_path, "1 0 0.5\n2 0 2\n0 2\n1 0 0.7\n"), 3)
    assert [":".join(p.split(": ")[0].split(":")[-2:]) for p in problems(error)] == ["2:5", "3:1", "4:1"]
    assert "a probability for every tie or for none" in problems(error)[1]
    assert "the tie of line 1 again" in problems(error)[2]


# ---- the third column of a scenario's edge list ----


def test_a_third_number_on_every_line_is_the_chance_of_the_tie(tmp_path: Path) -> None:
    graph = read_edge_list(written(tmp_path, "1 0 0.25\n2 0 1\n\n0 2 5e-1\n2 0 1.0\n1 1 .5\n"), 3)
    assert graph.followers.tolist() == [1, 2, 0]
    assert graph.tie.tolist() == [0.25, 1.0, 0.5]
    assert len(read_edge_list(written(tmp_path, "1 0\n2 0\n"), 3).tie) == 0


@pytest.mark.parametrize(
    ("text", "line", "column", "given"),
    [
        ("1 0 0.5\n2 0\n", 2, 1, "2 fields"),
        ("1 0\n2 0 0.5\n", 2, 1, "3 fields"),
        ("1 0 0.5\n2 0 0.5 7\n", 2, 1, "4 fields"),
        ("1 0 0.5\n2 0 1.5\n", 2, 5, "1.5"),
        ("1 0 0.5\n2 0 -0.1\n", 2, 5, "-0.1"),
        ("1 0 nan\n", 1, 5, "nan"),
        ("1 0 1_0\n", 1, 5, "1_0"),
        ("1 0 50%\n", 1, 5, "50%"),
        ("1 0 0.5\n2 1 0.5\n1 0 0.6\n", 3, 1, "line 1 again, with 0.6 instead of 0.5"),
    ],
)
def test_a_bad_third_column_is_refused_with_its_place(text: str, line: int, column: int, given: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_edge_list(written(tmp_path, text), 3)
    (problem,) = caught.value.problems
    assert (problem.line, problem.col) == (line, column)
    assert given in problem.given
