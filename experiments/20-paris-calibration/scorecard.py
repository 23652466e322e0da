"""The scorecard of Paris over several worlds: the median of nights, each with a seed of its own, beside what was reported.

Usage: python experiments/20-paris-calibration/scorecard.py SCALE NIGHTS [posts] [OVERLAY] [HOURS]

`posts` leaves out telephones, desks and the city, and the figures about them; an overlay of `scenarios/calibrations`
stands for another reading of the peak; a number of hours, for a shorter night than 77, leaves later figures out.
Seeds are 101 and on, those of the fresh nights of the studies: no search has seen them.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from msgu.engine.run import simulate
from msgu.measure.evidence.score import score
from msgu.measure.metrics.values import OF_POSTS
from msgu.measure.view import Night
from msgu.results.provenance import made_by
from msgu.scenario.blocks import posts_only
from msgu.scenario.load import digest, load
from msgu.scenario.schema.root import Scenario
from msgu.units.number import parse_scale
from msgu.world.build import build_world

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PARIS = ROOT / "scenarios" / "paris-2015-11-13.yaml"
FIRST = 101


def main(arguments: list[str]) -> None:
    scale, nights = parse_scale(arguments[0]), int(arguments[1])
    hours = [a for a in arguments[2:] if a.isdigit()] or ["77"]
    overlays = [a for a in arguments[2:] if a != "posts" and not a.isdigit()]
    policies = [str(ROOT / "scenarios" / "calibrations" / f"{name}.yaml") for name in overlays]
    scenario = load(PARIS, policies, [f"horizon={hours[0]} h"]).model_copy(update={"scale": scale})
    if "posts" in arguments:
        scenario = about_posts(scenario)
    began = time.process_time()
    rows = sorted(score(seen(scenario, nights)), key=lambda r: (r.role, -r.weight, r.id))
    name = "-".join(["scorecard", arguments[0].replace("/", "-"), *arguments[2:]])
    (HERE / "out").mkdir(exist_ok=True)
    with open(HERE / "out" / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        head = ["id", "role", "weight", "figure", "reported", "low", "high", "median", "kappa", "verdict"]
        writer.writerow([*head, *(f"seed {FIRST + k}" for k in range(nights))])
        for r in rows:
            told = [r.id, r.role, r.weight, r.quantity, r.reported, r.low, r.high, f"{r.median:.5g}", f"{r.kappa:.3g}"]
            writer.writerow([*told, r.verdict, *(f"{v:.5g}" for v in r.simulated)])
    facts = {"scenario_sha256": digest(scenario), "scale": scale, "seeds": [FIRST, FIRST + nights - 1],
             **made_by()}  # fmt: skip
    (HERE / "out" / f"{name}.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    for r in rows:
        if r.verdict != "not reached":
            print(f"{r.verdict:7} {r.role:10} {r.weight:4g} {r.id:14} {r.low} to {r.high}: {r.median:.5g}"
                  f"   {' '.join(f'{v:.4g}' for v in r.simulated)}")  # fmt: skip
    heavy = [r for r in rows if r.role == "target" and r.weight >= 0.5 and r.verdict != "not reached"]
    print(f"targets of weight 0.5 and more: {sum(r.verdict == 'ok' for r in heavy)} of {len(heavy)}; "
          f"{nights} nights, {time.process_time() - began:.0f} s of processor time")  # fmt: skip


def about_posts(scenario: Scenario) -> Scenario:
    """Return the scenario and its ledger as far as they are about posts."""
    evidence = scenario.evidence
    kept = {k: f for k, f in evidence.figures.items() if f.metric.split("(")[0] in OF_POSTS}
    return posts_only(scenario).model_copy(update={"evidence": evidence.model_copy(update={"figures": kept})})


def seen(scenario: Scenario, nights: int) -> Iterator[Night]:
    """Simulate nights, each in a world of its own."""
    for k in range(nights):
        made = scenario.model_copy(update={"seed": FIRST + k})
        yield Night(made, simulate(build_world(made, made.seed, made.scale), made.seed, 0))


if __name__ == "__main__":
    main(sys.argv[1:])
