"""The picture of a comparison: for each outcome a panel, for each measure a point and its interval around no effect."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from textwrap import wrap
from typing import TYPE_CHECKING, Final

import numpy as np

from msgu.lang import Lang
from msgu.measure.over_time import COURSE
from msgu.report.base import time_axis
from msgu.report.base.escape import clipped, visible
from msgu.report.base.lines import heading
from msgu.report.base.style import COLOURS, DASHES, FAINT, GRID, INK, SOFT, Frame, Picture, drawing, light_grid, new_figure
from msgu.report.base.wording import number
from msgu.report.comparison.phrases import level_words
from msgu.report.comparison.texts import say
from msgu.study.comparison.found import Comparison, EffectRow
from msgu.study.comparison.outcomes import Outcome
from msgu.study.comparison.paired import LEVEL
from msgu.study.comparison.plan import Choice

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS: Final = {"better": (COLOURS[0], "o"), "worse": (COLOURS[1], "s")}
"""Colour and mark of what helps and what harms; anything else is grey and hollow."""
MOST_ROWS: Final = 24
MOST_COURSES: Final = len(COLOURS) - 1
"""Measures whose courses are drawn: a colour for each, black is the baseline's."""
INCH: Final = 0.235
"""Height of a row [inches]."""


def effects(found: Comparison, frame: Frame, lang: Lang) -> Picture | None:
    """Draw every effect of a comparison that is one in some night; None where nothing changes anything."""
    plan = found.plan
    shown = plan.alternatives[:MOST_ROWS]
    rows = {o: [row for c in shown if (row := found.row(c.id, o.id)).verdict != "identical"] for o in plan.outcomes}
    panels = {outcome: some for outcome, some in rows.items() if some}
    if not panels:
        return None
    title = say(lang, "picture.title")
    heads = {o: wrap(visible(o.title(lang)), 44 if frame.narrow else 92)[:2] for o in panels}
    heights = [0.56 + 0.16 * len(heads[o]) + INCH * len(some) for o, some in panels.items()]
    with drawing():
        figure = new_figure(frame, sum(heights) + 0.6)
        figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
        grid = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)
        for axes, (outcome, some) in zip(grid[:, 0], panels.items(), strict=True):
            _panel(axes, outcome, heads[outcome], some, frame, lang)
    told = [say(lang, "picture.alt", n=len(shown), m=len(plan.outcomes)), say(lang, "picture.below")]
    if len(plan.alternatives) > len(shown):
        told.append(say(lang, "picture.first", n=len(shown), all=len(plan.alternatives)))
    return Picture("effects", title, " ".join(told), figure)


def _panel(axes: Axes, outcome: Outcome, head: list[str], rows: list[EffectRow], frame: Frame, lang: Lang) -> None:
    """One outcome: rows from top to bottom in the order of the study."""
    way = say(lang, "more" if outcome.more_is_better else "less")
    unit = say(lang, "points") if outcome.unit == "%" else outcome.unit
    corner, within = (0.01, 1.0), ("figure fraction", "axes fraction")
    put = partial(axes.annotate, xy=corner, xycoords=within, textcoords="offset points", va="bottom")
    put("\n".join(head), xytext=(0, 13), fontsize=9 if frame.narrow else 9.8, fontweight="bold")
    put(f"{unit + ', ' if unit else ''}{way}", xytext=(0, 1), fontsize=8, color=SOFT)
    axes.axvline(0.0, color=INK, linewidth=0.9, zorder=1)
    if outcome.matters > 0:
        axes.axvspan(-outcome.matters, outcome.matters, color="#efefef", linewidth=0, zorder=0)
    for y, row in enumerate(rows):
        _mark(axes, y, row, lang)
    names = [clipped(visible(row.alternative), 20 if frame.narrow else 30) for row in rows]
    axes.set_yticks(range(len(rows)), names, fontsize=8.4)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.08)
    axes.locator_params(axis="x", nbins=4 if frame.narrow else 8)
    axes.xaxis.set_major_formatter(
        lambda value, _position: number(value, lang) if value >= 0 else "\u2212" + number(-value, lang)
    )


def _mark(axes: Axes, y: int, row: EffectRow, lang: Lang) -> None:
    e = row.effect
    if not math.isfinite(e.estimate):
        return
    colour, shape = LOOKS.get(row.verdict, (FAINT, "D"))
    if math.isfinite(e.interval.low):
        axes.plot([e.interval.low, e.interval.high], [y, y], color=colour, linewidth=2.2, solid_capstyle="butt", zorder=2)
    face = colour if row.verdict in LOOKS else "white"
    axes.plot(
        [e.estimate], [y], marker=shape, markersize=5.5, color=colour, markerfacecolor=face, zorder=3, linestyle="none"
    )
    if math.isfinite(e.interval.low) and e.interval.level != LEVEL:
        axes.annotate(
            level_words(e.interval, lang), (e.interval.high, y), xytext=(4, 0), textcoords="offset points", fontsize=7,
            color=SOFT, va="center",
        )  # fmt: skip


