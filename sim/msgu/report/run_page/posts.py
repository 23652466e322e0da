"""Pictures of posts: tweets per second, the peak, uses so far beside the reported figures, beliefs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from msgu.lang import Lang
from msgu.measure import over_time
from msgu.measure.metrics.catalogue import bind
from msgu.measure.metrics.subjects.social import uses
from msgu.measure.view import Night
from msgu.report.base import drawn_bins, time_axis
from msgu.report.base.band import F64, band_of
from msgu.report.base.escape import clipped, visible
from msgu.report.base.lines import heading, headroom, key, line, spread_words
from msgu.report.base.style import COLOURS, INK, SOFT, Frame, Picture, drawing, light_grid, new_figure
from msgu.report.base.texts import say
from msgu.report.base.wording import duration, listed, number
from msgu.report.run_page.material import Material, ScoreRow
from msgu.results import Results
from msgu.scenario.schema.evidence import Counter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 400
"""At most so many points for a curve: two for each millimetre of a wide picture."""

Panels = dict[str, dict[str, tuple[F64, int]]]
"""Titles of panels, and of each the curves of shape (nights, bins) with the number of their style."""

BELIEFS = {"believes": 1, "doubts": 3, "corrected": 0}
"""Styles of the beliefs about a claim."""

MARKERS = {"predicted": "o", "fitted": "s", "by construction": "D"}


def topic_name(material: Material, topic: str) -> str:
    """Return the title of a topic, or its id."""
    found = material.scenario.topics.get(topic)
    return visible(found.title) if found is not None and found.title else visible(topic)


def main_topic(material: Material) -> int | None:
    """Return the topic of the shelter offers, else the one with most uses; None where nobody posts."""
    topics = material.names("topics")
    if not topics:
        return None
    shelter = material.scenario.shelter
    if shelter is not None and shelter.topic in topics:
        return topics.index(shelter.topic)
    return int(material.each(over_time.uses).sum(axis=(0, 2)).argmax())


def tweets_per_second(material: Material, frame: Frame, lang: Lang) -> Picture | None:
    """Draw the rate of each topic on a logarithmic axis; None where nothing was posted."""
    from matplotlib.ticker import FuncFormatter

    night = material.first
    topics = material.names("topics")
    if not topics or not (counts := material.each(over_time.uses)).any():
        return None
    step = drawn_bins.coarse(night, POINTS // 2 if frame.narrow else POINTS)
    rate = drawn_bins.summed(counts, step) / drawn_bins.spans(night, step)
    floor = 0.5 * night.clones / (night.bin_width * step)
    x = drawn_bins.centres(night, step)
    used = _used(material, counts)
    shown, styles = used[: len(COLOURS)], _styles(used)
    with drawing():
        figure = new_figure(frame, frame.height(3.7, 4.0))
        width = duration(night.bin_width * step, lang)
        below = [say(lang, "rate.scale", width=width), spread_words(lang, len(material.nights)), say(lang, "numbers")]
        heading(figure, frame, say(lang, "rate.title"), below)
        axes = figure.add_subplot()
        for k in shown:
            line(axes, x, band_of(np.maximum(rate[:, k], floor)), styles[k], topic_name(material, topics[k]))
        axes.set_yscale("log")
        axes.set_ylim(floor, max(float(rate.max()) * 1.6, floor * 20))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v, lang)))
        light_grid(axes)
        _frame_time(axes, material, frame, lang)
        key(figure, axes, frame.narrow, 3)
    k = main_topic(material) or 0
    middle = np.median(rate[:, k], axis=0)
    at = time_axis.hour(material.scenario.start, float(x[int(middle.argmax())]))
    named = ", ".join(topic_name(material, topics[k]) for k in shown)
    alternative = say(
        lang, "rate.alt", topics=named, topic=topic_name(material, topics[k]), peak=number(middle.max(), lang), time=at
    )
    alternative += _others(material, used[len(COLOURS) :], lang)
    return Picture("tweets-per-second", say(lang, "rate.title"), alternative, figure)


def _used(material: Material, counts: F64) -> list[int]:
    """Topics that are used, most used first; claims have pictures of their own."""
    topics = material.names("topics")
    used = [int(k) for k in np.argsort(-counts.sum(axis=(0, 2)), kind="stable") if counts[:, k].any()]
    hashtags = [k for k in used if (found := material.scenario.topics.get(topics[k])) is None or found.claim is None]
    return hashtags or used


def _styles(used: Sequence[int]) -> dict[int, int]:
    """Number of the line of each topic, the same in every picture; those drawn together have different ones."""
    together = len(COLOURS)
    return {k: i for i, k in enumerate([*sorted(used[:together]), *used[together:]])}


def _others(material: Material, left: Sequence[int], lang: Lang) -> str:
    """Say which topics are used and not drawn; nothing where there are none."""
    topics = material.names("topics")
    names = ", ".join(topic_name(material, topics[k]) for k in left)
    return " " + say(lang, "rate.others", list=names) if left else ""


def _frame_time(axes: Axes, material: Material, frame: Frame, lang: Lang) -> None:
    """Local time below, from the start to the horizon, and the events as thin lines."""
    start = material.scenario.start
    time_axis.clock_axis(axes, start, 0.0, material.first.horizon, frame.narrow, lang)
    time_axis.event_lines(axes, time_axis.marks(material.scenario, lang), frame.width - 0.8)


def peak(material: Material, frame: Frame, lang: Lang) -> Picture | None:
    """Draw the seconds around the strongest second of the main topic, each night shifted to its own."""
    from matplotlib.ticker import FuncFormatter

    topic = main_topic(material)
    if topic is None:
        return None
    nights = [Night(material.scenario, night) for night in material.nights]
    found = [(night, *over_time.largest_second(night, topic)) for night in nights]
    found = [(night, top, at) for night, top, at in found if top > 0]
    if not found:
        return None
    x = np.arange(-120, 300)
    rate = np.stack([over_time.uses_by_second(night, topic, at - 120, at + 300) for night, _, at in found])
    name = topic_name(material, material.names("topics")[topic])
    title = say(lang, "peak.title", topic=name)
    tops = band_of(np.array([[top] for _, top, _ in found]))
    when = time_axis.moment(material.scenario.start, sorted(at for _, _, at in found)[(len(found) - 1) // 2])
    with drawing():
        figure = new_figure(frame, frame.height(2.8, 2.9))
        scale = say(lang, "peak.scale", clones=number(material.first.clones, lang, 6))
        where = say(lang, "peak.where", time=time_axis.clear(when, "%H:%M:%S"))
        heading(figure, frame, title, [scale, listed([where, spread_words(lang, len(found))], lang)])
        axes = figure.add_subplot()
        style = _styles(_used(material, material.each(over_time.uses))).get(topic, topic)
        line(axes, x / 60, band_of(rate), style, name, steps=True)
        axes.set_ylim(0, headroom([rate]))
        axes.set_xlim(-2, 5)
        axes.set_xlabel(say(lang, "peak.since"))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v, lang)))
        light_grid(axes)
    top = number(float(tops.middle[0]), lang)
    return Picture("peak", title, say(lang, "peak.alt", topic=name, peak=top), figure)


@dataclass(frozen=True)
class Reported:
    """A reported number of uses on its curve, at full size: when its window begins and ends [s], value and range [tweets].

    value : None for a bound alone.
    """

    since: float
    at: float
    value: float | None
    low: float
    high: float
    kind: str


def seen_share(row: ScoreRow, counters: Mapping[str, Counter]) -> float:
    """Return the share of the tweets that a row's counter sees: as the scorecard fitted it, else as assumed."""
    name, _, fitted = row.counter.partition(" (kappa ")
    if fitted:
        return float(fitted.rstrip(")"))
    return counters[name].kappa if name in counters else 1.0


