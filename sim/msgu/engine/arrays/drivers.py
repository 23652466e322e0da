"""Spontaneous posts and followers gained: what every driver and gain of the scenario schedules beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from msgu import streams
from msgu.kernels import state
from msgu.kernels.arrays.run import Keys
from msgu.kernels.base.packing import NTH_BITS
from msgu.kernels.social import posts
from msgu.scenario.schema.social import Driver, Gain
from msgu.world.accounts import account_shares
from msgu.world.build import World
from msgu.world.people import by_zone_or_kind

F64 = NDArray[np.float64]


def zone_weights(world: World, volume: float, zones: Mapping[str, float]) -> tuple[float, F64]:
    """Events that an account of activity 1 is expected to set off, and weights of the zones over population constants."""
    s = world.scenario
    shares = account_shares(s, list(world.zones))
    shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(world.zones), 1 / len(world.zones))
    weights = by_zone_or_kind(s, list(world.zones), zones) if zones else np.ones(len(world.zones))
    total = float((shares * weights).sum())
    accounts = float(s.network.accounts if s.network else 0)
    if total <= 0 or accounts <= 0:
        return 0.0, np.zeros(len(world.zones))
    return volume / accounts, weights / total


def start_drivers(world: World, key: Keys, room: Callable[[int], None], fill: Callable[..., None]) -> None:
    """Schedule the spontaneous posts of every driver.

    Parameters
    ----------
    room : makes sure that so many more events fit.
    fill : adds events (times, kind, who, nth).
    """
    s, accounts = world.scenario, world.accounts
    if not s.drivers and not s.gains:
        return
    activity = accounts.activity
    by_zone: F64 = np.bincount(accounts.zone, weights=activity, minlength=len(world.zones)).astype(np.float64)
    active = (activity, by_zone)
    for number, name in enumerate(sorted(s.drivers)):
        own = np.uint64(streams.named(int(key.exogenous), name))
        _schedule(world, own, number, s.drivers[name], state.SPONTANEOUS, active, room, fill)
    for number, name in enumerate(sorted(s.gains)):
        own = np.uint64(streams.named(int(key.following), name))
        _schedule(world, own, number, s.gains[name], state.FOLLOW, active, room, fill)


def _schedule(
    world: World,
    key: np.uint64,
    number: int,
    d: Driver | Gain,
    kind: int,
    active: tuple[F64, F64],
    room: Callable[[int], None],
    fill: Callable[..., None],
) -> None:
    """Schedule the events of every account for one driver or gain; `active` : activity of each, and its sum by zone."""
    activity, by_zone = active
    rate, weight = zone_weights(world, d.volume, d.zones)
    when = (d.at, d.rise, d.decay, d.until if d.until is not None else d.at)
    given = (key, 0, rate, activity, weight, world.accounts.zone, when)
    size = int(rate * float(by_zone @ weight) * 1.2) + 1000
    times, who, nth = _room_for(size)
    count = posts.spontaneous(*given, times, who, nth)
    if count > size:
        times, who, nth = _room_for(count)
        posts.spontaneous(*given, times, who, nth)
    room(count)
    fill(times[:count], kind, who[:count], nth[:count] | (number << NTH_BITS))


def _room_for(events: int) -> tuple[F64, NDArray[np.int64], NDArray[np.int64]]:
    return np.empty(events), np.empty(events, np.int64), np.empty(events, np.int64)
