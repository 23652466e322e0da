"""The night in the city of Paris: who was stranded where and when, who found shelter, and what an earlier map would change.

    python experiments/16-night-in-the-city/run.py nights 4
    python experiments/16-night-in-the-city/run.py volunteers 3
    python experiments/16-night-in-the-city/run.py pictures

`nights N` adds the nights that `out/nights.csv` lacks; the first night also gives `out/course.csv`, `out/waits.csv` and
`out/unreached.csv`. `volunteers N` adds nights with volunteers to `out/volunteers.csv`. `pictures` draws them.
"""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from msgu.engine.processes.closures import shut_at
from msgu.engine.run import simulate
from msgu.measure.metrics import values as metrics
from msgu.measure.outcomes_by_zone import moderation, outcomes
from msgu.measure.view import Night
from msgu.results import Results
from msgu.results.provenance import made_by
from msgu.scenario.load import digest, load
from msgu.scenario.schema.root import Scenario
from msgu.world.build import World, build_world

HERE = Path(__file__).parent
OUT = HERE / "out"
SCENARIO = HERE.parents[1] / "scenarios" / "paris-2015-11-13.yaml"
SETS = ["horizon=10 h"]
HOUR = 3600.0
ARMS: dict[str, dict[str, Any]] = {
    "map at 23:30": {},
    "map at 23:00": {"map_at": 3.0 * HOUR},
    "map at 03:00": {"map_at": 7.0 * HOUR},
    "map at 23:00, used by half": {"map_at": 3.0 * HOUR, "map_use": 0.5},
}
"""What is changed in `shelter`; the clock starts at 20:00."""
HALF = {"map_at": 3.0 * HOUR, "map_use": 0.5, "map_coverage": 0.0, "volunteer_time": 45.0}
WHO: dict[str, dict[str, Any]] = {
    "5 volunteers": HALF | {"volunteers": 5},
    "30 volunteers": HALF | {"volunteers": 30},
    "100 volunteers": HALF | {"volunteers": 100},
    "30 volunteers, institutions share": HALF | {"volunteers": 30, "relays": ["paris", "prefpolice"], "relay_share": 0.2},
}
"""Volunteers for a map from 23:00 that half of the seekers use and that shows nothing that nobody has checked."""
TOLD = ("housed", "time_to_shelter", "contacts_in_vain")
MEASURED = {
    "offers": "offers()",
    "housed": "housed()",
    "seconds to the door": "time_to_shelter()",
    "contacts in vain": "contacts_in_vain()",
    "offers among items read": "offers_read_share()",
    "offers or requests among originals": "signal_share(topic=porte-ouverte)",
    "offers seen": "offers_seen_share()",
    "offers useful": "offers_useful_share()",
    "stranded at worst": "stranded_peak()",
    "walked home at last": "entered(state=walking_far)",
    "held or shut out at worst": "state_peak(state=held+outside)",
    "not reached": "unreached_share()",
}
STEP = 900.0


