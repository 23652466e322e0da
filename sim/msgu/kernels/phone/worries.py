"""Worries: how they begin, how they end, and what whoever knows of somebody's safety does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.local_time import delay_from
from msgu.kernels.base.log import later, row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.person import first_tie, is_aware, state_of, ties_of, zone_of
from msgu.kernels.state import DONE, LATER_SHIFT, LOG_CLEARED, MARK, TELLS

if TYPE_CHECKING:
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared

OWN, POST, POSTED, OF_WORD, FRIEND, PROMPTED = range(6)
"""What `nth` of MARK says in its lowest bits: a mark, a post, one that has been sent, word of another, a friend's mark, one
that was asked for."""
BY_SHIFT = 3
"""Above these bits the tie of who knows or asks."""


@njit
def worry(g: Shared, ph: Phone, n: int) -> None:
    """So many worries begin now, or end where `n` is negative."""
    i = row_of(g.now[0], g.bin_width, ph.worry_change.size)
    ph.worry_change[i] += n
    ph.worry_time[i] += n * ((i + 1) * g.bin_width - g.now[0])


@njit
def later_events(g: Shared, ph: Phone) -> int:
    """How many later events have happened by now."""
    k = 0
    while k < ph.news_at.size and ph.news_at[k] <= g.now[0]:
        k += 1
    return k


@njit
def hears_from(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, q: int, how: int) -> None:
    """Person `p` hears from `q`, about whom it worries no more."""
    ties = ties_of(ph, p)
    first = first_tie(ph, p) if ties > 0 else 0
    for slot in range(ties):
        if ph.callee[first + slot] == q:
            clear(g, key, cal, log, ph, p, slot, how, later_events(g, ph))


@njit
def clear(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, slot: int, how: int, known: int) -> None:
    """The other end of tie `slot` of person `p` is known to be safe after `known` later events.

    how : 0 call, 1 message, 2 mark, 3 desk, 4 post, 5 word of another.
    """
    e = first_tie(ph, p) + slot
    state = state_of(ph, e)
    if state & DONE:
        if state >> LATER_SHIFT < known and ph.callee[e] >= 0:
            ph.state[e] = (state & ((1 << LATER_SHIFT) - 1)) | known << LATER_SHIFT
        return
    if state >> LATER_SHIFT > known:
        return
    ph.state[e] = DONE | (state & TELLS) | known << LATER_SHIFT
    write(log, g.now[0], LOG_CLEARED, p, slot, how, int(state & TELLS != 0))
    if state & TELLS:
        return
    ph.open[p] -= 1
    if is_aware(ph, p):
        ph.cleared[row_of(g.now[0], g.bin_width, ph.cleared.shape[0]), how] += 1
        worry(g, ph, -1)
    if ph.passed_on > 0.0:
        wait = delay(g.laws, g.knots, ph.passed_law, uniform(key.word, p, 2 * slot + 1, 0))
        later(cal, g, wait, MARK, ph.callee[e], OF_WORD | e << BY_SHIFT)
    if ph.friends > 0.0:
        _mark_friend(g, key, cal, ph, p, slot, e)


@njit
def is_asked(key: Keys, ph: Phone, q: int) -> bool:
    """Whether Safety Check asks person `q`."""
    return uniform(key.safety_check, q, 0, 0) < ph.asked[zone_of(ph, q)]


@njit
def _mark_friend(g: Shared, key: Keys, cal: Calendar, ph: Phone, p: int, slot: int, e: int) -> None:
    """A contact who knows somebody to be safe may mark them, once there is Safety Check."""
    q = ph.callee[e]
    u, v = uniform2(key.friends, p, slot, 0)
    if u < ph.friends and uniform(key.safety_check, p, slot, 2) < ph.contact and is_asked(key, ph, q):
        start = max(g.now[0], ph.check_at)
        wait = delay_from(g, ph.awake, ph.there[zone_of(ph, p)], start, ph.friends_law, v)
        later(cal, g, start - g.now[0] + wait, MARK, q, FRIEND | e << BY_SHIFT)
