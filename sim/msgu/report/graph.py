"""Pictures of follower graphs: distributions of followers and follows, statistics against size; and the table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.measure.graph.statistics import Tail, tail
from msgu.measure.graph.table import StatisticRow
from msgu.report.base.style import COLOURS, DASHES, GRID, INK, WIDE, Frame, Picture, drawing, light_grid, new_figure

POINTS = 300


def degree_picture(
    followers: NDArray[Any], follows: NDArray[Any], title: str = "Followers and follows", frame: Frame = WIDE
) -> Picture:
    """Draw both complementary distributions with the fitted tail of followers.

    Parameters
    ----------
    followers, follows : shape (n_accounts,). Degrees.
    """
    from matplotlib.ticker import FuncFormatter

    fitted = tail(followers)
    with drawing():
        figure = new_figure(frame, frame.height(4.6, 4.2))
        axes = figure.subplots()
        for row, (label, degrees) in enumerate((("followers", followers), ("follows", follows))):
            x, y = survival(degrees)
            axes.plot(x, y, color=COLOURS[row], linestyle=DASHES[row], label=label)
        if fitted.size:
            x = np.array([fitted.start, max(int(np.max(followers)), fitted.start + 1)], float)
            share = fitted.size / max(len(followers), 1)
            axes.plot(
                x, share * (x / fitted.start) ** (1 - fitted.exponent), color=INK, linewidth=0.9,
                linestyle=DASHES[2], label=f"tail of followers, exponent {fitted.exponent:.2f}",
            )  # fmt: skip
        axes.set_xscale("log")
        axes.set_yscale("log")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.set_xlabel("at least so many")
        axes.set_ylabel("share of accounts")
        axes.set_title(title)
        light_grid(axes)
        axes.legend(loc="lower left")
    return Picture("degrees", title, _alternative(followers, follows, fitted), figure)


def survival(degrees: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Degrees from 1 up, at most `POINTS` of them, and the share of accounts with at least that degree."""
    ordered = np.sort(np.asarray(degrees))
    if not len(ordered) or ordered[-1] < 1:
        return np.empty(0), np.empty(0)
    x = np.unique(np.rint(np.geomspace(1, float(ordered[-1]), POINTS)))
    return x, 1.0 - np.searchsorted(ordered, x) / len(ordered)


def _alternative(followers: NDArray[Any], follows: NDArray[Any], fitted: Tail) -> str:
    if not len(followers):
        return "No account."
    tail = f"exponent of the tail {fitted.exponent:.2f}" if fitted.size else "no tail fitted"
    return (
        f"{len(followers)} accounts: median {np.median(followers):g} followers, at most {np.max(followers)}; "
        f"median {np.median(follows):g} follows, at most {np.max(follows)}; {tail}."
    )


def statistics_picture(
    rows: Sequence[Mapping[str, str]], title: str = "Statistics of follower graphs, and published bands", frame: Frame = WIDE
) -> Picture:
    """Draw each judged statistic against the number of accounts, one mark a graph, its band shaded.

    Parameters
    ----------
    rows : of graphs, each with ``case``, ``accounts``, ``statistic``, ``value``, ``error``, ``low``, ``high``.
    """
    from matplotlib.lines import Line2D
    from matplotlib.ticker import FuncFormatter, NullFormatter

    names = list(dict.fromkeys(row["statistic"] for row in rows if row["low"]))
    cases = list(dict.fromkeys(row["case"] for row in rows))
    across = 2 if frame.narrow else 4
    with drawing():
        down = -(-len(names) // across)
        figure = new_figure(frame, 1.75 * down + 0.6)
        grid = figure.subplots(down, across, sharex=True, squeeze=False).ravel()
        for axes, name in zip(grid, names, strict=False):
            _one_statistic(axes, [row for row in rows if row["statistic"] == name], name, cases)
            axes.xaxis.set_major_formatter(FuncFormatter(_short))
            axes.xaxis.set_minor_formatter(NullFormatter())
        for axes in grid[len(names) :]:
            axes.set_visible(False)
        marks = [Line2D([], [], color=COLOURS[i], marker="os^D"[i % 4], linestyle="", label=c) for i, c in enumerate(cases)]
        figure.legend(handles=marks, loc="outside lower center", ncols=len(cases))
        figure.suptitle(title, x=0.01, ha="left", fontsize=10.5, fontweight="bold")
    outside = sorted({f"{row['statistic']} of {row['case']}" for row in rows if row.get("verdict") == "outside"})
    return Picture("graph-statistics", title, f"Outside the published bands: {', '.join(outside) or 'none'}.", figure)


def _short(accounts: float, _: object = None) -> str:
    """10k, 1M."""
    return f"{accounts / 1e6:g}M" if accounts >= 1e6 else f"{accounts / 1e3:g}k"


def _one_statistic(axes: Any, rows: Sequence[Mapping[str, str]], name: str, cases: Sequence[str]) -> None:
    """Draw one statistic of all graphs, with two standard errors, and its band where it is judged."""
    band = next(row for row in rows if row["low"])
    axes.axhspan(float(band["low"]), float(band["high"]), color=GRID, linewidth=0)
    for i, case in enumerate(cases):
        mine = [row for row in rows if row["case"] == case and row["value"]]
        for judged in (True, False):
            some = [row for row in mine if bool(row["low"]) is judged]
            axes.errorbar(
                [float(row["accounts"]) for row in some], [float(row["value"]) for row in some],
                [2 * float(row["error"] or 0) for row in some], color=COLOURS[i], marker="os^D"[i % 4], linestyle="",
                markersize=4, markerfacecolor=COLOURS[i] if judged else "white", elinewidth=0.9,
            )  # fmt: skip
    axes.set_xscale("log")
    axes.set_title(name, fontsize=9, fontweight="normal")
    axes.margins(y=0.1)


def table_text(rows: Sequence[StatisticRow]) -> str:
    """Return the table of statistics as plain text."""
    lines = [f"{'statistic':<14}{'value':>11}{'s.e.':>9}   {'band':<16}{'verdict':<12}what"]
    for row in rows:
        error = "" if row.reason else f"{row.error:.4f}" if row.error else "exact"
        band = "" if math.isnan(row.low) else f"{row.low:g} ... {row.high:g}"
        verdict = "" if math.isnan(row.low) else row.verdict
        value = "-" if row.reason else f"{row.value:.4f}"
        why = f": {row.reason}" if row.reason else ""
        lines.append(f"{row.name:<14}{value:>11}{error:>9}   {band:<16}{verdict:<12}{row.title}{why}")
    return "\n".join(lines)
