"""Pictures of posts: tweets per second, the peak, uses so far beside the reported figures, beliefs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.report import clock, series
from sim.report.curves import headroom, heading, key, line, spread_words
from sim.report.ink import COLOURS, INK, Frame, Picture, drawing, light_grid, new_figure
from sim.report.material import Lang, Material, Row
from sim.report.plain import clipped, visible
from sim.report.texts import duration, number, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKERS = {"predicted": "o", "fitted": "s", "by construction": "D"}


def topic_name(material: Material, topic: str) -> str:
    """Return the title of a topic, or its id."""
    found = material.scenario.topics.get(topic)
    return visible(found.title) if found is not None and found.title else visible(topic)


def main_topic(material: Material) -> int | None:
    """Return the topic of the shelter offers, else the one with most uses; None where nobody posts."""
    topics = series.names(material.first, "topics")
    if not topics:
        return None
    shelter = material.scenario.shelter
    if shelter is not None and shelter.topic in topics:
        return topics.index(shelter.topic)
    return int(series.uses(material.nights).sum(axis=(0, 2)).argmax())


def tweets_per_second(material: Material, frame: Frame, lang: Lang) -> Picture | None:
    """Draw the rate of each topic on a logarithmic axis; None where nothing was posted."""
    from matplotlib.ticker import FuncFormatter

    night = material.first
    topics = series.names(night, "topics")
    if not topics or not (counts := series.uses(material.nights)).any():
        return None
    step = series.coarse(night, 360 if frame.narrow else 600)
    rate = series.summed(counts, step) / series.spans(night, step)
    floor = 0.5 * night.clones / (night.bin_width * step)
    x = series.centres(night, step)
    with drawing():
        figure = new_figure(frame, frame.height(4.6, 4.6))
        width = duration(night.bin_width * step, lang)
        about = say(lang, "rate.scale", width=width) + "; " + say(lang, "numbers")
        heading(figure, frame, say(lang, "rate.title"), [about, spread_words(lang, len(material.nights))])
        axes = figure.add_subplot()
        for k in np.argsort(-rate.max(axis=(0, 2)), kind="stable"):
            if counts[:, k].any():
                line(axes, x, series.band(np.maximum(rate[:, k], floor)), int(k), topic_name(material, topics[k]))
        axes.set_yscale("log")
        axes.set_ylim(floor, max(float(rate.max()) * 1.6, floor * 20))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v, lang)))
        light_grid(axes)
        _frame_time(axes, material, frame, lang)
        key(figure, axes, frame.narrow, 3)
    k = main_topic(material) or 0
    middle = np.median(rate[:, k], axis=0)
    at = clock.hour(material.scenario.start, float(x[int(middle.argmax())]))
    shown = ", ".join(topic_name(material, t) for i, t in enumerate(topics) if counts[:, i].any())
    alternative = say(
        lang, "rate.alt", topics=shown, topic=topic_name(material, topics[k]), peak=number(middle.max(), lang), time=at
    )
    return Picture("tweets-per-second", say(lang, "rate.title"), alternative, figure)


def _frame_time(axes: Axes, material: Material, frame: Frame, lang: Lang, numbered: bool = True) -> None:
    """Local time below, from the start to the horizon, and the events as thin lines."""
    start = material.scenario.start
    clock.clock_axis(axes, start, 0.0, material.first.horizon, frame.narrow, lang)
    clock.event_lines(axes, clock.marks(material.scenario, lang), frame.narrow, numbered)


def peak(material: Material, frame: Frame, lang: Lang) -> Picture | None:
    """Draw the seconds around the strongest second of the main topic, each night shifted to its own."""
    from matplotlib.ticker import FuncFormatter

    topic = main_topic(material)
    if topic is None:
        return None
    found = [(night, *series.largest_second(night, topic)) for night in material.nights]
    found = [(night, top, at) for night, top, at in found if top > 0]
    if not found:
        return None
    x = np.arange(-120, 300)
    rate = np.stack([series.seconds(night, topic, at - 120, at + 300) for night, _, at in found])
    name = topic_name(material, series.names(material.first, "topics")[topic])
    title = say(lang, "peak.title", topic=name)
    tops = series.band(np.array([[top] for _, top, _ in found]))
    when = clock.moment(material.scenario.start, sorted(at for _, _, at in found)[(len(found) - 1) // 2])
    with drawing():
        figure = new_figure(frame, frame.height(3.5, 3.8))
        scale = say(lang, "peak.scale", clones=number(material.first.clones, lang, 6))
        where = say(lang, "peak.where", time=when.strftime("%H:%M:%S"))
        heading(figure, frame, title, [scale, f"{where}; {spread_words(lang, len(found))}"])
        axes = figure.add_subplot()
        line(axes, x / 60, series.band(rate), topic, name, steps=True)
        axes.set_ylim(0, headroom([rate]))
        axes.set_xlim(-2, 5)
        axes.set_xlabel(say(lang, "peak.since"))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v, lang)))
        light_grid(axes)
    top = number(float(tops.middle[0]), lang)
    return Picture("peak", title, say(lang, "peak.alt", topic=name, peak=top), figure)


def reported_uses(material: Material) -> dict[str, list[tuple[Row, float, float]]]:
    """Return for each topic the reported numbers of uses: row, time of the end of its window [s], counter's share."""
    figures = material.scenario.evidence.figures
    counters = material.scenario.evidence.counters
    out: dict[str, list[tuple[Row, float, float]]] = {}
    for row in material.rows:
        figure = figures.get(row.id)
        found = re.match(r"uses\(\s*topic\s*=\s*([^,)\s]+)", figure.metric) if figure is not None else None
        if figure is None or found is None or row.reported is None or figure.window is None:
            continue
        share = counters[figure.counter].kappa if figure.counter in counters else 1.0
        out.setdefault(found[1], []).append((row, figure.window[1], share or 1.0))
    return out


