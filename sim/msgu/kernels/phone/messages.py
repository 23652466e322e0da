"""Messages, over the data channel of a cell or by SMS, and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.calendar import push
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.local_time import local_hour
from msgu.kernels.base.log import later, row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.battery import is_flat
from msgu.kernels.phone.numbering import AFRESH, MAX_ATTEMPTS, MESSAGE_SHIFT, OTHER
from msgu.kernels.phone.person import (
    callee_of,
    cell_in,
    cell_of,
    first_tie,
    is_aware,
    operator_of,
    tell,
    tell_later,
    ties_of,
)
from msgu.kernels.phone.sms import settle_messages
from msgu.kernels.phone.worries import clear, hears_from, later_events
from msgu.kernels.state import ATTEMPT, LOG_ANSWERED, LOG_DATA, LOG_MESSAGE, MESSAGE_ANSWERED, MESSAGE_SERVED, TELLS

if TYPE_CHECKING:
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared


@njit
def _data_done(g: Shared, ph: Phone, cell: int) -> float:
    """When the data server of a cell would have served one more message: first come, first served, never lost."""
    hour = local_hour(g, g.now[0])
    return max(g.now[0], ph.data_free[cell]) + ph.data_time[hour]


@njit
def data_wait(g: Shared, ph: Phone, cell: int) -> float:
    """Send a post over the data channel of a cell; returns how long it takes [s]."""
    done = _data_done(g, ph, cell)
    ph.data_free[cell] = done
    return done - g.now[0]


@njit
def data_lag(g: Shared, ph: Phone, zone: int, u: float) -> float:
    """How long a page takes over the data channel of a zone [s], at its cell `u`; it waits there, and adds nothing to it."""
    cell = cell_in(ph, zone, u)
    return _data_done(g, ph, cell) - g.now[0] if ph.data_share > 0.0 and cell >= 0 else 0.0


@njit
def message(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, nth: int) -> None:
    """Write a message at attempt `nth`: over the cell's data channel where that is quick enough, else as an SMS.

    It may be delayed and is never lost.
    """
    cell = cell_of(ph, p)
    if cell < 0 or is_flat(g, key, ph, p):
        return
    t = g.now[0]
    o = operator_of(ph, p)
    number = (nth // MAX_ATTEMPTS) | (nth % MAX_ATTEMPTS) << MESSAGE_SHIFT
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
    if ph.quiet:
        settle_messages(ph, o, t)
    start = max(t, ph.sms_free[o])
    done = start + ph.sms_time[o]
    ph.sms_free[o] = done
    write(log, t, LOG_MESSAGE, p, number, o, fallen)
    _sent(g, key, cal, ph, p, nth, number, done)


@njit
def _sent(g: Shared, key: Keys, cal: Calendar, ph: Phone, p: int, nth: int, number: int, done: float) -> None:
    """A message is on its way: a worried person may try again where no answer comes; another message may be news."""
    n = nth % MAX_ATTEMPTS
    slot = nth // MAX_ATTEMPTS
    if slot >= OTHER:
        if ph.talk_news > 0.0 and uniform(key.news, p, slot, 0) < ph.talk_news:
            other = callee_of(key, ph, p, slot)
            if not is_aware(ph, other) or ties_of(ph, other) > 0 or ph.news_at.size > 0:  # nobody else would learn anything
                push(cal, done, MESSAGE_SERVED, p, number)
        return
    push(cal, done, MESSAGE_SERVED, p, number)
    u, v = uniform2(key.follow_up, p, nth, 0)
    if n < MAX_ATTEMPTS - 1 and u < ph.persistence:
        later(cal, g, delay(g.laws, g.knots, ph.follow_up, v), ATTEMPT, p, AFRESH | (nth + 1))


@njit
def message_served(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, number: int) -> None:
    """A message arrives: whoever reads it learns and knows the writer to be safe; to a worried one they may answer."""
    slot = number & ((1 << MESSAGE_SHIFT) - 1)
    other = callee_of(key, ph, p, slot)
    if is_flat(g, key, ph, other):
        return
    hears_from(g, key, cal, log, ph, other, p, 1)
    tell(g, cal, ph, other, 2)
    tell_later(g, cal, ph, p, other)
    if slot >= OTHER:
        return
    if ph.state[first_tie(ph, p) + slot] & TELLS:  # it has been told: no answer is waited for
        clear(g, key, cal, log, ph, p, slot, 1, later_events(g, ph))
        return
    u, v = uniform2(key.message, p, number, 0)
    if u < ph.message_answered:
        later(cal, g, delay(g.laws, g.knots, ph.message_reply, v), MESSAGE_ANSWERED, p, number)


@njit
def message_answered(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, number: int) -> None:
    """The answer of a message clears the worry."""
    if is_flat(g, key, ph, p):
        return
    write(log, g.now[0], LOG_ANSWERED, p, number, 0, 0)
    other = ph.callee[first_tie(ph, p) + (number & ((1 << MESSAGE_SHIFT) - 1))]
    hears_from(g, key, cal, log, ph, p, other, 1)
    tell_later(g, cal, ph, other, p)
