"""Follower graphs as GraphML: of what is read only the structure counts, of what is written every name is read back."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn
from xml.parsers import expat

import numpy as np

from msgu.disk import open_file
from msgu.errors import InputError, Problem
from msgu.scenario.edge_list import MOST_BYTES
from msgu.world.graph.interchange import MOST_PROBLEMS, Imported, from_edges, refuse_same_names, to_networkx
from msgu.world.graph.types import FollowerGraph
from msgu.world.whole_file import whole_file

if TYPE_CHECKING:
    from networkx import DiGraph

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


# ---- reading ----


class _Structure:
    """Nodes and edges of the one graph of a file, while it is read."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.EntityDeclHandler = self.entity
        self.parents: list[str] = []
        self.space = ""
        self.graphs = 0
        self.directed = True
        self.number: dict[str, int] = {}
        self.edges: list[tuple[str, str, int]] = []
        self.ids: set[tuple[str, str, str]] = set()

    def refuse(self, given: str, allowed: str, nearest: str = "", line: int = 0) -> NoReturn:
        at, column = (line, 1) if line else (self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)
        raise InputError([Problem(self.path, at, column, "GraphML", given, allowed, nearest)])

    def entity(self, *_: Any) -> None:
        self.refuse("a declaration of an entity", "plain XML without entities of its own")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        above = self.parents[-1] if self.parents else ""
        if not self.parents:
            self.space = space
            if name != "graphml":
                self.refuse(f"an element `{name}` first", "a GraphML file, whose first element is `graphml`")
        inside = space == self.space and above != "data" and "" not in self.parents
        self.parents.append(name if inside else "")
        if inside and name == "graph":
            self.graph(above, attributes)
        elif inside and name in ("node", "edge", "hyperedge") and above == "graph":
            {"node": self.node, "edge": self.edge, "hyperedge": self.hyperedge}[name](attributes)

    def end(self, _: str) -> None:
        self.parents.pop()

    def graph(self, above: str, attributes: dict[str, str]) -> None:
        self.graphs += 1
        named = f"the graph `{attributes['id']}`" if "id" in attributes else "a graph"
        if above != "graphml":
            self.refuse(f"{named} within a {above}", "one graph without others inside")
        if self.graphs > 1:
            self.refuse(f"{named} after the first one", "one graph a file", "write each graph to a file of its own")
        default = attributes.get("edgedefault", "")
        if default not in ("directed", "undirected"):
            given = f"`edgedefault` {default!r}" if default else "no `edgedefault`"
            self.refuse(given, "`directed`, or `undirected` for ties that go both ways", 'edgedefault="directed"')
        self.directed = default == "directed"

    def node(self, attributes: dict[str, str]) -> None:
        name = attributes.get("id")
        if name is None:
            self.refuse("a node without an `id`", "an `id` for every node")
        if name in self.number:
            self.refuse(f"the node {name!r} a second time", "each node once")
        self.number[name] = len(self.number)

    def edge(self, attributes: dict[str, str]) -> None:
        ends = [attributes.get(end) for end in ("source", "target")]
        if ends[0] is None or ends[1] is None:
            self.refuse(f"an edge without a {'target' if ends[0] is not None else 'source'}", "a source and a target")
        if attributes.get("directed", "true" if self.directed else "false") != ("true" if self.directed else "false"):
            given = f"an edge with `directed` {attributes['directed']!r}"
            self.refuse(given, f"edges that are {'' if self.directed else 'un'}directed, as the graph says")
        if "id" in attributes:
            key = (attributes["id"], ends[0], ends[1])
            if key in self.ids:
                return  # the same edge, told twice
            self.ids.add(key)
        self.edges.append((ends[0], ends[1], self.parser.CurrentLineNumber))

    def hyperedge(self, _: dict[str, str]) -> None:
        self.refuse("a hyperedge", "edges between two nodes")

    def whole(self) -> Imported:
        if not self.graphs:
            self.refuse("no graph", "one graph a file")
        for source, target, line in self.edges:
            for name in (source, target):
                if name not in self.number:
                    self.refuse(f"an edge of {name!r}, which is no node", "edges between nodes of the graph", line=line)
        ends = np.array([(self.number[a], self.number[b]) for a, b, _ in self.edges], np.int64).reshape(-1, 2)
        if not self.directed:
            ends = np.concatenate([ends, ends[ends[:, 0] != ends[:, 1]][:, ::-1]])
        graph, report = from_edges(ends[:, 0], ends[:, 1], len(self.number))
        return Imported(graph, tuple(self.number), report)


def read_graphml(path: str | os.PathLike[str]) -> Imported:
    """Read the structure of a GraphML file; nodes are named by their identifiers, data of any kind are not looked at.

    An undirected edge counts in both directions; edges of one identifier between the same nodes are one edge.

    Raises
    ------
    InputError
        The file cannot be read as GraphML, or holds what a follower graph cannot: more than one graph, a graph within
        another, hyperedges, edges of both kinds, a graph that does not say of which kind.
    """
    reading = _Structure(os.fspath(path))
    try:
        with open_file(path, MOST_BYTES) as file:
            reading.parser.ParseFile(file)
    except OSError as error:
        raise InputError([Problem(reading.path, 1, 1, "GraphML", str(error.strerror), "a readable file")]) from error
    except expat.ExpatError as error:
        given = f"not XML: {expat.ErrorString(error.code)}"
        raise InputError(
            [Problem(reading.path, error.lineno, error.offset + 1, "GraphML", given, "a GraphML file")]
        ) from error
    return reading.whole()


# ---- writing ----


def write_graphml(graph: FollowerGraph, path: str | os.PathLike[str], names: Sequence[str] | None = None) -> None:
    """Write GraphML, for small graphs.

    Raises
    ------
    InputError
        A name that XML cannot hold, or that two accounts have.
    """
    labels = [str(i) for i in range(graph.n_accounts)] if names is None else list(names)
    refuse_same_names(labels, os.fspath(path))
    written = as_graphml(to_networkx(graph, labels), path)
    with whole_file(path) as file:
        file.write(written)


def as_graphml(graph: DiGraph[Any], path: str | os.PathLike[str]) -> bytes:
    """Return a networkx graph as GraphML.

    Raises
    ------
    InputError
        A name or an attribute that XML cannot hold; `path` is the file that it was for.
    """
    import networkx as nx

    texts = (text for node, held in graph.nodes(data=True) for text in (node, *held.values()) if isinstance(text, str))
    bad = [text for text in texts if _NOT_XML.search(text)]
    if bad:
        where, allowed = os.fspath(path), "text without the control characters that XML does not have"
        raise InputError([Problem(where, 0, 0, "GraphML", repr(x), allowed, "another format") for x in bad[:MOST_PROBLEMS]])
    file = io.BytesIO()
    nx.write_graphml_xml(graph, file)
    return file.getvalue()