# ---- curves ----


def moves(found: Comparison) -> dict[str, dict[str, float]]:
    """Return by curve how far each alternative moves it at most, in shares of what the one does that moves it most.

    What is below three in a hundred of the curve's greatest value, or below half a person, is no move; a curve that none
    moves is left out.
    """
    base = found.curves[found.plan.baseline.id]
    by_curve: dict[str, dict[str, float]] = {}
    for name in (one for one in COURSE if one in base and base[one].size):
        there = [choice.id for choice in found.plan.alternatives if name in found.curves[choice.id]]
        far = {one: float(np.abs(found.curves[one][name] - base[name]).max(initial=0.0)) for one in there}
        least, most = max(0.03 * float(base[name].max(initial=0.0)), 0.5), max(far.values(), default=0.0)
        if most > least:
            by_curve[name] = {one: value / most for one, value in far.items() if value > least}
    return by_curve


def drawn_measures(found: Comparison, moved: dict[str, dict[str, float]]) -> tuple[list[Choice], list[Choice]]:
    """Return the alternatives whose courses are drawn and those that are not, both in the order of the study.

    Where there are more than colours, those that move some curve farthest are drawn: of each curve at least the one that
    moves it most. One without a night has no course, and is in neither.
    """
    every = [choice for choice in found.plan.alternatives if found.curves[choice.id]]
    far = {choice.id: max((by.get(choice.id, 0.0) for by in moved.values()), default=0.0) for choice in every}
    tops = {max(by, key=by.__getitem__) for by in moved.values()}
    ranked = sorted(every, key=lambda choice: (choice.id not in tops, -far[choice.id]))
    drawn = {choice.id for choice in ranked[:MOST_COURSES]}
    return [choice for choice in every if choice.id in drawn], [choice for choice in every if choice.id not in drawn]


def courses(found: Comparison, frame: Frame, lang: Lang) -> Picture | None:
    """Draw the course of the night in the curves that move; None where none does."""
    moved = moves(found)
    if not moved:
        return None
    names = list(moved)
    plan, title = found.plan, say(lang, "curves")
    shown, others = drawn_measures(found, moved)
    below = [say(lang, "curves.below", n=found.nights)]
    told = [say(lang, "curves.alt", names=", ".join(say(lang, f"curve.{name}").lower() for name in names))]
    if others:
        below.append(say(lang, "curves.drawn", drawn=len(shown), n=len(shown) + len(others)))
        told.append(say(lang, "curves.others", list=", ".join(visible(choice.id) for choice in others)))
    if without := [visible(choice.id) for choice in plan.alternatives if not found.curves[choice.id]]:
        below.append(say(lang, "curves.without", list=", ".join(without)))
    scenario = plan.baseline.scenario
    with drawing():
        figure = new_figure(frame, (2.1 if frame.narrow else 1.9) * len(names))
        columns = 2 if frame.narrow else 4
        room = 0.08 + 0.19 * -(-(len(shown) + 1) // columns)
        top = heading(figure, frame, title, below, room)
        grid = figure.subplots(len(names), 1, squeeze=False, sharex=True)
        for axes, name in zip(grid[:, 0], names, strict=True):
            _course(axes, found, name, shown, lang)
        time_axis.clock_axis(grid[-1, 0], scenario.start, 0.0, scenario.horizon, frame.narrow, lang)
        handles, labels = grid[0, 0].get_legend_handles_labels()
        labels = [clipped(label, 22) for label in labels]
        figure.legend(
            handles, labels, loc="upper left", bbox_to_anchor=(0.0, top), ncols=columns, fontsize=8.2, borderaxespad=0.2,
            handlelength=3.2,
        )  # fmt: skip
    return Picture("course", title, " ".join(told), figure)


def _course(axes: Axes, found: Comparison, name: str, shown: Sequence[Choice], lang: Lang) -> None:
    """Draw one curve of the baseline and of the alternatives shown."""
    base = found.curves[found.plan.baseline.id][name]
    axes.plot(found.times, base, color="black", linewidth=1.9, label=say(lang, "base"))
    for i, choice in enumerate(shown):
        axes.plot(
            found.times, found.curves[choice.id][name], color=COLOURS[i], linestyle=DASHES[(i + 1) % len(DASHES)],
            label=visible(choice.id),
        )  # fmt: skip
    axes.set_title(say(lang, f"curve.{name}"), fontsize=9.4)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda value, _position: number(value, lang))
    light_grid(axes)
