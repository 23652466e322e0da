"""What is measured of a night over time: a value for each bin, at the size of the full city."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from msgu.measure.metrics.subjects.people import STUCK
from msgu.measure.metrics.subjects.social import false_claims
from msgu.measure.view import F64, Night
from msgu.scenario.schema.danger import ANY
from msgu.scenario.schema.root import Scenario


def uses(night: Night) -> F64:
    """Uses of each topic in each bin, shape (n_topics, n_bins) [posts]."""
    return night.curves("topic_curves", "posts", "topic")


def uses_by_second(night: Night, topic: int, start: float, stop: float) -> F64:
    """Uses of a topic in each second of a window, shape (n_seconds,) [posts/s]."""
    posts, count = night.table("posts"), max(1, int(np.ceil(stop - start)))
    time = posts["time"][posts["topic"] == topic]
    inside = time[(time >= start) & (time < start + count)]
    number = np.bincount((inside - start).astype(np.int64), minlength=count)[:count]
    return np.asarray(number * night.factor("posts"), np.float64)


def largest_second(night: Night, topic: int) -> tuple[float, float]:
    """Greatest number of uses in one second, and when it starts [posts/s, s]; (0, NaN) for an unused topic."""
    rate = uses_by_second(night, topic, 0.0, night.results.horizon)
    at = int(rate.argmax())
    return (float(rate[at]), float(at)) if rate[at] else (0.0, float("nan"))


def beliefs(night: Night, topics: Sequence[str], column: str) -> F64:
    """Accounts that believe, doubt or are corrected about claims, shape (n_bins,) [accounts]."""
    return night.curve("beliefs", column, night.rows_of("beliefs", "topic", topics))


def people(night: Night, states: Sequence[str]) -> F64:
    """People out who are in one of these states at the end of each bin, shape (n_bins,) [persons]."""
    return night.curve("people", "count", night.rows_of("people", "state", states))


def within_reach(night: Night, place: str) -> F64:
    """People who were out, in one kind of place, within reach of any active danger at the end of each bin [persons].

    Returns
    -------
    shape (n_bins,).
    """
    here = night.rows_of("exposure", "danger", [ANY]) & night.rows_of("exposure", "place", [place])
    return night.curve("exposure", "people", here)


def aware(night: Night, groups: Mapping[str, Sequence[str]]) -> F64:
    """Share of the residents of each group of zones who know, shape (n_groups, n_bins); NaN where nobody lives."""
    known, zones = night.curves("awareness", "aware", "zone"), night.scenario.places.zones
    living = [sum(float(zones[name].population or 0) for name in members) for members in groups.values()]
    sums = np.array([known[night.indices("zones", members)].sum(axis=0) for members in groups.values()])
    return np.asarray(sums.reshape(len(groups), night.bins) / np.array([n or np.nan for n in living])[:, None])


def groups_of_zones(scenario: Scenario, zones: Sequence[str]) -> dict[str, list[str]]:
    """Zones with residents by what they are: worried about (`affected`), then by kind, in this order."""
    affected = set(scenario.worry.affected) if scenario.worry else set()
    groups: dict[str, list[str]] = {}
    for name in zones:
        zone = scenario.places.zones.get(name)
        if zone is not None and zone.population:
            groups.setdefault("affected" if name in affected else zone.kind, []).append(name)
    order = ("affected", "arrondissement", "commune", "ring", "country", "abroad")
    return {name: groups[name] for name in order if name in groups}


def legs(night: Night) -> F64:
    """Legs of calls offered, and those lost here or at the other end, shape (2, n_zones, n_bins) [whole cells' legs].

    Legs in a cell count with the number of whole cells that it stands for.
    """
    calls, shape = night.table("calls"), (len(night.results.names["zones"]), night.bins)
    rows = calls["bin"] < night.bins
    at = calls["zone"][rows].astype(np.int64) * night.bins + calls["bin"][rows]
    weight = night.cell_weight()[rows]
    counted = (calls["offered"][rows], calls["lost"][rows] + calls["lost_far"][rows])
    return np.stack([np.bincount(at, values * weight, shape[0] * shape[1]).reshape(shape) for values in counted])


def desk(night: Night, name: str, column: str) -> F64:
    """One column of a desk, shape (n_bins,) [calls or callers]."""
    return night.curve("desks", column, night.rows_of("desks", "desk", [name]))


def reassured(night: Night, way: str) -> F64:
    """Worries cleared so far in one way, of those of `msgu.measure.metrics.subjects.worries.WAYS`, shape (n_bins,) [ties]."""
    return np.cumsum(night.curve("reassured", way))


COURSE: Final[dict[str, Callable[[Night], F64]]] = {
    "aware": lambda night: night.curve("awareness", "aware"),
    "believes": lambda night: beliefs(night, false_claims(night.scenario), "believes"),
    "stranded": lambda night: people(night, STUCK),
    "sheltered": lambda night: people(night, ["sheltered"]),
    "waiting": lambda night: night.curve("desks", "waiting"),
}
"""The course of a night by name: people who know; accounts that believe a false claim; people stranded, sheltered; callers
waiting at desks."""
