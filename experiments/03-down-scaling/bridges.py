"""Traffic between people at full size and accounts, telephones and cells at `scale`: whole nights at several scales.

    python experiments/03-down-scaling/bridges.py 1/100:6 1/10:3 1:1

Each argument is a scale and how many seeds (each with a world of its own) are run at it, until 06:00, with everything that
the scenario has. Writes `out/bridges.csv`, one row for each night.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import numpy as np
from msgu.engine.run import simulate
from msgu.measure.metrics.values import metric_value
from msgu.measure.view import Night
from msgu.results.provenance import source_digest
from msgu.scenario.load import load
from msgu.world.build import build_world

ROOT = Path(__file__).resolve().parents[2]
OUT = Path(__file__).resolve().parent / "out"
SCENARIO = ROOT / "scenarios" / "paris-2015-11-13.yaml"
METRICS = (
    "accounts_heard()", "offers()", "stranded_heard_share()", "housed()", "warned(message=stay-in-2338)",
    "acted(message=stay-in-2338, action=stay)", "danger_minutes(place=street)", "desk_received(desk=emergency-17)",
    "desk_blocked_share(desk=emergency-17)", "desk_received(desk=hotline)", "mean_blocking(zones=paris-10+paris-11)",
    "worry_hours()", "cleared_by_word()", "marks_by_friends()", "misinformed_hours(topic=rumour-les-halles)",
)  # fmt: skip


def night(scale: str, seed: int) -> dict[str, float]:
    """Values of one night."""
    scenario = load(str(SCENARIO), (), [f"scale={scale}", "horizon=10 h"])
    seen = Night(scenario, simulate(build_world(scenario, seed, scenario.scale), seed, 0))
    return {metric: metric_value(metric, seen) for metric in METRICS}


def main(arguments: list[str]) -> None:
    """Run the nights, print means by scale."""
    rows, means = [], {}
    for argument in arguments:
        scale, seeds = argument.split(":")
        for seed in range(1, int(seeds) + 1):
            began = time.process_time()
            rows.append({"scale": scale, "seed": seed, "sources": source_digest()} | night(scale, seed))
            print(f"{scale} seed {seed}: {time.process_time() - began:.0f} s", flush=True)
            OUT.mkdir(exist_ok=True)
            with open(OUT / "bridges.csv", "w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows({k: f"{v:.5g}" if isinstance(v, float) else v for k, v in row.items()} for row in rows)
        means[scale] = [row for row in rows if row["scale"] == scale]
    for metric in METRICS:
        told = []
        for scale, found in means.items():
            values = np.array([row[metric] for row in found], float)
            spread = f" ± {values.std(ddof=1):.3g}" if len(values) > 1 else ""
            told.append(f"{scale}: {values.mean():.4g}{spread}")
        print(f"{metric:45} {'   '.join(told)}")


if __name__ == "__main__":
    main(sys.argv[1:])
