"""Pictures of a calibration: what was reported against what comes out, what is known of the settings, the search."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from msgu.lang import Lang
from msgu.report.base.style import COLOURS, FAINT, INK, WIDE, Frame, Picture, drawing, light_grid, new_figure
from msgu.report.base.wording import spoken
from msgu.study.calibration.facts import figure_facts
from msgu.study.calibration.problem import Calibration, losses

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS = "osD^"
"""How the fresh nights of each level are drawn."""
TEXTS: dict[str, tuple[str, str]] = {
    # French, English
    "figures.title": ("Rapporté, ajusté, prédit", "Reported, fitted, predicted"),
    "figures.axis": (
        "simulé / rapporté (échelle logarithmique) ; * : validation, jamais ajusté",
        "simulated / reported (logarithmic scale); *: validation, never fitted",
    ),
    "figures.band": ("vaut reproduit", "counts as reproduced"),
    "figures.predicted": ("une nuit selon tous les chiffres (90 %)", "a night, from all figures (90 %)"),
    "figures.left_out": ("une nuit selon tous les autres (90 %)", "a night, from all the others (90 %)"),
    "figures.fresh": ("nuits nouvelles, meilleur point", "fresh nights, best point"),
    "figures.alt": (
        "Pour chaque chiffre, l'intervalle admis, l'intervalle prédit et les nuits nouvelles. {met} cibles atteintes sur {n}.",
        "For each figure the range allowed, the range predicted and the fresh nights. {met} of {n} targets met.",
    ),
    "settings.title": ("Ce que les chiffres disent de chaque réglage", "What the figures tell of each setting"),
    "settings.axis": (
        "part de l'a priori (0 : borne basse, 1 : borne haute)",
        "share of the prior (0: low end, 1: high end)",
    ),
    "settings.alt": (
        "Pour chaque réglage, l'intervalle a posteriori à 90 % dans son a priori, sa médiane et le meilleur point.",
        "For each setting the 90 % posterior interval within its prior, its median and the best point.",
    ),
    "trade.title": ("Réglages qui se compensent", "Settings that trade off"),
    "trade.axis": ("corrélation de rang a posteriori", "rank correlation in the posterior"),
    "trade.alt": (
        "Corrélations de rang entre réglages a posteriori ; la plus forte est {value} entre {a} et {b}.",
        "Rank correlations between settings in the posterior; the strongest is {value} between {a} and {b}.",
    ),
    "search.title": ("La recherche, point après point", "The search, point by point"),
    "search.axis": ("perte (échelle logarithmique)", "loss (logarithmic scale)"),
    "search.points": ("points dans l'ordre où ils ont été choisis", "points in the order in which they were chosen"),
    "search.wave": ("vague {n}", "wave {n}"),
    "search.start": ("remplissage", "filling"),
    "search.alt": (
        "Perte de chaque point, vague après vague ; la plus basse est {best}.",
        "Loss of each point, wave after wave; the least is {best}.",
    ),
}
"""What the pictures say: French, English."""


def say(lang: Lang, key: str, **blanks: object) -> str:
    """Return a text of the pictures."""
    return spoken(TEXTS, lang, key, **blanks)


def pictures(found: Calibration, lang: Lang, frame: Frame = WIDE) -> list[Picture]:
    """Draw every picture of a calibration."""
    drawn = [figures_picture(found, lang, frame), settings_picture(found, lang, frame)]
    if len(found.problem.priors) > 1:
        drawn.append(trade_picture(found, lang, frame))
    return [*drawn, search_picture(found, lang, frame)]


def figures_picture(found: Calibration, lang: Lang, frame: Frame = WIDE) -> Picture:
    """Draw what is allowed, what is predicted and what fresh nights give, over what was reported."""
    figures = list(found.problem.figures)
    n_targets = len(found.problem.targets)
    with drawing():
        height = 2.2 + 0.27 * len(figures)
        figure = new_figure(frame, height)
        axes = figure.subplots()
        for row, target in enumerate(figures):
            _figure_row(axes, row, figure_facts(found, target), target.reference)
        axes.axvline(1.0, color=INK, linewidth=0.8)
        if n_targets < len(figures):
            axes.axhline(n_targets - 0.5, color=FAINT, linewidth=0.8, linestyle=(0, (4, 2)))
        axes.set_xscale("log")
        axes.set_yticks(range(len(figures)), [f"{t.id}{'' if k < n_targets else ' *'}" for k, t in enumerate(figures)])
        axes.set_ylim(len(figures) - 0.4, -0.6)
        axes.set_xlabel(say(lang, "figures.axis"))
        _ratio_ticks(axes)
        axes.set_title(say(lang, "figures.title"))
        light_grid(axes, "x")
        _figures_legend(axes, height, lang, list(found.best.nights))
    words = say(lang, "figures.alt", met=n_targets - len(found.missed), n=n_targets)
    return Picture("figures", say(lang, "figures.title"), words, figure)


def _figure_row(axes: Axes, row: int, one: dict[str, Any], reference: float) -> None:
    low, high = one["low"], one["high"]
    left = (low or 1e-9) / reference
    right = (high if high is not None else reference * 1e3) / reference
    axes.barh(row, right - left, left=left, height=0.72, color="#e6eef4", edgecolor="#c3d3df", linewidth=0.5, zorder=1)
    for name, colour, shift in (("predicted", COLOURS[0], -0.14), ("left_out", COLOURS[1], 0.14)):
        if one[name]:
            ends = [max(one[name][q] / reference, 1e-6) for q in ("low", "middle", "high")]
            axes.plot([ends[0], ends[2]], [row + shift] * 2, color=colour, linewidth=2.0, zorder=2)
            axes.plot([ends[1]], [row + shift], "|", color=colour, markersize=7, zorder=3)
    for k, fresh in enumerate(one["fresh"].values()):
        nights = [max(value / reference, 1e-6) for value in fresh["nights"] if math.isfinite(value)]
        face, size = (INK, 2.6) if k == 0 else ("white", 3.8)
        mark = MARKS[k % len(MARKS)]
        axes.plot(nights, [row] * len(nights), mark, color=INK, markerfacecolor=face, markersize=size, zorder=4)


def _ratio_ticks(axes: Axes) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    low, high = axes.dataLim.intervalx
    spots = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 1.0, 1.25, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]
    low, high = max(low, 0.1), min(high, 10.0)
    axes.set_xlim(low / 1.1, high * 1.1)
    axes.xaxis.set_major_locator(FixedLocator([x for x in spots if low / 1.1 <= x <= high * 1.1]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))


def _plain_ticks(axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))


def _figures_legend(axes: Axes, height: float, lang: Lang, levels: list[str]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [
        Patch(facecolor="#e6eef4", edgecolor="#c3d3df", label=say(lang, "figures.band")),
        Line2D([], [], color=COLOURS[0], linewidth=2, label=say(lang, "figures.predicted")),
        Line2D([], [], color=COLOURS[1], linewidth=2, label=say(lang, "figures.left_out")),
    ]
    for k, level in enumerate(levels):
        label = say(lang, "figures.fresh") + (f" ({level})" if level else "")
        face = INK if k == 0 else "white"
        style = {"marker": MARKS[k % len(MARKS)], "markerfacecolor": face, "markersize": 4}
        handles.append(Line2D([], [], color=INK, linestyle="", label=label, **style))  # type: ignore[arg-type]
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.45, -0.75 / (height - 1)), ncols=2)


def settings_picture(found: Calibration, lang: Lang, frame: Frame = WIDE) -> Picture:
    """Draw the posterior of each setting within its prior."""
    from msgu.study.calibration.prior import cube_of

    names = list(found.problem.priors)
    best = cube_of(found.problem.priors, [found.best.values])[0]
    ends = np.quantile(found.posterior, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    with drawing():
        figure = new_figure(frame, 1.1 + 0.32 * len(names))
        axes = figure.subplots()
        for row in range(len(names)):
            axes.plot([0, 1], [row, row], color="#dddddd", linewidth=6, solid_capstyle="butt", zorder=1)
            axes.plot(ends[[0, 4], row], [row, row], color=COLOURS[0], linewidth=2.2, zorder=2)
            axes.plot(ends[[1, 3], row], [row, row], color=COLOURS[0], linewidth=5, zorder=2)
            axes.plot([ends[2, row]], [row], "|", color="white", markersize=8, zorder=3)
            axes.plot([best[row]], [row], "D", color=COLOURS[1], markersize=5, zorder=4)
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_xlim(-0.02, 1.02)
        axes.set_xlabel(say(lang, "settings.axis"))
        axes.set_title(say(lang, "settings.title"))
    return Picture("settings", say(lang, "settings.title"), say(lang, "settings.alt"), figure)


def trade_picture(found: Calibration, lang: Lang, frame: Frame = WIDE) -> Picture:
    """Draw the rank correlations between settings."""
    names, values = list(found.problem.priors), found.correlations
    d = len(names)
    with drawing():
        figure = new_figure(frame, 1.6 + 0.42 * d)
        axes = figure.subplots()
        below = np.ma.masked_array(values, np.triu(np.ones((d, d), bool)))
        image = axes.imshow(below[1:, :-1], cmap="PuOr", vmin=-1, vmax=1)
        for i in range(1, d):
            for k in range(i):
                dark = "white" if abs(values[i, k]) > 0.6 else INK
                axes.text(k, i - 1, f"{values[i, k]:.2f}", ha="center", va="center", fontsize=8, color=dark)
        axes.set_yticks(range(d - 1), names[1:])
        axes.set_xticks(range(d - 1), names[:-1], rotation=30, ha="right")
        axes.set_title(say(lang, "trade.title"))
        figure.colorbar(image, ax=axes, label=say(lang, "trade.axis"), shrink=0.8)
    a, b = divmod(int(np.argmax(np.abs(np.tril(values, -1)))), d)
    words = say(lang, "trade.alt", value=f"{values[a, b]:.2f}", a=names[a], b=names[b])
    return Picture("trade-offs", say(lang, "trade.title"), words, figure)


def search_picture(found: Calibration, lang: Lang, frame: Frame = WIDE) -> Picture:
    """Draw the loss of each point at the first scale, in the order in which points were chosen."""
    points = found.points[0]
    costs = losses(found.problem, points)
    finite = costs[np.isfinite(costs)]
    best = float(finite.min()) if len(finite) else math.nan
    with drawing():
        figure = new_figure(frame, frame.height(3.2, 3.0))
        axes = figure.subplots()
        for wave in sorted({int(w) for w in points.wave}):
            rows = np.flatnonzero(points.wave == wave)
            label = say(lang, "search.wave", n=wave) if wave else say(lang, "search.start")
            axes.plot(rows + 1, costs[rows], "o", color=COLOURS[wave % 6], markersize=3.5, label=label)
        axes.plot(np.arange(len(costs)) + 1, np.fmin.accumulate(costs), color=INK, linewidth=0.9)
        axes.set_yscale("log")
        _plain_ticks(axes)
        axes.set_xlabel(say(lang, "search.points"))
        axes.set_ylabel(say(lang, "search.axis"))
        axes.set_title(say(lang, "search.title"))
        light_grid(axes)
        axes.legend(ncols=2)
    return Picture("search", say(lang, "search.title"), say(lang, "search.alt", best=f"{best:.3g}"), figure)
