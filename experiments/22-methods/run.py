"""One problem, four ways to calibrate it: nights spent, and how near and how surely the truth is found.

Usage: python experiments/22-methods/run.py [TRUTHS]       (needs pyabc; without it that row is left out)
"""

from __future__ import annotations

import csv
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import numpy as np

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def module(path: Path) -> ModuleType:
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    sys.modules[path.stem] = made
    spec.loader.exec_module(made)
    return made


STAND_IN = module(ROOT / "tests" / "stand_in.py")
Found = tuple[int, Any, Any]
"""Nights, samples of the posterior in the unit cube (n, d) or None, best point (d,)."""


def searched(search: str, seed: int, reported: Any) -> Found:
    from msgu.study.calibration.prior import cube_of
    from msgu.study.calibration.search import search_fit

    model = STAND_IN.StandIn()
    effort = STAND_IN.effort(seed=seed, budget=48, start=24, waves=2, confirm=2, search=search)
    found = search_fit(STAND_IN.problem(reported), effort, model)
    best = cube_of(STAND_IN.PRIORS, [found.best.values])[0]
    return model.nights, found.posterior if search == "history" else None, best


def evolved(seed: int, reported: Any) -> Found:
    """Differential evolution of scipy on the loss of a point's two nights; no posterior."""
    from msgu.study.calibration.loss import loss
    from msgu.study.calibration.prior import values_at
    from msgu.study.calibration.problem import Ask
    from scipy.optimize import differential_evolution

    problem, model = STAND_IN.problem(reported), STAND_IN.StandIn()

    def cost(u: Any) -> float:
        values = tuple(values_at(STAND_IN.PRIORS, u[None])[0].values())
        nights = model([Ask(values, 1.0, seed, k) for k in range(2)])
        logs = np.array([[np.log(night[t.id]) for t in problem.targets] for night in nights]).mean(0)
        return float(loss(problem.targets, {}, logs[None])[0])

    found = differential_evolution(cost, [(0, 1)] * 3, maxiter=3, popsize=4, polish=False, rng=seed, tol=0)
    return model.nights, None, found.x


def abc_smc(seed: int, reported: Any) -> Found:
    """Sequential ABC of pyABC, adaptive distance scaled by the report, 200 particles, until 3,000 nights."""
    import pyabc
    from msgu.study.calibration.prior import values_at
    from msgu.study.calibration.problem import Ask

    problem, model = STAND_IN.problem(reported), STAND_IN.StandIn()
    names = list(STAND_IN.PRIORS)
    np.random.seed(seed)  # noqa: NPY002  # pyABC draws from numpy's global generator
    count = [0]

    def night(u: Any) -> dict[str, float]:
        count[0] += 1
        cube = np.array([[u[name] for name in names]])
        values = tuple(values_at(STAND_IN.PRIORS, cube)[0].values())
        return {k: float(np.log(v)) for k, v in model([Ask(values, 1.0, seed, count[0])])[0].items()}

    prior = pyabc.Distribution(**{name: pyabc.RV("uniform", 0, 1) for name in names})
    weights = {t.id: 1 / s for t, s in zip(problem.targets, STAND_IN.SPREAD, strict=True)}
    run = pyabc.ABCSMC(night, prior, pyabc.PNormDistance(p=2, fixed_weights=weights), population_size=200,
                       sampler=pyabc.sampler.SingleCoreSampler())  # fmt: skip
    with TemporaryDirectory() as folder:
        run.new(f"sqlite:///{folder}/abc.db", {t.id: float(np.log(t.value)) for t in problem.targets})
        history = run.run(minimum_epsilon=2.0, max_total_nr_simulations=3000)
        frame, weight = history.get_distribution()
    chosen = np.random.default_rng([seed]).choice(len(frame), 1000, p=np.asarray(weight))
    cube = frame[names].to_numpy()[chosen]
    return model.nights, cube, np.median(cube, axis=0)


def main(truths: int) -> None:
    logging.disable(logging.INFO)
    from msgu.results.provenance import made_by
    from msgu.study.calibration.loss import loss
    from msgu.study.calibration.prior import cube_of, values_at

    methods: dict[str, Callable[[int, Any], Found]] = {
        "waves of history matching": lambda seed, reported: searched("history", seed, reported),
        "random search": lambda seed, reported: searched("random", seed, reported),
        "differential evolution (scipy)": evolved,
    }
    if find_spec("pyabc"):
        methods["ABC-SMC (pyABC)"] = abc_smc
    cube = np.random.default_rng([22, truths]).random((truths, 3))
    rows = []
    for name, method in methods.items():
        nights, gaps, held, costs, began = [], [], [], [], time.monotonic()
        for k, values in enumerate(values_at(STAND_IN.PRIORS, cube)):
            reported = STAND_IN.reported_of(tuple(values.values()), k)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                spent, samples, best = method(1000 + k, reported)
            true = cube_of(STAND_IN.PRIORS, [values])[0]
            there = values_at(STAND_IN.PRIORS, np.asarray(best)[None])[0]
            problem = STAND_IN.problem(reported)
            nights.append(spent)
            gaps.append(float(np.abs(best - true).mean()))
            costs.append(float(loss(problem.targets, {}, STAND_IN.logs(tuple(there.values()))[None])[0]))
            if samples is not None:
                low, high = np.quantile(samples, [0.05, 0.95], axis=0)
                held.append(float(((low <= true) & (true <= high)).mean()))
        seconds = (time.monotonic() - began) / truths
        row = [name, float(np.median(nights)), np.median(costs), np.median(gaps), np.mean(held) if held else "", seconds]
        rows.append([r if isinstance(r, str) else round(float(r), 3) for r in row])
        print(rows[-1], flush=True)
    (HERE / "out").mkdir(exist_ok=True)
    with open(HERE / "out" / "methods.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["method", "nights", "median loss of the best point", "median gap", "90 % intervals hold", "seconds"]
        )
        writer.writerows(rows)
    (HERE / "out" / "provenance.json").write_text(json.dumps(made_by(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
