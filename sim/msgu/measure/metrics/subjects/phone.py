"""Metrics of telephones: calls and messages that the event caused, and calls that were lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgu.measure.metrics.spec import TELEPHONES, Arguments, Case, Told, metric, ratio
from msgu.measure.metrics.windows import after_first_event, first_event
from msgu.scenario.schema.root import Scenario

if TYPE_CHECKING:
    from msgu.measure.view import Night, Window


@metric(TELEPHONES, "calls", "traffic", "operator", adds=True)
def extra_calls(night: Night, window: Window, a: Arguments) -> float:
    """Calls carried that the event caused, of one operator's subscribers."""
    return night.total("traffic", "carried", window, night.rows_of("traffic", "operator", a["operator"]))


@metric(TELEPHONES, "messages", "traffic", "operator", adds=True)
def extra_sms(night: Night, window: Window, a: Arguments) -> float:
    """Messages that the event caused, of one operator's subscribers."""
    return night.total("traffic", "sms", window, night.rows_of("traffic", "operator", a["operator"]))


@metric(TELEPHONES, "ratio", "traffic", "operator ordinary")
def voice_multiplier(night: Night, window: Window, a: Arguments) -> float:
    """Calls carried over ordinary ones, whose number in the window is given, of one operator's subscribers."""
    return 1.0 + extra_calls(night, window, a) / float(a["ordinary"])


@metric(TELEPHONES, "ratio", "traffic", "operator ordinary")
def sms_multiplier(night: Night, window: Window, a: Arguments) -> float:
    """Messages over ordinary ones, whose number in the window is given, of one operator's subscribers."""
    return 1.0 + extra_sms(night, window, a) / float(a["ordinary"])


@metric(TELEPHONES, "share", "calls cells", "zones bin", better="less")
def peak_blocking(night: Night, window: Window, a: Arguments) -> float:
    """Greatest share of attempts lost over bins, in the cells of some zones together, weighted as they stand."""
    import numpy as np

    calls = night.table("calls")
    start = calls["bin"] * night.results.bin_width
    inside = night.rows_of("calls", "zone", a["zones"]) & (start >= window.start) & (start < window.end)
    row = ((start[inside] - window.start) / a["bin"]).astype(np.int64)
    weight = night.cell_weight()[inside]
    offered = np.bincount(row, calls["offered"][inside] * weight)
    lost = np.bincount(row, calls["lost"][inside] * weight)
    return float((lost[offered > 0] / offered[offered > 0]).max()) if offered.any() else float("nan")


def _first_hours(scenario: Scenario) -> Iterator[Case]:
    if scenario.phones is not None:
        zones = sorted(scenario.worry.affected) if scenario.worry and scenario.worry.affected else ["country"]
        yield Case({"zones": "+".join(zones)}, first_event(scenario), after_first_event(scenario, 3))


@metric(
    TELEPHONES, "share", "calls cells", "zones", better="less",
    told=Told(
        "blocked", "Tentatives d'appel perdues dans les zones touchées, trois premières heures",
        "Call attempts lost in the affected zones, first three hours", _first_hours, "%", 0.5,
    ),
)  # fmt: skip
def mean_blocking(night: Night, window: Window, a: Arguments) -> float:
    """Share of attempts lost in cells of some zones, cells weighted by the whole cells they stand for."""
    mask, calls = night.rows_of("calls", "zone", a["zones"]), night.table("calls")
    weight = night.cell_weight() * night.share_of_bins(calls["bin"], window) * mask
    return ratio(float((calls["lost"] * weight).sum()), float((calls["offered"] * weight).sum()))


@metric(TELEPHONES, "calls", "barring", "zones", adds=True)
def calls_barred(night: Night, window: Window, a: Arguments) -> float:
    """Ordinary calls begun in some zones that were kept from asking for a channel, redials included."""
    return night.total("barring", "barred", window, night.rows_of("barring", "zone", a["zones"]))


@metric(TELEPHONES, "messages", "groups", adds=True)
def group_messages(night: Night, window: Window, a: Arguments) -> float:
    """Messages to a group that people who have learnt write."""
    return night.total("groups", "written", window)
