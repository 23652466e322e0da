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


def account_means(world: World, volume: float, zones: Mapping[str, float]) -> F64:
    """Expected events of each account: activity x zone weight over population constants; shape (n,)."""
    s = world.scenario
    shares = account_shares(s, list(world.zones))
    shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(world.zones), 1 / len(world.zones))
    weights = by_zone_or_kind(s, list(world.zones), zones) if zones else np.ones(len(world.zones))
    total = float((shares * weights).sum())
    accounts = float(s.network.accounts if s.network else 0)
    if total <= 0 or accounts <= 0:
        return np.zeros(world.accounts.n)
    mean: F64 = volume / accounts * world.accounts.activity * (weights / total)[world.accounts.zone]
    return mean


def start_drivers(world: World, key: Keys, room: Callable[[int], None], fill: Callable[..., None]) -> None:
    """Schedule the spontaneous posts of every driver.

    Parameters
    ----------
    room : makes sure that so many more events fit.
    fill : adds events (times, kind, who, nth).
    """
    s = world.scenario
    for number, name in enumerate(sorted(s.drivers)):
        own = np.uint64(streams.named(int(key.exogenous), name))
        _schedule(world, own, number, s.drivers[name], state.SPONTANEOUS, room, fill)
    for number, name in enumerate(sorted(s.gains)):
        own = np.uint64(streams.named(int(key.following), name))
        _schedule(world, own, number, s.gains[name], state.FOLLOW, room, fill)


def _schedule(
    world: World,
    key: np.uint64,
    number: int,
    d: Driver | Gain,
    kind: int,
    room: Callable[[int], None],
    fill: Callable[..., None],
) -> None:
    """Schedule the events of every account for one driver or gain."""
    mean = account_means(world, d.volume, d.zones)
    out = np.empty((3, int(mean.sum() * 1.2) + 1000))
    args = (key, 0, mean, d.at, d.rise, d.decay, d.until if d.until is not None else d.at)
    count = posts.spontaneous(*args, out)
    if count > out.shape[1]:
        out = np.empty((3, count))
        posts.spontaneous(*args, out)
    rows = out[:, :count]
    room(count)
    fill(rows[0].copy(), kind, rows[1].astype(np.int64), rows[2].astype(np.int64) | (number << NTH_BITS))
