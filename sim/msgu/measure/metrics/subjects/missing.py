"""Metrics of families who look for a missing person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgu.measure.metrics.spec import MISSING, Arguments, Case, Told, metric
from msgu.scenario.schema.missing import WAYS
from msgu.scenario.schema.root import Scenario

if TYPE_CHECKING:
    from msgu.measure.view import Night, Window


def _to_the_end(scenario: Scenario) -> Iterator[Case]:
    if scenario.missing is not None and scenario.missing.search is not None:
        yield Case({}, 0.0, scenario.horizon)


@metric(
    MISSING, "family hours", "searches", better="less", adds=True,
    told=Told("search-hours", "Heures de recherche des familles", "Hours that families search", _to_the_end),
)  # fmt: skip
def search_hours(night: Night, window: Window, a: Arguments) -> float:
    """Hours that families spend without news of somebody whom they look for."""
    import numpy as np

    found = night.table("searches")
    spent = np.minimum(found["over"], window.end) - np.maximum(found["time"], window.start)
    return float(np.maximum(spent, 0.0).sum()) / 3600


@metric(MISSING, "families", "searches", optional="way", better="more", adds=True)
def searches_over(night: Night, window: Window, a: Arguments) -> float:
    """Families who get news, by one of the ways or by any."""
    import numpy as np

    found = night.table("searches")
    inside = (found["over"] >= window.start) & (found["over"] < window.end)
    if "way" in a:
        inside &= np.isin(found["way"], [WAYS.index(way) for way in a["way"]])
    return float(inside.sum())


@metric(MISSING, "s", "searches", better="less")
def search_median(night: Night, window: Window, a: Arguments) -> float:
    """Median time from when a family of the window begins to search until it has news; those without count as longest."""
    import numpy as np

    found = night.table("searches")
    inside = (found["time"] >= window.start) & (found["time"] < window.end)
    if not inside.any():
        return float("nan")
    return float(np.quantile(found["over"][inside] - found["time"][inside], 0.5, method="inverted_cdf"))
