"""How the cost of a Paris night grows with its scale, at a revision and in the working tree: the frozen night until 13:35.

    python experiments/24-cost-of-a-night/run.py [LARGEST] [REV]

LARGEST : the largest of the scales that is run (1/20). REV : what is compared with (base-speed).
Writes `out/`: costs.csv, fixed.csv, provenance.json and cost.png. Both trees take turns; the least of the rounds counts.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from msgu.report.base.style import COLOURS, DASHES, WIDE, Picture, drawing, light_grid, new_figure, png
from msgu.results.provenance import made_by

ROOT = Path(__file__).resolve().parents[2]
OUT = Path(__file__).resolve().parent / "out"
sys.path.insert(0, str(ROOT))

from benchmarks import frozen  # noqa: E402  # of this checkout
from benchmarks.against import probe  # noqa: E402
from benchmarks.revisions import commit_of  # noqa: E402
from benchmarks.trees import Tree, tree_of, working_tree  # noqa: E402

SCALES = {"1/500": 3, "1/200": 3, "1/100": 3, "1/50": 2, "1/20": 2, "1": 1}
"""How many rounds at each scale."""
COUNTED = "1/500", "1/200", "1/100"
"""Scales at which events are counted; above, they follow from the line through the first and the last of these."""
TICKS = 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 2, 3, 4, 5, 6, 8, 10, 20, 50, 100, 200, 500
PARTS = {
    "run": "run [s]",
    "setup": "set-up [s]",
    "build": "build [s]",
    "written": "tables and write [s]",
    "peak": "peak [GB]",
}

Costs = dict[str, dict[str, dict[str, float]]]
"""Scale -> name of the tree -> part -> seconds; peak in GB."""


def main(words: list[str]) -> None:
    """Run the nights, write the tables and the picture."""
    largest, revision = (*words, *("1/20", "base-speed")[len(words) :])[:2]
    base, here = tree_of(commit_of(revision)), working_tree()
    scales = [scale for scale in SCALES if Fraction(scale) <= Fraction(largest)]
    costs = {scale: _costs(scale, (base, here)) for scale in scales}
    events = _events(here, scales)
    OUT.mkdir(exist_ok=True)
    names = base.name, here.name
    head = ["scale", "events [million]", "how", *(f"{title}, {name}" for title in PARTS.values() for name in names)]
    rows = [[scale, *events[scale], *_numbers(costs[scale], names)] for scale in scales]
    _write("costs.csv", [head, *rows])
    lines = {name: _line([(scale, costs[scale][name]["run"]) for scale in scales if scale != "1"]) for name in names}
    fixed = [[name, f"{a:.3g}", f"{b / 100:.3g}"] for name, (a, b) in lines.items()]
    _write("fixed.csv", [["tree", "at every scale [s]", "for each 1/100 [s]"], *fixed])
    (OUT / "cost.png").write_bytes(png(_picture(costs, names, lines)))
    facts = {
        "scenario": frozen.PARIS.name,
        "base": commit_of(revision),
        "rounds": {s: SCALES[s] for s in scales},
        **made_by(),
    }
    (OUT / "provenance.json").write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for row in (head, *rows, *fixed):
        sys.stdout.write("; ".join(row) + "\n")


def _costs(scale: str, trees: tuple[Tree, ...]) -> dict[str, dict[str, float]]:
    """Return the least of the rounds, by tree and part."""
    found: dict[str, list[dict[str, float]]] = {tree.name: [] for tree in trees}
    for _ in range(SCALES[scale]):
        for tree in trees:
            spent = probe(tree, frozen.PARIS, scale)
            found[tree.name].append(spent | {"written": spent["tables"] + spent["write"], "peak": spent["peak"] / 1e9})
    return {name: {part: min(one[part] for one in rounds) for part in PARTS} for name, rounds in found.items()}


def _events(tree: Tree, scales: list[str]) -> dict[str, tuple[str, str]]:
    """Return the events of a night in millions at each scale, and whether they were counted."""
    counted: dict[str, float] = {}
    for scale in scales:
        if scale in COUNTED:
            spent = probe(tree, frozen.PARIS, scale, "record.event_log=true")
            counted[scale] = sum(number for name, number in spent.items() if name.startswith("log ")) / 1e6
    a, b = _line([(scale, counted[scale]) for scale in (COUNTED[0], list(counted)[-1])]) if len(counted) > 1 else (0.0, 0.0)
    return {
        scale: (f"{counted[scale]:.3g}", "counted")
        if scale in counted
        else (f"{a + b * float(Fraction(scale)):.3g}", "line")
        for scale in scales
    }


def _line(points: Iterable[tuple[str, float]]) -> tuple[float, float]:
    """Return value at scale 0 and growth to scale 1 of the line with the least relative errors."""
    x, y = (np.array(values, float) for values in zip(*((float(Fraction(s)), v) for s, v in points), strict=True))
    if len(x) < 2:
        return float(y[0]), 0.0
    found = np.linalg.lstsq(np.column_stack((1.0 / y, x / y)), np.ones(len(x)), rcond=None)[0]
    return float(found[0]), float(found[1])


def _numbers(of: dict[str, dict[str, float]], names: tuple[str, ...]) -> list[str]:
    return [f"{of[name][part]:.3g}" for part in PARTS for name in names]


def _write(name: str, rows: Iterable[Iterable[str]]) -> None:
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _picture(costs: Costs, names: tuple[str, str], lines: dict[str, tuple[float, float]]) -> Picture:
    """Run and peak memory by scale, before and now; the fixed part of the run as a thin line."""
    with drawing():
        figure = new_figure(WIDE, 3.4)
        left, right = figure.subplots(1, 2)
        for axes, part in ((left, "run"), (right, "peak")):
            _curves(axes, costs, names, part)
        for n, name in enumerate(names):
            left.axhline(
                max(lines[name][0], 1e-3), color=COLOURS[n], linewidth=0.8, linestyle=":", label="fixed part" if n else None
            )
        left.legend(frameon=False)
    told = f"Run at 1/500: {costs['1/500'][names[0]]['run']:.1f} s before, {costs['1/500'][names[1]]['run']:.1f} s now."
    return Picture("cost", "How the cost of a Paris night grows with its scale", told, figure)


def _curves(axes: Any, costs: Costs, names: tuple[str, str], part: str) -> None:
    x = [float(Fraction(scale)) for scale in costs]
    for n, name in enumerate(names):
        y = [costs[scale][name][part] for scale in costs]
        axes.plot(x, y, color=COLOURS[n], linestyle=DASHES[n], marker="o", markersize=3, label=("before", "now")[n])
    axes.set_xscale("log")
    axes.set_yscale("log")
    low, high = min(of[name][part] for of in costs.values() for name in names), axes.get_ylim()[1]
    shown = [tick for tick in TICKS if low / 1.5 <= tick <= high]
    axes.set_xticks(x, list(costs))
    axes.set_yticks(shown, [f"{tick:g}" for tick in shown])
    axes.minorticks_off()
    axes.set_xlabel("scale")
    axes.set_ylabel({"run": "run [s of processor time]", "peak": "peak memory [GB]"}[part])
    light_grid(axes)


if __name__ == "__main__":
    main(sys.argv[1:])
