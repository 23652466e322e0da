"""Learning, worry calls, messages, ordinary calls, and Safety Check marks."""

from __future__ import annotations

from typing import Any

import numpy as np

from msgu.kernels.base.calendar import push
from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay, rise_decay
from msgu.kernels.base.local_time import by_hours, local_hour
from msgu.kernels.base.log import later, row_of, write
from msgu.kernels.jit import njit
from msgu.kernels.state import (
    ANSWERED,
    ATTEMPT,
    AWARE,
    BASE_CALL,
    BASE_RETRY,
    BLOCKED,
    BLOCKED_FAR,
    CARRIED,
    CELL_BUSY,
    CELL_LEGS,
    CELL_URGENT,
    CELL_URGENT_LOST,
    CELL_ZONE,
    DESK_CALL,
    DOUBT,
    HANG_UP,
    LEARN,
    LOG_ANSWERED,
    LOG_ATTEMPT,
    LOG_AWARE,
    LOG_BASE,
    LOG_CLEARED,
    LOG_DATA,
    LOG_GAVE_UP,
    LOG_HANG_UP,
    LOG_MARK,
    LOG_MESSAGE,
    LOST,
    LOST_FAR,
    MARK,
    MESSAGE_ANSWERED,
    MESSAGE_SERVED,
    OFFERED,
    OPERATOR_SHIFT,
    PERSON_CELL,
    PERSON_REST,
    SPONTANEOUS,
    TALK,
    TIES_SHIFT,
    UNANSWERED,
    ZONE_SHIFT,
)

TRIES = 256
"""Attempts of one call are numbered 0..255; at 255 the caller gives up."""
OTHER = 1000
"""Slots from this number on are other calls and messages, below it worry edges."""
MOST_OTHER = 128
"""A person places at most this many other calls and messages."""
AGAIN = 128
"""Attempts of who finds no mark are numbered from here."""
AFRESH = 1 << 24
"""Added to the number of a try that follows a message without an answer: voice or message is chosen anew."""
MESSAGE_SHIFT = 16
"""Messages are numbered slot + (try << 16), so that the first of a slot is numbered by it alone."""
BY_POST = 4
"""Column of `Phone.cleared` of a post that says *I am safe*."""
BELOW_1 = 1.0 - 2.0**-53
"""The largest probability below 1: a quotient may round to 1, where many laws are infinite."""


@njit
def is_aware(ph: Any, p: int) -> bool:
    """Whether person `p` knows of the event."""
    return ph.person[p, PERSON_REST] & AWARE != 0


@njit
def zone_of(ph: Any, p: int) -> int:
    """Zone of person `p`."""
    return ph.person[p, PERSON_REST] >> ZONE_SHIFT


@njit
def ties_of(ph: Any, p: int) -> int:
    """Number of worry edges of person `p`, cleared or not."""
    return (ph.person[p, PERSON_REST] >> TIES_SHIFT) & 255


@njit
def operator_of(ph: Any, p: int) -> int:
    """Operator of person `p`."""
    return (ph.person[p, PERSON_REST] >> OPERATOR_SHIFT) & 127


@njit
def cell_of(ph: Any, p: int) -> int:
    """Cell of person `p`, -1 without a phone."""
    return ph.person[p, PERSON_CELL]


@njit
def tell(g: Any, cal: Any, ph: Any, p: int, how: int) -> None:
    """Person `p` hears of the event now: an event of its own, so that telling one adds one event at most."""
    if not is_aware(ph, p):
        push(cal, g.now[0], LEARN, p, how)


