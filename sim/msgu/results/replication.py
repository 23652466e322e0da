"""One replication in memory: its declared tables, and their fingerprint by layer."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.results.columns import LAYERS, Column
from msgu.results.files import sha256, to_json
from msgu.results.tables import OPTIONAL, TABLES

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Results:
    """What happened in one replication.

    Parameters
    ----------
    scenario_id, seed, scale, replication
        What was run.
    names
        Lists that the index columns refer to: topics, zones, operators, desks, kinds, states,
        ``variants/TOPIC``.
    start_iso
        Start of the clock, ISO 8601 with offset.
    horizon, bin_width
        Length of the run and of a bin [s].
    clones
        Real hosts or callers that a simulated one stands for.
    tables
        Column arrays by table; raw counts of the run, except tables declared `full`.
    summary
        Totals by name.
    graph_digest
        SHA-256 of the follower graph, empty without a network.
    """

    scenario_id: str
    seed: int
    scale: float
    replication: int
    names: dict[str, list[str]]
    start_iso: str
    horizon: float
    bin_width: float
    clones: int
    tables: dict[str, Columns]
    summary: dict[str, float] = field(default_factory=dict)
    graph_digest: str = ""

    def of_tables(self, *names: str) -> Results:
        """Return the same results with some of the tables alone."""
        return replace(self, tables={name: self.tables[name] for name in names if name in self.tables})

    @property
    def bins(self) -> int:
        """Number of bins of the tables; the horizon may cut the last one."""
        return max(1, math.ceil(self.horizon / self.bin_width))


# ---- shape ----


def conform(results: Results) -> Results:
    """Return the results with contiguous arrays of the declared dtypes, in declared order, and plain numbers.

    Raises
    ------
    ValueError
        For an unknown or missing table or column, unequal lengths, or a value that the dtype cannot hold.
    """
    unknown = set(results.tables) - set(TABLES)
    missing = set(TABLES) - OPTIONAL - set(results.tables)
    if unknown or missing:
        raise ValueError(f"tables: unknown {sorted(unknown)}, missing {sorted(missing)}")
    tables = {name: conform_table(name, results.tables[name]) for name in TABLES if name in results.tables}
    names = {key: [str(name) for name in values] for key, values in results.names.items()}
    summary = {name: float(value) for name, value in sorted(results.summary.items())}
    return replace(
        results, tables=tables, names=names, summary=summary, seed=int(results.seed),
        scale=float(results.scale), replication=int(results.replication), horizon=float(results.horizon),
        bin_width=float(results.bin_width), clones=int(results.clones),
    )  # fmt: skip


def conform_table(name: str, given: Columns) -> Columns:
    """Return the columns of one table as declared; `ValueError` otherwise."""
    declared = TABLES[name].columns
    if set(given) != {column.name for column in declared}:
        raise ValueError(f"{name}: columns {sorted(given)}, declared {[column.name for column in declared]}")
    made = {column.name: _conform_column(f"{name}.{column.name}", given[column.name], column) for column in declared}
    lengths = {len(values) for values in made.values()}
    if len(lengths) > 1:
        raise ValueError(f"{name}: columns of unequal lengths {sorted(lengths)}")
    return made


def _conform_column(name: str, values: NDArray[Any], column: Column) -> NDArray[Any]:
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name}: shape {array.shape}, one dimension expected")
    made = np.ascontiguousarray(array, dtype=np.dtype("<" + column.dtype))
    if column.dtype.startswith("i") and not np.array_equal(made, array):
        raise ValueError(f"{name}: values outside {column.dtype}")
    return made


# ---- fingerprints ----


def fingerprint(results: Results) -> dict[str, str]:
    """SHA-256 by layer, over names, lengths and little-endian bytes of the columns in declared order."""
    hashes = {layer: hashlib.sha256() for layer in LAYERS}
    hashes["graph"].update(results.graph_digest.encode())
    for name, table in TABLES.items():
        for column in table.columns if name in results.tables else ():
            values = results.tables[name][column.name]
            hashes[table.layer].update(f"{name}.{column.name}:{column.dtype}:{len(values)}\n".encode())
            hashes[table.layer].update(np.ascontiguousarray(values, dtype=np.dtype("<" + column.dtype)).data)
    head = {key: getattr(results, key) for key in ("names", "start_iso", "horizon", "bin_width", "clones")}
    summary = {name: float(value).hex() for name, value in sorted(results.summary.items())}
    hashes["summary"].update(to_json({**head, "summary": summary}))
    return {layer: hashes[layer].hexdigest() for layer in LAYERS}


def combine(fingerprints: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Fingerprint of several replications, given in their order; `all` covers every layer."""
    rows = list(fingerprints)
    made = {layer: sha256("\n".join(row[layer] for row in rows).encode()) for layer in LAYERS}
    return {**made, "all": sha256("\n".join(made[layer] for layer in LAYERS).encode())}
