"""Call centres: operators, a waiting line, patience, redial; see docs/model/desks.md.

Events of a desk come before all other compiled events of the same time, in the order in which they were scheduled: each
has the next number, which stands where others have `who`. An operator who becomes free is offered to the line by an event
of its own, and whoever is first in line has its turn in one more; both happen at once. A caller whose patience ends
between the two is served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.calendar import push
from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.draw import uniform
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import later, row_of, write
from msgu.kernels.desk_channels import BARRED as CALL_BARRED
from msgu.kernels.desk_channels import BLOCKED as CALL_BLOCKED
from msgu.kernels.desk_channels import OTHERS, OUTS, SEARCHERS, ask, brought_up, caller_cell, hang_up, hold
from msgu.kernels.desk_line import NEXT_EVENT, TAKEN_PLACES, join, leave, release, take_place
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.person import first_tie, ties_of
from msgu.kernels.phone.worries import clear, later_events
from msgu.kernels.state import (
    CALL_ENDED,
    DESK_CALL,
    DESK_EVENT,
    FLAG_LISTEN,
    FLAG_NTH,
    FLAG_WHO,
    LOG_DESK,
    TELLS,
    WITNESS_CALL,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import I64
    from msgu.kernels.arrays.desks import Desks
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared

RECEIVED, BUSY, ANSWERED, ABANDONED, DONE, KEPT_OUT, WITHOUT = range(7)
"""What a caller meets, as in the event log, where RECEIVED is one who waits; the first four are columns of `Desks.calls`.

KEPT_OUT is barred and WITHOUT blocked in the caller's cell: such a call does not reach the desk."""
WAITING, SERVING = range(2)
"""Columns of `Desks.change`."""

MOST_TRIES = 255
HANDLING, PATIENCE, REDIAL, REDIAL_AFTER, INFORMS, GAP = 1, 2, 3, 4, 5, 7
"""What is drawn of a call; a gap, of another caller who has not called yet."""
REASSURES = 3
"""Column of `Phone.cleared` of a desk."""

_OTHER, _AGAIN, _OFFER, _TURN, _LIMIT, _END = range(6)
"""What happens: another caller comes, one redials; an operator is offered to the line; a turn, a patience, a call ends."""
_WHAT = 8


@njit
def places_left(d: Desks) -> int:
    """Places that are free without growth."""
    return d.who.size - d.size[TAKEN_PLACES]


@njit
def start(g: Shared, cal: Calendar, ph: Phone, d: Desks) -> None:
    """Schedule the first other caller of each rate."""
    for r in range(d.rate.size):
        _next_other(g, cal, ph, d, r)


@njit
def staff(g: Shared, cal: Calendar, d: Desks, desk: int, operators: int) -> None:
    """So many operators are on duty from now on; those too many go home, who speaks once the call is over.

    The caller has made sure that as many more events fit.
    """
    if _is_over(g, d, desk):
        return
    d.on_duty[desk] = operators
    while d.present[desk] < operators:
        d.present[desk] += 1
        _offer(g, cal, d, desk)
    while d.present[desk] > operators and d.free[desk] > 0:
        d.present[desk] -= 1
        if d.first[desk] < 0:
            d.free[desk] -= 1
        else:  # an earlier shift of this very time brought them: callers who wait come first
            _leave_after_line(d, desk)
            _give(g, cal, d, desk)


@njit
def happen(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, pe: People, d: Desks, number: int, nth: int) -> None:
    """One event of a desk, of the given number."""
    what = nth % _WHAT
    i = nth // _WHAT
    if what == _OTHER:
        _other_calls(g, key, cal, log, ph, pe, d, i)
    elif what == _OFFER:
        if d.first[i] >= 0 and d.free[i] > 0:
            _give(g, cal, d, i)
    elif what == _LIMIT:
        if d.limit[i] == number:
            _lose_patience(g, cal, log, ph, d, i)
    elif what == _AGAIN:
        who = d.who[i]
        again = d.nth[i] + 1
        cell = caller_cell(key, ph, pe, d, who, again)
        if brought_up(g, key, ph, cell, True):
            release(d, i)
            _ring(g, cal, log, ph, d, who, again, cell)
    elif what == _TURN:
        if _is_over(g, d, d.nth[i] >> 32):
            hang_up(g, log, ph, d, i)
        else:
            _wait(g, d, d.nth[i] >> 32, -1)
            _answer(g, cal, log, ph, d, i)
    else:
        _done(g, key, cal, log, ph, d, i)


@njit
def ring(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, pe: People, d: Desks, who: int, nth: int) -> None:
    """A person of the model, or one who is out, calls: over the cell of the caller, where the desk asks for that."""
    cell = caller_cell(key, ph, pe, d, who, nth)
    if brought_up(g, key, ph, cell, False):
        _ring(g, cal, log, ph, d, who, nth, cell)


