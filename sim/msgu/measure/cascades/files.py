"""Cascades for other tools: a table of posts with parent ids as Parquet or CSV, networkx and GraphML."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from msgu.errors import RefusedError, StorageError
from msgu.measure.cascades.shape import Cascades
from msgu.results import Results
from msgu.world.graph.graphml import as_graphml
from msgu.world.whole_file import whole_file

if TYPE_CHECKING:
    import networkx as nx

ENDINGS = (".parquet", ".csv", ".graphml")
MOST_IN_MEMORY = 1_000_000
"""Posts that networkx is given at most: it takes about 2 KB for each."""

Table = dict[str, NDArray[Any]]


def posts_of(results: Results, cascades: Cascades, keep: NDArray[np.bool_] | None = None) -> Table:
    """Columns of the posts of chosen cascades; `post` is the row in the night's table, to which the other ids refer.

    Parameters
    ----------
    results : the night.
    cascades : its cascades.
    keep : shape (n_cascades,). Which cascades; all of them when None.

    Returns
    -------
    post, time [s], author, topic, kind, parent (-1: none), root, share_of (-1: first of its cascade), level.
    """
    posts, names = results.tables["posts"], results.names
    rows = np.arange(len(cascades.of)) if keep is None else np.flatnonzero(keep[cascades.of])
    return {
        "post": rows,
        "time": posts["time"][rows],
        "author": posts["author"][rows],
        "topic": np.array(names["topics"], np.str_)[posts["topic"][rows]],
        "kind": np.array(names["kinds"], np.str_)[posts["kind"][rows]],
        "parent": posts["parent"][rows],
        "root": posts["root"][rows],
        "share_of": cascades.share_of[rows],
        "level": cascades.level[rows],
    }


def to_networkx(posts: Table) -> nx.DiGraph[int]:
    """Forest of shares: an edge from each post to each share of it; the columns of a post are its attributes.

    Raises
    ------
    RefusedError
        Above `MOST_IN_MEMORY` posts; choose cascades by their size or topic.
    """
    import networkx as nx

    n = len(posts["post"])
    if n > MOST_IN_MEMORY:
        raise RefusedError(f"a graph of {n} posts in memory; at most {MOST_IN_MEMORY} - choose larger cascades or one topic")
    columns = {name: values.tolist() for name, values in posts.items() if name not in ("post", "share_of")}
    graph: nx.DiGraph[int] = nx.DiGraph()
    for post, values in zip(posts["post"].tolist(), zip(*columns.values(), strict=True), strict=True):
        graph.add_node(post, **dict(zip(columns, values, strict=True)))
    pairs = zip(posts["share_of"].tolist(), posts["post"].tolist(), strict=True)
    graph.add_edges_from((above, post) for above, post in pairs if above >= 0)
    return graph


def write(posts: Table, path: Path) -> None:
    """Write posts in the format that the file's ending names, one of `ENDINGS`.

    Raises
    ------
    StorageError
        Where the file is there already or cannot be written.
    """
    if path.suffix not in ENDINGS:
        raise ValueError(f"{path.suffix}: one of {', '.join(ENDINGS)}")
    if os.path.lexists(path):
        raise StorageError(f"{path}: is there already; choose another name")
    with whole_file(path) as file:
        _WRITERS[path.suffix](posts, file)


def _arrow(posts: Table) -> Any:
    import pyarrow as pa

    # text without a row would have the type null, which no other file's column can be joined to
    columns = {
        name: pa.array(values.tolist(), pa.string()) if values.dtype.kind == "U" else values
        for name, values in posts.items()
    }
    return pa.table(columns)


def _write_parquet(posts: Table, file: Any) -> None:
    import pyarrow.parquet as pq

    pq.write_table(_arrow(posts), file, compression="zstd")


def _write_csv(posts: Table, file: Any) -> None:
    from pyarrow import csv

    csv.write_csv(_arrow(posts), file, csv.WriteOptions(quoting_style="needed"))


def _write_graphml(posts: Table, file: Any) -> None:
    file.write(as_graphml(to_networkx(posts), "cascades"))


_WRITERS = {".parquet": _write_parquet, ".csv": _write_csv, ".graphml": _write_graphml}
