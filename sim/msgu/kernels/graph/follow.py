"""Whom each account follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.draw import exp, log, philox, to_unit
from msgu.kernels.graph.stages import ADOPT, AUDIENCE, MATE, PICK, SHARED
from msgu.kernels.jit.compile import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from msgu.kernels.arrays.declare import F32, I8, I32, I64, U64


@njit
def _slot(bits: np.uint64, low: int | np.int64, high: int | np.int64) -> int | np.int64:
    """Uniform integer of low:high from 32 random bits (bias below 2**-32 x the width)."""
    return low + np.int64((np.uint64(bits) * np.uint64(high - low)) >> np.uint64(32))


@njit
def adopt(
    key: np.uint64,
    first: int,
    last: int,
    adopted_start: I64,
    circle_metro: I32,
    home: float,
    urn: I32,
    urn_start: I64,
    adopted: I32,
) -> None:
    """Draw the popular accounts that each circle of `first:last` has adopted.

    Parameters
    ----------
    adopted_start : shape (n_circles + 1,). Where the list of each circle lies.
    circle_metro : shape (n_circles,). Metropolitan area of the circle, -1 for none.
    urn_start : shape (n_metros + 1,). Slots of each metropolitan area.
    adopted : shape (adopted_start[-1],). Filled, ascending within a circle; a repeated account has as many chances.
    """
    for c in range(first, last):
        low = adopted_start[c]
        high = adopted_start[c + 1]
        for t in range(high - low):
            a, b = philox(key, c, t, ADOPT, 0)
            m = circle_metro[c]
            s0 = np.int64(0)
            s1 = np.int64(len(urn))
            if m >= 0 and to_unit(b) < home and urn_start[m + 1] > urn_start[m]:
                s0 = urn_start[m]
                s1 = urn_start[m + 1]
            adopted[low + t] = urn[_slot(a >> np.uint64(32), s0, s1)]
        adopted[low:high].sort()


@njit
def round_keys(key: np.uint64) -> tuple[U64, U64]:
    """Return the ten round keys of Philox4x32-10, low and high words."""
    low32 = np.uint64(0xFFFFFFFF)
    k0 = np.empty(10, np.uint64)
    k1 = np.empty(10, np.uint64)
    for r in range(10):
        k0[r] = ((key & low32) + np.uint64(r) * np.uint64(0x9E3779B9)) & low32
        k1[r] = ((key >> np.uint64(32)) + np.uint64(r) * np.uint64(0xBB67AE85)) & low32
    return k0, k1


@njit
def blocks(k0: U64, k1: U64, who: int, first: int, count: int, stage: int, a: U64, b: U64) -> None:
    """Fill a[:count] and b[:count] with `philox(key, who, first + t, stage, 0)`, and up to three more.

    Written out here because this form is compiled to vector instructions: 2.7 ns a block instead of 13.8.
    """
    m0 = np.uint64(0xD2511F53)
    m1 = np.uint64(0xCD9E8D57)
    low32 = np.uint64(0xFFFFFFFF)
    up = np.uint64(32)
    w = np.uint64(who) & low32
    z = np.uint64(stage)
    for t in range((count + 3) & ~3):
        x0 = w
        x1 = np.uint64(first + t) & low32
        x2 = z
        x3 = np.uint64(0)
        for r in range(10):
            p0 = m0 * x0
            p1 = m1 * x2
            x0 = (p1 >> up) ^ x1 ^ k0[r]
            x1 = p1 & low32
            x2 = (p0 >> up) ^ x3 ^ k1[r]
            x3 = p0 & low32
        a[t] = (x0 << up) | x1
        b[t] = (x2 << up) | x3


@njit
def _scan(who: int, chance: float, candidates: I32, weight: F32, a: U64, b: U64, out: I32, at: int) -> int:
    """Follow each candidate with its weight times the chance, four to a block.

    Without branches: a coin that is hard to predict costs more than a store.
    """
    scale = chance * 4294967296.0
    low32 = np.uint64(0xFFFFFFFF)
    up = np.uint64(32)
    n = len(candidates)
    for q in range(0, n - 3, 4):
        x = a[q >> 2]
        y = b[q >> 2]
        j = candidates[q]
        out[at] = j
        at += (np.float64(x >> up) < scale * weight[j]) & (j != who)
        j = candidates[q + 1]
        out[at] = j
        at += (np.float64(x & low32) < scale * weight[j]) & (j != who)
        j = candidates[q + 2]
        out[at] = j
        at += (np.float64(y >> up) < scale * weight[j]) & (j != who)
        j = candidates[q + 3]
        out[at] = j
        at += (np.float64(y & low32) < scale * weight[j]) & (j != who)
    for q in range(n - n % 4, n):
        word = a[q >> 2] if q % 4 < 2 else b[q >> 2]
        bits = word >> up if q % 2 == 0 else word & low32
        j = candidates[q]
        out[at] = j
        at += (np.float64(bits) < scale * weight[j]) & (j != who)
    return at


@njit
def follow(
    key: np.uint64,
    first: int,
    last: int,
    n_special: int,
    activity: F32,
    appeal: F32,
    picks: float,
    home: float,
    account_metro: NDArray[np.int16],
    circle: I32,
    mate_start: I64,
    mates: I32,
    adopted_start: I64,
    adopted: I32,
    mate_chance: float,
    shared_chance: float,
    keenness: float,
    urn: I32,
    urn_start: I64,
    a: U64,
    b: U64,
    out: I32,
    length: I32,
) -> int:
    """Write the accounts followed by each of `first:last`, in no order and now and then twice; returns how many.

    Parameters
    ----------
    appeal : shape (n_accounts,). What the chance of following it within a circle is multiplied by.
    picks : mean number of picks of an account with activity 1.
    home : chance that a pick is sought in the account's own metropolitan area.
    circle : shape (n_accounts,). Circle of each account.
    mate_start, mates : members of each circle that may be followed.
    adopted_start, adopted : accounts that each circle adopted.
    mate_chance : chance of following a member of one's circle, at activity 1.
    shared_chance : chance of following an account that the circle has adopted, at activity 1.
    keenness : the chances within the circle grow as activity to this power, up to 0.95.
    a, b : shape (most blocks of one account + 3,). Scratch.
    out : shape (enough + 4,). Filled from 0 with the lists one after another.
    length : shape (n_accounts,). Filled for `first:last`.
    """
    k0, k1 = round_keys(key)
    at = 0
    slots = np.uint64(len(urn))
    up = np.uint64(32)
    low32 = np.uint64(0xFFFFFFFF)
    limit = np.uint64(home * 4294967296.0)
    for i in range(first, last):
        length[i] = 0
        if activity[i] <= 0.0:
            continue
        begin = at
        if i >= n_special:
            c = circle[i]
            keen = exp(keenness * log(activity[i]))
            near = mates[mate_start[c] : mate_start[c + 1]]
            blocks(k0, k1, i, 0, (len(near) + 3) >> 2, MATE, a, b)
            at = _scan(i, min(0.95, keen * mate_chance), near, appeal, a, b, out, at)
            near = adopted[adopted_start[c] : adopted_start[c + 1]]
            blocks(k0, k1, i, 0, (len(near) + 3) >> 2, SHARED, a, b)
            at = _scan(i, min(0.95, keen * shared_chance), near, appeal, a, b, out, at)
        m = account_metro[i]
        base = np.uint64(urn_start[m])
        width = np.uint64(urn_start[m + 1]) - base
        own_limit = limit if width > 0 else np.uint64(0)
        u, _ = philox(key, i, 0, PICK, 0)
        count = min(len(activity), max(1, int(picks * activity[i] + to_unit(u))))
        blocks(k0, k1, i, 1, (count + 1) >> 1, PICK, a, b)
        drawn = at
        for t in range((count + 1) >> 1):  # slots first, then look them up: the misses overlap
            x = a[t]
            local = (x & low32) < own_limit
            out[drawn] = (base if local else np.uint64(0)) + (((x >> up) * (width if local else slots)) >> up)
            x = b[t]
            local = (x & low32) < own_limit
            out[drawn + 1] = (base if local else np.uint64(0)) + (((x >> up) * (width if local else slots)) >> up)
            drawn += 2
        for t in range(at, at + count):
            j = urn[out[t]]
            out[at] = j
            at += j != i
        length[i] = at - begin
    return at


@njit
def draw_audience(
    key: np.uint64,
    who: int,
    wanted: int,
    n_special: int,
    home: float,
    low: int,
    high: int,
    by_metro: I32,
    activity: F32,
    taken: I8,
    audience: I32,
) -> int:
    """Draw distinct followers of a special account; returns how many were found.

    Parameters
    ----------
    wanted : followers wanted.
    by_metro : shape (n_accounts,). Accounts, those of one metropolitan area together; `low:high` is the account's own.
    taken : shape (n_accounts,). Zero on entry and on return.
    audience : shape (wanted,). Filled, in the order of drawing.
    """
    n = len(by_metro)
    found = 0
    nth = 0
    limit = 40 * wanted + 1000
    while found < wanted and nth < limit:
        a, b = philox(key, who, nth, AUDIENCE, 0)
        nth += 1
        s0 = 0
        s1 = n
        if to_unit(b) < home and high > low:
            s0 = low
            s1 = high
        j = by_metro[_slot(a >> np.uint64(32), s0, s1)]
        if j >= n_special and activity[j] > 0.0 and taken[j] == 0:
            taken[j] = 1
            audience[found] = j
            found += 1
    for t in range(found):
        taken[audience[t]] = 0
    return found
