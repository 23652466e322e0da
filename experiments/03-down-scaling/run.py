"""Cascades of the default night at several scales: totals brought to full size, and shapes.

    python experiments/03-down-scaling/run.py 1/100:8 1/10:3 1:1

Each argument is a scale and how many seeds (each with a world of its own) are run at it. Telephones and people who are
out are left out, so that a night at full size fits in memory and time. Nights already in `out/nights.csv` with the same
sources are kept. Writes `out/`: nights.csv, table.csv, provenance.json and scaling.png.
"""

from __future__ import annotations

import csv
import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from msgu.engine.compiled import CompiledEngine
from msgu.engine.run import run_phenomena
from msgu.measure.cascades.shape import measure
from msgu.report.base.style import COLOURS, INK, WIDE, Picture, drawing, light_grid, new_figure, png
from msgu.results.provenance import made_by, source_digest
from msgu.scenario.blocks import posts_only
from msgu.scenario.load import load
from msgu.world.build import build_world

ROOT = Path(__file__).resolve().parents[2]
OUT = Path(__file__).resolve().parent / "out"
SCENARIO = ROOT / "scenarios" / "paris-2015-11-13.yaml"
FAMILIES = ("pray-for-paris", "paris-attacks", "porte-ouverte", "fusillade", "recherche-paris", "solidarity")
TOTALS = ("posts", "exposures", *FAMILIES)
"""Scaled totals; what follows them in a row is a shape."""


def night(scale: str, seed: int) -> dict[str, float]:
    """Totals and shapes of one night."""
    scenario = posts_only(load(str(SCENARIO), (), [f"scale={scale}"]))
    factor = float(Fraction(scale))
    world = build_world(scenario, seed, factor)
    ran = CompiledEngine(world, 0, keep_log=False)
    run_phenomena(ran, 0)
    c, names = ran.cascade, sorted(scenario.topics)
    posts = int(c.size[0])
    topic, author = c.post_topic[:posts], c.post_author[:posts]
    row = {"posts": posts / factor, "exposures": float(c.size[2]) / factor}
    row |= {name: float((topic == names.index(name)).sum()) / factor for name in FAMILIES}
    found = measure(c.post_parent[:posts], c.post_root[:posts])
    mine = found.size[topic[found.root] == names.index("porte-ouverte")]
    row["retweets per original of #PorteOuverte"] = float(mine.sum() / len(mine) - 1)
    row["first posts never shared"] = float((found.size == 1).mean())
    row["first posts with 10 shares or more"] = float((found.size > 10).mean())
    row["first posts with 100 shares or more"] = float((found.size > 100).mean())
    named = len(world.accounts.names)
    large = (found.size > 100) & (author[found.root] >= named)
    row["virality of cascades over 100, no named author"] = float(np.nanmean(found.virality[large]))
    wait = (c.post_time[:posts] - c.post_time[c.post_root[:posts]])[found.level > 0]
    row["shares within an hour of the first post"] = float((wait < 3600).mean())
    row["largest cascade, share of its topic"] = float(
        found.size.max() / (topic == topic[found.root[found.size.argmax()]]).sum()
    )
    return row


def main(words: list[str]) -> None:
    """Run what is missing, then write the tables and the picture."""
    OUT.mkdir(exist_ok=True)
    digest = source_digest()
    rows = [r for r in kept() if r["source"] == digest]
    for word in words:
        scale, seeds = word.split(":")
        for seed in range(1, int(seeds) + 1):
            if not any(r["scale"] == scale and r["seed"] == str(seed) for r in rows):
                rows.append({"source": digest, "scale": scale, "seed": str(seed)} | night(scale, seed))
                write("nights.csv", list(rows[-1]), [list(r.values()) for r in rows])
                print(f"scale {scale}, seed {seed}: {float(rows[-1]['posts']):,.0f} posts at full size", flush=True)
    scales = [word.split(":")[0] for word in words]
    whats = [key for key in rows[0] if key not in ("source", "scale", "seed")]
    values = {s: {w: np.array([float(r[w]) for r in rows if r["scale"] == s]) for w in whats} for s in scales}
    head = ["what", *(f"{s} {x}" for s in scales for x in ("mean", "least", "most")), "agrees"]
    table = []
    for what in whats:
        cells = [f"{f(values[s][what]):.6g}" for s in scales for f in (np.mean, np.min, np.max)]
        table.append([what, *cells, "yes" if agrees([values[s][what] for s in scales]) else "no"])
    write("table.csv", head, table)
    provenance = {**made_by(), "command": "run.py " + " ".join(words)}
    (OUT / "provenance.json").write_text(json.dumps(provenance, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    (OUT / "scaling.png").write_bytes(png(picture(values, whats)))
    for line in table:
        print(", ".join(line))


def agrees(groups: list[np.ndarray]) -> bool:
    """Whether the mean of each scale lies within the spread between seeds of the first: two standard deviations of both."""
    first = groups[0]
    spread = first.std(ddof=1)
    return all(abs(g.mean() - first.mean()) <= 2 * spread * np.sqrt(1 / len(g) + 1 / len(first)) for g in groups[1:])


def picture(values: dict[str, dict[str, np.ndarray]], whats: list[str]) -> Picture:
    """Each night's value over the mean at the first scale."""
    first = next(iter(values))
    with drawing():
        figure = new_figure(WIDE, 5.2)
        axes = figure.subplots()
        for k, (scale, found) in enumerate(values.items()):
            for i, what in enumerate(whats):
                share = found[what] / values[first][what].mean()
                name = f"scale {scale}" if i == 0 else None
                axes.plot(share, np.full(len(share), i + (k - 1) * 0.22), "o", ms=4, color=COLOURS[k], label=name)
        axes.set_yticks(range(len(whats)), whats)
        axes.invert_yaxis()
        axes.axvline(1, color=INK, lw=0.8)
        axes.axhline(len(TOTALS) - 0.5, color=INK, lw=0.5, ls=":")
        axes.set_xlabel(f"value over the mean at {first}")
        axes.legend(loc="best", frameon=False)
        light_grid(axes, "x")
    told = "Totals at full size and shapes of cascades, each night over the mean of the first scale."
    return Picture("scaling", "Totals and shapes by scale", told, figure)


def kept() -> list[dict[str, Any]]:
    """Return the nights that were run before."""
    path = OUT / "nights.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, head: list[str], rows: list[list[Any]]) -> None:
    """Write a table."""
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


if __name__ == "__main__":
    main(sys.argv[1:] or ["1/100:8", "1/10:3"])
