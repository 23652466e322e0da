"""Metrics of desks: calls that they receive and take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgu.measure.metrics.spec import DESKS, Arguments, Case, Told, metric, ratio
from msgu.scenario.schema.root import Scenario

if TYPE_CHECKING:
    from msgu.measure.view import Night, Window


@metric(DESKS, "calls", "desks", "desk", adds=True)
def desk_received(night: Night, window: Window, a: Arguments) -> float:
    """Calls received by a desk, redials included."""
    return night.total("desks", "received", window, night.rows_of("desks", "desk", a["desk"]))


def _of_the_worried(scenario: Scenario) -> Iterator[Case]:
    for desk, settings in sorted(scenario.desks.items()):
        if settings.worried_share > 0:
            yield Case({"desk": desk}, 0.0, scenario.followed_until("desks", desk))


@metric(
    DESKS, "calls", "desks", "desk", better="more", adds=True,
    told=Told("answered-{desk}", "Appels décrochés : {desk}", "Calls answered: {desk}", _of_the_worried),
)  # fmt: skip
def desk_answered(night: Night, window: Window, a: Arguments) -> float:
    """Calls that an operator of a desk took."""
    return night.total("desks", "answered", window, night.rows_of("desks", "desk", a["desk"]))


@metric(DESKS, "share", "desks", "desk", better="more")
def desk_answered_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of a desk's calls that are answered."""
    return ratio(desk_answered(night, window, a), desk_received(night, window, a))


@metric(DESKS, "calls", "desk_cells", "desk", adds=True)
def desk_asked(night: Night, window: Window, a: Arguments) -> float:
    """Calls to a desk over cells whose caller has a cell, redials included."""
    return night.total("desk_cells", "asked", window, night.rows_of("desk_cells", "desk", a["desk"]))


@metric(DESKS, "share", "desk_cells", "desk", better="less")
def desk_blocked_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of the calls to a desk over cells that were barred or found no channel in the caller's cell."""
    rows = night.rows_of("desk_cells", "desk", a["desk"])
    lost = sum(night.total("desk_cells", column, window, rows) for column in ("barred", "blocked"))
    return ratio(lost, desk_asked(night, window, a))
