"""Delays and sizes of the retweet cascades of nights, beside published figures: today's law, and broadcast-like sharing.

    python experiments/02-cascade-shapes/run.py [nights]

Writes `out/`: delays.csv, sizes.csv and shapes.png of the default night, mechanisms.csv (each mechanism alone, and all of
them), summary.csv (today's law and all of them), provenance.json.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from msgu.engine.run import simulate
from msgu.measure.cascades.shape import Cascades, complementary, measure
from msgu.report.base.style import COLOURS, DASHES, INK, WIDE, Picture, drawing, light_grid, new_figure, png
from msgu.results import Results
from msgu.results.provenance import made_by
from msgu.scenario.blocks import posts_only
from msgu.scenario.load import load
from msgu.world.build import build_world
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
OUT = Path(__file__).resolve().parent / "out"
SCENARIO = ROOT / "scenarios" / "paris-2015-11-13.yaml"
SCALE = 0.01
ACCOUNTS = 100_000
"""Accounts at that scale."""
FOLLOWED = 86400.0
"""A share counts if its cascade began so long before the end, and if it came so long after that at most [s]."""
BROADCAST = Path(__file__).resolve().parent / "broadcast-cascades.yaml"
"""All mechanisms together; switched on in no default night."""
ALONE = {
    "participation": ["attention.participation={share: 0.35, sigma: 1.8, source: assumption}"],
    "retweet_factor": ["attention.retweet_factor=0.1"],
    "appeal_power": ["attention.appeal_power=3"],
    "shown_once": ["attention.shown_once=true"],
    "first_posts": ["trending.first_posts=true"],
}
"""Each mechanism by itself, nothing else changed: shares fall with the hazard that it takes away."""
HORIZON = "42 h"
"""A day more than the default night, so that cascades of all of the night are followed for a day."""
WITHIN_A_DAY = 0.75
"""Of all shares ever, those within a day: Kwak, Lee, Park and Moon 2010."""
DELAYS = np.geomspace(10.0, FOLLOWED, 60)
KERNEL_A_DAY = 0.781
"""The same of the memory kernel below."""
THETA, S0 = 0.2314843, 300.0
"""Memory kernel of Zhao et al. 2015: exponent of the tail, constant part [s]."""


class Night(NamedTuple):
    """One night: its tables, its cascades, when each began, and the delay from first post to share."""

    results: Results
    cascades: Cascades
    delay: NDArray[np.float64]
    hop: NDArray[np.float64]
    levels: NDArray[np.int64]


class Published(NamedTuple):
    """A published figure: what, its range, from where; the simulated value of each night is computed by name."""

    name: str
    what: str
    low: float
    high: float
    source: str


PUBLISHED = (
    Published(
        "within 5 min", "shares of a day within 5 minutes of the first post", 0.10 / WITHIN_A_DAY, 0.20 / WITHIN_A_DAY,
        "about 15 % of all: a requirement of the project, its primary source not found; 75 % within a day: Kwak et al. 2010",
    ),
    Published(
        "within 1 h", "shares of a day within an hour of the first post", 0.45 / WITHIN_A_DAY, 0.55 / WITHIN_A_DAY,
        "half of all within an hour, 75 % within a day: Kwak, Lee, Park and Moon 2010",
    ),
    Published(
        "hop 5 min", "shares of a day within 5 minutes of the post shared", 0.17 / KERNEL_A_DAY, 0.21 / KERNEL_A_DAY,
        "0.188 of 0.781: kernel of Zhao et al. 2015",
    ),
    Published(
        "hop 1 h", "shares of a day within an hour of the post shared", 0.49 / KERNEL_A_DAY, 0.60 / KERNEL_A_DAY,
        "0.543 of 0.781: kernel of Zhao et al. 2015",
    ),
    Published(
        "one hop", "shares taken from the first post itself", 0.90, 1.00,
        "0.96: Kwak et al. 2010, of chains as the platform told them",
    ),
    Published(
        "never shared", "cascades of one post only", 0.90, 0.98,
        "0.95 of posts of links: Goel, Watts and Goldstein 2012, read second hand",
    ),
    Published(
        "100 posts", "cascades of 100 posts or more", 1 / 8000, 1 / 2000,
        "0.00025 of posts of links: Goel, Anderson, Hofman and Watts 2016, read second hand",
    ),
    Published(
        "porte-ouverte", "retweets for each original of #PorteOuverte", 9.0, 13.0,
        "9.6 to 12.2: 75,547 originals (Zenodo 803284) of 0.8 to 1.0 M uses",
    ),
    Published(
        "virality", "structural virality of cascades of 100 posts or more, median", 2.0, 10.0,
        "typically low: Goel et al. 2016; the bounds are an assumption",
    ),
)  # fmt: skip


def main(words: list[str]) -> None:
    """Run the nights, write the tables and the picture."""
    count = int(words[0]) if words else 5
    nights, broadcast = _nights(count), _nights(count, [str(BROADCAST)])
    alone = {name: _nights(1, (), sets) for name, sets in ALONE.items()}
    OUT.mkdir(exist_ok=True)
    rows = [_row(figure, nights, broadcast) for figure in PUBLISHED]
    today = ["median", "lowest", "highest", "inside"]
    header = ["figure", "published_low", "published_high", *today, *(f"broadcast_{name}" for name in today), "source"]
    _write("summary.csv", [header, *rows])
    _write("mechanisms.csv", _mechanism_rows({"today": nights, **alone, "all": broadcast}))
    _write("delays.csv", _delay_rows(nights))
    _write("sizes.csv", _size_rows(nights))
    (OUT / "shapes.png").write_bytes(png(_picture(nights)))
    facts = {
        "scenario": SCENARIO.name, "scale": SCALE, "nights": len(nights), "seed": nights[0].results.seed,
        "graph": nights[0].results.graph_digest, **made_by(),
    }  # fmt: skip
    (OUT / "provenance.json").write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for row in rows:
        sys.stdout.write(
            f"{row[0]}: {row[3]} ({row[6]}), broadcast-like {row[7]} ({row[10]}), published {row[1]} to {row[2]}\n"
        )


def _nights(count: int, policies: Sequence[str] = (), sets: Sequence[str] = ()) -> list[Night]:
    scenario = posts_only(load(SCENARIO, policies, [f"horizon={HORIZON}", *sets]))
    world = build_world(scenario, scenario.seed, SCALE)
    results = (simulate(world, world.seed, k) for k in range(count))
    return [_night(replace(night, graph_digest=world.graph_digest)) for night in results]


def _night(results: Results) -> Night:
    posts = results.tables["posts"]
    found = measure(posts["parent"], posts["root"])
    time, first = posts["time"], found.root[found.of]
    shared = (found.share_of >= 0) & (time[first] < results.horizon - FOLLOWED)
    delay, hop = (time - time[first])[shared], (time - time[found.share_of])[shared]
    early = delay <= FOLLOWED
    return Night(results, found, delay[early], hop[early], found.level[shared][early])


def _value(name: str, night: Night) -> float:
    """Return the simulated value of a published figure."""
    found = night.cascades
    large = found.virality[found.size >= 100]
    values = {
        "within 5 min": lambda: (night.delay <= 300).mean(),
        "within 1 h": lambda: (night.delay <= 3600).mean(),
        "hop 5 min": lambda: (night.hop <= 300).mean(),
        "hop 1 h": lambda: (night.hop <= 3600).mean(),
        "one hop": lambda: (night.levels == 1).mean(),
        "never shared": lambda: (found.size == 1).mean(),
        "100 posts": lambda: (found.size >= 100).mean(),
        "porte-ouverte": lambda: _retweets_per_original(night, "porte-ouverte"),
        "virality": lambda: np.median(large) if len(large) else np.nan,
    }
    return float(values[name]())


def _retweets_per_original(night: Night, topic: str) -> float:
    posts, names = night.results.tables["posts"], night.results.names["topics"]
    of_topic = posts["topic"] == names.index(topic)
    originals = of_topic & (night.cascades.share_of < 0)
    return float(of_topic.sum() / originals.sum()) - 1.0


def _row(figure: Published, *laws: list[Night]) -> list[str]:
    """Return a published figure, and what each law comes to: median, lowest, highest, whether it is met."""
    told = [f"{x:.4g}" for x in (figure.low, figure.high)]
    for nights in laws:
        values = [_value(figure.name, night) for night in nights]
        median = float(np.median(values))
        inside = "yes" if figure.low <= median <= figure.high else "no"
        told += [*(f"{x:.4g}" for x in (median, min(values), max(values))), inside]
    return [figure.what, *told, figure.source]


# ---- who writes, first shares, the President's word ----


def _more(night: Night) -> dict[str, float]:
    """Return what is told of a night besides the published shapes."""
    posts, found = night.results.tables["posts"], night.cascades
    of = np.bincount(posts["author"])
    written = np.sort(of[of > 0])[::-1]
    factor = 1 / night.results.scale
    tops = written[: ACCOUNTS // 10]
    first = _first_shares(night)
    return {
        "accounts that post": len(written) * factor,
        "posts of each of them": float(written.mean()),
        "99th percentile of these": float(np.quantile(written, 0.99)),
        "share of the posts by the busiest tenth of all accounts": float(tops.sum() / written.sum()),
        "first shares within 10 min": first[1],
        "the same of posts shared ten times and more": first[10],
        "retweets of the President's address": _address(night) * factor,
        "posts": len(posts["author"]) * factor,
        "cascades": len(found) * factor,
    }


def _first_shares(night: Night) -> dict[int, float]:
    """Share of first posts, shared at least so often, whose first share came within ten minutes."""
    posts, shared = night.results.tables["posts"], night.cascades.share_of >= 0
    of, wait = night.cascades.of[shared], (posts["time"] - posts["time"][night.cascades.root[night.cascades.of]])[shared]
    soonest = np.full(len(night.cascades), np.inf)
    np.minimum.at(soonest, of, wait)
    counted = posts["time"][night.cascades.root] < night.results.horizon - FOLLOWED
    often = {least: counted & (night.cascades.size > least) for least in (1, 10)}
    return {least: float((soonest[which] <= 600).mean()) for least, which in often.items()}


def _address(night: Night) -> float:
    """Retweets of the most retweeted post of the Presidency."""
    origins = night.results.tables["posts"]["kind"][night.cascades.root] == night.results.names["kinds"].index("official")
    return float(night.cascades.size[origins].max(initial=1) - 1)


def _mechanism_rows(laws: dict[str, list[Night]]) -> list[list[str]]:
    rows = [["figure", *laws]]
    rows += [
        [f.what, *(f"{np.median([_value(f.name, n) for n in nights]):.4g}" for nights in laws.values())] for f in PUBLISHED
    ]
    more = {law: [_more(night) for night in nights] for law, nights in laws.items()}
    rows += [[name, *(f"{np.median([m[name] for m in found]):.4g}" for found in more.values())] for name in more["today"][0]]
    return rows


# ---- tables ----


def _write(name: str, rows: Iterable[Iterable[Any]]) -> None:
    with open(OUT / name, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _shares_by(nights: list[Night]) -> NDArray[np.float64]:
    """Share of the shares by delay from the first post; shape (n_nights, n_delays)."""
    return np.array([np.searchsorted(np.sort(n.delay), DELAYS, side="right") / len(n.delay) for n in nights])


def _hops_by(nights: list[Night]) -> NDArray[np.float64]:
    return np.array([np.searchsorted(np.sort(n.hop), DELAYS, side="right") / len(n.hop) for n in nights])


def _kernel(s: NDArray[np.float64]) -> NDArray[np.float64]:
    head = THETA / (1 + THETA)
    return np.where(s <= S0, head * s / S0, 1 - (1 - head) * np.maximum(s / S0, 1.0) ** -THETA)


def _kernel_of_a_day(s: NDArray[np.float64]) -> NDArray[np.float64]:
    return _kernel(s) / _kernel(np.array([FOLLOWED]))


def _delay_rows(nights: list[Night]) -> list[list[str]]:
    from_first, from_shared, kernel = _shares_by(nights), _hops_by(nights), _kernel_of_a_day(DELAYS)
    rows = [["delay_s", "from_first_median", "from_first_low", "from_first_high", "from_shared_median", "kernel"]]
    for i, delay in enumerate(DELAYS):
        column = from_first[:, i]
        numbers = (delay, np.median(column), column.min(), column.max(), np.median(from_shared[:, i]), kernel[i])
        rows.append([f"{x:.4g}" for x in numbers])
    return rows


def _pooled(nights: list[Night], kind: str | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Complementary distribution of sizes over all nights, of all cascades or of those of one kind of first post."""
    sizes = []
    for night in nights:
        kinds = night.results.tables["posts"]["kind"][night.cascades.root]
        chosen = slice(None) if kind is None else kinds == night.results.names["kinds"].index(kind)
        sizes.append(night.cascades.size[chosen])
    return complementary(np.concatenate(sizes))


