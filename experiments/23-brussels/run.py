"""Brussels, 22 March 2016, with the parameters of Paris: what is predicted, against what was reported.

Usage: python experiments/23-brussels/run.py [NIGHTS]
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
from msgu.engine.run import simulate
from msgu.measure.evidence.score import score
from msgu.measure.metrics import values
from msgu.measure.view import Night, Window
from msgu.results.provenance import made_by
from msgu.scenario.load import digest, load
from msgu.world.build import build_world

HERE = Path(__file__).parent
SCENARIO = HERE.parents[1] / "scenarios" / "brussels-2016-03-22.yaml"
ZONES = "anderlecht+bruxelles+etterbeek+ixelles+molenbeek+saint-gilles+saint-josse+schaerbeek"
NO_APPEAL = [f"measures.fewer-{what}{by}.factor=1" for what in ("voice-calls", "redials") for by in ("-base", "-two", "")]
STEP = 900.0


def main(nights: int) -> None:
    curves = {}
    for name, sets in (("with the appeal", []), ("without the appeal", NO_APPEAL)):
        scenario = load(SCENARIO, sets=sets)
        world = build_world(scenario, scenario.seed, scenario.scale)
        seen = [Night(scenario, simulate(world, scenario.seed, k)) for k in range(nights)]
        curves[name] = np.array([blocking(night) for night in seen])
        if not sets:
            rows = score(seen)
            about = {"scenario_sha256": digest(scenario), "seed": scenario.seed, "scale": scenario.scale, "nights": nights}
    out = HERE / "out"
    out.mkdir(exist_ok=True)
    table(out / "predicted.csv", ["id", "reported", "low", "high", *(f"night {k}" for k in range(nights)), "verdict"],
          [[r.id, r.quantity, r.low, r.high, *(round(v, 4) for v in r.simulated), r.verdict] for r in rows])  # fmt: skip
    bins = [
        f"{int(6 + k * STEP // 3600):02d}:{int(k * STEP % 3600 // 60):02d}"
        for k in range(curves["with the appeal"].shape[1])
    ]
    head = ["from", *(f"{name}, night {k}" for name in curves for k in range(nights))]
    shares = np.vstack(list(curves.values())).T
    table(out / "blocking.csv", head, [[b, *(round(float(x), 4) for x in row)] for b, row in zip(bins, shares, strict=True)])
    (out / "provenance.json").write_text(json.dumps({**about, **made_by()}, indent=1) + "\n", encoding="utf-8")
    picture(curves, out / "blocking.png")
    for row in rows:
        print(row.id, row.low, row.high, [round(v, 3) for v in row.simulated], row.verdict)


def blocking(night: Night) -> list[float]:
    """Share of attempts lost in each quarter of an hour."""
    starts = np.arange(0, night.results.horizon, STEP)
    return [values.metric_value(f"mean_blocking(zones={ZONES})", night, Window(float(s), float(s + STEP))) for s in starts]


def table(path: Path, head: list[str], rows: list[list[object]]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def picture(curves: dict[str, np.ndarray], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(8, 3.8), layout="constrained")
    colours, dashes = (
        {"with the appeal": "#0072B2", "without the appeal": "#D55E00"},
        {"with the appeal": "-", "without the appeal": "--"},
    )
    for name, curve in curves.items():
        hours = 6 + (np.arange(curve.shape[1]) + 0.5) * STEP / 3600
        axis.fill_between(hours, curve.min(0), curve.max(0), color=colours[name], alpha=0.2, linewidth=0)
        axis.plot(hours, np.median(curve, axis=0), dashes[name], color=colours[name], label=f"predicted, {name}")
    axis.plot([9, 10.5], [0.5, 0.5], color="#222222", linewidth=2.5)
    axis.annotate("reported: practically impossible\n(read as at least 0.5)", (9.75, 0.5), (9.1, 0.54), fontsize=8)
    axis.plot([12.5, 14], [0.1, 0.1], color="#222222", linewidth=2.5)
    axis.annotate("reported: still congested\n(read as at least 0.1)", (13.2, 0.1), (12.5, 0.13), fontsize=8)
    for at, words in ((7.97, "airport"), (9.18, "metro"), (11.0, "appeal")):
        axis.axvline(at, color="#8a8a8a", linewidth=0.8)
        axis.text(at + 0.04, 0.69, words, fontsize=8, rotation=90, va="top", color="#4d4d4d")
    axis.set_xlim(6, 20)
    axis.set_ylim(0, 0.7)
    axis.set_xticks(range(6, 21, 2), [f"{h}:00" for h in range(6, 21, 2)])
    axis.set_ylabel("share of call attempts lost")
    axis.set_title(
        "Inner Brussels, 22 March 2016: predicted with the parameters of Paris, never fitted", fontsize=10, loc="left"
    )
    axis.legend(loc="upper right", fontsize=8, frameon=False)
    figure.savefig(path, dpi=130, metadata={"Software": None})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
