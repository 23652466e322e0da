"""Learning of the event, and what one does then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.batch import BATCH, fill_pairs, fill_uniforms, take_logs
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay, rise_decay
from msgu.kernels.base.log import later, row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.groups import may_write
from msgu.kernels.phone.numbering import LATER_ATTEMPTS, MAX_ATTEMPTS
from msgu.kernels.phone.person import account_of, cell_of, first_tie, is_aware, state_of, ties_about, ties_of, zone_of
from msgu.kernels.phone.talk import talk_next, talk_of
from msgu.kernels.phone.worries import worry
from msgu.kernels.state import (
    ASLEEP,
    ATTEMPT,
    AWARE,
    DESK_CALL,
    DONE,
    LATER_SHIFT,
    LOG_AWARE,
    MARK,
    NEWS_SHIFT,
    PERSON_REST,
    TELLS,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64, I64, U64
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared


@njit
def learn(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, nth: int) -> None:
    """Person `p` learns of the event (`nth`: 0 television, 1 network, 2 telephone), and of a later one above NEWS_SHIFT."""
    k = nth >> NEWS_SHIFT
    how = nth & ((1 << NEWS_SHIFT) - 1)
    if not is_aware(ph, p):
        _learn(g, key, cal, log, ph, p, how)
    if k > 0 and (ph.knows[p] >> (k - 1)) & 1 == 0:
        _learn_later(g, key, cal, log, ph, p, k, how)


@njit
def _learn(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, how: int) -> None:
    """Person `p` learns of the first event."""
    t = g.now[0]
    ph.person[p, PERSON_REST] |= AWARE
    row = row_of(t, g.bin_width, ph.aware_change.shape[0])
    ph.aware_change[row, zone_of(ph, p)] += 1
    write(log, t, LOG_AWARE, p, how, 0, 0)
    ties, first = ties_of(ph, p), 0
    if ties > 0:
        first = first_tie(ph, p)
        worry(g, ph, int(ph.open[p]))
    for slot in range(ties):
        e = first + slot
        state = state_of(ph, e) & (DONE | TELLS | ASLEEP)
        if state & ASLEEP:
            continue
        ph.prevented[row] += int(state == DONE and ph.callee[e] >= 0)
        law = ph.tells_law if state & TELLS else ph.reaction
        wait = delay(g.laws, g.knots, law, uniform(key.worry, p, slot, 0))
        later(cal, g, wait, ATTEMPT, p, slot * MAX_ATTEMPTS)
    if ties > 0 and ph.open[p] > 0:
        _desks(g, cal, ph, p)
    if ph.safe_post > 0.0 and account_of(ph, p) >= 0 and ties_about(ph, p)[1] > 0:
        u, v = uniform2(key.worry, p, 0, 2)
        if u < ph.safe_post:
            later(cal, g, delay(g.laws, g.knots, ph.safe_law, v), MARK, p, 1)
    if cell_of(ph, p) < 0:
        return
    may_write(g, key, cal, ph, p)
    if ph.quiet:
        talk_of(g, key, cal, ph, p)
    else:
        talk_next(g, key, cal, ph, p, -1)


@njit
def _learn_later(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, k: int, how: int) -> None:
    """Person `p` learns of the k-th later event, and worries about ties in its zones who have not been heard of since."""
    t = g.now[0]
    ph.knows[p] |= 1 << (k - 1)
    write(log, t, LOG_AWARE, p, how, k, 0)
    row = row_of(t, g.bin_width, ph.aware_change.shape[0])
    ties = ties_of(ph, p)
    first = first_tie(ph, p) if ties > 0 else 0
    for slot in range(ties):
        e = first + slot
        state = state_of(ph, e)
        tells = state & TELLS
        where = p if tells else ph.callee[e]
        if where < 0 or ph.news_zone[k - 1, zone_of(ph, where)] == 0:
            continue
        if state & DONE and state >> LATER_SHIFT >= k:
            ph.state[e] = state & ~ASLEEP
            ph.prevented[row] += int(tells == 0)
            continue
        if state & DONE and tells == 0:
            ph.open[p] += 1
            worry(g, ph, 1)
        ph.state[e] = tells | max(k, state >> LATER_SHIFT if state & DONE == 0 else 0) << LATER_SHIFT
        wait = delay(g.laws, g.knots, ph.tells_law if tells else ph.reaction, uniform(key.later_news, p, slot, k))
        later(cal, g, wait, ATTEMPT, p, slot * MAX_ATTEMPTS + (2 * k - 1) * LATER_ATTEMPTS)


@njit
def _desks(g: Shared, cal: Calendar, ph: Phone, p: int) -> None:
    """Each full-size clone of a worried person may call each desk."""
    t = g.now[0]
    for desk in range(ph.desk_share.size):
        if ph.desk_share[desk] <= 0.0:
            continue
        for clone in range(g.clones):
            who = (desk << 24) | clone  # the desk reads both back; the 8 bits below count a caller's tries
            u, v = uniform2(ph.desk_key[desk], p, clone, 0)
            if u < ph.desk_share[desk]:
                heard = _heard(ph, p, desk, clone)
                if heard < np.inf:
                    opening = max(0.0, ph.desk_open[desk] - t, heard - t)
                    wait = opening + delay(g.laws, g.knots, ph.desk_law[desk], v)
                    later(cal, g, wait, DESK_CALL, p, who << 8)


@njit
def _heard(ph: Phone, p: int, desk: int, clone: int) -> float:
    """When a clone of person `p` has heard the number of a desk [s], infinite for never; all know one that nobody announces."""
    first, end = ph.announced_start[desk], ph.announced_start[desk + 1]
    heard = -np.inf if first == end else np.inf
    for i in range(first, end):
        if uniform(ph.announced_key[i], p, clone, 0) < ph.announced_share[i, zone_of(ph, p)]:
            u, v = uniform2(ph.announced_key[i], p, clone, 1)
            when = ph.announced_when[i, 0] + rise_decay(ph.announced_when[i, 1], ph.announced_when[i, 2], u, v)
            heard = min(heard, when)
    return heard


@njit
def television(keys: U64, table: F64, share: F64, first: I64, count: I64, told: F64) -> None:
    """Put in `told` (n,) when broadcasts tell each person first, infinite for never; people are numbered zone by zone.

    `keys` : shape (broadcasts,). `table` : shape (broadcasts, 3). Time, rise, decay.
    `share` : shape (broadcasts, zones). Share of a zone's people whom it reaches.
    """
    u, v, who = np.empty(BATCH), np.empty(BATCH), np.empty(BATCH, np.int64)
    for z in range(first.size):
        for block in range((count[z] + BATCH - 1) // BATCH):
            start = int(first[z]) + block * BATCH
            n = min(BATCH, int(first[z] + count[z]) - start)
            told[start : start + n] = np.inf
            for b in range(table.shape[0]):
                fill_uniforms(keys[b], start, n, 0, 0, u)
                hits = 0
                for i in range(n):  # no branch, which nobody could foresee
                    who[hits] = start + i
                    hits += int(u[i] < share[b, z])
                fill_pairs(keys[b], who, hits, 0, 1, u, v)
                take_logs(u, hits)
                take_logs(v, hits)
                for i in range(hits):
                    wait = -table[b, 1] * u[i] - table[b, 2] * v[i]  # `rise_decay`
                    told[who[i]] = min(told[who[i]], table[b, 0] + wait)
