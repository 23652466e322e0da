"""Follower graphs from and to other tools: networkx, scipy, igraph; files are in `edge_list` and `graphml`.

Everywhere a tie points from follower to followed.
Whatever is taken is either kept or counted in the report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from msgu.errors import InputError, Problem
from msgu.world.graph.types import FollowerGraph

if TYPE_CHECKING:
    import networkx as nx
    from scipy import sparse

I32 = NDArray[np.int32]
MOST_PROBLEMS = 50
"""Problems listed before reading gives up."""


@dataclass(frozen=True)
class Report:
    """What became of the lines (or ties) read: their number is the sum of all the others.

    Parameters
    ----------
    read : lines of the file, or ties of the given graph.
    kept : ties of the result.
    repeated : ties given again.
    to_itself : accounts that follow themselves.
    comments, blank : lines that begin with the declared comment character, or are empty.
    headers : lines that name the columns: one or none.
    """

    read: int
    kept: int
    repeated: int = 0
    to_itself: int = 0
    comments: int = 0
    blank: int = 0
    headers: int = 0

    def __str__(self) -> str:
        """One sentence."""
        return (
            f"{self.read} read = {self.kept} kept + {self.repeated} repeated + {self.to_itself} to itself"
            f" + {self.comments} comments + {self.blank} blank" + (" + 1 header" if self.headers else "")
        )


@dataclass(frozen=True)
class Imported:
    """A graph from elsewhere.

    Parameters
    ----------
    graph : the follower graph.
    names : name of each account, in the order of its number.
    report : what was kept and what was not.
    """

    graph: FollowerGraph
    names: tuple[str, ...]
    report: Report


def from_edges(
    follower: NDArray[Any], followed: NDArray[Any], n_accounts: int, tie: NDArray[np.float32] | None = None
) -> tuple[FollowerGraph, Report]:
    """Return the graph of the given ties, without repeats and ties to oneself, and how many of those there were.

    Parameters
    ----------
    follower, followed : shape (n_ties,). Account numbers below `n_accounts`.
    tie : shape (n_ties,). Chance that a post passes along each, of a repeated one as given first; by default surely.
    """
    a, b = np.asarray(follower, np.int64), np.asarray(followed, np.int64)
    given = len(a)
    other = a != b
    code = b[other] * n_accounts + a[other]
    distinct, first = np.unique(code, return_index=True)
    rows, followers = np.divmod(distinct, max(n_accounts, 1))
    offsets = np.zeros(n_accounts + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=n_accounts), out=offsets[1:])
    degree = np.bincount(followers, minlength=n_accounts).astype(np.int32)
    graph = FollowerGraph(offsets, followers.astype(np.int32), degree)
    if tie is not None:
        graph = replace(graph, tie=np.ascontiguousarray(tie[other][first], np.float32))
    return graph, Report(given, len(distinct), repeated=len(code) - len(distinct), to_itself=given - len(code))


def to_edges(graph: FollowerGraph) -> tuple[I32, I32]:
    """Follower and followed of each tie, by followed account; each of shape (n_ties,)."""
    followed = np.repeat(np.arange(graph.n_accounts, dtype=np.int32), np.diff(graph.offsets))
    return np.asarray(graph.followers), followed


def refuse_same_names(names: Sequence[str], where: str) -> None:
    """Refuse to write accounts that could not be told apart.

    Raises
    ------
    InputError
        Naming them.
    """
    same = [name for name, times in Counter(names).items() if times > 1]
    if same:
        given = (f"{name!r}, the name of two accounts" for name in same[:MOST_PROBLEMS])
        raise InputError([Problem(where, 0, 0, "names", text, "another name for each account") for text in given])


def to_networkx(graph: FollowerGraph, names: Sequence[str] | None = None) -> nx.DiGraph[Any]:
    """Return a networkx graph with ties from follower to followed; for small graphs (400 bytes a tie)."""
    import networkx as nx

    follower, followed = to_edges(graph)
    labels: Any = range(graph.n_accounts) if names is None else names
    result: nx.DiGraph[Any] = nx.DiGraph()
    result.add_nodes_from(labels)
    result.add_edges_from((labels[f], labels[a]) for f, a in zip(follower.tolist(), followed.tolist(), strict=True))
    return result


def from_networkx(given: Any) -> Imported:
    """Take a networkx graph; an undirected tie counts in both directions, parallel ties once.

    Raises
    ------
    ValueError
        Two nodes, such as 1 and "1", would have one name.
    """
    names = list(given.nodes)
    number = {name: i for i, name in enumerate(names)}
    ends = np.array([(number[a], number[b]) for a, b in given.edges()], np.int64).reshape(-1, 2)
    if not given.is_directed():
        proper = ends[ends[:, 0] != ends[:, 1]]
        ends = np.concatenate([ends, proper[:, ::-1]])
    graph, report = from_edges(ends[:, 0], ends[:, 1], len(names))
    return Imported(graph, _distinct(names), report)


def _distinct(names: Iterable[object]) -> tuple[str, ...]:
    """Return names as text, none of them twice."""
    told = tuple(str(name) for name in names)
    same = [name for name, times in Counter(told).items() if times > 1]
    if same:
        raise ValueError(f"two accounts would be named {', '.join(map(repr, same[:3]))}; give each a name of its own")
    return told


def to_scipy(graph: FollowerGraph) -> sparse.csc_array:
    """Return a sparse matrix with a 1 in row i and column j where i follows j.

    Below 2**31 ties its indices are the graph's own array; above, scipy widens a copy.
    """
    from scipy import sparse

    n = graph.n_accounts
    starts = graph.offsets if graph.n_edges >= 2**31 else graph.offsets.astype(np.int32)
    return sparse.csc_array((np.ones(graph.n_edges, np.int8), graph.followers, starts), shape=(n, n))


def from_scipy(matrix: Any) -> Imported:
    """Take a square sparse matrix: a non-zero in row i and column j says that i follows j."""
    from scipy import sparse

    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"a matrix of shape {matrix.shape}; a follower graph needs a square one")
    entries = sparse.coo_array(matrix)
    held = entries.data != 0
    graph, report = from_edges(entries.row[held], entries.col[held], matrix.shape[0])
    return Imported(graph, tuple(str(i) for i in range(matrix.shape[0])), report)


def to_igraph(graph: FollowerGraph, names: Sequence[str] | None = None) -> Any:
    """Return an igraph graph with ties from follower to followed."""
    import igraph

    follower, followed = to_edges(graph)
    result = igraph.Graph(n=graph.n_accounts, edges=np.column_stack([follower, followed]), directed=True)
    if names is not None:
        result.vs["name"] = list(names)
    return result


def from_igraph(given: Any) -> Imported:
    """Take an igraph graph; an undirected tie counts in both directions.

    Raises
    ------
    ValueError
        Two vertices have one name.
    """
    ends = np.array(given.get_edgelist(), np.int64).reshape(-1, 2)
    if not given.is_directed():
        ends = np.concatenate([ends, ends[ends[:, 0] != ends[:, 1]][:, ::-1]])
    n = given.vcount()
    names = given.vs["name"] if "name" in given.vs.attributes() else range(n)
    graph, report = from_edges(ends[:, 0], ends[:, 1], n)
    return Imported(graph, _distinct(names), report)
