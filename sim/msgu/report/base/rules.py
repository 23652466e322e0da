"""What rules did over the nights of a run, in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgu.lang import Lang
from msgu.measure.fired import Fired
from msgu.report.base import time_axis
from msgu.report.base.escape import visible
from msgu.report.base.texts import say
from msgu.report.base.wording import duration, number
from msgu.scenario.observables import OBSERVABLES
from msgu.scenario.schema.root import Scenario


def fired_words(scenario: Scenario, found: Iterable[Fired], lang: Lang) -> list[str]:
    """Return a sentence for each rule: in how many nights it went on, when first, how often, for how long, at what."""
    return [_words(scenario, one, lang) for one in found]


def _words(scenario: Scenario, one: Fired, lang: Lang) -> str:
    rule, nights = visible(one.rule), say(lang, "page.nights", n=one.nights)
    lacked = say(lang, "rule.lacked", n=say(lang, "page.nights", n=one.lacked)) if one.lacked else ""
    if not one.on:
        return say(lang, "rule.never", rule=rule, nights=nights) + lacked
    told = say(
        lang, "rule.fired", rule=rule, on=one.on, nights=nights, first=_hour(scenario.start, one.first),
        times=number(one.times, lang), lasted=duration(one.lasted, lang), seen=_seen(scenario, one, lang),
    )  # fmt: skip
    return told + lacked


def _hour(start: datetime, seconds: float) -> str:
    return time_axis.hour(start, seconds)


def _seen(scenario: Scenario, one: Fired, lang: Lang) -> str:
    """What was seen, in the unit in which people write it."""
    kind = OBSERVABLES[scenario.rules[one.rule].sees].kind
    if kind == "rate":
        return f"{number(60.0 * one.seen, lang)} /min"
    if kind == "age":
        return duration(one.seen, lang)
    return f"{number(100.0 * one.seen, lang)} %" if kind == "share" else number(one.seen, lang)
