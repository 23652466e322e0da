"""Topics as arrays: hazards and what multiplies them, exposure curves, kinds, variants, claims, removals, trends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.engine.arrays.laws import Laws
from msgu.engine.levers import ceiling, levers_of
from msgu.scenario.schema.social import KINDS, Topic
from msgu.world.accounts import cumulative_shares
from msgu.world.build import World
from msgu.world.people import by_zone_or_kind

F64 = NDArray[np.float64]
CURVE = 32
"""Exposure curves are written out up to so many sights."""


def column(values: Sequence[float], missing: float = 0.0) -> F64:
    """Return the values of the topics, or one that stands for none; shape (topic rows,)."""
    return np.array(list(values) or [missing], np.float64)


def curve_to_come(topic: Topic, seen: int) -> float:
    """Bound on the sum of the exposure curve over any number of sights after `seen` ones; infinite for a tail of 1 or less."""
    first = topic.curve.first
    n, tail = len(first), topic.curve.tail
    if first[-1] == 0:
        return sum(first[seen:])
    if tail <= 1:
        return math.inf
    # sum over k > m of (n/k)^tail < n^tail * integral from m of x^-tail dx = n (n/m)^(tail - 1) / (tail - 1), m >= n
    m = max(n, seen)
    return float(sum(first[seen:]) + first[-1] * n * (n / m) ** (tail - 1) / (tail - 1))


def decides_at_once(topic: Topic) -> bool:
    """Whether each sight of a post decides by itself: the exposure curve is level, and nobody holds a belief."""
    return topic.claim is None and topic.curve.tail == 0 and len(set(topic.curve.first)) == 1


def topic_arrays(world: World, laws: Laws) -> dict[str, Any]:
    """Return everything that the kernels know of the topics of a scenario, in the order of their ids."""
    s = world.scenario
    names = sorted(s.topics)
    topics = [s.topics[name] for name in names]
    most = column([ceiling(levers_of(s.measures), "infectiousness", name) for name in names], 1.0)
    factors = _factors(world, topics)
    found = factors | _kinds(topics, names) | _curves(topics) | {"claim": _claims(topics), "variants": _variants(topics)}
    return found | {
        "hazard": column([t.infectiousness for t in topics]),
        "fading": column([math.log(2) / t.half_life if t.half_life else 0.0 for t in topics]),
        "onset": column([t.onset or 0.0 for t in topics]),
        "original": column([t.original_share for t in topics]),
        "once": np.array([t.once for t in topics] or [False], np.bool_),
        "law": np.array([laws.add(t.delay) for t in topics] or [0], np.int64),
        "ceiling": most,
        "strongest": _strongest(topics, factors, most),
        "flat": np.array([decides_at_once(t) for t in topics] or [False], np.bool_),
        "trend_threshold": _trend_threshold(world, names),
    }


def _factors(world: World, topics: Sequence[Topic]) -> dict[str, F64]:
    """Factors of the hazard by zone and by kind."""
    s, zones, rows = world.scenario, list(world.zones), max(len(topics), 1)
    by_zone, by_kind = np.ones((rows, max(len(zones), 1))), np.ones((rows, len(KINDS)))
    for i, t in enumerate(topics):
        by_zone[i, : len(zones)] = by_zone_or_kind(s, zones, t.zone_factor, missing=1.0)
        by_kind[i] = [t.kind_factor.get(kind, 1.0) for kind in KINDS]
    return {"zone_factor": by_zone, "kind_factor": by_kind}


def _strongest(topics: Sequence[Topic], factors: dict[str, F64], most: F64) -> F64:
    """Hazard of a sight at most, by topic and zone."""
    strongest = np.zeros(factors["zone_factor"].shape)
    for i, t in enumerate(topics):
        hazard = t.infectiousness
        if t.claim is not None:
            hazard = max(hazard, t.claim.correction_infectiousness)
        strongest[i] = hazard * factors["zone_factor"][i] * float(factors["kind_factor"][i].max()) * most[i]
    return strongest


def _kinds(topics: Sequence[Topic], names: Sequence[str]) -> dict[str, Any]:
    """Cumulative shares of the kinds of originals, and what of each is written on another topic."""
    rows = max(len(topics), 1)
    kinds, share = np.zeros((rows, len(KINDS))), np.zeros((rows, len(KINDS)))
    other = np.full(rows, -1, np.int64)
    for i, t in enumerate(topics):
        kinds[i] = cumulative_shares(np.array([t.kinds.get(k, 0.0) for k in KINDS]))
        if t.elsewhere is not None:
            share[i] = [t.elsewhere.share.get(k, 0.0) for k in KINDS]
            other[i] = names.index(t.elsewhere.topic)
    return {"kinds": kinds, "elsewhere": share, "elsewhere_topic": other}


def _curves(topics: Sequence[Topic]) -> dict[str, Any]:
    """Exposure curves as far as the scenario gives them, and bounds on what each can still add up to."""
    rows = max(len(topics), 1)
    width = max([CURVE, *(len(t.curve.first) for t in topics)])
    curve, to_come = np.zeros((rows, width)), np.zeros((rows, width + 1))
    for i, t in enumerate(topics):
        curve[i, : len(t.curve.first)] = t.curve.first
        to_come[i] = [curve_to_come(t, seen) * (1 + 1e-9) for seen in range(width + 1)]
    length = np.array([len(t.curve.first) for t in topics] or [1], np.int64)
    return {"curve": curve, "to_come": to_come, "curve_length": length, "curve_tail": column([t.curve.tail for t in topics])}


def _claims(topics: Sequence[Topic]) -> F64:
    """Whether a topic is a claim, credulity, acceptance, hazard of a correction; shape (topic rows, 4)."""
    claim = np.zeros((max(len(topics), 1), 4))
    for i, t in enumerate(topics):
        if t.claim is not None:
            claim[i] = 1.0, t.claim.credulity, t.claim.acceptance, t.claim.correction_infectiousness
    return claim


def _variants(topics: Sequence[Topic]) -> F64:
    """Cumulative shares of the variants of each topic; shape (topic rows, variants)."""
    variants = np.ones((max(len(topics), 1), max([len(t.variants) for t in topics] or [1]) or 1))
    for i, t in enumerate(topics):
        if t.variants:
            shares = cumulative_shares(np.array([t.variants[v] for v in sorted(t.variants)]))
            variants[i, : len(shares)] = shares
    return variants


def removals(world: World, laws: Laws) -> dict[str, Any]:
    """Return the share of the originals of each topic that are taken down, and the law of the wait before that."""
    topics = [world.scenario.topics[name] for name in sorted(world.scenario.topics)]
    rows = [laws.add(t.removal.delay) if t.removal else 0 for t in topics]
    return {
        "removal_share": column([t.removal.share if t.removal else 0.0 for t in topics]),
        "removal_law": np.array(rows or [0], np.int64),
    }


def _trend_threshold(world: World, names: Sequence[str]) -> F64:
    """Posts in the window up to which a topic does not trend; infinite for one that never may."""
    s = world.scenario.trending
    most = s.threshold * world.scale * s.window if s else math.inf
    return column([most if s and name in s.topics else math.inf for name in names], math.inf)
