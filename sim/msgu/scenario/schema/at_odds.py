"""What must go together in a scenario and does not: sums, windows, clocks, closures, dials of zones and topics."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from msgu.errors import Loc, SchemaProblem
from msgu.scenario.dials import DIALS, Scope, of_scope
from msgu.scenario.schema.closures import Closure, Instruction
from msgu.scenario.schema.desks import Desk
from msgu.scenario.schema.measures import Measure
from msgu.scenario.schema.names import Problem, nearest
from msgu.scenario.schema.people import Outing
from msgu.scenario.schema.phone import Phones
from msgu.scenario.schema.places import Places
from msgu.scenario.schema.reassurance import SafetyCheck, Worry
from msgu.scenario.schema.shelter import Shelter
from msgu.scenario.schema.social import Bots, Broadcast, Topic, Trending
from msgu.scenario.schema.triggers import Trigger
from msgu.scenario.schema.warnings import Action, Message
from msgu.scenario.schema.witnesses import Witnesses
from msgu.units import format_duration, offset_of, tellable
from msgu.units import zone as zone_of


def backwards(value: object, loc: Loc = ()) -> Iterator[Problem]:
    """Yield each `until` that does not lie after its `at`."""
    if isinstance(value, BaseModel):
        at, until = getattr(value, "at", None), getattr(value, "until", None)
        ruled = isinstance(at, Trigger) or isinstance(until, Trigger)
        if at is not None and until is not None and not ruled and not until > at:
            yield (*loc, "until"), "a time not after `at`", "a later time", ""
        for name in type(value).model_fields:
            yield from backwards(getattr(value, name), (*loc, name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from backwards(inner, (*loc, key))


def clocks(start: datetime, horizon: float, places: Places) -> Iterator[Problem]:
    """The end can be told, and a zone with both an offset and a time zone means one clock."""
    try:
        tellable(horizon, start, format_duration(horizon))
    except SchemaProblem as error:
        yield ("horizon",), *error.problems[0][1:]
    for key, place in places.zones.items():
        if place.time_zone is None or place.utc_offset_h is None:
            continue
        hours = offset_of(start.astimezone(zone_of(place.time_zone))) / 3600
        if hours != place.utc_offset_h:
            given = f"{place.utc_offset_h:g}"
            allowed = f"the offset of {place.time_zone} at the start, or one of the two keys"
            yield ("places", "zones", key, "utc_offset_h"), given, allowed, f"{hours:.6g}"


def bots_without_topics(bots: Mapping[str, Bots], trending: Trending | None) -> Iterator[Problem]:
    """Automatic accounts post on topics of their own, or on what trends."""
    for key, group in bots.items():
        if not group.topics and trending is None:
            yield ("bots", key, "topics"), "no topic, and nothing trends", "topics, or `trending:` in the scenario", ""


def closures(shut: Mapping[str, Closure], places: Places) -> Iterator[Problem]:
    """A stretch lies in one segment of its line, a border between neighbours, and only a cordon lets anybody through."""
    for key, closure in shut.items():
        loc = ("closures", key)
        yield from _stretches(closure, loc, places)
        yield from _borders(closure, loc, places)
        if closure.lets and not closure.cordon:
            yield (*loc, "lets"), ", ".join(closure.lets), "a `cordon:` to be let through", ""


def _stretches(closure: Closure, loc: Loc, places: Places) -> Iterator[Problem]:
    lines = places.metro.lines
    for key, stretch in closure.stretches.items():
        ends = set(stretch.between)
        if stretch.line in lines and not any(ends <= set(part.stations) for part in lines[stretch.line].segments.values()):
            given, allowed = ", ".join(stretch.between), f"two stations of one segment of {stretch.line}"
            yield (*loc, "stretches", key, "between"), given, allowed, ""


def _borders(closure: Closure, loc: Loc, places: Places) -> Iterator[Problem]:
    for key, pair in closure.borders.items():
        there = set(pair) <= set(places.zones)
        if len(pair) != 2 or (there and pair[1] not in places.zones[pair[0]].adjacent):
            yield (*loc, "borders", key), ", ".join(pair), "two zones that share a border", ""


def instructions(given: Mapping[str, Instruction]) -> Iterator[Problem]:
    """No more than everybody stays or leaves."""
    for key, instruction in given.items():
        if instruction.stays + instruction.leaves > 1:
            shares = f"{instruction.stays:g} + {instruction.leaves:g}"
            yield ("instructions", key, "leaves"), shares, "`stays` and `leaves` of at most 1 together", ""


def desks_without_cells(desks: Mapping[str, Desk], phones: Phones | None) -> Iterator[Problem]:
    """Calls of a desk need cells to pass over them, and only such a desk has priority there, and callers somewhere."""
    for key, desk in desks.items():
        if desk.over_cells and phones is None:
            yield ("desks", key, "over_cells"), "calls over cells, and no telephones", "`phones:` in the scenario", ""
        if desk.emergency and not desk.over_cells:
            yield ("desks", key, "emergency"), "priority in cells of calls that pass over none", "`over_cells: true` too", ""
        for name, rate in desk.rates.items():
            if rate.zones and not desk.over_cells:
                loc = ("desks", key, "rates", name, "zones", "[key]")
                yield loc, "cells of calls that pass over none", "`over_cells: true` on the desk", "delete `zones:`"


def witnesses(seen: Mapping[str, Witnesses], outings: Mapping[str, Outing], places: Places) -> Iterator[Problem]:
    """Whoever sees something is out, in a zone where people are."""
    zones = {out.zone for out in outings.values()} | {z for venue in places.venues.values() for z in venue.people}
    for key, what in seen.items():
        if what.zone in places.zones and what.zone not in zones:
            allowed = "a zone with people out, by `outings:` or a venue"
            yield ("witnesses", key, "zone"), repr(what.zone), allowed, nearest(what.zone, zones)


def offers_unheard(shelter: Shelter | None, topics: Mapping[str, Topic]) -> Iterator[Problem]:
    """Where hosts must have heard, no other original makes one: neither of the topic nor of one that is written on it."""
    if shelter is None or shelter.hearing is None:
        return
    for key, topic in topics.items():
        moved = topic.elsewhere
        into = moved is not None and moved.topic == shelter.topic and moved.share.get("offer", 0.0) > 0
        if topic.kinds.get("offer", 0.0) > 0 and (key == shelter.topic or into):
            given, allowed = (
                f"{topic.kinds['offer']:g}",
                "0: with `shelter.hearing`, offers come from accounts that have heard",
            )
            yield ("topics", key, "kinds", "offer"), given, allowed, "0"


def later_news(broadcasts: Mapping[str, Broadcast], worry: Worry | None, check: SafetyCheck | None) -> Iterator[Problem]:
    """No broadcast tells of a later event before it happens; it has a date, and so has a Safety Check where friends mark."""
    if check is not None and check.friends > 0 and isinstance(check.at, Trigger):
        given = f"friends who mark, and an activation at `{check.at}`"
        yield ("safety_check", "friends"), given, "an activation with a date: `at:`", "delete `friends:`"
    for key, broadcast in broadcasts.items():
        if broadcast.news is not None and isinstance(broadcast.at, Trigger):
            given = f"a broadcast at `{broadcast.at}`"
            yield ("broadcasts", key, "news"), given, "a broadcast with a date: `at:`", "delete `news:`"
        event = worry.news.get(broadcast.news) if worry is not None and broadcast.news is not None else None
        if event is not None and broadcast.at < event.at:
            given = f"`{key}` begins before `{broadcast.news}` happens"
            yield ("broadcasts", key, "at"), given, f"a time not before `worry.news.{broadcast.news}.at`", ""


_SELECTORS: Final[dict[str, Scope]] = {"zones": "zone", "topics": "topic"}
"""What narrows a measure, and the scope of the dials that can be narrowed so."""


def selectors(measures: Mapping[str, Measure]) -> Iterator[Problem]:
    """Refuse a choice of zones or topics that the dial does not have."""
    for key, measure in measures.items():
        for name, scope in _SELECTORS.items():
            if getattr(measure, name) and DIALS[measure.dial].scope != scope:
                given = f"`{name}` on the dial `{measure.dial}`, which is turned everywhere"
                dials = " and ".join(f"`{dial}`" for dial in of_scope(scope))
                yield ("measures", key, name, "[key]"), given, f"`{name}` on the dial {dials} only", f"delete `{name}:`"


def capacities(phones: Phones) -> Iterator[Problem]:
    """No more channels are reserved than there are, and ordinary traffic leaves some of the data channel."""
    if phones.operators and not sum(operator.share for operator in phones.operators.values()) > 0:
        yield ("phones", "operators"), "shares that are all 0", "at least one above 0", ""
    if phones.reserved > phones.channels:
        yield ("phones", "reserved"), f"{phones.reserved} channels", f"at most `channels`: {phones.channels}", ""
    most = max([1.0, *phones.profile.values()])
    if phones.data is not None and phones.data.load * most >= 1:
        given = f"{phones.data.load:g} at the busiest hour, x {most:g} by `profile`"
        yield ("phones", "data", "load"), given, "less than 1 in every hour", ""


_WAYS: Final = ("post", "broadcast", "alert", "prompt")


def warnings(messages: Mapping[str, Message], there: Collection[str]) -> Iterator[Problem]:
    """A message goes one way, which the scenario has, at one time, and asks for what the scenario can carry.

    there : blocks that the scenario has.
    """
    carried: dict[str, str] = {}
    for key, message in messages.items():
        loc = ("warnings", key)
        ways = [way for way in _WAYS if getattr(message, way) is not None]
        if len(ways) != 1:
            given = " and ".join(f"`{way}`" for way in ways) or "no way to go"
            yield loc, given, "one of `post`, `broadcast`, `alert`, `prompt`", ""
        elif ways == ["alert"] and message.at is None:
            yield (*loc, "at"), "no time", "when the alert is sent", ""
        elif ways != ["alert"] and message.at is not None:
            yield (*loc, "at"), "a time of its own", f"the time of its {ways[0]}", "delete `at:`"
        if message.prompt is not None and "safety_check" not in there:
            yield (*loc, "prompt"), "a question that nobody asks", "`safety_check:` in the scenario", ""
        if message.post is not None and carried.setdefault(message.post, key) != key:
            yield (
                (*loc, "post"),
                f"the post of `{carried[message.post]}` too",
                "a post of its own: one carries one message",
                "",
            )
        yield from _guidance(message, loc, there)


def _guidance(message: Message, loc: Loc, there: Collection[str]) -> Iterator[Problem]:
    """Each action needs what it acts on."""
    lacks: dict[Action, str] = {
        "avoid": "" if message.place else "an area to keep out of: `place:`",
        "detour": "" if message.place else "an area to go round: `place:`",
        "text": "" if {"phones", "worry"} <= set(there) else "`phones:` and `worry:` in the scenario",
        "call": "" if message.desk else "a desk to call: `desk:`",
        "seek": "" if "shelter" in there else "`shelter:` in the scenario",
        "host": "" if {"shelter", "network"} <= set(there) else "`shelter:` and `network:` in the scenario",
    }
    for i, action in enumerate(message.guidance):
        if lacks.get(action):
            yield (*loc, "guidance", i), f"`{action}`", lacks[action], ""
    if message.desk is not None and "call" not in message.guidance:
        yield (*loc, "desk"), "a desk that nobody is asked to call", "`call` in `guidance:`", "delete `desk:`"