@njit
def learn(g: Any, key: Any, cal: Any, log: Any, ph: Any, p: int, how: int) -> None:
    """Person `p` learns of the event (`how`: 0 television, 1 network, 2 telephone)."""
    if is_aware(ph, p):
        return
    t = g.now[0]
    ph.person[p, PERSON_REST] |= AWARE
    row = row_of(t, g.bin_width, ph.aware_change.shape[0])
    ph.aware_change[row, zone_of(ph, p)] += 1
    write(log, t, LOG_AWARE, p, how, 0, 0)
    ties = ties_of(ph, p)
    if ties > 0:
        _worry(g, ph, int(ph.open[p]))
    for slot in range(ties):
        e = ph.start[p] + slot
        ph.prevented[row] += int(ph.state[e] != 0 and ph.callee[e] >= 0)
        wait = delay(g.laws, g.knots, ph.reaction, uniform(key.worry, p, slot, 0))
        later(cal, g, wait, ATTEMPT, p, slot * TRIES)
    if ties > 0 and ph.open[p] > 0:
        _desks(g, cal, ph, p)
    if ph.safe_post > 0.0 and ph.account[p] >= 0 and ph.back_start[p + 1] > ph.back_start[p]:
        u, v = uniform2(key.worry, p, 0, 2)
        if u < ph.safe_post:
            later(cal, g, delay(g.laws, g.knots, ph.safe_law, v), MARK, p, 1)
    if cell_of(ph, p) >= 0:
        _talk_next(g, key, cal, ph, p, -1)


@njit
def _talk_next(g: Any, key: Any, cal: Any, ph: Any, p: int, i: int) -> None:
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
def talk(g: Any, key: Any, cal: Any, log: Any, ph: Any, p: int, i: int) -> None:
    """The i-th other call or message of person `p`."""
    _talk_next(g, key, cal, ph, p, i)
    if uniform(key.talk, p, i, 1) * (ph.talk_calls + ph.talk_messages) < ph.talk_calls:
        attempt(g, key, cal, log, ph, p, (OTHER + i) * TRIES)
    else:
        message(g, key, cal, log, ph, p, (OTHER + i) * TRIES)


@njit
def _desks(g: Any, cal: Any, ph: Any, p: int) -> None:
    """Each full-size clone of a worried person may call each desk."""
    t = g.now[0]
    for desk in range(ph.desk_share.size):
        if ph.desk_share[desk] <= 0.0:
            continue
        for clone in range(g.clones):
            who = (desk << 24) | clone
            u, v = uniform2(ph.desk_key[desk], p, clone, 0)
            if u < ph.desk_share[desk]:
                opening = max(0.0, ph.desk_open[desk] - t)
                wait = opening + delay(g.laws, g.knots, ph.desk_law[desk], v)
                later(cal, g, wait, DESK_CALL, p, who << 8)


@njit
def _worry(g: Any, ph: Any, n: int) -> None:
    """So many worries begin now, or end where `n` is negative."""
    i = row_of(g.now[0], g.bin_width, ph.worry_change.size)
    ph.worry_change[i] += n
    ph.worry_time[i] += n * ((i + 1) * g.bin_width - g.now[0])


@njit
def hears_from(g: Any, log: Any, ph: Any, p: int, q: int, how: int) -> None:
    """Person `p` hears from `q`, about whom it worries no more."""
    for slot in range(ties_of(ph, p)):
        if ph.callee[ph.start[p] + slot] == q:
            clear(g, log, ph, p, slot, how)


@njit
def clear(g: Any, log: Any, ph: Any, p: int, slot: int, how: int) -> None:
    """Worry edge `slot` of person `p` is cleared (`how`: 0 call, 1 message, 2 mark, 3 desk, 4 post)."""
    e = ph.start[p] + slot
    if ph.state[e] != 0:
        return
    ph.state[e] = 1
    ph.open[p] -= 1
    if is_aware(ph, p):
        ph.cleared[row_of(g.now[0], g.bin_width, ph.cleared.shape[0]), how] += 1
        _worry(g, ph, -1)
    write(log, g.now[0], LOG_CLEARED, p, slot, how, 0)


@njit
def callee_of(key: Any, ph: Any, p: int, slot: int) -> int:
    """Whom slot `slot` of person `p` calls."""
    if slot < OTHER:
        return ph.callee[ph.start[p] + slot]
    return int(uniform(key.talk, p, slot, 2) * ph.person.shape[0])


