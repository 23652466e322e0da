"""Arguments of metrics: what may stand for each, and how it is read with a scenario."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from msgu.errors import SchemaProblem
from msgu.measure.metrics.call import Argument, MetricError
from msgu.scenario.schema.danger import PLACES
from msgu.scenario.schema.missing import WAYS
from msgu.scenario.schema.people import STATES
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.warnings import ACTIONS
from msgu.units import parse_duration, parse_wall
from msgu.units.quantity import NUMBER, plain_number


class Kind(NamedTuple):
    """A kind of argument: what it takes, in words, how it is read, and whether it names something of the scenario.

    A wrong argument raises `MetricError`.
    """

    takes: str
    read: Callable[[Argument, Scenario], Any]
    names: bool = True


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word nearest to one that is not known; empty where none is near."""
    near = difflib.get_close_matches(word, sorted(known), 1, 0.5)
    return near[0] if near else ""


def _names(what: str, known: Callable[[Scenario], Iterable[str]]) -> Callable[[Argument, Scenario], list[str]]:
    """Return a reader of names joined by `+`."""

    def names(argument: Argument, scenario: Scenario) -> list[str]:
        there = list(known(scenario))
        found = [name.strip() for name in argument.text.split("+")]
        for name in found:
            if name not in there:
                shown = ", ".join(there[:12]) + (", ..." if len(there) > 12 else "")
                allowed = f"{what} of this scenario ({shown or 'none'})"
                raise MetricError(f"`{name}`", allowed, nearest(name, there), argument.col)
        return found

    return names


def _zones(argument: Argument, scenario: Scenario) -> list[str]:
    """Read zones joined by `+`; `country` is every zone but those abroad."""
    if argument.text == "country":
        return [name for name, zone in scenario.places.zones.items() if zone.kind != "abroad"]
    return _names("a zone, or `country`,", lambda s: s.places.zones)(argument, scenario)


def _quantity(argument: Argument, read: Callable[[str], float]) -> float:
    try:
        return read(argument.text)
    except SchemaProblem as error:
        _, given, allowed, near = error.problems[0]
        raise MetricError(given, allowed, near, argument.col) from None


def _bin(argument: Argument, scenario: Scenario) -> float:
    width = _quantity(argument, parse_duration)
    if width < 1:
        raise MetricError(f"`{argument.text}`", "a bin of at least 1 s", "1 s", argument.col)
    return width


def _by(argument: Argument, scenario: Scenario) -> float:
    return _quantity(argument, lambda text: parse_wall(text, scenario.start))


def _ordinary(argument: Argument, scenario: Scenario) -> float:
    if not _above_zero(argument.text):
        near = plain_number(argument.text)
        raise MetricError(f"`{argument.text}`", "a number above 0", near if _above_zero(near) else "", argument.col)
    return float(argument.text)


def _above_zero(text: str) -> bool:
    return re.fullmatch(NUMBER, text) is not None and 0 < float(text) < float("inf")


KINDS: Final[dict[str, Kind]] = {
    "action": Kind("an action that messages ask for", _names("an action", lambda s: ACTIONS)),
    "account": Kind("a named account", _names("an account", lambda s: s.accounts)),
    "bin": Kind("a duration of at least `1 s`", _bin, names=False),
    "by": Kind("a time, as in the scenario", _by, names=False),
    "danger": Kind("a danger", _names("a danger", lambda s: s.dangers)),
    "desk": Kind("a desk", _names("a desk", lambda s: s.desks)),
    "message": Kind("a message that asks for action, of `warnings`", _names("a message", lambda s: s.warnings)),
    "operator": Kind(
        "an operator of the telephones", _names("an operator", lambda s: s.phones.operators if s.phones else ())
    ),
    "ordinary": Kind("the ordinary number in the window, above 0", _ordinary, names=False),
    "place": Kind("where people are: `" + "`, `".join(PLACES) + "`", _names("a place", lambda s: PLACES)),
    "rule": Kind("a rule", _names("a rule", lambda s: s.rules)),
    "state": Kind("a state of people out", _names("a state", lambda s: STATES)),
    "topic": Kind("a topic", _names("a topic", lambda s: s.topics)),
    "video": Kind("a video", _names("a video", lambda s: s.videos)),
    "way": Kind("a way by which a family gets news", _names("a way", lambda s: WAYS)),
    "zones": Kind("zones, or `country` for all that are not abroad", _zones),
}
"""Every argument that a metric may have, by name; several names of one kind are joined by `+`."""
