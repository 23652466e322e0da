"""Other calls and messages of who has learnt: a Poisson process of their own, drawn when they learn or shortly before.

Where the event log is kept each waits for the one before it (`talk_next`). Otherwise all are drawn at once (`talk_of`), and
for those who the calendar says will learn soon they are drawn beforehand, of many people together (`draw_talk`), for the
processor works on several at once: with the draws of calls, a tenth less for a night at 1/20.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.batch import fill_each, fill_numbered, fill_pairs, fill_stepped_pairs, take_delays, take_logs
from msgu.kernels.base.calendar import ASIDE, BLOCK, COME, HEAD, KIND_SHIFT, NOTHING, WHAT, WHO, drawn_place, push
from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import checked, later, row_of
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.numbering import OTHER
from msgu.kernels.phone.person import cell_of, is_aware, operator_of
from msgu.kernels.phone.sms import send_quietly
from msgu.kernels.state import ATTEMPT, FLAG_BAD, LEARN, TALK

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Shared

MOST_OTHER = 128
"""A person places at most this many other calls and messages."""
AT_ONCE = 8
"""Calls and messages of a person that are drawn together: most have no more."""
TINY = 1e-300
BELOW_1 = 1.0 - 2.0**-53
"""The largest probability below 1: a quotient may round to 1, where many laws are infinite."""
SHARE, WHEN, CHOSEN, NEWS = range(4)
"""Rows of `Phone.drawn` and `Phone.soon`: what is drawn of the calls and messages of who learns, one after another."""
ANSWER, HOLD, CALL, ROOM = range(4)
"""Rows of `Phone.soon_call`: a uniform for whether a call is answered, how long it holds then, one for call or message."""
TOLD, PLACE = 0, 1
"""Slots of `Phone.soon_told`: whom a call has just told (-1: nobody), and where their talk has been drawn."""


@njit
def talk_of(g: Shared, key: Keys, cal: Calendar, ph: Phone, p: int) -> None:
    """Place all other calls and messages of a person, who learns now: the same as by `talk_next`, one after another."""
    mean = ph.talk_calls + ph.talk_messages
    if mean <= 0.0:
        return
    t, passed, product, first = g.now[0], 0.0, 1.0, 0
    k = drawn_place(cal)
    if k < 0 and ph.soon_told[TOLD] == p:
        k = int(ph.soon_told[PLACE])
    if k >= 0:
        start, n = int(ph.soon_first[k]), int(ph.soon_count[k])
        t = _place(g, key, cal, ph, p, 0, n, ph.soon, start, t, passed)
        if n < AT_ONCE:
            return
        first, passed, product = AT_ONCE, ph.soon[WHEN, start + n - 1], ph.soon_product[k]
    while first < MOST_OTHER and t < cal.ends[TALK] and g.flag[FLAG_BAD] == 0:
        n, product = _draw_talk(g, key, ph, p, first, product, mean)
        t = _place(g, key, cal, ph, p, first, n, ph.drawn, 0, t, passed)
        if n < AT_ONCE:
            return
        passed = ph.drawn[WHEN, n - 1]
        first += AT_ONCE


@njit
def _place(
    g: Shared,
    key: Keys,
    cal: Calendar,
    ph: Phone,
    p: int,
    first: int,
    n: int,
    drawn: F64,
    start: int,
    t: float,
    passed: float,
) -> float:
    """Place `n` calls and messages of a person from number `first` on, drawn from column `start` on; return when the last is.

    A call is an event, and so is a message that may tell of the event; others only take their turn at the operator's server,
    unless they may go by data, whose servers are busy with what else the cell sends.
    """
    mean = ph.talk_calls + ph.talk_messages
    o = operator_of(ph, p)
    for i in range(n):
        at = drawn[WHEN, start + i]
        t += checked(g, max(0.0, at - passed))
        passed = at
        if g.flag[FLAG_BAD] != 0 or t >= cal.ends[TALK]:
            return t
        call = drawn[CHOSEN, start + i] * mean < ph.talk_calls
        if call or drawn[NEWS, start + i] < ph.talk_news or _may_go_by_data(key, ph, p, OTHER + first + i):
            push(cal, t, TALK, p, first + i)
        else:
            ph.traffic[row_of(t, g.bin_width, ph.traffic.shape[0]), o, 2] += 1
            send_quietly(ph, o, t)
    return t


@njit
def _draw_talk(g: Shared, key: Keys, ph: Phone, p: int, first: int, product: float, mean: float) -> tuple[int, float]:
    """Draw the next calls and messages of a person: when, whether a call, whether news; return how many, and the product."""
    share, at, chosen, news = ph.drawn[SHARE], ph.drawn[WHEN], ph.drawn[CHOSEN], ph.drawn[NEWS]
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


# ---- of many people together, before they learn ----


@njit
def draw_talk(g: Shared, key: Keys, cal: Calendar, ph: Phone, first: int) -> None:
    """Draw the first calls and messages of those who may learn in a block of the part that has come, from event `first` on.

    Dials alone move these draws: when one turns they are forgotten (`forget`).
    """
    mean = ph.talk_calls + ph.talk_messages
    ph.soon_told[TOLD] = -1
    people = _note_learners(cal, ph, first) if mean > 0.0 else 0
    if people == 0:
        return
    for pair in range(AT_ONCE // 2):
        _fill_pair(key, ph, people, pair, mean)
    n = _list_talk(ph, people)
    share, at, chosen, news = ph.soon[SHARE], ph.soon[WHEN], ph.soon[CHOSEN], ph.soon[NEWS]
    who, slot = ph.soon_whose[0], ph.soon_whose[1]
    lanes = (n + 3) // 4 * 4
    for i in range(n, lanes):  # anything that costs little
        share[i] = 0.5
    take_delays(g.laws, g.knots, ph.talk_spread, share, lanes, at)
    fill_each(key.talk, who, slot, lanes, 1, chosen)
    if ph.talk_news > 0.0:  # otherwise no draw is below it
        for i in range(lanes):
            slot[i] += OTHER
        fill_each(key.news, who, slot, lanes, 0, news)


@njit
def _note_learners(cal: Calendar, ph: Phone, first: int) -> int:
    """Note who learns in the block, or is told by a call of it, and at which place of `soon_who`; return how many."""
    n = 0
    for i in range(first, min(first + BLOCK, cal.size[COME])):
        what, k = cal.come[i, WHAT], cal.come[i, ASIDE]
        kind = what >> KIND_SHIFT
        p = -1
        if kind == LEARN:
            p = what & WHO
        elif (kind == TALK or kind == ATTEMPT) and k >= 0 and ph.soon_call[ANSWER, k] < ph.answer:
            p = ph.soon_callee[k]  # unless the call is a message, or lost
        if p >= 0 and not is_aware(ph, p) and cell_of(ph, p) >= 0:
            ph.soon_who[n] = p
            if kind == LEARN:
                cal.come[i, ASIDE] = n
            else:
                ph.soon_place[k] = n
            n += 1
        elif kind != LEARN and k >= 0:
            ph.soon_place[k] = NOTHING
    return n


@njit
def note_told(ph: Phone, p: int, drawn: int) -> None:
    """Person `p` is told by the call at a place of `soon_call`, and learns next: keep where its talk has been drawn."""
    ph.soon_told[TOLD] = p if ph.soon_place[drawn] >= 0 else -1
    ph.soon_told[PLACE] = ph.soon_place[drawn]


@njit
def forget(cal: Calendar, ph: Phone) -> None:
    """Forget what has been drawn of events that have not happened: a number has changed on which it may depend."""
    ph.soon_told[TOLD] = -1
    for i in range(cal.size[HEAD], cal.size[COME]):
        cal.come[i, ASIDE] = NOTHING


@njit
def _fill_pair(key: Keys, ph: Phone, people: int, pair: int, mean: float) -> None:
    """Put in two rows of `soon_share` what part of their mean the gaps of each person up to two calls make, 2 beyond."""
    u, v, product = ph.soon_share[2 * pair], ph.soon_share[2 * pair + 1], ph.soon_product
    fill_pairs(key.talk, ph.soon_who, people, pair, 0, u, v)
    for k in range(people):
        u[k] = product[k] * u[k] if pair > 0 else u[k]
        v[k] = u[k] * v[k]
        product[k] = v[k]
    take_logs(u, people)
    take_logs(v, people)
    for k in range(people):
        u[k] = -u[k] / mean if -u[k] < mean else 2.0
        v[k] = -v[k] / mean if -v[k] < mean else 2.0


@njit
def _list_talk(ph: Phone, people: int) -> int:
    """List person, number and share of the calls and messages that are within their mean; return how many."""
    share, who, slot = ph.soon[SHARE], ph.soon_whose[0], ph.soon_whose[1]
    n = 0
    for k in range(people):
        ph.soon_first[k] = n
        i = 0
        while i < AT_ONCE and ph.soon_share[i, k] <= 1.0:
            who[n], slot[n], share[n] = ph.soon_who[k], i, min(ph.soon_share[i, k], BELOW_1)
            n += 1
            i += 1
        ph.soon_count[k] = i
    return n


# ---- one after another, where the event log is kept ----


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