@njit
def attempt(g: Any, key: Any, cal: Any, log: Any, ph: Any, p: int, nth: int) -> None:
    """Attempt `nth % TRIES` of slot `nth // TRIES` of person `p`; the first, and one `AFRESH`, may be a message."""
    afresh = nth & AFRESH != 0
    nth &= AFRESH - 1
    slot = nth // TRIES
    n = nth % TRIES
    if slot < OTHER:
        if ph.state[ph.start[p] + slot] != 0:
            return
        if n == 0 or afresh:
            u = uniform(key.follow_up, p, nth, 1) if afresh else uniform(key.worry, p, slot, 1)
            if u >= ph.voice_share:
                message(g, key, cal, log, ph, p, nth)
                return
    near = cell_of(ph, p)
    if near < 0:
        return
    t = g.now[0]
    operator = operator_of(ph, p)
    callee = callee_of(key, ph, p, slot)
    far = cell_of(ph, callee) if ph.both_ends else -1
    i = row_of(t, g.bin_width, ph.calls.shape[0])
    ph.traffic[i, operator, 0] += 1
    _count(ph, near, i, OFFERED)
    outcome = _seize(ph, near, far, i)
    if outcome >= UNANSWERED:
        u, v = uniform2(key.call, p, nth, 0)
        hold = ph.ring
        if u < ph.answer:
            outcome = ANSWERED
            hold = delay(g.laws, g.knots, ph.holding, v)
        later(cal, g, hold, HANG_UP, near, far)
        ph.traffic[i, operator, 1] += 1
    write(log, t, LOG_ATTEMPT, p, nth, outcome, callee)
    if outcome == ANSWERED:
        hears_from(g, log, ph, p, callee, 0)
        hears_from(g, log, ph, callee, p, 0)
        tell(g, cal, ph, callee, 2)
        return
    _fail(g, key, cal, log, ph, p, nth)


@njit
def _count(ph: Any, cell: int, i: int, what: int) -> None:
    """Count one leg of a call, of the cell and of its zone in bin `i`."""
    ph.cells[cell, CELL_LEGS + what] += 1
    ph.calls[i, ph.cells[cell, CELL_ZONE], what] += 1


@njit
def _full(ph: Any, cell: int) -> bool:
    """Whether a cell has no free channel but those reserved for emergency calls."""
    return ph.cells[cell, CELL_BUSY] >= ph.channels[ph.cells[cell, CELL_ZONE]] - ph.reserved


@njit
def _seize(ph: Any, near: int, far: int, i: int) -> int:
    """Take a channel at each end, or say where there was none."""
    if _full(ph, near):
        _count(ph, near, i, LOST)
        return BLOCKED
    ph.cells[near, CELL_BUSY] += 1
    if far >= 0:
        _count(ph, far, i, OFFERED)
        if _full(ph, far):
            ph.cells[near, CELL_BUSY] -= 1
            _count(ph, far, i, LOST)
            _count(ph, near, i, LOST_FAR)
            return BLOCKED_FAR
        ph.cells[far, CELL_BUSY] += 1
        _count(ph, far, i, CARRIED)
    _count(ph, near, i, CARRIED)
    return UNANSWERED


@njit
def _fail(g: Any, key: Any, cal: Any, log: Any, ph: Any, p: int, nth: int) -> None:
    """Redial, or give up and perhaps write."""
    n = nth % TRIES
    slot = nth // TRIES
    u, v = uniform2(key.call, p, nth, 1)
    if n < TRIES - 1 and u < ph.persistence:
        later(cal, g, delay(g.laws, g.knots, ph.redial, v), ATTEMPT, p, nth + 1)
        return
    write(log, g.now[0], LOG_GAVE_UP, p, nth, 0, 0)
    if slot >= OTHER:
        return
    u, v = uniform2(key.call, p, nth, 2)
    if u < ph.message_after:
        message(g, key, cal, log, ph, p, nth)
    if ph.post_driver >= 0 and v < ph.post_after and ph.account[p] >= 0:
        wait = _data_wait(g, ph, cell_of(ph, p)) if ph.data_share > 0.0 else 0.0
        later(cal, g, wait, SPONTANEOUS, ph.account[p], (ph.post_driver << 20) | slot)