@njit
def _ring(g: Shared, cal: Calendar, log: Log, ph: Phone, d: Desks, who: int, nth: int, cell: int) -> None:
    """A call passes over a cell (-1: none) and comes in: a free operator answers, or it waits, or the line is busy."""
    desk = nth >> 32
    if _is_over(g, d, desk):
        return
    met, takes = ask(g, ph, d, cell, who, nth)
    if met == CALL_BARRED or met == CALL_BLOCKED:
        _try_again(g, cal, log, ph, d, who, nth, KEPT_OUT if met == CALL_BARRED else WITHOUT)
        return
    _count(g, d.calls, desk, RECEIVED, 1)
    lines = d.lines[desk]
    if d.free[desk] == 0 and lines >= 0 and d.waiting[desk] >= lines:
        _end_in_vain(g, cal, log, ph, d, who, nth, BUSY)
        return
    i = take_place(d, who, nth)
    if takes:
        hold(g, ph, d, i, cell)
    if d.free[desk] > 0 and d.first[desk] < 0:
        d.free[desk] -= 1
        _answer(g, cal, log, ph, d, i)
        return
    join(d, desk, i)
    if d.free[desk] > 0:
        _give(g, cal, d, desk)
    write(log, g.now[0], LOG_DESK, who, nth, RECEIVED, desk)
    _wait(g, d, desk, 1)
    if d.patience[desk] >= 0:
        d.limit[i] = d.size[NEXT_EVENT]
        _later(g, cal, d, _delay(g, ph, d.patience[desk], who, nth, PATIENCE), _LIMIT, i)


@njit
def _is_over(g: Shared, d: Desks, desk: int) -> bool:
    """Whether the desk is followed no longer."""
    return g.now[0] >= d.end[desk]


@njit
def _uniform(ph: Phone, who: int, nth: int, what: int) -> float:
    """Uniform of one decision about one attempt."""
    return uniform(ph.desk_key[nth >> 32], who, (nth >> 8) & 0xFFFFFF, (nth & 0xFF) * 8 + what)


@njit
def _delay(g: Shared, ph: Phone, law: int, who: int, nth: int, what: int) -> float:
    """Delay of one attempt [s]."""
    return delay(g.laws, g.knots, law, _uniform(ph, who, nth, what))


@njit
def _count(g: Shared, series: I64, desk: int, column: int, amount: int) -> None:
    """Add to a series, now."""
    series[row_of(g.now[0], g.bin_width, series.shape[0]), desk, column] += amount


@njit
def _wait(g: Shared, d: Desks, desk: int, change: int) -> None:
    """One more or one fewer waits."""
    d.waiting[desk] += change
    _count(g, d.change, desk, WAITING, change)


# ---- events ----


@njit
def _number(d: Desks) -> int:
    """Number of an event that is scheduled now."""
    number = d.size[NEXT_EVENT]
    d.size[NEXT_EVENT] = number + 1
    return number


@njit
def _later(g: Shared, cal: Calendar, d: Desks, wait: float, what: int, i: int) -> None:
    """Schedule an event of a place or a desk after `wait` [s]."""
    later(cal, g, wait, DESK_EVENT, _number(d), i * _WHAT + what)


@njit
def _next_other(g: Shared, cal: Calendar, ph: Phone, d: Desks, r: int) -> None:
    """Schedule the next other caller of rate `r`: the n-th gap is keyed by the desk, the rate and n."""
    who = OTHERS | (d.rate_row[r] << 32) | d.rate_number[r]
    t = d.rate_time[r] - ln(uniform(ph.desk_key[d.rate_desk[r]], who, 0, GAP)) / d.rate[r]
    if t < d.rate_until[r]:
        d.rate_time[r] = t
        push(cal, max(t, g.now[0]), DESK_EVENT, _number(d), r * _WHAT + _OTHER)


@njit
def _other_calls(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, pe: People, d: Desks, r: int) -> None:
    """Another caller of rate `r` calls."""
    desk = d.rate_desk[r]
    if _is_over(g, d, desk):
        return
    who = OTHERS | (d.rate_row[r] << 32) | d.rate_number[r]
    cell = caller_cell(key, ph, pe, d, who, desk << 32)
    if not brought_up(g, key, ph, cell, True):
        return
    _ring(g, cal, log, ph, d, who, desk << 32, cell)
    d.rate_number[r] += 1
    _next_other(g, cal, ph, d, r)


