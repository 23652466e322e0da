"""Metrics of people who are out and cannot get home."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from msgu.measure.metrics.spec import PEOPLE, Arguments, Case, Told, metric
from msgu.scenario.schema.root import Scenario

if TYPE_CHECKING:
    from msgu.measure.view import Night, Window

STUCK: Final = ("stranded", "seeking", "to_host")
"""States of people who cannot get home: waiting, seeking shelter, or on the way to a host."""


@metric(PEOPLE, "persons", "moves", "state", adds=True)
def entered(night: Night, window: Window, a: Arguments) -> float:
    """People out who come into a state: `walking_far` counts those who walk home at last, `outside` those shut out."""
    return night.total("moves", "entered", window, night.rows_of("moves", "state", a["state"]))


@metric(PEOPLE, "persons", "people", "state")
def state_peak(night: Night, window: Window, a: Arguments) -> float:
    """Greatest number of people out who are in a state at one time."""
    return night.peak("people", "count", window, night.rows_of("people", "state", a["state"]))


def _followed(scenario: Scenario) -> Iterator[Case]:
    if scenario.outings or scenario.places.venues:
        yield Case({}, 0.0, scenario.followed_until("going_home"))


@metric(
    PEOPLE, "persons", "people", better="less",
    told=Told(
        "stranded", "Personnes bloquées dehors, au plus fort", "People stranded outside, at the worst moment", _followed
    ),
)  # fmt: skip
def stranded_peak(night: Night, window: Window, a: Arguments) -> float:
    """Greatest number of people at one time who cannot get home: waiting, seeking shelter or on the way to a host."""
    return night.peak("people", "count", window, night.rows_of("people", "state", STUCK))
