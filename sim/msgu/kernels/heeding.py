"""What people do who heed a message; see docs/model/warnings.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels import hearing, people
from msgu.kernels.base.calendar import push
from msgu.kernels.base.log import later, row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.person import account_of
from msgu.kernels.social import posts
from msgu.kernels.state import BY_BROADCAST, DATED_POST, DESK_CALL, LOG_ACTED, OFFER, OUT, STRANDED, WITNESS_CALL
from msgu.kernels.state import LEAVE as LEAVE_EVENT
from msgu.kernels.warnings import ACTIONS, AVOID, CALL, DETOUR, HOST, LEAVE, SEEK, STAY, TEXT, zone_at

if TYPE_CHECKING:
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade
    from msgu.kernels.arrays.warnings import Warned

OF_MESSAGE = 18
"""Clones of who calls a desk as a message asks are numbered (message + 1) << OF_MESSAGE | clone, apart from the worried."""


@njit
def act(
    g: Shared,
    key: Keys,
    cal: Calendar,
    log: Log,
    c: Cascade,
    ph: Phone,
    pe: People,
    w: Warned,
    x: int,
    nth: int,
) -> None:
    """Somebody acts as a message asks, or by themselves."""
    m, a, clone = (nth & 0xFFFF) // ACTIONS, nth % ACTIONS, nth >> 16
    q = x - ph.person.shape[0]
    row = row_of(g.now[0], g.bin_width, w.acts.shape[0])
    w.acts[row, zone_at(ph, pe, x), m, int(q >= 0), a] += 1
    write(log, g.now[0], LOG_ACTED, x, m, a, clone)
    if a == CALL:
        call = (w.desk[m] << 32) | ((m + 1) << OF_MESSAGE | clone) << 8
        if q >= 0:
            push(cal, g.now[0], WITNESS_CALL, q, call)
        else:
            push(cal, g.now[0], DESK_CALL, x, call)
    elif q >= 0:
        if g.now[0] < w.people_until:
            _out(g, key, cal, log, pe, w, q, m, a)
    elif a == TEXT:
        ph.texts[x] = m + 1
    elif a == HOST and account_of(ph, x) >= 0:
        account = int(account_of(ph, x))
        posts.publish(g, key, cal, log, c, ph, pe, account, c.shelter_topic, OFFER, -1, DATED_POST)


@njit
def _out(g: Shared, key: Keys, cal: Calendar, log: Log, pe: People, w: Warned, q: int, m: int, a: int) -> None:
    """Somebody who is out acts."""
    if a == STAY:
        _stay(g, key, pe, w, q, m)
    elif a == LEAVE:
        if pe.state[q] == OUT:
            people.stay_inside(g, key, pe, q, 0.0)
            later(cal, g, 0.0, LEAVE_EVENT, q, 0)
    elif a == AVOID or a == DETOUR:
        pe.around[q] = w.round_of[m] + 1
        if a == AVOID and w.asks[m, pe.home[q]] and not w.asks[m, pe.at[q]]:
            _stay(g, key, pe, w, q, m)
    elif a == SEEK and w.able[q]:
        knew = pe.heard.size == 0 or pe.heard[q] >= 0.0
        sought = pe.seeker[q] != 0
        pe.seeker[q] = 1
        if not knew:  # the message says so, and tells of it
            hearing.told(g, key, cal, log, pe, q, BY_BROADCAST)
        elif not sought and pe.state[q] == STRANDED:
            people.seek(g, key, cal, log, pe, q)


@njit
def _stay(g: Shared, key: Keys, pe: People, w: Warned, q: int, m: int) -> None:
    """Stay inside until the guidance ends, of those who have not left."""
    if pe.state[q] == OUT and w.until[m] > g.now[0]:
        people.stay_inside(g, key, pe, q, max(pe.indoors[q], w.until[m]))
        pe.told[q] = w.first_told + m + 1