KINDS = (None, "offer", "information", "support", "missing")


def _size_rows(nights: list[Night]) -> list[list[str]]:
    rows = [["kind", "size", "share_at_least"]]
    for kind in KINDS:
        x, y = _pooled(nights, kind)
        rows += [[kind or "all", f"{a:.0f}", f"{b:.4g}"] for a, b in zip(x, y, strict=True)]
    return rows


# ---- picture ----


def _picture(nights: list[Night]) -> Picture:
    title = f"Retweet cascades of {len(nights)} default nights at 1/100, and published figures"
    with drawing():
        figure = new_figure(WIDE, 4.0)
        left, right = figure.subplots(1, 2)
        _draw_delays(left, nights)
        _draw_sizes(right, nights)
        figure.suptitle(title, fontsize=10.5, fontweight="bold")
    told = "; ".join(f"{f.what}: {np.median([_value(f.name, n) for n in nights]):.3g}, {f.source}" for f in PUBLISHED)
    return Picture("cascade-shapes", title, told, figure)


def _draw_delays(axes: Any, nights: list[Night]) -> None:
    from_first = _shares_by(nights)
    axes.fill_between(DELAYS, from_first.min(0), from_first.max(0), color=COLOURS[0], alpha=0.25, linewidth=0)
    axes.plot(DELAYS, np.median(from_first, 0), color=COLOURS[0], label="first post")
    hops = np.median(_hops_by(nights), 0)
    axes.plot(DELAYS, hops, color=COLOURS[1], linestyle=DASHES[1], label="post shared")
    axes.plot(DELAYS, _kernel_of_a_day(DELAYS), color=COLOURS[2], linestyle=DASHES[2], label="Zhao 2015")
    axes.plot([300, 3600], [0.15 / WITHIN_A_DAY, 0.5 / WITHIN_A_DAY], "o", color=INK, markersize=5, label="published")
    axes.set_xscale("log")
    axes.set_xticks(
        [10, 60, 300, 900, 3600, 14400, 86400], ["10 s", "1 min", "5 min", "15 min", "1 h", "4 h", "1 d"], rotation=30
    )
    axes.minorticks_off()
    axes.set_ylim(0, 1)
    axes.set_ylabel("share of the shares of a day")
    axes.set_title("How long after the ...", loc="left")
    light_grid(axes, "both")
    axes.legend(loc="upper left", fontsize=7.5, handlelength=1.6, borderaxespad=0.1)


def _draw_sizes(axes: Any, nights: list[Night]) -> None:
    from matplotlib.ticker import FuncFormatter

    for row, kind in enumerate(KINDS):
        x, y = _pooled(nights, kind)
        axes.plot(x, y, color=COLOURS[row], linestyle=DASHES[row], label=kind or "all")
    axes.plot([100], [1 / 4000], "o", color=INK, markersize=5, label="1 in 4,000 reach 100\n(Goel 2016)")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("posts of the cascade")
    axes.set_ylabel("share of cascades at least so large")
    axes.set_title("How large, by kind of first post", loc="left")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.7g}" if value >= 1 else f"1/{1 / value:,.7g}"))
    axes.minorticks_off()
    light_grid(axes, "both")
    axes.legend(loc="lower left", fontsize=7.5)


if __name__ == "__main__":
    main(sys.argv[1:])
