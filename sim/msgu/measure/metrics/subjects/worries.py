"""Metrics of worries about people: how long they last, what clears them, and marks of Safety Check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from msgu.measure.metrics.spec import MARKS, WORRIES, Arguments, Case, Told, metric
from msgu.measure.metrics.windows import next_midnight
from msgu.scenario.schema.root import Scenario

if TYPE_CHECKING:
    from msgu.measure.view import Night, Window

WAYS: Final = ("call", "message", "mark", "desk", "post")
"""What clears a worry: columns of the table `reassured`."""


def _until_midnight(scenario: Scenario) -> Iterator[Case]:
    if scenario.worry is not None:
        yield Case({}, 0.0, next_midnight(scenario))


@metric(
    WORRIES, "worries", "reassured", better="more", adds=True,
    told=Told("reassured", "Inquiétudes levées avant minuit", "Worries cleared before midnight", _until_midnight),
)  # fmt: skip
def reassured(night: Night, window: Window, a: Arguments) -> float:
    """Worries cleared, by a call, a message, a mark or a desk [ties]."""
    return sum(night.total("reassured", way, window) for way in WAYS)


@metric(WORRIES, "person hours", "worries", better="less", adds=True)
def worry_hours(night: Night, window: Window, a: Arguments) -> float:
    """Hours spent worrying about a tie, from when the event is known until the worry is cleared [person hours]."""
    return night.total("worries", "time", window) / 3600


@metric(WORRIES, "worries", "worries", better="more", adds=True)
def worries_prevented(night: Night, window: Window, a: Arguments) -> float:
    """Worries that never arose: who learnt of the event knew already that the tie was safe [ties]."""
    return night.total("worries", "prevented", window)


@metric(MARKS, "persons", "marks", better="more", adds=True)
def marks(night: Night, window: Window, a: Arguments) -> float:
    """People who marked themselves as safe."""
    return night.total("marks", "marks", window)


@metric(MARKS, "persons", "marks", better="more", adds=True)
def notified(night: Night, window: Window, a: Arguments) -> float:
    """People notified by marks."""
    check = night.scenario.safety_check
    return marks(night, window, a) * (check.notified if check else 0.0)
