"""Notices for missing persons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

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


def missing(_: CompiledEngine, notices: list[Notice]) -> Columns:
    """Every notice, in the order in which they were written."""
    columns = DECLARED["missing"].columns
    return {c.name: np.array([getattr(notice, c.name) for notice in notices], c.dtype) for c in columns}


COUNTED: Final[dict[str, Callable[[CompiledEngine, list[Notice]], Columns]]] = {"missing": missing}
