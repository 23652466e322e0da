"""Lines with their bands, and labels beside their ends that do not overlap."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from msgu.lang import Lang
from msgu.report.base.band import F64, Band
from msgu.report.base.escape import clipped, visible
from msgu.report.base.style import COLOURS, DASHES, SOFT, Frame
from msgu.report.base.texts import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def line(axes: Axes, x: F64, spread: Band, style: int, label: str, steps: bool = False) -> None:
    """Draw the median as a line, or as steps, and the spread as a band behind it."""
    colour = COLOURS[style % len(COLOURS)]
    where, dashes = ("steps-mid", "-") if steps else ("default", DASHES[style % len(DASHES)])
    axes.plot(x, spread.middle, color=colour, linestyle=dashes, label=label, drawstyle=where)
    if spread.nights > 1:
        look: dict[str, Any] = {"step": "mid"} if steps else {}
        axes.fill_between(x, spread.low, spread.high, color=colour, alpha=0.22, linewidth=0, **look)


def heading(figure: Figure, frame: Frame, title: str, below: Sequence[str], room: float = 0.0) -> float:
    """Write title and small lines at the top left, and make the figure higher by what they take.

    room : kept free under the lines [inches]. Returns the height where that room begins [share of the figure].
    """
    heads = wrap(clipped(title, int(frame.width * 21)), int(frame.width * 10.6))
    lines = [part for text in below if text for part in wrap(visible(text), int(frame.width * 14.6))]
    height = figure.get_figheight() + 0.13 + 0.2 * len(heads) + 0.155 * len(lines) + room
    figure.set_figheight(height)
    inch = height - 0.06
    for text in heads:
        figure.text(0.06 / frame.width, inch / height, text, ha="left", va="top", fontsize=11, fontweight="bold")
        inch -= 0.2
    inch -= 0.02
    for text in lines:
        figure.text(0.06 / frame.width, inch / height, text, ha="left", va="top", fontsize=8.3, color=SOFT)
        inch -= 0.155
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(rect=(0, 0, 1, (inch - 0.05 - room) / height))  # type: ignore[call-arg]
    return (inch - 0.05) / height


def key(figure: Figure, axes: Axes, narrow: bool, columns: int = 4) -> None:
    """Write which line is which above the axes and the numbers of events, in columns."""
    from matplotlib.transforms import ScaledTranslation

    handles, labels = axes.get_legend_handles_labels()
    columns = min(len(labels), 2 if narrow else columns)
    longest = max(map(len, labels))
    while columns > 1 and longest > _letters(figure, columns):
        columns -= 1
    labels = [clipped(label, _letters(figure, columns)) for label in labels]
    above = axes.transAxes + ScaledTranslation(0, 14 / 72, figure.dpi_scale_trans)
    axes.legend(
        handles, labels, loc="lower left", bbox_to_anchor=(0, 1), bbox_transform=above, borderaxespad=0, borderpad=0,
        ncols=columns, handlelength=3.2, columnspacing=1.6, handletextpad=0.6,
    )  # fmt: skip


def _letters(figure: Figure, columns: int) -> int:
    """How many letters of a key fit into a column beside its line."""
    return int((figure.get_figwidth() / columns - 1.0) / 0.075)


def spread_words(lang: Lang, nights: int) -> str:
    """Say what line and band are."""
    if nights == 1:
        return say(lang, "nights.one")
    return say(lang, "nights.many" if nights >= 20 else "nights.few", n=nights)


def headroom(values: Sequence[F64]) -> float:
    """Return the top of an axis that starts at zero and holds all values; 1 where they are all zero or absent."""
    top = max((float(np.nanmax(v)) for v in values if np.isfinite(v).any()), default=0.0)
    return top * 1.06 if top > 0 else 1.0