@njit
def _data_done(g: Any, ph: Any, cell: int) -> float:
    """When the data server of a cell would have served one more message: first come, first served, never lost."""
    hour = local_hour(g, g.now[0])
    return max(g.now[0], ph.data_free[cell]) + ph.data_time[hour]


@njit
def _data_wait(g: Any, ph: Any, cell: int) -> float:
    """Send a post over the data channel of a cell; returns how long it takes [s]."""
    done = _data_done(g, ph, cell)
    ph.data_free[cell] = done
    return done - g.now[0]


@njit
def data_lag(g: Any, ph: Any, zone: int, u: float) -> float:
    """How long a page takes over the data channel of a zone [s], at its cell `u`; it waits there, and adds nothing to it."""
    first = ph.first_cell[zone]
    n = ph.first_cell[zone + 1] - first
    if ph.data_share <= 0.0 or n == 0:
        return 0.0
    return _data_done(g, ph, first + int(u * n)) - g.now[0]


@njit
def message(g: Any, key: Any, cal: Any, log: Any, ph: Any, p: int, nth: int) -> None:
    """Write a message at attempt `nth`: over the cell's data channel where that is quick enough, else as an SMS.

    It may be delayed and is never lost.
    """
    cell = cell_of(ph, p)
    if cell < 0:
        return
    t = g.now[0]
    o = operator_of(ph, p)
    number = (nth // TRIES) | (nth % TRIES) << MESSAGE_SHIFT
    row = row_of(t, g.bin_width, ph.traffic.shape[0])
    fallen = 0
    if ph.data_share > 0.0 and uniform(key.message, p, number, 1) < ph.data_share:
        ph.traffic[row, o, 3] += 1
        done = _data_done(g, ph, cell)
        if done - t <= ph.data_patience:
            ph.data_free[cell] = done
            write(log, t, LOG_DATA, p, number, cell, 0)
            _sent(g, key, cal, ph, p, nth, number, done)
            return
        ph.traffic[row, o, 4] += 1
        fallen = 1
    ph.traffic[row, o, 2] += 1
    start = max(t, ph.sms_free[o])
    done = start + ph.sms_time[o]
    ph.sms_free[o] = done
    write(log, t, LOG_MESSAGE, p, number, o, fallen)
    _sent(g, key, cal, ph, p, nth, number, done)


@njit
def _sent(g: Any, key: Any, cal: Any, ph: Any, p: int, nth: int, number: int, done: float) -> None:
    """A message is on its way: a worried person may try again where no answer comes; another message may be news."""
    n = nth % TRIES
    slot = nth // TRIES
    if slot >= OTHER:
        if ph.talk_news > 0.0 and uniform(key.news, p, slot, 0) < ph.talk_news:
            other = callee_of(key, ph, p, slot)
            if not is_aware(ph, other) or ties_of(ph, other) > 0:  # nobody else would learn anything
                push(cal, done, MESSAGE_SERVED, p, number)
        return
    push(cal, done, MESSAGE_SERVED, p, number)
    u, v = uniform2(key.follow_up, p, nth, 0)
    if n < TRIES - 1 and u < ph.persistence:
        later(cal, g, delay(g.laws, g.knots, ph.follow_up, v), ATTEMPT, p, AFRESH | (nth + 1))


@njit
def message_served(g: Any, key: Any, cal: Any, log: Any, ph: Any, p: int, number: int) -> None:
    """A message arrives: whoever reads it learns and knows the writer to be safe; to a worried one they may answer."""
    slot = number & ((1 << MESSAGE_SHIFT) - 1)
    other = callee_of(key, ph, p, slot)
    hears_from(g, log, ph, other, p, 1)
    tell(g, cal, ph, other, 2)
    if slot >= OTHER:
        return
    u, v = uniform2(key.message, p, number, 0)
    if u < ph.message_answered:
        later(cal, g, delay(g.laws, g.knots, ph.message_reply, v), MESSAGE_ANSWERED, p, number)


@njit
def message_answered(g: Any, log: Any, ph: Any, p: int, number: int) -> None:
    """The answer of a message clears the worry."""
    write(log, g.now[0], LOG_ANSWERED, p, number, 0, 0)
    hears_from(g, log, ph, p, ph.callee[ph.start[p] + (number & ((1 << MESSAGE_SHIFT) - 1))], 1)


@njit
def hang_up(g: Any, log: Any, ph: Any, near: int, far: int) -> None:
    """A call ends and frees its channels."""
    ph.cells[near, CELL_BUSY] -= 1
    if far >= 0:
        ph.cells[far, CELL_BUSY] -= 1
    write(log, g.now[0], LOG_HANG_UP, near, far, ph.cells[near, CELL_BUSY], 0)


@njit
def mark(g: Any, key: Any, cal: Any, log: Any, ph: Any, p: int, nth: int) -> None:
    """Person `p` marks as safe (`nth` 0) or posts so (1; 2 once sent): each worried contact who sees it is reassured."""
    if nth == 1 and ph.data_share > 0.0 and cell_of(ph, p) >= 0:
        later(cal, g, _data_wait(g, ph, cell_of(ph, p)), MARK, p, 2)
        return
    if nth == 0:
        ph.marks[row_of(g.now[0], g.bin_width, ph.marks.size)] += 1
    write(log, g.now[0], LOG_MARK, p, min(nth, 1), 0, 0)
    for i in range(ph.back_start[p], ph.back_start[p + 1]):
        e = ph.back_edge[i]
        owner = ph.owner[e]
        slot = e - ph.start[owner]
        if nth == 0:
            if uniform(key.safety_check, owner, slot, 2) < ph.contact:
                clear(g, log, ph, owner, slot, 2)
        elif uniform(key.worry, owner, slot, 3) < ph.safe_seen:
            clear(g, log, ph, owner, slot, BY_POST)


@njit
def doubt(g: Any, key: Any, cal: Any, log: Any, ph: Any, p: int, slot: int) -> None:
    """Person `p` looks for the mark of a tie and finds none: one more call, with its own redials."""
    if is_aware(ph, p) and ph.state[ph.start[p] + slot] == 0:
        attempt(g, key, cal, log, ph, p, slot * TRIES + AGAIN)


@njit
def doubts_of(g: Any, key: Any, cal: Any, ph: Any, at: float, law: int) -> None:
    """Schedule when each worried contact, shaken if there is no mark, looks for one."""
    for p in range(ph.person.shape[0]):
        for slot in range(ties_of(ph, p)):
            u, v = uniform2(key.safety_check, p, slot, 3)
            if u < ph.unmarked and uniform(key.safety_check, p, slot, 2) < ph.contact:
                push(cal, at + delay(g.laws, g.knots, law, v), DOUBT, p, slot)


@njit
def base_call(g: Any, key: Any, cal: Any, log: Any, ph: Any, cell: int, nth: int, first: bool) -> None:
    """An ordinary call of a cell, or one to an emergency number: `nth // TRIES` is its number, `nth % TRIES` the attempt."""
    t = g.now[0]
    number = nth // TRIES
    u, v = uniform2(key.baseline, cell, nth, 1)
    if first:
        push(cal, by_hours(g, ph.base_rate, 1.0, 1.0, t, -ln(v)), BASE_CALL, cell, (number + 1) * TRIES)
    i = row_of(t, g.bin_width, ph.calls.shape[0])
    _count(ph, cell, i, OFFERED)
    urgent = ph.emergency > 0.0 and uniform(key.baseline, (2 << 32) | cell, number, 0) < ph.emergency
    outcome = BLOCKED
    free = ph.channels[ph.cells[cell, CELL_ZONE]] - (0 if urgent else ph.reserved)
    if ph.cells[cell, CELL_BUSY] < free:
        outcome = ANSWERED
        ph.cells[cell, CELL_BUSY] += 1
        _count(ph, cell, i, CARRIED)
        later(cal, g, delay(g.laws, g.knots, ph.holding, u), HANG_UP, cell, -1)
    else:
        _count(ph, cell, i, LOST)
    if urgent:
        ph.cells[cell, CELL_URGENT] += 1
        ph.cells[cell, CELL_URGENT_LOST] += outcome == BLOCKED
    write(log, t, LOG_BASE, cell, nth, outcome, int(urgent))
    if outcome == BLOCKED and ph.base_redials and nth % TRIES < TRIES - 1:
        u, v = uniform2(key.baseline, cell, nth, 2)
        if u < ph.persistence:
            later(cal, g, delay(g.laws, g.knots, ph.redial, v), BASE_RETRY, cell, nth + 1)


@njit
def television(keys: Any, cal: Any, table: Any, share: Any, zone: Any) -> None:
    """Schedule when broadcasts tell each person, of the given zones.

    `keys` : shape (broadcasts,). `table` : shape (broadcasts, 3). Time, rise, decay.
    `share` : shape (broadcasts, zones). Share of a zone's people whom it reaches.
    """
    for p in range(zone.size):
        told = np.inf
        for b in range(table.shape[0]):
            if uniform(keys[b], p, 0, 0) < share[b, zone[p]]:
                u, v = uniform2(keys[b], p, 0, 1)
                told = min(told, table[b, 0] + rise_decay(table[b, 1], table[b, 2], u, v))
        if told < np.inf:
            push(cal, told, LEARN, p, 0)


@njit
def marks_of(g: Any, key: Any, cal: Any, ph: Any, share: Any, at: float, law: int) -> None:
    """Schedule when each person marks as safe; `share` (n_zones,) who do."""
    for p in range(ph.person.shape[0]):
        u, v = uniform2(key.safety_check, p, 0, 0)
        if u < share[zone_of(ph, p)]:
            push(cal, at + delay(g.laws, g.knots, law, v), MARK, p, 0)


@njit
def start_cells(g: Any, key: Any, cal: Any, ph: Any) -> None:
    """Start each cell in equilibrium: Poisson busy channels (at most all), each with a residual holding time.

    The residual of a stationary renewal process is a uniform share of a length-biased holding time, drawn here by
    rejection: a holding time is kept with a chance proportional to its length, up to the cut at 16 mean holding times.
    """
    hour = local_hour(g, 0.0)
    cut = 16.0 * ph.base_mean
    for cell in range(ph.cells.shape[0]):
        mean = ph.load * ph.profile[hour]
        n = truncated_poisson(key, cell, mean, ph.channels[ph.cells[cell, CELL_ZONE]] - ph.reserved)
        ph.cells[cell, CELL_BUSY] = n
        for i in range(n):
            push(cal, residual(g, key, ph, cell, i, cut), HANG_UP, cell, -1)
        need = -ln(uniform(key.baseline, cell, 0, 0))
        push(cal, by_hours(g, ph.base_rate, 1.0, 1.0, 0.0, need), BASE_CALL, cell, 0)


@njit
def truncated_poisson(key: Any, cell: int, mean: float, most: int) -> int:
    """Poisson count of `mean`, given that it is at most `most`: the stationary law of a loss system."""
    for k in range(100000):
        total = 0.0
        n = 0
        while n <= most:
            total -= ln(uniform(key.baseline, (k << 32) | cell, n, 3))
            if total >= mean:
                return n
            n += 1
    return most


@njit
def residual(g: Any, key: Any, ph: Any, cell: int, i: int, cut: float) -> float:
    """Residual holding time [s] of the i-th call under way at the start."""
    for k in range(100000):
        u, v = uniform2(key.baseline, cell, i, 4 + k)
        hold = min(delay(g.laws, g.knots, ph.holding, u), cut)
        if v * cut < hold:
            return uniform(key.baseline, (1 << 32) | cell, i, 4 + k) * hold
    return 0.0
