"""The scorecard: reported figures beside the simulated ones, by groups, as rows in words and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from msgu.lang import Lang
from msgu.measure.evidence.score import groups, tally
from msgu.report.base.band import band_of
from msgu.report.base.escape import clipped, visible
from msgu.report.base.lines import heading
from msgu.report.base.style import COLOURS, GRID, INK, SOFT, Frame, Picture, drawing, new_figure
from msgu.report.base.texts import say
from msgu.report.base.wording import exact, number
from msgu.report.run_page.material import Material, ScoreRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIGNS: Final = {"missed": "✗", "ok": "✓", "not reached": "…"}
_SHADE: Final = {"missed": COLOURS[1], "ok": COLOURS[0], "not reached": "#999999"}


@dataclass(frozen=True)
class ScorecardLine:
    """A row of the scorecard in words."""

    row: ScoreRow
    sign: str
    reached: str
    met: str
    quantity: str
    reported: str
    allowed: str
    middle: str
    spread: str
    kind: str


def ordered(rows: Sequence[ScoreRow]) -> list[ScoreRow]:
    """Return the headline, then group by group: those of the most weight first, what restates a figure under it."""
    opening = sorted((row for row in rows if row.headline), key=lambda row: (-row.weight, row.id))
    return [*opening, *(row for group in groups(rows) for row in group.rows if not row.headline)]


def spread(row: ScoreRow) -> tuple[float, float, float] | None:
    """Return median, low and high of the nights that reached the figure; None where none did."""
    values = np.array(row.simulated, np.float64)
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    band = band_of(values[:, None])
    return float(band.middle[0]), float(band.low[0]), float(band.high[0])


def with_spread(spread: tuple[float, float, float], lang: Lang, nights: int) -> str:
    """Return median, low and high as `7 [5 to 9]`, or the value alone for a single night."""
    middle, low, high = (number(value, lang) for value in spread)
    return middle if nights == 1 else f"{middle} [{say(lang, 'range', low=low, high=high)}]"


def allowed(row: ScoreRow, lang: Lang) -> str:
    """Return in words what counts as reproduced."""
    if row.low is not None and row.high is not None:
        return say(lang, "range", low=exact(row.low, lang), high=exact(row.high, lang))
    if row.low is not None:
        return say(lang, "at_least", low=exact(row.low, lang))
    return say(lang, "at_most", high=exact(row.high, lang)) if row.high is not None else "–"


def lines(rows: Sequence[ScoreRow], lang: Lang) -> list[ScorecardLine]:
    """Return the scorecard in words, in the order of `ordered`."""
    out = []
    for row in ordered(rows):
        got = spread(row)
        reached = sum(np.isfinite(v) for v in row.simulated)
        middle, _, between = ("–" if got is None else with_spread(got, lang, int(reached))).partition(" [")
        reported = "–" if row.reported is None else exact(row.reported, lang)
        unit = "" if row.unit == "1" else visible(row.unit)
        out.append(
            ScorecardLine(
                row,
                SIGNS[row.verdict],
                say(lang, "score.yes" if row.reached else "score.no"),
                "–" if not row.reached else say(lang, "score.yes" if row.met else "score.missed"),
                visible(row.quantity),
                f"{reported} {unit}".strip(),
                allowed(row, lang),
                middle,
                f"[{between}" if between else "",
                say(lang, f"kind.{row.kind}"),
            )
        )
    return out


def counts(rows: Sequence[ScoreRow]) -> dict[str, int]:
    """Return how many rows there are of each verdict, and the tally of weighty targets and of tests."""
    return {verdict: sum(r.verdict == verdict for r in rows) for verdict in SIGNS} | tally(rows)._asdict()


def scorecard(material: Material, frame: Frame, lang: Lang) -> Picture | None:
    """Draw simulated over reported for each row that was reached; None where there is none."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    rows = [r for r in ordered(material.rows) if _drawable(r)]
    if not rows:
        return None
    title = say(lang, "score.title")
    with drawing():
        pitch = 0.4 if frame.narrow else 0.25
        figure = new_figure(frame, 0.5 + pitch * len(rows))
        heading(figure, frame, title, [say(lang, "score.scale")])
        axes = figure.add_subplot()
        for y, row in enumerate(rows):
            _ratio(axes, row, y, 0.3 if frame.narrow else 0.62)
        ends = _reach(rows)
        axes.set_xscale("log")
        axes.set_xlim(*ends)
        usual = (1e-4, 1e-3, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100, 1e3, 1e4)
        inside = [v for v in usual if ends[0] <= v <= ends[1]]
        axes.xaxis.set_major_locator(FixedLocator(inside))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: "×" + number(v, lang)))
        axes.axvline(1, color=INK, linewidth=0.8)
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        _labels(axes, rows, frame, lang)
    n = counts(material.rows)
    words = say(lang, "score.alt", missed=n["missed"], ok=n["ok"], open=n["not reached"])
    return Picture("scorecard", title, words, figure)


def _drawable(row: ScoreRow) -> bool:
    got = spread(row)
    base = row.reported if row.reported is not None else row.low
    return got is not None and bool(base) and (base or 0) > 0 and row.verdict != "not reached"


def _base(row: ScoreRow) -> float:
    """What the row is divided by: the figure, or the bound where there is no figure."""
    return float(row.reported if row.reported is not None else row.low or 1.0)


def _reach(rows: Sequence[ScoreRow]) -> tuple[float, float]:
    """Ends of the axis: all medians, and at least a factor of two on both sides, at most a thousand."""
    middles = [max(got[0], 1e-12) / _base(row) for row in rows if (got := spread(row)) is not None]
    return max(1e-3, min(0.4, 0.7 * min(middles))), min(1e3, max(2.5, 1.4 * max(middles)))


def _ratio(axes: Axes, row: ScoreRow, y: int, thick: float) -> None:
    """One row: what counts as reproduced, spread and median; an arrow where the median leaves the axis."""
    base, got = _base(row), spread(row)
    low = row.low / base if row.low else 1e-9
    high = row.high / base if row.high else 1e9
    axes.barh(y, high - low, left=low, height=thick, color="#d9d9d9", edgecolor="#d9d9d9", linewidth=1.2)
    if got is None:
        return
    middle, least, most = (max(v, 1e-12) / base for v in got)
    colour = _SHADE[row.verdict]
    axes.plot([least, most], [y, y], color=colour, linewidth=1.6)
    at, marker = (1.05e-3, "<") if middle < 1e-3 else (middle, "o" if row.verdict == "ok" else "X")
    axes.plot([at], [y], marker=marker, markersize=6, color=colour, linestyle="none", zorder=4)


def _labels(axes: Axes, rows: Sequence[ScoreRow], frame: Frame, lang: Lang) -> None:
    """Names at the left on paper and desk; above each bar on a phone."""
    names = [f"{SIGNS[r.verdict]} {clipped(r.quantity, 52)}" for r in rows]
    if not frame.narrow:
        axes.set_yticks(range(len(rows)), names, fontsize=8.2)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        return
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    for y, name in enumerate(names):
        axes.annotate(
            name, (0, y), xycoords=("axes fraction", "data"), xytext=(1, 10.5), textcoords="offset points",
            fontsize=7.6, va="center", color=SOFT,
        )  # fmt: skip
