"""What happened and what was done, read from the scenario: moments and spans in lanes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgu.lang import Lang
from msgu.report.base import time_axis
from msgu.report.base.escape import visible
from msgu.report.base.texts import say
from msgu.report.base.wording import listed, number
from msgu.scenario.schema.root import Scenario

if TYPE_CHECKING:
    pass


LANES = ("event", "broadcast", "post", "pulse", "closure", "desk", "shelter", "measure")


@dataclass(frozen=True)
class Fact:
    """One thing that happened: lane, start and end [s since start] (end None for a moment), words, source.

    number : that of the event on the pictures, 0 for what is not an event.
    """

    lane: str
    at: float
    until: float | None
    words: str
    source: str
    confidence: str
    number: int = 0


def facts(scenario: Scenario, lang: Lang) -> list[Fact]:
    """Return everything dated in a scenario that falls inside its run, by lane, then time."""
    found = [*_events(scenario, lang), *_told(scenario, lang), *_city(scenario, lang), *_dials(scenario, lang)]
    inside = [fact for fact in found if fact.at < scenario.horizon]
    return sorted(inside, key=lambda fact: (LANES.index(fact.lane), fact.at, fact.number, fact.words))


def _events(scenario: Scenario, lang: Lang) -> Iterator[Fact]:
    sources = {event.title.of(lang): (event.source, event.confidence) for event in scenario.events.values()}
    for mark in time_axis.marks(scenario, lang):
        yield Fact("event", mark.at, None, visible(mark.title), *sources[mark.title], number=mark.number)


def _told(scenario: Scenario, lang: Lang) -> Iterator[Fact]:
    """Broadcasts, dated posts and synchronised responses."""
    for key, cast in scenario.broadcasts.items():
        words = say(lang, "what.broadcast", name=visible(key), share=number(100 * cast.audience, lang))
        yield Fact("broadcast", cast.at, None, words, cast.source, cast.confidence)
    for key, post in scenario.posts.items():
        words = say(lang, "what.post", account="@" + visible(post.account), text=visible(post.text or key))
        yield Fact("post", post.at, None, words, post.source, post.confidence)
    for key, pulse in scenario.pulses.items():
        words = say(lang, "what.pulse", name=visible(key), share=number(100 * pulse.share, lang))
        yield Fact("pulse", pulse.at, None, words, pulse.source, pulse.confidence)


def _listed(names: Sequence[str], lang: Lang, most: int = 5) -> str:
    text = ", ".join(visible(name) for name in names[:most])
    return text if len(names) <= most else say(lang, "what.more", list=text, n=len(names) - most)


def _city(scenario: Scenario, lang: Lang) -> Iterator[Fact]:
    """Closures, shifts of desks, Safety Check, map of offers."""
    zones, stations, lines = scenario.places.zones, scenario.places.metro.stations, scenario.places.metro.lines
    for shut in scenario.closures.values():
        named = (
            ("lines", [lines[k].name or k for k in shut.lines]),
            ("stretches", [lines[x.line].name or x.line for x in shut.stretches.values()]),
            ("networks", list(shut.networks)),
            ("stations", [stations[s].name or s for s in shut.stations]),
            ("cordon", [zones[z].name or z for z in shut.cordon]),
            ("borders", [" / ".join(zones[z].name or z for z in pair) for pair in shut.borders.values()]),
        )
        words = listed((say(lang, f"what.{what}", list=_listed(names, lang)) for what, names in named if names), lang)
        yield Fact("closure", shut.at, shut.until, words, shut.source, shut.confidence)
    for key, given in scenario.instructions.items():
        words = say(lang, "what.instruction", name=visible(key))
        yield Fact("closure", given.at, given.until, words, given.source, given.confidence)
    for key, desk in scenario.desks.items():
        shifts = sorted(desk.shifts.values(), key=lambda shift: shift.at)
        for i, shift in enumerate(shifts):
            until = shifts[i + 1].at if i + 1 < len(shifts) else scenario.horizon
            words = say(lang, "what.operators", desk=visible(key), n=shift.operators)
            yield Fact("desk", shift.at, until, words, shift.source, shift.confidence)
    check, shelter = scenario.safety_check, scenario.shelter
    if check is not None:
        yield Fact("shelter", check.at, None, say(lang, "what.check"), check.source, check.confidence)
    if shelter is not None and shelter.map_at is not None:
        yield Fact("shelter", shelter.map_at, None, say(lang, "what.map"), shelter.source, shelter.confidence)


def _dials(scenario: Scenario, lang: Lang) -> Iterator[Fact]:
    for key, measure in scenario.measures.items():
        words = say(lang, "what.measure", name=visible(key), dial=measure.dial, factor=number(measure.factor, lang))
        yield Fact("measure", measure.at, measure.until, words, measure.source, measure.confidence)
