"""Who is at their feed, and when: shares by hour and zone, and the most that seeing can be."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.engine.arrays.laws import Laws, by_hour
from msgu.engine.levers import ceiling, levers_of
from msgu.kernels.social.trends import MINUTE
from msgu.scenario.schema.root import Scenario
from msgu.world.build import World

F64 = NDArray[np.float64]
HEADROOM = 1.25
"""Seeing may be turned up by this factor before the bound of its chance, and with it the common draws, move."""


def seeing_bound(s: Scenario) -> float:
    """Most that seeing can be at any time of the night, whatever the measures do."""
    return s.attention.seeing * max(HEADROOM, ceiling(levers_of(s.measures), "seeing"))


def most_awake(awake: F64, offset: F64, among: NDArray[np.bool_]) -> F64:
    """Largest share at their feed that zones have at any time of an hour of the scenario's place; shape (24,).

    Parameters
    ----------
    awake : shape (n_zones, 24), by local hour. offset : see `World`. among : shape (n_zones,). Which zones.
    """
    most = np.zeros(24)
    for row in offset:
        for zone in np.flatnonzero(among):
            first = np.arange(24) + int(row[zone] // 3600)
            most = np.maximum(most, awake[zone, first % 24])
            if row[zone] % 3600:  # the hour at the scenario's place is parts of two hours there
                most = np.maximum(most, awake[zone, (first + 1) % 24])
    return most


def expected_sights(world: World) -> float:
    """Sights that are events of their own, were each account to post once; 0 where posts are seen when posted."""
    s = world.scenario
    return seeing_bound(s) * world.accounts.graph.n_edges if s.attention.catch_up is not None else 0.0


def attention(world: World, laws: Laws) -> dict[str, Any]:
    """Return what decides whether an account sees a post: shares at the feed, load, trends."""
    s, zones = world.scenario, len(world.zones)
    awake = np.tile(by_hour(s.attention.awake), (max(zones, 1), 1))
    region = s.trending.region if s.trending else "world"
    in_region = np.array([region == "world" or s.places.zones[z].kind != "abroad" for z in world.zones], np.bool_)
    half_load = s.attention.half_load
    asked = world.accounts.in_network > 0 and len(s.topics) > 0 and (half_load is not None or s.trending is not None)
    inside = np.flatnonzero(in_region[world.accounts.zone[: world.accounts.in_network]] if s.trending else [])
    return {
        "awake": awake,
        "awake_ever": float(awake.max()),
        "offset": world.offset if zones else np.zeros((len(world.turn), 1)),
        "in_region": in_region,
        "seeing": s.attention.seeing,
        "seeing_bound": seeing_bound(s),
        "sight_law": laws.add(s.attention.catch_up) if s.attention.catch_up else -1,
        "retweet_factor": s.attention.retweet_factor,
        "appeal_power": s.attention.appeal_power,
        "shown_once": s.attention.shown_once,
        "per_half_load": 1.0 / half_load if half_load else 0.0,
        "background": s.attention.background,
        "due": np.full(1, MINUTE if asked else np.inf),
        "accounts": float(world.accounts.in_network),
        "window": s.trending.window if s.trending else 0.0,
        "region": inside.astype(np.int32),
        "region_bound": seeing_bound(s) * most_awake(awake, world.offset, in_region),
        "looks_at_first": s.trending.first_posts if s.trending else False,
        "look_every": s.trending.look_every if s.trending else 1.0,
    }
