"""Metrics of people who are out within reach of dangers: exposure, never harm (docs/model/danger.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgu.measure.metrics.spec import PEOPLE, Arguments, Case, Told, metric
from msgu.scenario.schema.danger import ANY
from msgu.scenario.schema.root import Scenario

if TYPE_CHECKING:
    from msgu.measure.view import Mask, Night, Window


def _rows(night: Night, table: str, a: Arguments) -> Mask:
    """Rows of the dangers named (none: any of them, each person and each minute once), places and zones."""
    rows = night.rows_of(table, "danger", a.get("danger", [ANY]))
    if "zones" in a:
        rows &= night.rows_of(table, "zone", a["zones"])
    if "place" in a:
        rows &= night.rows_of(table, "place", a["place"])
    return rows


def _exposed(night: Night, window: Window, a: Arguments, column: str) -> float:
    if not night.scenario.dangers:
        return float("nan")
    return night.total("exposed", column, window, _rows(night, "exposed", a))


def _dangerous(scenario: Scenario) -> Iterator[Case]:
    if scenario.dangers and (scenario.outings or scenario.places.venues):
        yield Case({}, 0.0, scenario.followed_until("going_home"))


def _in_the_street(scenario: Scenario) -> Iterator[Case]:
    yield from (case._replace(arguments={"place": "street"}) for case in _dangerous(scenario))


@metric(
    PEOPLE, "person-minutes", "exposure", optional="danger place zones", better="less", adds=True,
    told=Told(
        "in-reach", "Personnes-minutes dans la rue à portée d'un danger", "Person-minutes in the street within reach of a danger",
        _in_the_street,
    ),
)  # fmt: skip
def danger_minutes(night: Night, window: Window, a: Arguments) -> float:
    """Minutes that people who were out spend within reach of an active danger, all people together; no casualties."""
    if not night.scenario.dangers:
        return float("nan")
    return night.total("exposure", "time", window, _rows(night, "exposure", a)) / 60.0


@metric(PEOPLE, "persons", "exposed", optional="danger zones", better="less", adds=True)
def danger_reached(night: Night, window: Window, a: Arguments) -> float:
    """People who were out and are ever within reach of an active danger, wherever they are; each counted once."""
    return _exposed(night, window, a, "reached")


@metric(
    PEOPLE, "persons", "exposed", optional="danger zones", better="less", adds=True,
    told=Told("towards", "Personnes qui ont marché vers un danger", "People who walked towards a danger", _dangerous),
)  # fmt: skip
def danger_towards(night: Night, window: Window, a: Arguments) -> float:
    """People whose way on foot led nearer to an active danger and within its reach, or its margin; each counted once."""
    return _exposed(night, window, a, "towards")


@metric(PEOPLE, "persons", "exposed", optional="danger zones", adds=True)
def danger_held(night: Night, window: Window, a: Arguments) -> float:
    """People held by a cordon or told to stay inside, within reach of an active danger; each counted once."""
    return _exposed(night, window, a, "held")
