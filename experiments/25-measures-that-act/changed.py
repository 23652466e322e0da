"""Answers that changed, measure by measure: one comparison before the models of people who act, one with them.

Usage: python experiments/25-measures-that-act/changed.py BEFORE AFTER

An effect counts where its 95 % interval, of ten nights, leaves zero out and its median is as large as what matters in the
study; intervals are not corrected for the number of measures.
BEFORE and AFTER are folders of `msgu compare experiments/25-measures-that-act/study.yaml`, the first with the scenarios and
policies of commit bca8d23. Writes `out/changed.csv`, one row for each measure and outcome, and `out/changed.png`.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.patches import Rectangle
from msgu.report.base.style import WIDE, Picture, drawing, new_figure, png
from ruamel.yaml import YAML

HERE = Path(__file__).parent
STUDY = HERE / "study.yaml"
COLOURS = {1: "#0072b2", 0: "#f0f0f0", -1: "#d55e00"}


class Effect(NamedTuple):
    """One effect: median of the differences, its interval, and whether it helps (1), harms (-1) or neither (0)."""

    median: float
    low: float
    high: float
    sign: int


def effects(folder: Path) -> dict[tuple[str, str], Effect]:
    """Read the effects of a comparison, by alternative and outcome."""
    matters = {name: float(one["matters"]) for name, one in YAML(typ="safe").load(STUDY)["metrics"].items()}
    found = {}
    with open(folder / "effects.csv", newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            median, low, high = (float(row[k] or "nan") for k in ("effect", "low", "high"))
            sure = (low > 0 or high < 0) and abs(median) >= matters[row["outcome"]]
            sign = (1 if (median > 0) == (row["better"] == "more") else -1) if sure else 0
            found[row["alternative"], row["outcome"]] = Effect(median, low, high, sign)
    return found


def write(before: dict[tuple[str, str], Effect], after: dict[tuple[str, str], Effect], path: Path) -> None:
    """Write both side by side."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        head = ("effect", "low", "high", "sign")
        writer.writerow(["measure", "outcome", *(f"before_{k}" for k in head), *(f"after_{k}" for k in head)])
        for key in sorted(after):
            cells = [f"{x:.5g}" if isinstance(x, float) else x for one in (before[key], after[key]) for x in one]
            writer.writerow([*key, *cells])


def draw(before: dict[tuple[str, str], Effect], after: dict[tuple[str, str], Effect], path: Path) -> None:
    """One cell for each measure and outcome, split: before to the left, with the new models to the right."""
    measures = list(dict.fromkeys(key[0] for key in after))
    outcomes = list(dict.fromkeys(key[1] for key in after))
    with drawing():
        figure = new_figure(WIDE, 0.22 * len(measures) + 1.2)
        axes = figure.add_subplot()
        for y, measure in enumerate(measures):
            for x, outcome in enumerate(outcomes):
                for half, found in enumerate((before, after)):
                    box = Rectangle((x + 0.45 * half, y), 0.42, 0.86, color=COLOURS[found[measure, outcome].sign])
                    axes.add_patch(box)
        axes.set(xlim=(-0.05, len(outcomes)), ylim=(len(measures), -0.1))
        axes.set_xticks(np.arange(len(outcomes)) + 0.44, outcomes, fontsize=8)
        axes.set_yticks(np.arange(len(measures)) + 0.43, measures, fontsize=7)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)
        axes.set_xlabel(
            "left before, right with the models of people who act: blue helps, orange harms, grey neither", fontsize=8
        )
    told = "Which measures help or harm which outcome, before and with the models of people who act."
    path.write_bytes(png(Picture("changed", "Answers that changed", told, figure), 130))


def main(folders: list[str]) -> None:
    before, after = (effects(Path(folder)) for folder in folders)
    (HERE / "out").mkdir(exist_ok=True)
    write(before, after, HERE / "out" / "changed.csv")
    draw(before, after, HERE / "out" / "changed.png")
    turned = [key for key in sorted(after) if before[key].sign != after[key].sign]
    print(f"{len(turned)} of {len(after)} answers changed")
    for measure, outcome in turned:
        one, other = before[measure, outcome], after[measure, outcome]
        print(f"{measure:28} {outcome:12} {one.sign:+d} {one.median:12.5g} -> {other.sign:+d} {other.median:12.5g}")


if __name__ == "__main__":
    main(sys.argv[1:])
