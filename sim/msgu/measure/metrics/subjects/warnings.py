"""Metrics of messages that ask for action: who receives, understands, believes, confirms and follows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgu.measure.metrics.spec import WARNINGS, Arguments, Case, Told, metric, ratio
from msgu.scenario.draft import sent_at
from msgu.scenario.schema.root import Scenario

if TYPE_CHECKING:
    from msgu.measure.view import Mask, Night, Window


def _of(night: Night, table: str, a: Arguments) -> Mask:
    """Return the rows of the messages, and of the zones and actions where these are given."""
    rows = night.rows_of(table, "message", a["message"])
    for name, column in (("zones", "zone"), ("action", "action")):
        if a.get(name):
            rows = rows & night.rows_of(table, column, a[name])
    return rows


@metric(WARNINGS, "persons", "warned", "message", optional="zones", better="more", adds=True)
def warned(night: Night, window: Window, a: Arguments) -> float:
    """People who receive a message that asks for action, at home or out."""
    return night.total("warned", "heard", window, _of(night, "warned", a))


@metric(WARNINGS, "persons", "warned", "message", optional="zones", better="more", adds=True)
def understood_warning(night: Night, window: Window, a: Arguments) -> float:
    """People who have read and understood such a message."""
    return night.total("warned", "understood", window, _of(night, "warned", a))


@metric(WARNINGS, "persons", "warned", "message", optional="zones", better="more", adds=True)
def believed_warning(night: Night, window: Window, a: Arguments) -> float:
    """People who believe such a message and decide to heed it."""
    return night.total("warned", "believed", window, _of(night, "warned", a))


@metric(WARNINGS, "confirmations", "warned", "message", optional="zones", adds=True)
def confirmations(night: Night, window: Window, a: Arguments) -> float:
    """Confirmations that people seek before they act on such a message: face to face, by call or online."""
    return sum(night.total("warned", how, window, _of(night, "warned", a)) for how in ("asked", "called", "read"))


@metric(WARNINGS, "calls", "warned", "message", optional="zones", better="less", adds=True)
def confirming_calls(night: Night, window: Window, a: Arguments) -> float:
    """Calls by which people seek confirmation of such a message, redials left out."""
    return night.total("warned", "called", window, _of(night, "warned", a))


def _asked(scenario: Scenario) -> Iterator[Case]:
    for name, message in sorted(scenario.warnings.items()):
        for action in message.guidance:
            yield Case({"message": name, "action": action}, 0.0, scenario.horizon)


@metric(
    WARNINGS, "persons", "heeded", "message action", optional="zones", better="more", adds=True,
    told=Told("acted-{message}-{action}", "Personnes qui suivent {message} : {action}", "People who follow {message}: {action}",
              _asked),
)  # fmt: skip
def acted(night: Night, window: Window, a: Arguments) -> float:
    """People who act as such a message asks, or by themselves where it asks for nothing."""
    return night.total("heeded", "count", window, _of(night, "heeded", a))


@metric(WARNINGS, "share", "heeded warned", "message action", optional="zones", better="more")
def acted_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of those who receive such a message who act on it."""
    received = {name: value for name, value in a.items() if name != "action"}  # whoever receives it has no action yet
    return ratio(acted(night, window, a), warned(night, window, received))


@metric(WARNINGS, "s", "heeded", "message action", optional="zones", better="less")
def time_to_action(night: Night, window: Window, a: Arguments) -> float:
    """Median time from sending a message to acting on it, to the middle of a bin [s]."""
    table, rows = night.table("heeded"), _of(night, "heeded", a)
    width, sent = night.results.bin_width, min(sent_at(night.scenario.warnings[m], night.scenario) for m in a["message"])
    at = (table["bin"][rows] + 0.5) * width
    inside = (at >= window.start) & (at < window.end)
    return night.middle(at[inside], table["count"][rows][inside]) - sent
