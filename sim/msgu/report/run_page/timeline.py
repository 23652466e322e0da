"""What happened and what was done, read from the scenario: moments and spans in lanes, as a list and as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgu.report.base import time_axis
from msgu.report.base.escape import clipped, visible
from msgu.report.base.lines import heading
from msgu.report.base.style import COLOURS, GRID, INK, Frame, Picture, drawing, new_figure
from msgu.report.base.texts import listed, number, say
from msgu.report.run_page.material import Lang, Material
from msgu.scenario.schema.root import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LANES = ("event", "broadcast", "post", "pulse", "closure", "desk", "shelter", "measure")

LETTER = 0.071
"""Width of a letter beside a fact, with some reserve [inches]."""


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


def timeline(material: Material, frame: Frame, lang: Lang) -> Picture | None:
    """Draw the facts in lanes over local time, one row each; None where nothing is dated."""
    found = facts(material.scenario, lang)
    if not found:
        return None
    lanes = [lane for lane in LANES if any(fact.lane == lane for fact in found)]
    rows = len(found) + len(lanes)
    title = say(lang, "timeline.title")
    with drawing():
        figure = new_figure(frame, 0.5 + 0.185 * rows)
        heading(figure, frame, title, [say(lang, "timeline.scale")])
        axes = figure.add_subplot()
        low, high = _window(material, found)
        y = 0
        for lane in lanes:
            y = _lane(axes, lane, [fact for fact in found if fact.lane == lane], y, (low, high), frame, lang)
        axes.set_ylim(y, -0.4)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        time_axis.clock_axis(axes, material.scenario.start, low, high, frame.narrow, lang)
    start = material.scenario.start
    first, last = (time_axis.day_hour(start, f(fact.at for fact in found), lang) for f in (min, max))
    return Picture("timeline", title, say(lang, "timeline.alt", n=len(found), first=first, last=last), figure)


def _window(material: Material, found: Sequence[Fact]) -> tuple[float, float]:
    """From shortly before the first fact to shortly after the last start or end."""
    horizon = material.first.horizon
    last = max(min(fact.until or fact.at, horizon) for fact in found)
    first = min(fact.at for fact in found)
    room = 0.04 * max(last - first, 600.0)
    return max(0.0, first - room), min(horizon, last + room)


def _lane(
    axes: Axes, lane: str, found: Sequence[Fact], y: int, window: tuple[float, float], frame: Frame, lang: Lang
) -> int:
    """Draw one lane below row y, and return the row after it."""
    colour = COLOURS[LANES.index(lane) % len(COLOURS)]
    axes.axhspan(y - 0.45, y + 0.45, color="#f0f0f0", linewidth=0)
    axes.text(window[0], y, " " + say(lang, f"lane.{lane}"), fontsize=8.6, fontweight="bold", va="center", ha="left")
    for fact in found:
        y += 1
        _fact(axes, fact, y, window, frame, colour)
    return y + 1


def _fact(axes: Axes, fact: Fact, y: int, window: tuple[float, float], frame: Frame, colour: str) -> None:
    """A bar or a point, and its words on the side where there is room."""
    low, high = window
    end = min(fact.until, high) if fact.until is not None else fact.at
    if fact.until is not None:
        axes.barh(y, end - fact.at, left=fact.at, height=0.5, color=colour, alpha=0.55, linewidth=0)
    else:
        axes.plot([fact.at], [y], marker="o", markersize=4.2, color=colour, linestyle="none", clip_on=False)
    head = f"{fact.number}  " if fact.number else ""
    inch = (frame.width - 0.3) / (high - low)
    right, left, bar = ((high - end) * inch, (fact.at - low) * inch, (end - fact.at) * inch)
    room = max(right, left, bar)
    text = head + clipped(fact.words, max(12, int((room - 0.12) / LETTER)))
    wide = len(text) * LETTER + 0.12
    if right >= wide or right >= max(left, bar):
        place, align, shift = end, "left", 5
    elif left >= wide or left >= bar:
        place, align, shift = fact.at, "right", -5
    else:
        place, align, shift = fact.at, "left", 4
    axes.annotate(
        text, (place, y), xytext=(shift, 0), textcoords="offset points", ha=align, va="center", fontsize=7.8, color=INK,
        annotation_clip=False,
    )  # fmt: skip
