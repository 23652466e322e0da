"""Rows of a table for the places of an array that hold anything."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from msgu.results import Columns


def one_column(values: NDArray[np.int64], axes: tuple[str, ...], column: str) -> Columns:
    """Table of the values that are not 0; each axis of `values` becomes an index column."""
    where = np.nonzero(values)
    return dict(zip(axes, where, strict=True)) | {column: values[where]}


def many_columns(values: NDArray[np.int64], axes: tuple[str, ...], columns: tuple[str, ...]) -> Columns:
    """Table of the places where any column is not 0.

    Parameters
    ----------
    values : shape (length of each axis..., columns).
    axes : names of the index columns, in the order of the axes.
    columns : names of the columns, in the order of the last axis.
    """
    where = np.nonzero(values.any(axis=-1))
    kept = values[where]
    return dict(zip(axes, where, strict=True)) | {name: kept[:, i] for i, name in enumerate(columns)}