def nights(most: int) -> None:
    """Simulate what is missing of the first nights under every arm."""
    scenario = load(SCENARIO, sets=SETS)
    world = build_world(scenario, scenario.seed, scenario.scale)
    known = {(row["night"], row["arm"]) for row in rows("nights.csv")}
    for night in range(most):
        for arm, change in ARMS.items():
            if (str(night), arm) not in known:
                one(world, scenario.model_copy(update={"shelter": scenario.shelter.model_copy(update=change)}), night, arm)
    about = {"scenario": scenario.id, "scenario_sha256": digest(scenario), "seed": scenario.seed,
             "scale": scenario.scale, "sets": SETS, **made_by()}  # fmt: skip
    (OUT / "provenance.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def volunteers(most: int) -> None:
    """Simulate what is missing of the first nights with each number of volunteers: one row of outcomes of their queue."""
    scenario = load(SCENARIO, sets=SETS)
    world = build_world(scenario, scenario.seed, scenario.scale)
    known = {(row["night"], row["volunteers"]) for row in rows("volunteers.csv")}
    for night in range(most):
        for who, change in WHO.items():
            if (str(night), who) in known:
                continue
            changed = scenario.model_copy(update={"shelter": scenario.shelter.model_copy(update=change)})
            found = simulate(replace(world, scenario=changed), world.seed, night)
            told = {
                k: metrics.metric_value(f"{k}()", Night(changed, found))
                for k in ("housed", "time_to_shelter", "contacts_in_vain")
            }
            add(
                "volunteers.csv",
                [{"night": night, "volunteers": who} | {k: number(v) for k, v in (moderation(found) | told).items()}],
            )
            print(rows("volunteers.csv")[-1], flush=True)


def one(world: World, scenario: Scenario, number: int, arm: str) -> None:
    """One night of one arm, added to the tables."""
    found = simulate(replace(world, scenario=scenario), world.seed, number)
    night = Night(scenario, found)
    measured = {k: metrics.metric_value(m, night) for k, m in MEASURED.items()} | others(found)
    add("nights.csv", [{"night": number, "arm": arm} | {k: f"{v:.6g}" for k, v in measured.items()}])
    print(number, arm, rows("nights.csv")[-1], flush=True)
    if number == 0 and arm == next(iter(ARMS)):
        first(found)


def others(night: Results) -> dict[str, float]:
    """What no metric says: who looked, what of the stream was near, quartiles of the time to the door, time to a yes."""
    seekers, reading = night.tables["seekers"], night.tables["reading"]
    there = np.isfinite(seekers["door"])
    quartiles = np.percentile((seekers["door"] - seekers["look"])[there], (25, 75))
    yes = np.isfinite(seekers["yes"])
    return {
        "looked": float(len(seekers["look"])), "near offers among items read": reading["near"].sum() / reading["items"].sum(),
        "door, lower quartile": float(quartiles[0]), "door, upper quartile": float(quartiles[1]),
        "seconds to the yes": float(np.median((seekers["yes"] - seekers["look"])[yes])),
        "contacts of who was taken in": float(seekers["tries"][yes].mean()),
    }  # fmt: skip


def first(night: Results) -> None:
    """Tables of the first night: by zone and quarter of an hour, each wait, contacts, and who was never reached."""
    table, zones = outcomes(night, STEP), night.names["zones"]
    some = np.flatnonzero(sum(table[k] for k in table if k not in ("zone", "start", "home", "time_to_shelter")) > 0)
    add("course.csv", [
        {"zone": zones[table["zone"][i]], "from": clock(table["start"][i])}
        | {k: number(v[i]) for k, v in table.items() if k not in ("zone", "start")} for i in some
    ])  # fmt: skip
    seekers = night.tables["seekers"]
    there = np.flatnonzero(np.isfinite(seekers["door"]))
    add("waits.csv", [
        {"look": round(float(seekers["look"][i])), "door": round(float(seekers["door"][i])), "tries": int(seekers["tries"][i])}
        for i in there
    ])  # fmt: skip
    unreached, reasons = night.tables["unreached"], night.names["reaches"]
    add("unreached.csv", [
        {"reason": reason, "people": int(unreached["people"][unreached["reach"] == k].sum())} for k, reason in enumerate(reasons)
    ])  # fmt: skip
    outcome = np.bincount(night.tables["contacts"]["outcome"], minlength=6)
    names = ("yes", "full", "no answer any more", "no", "too far", "hoax")
    add("contacts.csv", [{"outcome": name, "contacts": int(n)} for name, n in zip(names, outcome, strict=True)])


def clock(t: float) -> str:
    """Local time of `t` seconds after 20:00."""
    minutes = int(t // 60) + 20 * 60
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def number(value: Any) -> str:
    return "" if value != value else f"{float(value):.6g}"


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a table of `out`; none where there is no table."""
    path = OUT / name
    return list(csv.DictReader(path.open(encoding="utf-8", newline=""))) if path.exists() else []


def add(name: str, found: list[dict[str, Any]]) -> None:
    """Add rows to a table of `out`."""
    new = not (OUT / name).exists()
    with (OUT / name).open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]), lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerows(found)


# ---- pictures ----


def pictures() -> None:
    """Draw the course of the night, the comparison of maps, and the animation."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "font.size": 9, "axes.titlelocation": "left",
                         "axes.titlesize": 10})  # fmt: skip
    course()
    maps()
    animation()


