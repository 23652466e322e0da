"""Telephones, hotline and Safety Check of default nights beside the reported figures, and Safety Check at other hours.

    python experiments/15-phones-of-the-night/run.py [nights]

Writes `out/`: figures.csv, safety-check.csv, blocking.csv, provenance.json and phones.png.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from msgu.engine.run import simulate
from msgu.measure.metrics.values import metric_value
from msgu.measure.view import Night, Window
from msgu.report.base.style import COLOURS, DASHES, WIDE, Picture, drawing, light_grid, new_figure, png
from msgu.results.provenance import made_by
from msgu.scenario.load import load
from msgu.world.build import build_world
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
OUT = Path(__file__).resolve().parent / "out"
SCENARIO = ROOT / "scenarios" / "paris-2015-11-13.yaml"
SCALE = 0.01
HOUR = 3600.0
LONG = "horizon=52 h"
"""To midnight of Sunday, when the last reported figures are."""
ORDINARY_CALLS, ORDINARY_SMS = 5.0e6, 19.0e6 / 0.75
"""Of Bouygues Telecom in an evening: what makes +5 M calls a doubling and +19 M messages x 1.75 (T24, T24a)."""
CHECKS = {"22:00": 'safety_check.at="22:00"', "23:30": 'safety_check.at="23:30"', "01:00": "", "04:00": 'safety_check.at="04:00"',
          "never": "safety_check.marks=0"}  # fmt: skip


class Figure(NamedTuple):
    """A reported figure: name, metric, from and to [h after 20:00], divisor, offset, band, how it comes about."""

    name: str
    metric: str
    start: float
    end: float
    low: float
    high: float
    how: str
    divisor: float = 1.0
    offset: float = 0.0


FIGURES = (
    Figure("hotline: calls received in 24 h", "desk_received(desk=hotline)", 4.25, 28.25, 83700, 102300,
           "tuned: share of the worried who call, and other callers"),
    Figure("hotline: calls answered in 24 h", "desk_answered(desk=hotline)", 4.25, 28.25, 9000, 11000,
           "by construction: operator hours over handling time"),
    Figure("hotline: share answered", "desk_answered_share(desk=hotline)", 4.25, 28.25, 0.0875, 0.1275,
           "by construction, given the calls received"),
    Figure("one operator: voice, evening, times ordinary", "extra_calls(operator=bouygues)", 0, 4, 1.6, 2.6,
           "tuned: other calls for each person", ORDINARY_CALLS, 1.0),
    Figure("one operator: SMS, evening, times ordinary", "extra_sms(operator=bouygues)", 0, 4, 1.5, 2.2,
           "tuned: other messages for each person", ORDINARY_SMS, 1.0),
    Figure("blocking, 10th and 11th, worst quarter of an hour", "peak_blocking(zones=paris-10+paris-11, bin=15 min)", 1.5, 7,
           0.2, 0.7, "set by hand"),
    Figure("blocking, France, mean", "mean_blocking(zones=country)", 0, 7, 0.0, 0.1, "set by hand"),
    Figure("Safety Check: marks after 24 h [million]", "marks()", 5, 29, 3.9, 4.3, "by construction: law of the delay", 1e6),
    Figure("Safety Check: marks by Sunday 18:00 [million]", "marks()", 5, 46, 5.1, 5.7, "by construction: law of the delay", 1e6),
    Figure("Safety Check: marks by Sunday midnight [million]", "marks()", 5, 52, 5.4, 6.0, "predicted by that law", 1e6),
)  # fmt: skip
EFFECTS = (
    ("calls by the news until 08:00 [million attempts]", "traffic", "attempts"),
    ("SMS by the news until 08:00 [million]", "traffic", "sms"),
    ("worries cleared by a mark [thousand]", "reassured", "mark"),
    ("worries cleared by a call [thousand]", "reassured", "call"),
)


def main(words: list[str]) -> None:
    """Run the nights, write the tables and the picture."""
    count = int(words[0]) if words else 3
    OUT.mkdir(exist_ok=True)
    nights = _nights(count, LONG)
    rows = [_row(figure, nights) for figure in FIGURES]
    _write("figures.csv", [["figure", "low", "high", "median", "least", "most", "inside", "how"], *rows])
    effects = [_effect(at, _nights(count, *([check] if check else []))) for at, check in CHECKS.items()]
    _write("safety-check.csv", [["Safety Check at", *(name for name, _, _ in EFFECTS), "worry hours [million]"], *effects])
    curves = {name: _blocking(nights, zones) for name, zones in _places(nights).items()}
    _write("blocking.csv", _blocking_rows(curves))
    (OUT / "phones.png").write_bytes(png(_picture(curves, effects, count)))
    facts = {
        "scenario": SCENARIO.name, "scale": SCALE, "nights": count, "seed": nights[0].results.seed,
        **made_by(),
    }  # fmt: skip
    (OUT / "provenance.json").write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for row in [*rows, *effects]:
        sys.stdout.write("; ".join(row) + "\n")


def _nights(count: int, *sets: str) -> list[Night]:
    scenario = load(SCENARIO, (), sets)
    world = build_world(scenario, scenario.seed, SCALE)
    return [Night(scenario, simulate(world, world.seed, k)) for k in range(count)]


def _row(figure: Figure, nights: list[Night]) -> list[str]:
    window = Window(figure.start * HOUR, figure.end * HOUR)
    found = [figure.offset + metric_value(figure.metric, night, window) / figure.divisor for night in nights]
    middle = float(np.median(found))
    inside = "yes" if figure.low <= middle <= figure.high else "no"
    numbers = [f"{x:.4g}" for x in (figure.low, figure.high, middle, min(found), max(found))]
    return [figure.name, *numbers, inside, figure.how]


def _effect(at: str, nights: list[Night]) -> list[str]:
    """One hour of activation: medians over the nights."""
    until = Window(0.0, 12 * HOUR)
    units = (1e6, 1e6, 1e3, 1e3)
    found = [
        float(np.median([n.total(table, column, until) for n in nights])) / unit
        for (_, table, column), unit in zip(EFFECTS, units, strict=True)
    ]
    return [at, *(f"{x:.4g}" for x in found), f"{np.median([_worry_hours(n) for n in nights]) / 1e6:.4g}"]


def _worry_hours(night: Night) -> float:
    """Hours of worry spared until 08:00 by every way together: each cleared tie worries no more [tie hours]."""
    table = night.table("reassured")
    left = np.maximum(0.0, 12 * HOUR - table["bin"] * night.results.bin_width) / HOUR
    ways = ("call", "message", "mark", "desk", "post")
    return float(sum((table[way] * left).sum() for way in ways)) * night.factor("reassured")


def _places(nights: list[Night]) -> dict[str, list[str]]:
    zones = nights[0].results.names["zones"]
    near = ["paris-10", "paris-11"]
    paris = [z for z in zones if z.startswith("paris-") and z not in near]
    return {
        "10th and 11th": near,
        "other arrondissements": paris,
        "rest of France": [k for k, z in nights[0].scenario.places.zones.items() if z.kind == "country"],
    }


def _blocking(nights: list[Night], zones: list[str]) -> NDArray[np.float64]:
    """Share lost by quarter of an hour until 08:00; shape (nights, 48)."""
    found = []
    for night in nights:
        calls, mask = night.table("calls"), night.calls_in(zones)
        row = (calls["bin"] * night.results.bin_width / 900).astype(np.int64)
        mask = mask & (row < 48)
        weight = night.cell_weight()[mask]
        offered, lost = (np.bincount(row[mask], calls[k][mask] * weight, 48) for k in ("offered", "lost"))
        found.append(lost / np.maximum(offered, 1e-9))
    return np.array(found)


def _blocking_rows(curves: dict[str, NDArray[np.float64]]) -> list[list[str]]:
    header = ["hours after 20:00", *(f"{name}, {what}" for name in curves for what in ("median", "most"))]
    rows = [[f"{q / 4:g}", *(f"{f(v[:, q]):.4f}" for v in curves.values() for f in (np.median, np.max))] for q in range(48)]
    return [header, *rows]


def _write(name: str, rows: Iterable[Iterable[Any]]) -> None:
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _picture(curves: dict[str, NDArray[np.float64]], effects: list[list[str]], count: int) -> Picture:
    title = f"Blocked calls, and Safety Check at other hours: {count} nights at 1/100"
    with drawing():
        figure = new_figure(WIDE, 4.0)
        left, right = figure.subplots(1, 2)
        hours = np.arange(48) / 4 + 20
        for i, (name, found) in enumerate(curves.items()):
            left.fill_between(hours, np.median(found, 0), found.max(0), color=COLOURS[i], alpha=0.25, linewidth=0)
            left.plot(hours, np.median(found, 0), color=COLOURS[i], linestyle=DASHES[i], label=name)
        left.set_xticks(range(20, 33, 2), [f"{h % 24}:00" for h in range(20, 33, 2)], rotation=30)
        left.set_title("Share of calls blocked, by quarter of an hour", loc="left")
        left.legend()
        light_grid(left)
        places = np.arange(len(effects))
        marks, calls = (np.array([float(row[k]) for row in effects]) for k in (3, 4))
        right.bar(places, calls, color=COLOURS[0], label="by a call")
        right.bar(places, marks, bottom=calls, color=COLOURS[1], label="by a mark")
        right.set_xticks(places, [row[0] for row in effects])
        right.set_title("Worries cleared until 08:00 [thousand]", loc="left")
        right.set_xlabel("Safety Check at")
        right.set_ylim(0, 1.2 * (marks + calls).max())
        right.legend(loc="upper center", ncols=2)
        light_grid(right)
        figure.suptitle(title, fontsize=10.5, fontweight="bold")
    told = "; ".join(f"{row[0]}: {row[1]} million attempts" for row in effects)
    return Picture("phones", title, told, figure)


if __name__ == "__main__":
    main(sys.argv[1:])
