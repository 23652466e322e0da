"""Calls of people: worry calls with their redials, and the other calls of who has learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import checked, later, row_of, write
from msgu.kernels.base.packing import nth_of
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.cells import settle
from msgu.kernels.phone.channels import count_leg, seize
from msgu.kernels.phone.learning import talk_next
from msgu.kernels.phone.messages import data_wait, message
from msgu.kernels.phone.numbering import AFRESH, MAX_ATTEMPTS, OTHER
from msgu.kernels.phone.person import account_of, callee_of, cell_of, first_tie, operator_of, tell
from msgu.kernels.phone.worries import hears_from
from msgu.kernels.state import (
    ANSWERED,
    ATTEMPT,
    FLAG_FULL,
    FULL_REDIALS,
    HANG_UP,
    LOG_ATTEMPT,
    LOG_GAVE_UP,
    OFFERED,
    SPONTANEOUS,
    UNANSWERED,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared


@njit
def talk(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, i: int) -> None:
    """The i-th other call or message of person `p`."""
    if not ph.quiet:
        talk_next(g, key, cal, ph, p, i)
    if uniform(key.talk, p, i, 1) * (ph.talk_calls + ph.talk_messages) < ph.talk_calls:
        attempt(g, key, cal, log, ph, p, (OTHER + i) * MAX_ATTEMPTS)
    else:
        message(g, key, cal, log, ph, p, (OTHER + i) * MAX_ATTEMPTS)


@njit
def attempt(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, nth: int) -> None:
    """Attempt `nth % MAX_ATTEMPTS` of slot `nth // MAX_ATTEMPTS` of person `p`; the first, and one `AFRESH`, may be a message."""
    afresh = nth & AFRESH != 0
    nth &= AFRESH - 1
    slot = nth // MAX_ATTEMPTS
    if slot < OTHER:
        if ph.state[first_tie(ph, p) + slot] != 0:
            return
        if nth % MAX_ATTEMPTS == 0 or afresh:
            u = uniform(key.follow_up, p, nth, 1) if afresh else uniform(key.worry, p, slot, 1)
            if u >= ph.voice_share:
                message(g, key, cal, log, ph, p, nth)
                return
    if cell_of(ph, p) >= 0:
        _call(g, key, cal, log, ph, p, nth, callee_of(key, ph, p, slot))


@njit
def _call(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, nth: int, callee: int) -> None:
    """Person `p` calls; where a cell cannot be settled for want of room nothing happens, and FLAG_FULL says so."""
    t = g.now[0]
    near = cell_of(ph, p)
    far = cell_of(ph, callee) if ph.both_ends else -1
    now = min(t, ph.final)
    if ph.settled and not (settle(g, key, ph, near, now) and (far < 0 or settle(g, key, ph, far, now))):
        g.flag[FLAG_FULL] = FULL_REDIALS
        return
    i = row_of(t, g.bin_width, ph.calls.shape[0])
    operator = operator_of(ph, p)
    ph.traffic[i, operator, 0] += 1
    count_leg(ph, near, i, OFFERED)
    u, v = uniform2(key.call, p, nth, 0)
    hold = delay(g.laws, g.knots, ph.holding, v) if u < ph.answer else ph.ring
    outcome = seize(ph, near, far, i, now, t + hold)
    if outcome >= UNANSWERED:
        if ph.settled:
            checked(g, hold)
        else:
            later(cal, g, hold, HANG_UP, near, far)
        if u < ph.answer:
            outcome = ANSWERED
        ph.traffic[i, operator, 1] += 1
    write(log, t, LOG_ATTEMPT, p, nth, outcome, callee)
    if outcome == ANSWERED:
        hears_from(g, log, ph, p, callee, 0)
        hears_from(g, log, ph, callee, p, 0)
        tell(g, cal, ph, callee, 2)
    else:
        _fail(g, key, cal, log, ph, p, nth)


@njit
def _fail(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, nth: int) -> None:
    """Redial, or give up and perhaps write."""
    n = nth % MAX_ATTEMPTS
    slot = nth // MAX_ATTEMPTS
    u, v = uniform2(key.call, p, nth, 1)
    if n < MAX_ATTEMPTS - 1 and u < ph.persistence:
        later(cal, g, delay(g.laws, g.knots, ph.redial, v), ATTEMPT, p, nth + 1)
        return
    write(log, g.now[0], LOG_GAVE_UP, p, nth, 0, 0)
    if slot >= OTHER:
        return
    u, v = uniform2(key.call, p, nth, 2)
    if u < ph.message_after:
        message(g, key, cal, log, ph, p, nth)
    if ph.post_driver >= 0 and v < ph.post_after and account_of(ph, p) >= 0:
        wait = data_wait(g, ph, cell_of(ph, p)) if ph.data_share > 0.0 else 0.0
        later(cal, g, wait, SPONTANEOUS, account_of(ph, p), nth_of(ph.post_driver, slot))
