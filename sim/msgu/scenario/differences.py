"""In which settings two scenarios differ, and from when on that may show."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, Literal

from msgu.scenario.blocks import dated
from msgu.scenario.dials import DIALS
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.triggers import earliest

_UNREAD: Final = frozenset({"id", "title", "events", "evidence"})
"""Blocks that no model reads."""
_SAID: Final = frozenset({"source", "confidence", "note", "text"})
"""Fields of any block that no model reads."""
OF_PEOPLE: Final = frozenset({"closures", "instructions", "going_home", "shelter", "dangers"})
"""Blocks that only people who are out and those who look for shelter read."""
_OF_OTHERS: Final = frozenset(
    {("shelter", key) for key in ("topic", "volunteers", "volunteer_time", "relays", "relay_share", "hearing")}
)
"""Settings of these blocks that posts depend on."""
OF_OTHERS: Final = frozenset(
    {
        "network", "accounts", "attention", "topics", "drivers", "gains", "pulses", "posts", "trending", "videos", "bots",
        "broadcasts", "phones", "worry", "desks", "missing", "safety_check",
    }
)  # fmt: skip
"""Blocks that people who are out know of from posts alone."""
Path = tuple[str, ...]
Parted = Literal["", "people", "others"]
"""In what two scenarios differ: in people who are out alone, in everything but them, or in both."""


def differing(before: Scenario, after: Scenario) -> list[str]:
    """Return the dotted paths of the settings in which two scenarios differ, in order."""
    return sorted(".".join(path) for path in _paths(before.model_dump(mode="json"), after.model_dump(mode="json"), ()))


def differ_from(before: Scenario, after: Scenario) -> float:
    """Return the first date of anything in which two scenarios differ [s]: 0 for what has none, infinite for nothing.

    It is where a night under one may leave that under the other; no promise that it does not leave it earlier.
    """
    both = (before, after)
    times = [_dates(scenario) | _of_rules(scenario) for scenario in both]
    paths = _paths(before.model_dump(mode="json"), after.model_dump(mode="json"), ())
    watched = {("events", str(rule.event)) for scenario in both for rule in scenario.rules.values() if rule.event}
    return min((_from(path, times) for path in paths if path[:2] in watched or not _is_unread(path)), default=math.inf)


def parted(before: Scenario, after: Scenario) -> Parted:
    """Return whether all settings in which two scenarios differ concern people who are out, or none of them does.

    In the first case posts, calls and desks are the same in a night of either; in the second, people who read the same are.
    """
    measures = [measure for scenario in (before, after) for measure in scenario.measures.items()]

    def of_people(path: Path) -> bool:
        if path[0] == "measures":
            return all(DIALS[one.dial].of_people for name, one in measures if name == path[1])
        return path[0] in OF_PEOPLE and len(path) > 1 and path[:2] not in _OF_OTHERS

    def of_others(path: Path) -> bool:
        if path[0] == "measures":
            return not any(DIALS[one.dial].of_people for name, one in measures if name == path[1])
        return path[0] in OF_OTHERS

    found = _paths(before.model_dump(mode="json"), after.model_dump(mode="json"), ())
    read = [path for path in found if not _is_unread(path)]
    if all(map(of_people, read)):
        return "people"
    return "others" if all(map(of_others, read)) else ""


def _is_unread(path: Path) -> bool:
    return path[0] in _UNREAD or path[-1] in _SAID


def _paths(before: Any, after: Any, above: Path) -> Iterator[Path]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            if key not in before or key not in after:
                yield (*above, key)
            else:
                yield from _paths(before[key], after[key], (*above, key))
    elif before != after:
        yield above


def _dates(scenario: Scenario) -> dict[Path, tuple[float, float]]:
    """Return where dated things stand, when each begins, and when it ends: infinite for one that does not."""
    found = dict[Path, tuple[float, float]]()
    for moment in dated(scenario):
        loc = tuple(str(part) for part in moment.loc)
        ends = getattr(moment.item, "until", None)
        begins = min(moment.t, found.get(loc, (math.inf, 0.0))[0])
        found[loc] = begins, math.inf if ends is None else earliest(ends, scenario.rules)
    return found


def _of_rules(scenario: Scenario) -> dict[Path, tuple[float, float]]:
    """Return when rules begin to read what they alone read: their teams, and the events that they watch."""
    found = dict[Path, tuple[float, float]]()
    for rule in scenario.rules.values():
        read = [("teams", team) for team in rule.teams] + ([("events", rule.event)] if rule.event else [])
        for loc in read:
            found[loc] = min(rule.at, found.get(loc, (math.inf, 0.0))[0]), math.inf
    return found | {("teams", team): (math.inf, math.inf) for team in scenario.teams if ("teams", team) not in found}


def _from(path: Path, times: list[dict[Path, tuple[float, float]]]) -> float:
    """When a setting begins to matter: with the innermost dated thing that it is part of, or at its end for when that is."""
    for n in range(len(path), 0, -1):
        here = [found[path[:n]] for found in times if path[:n] in found]
        if here:
            last = path[n:] == ("until",)
            return max(0.0, min(end if last else begin for begin, end in here))
    return 0.0
