"""Picture of a follower graph: how many accounts have at least so many followers, and follow at least so many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.measure.graph import Tail, tail
from sim.measure.graph_table import Row
from sim.report.ink import COLOURS, DASHES, INK, WIDE, Frame, Picture, drawing, light_grid, new_figure

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
        if math.isfinite(fitted.exponent):
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
    return (
        f"{len(followers)} accounts: median {np.median(followers):g} followers, at most {np.max(followers)}; "
        f"median {np.median(follows):g} follows, at most {np.max(follows)}; exponent of the tail {fitted.exponent:.2f}."
    )


def table_text(rows: Sequence[Row]) -> str:
    """Return the table of statistics as plain text."""
    lines = [f"{'statistic':<14}{'value':>11}{'s.e.':>9}   {'band':<16}{'verdict':<12}what"]
    for row in rows:
        error = f"{row.error:.4f}" if row.error else "exact"
        band = "" if math.isnan(row.low) else f"{row.low:g} ... {row.high:g}"
        verdict = "" if math.isnan(row.low) else row.verdict
        lines.append(f"{row.name:<14}{row.value:>11.4f}{error:>9}   {band:<16}{verdict:<12}{row.title}")
    return "\n".join(lines)
