"""Learning of the event, and what one does then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.batch import (
    BATCH,
    fill_numbered,
    fill_pairs,
    fill_stepped_pairs,
    fill_uniforms,
    take_delays,
    take_logs,
)
from msgu.kernels.base.calendar import push
from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import checked, later, row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.numbering import MAX_ATTEMPTS, OTHER
from msgu.kernels.phone.person import account_of, cell_of, first_tie, is_aware, operator_of, ties_about, ties_of, zone_of
from msgu.kernels.phone.sms import send_quietly
from msgu.kernels.phone.worries import worry
from msgu.kernels.state import ATTEMPT, AWARE, DESK_CALL, FLAG_BAD, LOG_AWARE, MARK, PERSON_REST, TALK

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64, I64, U64
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared

MOST_OTHER = 128
"""A person places at most this many other calls and messages."""
AT_ONCE = 8
"""Calls and messages of a person that are drawn together: most have no more."""
TINY = 1e-300
BELOW_1 = 1.0 - 2.0**-53
"""The largest probability below 1: a quotient may round to 1, where many laws are infinite."""


@njit
def learn(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, how: int) -> None:
    """Person `p` learns of the event (`how`: 0 television, 1 network, 2 telephone)."""
    if is_aware(ph, p):
        return
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
        ph.prevented[row] += int(ph.state[e] != 0 and ph.callee[e] >= 0)
        wait = delay(g.laws, g.knots, ph.reaction, uniform(key.worry, p, slot, 0))
        later(cal, g, wait, ATTEMPT, p, slot * MAX_ATTEMPTS)
    if ties > 0 and ph.open[p] > 0:
        _desks(g, cal, ph, p)
    if ph.safe_post > 0.0 and account_of(ph, p) >= 0 and ties_about(ph, p)[1] > 0:
        u, v = uniform2(key.worry, p, 0, 2)
        if u < ph.safe_post:
            later(cal, g, delay(g.laws, g.knots, ph.safe_law, v), MARK, p, 1)
    if cell_of(ph, p) < 0:
        return
    if ph.quiet:
        _talk(g, key, cal, ph, p)
    else:
        talk_next(g, key, cal, ph, p, -1)


@njit
def _talk(g: Shared, key: Keys, cal: Calendar, ph: Phone, p: int) -> None:
    """Draw all other calls and messages of a person at once: the same as by `talk_next`, one after another.

    A call is an event, and so is a message that may tell of the event; others only take their turn at the operator's server,
    unless they may go by data, whose servers are busy with what else the cell sends.
    """
    mean = ph.talk_calls + ph.talk_messages
    if mean <= 0.0:
        return
    at, chosen, news = ph.drawn[1], ph.drawn[2], ph.drawn[3]
    o = operator_of(ph, p)
    t = g.now[0]
    product = 1.0
    passed = 0.0
    for first in range(0, MOST_OTHER, AT_ONCE):
        n, product = _draw_talk(g, key, ph, p, first, product, mean)
        for i in range(n):
            t += checked(g, max(0.0, at[i] - passed))
            passed = at[i]
            if g.flag[FLAG_BAD] != 0 or t >= cal.ends[TALK]:
                return
            call = chosen[i] * mean < ph.talk_calls
            if call or news[i] < ph.talk_news or _may_go_by_data(key, ph, p, OTHER + first + i):
                push(cal, t, TALK, p, first + i)
            else:
                ph.traffic[row_of(t, g.bin_width, ph.traffic.shape[0]), o, 2] += 1
                send_quietly(ph, o, t)
        if n < AT_ONCE:
            return


@njit
def _draw_talk(g: Shared, key: Keys, ph: Phone, p: int, first: int, product: float, mean: float) -> tuple[int, float]:
    """Draw the next calls and messages of a person: when, whether a call, whether news; return how many, and the product."""
    share, at, chosen, news = ph.drawn[0], ph.drawn[1], ph.drawn[2], ph.drawn[3]
    product = _fill_shares(key, ph, p, first, product, mean, share)
    n = 0
    while n < AT_ONCE and share[n] <= 1.0:
        n += 1
    lanes = (n + 3) // 4 * 4  # the processor draws four at a time, as fast as one
    for i in range(lanes):
        share[i] = min(share[i], BELOW_1) if i < n else 0.5  # anything that costs little
    take_delays(g.laws, g.knots, ph.talk_spread, share, lanes, at)
    fill_numbered(key.talk, p, first, lanes, 1, chosen)
    if ph.talk_news > 0.0:  # otherwise no draw is below it
        fill_numbered(key.news, p, OTHER + first, lanes, 0, news)
    return n, product


@njit
def _fill_shares(key: Keys, ph: Phone, p: int, first: int, product: float, mean: float, share: F64) -> float:
    """Put in `share` what part of their mean the gaps up to each call or message make, 2 beyond; return the product so far."""
    u, v = ph.drawn[1], ph.drawn[2]
    fill_stepped_pairs(key.talk, p, first // 2, 1, AT_ONCE // 2, 0, u, v)
    for i in range(AT_ONCE // 2):
        share[2 * i] = product * u[i]
        product = share[2 * i] * v[i]
        share[2 * i + 1] = product
    if product > TINY:
        take_logs(share, AT_ONCE)
    else:
        for i in range(AT_ONCE):
            share[i] = ln(share[i])
    for i in range(AT_ONCE):
        share[i] = -share[i] / mean if -share[i] < mean else 2.0
    return product


@njit
def _may_go_by_data(key: Keys, ph: Phone, p: int, slot: int) -> bool:
    """Whether another message of a person may go over the data channel."""
    return ph.data_share > 0.0 and uniform(key.message, p, slot, 1) < ph.data_share


@njit
def talk_next(g: Shared, key: Keys, cal: Calendar, ph: Phone, p: int, i: int) -> None:
    """Schedule the other call or message after the i-th (-1: the first).

    They are a Poisson process whose intensity is that of `talk_spread`: the sum of exponential gaps over its mean is the
    probability at which the law's quantile is taken, so that each waits only for the one before it. The sum is minus the
    logarithm of a product of uniforms, two of a block.
    """
    mean = ph.talk_calls + ph.talk_messages
    if i + 1 >= MOST_OTHER or mean <= 0.0:
        return
    product = 1.0
    next_one = 1.0
    for k in range((i + 1) // 2 + 1):
        u, v = uniform2(key.talk, p, k, 0)
        if 2 * k <= i:
            product *= u
            next_one = v
        else:
            next_one = u
        if 2 * k + 1 <= i:
            product *= v
    before = delay(g.laws, g.knots, ph.talk_spread, min(-ln(product) / mean, BELOW_1)) if i >= 0 else 0.0
    total = -ln(product * next_one)
    if total < mean:
        wait = delay(g.laws, g.knots, ph.talk_spread, min(total / mean, BELOW_1)) - before
        later(cal, g, max(0.0, wait), TALK, p, i + 1)


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
                opening = max(0.0, ph.desk_open[desk] - t)
                wait = opening + delay(g.laws, g.knots, ph.desk_law[desk], v)
                later(cal, g, wait, DESK_CALL, p, who << 8)


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
