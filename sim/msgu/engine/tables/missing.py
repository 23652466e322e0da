"""Notices for missing persons, and the searches for them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from msgu.engine.compiled import CompiledEngine
from msgu.results import TABLES as DECLARED
from msgu.results import Columns


@dataclass
class Notice:
    """A notice: when and by whom it was written, its post, the news and when it is known; a row of `missing`."""

    time: float
    author: int
    post: int
    outcome: int
    known: float
    closed: bool = False
    relays: int = 0
    stale: int = 0


@dataclass
class Searched:
    """The search for one person: since when, the news, when and by which way it came, and what was done; a row of `searches`."""

    time: float
    outcome: int
    over: float = math.inf
    way: int = -1
    visits: int = 0
    calls: int = 0
    answered: int = 0


@dataclass
class Written:
    """What the process of missing persons writes down; no searches where the scenario has none."""

    notices: list[Notice] = field(default_factory=list)
    searches: list[Searched] | None = None


def missing(_: CompiledEngine, written: Written) -> Columns:
    """Every notice, in the order in which they were written."""
    return _columns("missing", written.notices)


def searches(_: CompiledEngine, written: Written) -> Columns | None:
    """Every search, in the order in which they began."""
    return None if written.searches is None else _columns("searches", written.searches)


def _columns(table: str, rows: Sequence[Notice] | Sequence[Searched]) -> Columns:
    return {c.name: np.array([getattr(row, c.name) for row in rows], c.dtype) for c in DECLARED[table].columns}


COUNTED: Final[dict[str, Callable[[CompiledEngine, Any], Columns | None]]] = {"missing": missing, "searches": searches}
