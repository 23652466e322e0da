"""When accounts write, or begin to follow, of their own accord."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgu.scenario.schema.social import Driver, Gain
from msgu.world.accounts import account_shares

from tests.twin.draws import log, rise_decay, uniform, uniforms
from tests.twin.part import Part


def spontaneous_times(part: Part, key: int, d: Driver | Gain) -> Iterator[tuple[int, int, float]]:
    """Events of each account for one driver or gain: account, number and time [s]."""
    for a, mean in enumerate(_means(part, d)):
        gone, i = 0.0, 0
        while mean > 0:
            gone -= log(uniform(key, a, 0, 2 * i))
            if gone >= mean:
                break
            yield a, i, d.at + _after(d, *uniforms(key, a, 0, 2 * i + 1))
            i += 1


def _after(d: Driver | Gain, u: float, v: float) -> float:
    """Time since the driver began: uniform until its end, or rise and decay where it has none."""
    if d.until is not None and d.until > d.at:
        return (d.until - d.at) * u
    return rise_decay(d.rise, d.decay, u, v)


def _means(part: Part, d: Driver | Gain) -> list[float]:
    """How many events each account has in the mean."""
    zones, accounts = list(part.world.zones), part.world.accounts
    shares = account_shares(part.sc, zones)
    shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(zones), 1 / len(zones))
    weight = np.array([part.by_zone(d.zones, z, 0.0) for z in zones]) if d.zones else np.ones(len(zones))
    total = float((shares * weight).sum())
    n = float(part.sc.network.accounts) if part.sc.network else 0.0
    if total <= 0 or n <= 0:
        return []
    return list(d.volume / n * accounts.activity * (weight / total)[accounts.zone])
