"""Times of a scenario that may mislead: what never happens in its night, and clocks that change where no zone is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel

from msgu.errors import Loc
from msgu.scenario.blocks import BEGINNINGS
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.triggers import Trigger
from msgu.scenario.yaml.locate import find
from msgu.scenario.yaml.nodes import Mapping, Scalar
from msgu.units import CLOCK, format_clock, local_moment, offset_of, offset_text, offsets, zone

_NAMED: Final = 3

CHANGING: Final = (
    "Europe/Paris", "Europe/London", "Europe/Athens", "Europe/Moscow", "Europe/Istanbul",
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage",
    "America/Halifax", "America/St_Johns", "America/Nuuk", "America/Havana", "America/Mexico_City", "America/Sao_Paulo",
    "America/Santiago", "Africa/Cairo", "Africa/Casablanca", "Asia/Jerusalem", "Asia/Beirut", "Asia/Tehran",
    "Australia/Sydney", "Australia/Adelaide", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham",
)  # fmt: skip
"""Zones whose clocks change, or did, one for each way of doing so."""


# ---- what never happens ----


def never_happens(scenario: Scenario, tree: Mapping) -> Iterator[tuple[Loc, str, str, str]]:
    """Yield what begins after the end of the night; of a night that was cut short afterwards, once for all that was cut off."""
    late = [(loc, t) for loc, t in beginnings(scenario) if t >= scenario.horizon]
    cut = _is_moved(tree)
    off = [loc for loc, _ in late if cut and find(tree, loc).node.spot.path == tree.spot.path]
    if not cut:
        late += [
            (loc, t) for loc, t in _windows(scenario) if t >= scenario.horizon and _is_of_next_day(scenario, tree, loc, t)
        ]
    for loc, t in late:
        if loc not in off:
            yield loc, *_told(scenario, tree, loc, t)
    if off:
        names = [f"`{'.'.join(map(str, loc[:-1]))}`" for loc in off]
        told = ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
        end = format_clock(scenario.horizon, scenario.start)
        yield (
            (cut,),
            f"a night until {end}, after which {len(off)} dated blocks begin",
            f"never in this night: {told}",
            "",
        )


def beginnings(scenario: Scenario) -> Iterator[tuple[Loc, float]]:
    """Yield where a time stands at which something of the model begins, and the time [s since start]."""
    for name in type(scenario).model_fields:
        if name != "evidence":
            yield from _below(getattr(scenario, name), (name,))


def _below(value: Any, loc: Loc) -> Iterator[tuple[Loc, float]]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            inner = getattr(value, name)
            if name in BEGINNINGS and isinstance(inner, float) and not isinstance(inner, Trigger):
                yield (*loc, name), inner
            else:
                yield from _below(inner, (*loc, name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _below(inner, (*loc, key))


def _windows(scenario: Scenario) -> Iterator[tuple[Loc, float]]:
    """Yield where a window of a figure begins, and when."""
    for key, figure in scenario.evidence.figures.items():
        if figure.window is not None:
            yield ("evidence", "figures", key, "window", 0), figure.window[0]


def _is_of_next_day(scenario: Scenario, tree: Mapping, loc: Loc, t: float) -> bool:
    """Return whether a time is written without a date, and was before the start on the day of the start."""
    node = find(tree, loc).node
    dated = not isinstance(node, Scalar) or re.fullmatch(CLOCK, node.text) is None
    return not dated and local_moment(scenario.start, t).date() > scenario.start.date()


def _is_moved(tree: Mapping) -> str:
    """Return which of the two ends of the night another layer than the first has set, or an empty string."""
    for key in ("horizon", "start"):
        if key in tree.values and tree.values[key].spot.path != tree.spot.path:
            return key
    return ""


def _told(scenario: Scenario, tree: Mapping, loc: Loc, t: float) -> tuple[str, str, str]:
    node = find(tree, loc).node
    text = node.text if isinstance(node, Scalar) else ""
    start, end = (format_clock(s, scenario.start) for s in (0.0, scenario.horizon))
    given = f"'{text}' is read as {format_clock(t, scenario.start)}, after the end of the night at {end}"
    if _is_of_next_day(scenario, tree, loc, t):
        return (
            given,
            f"never in this night: {text} is before the start at {start}, and without a date means the next day",
            "",
        )
    return given, "never in this night", "a time before its end, or a longer `horizon`"


# ---- clocks that change ----


def clocks_change(scenario: Scenario, _tree: Mapping) -> Iterator[tuple[Loc, str, str, str]]:
    """Yield the zone whose clocks change during the night, for a scenario with its UTC offset and no zone."""
    if scenario.time_zone is not None:
        return
    start = scenario.start
    for name in CHANGING:
        place = zone(name)
        if offset_of(start.astimezone(place)) != offset_of(start):
            continue
        found = offsets(start, scenario.horizon, place)
        if len(found) > 1:
            before = local_moment(start, found[1][0])
            after = before.astimezone(place)
            given = f"the clocks of {name} go from {before:%H:%M}{offset_text(before)} to {after:%H:%M}{offset_text(after)} "
            given += f"on {before:%Y-%m-%d}, during this night without a `time_zone`"
            allowed = f"local times are read and shown at {offset_text(start)} throughout"
            yield ("start",), given, allowed, f"time_zone: {name}, or the zone that is meant"
            return
