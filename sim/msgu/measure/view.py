"""A night as metrics see it: its scenario, its tables, and the counting that they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from msgu.results import TABLES, Columns, Results
from msgu.results.tables.social import ORIGINS
from msgu.scenario.schema.root import Scenario

Mask = NDArray[np.bool_]
F64 = NDArray[np.float64]


class Window(NamedTuple):
    """From when to when [s]; the end is not included."""

    start: float
    end: float


@dataclass(frozen=True)
class Night:
    """One replication with the scenario that it is of."""

    scenario: Scenario
    results: Results

    @property
    def whole(self) -> Window:
        """The whole night."""
        return Window(0.0, self.results.horizon)

    def table(self, name: str) -> Columns:
        """Return a table's columns; without rows where the scenario does not ask for an optional one."""
        if name not in self.results.tables and TABLES[name].optional:
            return {column.name: np.empty(0, column.dtype) for column in TABLES[name].columns}
        return self.results.tables[name]

    def factor(self, table: str) -> float:
        """Return what turns a table's counts into counts at scale 1."""
        return 1.0 if TABLES[table].full else 1.0 / self.results.scale

    def index(self, what: str, name: str) -> int:
        """Return the row of a name, for instance of a topic in `names['topics']`."""
        return self.results.names[what].index(name)

    def indices(self, what: str, names: Sequence[str]) -> NDArray[np.int64]:
        """Return the rows of several names."""
        return np.array([self.index(what, name) for name in names], np.int64)

    def rows_of(self, table: str, column: str, names: Sequence[str]) -> Mask:
        """Return which rows of a table are of the named topics, zones, operators, desks, states or films."""
        return np.isin(self.table(table)[column], self.indices(f"{column}s", names))

    def written_by(self, table: str, column: str, names: Sequence[str]) -> Mask:
        """Return which rows of a table have one of the named accounts in a column."""
        return np.isin(self.table(table)[column], self.authors(names))

    def authors(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of named accounts as the posts name them: those that stand apart are the last accounts."""
        places, known = self.indices("accounts", names), len(self.results.names["accounts"])
        apart = np.array([self.scenario.stands_apart(name) for name in names], np.bool_)
        last: NDArray[np.int64] = np.where(apart, int(self.results.summary["accounts"]) - known + places, places)
        return last

    def posts(self, topics: Sequence[str], window: Window, kinds: Sequence[str] = ()) -> Mask:
        """Return which posts are of these topics (none named: all), within the window, of these kinds."""
        posts = self.table("posts")
        mask: Mask = (posts["time"] >= window.start) & (posts["time"] < window.end)
        if topics:
            mask &= np.isin(posts["topic"], self.indices("topics", topics))
        if kinds:
            mask &= np.isin(posts["kind"], self.indices("kinds", kinds))
        return mask

    def of_origin(self, *origins: str) -> Mask:
        """Return which posts are of these origins, of those of `msgu.results.tables.social.ORIGINS`."""
        return np.isin(self.table("posts")["origin"], [ORIGINS.index(origin) for origin in origins])

    def originals(self) -> Mask:
        """Return which posts are originals: first of their cascade."""
        root = self.table("posts")["root"]
        return np.asarray(root == np.arange(len(root)), np.bool_)

    def share_of_bins(self, bins: NDArray[Any], window: Window) -> F64:
        """Return which share of each bin lies within the window; the last bin ends with the night."""
        width = self.results.bin_width
        start = bins.astype(np.float64) * width
        end = np.minimum(start + width, self.results.horizon)
        inside = np.minimum(end, window.end) - np.maximum(start, window.start)
        return np.clip(inside / (end - start), 0.0, 1.0)

    def total(self, table: str, column: str, window: Window, mask: Mask | None = None) -> float:
        """Sum of a column of counts over the window, at scale 1; bins cut by the window count in part."""
        columns = self.table(table)
        values = columns[column] * self.share_of_bins(columns["bin"], window)
        return float(values[mask].sum() if mask is not None else values.sum()) * self.factor(table)

    def standing(self, table: str, column: str, at: float, mask: Mask | None = None) -> float:
        """Sum of a column of numbers standing at the end of the last bin that is over at `at`, at scale 1."""
        columns = self.table(table)
        rows = columns["bin"] == int(at / self.results.bin_width + 1e-9) - 1
        if mask is not None:
            rows &= mask
        return float(columns[column][rows].sum()) * self.factor(table)

    @property
    def bins(self) -> int:
        """Number of bins; the horizon may cut the last one."""
        return self.results.bins

    def curve(self, table: str, column: str, mask: Mask | None = None) -> F64:
        """Sum of a column in each bin of the night, at scale 1.

        Returns
        -------
        shape (n_bins,).
        """
        columns = self.table(table)
        rows = columns["bin"] < self.bins
        if mask is not None:
            rows &= mask
        sums = np.bincount(columns["bin"][rows], columns[column][rows], self.bins)
        return np.asarray(sums * self.factor(table), np.float64)

    def curves(self, table: str, column: str, by: str) -> F64:
        """Sum of a column in each bin for each topic, zone, desk or state, whichever the column `by` has, at scale 1.

        Returns
        -------
        shape (n_names, n_bins), in the order of the names.
        """
        columns, shape = self.table(table), (len(self.results.names[f"{by}s"]), self.bins)
        rows = columns["bin"] < self.bins
        at = columns[by][rows].astype(np.int64) * self.bins + columns["bin"][rows]
        sums = np.bincount(at, columns[column][rows], shape[0] * shape[1]).reshape(shape)
        return np.asarray(sums * self.factor(table), np.float64)

    def series(self, table: str, column: str, window: Window, mask: Mask | None = None) -> F64:
        """Numbers standing at the end of each bin that ends within the window, at scale 1.

        Returns
        -------
        shape (n_bins,).
        """
        width = self.results.bin_width
        first = max(0, int(np.ceil(window.start / width - 1e-9)) - 1)
        return self.curve(table, column, mask)[first : int(window.end / width + 1e-9)]

    def peak(self, table: str, column: str, window: Window, mask: Mask | None = None) -> float:
        """Greatest of `series`; 0 where there is none."""
        return float(self.series(table, column, window, mask).max(initial=0.0))

    @staticmethod
    def middle(values: NDArray[Any], counts: NDArray[Any]) -> float:
        """Return the median of values that occur so often, each shape (n,); NaN where nothing does."""
        if not counts.sum() > 0:
            return float("nan")
        order = np.argsort(values, kind="stable")
        return float(values[order][np.searchsorted(np.cumsum(counts[order]), counts.sum() / 2.0)])

    def cell_weight(self) -> F64:
        """Whole cells at scale 1 that one cell of the zone of each row of `calls` stands for."""
        cells, calls = self.table("cells"), self.table("calls")
        weight = np.zeros(1 + max(int(cells["zone"].max(initial=-1)), int(calls["zone"].max(initial=-1))))
        weight[cells["zone"]] = cells["weight"]
        return np.asarray(weight[calls["zone"]], np.float64)
