"""Arrays of hearing that shelter is offered, and whom broadcasts tell of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.engine.arrays.broadcasts import broadcast_share, named_keys
from msgu.engine.arrays.laws import Laws
from msgu.engine.arrays.room import bits_of
from msgu.kernels import hearing as kernels
from msgu.kernels import state
from msgu.kernels.arrays.run import Keys
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.shelter import Hearing
from msgu.world.build import World
from msgu.world.people import populations

F64 = NDArray[np.float64]


def law_of(s: Scenario) -> Hearing | None:
    """Return who must have heard of shelter, if anybody must."""
    return s.shelter.hearing if s.shelter is not None else None


def host_weights(world: World) -> F64:
    """Weight of each zone among the hosts: as the scenario says, else by where people live in the city; shape (zones,)."""
    s, zones = world.scenario, list(world.zones)
    hosts = populations(s, zones)
    if s.shelter and s.shelter.host_zones:
        return np.array([s.shelter.host_zones.get(z, 0.0) for z in zones])
    return hosts * [s.places.zones[z].kind in ("arrondissement", "commune") for z in zones] if s.shelter else hosts


def hearing(world: World, laws: Laws) -> dict[str, Any]:
    """Return who hears and who offers then, for `People`."""
    law = law_of(world.scenario)
    if law is None:
        return {"offers": 0.0, "offer_after": 0, "meets": 0.0, "tells": 0.0, "may_host": np.zeros(0, np.uint64)}
    return {
        "offers": law.offers,
        "offer_after": laws.add(law.offer_after),
        "meets": law.meets or 0.0,
        "tells": law.tells,
        "may_host": bits_of(_may_host(world)),
    }


def _may_host(world: World) -> NDArray[np.bool_]:
    """Whether an account lives where hosts live, and is nobody's by name; shape (accounts,)."""
    accounts = world.accounts
    mask: NDArray[np.bool_] = (host_weights(world) > 0)[accounts.zone] if world.zones else np.ones(accounts.n, np.bool_)
    mask[[accounts.number(name) for name in accounts.names]] = False
    return mask


def ears(world: World) -> dict[str, Any]:
    """Return which accounts have still to hear, and which topics tell, for `Cascade`."""
    s, law = world.scenario, law_of(world.scenario)
    topics = sorted(s.topics)
    telling = {post.topic for post in s.posts.values() if post.shelter} if law else set()
    if s.shelter is not None and law is not None:
        telling |= {s.shelter.topic}
    found: dict[str, Any] = {"may_tell": np.array([name in telling for name in topics] or [False], np.bool_)}
    if law is not None:
        clones = np.isin(world.person, world.resident_of_out[world.resident_of_out >= 0])
        found["unheard"] = bits_of(_may_host(world) | clones)
    return found


def start_hearing(
    world: World,
    key: Keys,
    room: Callable[[int], None],
    fill: Callable[[F64, int, NDArray[np.int64], NDArray[np.int64]], None],
) -> None:
    """Schedule whom each broadcast tells that shelter is offered: accounts at home, and people who are out.

    Parameters
    ----------
    room : makes sure that so many more events fit.
    fill : adds events (times, kind, who, nth).
    """
    s, law = world.scenario, law_of(world.scenario)
    if law is None:
        return
    for name in sorted(s.broadcasts):
        one = s.broadcasts[name]
        if not one.shelter:
            continue
        (own,) = named_keys(key.hearing, [name])
        share = broadcast_share(s, list(world.zones), one)
        for kind, sub, zone, part in (
            (state.NEWS_OF_SHELTER, 0, world.accounts.zone, share),
            (state.TOLD, 2, world.out.at, law.outdoors * share),
        ):
            given = (own, sub, zone, part, (one.at, one.rise, one.decay))
            n = kernels.mentioned(*given, np.empty(0), np.empty(0, np.int64))
            times, who = np.empty(n), np.empty(n, np.int64)
            kernels.mentioned(*given, times, who)
            room(n)
            fill(times, kind, who, np.full(n, state.BY_BROADCAST))