def by_time(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Sum of a column of `course.csv` over zones; hours after 20:00."""
    table = rows("course.csv")
    times = sorted({row["from"] for row in table}, key=after_eight)
    sums = dict.fromkeys(times, 0.0)
    for row in table:
        sums[row["from"]] += float(row[name] or 0)
    return np.array([after_eight(t) for t in times]), np.array([sums[t] for t in times])


def after_eight(text: str) -> float:
    hour, minute = text.split(":")
    return (int(hour) - 20) % 24 + int(minute) / 60


def hours(axes: Any, start: float = 1.0) -> None:
    axes.set_xlim(start, 10)
    axes.set_xticks(range(int(start), 11), [f"{(20 + h) % 24} h" for h in range(int(start), 11)])
    axes.grid(axis="y", color="#dddddd", lw=0.6)
    axes.set_axisbelow(True)


def course() -> None:
    from matplotlib import pyplot as plt

    figure, ((a, b), (c, d)) = plt.subplots(2, 2, figsize=(9.5, 6.4), layout="constrained")
    for name, label, colour in (("stranded", "wait", "#D55E00"), ("seeking", "look for shelter on the network", "#0072B2"),
                                ("walking_far", "walk home at last", "#E69F00")):  # fmt: skip
        t, y = by_time(name)
        a.plot(t + 0.25, y, label=label, color=colour)
    a.set_title("People who cannot get home, at full size")
    a.set_yscale("symlog", linthresh=100)
    a.legend(frameon=False)
    t, items = by_time("items")
    offers, read = by_time("offers")[1], by_time("offers_read")[1]
    b.step(t, offers, where="post", color="#009E73", label="hosts who offer")
    b.step(t, items, where="post", color="#333333", label="items of the stream read by seekers")
    b.step(t, read, where="post", color="#CC79A7", label="of them, offers and their copies")
    b.set_title("Offers and reading, in each quarter of an hour")
    b.set_yscale("symlog", linthresh=100)
    b.legend(frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0.0, 0.0))
    t, housed = by_time("housed")
    looked = by_time("looked")[1]
    c.plot(t + 0.25, np.cumsum(looked), color="#0072B2", label="began to look")
    c.plot(t + 0.25, np.cumsum(housed), color="#009E73", label="taken in")
    c.set_title("Seekers, summed over the night")
    c.legend(frameon=False)
    waits = np.array([(float(r["door"]) - float(r["look"])) / 60 for r in rows("waits.csv")])
    d.hist(waits, bins=np.arange(0, 185, 5), color="#56B4E9")
    d.axvline(np.median(waits), color="#222222", lw=1, ls="--")
    d.text(np.median(waits) + 2, d.get_ylim()[1] * 0.93, f"median {np.median(waits):.0f} min", va="top")
    d.set_title("From the first look to the host's door, people taken in")
    d.set_xlabel("minutes")
    for axes in (a, b, c):
        hours(axes, 1.0)
    b.set_ylim(bottom=-400)
    b.set_yticks([0, 100, 1000, 10000])
    figure.savefig(OUT / "course.png", dpi=130)
    plt.close(figure)


def maps() -> None:
    """People housed under each arm, night by night."""
    from matplotlib import pyplot as plt

    table = rows("nights.csv")
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.4), layout="constrained", sharey=True)
    panels = (
        (axes[0], "housed", 1.0, "People taken in by a host"),
        (axes[1], "seconds to the door", 60.0, "Minutes from the first look to the door (median)"),
    )
    for panel, name, unit, title in panels:
        for i, arm in enumerate(ARMS):
            values = [float(r[name]) / unit for r in table if r["arm"] == arm]
            panel.plot(values, np.full(len(values), -i) + np.linspace(-0.12, 0.12, len(values)), "o", color="#0072B2", ms=4)
            panel.plot([np.mean(values)], [-i], "|", color="#D55E00", ms=18, mew=2)
        panel.set_title(title)
        panel.set_xlim(left=0)
        panel.grid(axis="x", color="#dddddd", lw=0.6)
    axes[0].set_yticks([-i for i in range(len(ARMS))], list(ARMS))
    axes[1].tick_params(left=False)
    figure.savefig(OUT / "maps.png", dpi=130)
    plt.close(figure)


def animation() -> None:
    """The schematic map, a frame for each quarter of an hour from 21:00 to 06:00."""
    from matplotlib import pyplot as plt
    from matplotlib.animation import FuncAnimation, PillowWriter

    scenario = load(SCENARIO, sets=["horizon=10 h", "scale=1/10000"])
    world = build_world(scenario, scenario.seed, scenario.scale)
    table = {(r["zone"], r["from"]): r for r in rows("course.csv")}
    frames = np.arange(1.0, 10.0, 0.25)
    figure = plt.figure(figsize=(7.2, 6.6))
    axes = figure.add_axes((0.0, 0.0, 1.0, 0.93))

    def draw(hour: float) -> None:
        axes.clear()
        frame(axes, world, table, hour)

    film = FuncAnimation(figure, draw, frames=frames, init_func=lambda: None)
    film.save(OUT / "night.gif", PillowWriter(fps=3), dpi=90)
    draw(3.75)
    figure.savefig(OUT / "night-2345.png", dpi=110)
    plt.close(figure)


def frame(axes: Any, world: World, table: dict[tuple[str, str], dict[str, str]], hour: float) -> None:
    """One frame: lines that run and lines that do not, and people by zone at the end of the quarter of an hour."""
    places, t = world.places, hour * HOUR
    shut = shut_at(world, t)
    service = world.scenario.places.metro.service_end
    over = service is not None and t >= service
    lat, lon = places.station_lat, places.station_lon
    for mode, width in (("rer", 1.2), ("tram", 0.7), ("metro", 1.0)):
        for k in np.flatnonzero(np.array(places.line_mode)[places.edge_line] == mode):
            u, v = places.edge_u[k], places.edge_v[k]
            if u < v:
                axes.plot(lon[[u, v]], lat[[u, v]], color="#D55E00" if shut.edges[k] else "#c9d3dc", lw=width,
                          ls=(0, (1.5, 1.5)) if shut.edges[k] or over else "-", zorder=1)  # fmt: skip
    total = {"waiting": 0, "seeking": 0, "sheltered": 0}
    for i, zone in enumerate(world.zones):
        if world.scenario.places.zones[zone].kind not in ("arrondissement", "commune"):
            continue
        row = table.get((zone, clock(t)), {})
        kept = int(float(row.get("held") or 0) + float(row.get("outside") or 0))
        found = {"waiting": int(float(row.get("stranded") or 0)), "seeking": int(float(row.get("seeking") or 0)),
                 "sheltered": int(float(row.get("sheltered") or 0))}  # fmt: skip
        x, y = places.zone_lon[i], places.zone_lat[i]
        name = zone.removeprefix("paris-").lstrip("0") if zone.startswith("paris-") else ""
        name = "Saint-Denis" if zone == "saint-denis" else name
        axes.annotate(name, (x, y), (0, -15), textcoords="offset points", ha="center", fontsize=6.5, color="#777777")
        if shut.cordon[i]:
            axes.plot(x, y, "o", ms=26, mfc="none", mec="#222222", mew=1.6, zorder=2)
            axes.annotate(
                f"{kept:,} held".replace(",", " "), (x, y), (0, 17), textcoords="offset points", ha="center", fontsize=8
            )
        for name, colour, shift in (("waiting", "#D55E00", -1), ("seeking", "#0072B2", 0), ("sheltered", "#009E73", 1)):
            total[name] += found[name]
            grow = 0.25 if name == "waiting" else 3.0
            if found[name]:
                axes.scatter([x + shift * 0.005], [y], s=grow * found[name], color=colour, alpha=0.65, lw=0, zorder=3)
    axes.set_xlim(2.215, 2.475)
    axes.set_ylim(48.805, 48.955)
    axes.set_aspect(1.0 / np.cos(np.radians(48.86)))
    axes.axis("off")
    legend = (
        f"wait outside  {total['waiting']:>6,}", f"look for shelter  {total['seeking']:>5,}",
        f"taken in by a host  {total['sheltered']:>5,}",
    )  # fmt: skip
    axes.figure.suptitle(f"Paris, {clock(t + STEP)}, one simulated night", x=0.03, ha="left", fontsize=13, y=0.985)
    for text, colour, y in zip(legend, ("#D55E00", "#0072B2", "#009E73"), (0.955, 0.915, 0.875), strict=True):
        axes.text(0.03, y, "●  " + text.replace(",", " "), color=colour, transform=axes.transAxes, fontsize=10)
    note = "dotted: not running (orange: interrupted)    circle: cordon    areas: blue and green 1 = orange 12 people"
    axes.text(0.03, 0.02, note, color="#555555", transform=axes.transAxes, fontsize=7.5)


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["nights"]:
        OUT.mkdir(exist_ok=True)
        nights(int(words[1]))
    elif words[:1] == ["volunteers"]:
        volunteers(int(words[1]))
    elif words[:1] == ["pictures"]:
        pictures()
    else:
        raise SystemExit(__doc__)
