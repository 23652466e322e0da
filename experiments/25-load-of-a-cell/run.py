"""What London 2005 and New York 2001 say of the ordinary load of a cell, and what Paris and Brussels become with it.

    python experiments/25-load-of-a-cell/run.py surges
    python experiments/25-load-of-a-cell/run.py cities [nights]

The first runs the loss system with redials at many loads and surges, and writes `out/surges.csv` and `out/loads.csv`; the
second runs both cities with the load that this tells and with calls that pass where people are, and writes `out/cities.csv`.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from msgu.engine.run import simulate
from msgu.measure.evidence.score import score
from msgu.measure.metrics.values import metric_value
from msgu.measure.view import Night, Window
from msgu.results.provenance import made_by
from msgu.scenario.load import load
from msgu.world.build import build_world

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
OUT = Path(__file__).resolve().parent / "out"
CELLS = 100
PARIS = (
    "phones.holding={law: lognormal, median: 100 s, sigma: 0.8}", "phones.redial_after={law: lognormal, median: 60 s, sigma: 1}",
    f"phones.cells.town={CELLS}", "horizon=6 h",
)  # fmt: skip
"""Laws of the calls of Paris."""
SURGES = (1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0)
"""Callers against ordinary."""
LOADS = (5.5, 6.5, 7.0, 7.5, 8.0, 8.2, 8.5, 9.0, 9.5, 10.0)
OFFERED = (3.5, 10.0)
"""London: attempts against ordinary, of one operator and from another (lon-01, lon-04)."""
CARRIED = (1.57, 1.67)
"""London: calls carried against ordinary, of one operator in the country and in inner London (lon-05, lon-06)."""
BLOCKED = {5.0: 0.75, 14.0: 0.92}
"""New York: attempts against ordinary, and share lost (ny-02, ny-03, ny-06, ny-07)."""


class Cell(NamedTuple):
    """A cell: ordinary load [erlang], channels, chance to redial."""

    load: float
    channels: int = 14
    persistence: float = 0.7


def surge(cell: Cell, times: float) -> tuple[float, float]:
    """Attempts and calls carried in a cell, with so many times its ordinary callers."""
    sets = (*PARIS, f"phones.load={cell.load * times}", f"phones.channels={cell.channels}")
    scenario = load(SCENARIOS / "degenerate" / "d04-redial.yaml", (), (*sets, f"phones.persistence={cell.persistence}"))
    cells = simulate(build_world(scenario, scenario.seed, 1.0), scenario.seed, 0).tables["cells"]
    return float(cells["offered"].sum()), float(cells["carried"].sum())


def curve(cell: Cell) -> np.ndarray:
    """Attempts and calls carried against ordinary, and the share of attempts lost, by surge; shape (surges, 3)."""
    rows = np.array([surge(cell, times) for times in SURGES])
    return np.column_stack([rows / rows[0], 1.0 - rows[:, 1] / rows[:, 0]])


def at(attempts: float, found: np.ndarray, column: int) -> float:
    """Return a column of a curve where attempts are so many times ordinary; beyond the last surge, its value there."""
    return float(np.interp(attempts, found[:, 0], found[:, column]))


def loads_that_fit(curves: dict[float, np.ndarray]) -> list[float]:
    """Least and greatest load whose calls carried, at any surge that was reported, lie within what was reported."""
    fine = np.linspace(min(curves), max(curves), 901)
    ends = [np.interp(fine, list(curves), [at(x, found, 1) for found in curves.values()]) for x in OFFERED]
    fits = fine[(ends[0] <= CARRIED[1]) & (ends[1] >= CARRIED[0])]
    return [float(fits.min()), float(fits.max())] if fits.size else []


def surges() -> None:
    rows, fits = [], []
    for channels, persistence in ((14, 0.7), (14, 0.5), (14, 0.85), (30, 0.7)):
        curves = {x * channels / 14: curve(Cell(x * channels / 14, channels, persistence)) for x in LOADS}
        for x, found in curves.items():
            numbers = [at(times, found, 1) for times in OFFERED] + [at(times, found, 2) for times in BLOCKED]
            rows.append([channels, persistence, round(x, 3), *(round(v, 3) for v in numbers)])
        fits.append([channels, persistence, *(round(x, 2) for x in loads_that_fit(curves))])
        print(*fits[-1], flush=True)
    head = [
        "channels",
        "persistence",
        "load",
        *(f"carried at x{x:g}" for x in OFFERED),
        *(f"lost at x{x:g}" for x in BLOCKED),
    ]
    write("surges.csv", head, rows)
    write("loads.csv", ["channels", "persistence", "least load", "greatest load"], fits)


# ---- the cities ----

EMERGENCY = ("desks.emergency-17.over_cells=true", "desks.emergency-17.emergency=true", "phones.reserved=1",
             "phones.emergency_share=0.01", "desks.hotline.over_cells=true")  # fmt: skip
VARIANTS: dict[str, tuple[str, ...]] = {
    "as it is": (),
    "8.2 erlang": ("phones.load=8.2",),
    "8.2 erlang, people out where they are": ("phones.load=8.2", "phones.people_out=1"),
}
MORE: dict[str, dict[str, tuple[str, ...]]] = {
    "paris-2015-11-13": {
        "8.2 erlang, all": ("phones.load=8.2", "phones.people_out=1", *EMERGENCY,
            'witnesses.bataclan={at: "21:40", zone: paris-11, people: 3000, desk: emergency-17}',
            'witnesses.terraces={at: "21:25", zone: paris-10, people: 2000, desk: emergency-17}'),
    },
    "brussels-2016-03-22": {
        "8.2 erlang, 350,000 commuters where they are": ("phones.load=8.2", "phones.people_out=1",
            'outings.commuters={people: 350000, zone: bruxelles, leaves: "17:00", spread: 1 h}'),
    },
}  # fmt: skip
AFFECTED = "paris-10+paris-11"


def cities(nights: int) -> None:
    rows = []
    for city, more in MORE.items():
        for name, sets in (VARIANTS | more).items():
            scenario = load(SCENARIOS / f"{city}.yaml", (), (*sets, "scale=1/100"))
            world = build_world(scenario, scenario.seed, scenario.scale)
            seen = [Night(scenario, simulate(world, scenario.seed, k)) for k in range(nights)]
            for row in score(seen):
                if row.id.startswith(("b", "t23", "t24")):
                    rows.append([city, name, row.id, row.low, row.high, *(round(x, 3) for x in row.simulated), row.verdict])
                    print(*rows[-1], flush=True)
            if city.startswith("paris"):
                lost = [metric_value(f"mean_blocking(zones={AFFECTED})", night, Window(5400.0, 16200.0)) for night in seen]
                rows.append([city, name, f"lost in {AFFECTED}, 21:30 to 00:30", "", "", *(round(x, 3) for x in lost), ""])
                print(*rows[-1], flush=True)
    write(
        "cities.csv", ["city", "setting", "figure", "low", "high", *(f"night {k}" for k in range(nights)), "verdict"], rows
    )


def write(name: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    OUT.mkdir(exist_ok=True)
    with open(OUT / name, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])
    (OUT / "provenance.json").write_text(json.dumps(made_by(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["cities"]:
        cities(int(sys.argv[2]) if len(sys.argv) > 2 else 2)
    else:
        surges()