def cumulative_uses(material: Material, frame: Frame, lang: Lang) -> Picture | None:
    """Draw the uses so far of each topic beside its reported figures, one panel for each topic."""
    counts = series.uses(material.nights) if series.names(material.first, "topics") else np.zeros((1, 0, 1))
    topics = series.names(material.first, "topics")
    marks = reported_uses(material)
    shown = [k for k in range(len(topics)) if counts[:, k].any() or topics[k] in marks]
    shown.sort(key=lambda k: (-len(marks.get(topics[k], [])), -counts[:, k].sum()))
    if not shown:
        return None
    columns = 1 if frame.narrow else min(2, len(shown))
    rows = -(-len(shown) // columns)
    with drawing():
        figure = new_figure(frame, 0.95 + rows * frame.height(2.05, 1.95))
        below = [say(lang, "uses.scale"), spread_words(lang, len(material.nights)), say(lang, "uses.legend")]
        heading(figure, frame, say(lang, "uses.title"), below)
        grid = figure.subplots(rows, columns, squeeze=False)
        for i, axes in enumerate(grid.flat):
            if i >= len(shown):
                axes.set_visible(False)
                continue
            k = shown[i]
            _uses_panel(axes, material, frame, lang, k, np.cumsum(counts[:, k], axis=1), marks.get(topics[k], []))
    ends = [
        say(lang, "uses.one", topic=topic_name(material, topics[k]), value=number(np.median(counts[:, k].sum(axis=1)), lang))
        for k in shown
    ]
    return Picture("uses", say(lang, "uses.title"), say(lang, "uses.alt", list="; ".join(ends)), figure)


def _uses_panel(
    axes: Axes, material: Material, frame: Frame, lang: Lang, k: int, so_far: series.F64,
    marks: Sequence[tuple[Row, float, float]],
) -> None:  # fmt: skip
    """One topic: its curve, its band, and its reported figures."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    night = material.first
    spread = series.band(so_far / 1e3)
    line(axes, series.ends(night), spread, k, "")
    tops = [so_far / 1e3]
    for row, at, share in marks:
        value = (row.reported or 0.0) / share / 1e3
        low = value if row.low is None else row.low / share / 1e3
        high = value if row.high is None else row.high / share / 1e3
        tops.append(np.array([value, min(high, 3 * value)]))
        x = min(at, night.horizon)
        axes.plot([x, x], [low, high], color=INK, linewidth=1.0, solid_capstyle="butt", zorder=3)
        for y in (low, high):
            axes.plot([x], [y], marker="_", markersize=6, color=INK, linestyle="none", zorder=3)
        reached = at <= night.horizon
        axes.plot(
            [x], [value], marker=MARKERS.get(row.kind, "o"), markersize=5.5, markeredgecolor=INK, linestyle="none",
            markerfacecolor=INK if reached else "white", zorder=4, clip_on=False,
        )  # fmt: skip
    axes.set_title(clipped(topic_name(material, series.names(night, "topics")[k]), 40), color=COLOURS[k % len(COLOURS)])
    axes.set_ylim(0, headroom(tops))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v, lang)))
    light_grid(axes)
    clock.clock_axis(axes, material.scenario.start, 0.0, night.horizon, True, lang)


def beliefs(material: Material, frame: Frame, lang: Lang) -> list[Picture]:
    """Draw for each claim how many accounts believe it, doubt it, or were corrected."""
    topics = series.names(material.first, "topics")
    claims = [k for k, t in enumerate(topics) if (found := material.scenario.topics.get(t)) is not None and found.claim]
    return [picture for k in claims if (picture := _belief(material, frame, lang, k, topics[k])) is not None]


def _belief(material: Material, frame: Frame, lang: Lang, k: int, topic: str) -> Picture | None:
    values = {c: series.beliefs(material.nights, k, c) for c in ("believes", "doubts", "corrected")}
    if not any(v.any() for v in values.values()):
        return None
    name = topic_name(material, topic)
    title = say(lang, "belief.title", topic=name)
    figure = time_picture(
        material, frame, lang, title, [say(lang, "belief.scale")],
        {say(lang, f"belief.{c}"): (v, i) for i, (c, v) in enumerate(values.items())},
    )  # fmt: skip
    most = "; ".join(f"{say(lang, f'belief.{c}')} {number(np.median(v.max(axis=1)), lang)}" for c, v in values.items())
    return Picture(f"belief-{k}", title, say(lang, "belief.alt", list=most), figure)


def time_picture(
    material: Material, frame: Frame, lang: Lang, title: str, below: Sequence[str],
    curves: dict[str, tuple[series.F64, int]], top: float | None = None,
) -> Figure:  # fmt: skip
    """Draw curves of shape (nights, bins) over local time, with bands, events and a key; styles by number."""
    from matplotlib.ticker import FuncFormatter

    with drawing():
        figure = new_figure(frame, frame.height(3.7, 4.0))
        heading(figure, frame, title, [*below, spread_words(lang, len(material.nights))])
        axes = figure.add_subplot()
        for label, (values, style) in curves.items():
            line(axes, series.ends(material.first), series.band(values), style, label)
        axes.set_ylim(0, top or headroom([values for values, _ in curves.values()]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v, lang)))
        light_grid(axes)
        _frame_time(axes, material, frame, lang)
        key(figure, axes, frame.narrow)
    return figure
