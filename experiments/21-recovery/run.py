"""Known truths, calibrated from one reported night each: 90 % intervals should hold them and ranks be uniform.

Do they?

Usage: python experiments/21-recovery/run.py [TRUTHS]      (200 truths: six minutes of one core)
"""

from __future__ import annotations

import csv
import json
import sys
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
from scipy.stats import chisquare

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))


def module(path: Path) -> ModuleType:
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    sys.modules[path.stem] = made
    spec.loader.exec_module(made)
    return made


def main(truths: int) -> None:
    from msgu.results.provenance import made_by
    from msgu.study.calibration.prior import cube_of, values_at
    from msgu.study.calibration.search import search_fit

    stand_in = module(ROOT / "tests" / "stand_in.py")
    cube = np.random.default_rng([2015, truths]).random((truths, len(stand_in.PRIORS)))
    rows, began, nights = [], time.monotonic(), 0
    for k, values in enumerate(values_at(stand_in.PRIORS, cube)):
        target = stand_in.problem(stand_in.reported_of(tuple(values.values()), k))
        model = stand_in.StandIn()
        found = search_fit(target, stand_in.effort(seed=1000 + k, budget=48, start=24, waves=2, confirm=2), model)
        nights += model.nights
        true = cube_of(stand_in.PRIORS, [values])[0]
        low, high = np.quantile(found.posterior, [0.05, 0.95], axis=0)
        ranks = (found.posterior < true).mean(axis=0)
        for i, name in enumerate(stand_in.PRIORS):
            rows.append(
                [
                    k,
                    name,
                    values[name],
                    round(float(ranks[i]), 4),
                    bool(low[i] <= true[i] <= high[i]),
                    round(float(found.narrowing[i]), 4),
                ]
            )
        print(f"{k + 1}/{truths}", flush=True)
    (HERE / "out").mkdir(exist_ok=True)
    with open(HERE / "out" / "ranks.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["truth", "parameter", "value", "rank", "held", "narrowing"])
        writer.writerows(rows)
    (HERE / "out" / "provenance.json").write_text(json.dumps(made_by(), indent=1) + "\n", encoding="utf-8")
    summarise(truths, rows)
    print(f"{nights} nights of the stand-in, {time.monotonic() - began:.0f} s")


def summarise(truths: int, rows: list[list[object]]) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    names = sorted({str(row[1]) for row in rows})
    figure, axes = plt.subplots(1, len(names), figsize=(8, 2.6), sharey=True, layout="constrained")
    for axis, name in zip(axes, names, strict=True):
        ranks = np.array([float(str(row[3])) for row in rows if row[1] == name])
        held = np.mean([bool(row[4]) for row in rows if row[1] == name])
        counts = np.histogram(ranks, bins=10, range=(0, 1))[0]
        p = chisquare(counts).pvalue
        print(
            f"{name}: 90 % intervals hold {held:.1%} of {truths}; ranks uniform: chi-square p = {p:.3f}; {counts.tolist()}"
        )
        axis.bar(np.arange(10) / 10 + 0.05, counts, width=0.09, color="#0072B2")
        axis.axhline(truths / 10, color="#222222", linewidth=0.8)
        axis.set_title(f"{name}\n{held:.1%} held, p = {p:.2f}", fontsize=9)
        axis.set_xlabel("rank of the truth in its posterior", fontsize=8)
    axes[0].set_ylabel("truths", fontsize=8)
    figure.savefig(HERE / "out" / "ranks.png", dpi=130, metadata={"Software": None})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
