"""A table of the people who are not reached, and a map of those who know, hour by hour, that needs no script."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup, escape

from msgu.lang import Lang
from msgu.report.base import time_axis
from msgu.report.base.escape import visible
from msgu.report.base.wording import number
from msgu.report.comparison.texts import say
from msgu.scenario.schema.root import Scenario
from msgu.study.comparison.found import Comparison
from msgu.study.comparison.plan import Choice
from msgu.study.comparison.reach import FRAMES, Reach

TONES: Final = ("#f4f6f9", "#cddcec", "#9dc0de", "#669cca", "#2f6da6", "#0a3566")
"""From nobody knows to all know, in equal steps; they darken in grey too."""
DARK: Final = 2
"""Last tone on which dark numbers are read."""
SIZES: Final = ((20_000.0, 9), (60_000.0, 13), (math.inf, 17))
"""Largest number of people, and width of the mark."""
WIDTH, HEIGHT, MARGIN = 360.0, 300.0, 16.0
SOON: Final = FRAMES.index(1.0)
"""Frame of the table: one hour after the first event."""
MOST_ZONES: Final = 6
PRINTED: Final = (1, 2, 4)
"""Frames that a print shows."""


@dataclass(frozen=True)
class Missed:
    """One line of the table."""

    measure: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class SliderFrame:
    """One position of the slider."""

    when: str
    printed: bool
    panels: tuple[Markup, ...]


@dataclass(frozen=True)
class Reached:
    """The section, ready to be read."""

    heads: tuple[str, ...]
    rows: tuple[Missed, ...]
    zones: tuple[tuple[str, str], ...]
    soon: str
    frames: tuple[SliderFrame, ...]
    panels: tuple[str, ...]
    tones: tuple[tuple[str, str], ...]


def reached(found: Comparison, lang: Lang) -> Reached | None:
    """Return who is not reached; None where the nights have nobody who could be."""
    base = found.reach.get(found.plan.baseline.id)
    if base is None or not base.people.sum() or not len(base.times):
        return None
    scenario = found.plan.baseline.scenario
    soon = min(SOON, len(base.times) - 1)
    shown = sorted({soon, min(soon + 2, len(base.times) - 1), len(base.times) - 1})
    hours = tuple(time_axis.hour(scenario.start, float(t)) for t in base.times)
    rows = tuple(_missed(found, choice, shown, lang) for choice in found.plan.choices if choice.id in found.reach)
    panels = _panels(found, soon)
    return Reached(
        tuple(hours[k] for k in shown), rows, tuple(_zones(scenario, base, soon, lang)), hours[soon],
        tuple(_frames(found, panels, hours)), tuple(visible(choice.title(lang)) for choice in panels),
        tuple((tone, f"{100 * k // len(TONES)}–{100 * (k + 1) // len(TONES)}") for k, tone in enumerate(TONES)),
    )  # fmt: skip


def _missed(found: Comparison, choice: Choice, shown: list[int], lang: Lang) -> Missed:
    mine = found.reach[choice.id]
    told = []
    for k in shown:
        missing = float(mine.left_out(k).sum())
        told.append(f"{number(missing, lang)} ({number(100 * missing / float(mine.people.sum()), lang, 2)}\u00a0%)")
    return Missed(visible(choice.title(lang)), tuple(told))


def _zones(scenario: Scenario, reach: Reach, frame: int, lang: Lang) -> Iterator[tuple[str, str]]:
    """Yield the zones where most people do not know."""
    missing, names = reach.left_out(frame), scenario.places.zone_ids()
    for k in np.argsort(-missing, kind="stable")[:MOST_ZONES]:
        if missing[k] > 0:
            share = 100 * float(missing[k] / reach.people[k])
            name = scenario.places.zones[names[k]].name or names[k]
            yield (
                visible(name),
                say(lang, "reach.zone", people=number(round(float(missing[k])), lang), share=number(share, lang, 2)),
            )


def _panels(found: Comparison, frame: int) -> tuple[Choice, ...]:
    """Return the baseline, and the alternative that reaches most people soon."""
    others = [choice for choice in found.plan.alternatives if choice.id in found.reach]
    if not others:
        return (found.plan.baseline,)
    best = max(others, key=lambda choice: float(found.reach[choice.id].aware[frame].sum()))
    return found.plan.baseline, best


# ---- the map ----


def _frames(found: Comparison, panels: tuple[Choice, ...], hours: tuple[str, ...]) -> Iterator[SliderFrame]:
    places = _places(found.plan.baseline.scenario)
    if len(places) < 2:
        return
    labels = _labels(found.plan.baseline.scenario, places)
    for k, when in enumerate(hours):
        maps = tuple(_map(places, labels, found.reach[choice.id], k, f"{choice.id}, {when}") for choice in panels)
        yield SliderFrame(when, k in PRINTED, maps)


def _places(s: Scenario) -> dict[int, tuple[float, float, int]]:
    """Where compact zones with residents stand on the map, and how large: by row, (x, y, width of the mark)."""
    rows = {
        k: s.places.zones[zone]
        for k, zone in enumerate(s.places.zone_ids())
        if s.places.zones[zone].kind in ("arrondissement", "commune") and s.places.zones[zone].population
    }
    if not rows:
        return {}
    middle = math.cos(math.radians(sum(row.lat for row in rows.values()) / len(rows)))
    points = {k: (row.lon * middle, -row.lat) for k, row in rows.items()}
    left, top = (min(point[i] for point in points.values()) for i in (0, 1))
    span = [max(point[i] for point in points.values()) - least for i, least in enumerate((left, top))]
    unit = min((WIDTH - 2 * MARGIN) / max(span[0], 1e-9), (HEIGHT - 2 * MARGIN) / max(span[1], 1e-9))
    return {
        k: (
            MARGIN + (x - left) * unit, MARGIN + (y - top) * unit,
            next(width for most, width in SIZES if float(rows[k].population or 0) <= most),
        )
        for k, (x, y) in points.items()
    }  # fmt: skip


def _labels(s: Scenario, places: dict[int, tuple[float, float, int]]) -> dict[int, str]:
    """Return the numbers of districts that have one in their name, by row."""
    zones = {k: s.places.zones[s.places.zone_ids()[k]] for k in places}
    numbers = {k: re.search(r"[0-9]+", zone.name or "") for k, zone in zones.items() if zone.kind == "arrondissement"}
    return {k: found.group()[:2] for k, found in numbers.items() if found}


def _map(
    places: dict[int, tuple[float, float, int]], labels: dict[int, str], reach: Reach, frame: int, title: str
) -> Markup:
    """Draw one map: marks of one size and tone are one path of points with round caps."""
    share = np.nan_to_num(reach.share()[frame])
    groups: dict[tuple[int, str], list[str]] = {}
    texts: dict[str, list[str]] = {"#222": [], "#fff": []}
    for k, (x, y, width) in places.items():
        step = min(len(TONES) - 1, int(max(0.0, float(share[k])) * len(TONES)))
        tone = TONES[step]
        if k in labels:
            texts["#fff" if step > DARK else "#222"].append(f'<text x="{x:.0f}" y="{y + 3:.0f}">{labels[k]}</text>')
        at = f"M{x:.0f} {y:.0f}h0"
        groups.setdefault((width + 2, "#555"), []).append(at)
        groups.setdefault((width, tone), []).append(at)
    order = sorted(groups, key=lambda group: group[1] != "#555")
    paths = "".join(
        f'<path stroke="{tone}" stroke-width="{width}" d="{"".join(groups[width, tone])}"/>' for width, tone in order
    )
    head = f'<svg class="city" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-label="{escape(visible(title))}">'
    words = "".join(f'<g fill="{ink}" class="no">{"".join(each)}</g>' for ink, each in texts.items() if each)
    return Markup(f'{head}<g stroke-linecap="round" fill="none">{paths}</g>{words}</svg>')  # noqa: S704 - drawn here, the title escaped
