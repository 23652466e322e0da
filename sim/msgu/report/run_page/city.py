"""Pictures of the city: calls lost by zone, people who cannot get home, who knows, worries, desks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.lang import Lang
from msgu.measure import over_time
from msgu.report.base import drawn_bins, time_axis
from msgu.report.base.band import F64, band_of
from msgu.report.base.escape import clipped, visible
from msgu.report.base.lines import heading, headroom, key, line, spread_words
from msgu.report.base.style import Frame, Picture, drawing, light_grid, new_figure
from msgu.report.base.texts import say
from msgu.report.base.wording import duration, listed, number
from msgu.report.run_page.material import Material
from msgu.report.run_page.posts import POINTS, panel_picture, time_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLOCK = 600.0
"""Calls are counted over ten minutes: at a hundredth of the city a minute of one zone holds too few."""

SHOWN = {"stranded": ["stranded"], "seeking": ["seeking", "to_host"], "sheltered": ["sheltered"], "held": ["held"]}
"""Curves of people out, and the states whose people they count."""

Curves = dict[str, tuple[F64, int]]


def zone_name(material: Material, zone: str) -> str:
    """Return the name of a zone as on the ground, or its id."""
    found = material.scenario.places.zones.get(zone)
    return visible(found.name) if found is not None and found.name else visible(zone)


def blocked_calls(material: Material, frame: Frame, lang: Lang) -> Picture | None:
    """Draw the share of attempts lost as a heat map, one row for each zone; None where nobody calls."""
    night = material.first
    step = max(1, round(BLOCK / night.bin_width))
    share = 100 * lost_share(material, step)
    zones = material.names("zones")
    shown = [k for k in range(len(zones)) if np.isfinite(share[k]).any()]
    if not shown:
        return None
    shown.sort(key=lambda k: (-float(np.nanmax(share[k])), zones[k]))
    most = 24 if frame.narrow else 40
    left_out, shown = shown[most:], shown[:most]
    values = share[shown]
    title = say(lang, "blocked.title")
    with drawing():
        figure = new_figure(frame, 1.05 + 0.175 * len(shown))
        below = [say(lang, "blocked.scale", width=duration(step * night.bin_width, lang))]
        if len(material.nights) > 1:
            below.append(say(lang, "blocked.pooled", n=len(material.nights)))
        if left_out:
            worst = number(float(np.nanmax(share[left_out])), lang)
            below.append(say(lang, "blocked.rest", n=len(left_out), share=worst))
        heading(figure, frame, title, below)
        axes = figure.add_subplot()
        _heat(axes, material, frame, lang, values)
        length = 16 if frame.narrow else 30
        axes.set_yticks(range(len(shown)), [clipped(zone_name(material, zones[k]), length) for k in shown], fontsize=8)
    best = np.unravel_index(int(np.nanargmax(values)), values.shape)
    top = float(values[best])
    at = time_axis.hour(material.scenario.start, float(drawn_bins.centres(night, step)[best[1]]))
    words = say(lang, "blocked.alt", zone=zone_name(material, zones[shown[best[0]]]), share=number(top, lang), time=at)
    return Picture("blocked-calls", title, words if top > 0 else say(lang, "blocked.none"), figure)


def lost_share(material: Material, step: int) -> F64:
    """Share of call attempts lost, by zone and drawn bin, all nights together, shape (n_zones, n_drawn).

    NaN where nothing was offered.
    """
    offered, lost = drawn_bins.summed(material.each(over_time.legs).sum(axis=0), step)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(offered > 0, lost / offered, np.nan)


def _heat(axes: Axes, material: Material, frame: Frame, lang: Lang, values: F64) -> None:
    """The map itself: darker is worse, in colour and in grey."""
    night = material.first
    top = max(1.0, float(np.nanmax(values)))
    axes.set_facecolor("white")
    axes.patch.set_hatch("////")
    axes.patch.set_edgecolor("#cccccc")
    shape = (
        0.0,
        values.shape[1] * round(BLOCK / night.bin_width) * night.bin_width or night.horizon,
        len(values) - 0.5,
        -0.5,
    )
    image = axes.imshow(
        np.ma.masked_invalid(values), cmap="Blues", vmin=0, vmax=top, aspect="auto", interpolation="none", extent=shape
    )
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    time_axis.clock_axis(axes, material.scenario.start, 0.0, night.horizon, frame.narrow, lang)
    time_axis.event_lines(
        axes, time_axis.marks(material.scenario, lang), frame.width - (1.5 if frame.narrow else 2.2), through=False
    )
    bar = axes.figure.colorbar(
        image, ax=axes, orientation="horizontal", location="bottom", fraction=0.05, aspect=40, pad=0.02,
        format=lambda v, _: f"{number(v, lang)} %",
    )  # fmt: skip
    bar.outline.set_visible(False)


def people_out(material: Material, frame: Frame, lang: Lang) -> Picture | None:
    """Draw the people stranded, seeking shelter, sheltered and held; None where nobody ever is."""
    values = {name: material.each(over_time.people, states) for name, states in SHOWN.items()}
    if not any(v.any() for v in values.values()):
        return None
    title = say(lang, "people.title")
    curves: Curves = {say(lang, f"state.{name}"): (v, i) for i, (name, v) in enumerate(values.items())}
    below = [say(lang, "people.scale"), say(lang, "people.own")]
    figure = panel_picture(material, frame, lang, title, below, {label: {"": curve} for label, curve in curves.items()})
    worst = []
    for label, (v, _) in curves.items():
        middle = np.median(v, axis=0)
        at = time_axis.hour(material.scenario.start, float(drawn_bins.ends(material.first)[int(middle.argmax())]))
        worst.append(say(lang, "people.one", state=label, value=number(middle.max(), lang), time=at))
    return Picture("people-out", title, say(lang, "people.alt", list=listed(worst, lang)), figure)


def awareness(material: Material, frame: Frame, lang: Lang) -> Picture | None:
    """Draw the share of residents who know, by group of zones; None where nobody lives."""
    groups = over_time.groups_of_zones(material.scenario, material.names("zones"))
    known = 100 * material.each(over_time.aware, groups)
    if not groups or not np.nan_to_num(known).any():
        return None
    curves: Curves = {say(lang, f"group.{name}"): (known[:, g], g) for g, name in enumerate(groups)}
    title = say(lang, "aware.title")
    below = [say(lang, "aware.scale"), say(lang, "numbers")]
    figure = time_picture(material, frame, lang, title, below, curves, top=102.0)
    final = listed((f"{label} {number(float(np.median(v[:, -1])), lang)} %" for label, (v, _) in curves.items()), lang)
    return Picture("awareness", title, say(lang, "aware.alt", list=final), figure)


def worries(material: Material, frame: Frame, lang: Lang) -> Picture | None:
    """Draw the worries cleared so far by the way in which they were; None where nobody worries."""
    values = {way: material.each(over_time.reassured, way) for way in ("call", "message", "mark", "desk")}
    if not any(v.any() for v in values.values()):
        return None
    curves: Curves = {say(lang, f"worry.{way}"): (v / 1e3, i) for i, (way, v) in enumerate(values.items())}
    title = say(lang, "worry.title")
    figure = time_picture(material, frame, lang, title, [say(lang, "worry.scale"), say(lang, "numbers")], curves)
    final = listed((f"{label} {number(float(np.median(v[:, -1])) * 1e3, lang)}" for label, (v, _) in curves.items()), lang)
    return Picture("worries", title, say(lang, "worry.alt", list=final), figure)


def desks(material: Material, frame: Frame, lang: Lang) -> list[Picture]:
    """Draw for each desk the calls received and answered, and below who waits and who is served."""
    names, end = material.names("desks"), material.scenario.followed_until
    found = [_desk(material.until(end("desks", desk)), frame, lang, k, desk) for k, desk in enumerate(names)]
    return [picture for picture in found if picture is not None]


def _desk(material: Material, frame: Frame, lang: Lang, k: int, name: str) -> Picture | None:
    night = material.first
    step = max(1, round(BLOCK / night.bin_width))

    def column(what: str) -> F64:
        return material.each(over_time.desk, name, what)

    received, answered = column("received"), column("answered")
    if not received.any():
        return None
    waiting, serving = column("waiting"), column("serving")
    title = say(lang, "desk.title", desk=visible(name))
    with drawing():
        figure = new_figure(frame, frame.height(4.6, 4.7))
        heading(figure, frame, title, [spread_words(lang, len(material.nights)), say(lang, "numbers")])
        upper, lower = figure.subplots(2, 1)
        upper.set_title(say(lang, "desk.scale", width=duration(step * night.bin_width, lang)), pad=32, fontsize=9.5)
        lower.set_title(say(lang, "desk.waiting.scale"), pad=32, fontsize=9.5)
        x = drawn_bins.centres(night, step)
        flows: Curves = {
            "desk.received": (drawn_bins.summed(received, step), 1),
            "desk.answered": (drawn_bins.summed(answered, step), 0),
        }
        _panel(figure, upper, material, frame, lang, flows, x)
        _panel(
            figure,
            lower,
            material,
            frame,
            lang,
            {"desk.waiting": (waiting, 3), "desk.serving": (serving, 2)},
            drawn_bins.ends(night),
        )
    words = say(
        lang, "desk.alt", received=number(np.median(received.sum(axis=1)), lang),
        answered=number(np.median(answered.sum(axis=1)), lang), waiting=number(np.median(waiting.max(axis=1)), lang),
    )  # fmt: skip
    return Picture(f"desk-{k}", title, words, figure)


def _panel(figure: Figure, axes: Axes, material: Material, frame: Frame, lang: Lang, curves: Curves, x: F64) -> None:
    """One panel with its key above."""
    from matplotlib.ticker import FuncFormatter

    step = -(-len(x) // POINTS)
    for label, (values, style) in curves.items():
        line(axes, drawn_bins.thinned(x, step), band_of(drawn_bins.thinned(values, step)), style, say(lang, label))
    axes.set_ylim(0, headroom([values for values, _ in curves.values()]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v, lang)))
    light_grid(axes)
    time_axis.clock_axis(axes, material.scenario.start, 0.0, material.first.horizon, frame.narrow, lang)
    time_axis.event_lines(axes, time_axis.marks(material.scenario, lang), frame.width - 0.8)
    key(figure, axes, frame.narrow)
