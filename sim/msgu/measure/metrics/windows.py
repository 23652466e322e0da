"""Windows of outcomes that any scenario has: from the first event, to midnight, to the end of what is followed."""

from __future__ import annotations

from typing import Final

from msgu.scenario.schema.root import Scenario
from msgu.units import clock_rows

HOUR: Final = 3600.0
_DAY: Final = 86400.0


def first_event(scenario: Scenario) -> float:
    """When the first thing happened [s]; the start where nothing is dated."""
    times = [event.at for event in scenario.events.values()]
    return min([t for t in times if t < scenario.horizon], default=0.0)


def after_first_event(scenario: Scenario, hours: float) -> float:
    """Some hours after the first event, or the horizon where that is earlier [s]."""
    return min(first_event(scenario) + hours * HOUR, scenario.horizon)


def next_midnight(scenario: Scenario) -> float:
    """The first local midnight after the start, or the horizon where that is earlier [s]."""
    rows = clock_rows(scenario.start, scenario.horizon)
    return min(next((t for at, clock in reversed(rows) if (t := _DAY - clock) >= at), _DAY), scenario.horizon)


def end_of_people(scenario: Scenario) -> float:
    """The end of what is followed of people: of telephones, of those who are out, of desks; else the horizon [s]."""
    ends = [scenario.followed_until("phones")] if scenario.phones is not None else []
    ends += [scenario.followed_until("going_home")] if scenario.outings or scenario.places.venues else []
    ends += [scenario.followed_until("desks")] if scenario.desks else []
    return max(ends, default=scenario.horizon)
