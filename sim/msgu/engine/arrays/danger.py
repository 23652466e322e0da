"""Arrays of dangers: where and when they are, and what is counted of the people within reach (docs/model/danger.md)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.scenario.schema.danger import in_time
from msgu.world.build import World
from msgu.world.people import groups_out
from msgu.world.places import from_centres, spread_radius

F64 = NDArray[np.float64]


def sizes_of_dangers(world: World) -> dict[str, int]:
    """Lengths of the dimensions of dangers; people and bins only where there is one."""
    s = world.scenario
    n = len(s.dangers)
    last = min(max((one.until for one in s.dangers.values()), default=0.0), s.followed_until("going_home"))
    bins = max(1, math.ceil(last / s.record.bin)) if n else 0
    return {"dangers": n, "endangered people": len(world.out.at) * (n > 0), "danger bins": bins}


def dangers(world: World) -> dict[str, Any]:
    """Return the dangers in order of time, as seen from each zone, and where people stand who have a place of their own."""
    s, places = world.scenario, world.places
    found = [s.dangers[name] for name in in_time(s.dangers)]
    east, north = from_centres(places, [one.lat for one in found], [one.lon for one in found])
    at, until, radius, margin = (
        np.array([getattr(one, name) for one in found], np.float64) for name in ("at", "until", "radius", "margin")
    )
    own = _grounds(world)
    return {
        "danger_east": east, "danger_north": north, "danger_radius": radius, "danger_margin": margin,
        "danger_at": at, "danger_until": until,
        "first_danger": float(at.min(initial=np.inf)), "last_danger": float(until.max(initial=0.0)),
        "endangered": _endangered(world, east, north, radius, own),
    } | {name: own[name] for name in ("ground", "ground_east", "ground_north", "ground_radius")}  # fmt: skip


def _grounds(world: World) -> dict[str, Any]:
    """Return the place of each person out, -1 for anywhere in the zone, and where and how large these places are."""
    s = world.scenario
    groups = groups_out(s)
    own = [i for i, group in enumerate(groups) if group.spot is not None]
    spots = [group.spot for group in groups if group.spot is not None]
    number = np.full(len(groups), -1, np.int16)
    number[own] = np.arange(len(own))
    zone = np.array([world.zones.index(groups[i].zone) for i in own], np.int64)
    east, north = from_centres(world.places, [one.lat for one in spots], [one.lon for one in spots])
    row = np.arange(len(own))
    people = [group.people for group in groups] if s.dangers else [0] * len(groups)
    if not len(world.out.at):  # a night beside which the people are run
        people = [0] * len(groups)
    return {
        "ground": np.repeat(number, people),
        "ground_east": east[zone, row], "ground_north": north[zone, row], "zone": zone,
        "ground_radius": np.array([one.radius for one in spots], np.float64),
    }  # fmt: skip


def _endangered(world: World, east: F64, north: F64, radius: F64, own: dict[str, Any]) -> NDArray[np.uint8]:
    """Return whether somebody who stays in a zone may be within reach, shape (n_zones,); the kernel looks at no other zone."""
    far, size = np.hypot(east, north), spread_radius(world.places)[:, None]
    ring = (world.places.zone_radius > 0.0)[:, None]
    slack = 1.0  # a metre, so that rounding leaves nobody out
    near = np.where(ring, np.abs(far - size), np.maximum(far - size, 0.0)) <= radius[None, :] + slack
    zones = np.asarray(near.any(axis=1))
    for i, zone in enumerate(own["zone"]):
        apart = np.hypot(east[zone] - own["ground_east"][i], north[zone] - own["ground_north"][i])
        if (apart <= radius + own["ground_radius"][i] + slack).any():
            zones[zone] = True
    return zones.astype(np.uint8)
