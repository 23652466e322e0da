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
    WORRIES, "person hours", "worries", better="less", adds=True,
    told=Told("worry-hours", "Heures d'inquiétude avant minuit", "Hours of worry before midnight", _until_midnight),
)  # fmt: skip
def worry_hours(night: Night, window: Window, a: Arguments) -> float:
    """Hours spent worrying about a tie, from when the event is known until the worry is cleared [person hours]."""
    return night.total("worries", "time", window) / 3600


@metric(
    WORRIES, "worries", "worries", better="more", adds=True,
    told=Told(
        "prevented", "Inquiétudes évitées avant minuit : le proche était déjà connu sain et sauf",
        "Worries prevented before midnight: the tie was known to be safe already", _until_midnight,
    ),
)  # fmt: skip
def worries_prevented(night: Night, window: Window, a: Arguments) -> float:
    """Worries that never arose: who learnt of the event knew already that the tie was safe [ties]."""
    return night.total("worries", "prevented", window)


@metric(
    WORRIES, "worries", "reassured hearsay", better="more", adds=True,
    told=Told(
        "reassured", "Inquiétudes levées avant minuit, qui baissent aussi quand on en évite",
        "Worries cleared before midnight, which fall too where worries are prevented", _until_midnight,
    ),
)  # fmt: skip
def reassured(night: Night, window: Window, a: Arguments) -> float:
    """Worries cleared, by a call, a message, a mark, a desk, a post or word of another; prevention lowers it [ties]."""
    return sum(night.total("reassured", way, window) for way in WAYS) + night.total("hearsay", "word", window)


@metric(WORRIES, "worries", "hearsay", better="more", adds=True)
def cleared_by_word(night: Night, window: Window, a: Arguments) -> float:
    """Worries cleared by somebody else who worried about the same person [ties]."""
    return night.total("hearsay", "word", window)


@metric(MARKS, "persons", "marks", better="more", adds=True)
def marks(night: Night, window: Window, a: Arguments) -> float:
    """People who were marked as safe, by themselves or by a friend."""
    return night.total("marks", "marks", window)


@metric(MARKS, "persons", "hearsay", better="more", adds=True)
def marks_by_friends(night: Night, window: Window, a: Arguments) -> float:
    """People whom a friend marked as safe, among those of `marks`."""
    return night.total("hearsay", "friends", window)


@metric(MARKS, "persons", "hearsay", better="more", adds=True)
def marks_asked_for(night: Night, window: Window, a: Arguments) -> float:
    """People who marked themselves because a contact asked, among those of `marks`."""
    return night.total("hearsay", "prompted", window)


@metric(MARKS, "persons", "marks", better="more", adds=True)
def notified(night: Night, window: Window, a: Arguments) -> float:
    """People notified by marks."""
    check = night.scenario.safety_check
    return marks(night, window, a) * (check.notified if check else 0.0)
