"""The picture of events and measures over time: moments and spans in lanes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgu.lang import Lang
from msgu.report.base import time_axis
from msgu.report.base.escape import clipped
from msgu.report.base.facts import Fact, facts
from msgu.report.base.lines import heading
from msgu.report.base.style import COLOURS, GRID, INK, Frame, Picture, drawing, new_figure
from msgu.report.base.texts import say
from msgu.report.run_page.material import Material
from msgu.scenario.schema.block import LANES, Lane

if TYPE_CHECKING:
    from matplotlib.axes import Axes


LETTER = 0.071
"""Width of a letter beside a fact, with some reserve [inches]."""


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
    axes: Axes, lane: Lane, found: Sequence[Fact], y: int, window: tuple[float, float], frame: Frame, lang: Lang
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
