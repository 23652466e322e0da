"""What must go together in a rule, and in what takes its time from one, and does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from msgu.errors import Loc
from msgu.scenario.observables import FORMS, OBSERVABLES, Observable
from msgu.scenario.schema.closures import Closure, Instruction
from msgu.scenario.schema.desks import Desk
from msgu.scenario.schema.measures import Measure
from msgu.scenario.schema.names import Problem, nearest
from msgu.scenario.schema.reassurance import SafetyCheck
from msgu.scenario.schema.rules import Rule, Team
from msgu.scenario.schema.social import Broadcast, Post
from msgu.scenario.schema.triggers import Threshold, Trigger, triggers_of, written_level
from msgu.scenario.schema.warnings import Message
from msgu.units import format_duration

_SELECTORS = ("topic", "zones", "desk", "event")
_LEVELS = ("above", "below", "until_below", "until_above")
_NEAR = 1e-9
"""How far from a whole number of looks a duration may be, as a share of a look."""


def rules(given: Mapping[str, Rule], teams: Mapping[str, Team]) -> Iterator[Problem]:
    """A rule watches one thing, at levels in its unit and in their order, for whole numbers of looks, with people there are."""
    for key, rule in given.items():
        loc, seen = ("rules", key), OBSERVABLES[rule.sees]
        yield from _selected(rule, loc, seen)
        yield from _levels(rule, loc, seen)
        yield from _looks(rule, loc, seen)
        for team, needed in rule.teams.items():
            there = teams[team].people if team in teams else needed
            if not 1 <= needed <= there:
                yield (*loc, "teams", team), f"{needed} people", f"1 to {there}, who are in `{team}`", f"{there or 1}"


def _selected(rule: Rule, loc: Loc, seen: Observable) -> Iterator[Problem]:
    """Yield a choice that the observable does not have, or one that it needs and is missing."""
    for name in _SELECTORS:
        if getattr(rule, name) and name != seen.selector:
            given, allowed = f"`{name}` with `{rule.sees}`", f"`{seen.selector}`" if seen.selector else "no such choice"
            yield (*loc, name, "[key]"), given, allowed, f"delete `{name}:`"
    if seen.selector and seen.selector != "zones" and not getattr(rule, seen.selector):
        yield (*loc, "sees"), f"`{rule.sees}` of nothing", f"`{seen.selector}:` beside it", ""


def _levels(rule: Rule, loc: Loc, seen: Observable) -> Iterator[Problem]:
    if (rule.above is None) == (rule.below is None):
        given = "no level" if rule.above is None else "`above` and `below`"
        yield (*loc, "sees"), given, "one of `above:` and `below:`", ""
        return
    for name in _LEVELS:
        level = getattr(rule, name)
        if level is None:
            continue
        unit = level.unit if isinstance(level, Threshold) else "1"
        if unit != seen.unit:
            yield (*loc, name), f"{written_level(level)!r} for `{rule.sees}`", FORMS[seen.unit], ""
        elif seen.kind == "share" and level > 1:
            yield (*loc, name), f"{level:g} of a share", "at most 1", ""
    yield from _ends(rule, loc)


def _ends(rule: Rule, loc: Loc) -> Iterator[Problem]:
    """Yield a level of going off that belongs to the other side, or would be met while the rule holds."""
    for name, side, other in (("until_below", "above", "until_above"), ("until_above", "below", "until_below")):
        end, start = getattr(rule, name), getattr(rule, side)
        if end is None:
            continue
        if start is None:
            yield (*loc, name, "[key]"), f"`{name}` without `{side}`", f"`{other}` with this rule", f"delete `{name}:`"
        elif (end > start) if side == "above" else (end < start):
            order = "at most" if side == "above" else "at least"
            yield (*loc, name), f"{written_level(end)}", f"{order} `{side}`: {written_level(start)}", ""


def _looks(rule: Rule, loc: Loc, seen: Observable) -> Iterator[Problem]:
    for name in ("lasting", "until_lasting", *(("over",) if seen.over_time else ())):
        span = rule.window if name == "over" else getattr(rule, name)
        looks = span / rule.every
        if abs(looks - round(looks)) > _NEAR or (name == "over" and round(looks) < 1):
            whole = max(1 if name == "over" else 0, round(looks)) * rule.every
            allowed = f"a whole number of looks, one `every: {format_duration(rule.every)}`"
            yield (*loc, name), format_duration(span), allowed, format_duration(whole)
    if rule.over is not None and not seen.over_time:
        yield (*loc, "over", "[key]"), f"`over` with `{rule.sees}`", "a rate or a share", "delete `over:`"


def triggers(scenario: BaseModel, given: Mapping[str, Rule]) -> Iterator[Problem]:
    """Times are those of rules that there are, and an end by the same rule comes after its beginning."""
    for loc, trigger in triggers_of(scenario):
        if trigger.rule not in given:
            known = ", ".join(sorted(given)) or "none"
            yield loc, f"`{trigger}`", f"a rule of this scenario ({known})", nearest(trigger.rule, given)
    for block in ("measures", "closures"):
        spans: Mapping[str, Measure | Closure] = getattr(scenario, block)
        for key, span in spans.items():
            if _ends_first(span.at, span.until):
                yield (block, key, "until"), f"`{span.until}`, not after `at`", "a later time of this rule, or its end", ""


def _ends_first(at: float, until: float) -> bool:
    """Whether both are times of one rule, and the second is never after the first."""
    both = isinstance(at, Trigger) and isinstance(until, Trigger) and at.rule == until.rule and at.off == until.off
    return both and until.after <= at.after  # type: ignore[attr-defined]


def messages(
    given: Mapping[str, Message], posts: Mapping[str, Post], casts: Mapping[str, Broadcast], check: SafetyCheck | None
) -> Iterator[Problem]:
    """What asks for action, or tells of shelter, is sent at a date: who hears it when is known before the night."""
    for key, cast in casts.items():
        if cast.shelter and isinstance(cast.at, Trigger):
            yield ("broadcasts", key, "at"), f"`{cast.at}`", "a date where it mentions that shelter is offered", ""
    for key, message in given.items():
        sent: dict[str, Post | Broadcast | SafetyCheck | None] = {
            "post": posts.get(message.post or ""), "broadcast": casts.get(message.broadcast or ""),
            "prompt": check if message.prompt is not None else None,
        }  # fmt: skip
        for name, one in sent.items():
            if one is not None and isinstance(one.at, Trigger):
                allowed = "what is sent at a date; a rule can send the same without `warnings:`"
                yield ("warnings", key, name), f"`{getattr(message, name)}`, sent by a rule", allowed, ""


def desks(given: Mapping[str, Desk]) -> Iterator[Problem]:
    """A desk opens at a date: who will call it must know when."""
    for key, desk in given.items():
        if desk.shifts and all(isinstance(shift.at, Trigger) for shift in desk.shifts.values()):
            yield ("desks", key, "shifts"), "shifts of rules alone", "one shift at a date, of 0 operators for instance", ""


def instructions(given: Mapping[str, Instruction]) -> Iterator[Problem]:
    """Who is told to stay is told until when."""
    for key, one in given.items():
        if isinstance(one.until, Trigger):
            at = one.at
            known = isinstance(at, Trigger) and at.rule == one.until.rule and not (at.off or one.until.off)
            if not known or _ends_first(at, one.until):
                allowed = "a date, or a later time of the rule that gives the instruction, for instance `rule NAME + 2 h`"
                yield ("instructions", key, "until"), f"`{one.until}`, unknown when it is given", allowed, ""
