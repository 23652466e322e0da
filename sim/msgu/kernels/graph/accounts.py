"""What each account of the follower graph is, and the circle that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.draw import exp, log, normal_quantile, philox, to_unit
from msgu.kernels.graph.stages import CIRCLE, FITNESS, FOLLOWS_NOBODY, KIND, NO_FOLLOWERS, ORDINARY, POOL
from msgu.kernels.jit.compile import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from msgu.kernels.arrays.declare import F32, F64, I8, I32, I64


@njit
def draw_accounts(
    key: np.uint64,
    first: int,
    last: int,
    n_special: int,
    no_followers: float,
    follows_nobody: float,
    quiet: float,
    aloof: float,
    exponent: float,
    ceiling: float,
    mean: float,
    sigma: float,
    back_base: float,
    back_top: float,
    back_power: float,
    back_fall: float,
    appeal_base: float,
    appeal_power: float,
    kind: I8,
    fitness: F64,
    activity: F32,
    appeal: F32,
    back: F32,
) -> None:
    """Draw what each account of `first:last` is.

    Parameters
    ----------
    no_followers, follows_nobody : shares of the two kinds that are not ordinary.
    quiet, aloof : activity of an account without followers, and popularity of one that follows nobody, relative to the others.
    ceiling, mean : largest and mean popularity.
    kind : shape (n_accounts,). `ORDINARY`, `NO_FOLLOWERS` or `FOLLOWS_NOBODY`.
    fitness : shape (n_accounts,). Popularity, Pareto on [1, ceiling]; 0 where nobody may follow by chance.
    activity : shape (n_accounts,). Weight of the number of picks, lognormal of mean 1; 0 where it follows nobody.
    appeal : shape (n_accounts,). min(1, base fitness**power), as drawn before kinds change the fitness.
    back : shape (n_accounts,). Chance of following back, (base + top u**power) (fitness / mean)**-fall.
    """
    span = 1.0 - exp((1.0 - exponent) * log(ceiling))
    for i in range(first, last):
        a, b = philox(key, i, 0, KIND, 0)
        u = to_unit(a)
        kind[i] = ORDINARY
        if i < n_special or u < no_followers:
            kind[i] = NO_FOLLOWERS
        elif u < no_followers + follows_nobody:
            kind[i] = FOLLOWS_NOBODY
        activity[i] = np.float32(exp(sigma * normal_quantile(to_unit(b)) - 0.5 * sigma * sigma))
        a, b = philox(key, i, 0, FITNESS, 0)
        popularity = exp(log(1.0 - to_unit(a) * span) / (1.0 - exponent))
        free = back_base + back_top * exp(back_power * log(to_unit(b)))
        fitness[i] = popularity
        appeal[i] = np.float32(min(1.0, appeal_base * exp(appeal_power * log(popularity))))
        back[i] = np.float32(min(1.0, free * exp(-back_fall * log(popularity / mean))))
        if kind[i] == NO_FOLLOWERS:
            fitness[i] = 0.0
            back[i] = np.float32(0.0)
            if i >= n_special:
                activity[i] *= np.float32(quiet)
        elif kind[i] == FOLLOWS_NOBODY:
            fitness[i] = popularity * aloof
            activity[i] = np.float32(0.0)
            back[i] = np.float32(0.0)


@njit
def draw_pools(
    key: np.uint64,
    first: int,
    last: int,
    zone: NDArray[np.int16],
    metro: NDArray[np.int16],
    n_metros: int,
    home: float,
    near: float,
    pool: I32,
) -> None:
    """Draw where each account's circle is sought: 0 anywhere, 1 + metro, or 1 + n_metros + zone.

    Parameters
    ----------
    home : chance that the circle lies in the account's own metropolitan area.
    near : chance that such a circle lies in its own zone.
    pool : shape (n_accounts,). Filled with the pool's number.
    """
    for i in range(first, last):
        a, b = philox(key, i, 0, POOL, 0)
        pool[i] = 0
        if to_unit(a) < home:
            pool[i] = 1 + n_metros + zone[i] if to_unit(b) < near else 1 + metro[zone[i]]


@njit
def cut_circles(
    key: np.uint64,
    pool_start: I64,
    smallest: float,
    largest: float,
    exponent: float,
    circle_start: I64,
) -> int:
    """Cut each pool into circles of keyed size; returns their number.

    Parameters
    ----------
    pool_start : shape (n_pools + 1,). Positions of each pool in the list of members.
    smallest, largest, exponent : sizes follow a Pareto density on [smallest, largest].
    circle_start : shape (more than n_circles + 1,). Filled with the positions where circles start.
    """
    power = 1.0 - exponent
    low = exp(power * log(smallest))
    high = exp(power * log(largest))
    count = 0
    for p in range(len(pool_start) - 1):
        at = pool_start[p]
        end = pool_start[p + 1]
        nth = 0
        while at < end:
            circle_start[count] = at
            count += 1
            a, _ = philox(key, p, nth, CIRCLE, 0)
            nth += 1
            size = int(exp(log(low + to_unit(a) * (high - low)) / power) + 0.5)
            at += size
            if end - at < smallest:
                at = end
    circle_start[count] = pool_start[len(pool_start) - 1]
    return count


@njit
def fill_urn(order: I32, fitness: F64, total: float, urn: I32) -> None:
    """Fill the urn with each account in proportion to its fitness, in the given order.

    Parameters
    ----------
    order : shape (n,). Accounts, those of one metropolitan area together.
    fitness : shape (n,). Weight of each account.
    total : sum of the weights.
    urn : shape (n_slots,). Filled; a uniform slot is an account drawn by weight.
    """
    slots = len(urn)
    done = 0.0
    at = 0
    last = -1
    for r in range(len(order)):
        i = order[r]
        if fitness[i] <= 0.0:
            continue
        last = i
        done += fitness[i]
        end = min(slots, int(done / total * slots))
        while at < end:
            urn[at] = i
            at += 1
    while at < slots:
        urn[at] = last
        at += 1
