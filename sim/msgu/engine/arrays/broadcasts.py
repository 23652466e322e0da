"""What television and radio tell, and to whom: the event, later events, the numbers of desks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu import streams
from msgu.engine.arrays import reassurance
from msgu.engine.arrays.calendar import with_known
from msgu.kernels import state
from msgu.kernels.arrays.run import Calendar, Keys
from msgu.kernels.phone import learning
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.rumour import Newsroom
from msgu.scenario.schema.social import Aired
from msgu.scenario.schema.triggers import Trigger
from msgu.world.build import World
from msgu.world.people import by_zone_or_kind

F64 = NDArray[np.float64]
Fill = Callable[[F64, int, NDArray[np.int64], NDArray[np.int64]], None]


def named_keys(key: np.uint64, names: Iterable[str]) -> NDArray[np.uint64]:
    """Key of each thing with a name within a stream, in the order of their ids; shape (names,)."""
    return np.array([streams.named(int(key), name) for name in sorted(names)], np.uint64)


def broadcast_share(s: Scenario, zones: list[str], broadcast: Aired | Newsroom) -> F64:
    """Share of the people of each zone whom a broadcast, or what a newsroom airs, reaches; shape (n_zones,)."""
    there = by_zone_or_kind(s, zones, broadcast.zones) if broadcast.zones else np.ones(len(zones))
    return broadcast.audience * there


def with_broadcasts(world: World, keys: Keys, calendar: Calendar) -> Calendar:
    """Return an empty calendar that knows when television tells people of the event."""
    s = world.scenario
    if not s.broadcasts or not world.residents.n:
        return calendar
    dated = [name for name in sorted(s.broadcasts) if not isinstance(s.broadcasts[name].at, Trigger)]
    dated = [name for name in dated if s.broadcasts[name].news is None]
    return with_known(calendar, _told(world, keys, {name: s.broadcasts[name].at for name in dated}), state.LEARN)


def told_at(world: World, keys: Keys, number: int, at: float) -> F64:
    """When a broadcast that begins at a time [s] tells each person, infinite for never; shape (people,)."""
    return _told(world, keys, {sorted(world.scenario.broadcasts)[number]: at})


def _told(world: World, keys: Keys, begins: dict[str, float]) -> F64:
    """When the first of some broadcasts, which begin then, tells each person; infinite for never."""
    s, r, zones = world.scenario, world.residents, list(world.zones)
    rows = [s.broadcasts[name] for name in begins]
    table = np.array([[at, row.rise, row.decay] for at, row in zip(begins.values(), rows, strict=True)]).reshape(-1, 3)
    share = np.array([broadcast_share(s, zones, row) for row in rows]).reshape(-1, len(zones))
    told = np.empty(r.n)
    learning.television(named_keys(keys.learning, begins), table, share, r.first, r.count, told)
    return told


def start_later_news(world: World, keys: Keys, fill: Fill) -> None:
    """Schedule when broadcasts tell people of later events; `fill` takes times, a kind, and arrays of who and nth."""
    s = world.scenario
    for number, name in enumerate(reassurance.later_news(s), 1):
        begins = {b: s.broadcasts[b].at for b in sorted(s.broadcasts) if s.broadcasts[b].news == name}
        if begins and world.residents.n:
            told = _told(world, keys, begins)
            who = np.flatnonzero(told < np.inf)
            fill(told[who], state.LEARN, who, np.full(len(who), number << state.NEWS_SHIFT, np.int64))


def announcements(world: World, key: Keys) -> dict[str, Any]:
    """Return what is told of the number of each desk: an announcement is a broadcast with a key of its own."""
    s, zones = world.scenario, list(world.zones)
    desks = {d: sorted(s.desks[d].announced) for d in sorted(s.desks)}
    rows = [(f"{d}/{name}", s.desks[d].announced[name]) for d, names in desks.items() for name in names]
    return {
        "announced_start": np.cumsum([0, *map(len, desks.values())]),
        "announced_key": np.array([streams.named(int(key.announcement), name) for name, _ in rows], np.uint64),
        "announced_when": np.array([[a.at, a.rise, a.decay] for _, a in rows]).reshape(len(rows), 3),
        "announced_share": np.array([broadcast_share(s, zones, a) for _, a in rows]).reshape(len(rows), len(zones)),
    }


def told_by_broadcasts(world: World) -> int:
    """Most people whom `with_broadcasts` tells."""
    return world.residents.n if world.scenario.broadcasts else 0
