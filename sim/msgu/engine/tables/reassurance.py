"""Worries about ties, and what clears them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from msgu.engine.compiled import CompiledEngine
from msgu.engine.tables.counts import bins_until
from msgu.engine.tables.sparse import many_columns
from msgu.kernels.state import AWARE, PERSON_REST
from msgu.results import Columns


def marks(night: CompiledEngine) -> Columns:
    """People who marked themselves safe, by bin."""
    return many_columns(night.phone.marks[:, None], ("bin",), ("marks",))


def reassured(night: CompiledEngine) -> Columns:
    """Worries cleared, by bin and by what cleared them."""
    return many_columns(night.phone.cleared[:, :5], ("bin",), ("call", "message", "mark", "desk", "post"))


def worries(night: CompiledEngine) -> Columns:
    """Worries that last and that never arose, by bin.

    Each change in a bin moves its worry time by what is left of the bin; what stood before lasts through all of it.
    """
    ph, s = night.phone, night.world.scenario
    end, width = s.followed_until("phones"), s.record.bin
    n = bins_until(s, end)
    change, prevented = ph.worry_change[:n], ph.prevented[:n]
    still = np.cumsum(change)
    time = (still - change) * width + ph.worry_time[:n]
    time[-1:] -= still[-1:] * (n * width - end)
    at = np.flatnonzero((time != 0.0) | (still != 0) | (prevented != 0))
    return {"bin": at, "prevented": prevented[at], "still": still[at], "time": time[at]}


def hearsay(night: CompiledEngine) -> Columns | None:
    """Worries that word of another cleared, and marks not made by oneself, where the scenario has either."""
    worry, check = night.world.scenario.worry, night.world.scenario.safety_check
    if not (worry is not None and worry.passed_on > 0) and not (check is not None and check.friends + check.prompted > 0):
        return None
    values = np.column_stack([night.phone.cleared[:, 5], night.phone.marked_by])
    return many_columns(values, ("bin",), ("word", "friends", "prompted"))


TABLES: Final[dict[str, Callable[[CompiledEngine], Columns | None]]] = {
    "marks": marks,
    "reassured": reassured,
    "hearsay": hearsay,
    "worries": worries,
}


def totals(night: CompiledEngine) -> dict[str, int]:
    """Worries cleared, and those of people who know of the event that still stand."""
    phone = night.phone
    worried = np.flatnonzero(phone.open)  # one in fifty: looking at everybody took a third of a gigabyte at scale 1
    aware = phone.person[worried, PERSON_REST] & AWARE != 0
    return {"worry_cleared": int(phone.cleared.sum()), "worry_open": int(phone.open[worried[aware]].sum())}
