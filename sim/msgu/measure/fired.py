"""When rules were on: in one night, and over the nights of a run."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from msgu.measure.view import Night

Spans = list[tuple[float, float]]


class Fired(NamedTuple):
    """What a rule did over some nights.

    on : nights in which it went on. first : median over these of when it first did [s]; NaN where it never did.
    times : mean over all nights of how often. lasted : median over the nights in which it went on of how long it was on [s].
    seen : median over the same nights of what was seen when it first went on, in SI. lacked : nights in which it lacked people.
    """

    rule: str
    nights: int
    on: int
    first: float
    times: float
    lasted: float
    seen: float
    lacked: int


def spans_of(night: Night, rule: str) -> Spans:
    """From when to when a rule was on in a night [s]; one that is on at the end was so until then."""
    from msgu.results.tables.rules import OFF, ON  # imports numpy, which a check of a scenario does without

    if "rules" not in night.results.tables:
        return []
    table = night.table("rules")
    mine = night.rows_of("rules", "rule", [rule])
    turns = [(t, what) for t, what in zip(table["time"][mine], table["what"][mine], strict=True) if what in (OFF, ON)]
    ends = [*(float(t) for t, _ in turns), night.results.horizon][1:]
    return [(float(t), end) for (t, what), end in zip(turns, ends, strict=True) if what == ON]


def fired(nights: Sequence[Night]) -> list[Fired]:
    """Return what each rule of a scenario did over its nights, in the order of ids."""
    return [_fired(nights, rule) for rule in sorted(nights[0].scenario.rules)] if nights else []


def _fired(nights: Sequence[Night], rule: str) -> Fired:
    from msgu.results.tables.rules import LACKS, ON

    spans = [spans_of(night, rule) for night in nights]
    on = [one for one in spans if one]
    seen, lacked = [], 0
    for night in nights:
        table = night.results.tables.get("rules")
        if table is not None:
            mine = night.rows_of("rules", "rule", [rule])
            seen += table["seen"][mine & (table["what"] == ON)][:1].tolist()
            lacked += int(bool((table["what"][mine] == LACKS).any()))
    return Fired(
        rule, len(nights), len(on), _median([one[0][0] for one in on]), sum(map(len, spans)) / len(nights),
        _median([sum(end - start for start, end in one) for one in on]), _median(seen), lacked,
    )  # fmt: skip


def _median(values: list[float]) -> float:
    return statistics.median(values) if values else math.nan