def reported_uses(material: Material) -> dict[str, list[Reported]]:
    """Return for each topic its reported numbers of uses, divided by the share that their counter sees."""
    evidence = material.scenario.evidence
    out: dict[str, list[Reported]] = {}
    for row in material.rows:
        figure = evidence.figures.get(row.id)
        least = row.reported if row.reported is not None else row.low
        if figure is None or least is None or figure.window is None:
            continue
        bound = bind(figure.metric, material.scenario)
        if bound.metric is uses and len(bound.arguments["topic"]) == 1:
            share = seen_share(row, evidence.counters)
            low, high = (least if v is None else v for v in (row.low, row.high))
            value = None if row.reported is None else row.reported / share
            mark = Reported(*figure.window, value, low / share, high / share, row.kind)
            out.setdefault(bound.arguments["topic"][0], []).append(mark)
    return out


def cumulative_uses(material: Material, frame: Frame, lang: Lang) -> Picture | None:
    """Draw the uses so far of each topic beside its reported figures, one panel for each topic."""
    counts = material.each(over_time.uses) if material.names("topics") else np.zeros((1, 0, 1))
    topics = material.names("topics")
    marks = reported_uses(material)
    used = _used(material, counts)
    styles = _styles(used)
    shown = [k for k in range(len(topics)) if k in used[: len(COLOURS)] or topics[k] in marks]
    shown.sort(key=lambda k: (-len(marks.get(topics[k], [])), -counts[:, k].sum()))
    if not shown:
        return None
    columns = 1 if frame.narrow else min(2, len(shown))
    rows = -(-len(shown) // columns)
    with drawing():
        figure = new_figure(frame, 0.1 + rows * frame.height(2.05, 1.95))
        below = [say(lang, "uses.scale"), spread_words(lang, len(material.nights)), say(lang, "uses.legend")]
        heading(figure, frame, say(lang, "uses.title"), below)
        grid = figure.subplots(rows, columns, squeeze=False)
        for i, axes in enumerate(grid.flat):
            if i >= len(shown):
                axes.set_visible(False)
                continue
            k = shown[i]
            so_far = np.cumsum(counts[:, k], axis=1)
            _uses_panel(axes, material, lang, k, styles.get(k, k), so_far, marks.get(topics[k], []))
    ends = [
        say(lang, "uses.one", topic=topic_name(material, topics[k]), value=number(np.median(counts[:, k].sum(axis=1)), lang))
        for k in shown
    ]
    told = say(lang, "uses.alt", list=listed(ends, lang)) + _others(material, [k for k in used if k not in shown], lang)
    return Picture("uses", say(lang, "uses.title"), told, figure)


def _uses_panel(
    axes: Axes, material: Material, lang: Lang, k: int, style: int, so_far: F64, marks: Sequence[Reported]
) -> None:
    """One topic: its curve, its band, and its reported figures; those after the end of the run are counted only."""
    night = material.first
    step = drawn_bins.coarse(night, POINTS // 4)
    line(axes, drawn_bins.thinned(drawn_bins.ends(night), step), band_of(drawn_bins.thinned(so_far, step) / 1e3), style, "")
    marks = [mark for mark in marks if _from_the_start(mark, night, np.median(so_far, axis=0))]
    reached = [mark for mark in marks if mark.at <= night.horizon]
    for mark in reached:
        _reported(axes, mark)
    axes.set_title(clipped(topic_name(material, material.names("topics")[k]), 40))
    axes.set_ylim(0, headroom([so_far / 1e3, *(np.array([mark.value or mark.low, mark.high]) / 1e3 for mark in reached)]))
    _plain_panel(axes, material, lang)
    if len(reached) < len(marks):
        text = say(lang, "uses.later", n=len(marks) - len(reached))
        axes.text(0.99, 0.03, text, transform=axes.transAxes, ha="right", va="bottom", fontsize=7.6, color=SOFT)


def _from_the_start(mark: Reported, night: Results, so_far: F64) -> bool:
    """Whether a figure counts nearly all uses up to its end, so that it may stand on the curve of uses so far."""
    x = drawn_bins.ends(night)
    before, until = np.interp([mark.since, mark.at], x, so_far)
    return bool(before <= 0.05 * until)


def _reported(axes: Axes, mark: Reported) -> None:
    """A reported figure with what counts as reproduced; a bound alone points upward."""
    low, high = mark.low / 1e3, mark.high / 1e3
    if mark.value is None:
        axes.plot([mark.at], [low], marker="^", markersize=6, color=INK, linestyle="none", zorder=4, clip_on=False)
        return
    axes.plot([mark.at, mark.at], [low, high], color=INK, linewidth=1.0, zorder=3, clip_on=False)
    axes.plot([mark.at] * 2, [low, high], marker="_", markersize=6, color=INK, linestyle="none", zorder=3, clip_on=False)
    axes.plot(
        [mark.at], [mark.value / 1e3], marker=MARKERS.get(mark.kind, "o"), markersize=5.5, color=INK, linestyle="none",
        zorder=4, clip_on=False,
    )  # fmt: skip


def beliefs(material: Material, frame: Frame, lang: Lang) -> Picture | None:
    """Draw how many accounts believe each claim, doubt it, or were corrected, one panel for each claim."""
    topics = material.names("topics")
    claims = [k for k, t in enumerate(topics) if (found := material.scenario.topics.get(t)) is not None and found.claim]
    held = {k: {c: material.each(over_time.beliefs, [topics[k]], c) for c in BELIEFS} for k in claims}
    held = {k: values for k, values in held.items() if any(v.any() for v in values.values())}
    if not held:
        return None
    panels: Panels = {
        topic_name(material, topics[k]): {say(lang, f"belief.{c}"): (v, BELIEFS[c]) for c, v in values.items()}
        for k, values in held.items()
    }
    figure = panel_picture(material, frame, lang, say(lang, "belief.title"), [say(lang, "belief.scale")], panels)
    most = [
        f"{topic_name(material, topics[k])} {number(float(np.median(v['believes'].max(axis=1))), lang)}"
        for k, v in held.items()
    ]
    return Picture("beliefs", say(lang, "belief.title"), say(lang, "belief.alt", list=listed(most, lang)), figure)


def panel_picture(material: Material, frame: Frame, lang: Lang, title: str, below: Sequence[str], panels: Panels) -> Figure:
    """Draw one small panel for each title, all with the same key where they hold more than one curve."""
    columns = 1 if frame.narrow else min(2, len(panels))
    rows = -(-len(panels) // columns)
    step = drawn_bins.coarse(material.first, POINTS // 2)
    x = drawn_bins.thinned(drawn_bins.ends(material.first), step)
    keyed = len(next(iter(panels.values()))) > 1
    with drawing():
        figure = new_figure(frame, 0.1 + rows * frame.height(2.05, 1.95))
        words = [*below, spread_words(lang, len(material.nights))]
        top = heading(figure, frame, title, words, room=0.22 if keyed else 0.0)
        grid = list(figure.subplots(rows, columns, squeeze=False).flat)
        for axes, (name, curves) in zip(grid, panels.items(), strict=False):
            for label, (values, style) in curves.items():
                line(axes, x, band_of(drawn_bins.thinned(values, step)), style, label)
            axes.set_title(clipped(name, 38))
            axes.set_ylim(0, headroom([values for values, _ in curves.values()]))
            _plain_panel(axes, material, lang)
        for axes in grid[len(panels) :]:
            axes.set_visible(False)
        if keyed:
            _top_key(figure, grid[0], frame, top)
    return figure


def _top_key(figure: Figure, axes: Axes, frame: Frame, top: float) -> None:
    """Write which line is which under the heading."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(0.06 / frame.width, top), ncols=len(labels), borderaxespad=0,
        borderpad=0, handlelength=2.4 if frame.narrow else 3.2, columnspacing=1.4,
    )  # fmt: skip


def _plain_panel(axes: Axes, material: Material, lang: Lang) -> None:
    """Few round numbers at the left, local time below, no events: for small panels."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v, lang)))
    light_grid(axes)
    time_axis.clock_axis(axes, material.scenario.start, 0.0, material.first.horizon, True, lang)


def time_picture(
    material: Material, frame: Frame, lang: Lang, title: str, below: Sequence[str],
    curves: dict[str, tuple[F64, int]], top: float | None = None,
) -> Figure:  # fmt: skip
    """Draw curves of shape (nights, bins) over local time, with bands, events and a key; styles by number."""
    from matplotlib.ticker import FuncFormatter

    with drawing():
        figure = new_figure(frame, frame.height(3.1, 3.2))
        heading(figure, frame, title, [*below, spread_words(lang, len(material.nights))])
        axes = figure.add_subplot()
        step = drawn_bins.coarse(material.first, POINTS // 2 if frame.narrow else POINTS)
        x = drawn_bins.thinned(drawn_bins.ends(material.first), step)
        for label, (values, style) in curves.items():
            line(axes, x, band_of(drawn_bins.thinned(values, step)), style, label)
        axes.set_ylim(0, top or headroom([values for values, _ in curves.values()]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v, lang)))
        light_grid(axes)
        _frame_time(axes, material, frame, lang)
        key(figure, axes, frame.narrow)
    return figure
