"""Curves over time from the tables of one night or of several, at the size of the full city.

Every function returns arrays whose first axis is the night. Counts of the run are multiplied by what one simulated
account, person or call stands for; tables that are kept at full size are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from msgu.report.base.band import F64
from msgu.results import Results
from msgu.scenario.schema.root import Scenario

STATES = ("stranded", "seeking", "to_host", "sheltered", "held")
"""States of people out that pictures show; `to_host` is drawn with `seeking`."""


def bins(night: Results) -> int:
    """Number of bins of the tables."""
    return max(1, int(np.ceil(night.horizon / night.bin_width)))


def coarse(night: Results, most: int) -> int:
    """Bins of the tables to draw as one so that at most `most` remain."""
    return -(-bins(night) // most)


def centres(night: Results, step: int = 1) -> F64:
    """Middle of each drawn bin, the last one cut at the horizon [s]."""
    edges = np.minimum(np.arange(0, bins(night) + step, step) * night.bin_width, night.horizon)
    edges = edges[: -(-bins(night) // step) + 1]
    return np.asarray((edges[:-1] + edges[1:]) / 2, np.float64)


def ends(night: Results) -> F64:
    """End of each bin [s]."""
    return np.asarray(np.minimum(np.arange(1, bins(night) + 1) * night.bin_width, night.horizon), np.float64)


def spans(night: Results, step: int) -> F64:
    """Length of each drawn bin [s]."""
    edges = np.minimum(np.arange(0, bins(night) + step, step) * night.bin_width, night.horizon)
    return np.diff(edges[: -(-bins(night) // step) + 1])


def thinned(values: F64, step: int) -> F64:
    """Keep the value at the end of each drawn bin of the last axis, the last one included."""
    n = values.shape[-1]
    at = np.minimum(np.arange(step - 1, n + step - 1, step), n - 1)
    return np.asarray(values[..., at])


def summed(values: F64, step: int) -> F64:
    """Sum `step` neighbouring bins of the last axis; the last group may be shorter."""
    at = np.arange(0, values.shape[-1], step)
    return np.asarray(np.add.reduceat(values, at, axis=-1), np.float64)


def dense(night: Results, table: str, index: str, count: int, column: str) -> F64:
    """One column of a table as an array of shape (count, bins): rows by the column `index`, the rest zero."""
    out = np.zeros((count, bins(night)))
    rows = night.tables.get(table)
    if rows is None or len(rows["bin"]) == 0:
        return out
    keep = rows["bin"] < out.shape[1]
    np.add.at(out, (rows[index][keep], rows["bin"][keep]), rows[column][keep])
    return out


def plain(night: Results, table: str, column: str) -> F64:
    """One column of a table that has one row for a bin, of shape (bins,)."""
    out = np.zeros(bins(night))
    rows = night.tables.get(table)
    if rows is not None and len(rows["bin"]):
        keep = rows["bin"] < len(out)
        np.add.at(out, rows["bin"][keep], rows[column][keep])
    return out


def names(night: Results, of: str) -> list[str]:
    """Names of topics, zones, desks, states; empty where the run has none."""
    return list(night.names.get(of, ()))


def uses(nights: Sequence[Results], column: str = "posts") -> F64:
    """Uses of each topic in each bin, shape (nights, topics, bins) [posts]."""
    count = len(names(nights[0], "topics"))
    return np.stack([dense(n, "topic_curves", "topic", count, column) * n.clones for n in nights])


def seconds(night: Results, topic: int, start: float, stop: float) -> F64:
    """Uses of a topic in each second of a window, shape (seconds,) [posts/s]."""
    posts = night.tables.get("posts")
    count = max(1, int(np.ceil(stop - start)))
    if posts is None:
        return np.zeros(count)
    time = posts["time"][posts["topic"] == topic]
    inside = time[(time >= start) & (time < start + count)]
    number = np.bincount((inside - start).astype(np.int64), minlength=count)[:count]
    return np.asarray(number * float(night.clones), np.float64)


def largest_second(night: Results, topic: int) -> tuple[float, float]:
    """Greatest number of uses in one second, and when it starts [posts/s, s]; (0, NaN) for an unused topic."""
    rate = seconds(night, topic, 0.0, night.horizon)
    at = int(rate.argmax())
    return (float(rate[at]), float(at)) if rate[at] else (0.0, float("nan"))


def lost_share(nights: Sequence[Results], step: int) -> F64:
    """Share of call attempts lost, by zone and drawn bin, all nights together, shape (zones, drawn bins).

    Legs in a cell count with the number of whole cells it stands for; NaN where nothing was offered.
    """
    count = len(names(nights[0], "zones"))
    offered = np.zeros((count, bins(nights[0])))
    lost = np.zeros_like(offered)
    for night in nights:
        legs = _legs(night, count)
        offered += legs[0]
        lost += legs[1]
    offered, lost = summed(offered, step), summed(lost, step)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(offered > 0, lost / offered, np.nan)


def _legs(night: Results, count: int) -> tuple[F64, F64]:
    """Offered and lost legs by zone and bin [whole cells' legs]."""
    out = np.zeros((2, count, bins(night)))
    cells, calls = night.tables.get("cells"), night.tables.get("calls")
    if cells is None or calls is None or len(calls["bin"]) == 0:
        return out[0], out[1]
    calls = {name: values[calls["bin"] < out.shape[2]] for name, values in calls.items()}
    weight = np.zeros(count)
    weight[cells["zone"]] = cells["weight"]
    at = (calls["zone"], calls["bin"])
    np.add.at(out[0], at, calls["offered"] * weight[calls["zone"]])
    np.add.at(out[1], at, (calls["lost"] + calls["lost_far"]) * weight[calls["zone"]])
    return out[0], out[1]


def calls_total(nights: Sequence[Results]) -> tuple[F64, F64]:
    """Attempts offered and lost in the whole night, in every zone together, each of shape (nights,)."""
    count = len(names(nights[0], "zones"))
    both = [_legs(night, count) for night in nights]
    return np.array([b[0].sum() for b in both]), np.array([b[1].sum() for b in both])


def people(nights: Sequence[Results], state: str) -> F64:
    """People out who are in a state at the end of each bin, shape (nights, bins) [persons]."""
    states = names(nights[0], "states")
    if state not in states:
        return np.zeros((len(nights), bins(nights[0])))
    k = states.index(state)
    return np.stack([dense(n, "people", "state", len(states), "count")[k] for n in nights])


def aware(nights: Sequence[Results], scenario: Scenario, groups: dict[str, list[str]]) -> F64:
    """Share of the residents of each group of zones who know, shape (nights, groups, bins)."""
    zones = names(nights[0], "zones")
    living = {z: float(scenario.places.zones[z].population or 0) for z in zones if z in scenario.places.zones}
    out = np.full((len(nights), len(groups), bins(nights[0])), np.nan)
    for i, night in enumerate(nights):
        known = dense(night, "awareness", "zone", len(zones), "aware") * night.clones
        for g, members in enumerate(groups.values()):
            total = sum(living.get(z, 0.0) for z in members)
            if total > 0:
                out[i, g] = known[[zones.index(z) for z in members]].sum(axis=0) / total
    return out


def desk(nights: Sequence[Results], number: int, column: str) -> F64:
    """One column of a desk, shape (nights, bins) [calls or callers]."""
    count = len(names(nights[0], "desks"))
    return np.stack([dense(n, "desks", "desk", count, column)[number] for n in nights])


def reassured(nights: Sequence[Results]) -> dict[str, F64]:
    """Worry edges cleared so far, by the way in which they were, each of shape (nights, bins) [worry edges]."""
    ways = ("call", "message", "mark", "desk")
    return {w: np.stack([np.cumsum(plain(n, "reassured", w)) * n.clones for n in nights]) for w in ways}


def beliefs(nights: Sequence[Results], topic: int, column: str) -> F64:
    """Accounts that believe, doubt or are corrected about a claim, shape (nights, bins) [accounts]."""
    count = len(names(nights[0], "topics"))
    return np.stack([dense(n, "beliefs", "topic", count, column)[topic] * n.clones for n in nights])


def total(night: Results, name: str) -> float:
    """A total of the run, 0 where it does not give it."""
    return float(night.summary.get(name, 0.0))


def zone_groups(scenario: Scenario, zones: Sequence[str]) -> dict[str, list[str]]:
    """Zones with residents by what they are: worried about (`affected`), then by kind, in this order."""
    affected = set(scenario.worry.affected) if scenario.worry else set()
    groups: dict[str, list[str]] = {}
    for z in zones:
        zone: Any = scenario.places.zones.get(z)
        if zone is None or not zone.population:
            continue
        groups.setdefault("affected" if z in affected else zone.kind, []).append(z)
    order = ("affected", "arrondissement", "commune", "ring", "country", "abroad")
    return {name: groups[name] for name in order if name in groups}
