"""Calls of people: worry calls with their redials, and the other calls of who has learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.batch import fill_each, fill_each_pair, take_delays
from msgu.kernels.base.calendar import ASIDE, BLOCK, COME, KIND_SHIFT, NTH, WHAT, WHO, drawn_place
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import checked, later, row_of, write
from msgu.kernels.base.packing import nth_of
from msgu.kernels.jit.compile import njit, prefetch
from msgu.kernels.phone.barring import is_barred
from msgu.kernels.phone.battery import is_flat
from msgu.kernels.phone.cells import settle
from msgu.kernels.phone.channels import count_leg, fetch_cell, seize
from msgu.kernels.phone.messages import data_wait, message
from msgu.kernels.phone.numbering import AFRESH, LATER_ATTEMPTS, MAX_ATTEMPTS, OTHER
from msgu.kernels.phone.person import account_of, callee_of, cell_of, first_tie, operator_of, state_of, tell, tell_later
from msgu.kernels.phone.talk import ANSWER, CALL, HOLD, ROOM, note_told, talk_next
from msgu.kernels.phone.worries import hears_from
from msgu.kernels.state import (
    ANSWERED,
    ATTEMPT,
    BARRED,
    CELL_ZONE,
    DONE,
    FLAG_FULL,
    FULL_REDIALS,
    HANG_UP,
    LATER_SHIFT,
    LOG_ATTEMPT,
    LOG_GAVE_UP,
    OFFERED,
    SPONTANEOUS,
    TALK,
    TELLS,
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
    k = drawn_place(cal)
    u = ph.soon_call[CALL, k] if k >= 0 else uniform(key.talk, p, i, 1)
    if u * (ph.talk_calls + ph.talk_messages) < ph.talk_calls:
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
        tried = _tried(ph, p, slot)
        if tried < 0 or nth % MAX_ATTEMPTS < tried * LATER_ATTEMPTS:
            return  # over, or tried again since a later event
        if _writes(key, ph, p, slot, nth, afresh, tried):
            message(g, key, cal, log, ph, p, nth)
            return
    if ph.texts.size > 0 and writes_instead(g, ph, p):
        message(g, key, cal, log, ph, p, nth)
        return
    if cell_of(ph, p) >= 0:
        k = drawn_place(cal)
        callee = ph.soon_callee[k] if k >= 0 else -1
        _call(g, key, cal, log, ph, p, nth, k, callee if callee >= 0 else callee_of(key, ph, p, slot))


@njit
def writes_instead(g: Shared, ph: Phone, p: int) -> bool:
    """Whether person `p`, asked to write instead of calling, does so now."""
    m = int(ph.texts[p])
    return m > 0 and g.now[0] < ph.text_until[m - 1]


@njit
def _tried(ph: Phone, p: int, slot: int) -> int:
    """Last later event that made person `p` try tie `slot`, 0 for none; -1 where nothing is to be tried."""
    state = state_of(ph, first_tie(ph, p) + slot)
    return -1 if state & DONE else state >> LATER_SHIFT


@njit
def _writes(key: Keys, ph: Phone, p: int, slot: int, nth: int, afresh: bool, tried: int) -> bool:
    """Whether an attempt is a message: each that begins a chain of tries may be one, and one afresh."""
    n = nth % MAX_ATTEMPTS
    if afresh:
        return uniform(key.follow_up, p, nth, 1) >= ph.voice_share
    if n == 0:
        return uniform(key.worry, p, slot, 1) >= ph.voice_share
    if tried > 0 and (n == LATER_ATTEMPTS or n == 3 * LATER_ATTEMPTS):
        _, u = uniform2(key.later_news, p, slot, (n // LATER_ATTEMPTS + 1) // 2)
        return u >= ph.voice_share
    return False


@njit
def _call(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, nth: int, drawn: int, callee: int) -> None:
    """Person `p` calls; where a cell cannot be settled for want of room nothing happens, and FLAG_FULL says so.

    drawn : place of what has been drawn of the call, NOTHING where nothing has.
    """
    if is_flat(g, key, ph, p):
        return
    t = g.now[0]
    near = cell_of(ph, p)
    off = is_flat(g, key, ph, callee)  # an announcement says so, which takes no channel at the other end
    far = cell_of(ph, callee) if ph.both_ends and not off else -1
    now = min(t, ph.final)
    if ph.settled and not (settle(g, key, ph, near, now) and (far < 0 or settle(g, key, ph, far, now))):
        g.flag[FLAG_FULL] = FULL_REDIALS
        return
    i = row_of(t, g.bin_width, ph.calls.shape[0])
    operator = operator_of(ph, p)
    ph.traffic[i, operator, 0] += 1
    if is_barred(key, ph, p, near, nth):
        ph.barred[i, ph.cells[near, CELL_ZONE]] += 1
        write(log, t, LOG_ATTEMPT, p, nth, BARRED, callee)
        _fail(g, key, cal, log, ph, p, nth)
        return
    count_leg(ph, near, i, OFFERED)
    if drawn >= 0:
        u, hold = ph.soon_call[ANSWER, drawn], ph.soon_call[HOLD, drawn]
    else:
        u, v = uniform2(key.call, p, nth, 0)
        hold = delay(g.laws, g.knots, ph.holding, v)
    answered = u < ph.answer and not off
    if not answered:
        hold = ph.ring
    outcome = _seize(g, cal, ph, near, far, i, now, hold)
    if outcome >= UNANSWERED:
        ph.traffic[i, operator, 1] += 1
        if answered:
            outcome = ANSWERED
    write(log, t, LOG_ATTEMPT, p, nth, outcome, callee)
    if outcome == ANSWERED:
        _talks(g, key, cal, log, ph, p, callee, drawn)
    else:
        _fail(g, key, cal, log, ph, p, nth)


@njit
def _seize(g: Shared, cal: Calendar, ph: Phone, near: int, far: int, i: int, now: float, hold: float) -> int:
    """Take a channel at both ends for `hold` [s], where there is one, and see that they are given back."""
    outcome = seize(ph, near, far, i, now, g.now[0] + hold)
    if outcome >= UNANSWERED:
        if ph.settled:
            checked(g, hold)
        else:
            later(cal, g, hold, HANG_UP, near, far)
    return outcome


@njit
def _talks(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, callee: int, drawn: int) -> None:
    """Two people talk: each hears from the other, and from the other of the event."""
    hears_from(g, key, cal, log, ph, p, callee, 0)
    hears_from(g, key, cal, log, ph, callee, p, 0)
    if drawn >= 0:
        note_told(ph, callee, drawn)
    tell(g, cal, ph, callee, 2)
    tell_later(g, cal, ph, p, callee)
    tell_later(g, cal, ph, callee, p)


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
    tells = ph.state[first_tie(ph, p) + slot] & TELLS
    u, v = uniform2(key.call, p, nth, 2)
    if u < ph.message_after:
        message(g, key, cal, log, ph, p, nth)
    if ph.post_driver >= 0 and v < ph.post_after and tells == 0 and account_of(ph, p) >= 0:
        wait = data_wait(g, ph, cell_of(ph, p)) if ph.data_share > 0.0 else 0.0
        later(cal, g, wait, SPONTANEOUS, account_of(ph, p), nth_of(ph.post_driver, slot))


# ---- drawn ahead ----


@njit
def draw_calls(g: Shared, key: Keys, cal: Calendar, ph: Phone, first: int) -> None:
    """Draw what the calls tried in a block of the part that has come will ask for, from event `first` on.

    Whoever is called is asked for at once, so that the memory has come when the call is tried.
    """
    start = first // BLOCK % 2 * BLOCK
    n = _note_calls(cal, ph, first, start)
    ph.soon_calls[start // BLOCK] = n
    if n == 0:
        return
    end = start + BLOCK
    who, slot, nth = ph.soon_caller[start:end], ph.soon_whose[0], ph.soon_whose[1]
    answer, hold = ph.soon_call[ANSWER, start:end], ph.soon_call[HOLD, start:end]
    chosen, room = ph.soon_call[CALL, start:end], ph.soon_call[ROOM, start:end]
    fill_each_pair(key.call, who, nth, n, 0, answer, room)
    take_delays(g.laws, g.knots, ph.holding, room, n, hold)
    fill_each(key.talk, who, slot, n, 2, room)
    people = ph.person.shape[0]
    for i in range(n):
        other = int(room[i] * people) if slot[i] >= OTHER else -1
        ph.soon_callee[start + i] = other
        prefetch(ph.person, 2 * max(other, 0))
        slot[i] = max(slot[i] - OTHER, 0)  # the number of a call among the others, as `talk` has it
    fill_each(key.talk, who, slot, n, 1, chosen)


@njit
def _note_calls(cal: Calendar, ph: Phone, first: int, start: int) -> int:
    """Note who calls in the block, by which slot and for which time, and beside each event at which place; return how many."""
    n = 0
    for i in range(first, min(first + BLOCK, cal.size[COME])):
        what, nth = cal.come[i, WHAT], cal.come[i, NTH]
        kind, p = what >> KIND_SHIFT, what & WHO
        if kind == TALK or kind == ATTEMPT:
            nth = (OTHER + nth) * MAX_ATTEMPTS if kind == TALK else nth & (AFRESH - 1)
            slot = nth // MAX_ATTEMPTS
            ph.soon_caller[start + n], ph.soon_whose[0, n], ph.soon_whose[1, n] = p, slot, nth
            cal.come[i, ASIDE] = start + n
            if slot < OTHER:
                e = first_tie(ph, p) + slot
                prefetch(ph.state, e)
                prefetch(ph.callee, e)
            n += 1
    return n


@njit
def fetch_cells(ph: Phone, first: int) -> None:
    """Ask for the cells at both ends of the calls that are drawn of the block from event `first` on."""
    b = first // BLOCK % 2
    for k in range(b * BLOCK, b * BLOCK + ph.soon_calls[b]):
        fetch_cell(ph, cell_of(ph, ph.soon_caller[k]))
        if ph.both_ends and ph.soon_callee[k] >= 0:
            fetch_cell(ph, cell_of(ph, ph.soon_callee[k]))