@njit
def _lose_patience(g: Shared, cal: Calendar, log: Log, ph: Phone, d: Desks, i: int) -> None:
    """Leave the line."""
    who, nth = d.who[i], d.nth[i]
    hang_up(g, log, ph, d, i)
    if _is_over(g, d, nth >> 32):
        return
    leave(d, nth >> 32, i)
    release(d, i)
    _wait(g, d, nth >> 32, -1)
    _end_in_vain(g, cal, log, ph, d, who, nth, ABANDONED)


@njit
def _end_in_vain(g: Shared, cal: Calendar, log: Log, ph: Phone, d: Desks, who: int, nth: int, how: int) -> None:
    """A busy tone or the end of patience: redial later, or give up."""
    _count(g, d.calls, nth >> 32, how, 1)
    _try_again(g, cal, log, ph, d, who, nth, how)


@njit
def _try_again(g: Shared, cal: Calendar, log: Log, ph: Phone, d: Desks, who: int, nth: int, how: int) -> None:
    """A call fails: redial later, or give up."""
    desk = nth >> 32
    write(log, g.now[0], LOG_DESK, who, nth, how, desk)
    if nth & 0xFF >= MOST_TRIES or _uniform(ph, who, nth, REDIAL) >= d.persistence[desk]:
        _tell_search(g, who, 0)
        return
    wait = _delay(g, ph, d.redial[desk], who, nth, REDIAL_AFTER)
    if who < OTHERS:
        later(cal, g, wait, DESK_CALL, who, nth + 1)
    elif OUTS <= who < SEARCHERS:
        later(cal, g, wait, WITNESS_CALL, who - OUTS, nth + 1)
    else:
        _later(g, cal, d, wait, _AGAIN, take_place(d, who, nth))


@njit
def _answer(g: Shared, cal: Calendar, log: Log, ph: Phone, d: Desks, i: int) -> None:
    """An operator handles the call of a place."""
    who, nth = d.who[i], d.nth[i]
    desk = nth >> 32
    _count(g, d.calls, desk, ANSWERED, 1)
    _count(g, d.change, desk, SERVING, 1)
    write(log, g.now[0], LOG_DESK, who, nth, ANSWERED, desk)
    _later(g, cal, d, _delay(g, ph, d.handling[desk], who, nth, HANDLING), _END, i)


@njit
def _done(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, d: Desks, i: int) -> None:
    """The call ends, and may have reassured the caller; the operator takes the next one, or goes home."""
    who, nth = d.who[i], d.nth[i]
    desk = nth >> 32
    hang_up(g, log, ph, d, i)
    if _is_over(g, d, desk):
        return
    release(d, i)
    _count(g, d.change, desk, SERVING, -1)
    write(log, g.now[0], LOG_DESK, who, nth, DONE, desk)
    if d.present[desk] > d.on_duty[desk]:
        d.present[desk] -= 1
    else:
        _offer(g, cal, d, desk)
    clone = (nth >> 8) & 0xFFFFFF
    if who < OTHERS and clone == 0 and _uniform(ph, who, nth, INFORMS) < d.informs[desk]:
        first = first_tie(ph, who)
        for slot in range(ties_of(ph, who)):
            if not ph.state[first + slot] & TELLS:
                clear(g, key, cal, log, ph, who, slot, REASSURES, later_events(g, ph))
    _tell_search(g, who, 1)


@njit
def _tell_search(g: Shared, who: int, answered: int) -> None:
    """A call is over, answered or given up: a family that looks for somebody hears of it."""
    if who >= SEARCHERS:
        g.flag[FLAG_LISTEN] = CALL_ENDED
        g.flag[FLAG_WHO] = who - SEARCHERS
        g.flag[FLAG_NTH] = answered


# ---- the line ----


@njit
def _offer(g: Shared, cal: Calendar, d: Desks, desk: int) -> None:
    """An operator becomes free, and is offered to the line."""
    d.free[desk] += 1
    _later(g, cal, d, 0.0, _OFFER, desk)


@njit
def _give(g: Shared, cal: Calendar, d: Desks, desk: int) -> None:
    """A free operator is given to the first in line, whose turn comes now, or goes home with those in line."""
    i = d.first[desk]
    d.free[desk] -= 1
    if d.who[i] >= 0:
        leave(d, desk, i)
        d.limit[i] = -1
        _later(g, cal, d, 0.0, _TURN, i)
        return
    d.nth[i] -= 1
    if d.nth[i] == 0:
        leave(d, desk, i)
        release(d, i)


@njit
def _leave_after_line(d: Desks, desk: int) -> None:
    """One operator more goes home after those who are in line now."""
    i = d.last[desk]
    if d.who[i] >= 0:
        i = take_place(d, -1, 0)
        join(d, desk, i)
    d.nth[i] += 1
