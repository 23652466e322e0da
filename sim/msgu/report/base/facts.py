"""Events and measures of a scenario as moments and spans in lanes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from msgu.lang import Lang
from msgu.report.base import time_axis
from msgu.report.base.escape import visible
from msgu.report.base.texts import say
from msgu.report.base.wording import listed, number
from msgu.scenario.blocks import Moment, dated
from msgu.scenario.schema.block import LANES, Lane
from msgu.scenario.schema.closures import Closure, Instruction
from msgu.scenario.schema.danger import Danger
from msgu.scenario.schema.desks import Announcement, Shift
from msgu.scenario.schema.measures import Measure
from msgu.scenario.schema.reassurance import SafetyCheck
from msgu.scenario.schema.root import Event, Scenario
from msgu.scenario.schema.rules import Rule
from msgu.scenario.schema.shelter import Shelter
from msgu.scenario.schema.social import Broadcast, Post, Pulse
from msgu.scenario.speaker import Speaker
from msgu.scenario.timeline import TEXTS, when


@dataclass(frozen=True)
class Fact:
    """One thing that happened: lane, start and end [s since start] (end None for a moment), words, source.

    number : that of the event on the pictures, 0 for what is not an event.
    """

    lane: Lane
    at: float
    until: float | None
    words: str
    source: str
    confidence: str
    number: int = 0


def facts(scenario: Scenario, lang: Lang) -> list[Fact]:
    """Return everything dated in a scenario that has a lane and falls inside its run, by lane, then time."""
    found = [*_events(scenario, lang), *_others(scenario, lang)]
    inside = [fact for fact in found if fact.at < scenario.horizon]
    return sorted(inside, key=lambda fact: (LANES.index(fact.lane), fact.at, fact.number, fact.words))


def _events(scenario: Scenario, lang: Lang) -> Iterator[Fact]:
    sources = {event.title.of(lang): (event.source, event.confidence) for event in scenario.events.values()}
    for mark in time_axis.marks(scenario, lang):
        yield Fact("event", mark.at, None, visible(mark.title), *sources[mark.title], number=mark.number)


def _others(scenario: Scenario, lang: Lang) -> Iterator[Fact]:
    """Yield what is no event: spans where it has an end, or where another thing of its kind takes its place."""
    for moment in dated(scenario):
        item = moment.item
        if moment.place.lane is not None and not isinstance(item, Event):
            until = _next_shift(scenario, moment) if isinstance(item, Shift) else getattr(item, "until", None)
            words = WORDS[type(item)](scenario, moment, lang) if type(item) in WORDS else moment.place.text(lang)
            if moment.given is not None:
                given = when(moment.given, scenario, Speaker(lang))
                words = say(lang, "what.given", when=visible(given), words=words)
                yield Fact("rule", moment.t, None, words, item.source, item.confidence)
            else:
                yield Fact(moment.place.lane, moment.t, until, words, item.source, item.confidence)


def _next_shift(scenario: Scenario, moment: Moment) -> float:
    """Return when the shift after one begins at the same desk, or the end of the run [s]."""
    shifts = scenario.desks[str(moment.loc[1])].shifts
    names = sorted(shifts, key=lambda name: float(shifts[name].at))
    after = names[names.index(str(moment.loc[-1])) + 1 :]
    return shifts[after[0]].at if after else scenario.horizon


def _key(moment: Moment) -> str:
    return visible(str(moment.loc[1]))


def _broadcast(_: Scenario, moment: Moment, lang: Lang) -> str:
    return say(lang, "what.broadcast", name=_key(moment), share=number(100 * moment.item.audience, lang))


def _post(_: Scenario, moment: Moment, lang: Lang) -> str:
    text = visible(moment.item.text or str(moment.loc[1]))
    return say(lang, "what.post", account="@" + visible(moment.item.account), text=text)


def _pulse(_: Scenario, moment: Moment, lang: Lang) -> str:
    return say(lang, "what.pulse", name=_key(moment), share=number(100 * moment.item.share, lang))


def _listed(names: Sequence[str], lang: Lang, most: int = 5) -> str:
    text = ", ".join(visible(name) for name in names[:most])
    return text if len(names) <= most else say(lang, "what.more", list=text, n=len(names) - most)


def _closure(scenario: Scenario, moment: Moment, lang: Lang) -> str:
    shut: Closure = moment.item
    zones, stations, lines = scenario.places.zones, scenario.places.metro.stations, scenario.places.metro.lines
    named = (
        ("lines", [lines[k].name or k for k in shut.lines]),
        ("stretches", [lines[x.line].name or x.line for x in shut.stretches.values()]),
        ("networks", list(shut.networks)),
        ("stations", [stations[s].name or s for s in shut.stations]),
        ("cordon", [zones[z].name or z for z in shut.cordon]),
        ("borders", [" / ".join(zones[z].name or z for z in pair) for pair in shut.borders.values()]),
    )
    return listed((say(lang, f"what.{what}", list=_listed(names, lang)) for what, names in named if names), lang)


def _instruction(_: Scenario, moment: Moment, lang: Lang) -> str:
    return say(lang, "what.instruction", name=_key(moment))


def _danger(_: Scenario, moment: Moment, lang: Lang) -> str:
    return say(lang, "what.danger", name=_key(moment), radius=number(moment.item.radius, lang))


def _shift(_: Scenario, moment: Moment, lang: Lang) -> str:
    return say(lang, "what.operators", desk=_key(moment), n=moment.item.operators)


def _announcement(_: Scenario, moment: Moment, lang: Lang) -> str:
    return say(lang, "what.announced", desk=_key(moment), share=number(100 * moment.item.audience, lang))


def _check(_: Scenario, _moment: Moment, lang: Lang) -> str:
    return say(lang, "what.check")


def _map(_: Scenario, _moment: Moment, lang: Lang) -> str:
    return say(lang, "what.map")


def _measure(_: Scenario, moment: Moment, lang: Lang) -> str:
    dial, factor = moment.item.dial, number(moment.item.factor, lang)
    return say(lang, "what.measure", name=_key(moment), dial=dial, factor=factor)


def _rule(scenario: Scenario, moment: Moment, lang: Lang) -> str:
    return f"{_key(moment)}. {visible(TEXTS[Rule](scenario, Speaker(lang), moment))}"


WORDS: Final[dict[type, Callable[[Scenario, Moment, Lang], str]]] = {
    Broadcast: _broadcast, Post: _post, Pulse: _pulse, Closure: _closure, Instruction: _instruction, Danger: _danger,
    Shift: _shift, Announcement: _announcement, SafetyCheck: _check, Shelter: _map, Measure: _measure, Rule: _rule,
}  # fmt: skip
"""What is said of each kind of dated thing that has a lane, events apart, of which the schema does not say it."""
