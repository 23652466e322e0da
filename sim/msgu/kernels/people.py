"""People who are out: going home, being told to stay, being stranded, waiting at a cordon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels import danger
from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import later, row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.standing import move_in
from msgu.kernels.state import (
    ARRIVE,
    ASK,
    FLAG_SERVICE,
    HELD,
    HOME,
    LEAVE,
    LETS_LEAVERS,
    LETS_RESIDENTS,
    LOG_STATE,
    OUT,
    OUTSIDE,
    PATIENCE,
    READ,
    RIDING,
    SEEKING,
    SHELTERED,
    STRANDED,
    TAXI,
    WALKING,
    WALKING_FAR,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import B
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared


@njit
def become(g: Shared, key: Keys, log: Log, pe: People, q: int, new: int) -> None:
    """Person `q` changes state."""
    if pe.since.size > 0:
        danger.count(key, pe, q, g.now[0], g.bin_width)
    old = pe.state[q]
    pe.state[q] = new
    i = row_of(g.now[0], g.bin_width, pe.change.shape[0])
    pe.change[i, pe.at[q], old] -= 1
    pe.change[i, pe.at[q], new] += 1
    pe.entered[i, pe.at[q], new] += 1
    write(log, g.now[0], LOG_STATE, q, old, new, pe.at[q])
    if pe.heard.size > 0:
        more = int(new == STRANDED or new == SEEKING) - int(old == STRANDED or old == SEEKING)
        pe.waiting[pe.at[q], 0] += more
        if pe.heard[q] >= 0.0:
            pe.waiting[pe.at[q], 1] += more


@njit
def kept_in(pe: People, q: int) -> bool:
    """Whether a cordon keeps person `q` from leaving the zone where they are."""
    z = pe.at[q]
    return pe.cordon[z] != 0 and z != pe.home[q] and pe.cordon[z] & LETS_LEAVERS == 0


@njit
def kept_out(pe: People, q: int, zone: int) -> bool:
    """Whether a cordon keeps person `q` from entering a zone."""
    if pe.cordon[zone] == 0 or zone == pe.at[q]:
        return False
    return zone != pe.home[q] or pe.cordon[zone] & LETS_RESIDENTS == 0


@njit
def set_out(g: Shared, key: Keys, cal: Calendar, log: Log, pe: People, q: int, how: int, zone: int, time: float) -> None:
    """Person `q` is on the way to a zone for `time` [s]."""
    pe.bound[q] = zone
    become(g, key, log, pe, q, how)
    if pe.since.size > 0:
        pe.due[q] = g.now[0] + time
    later(cal, g, time, ARRIVE, q, 0)


@njit
def leave(g: Shared, key: Keys, cal: Calendar, log: Log, pe: People, q: int) -> None:
    """Person `q` would leave now; who follows the instruction to stay leaves when it has ended."""
    if pe.state[q] != OUT:
        return
    if pe.indoors[q] > g.now[0]:
        i = pe.told[q] - 1
        v = uniform(key.going_home, q, i, 5)
        later(cal, g, pe.indoors[q] - g.now[0] + delay(g.laws, g.knots, pe.told_law[i], v), LEAVE, q, 0)
        return
    try_home(g, key, cal, log, pe, q)


@njit
def stay_inside(g: Shared, key: Keys, pe: People, q: int, until: float) -> None:
    """Person `q`, who is out, stays inside until a time [s], 0: no longer."""
    if pe.since.size > 0:
        danger.count(key, pe, q, g.now[0], g.bin_width)
    pe.indoors[q] = until


@njit
def instruct(
    g: Shared, key: Keys, cal: Calendar, pe: People, i: int, zones: B, stays: float, leaves: float, until: float
) -> None:
    """Instruction `i` is given: of those still out in its zones some stay until it ends, others go home at once."""
    for q in range(pe.state.size):
        if pe.state[q] != OUT or not zones[pe.at[q]]:
            continue
        u, v = uniform2(key.going_home, q, i, 4)
        if u < stays:
            stay_inside(g, key, pe, q, max(pe.indoors[q], until))
            pe.told[q] = i + 1
        elif u < stays + leaves:
            later(cal, g, delay(g.laws, g.knots, pe.told_law[i], v), LEAVE, q, 0)


@njit
def try_home(g: Shared, key: Keys, cal: Calendar, log: Log, pe: People, q: int) -> None:
    """Person `q` tries to go home: by public transport, on foot, by taxi, or is stranded."""
    z = pe.at[q]
    h = pe.home[q]
    before = pe.state[q]
    if kept_in(pe, q):
        if before != HELD:
            become(g, key, log, pe, q, HELD)
        return
    if not kept_out(pe, q, h):
        ride, walk, road = pe.ride[z, h], pe.walk[z, h], pe.road[z, h]
        k = int(pe.around[q]) - 1
        if k >= 0 and g.now[0] < pe.around_until[k]:
            ride, walk, road = pe.around_ride[k, z, h], pe.around_walk[k, z, h], pe.around_road[k, z, h]
        if g.flag[FLAG_SERVICE] and ride <= pe.accept_ride:
            set_out(g, key, cal, log, pe, q, RIDING, h, ride)
            return
        if walk <= pe.accept_walk:
            set_out(g, key, cal, log, pe, q, WALKING, h, walk)
            return
        if (before == OUT or before == HELD) and road < 1e12:
            if uniform(key.going_home, q, 0, 1) < pe.taxi:
                set_out(g, key, cal, log, pe, q, TAXI, h, road / pe.taxi_speed)
                return
    if before == OUT or before == HELD:
        _strand(g, key, cal, log, pe, q)


@njit
def _strand(g: Shared, key: Keys, cal: Calendar, log: Log, pe: People, q: int) -> None:
    pe.stuck[q] = 1
    u = uniform(key.going_home, q, 0, 2)
    later(cal, g, delay(g.laws, g.knots, pe.patience, u), PATIENCE, q, 0)
    asks = pe.heard.size > 0 and not pe.heard[q] >= 0.0
    if pe.seeker[q] and not asks:
        seek(g, key, cal, log, pe, q)
        return
    become(g, key, log, pe, q, STRANDED)
    if asks:
        ask_later(g, key, cal, pe, q)


@njit
def seek(g: Shared, key: Keys, cal: Calendar, log: Log, pe: People, q: int) -> None:
    """Person `q`, stranded, begins to look for a host."""
    become(g, key, log, pe, q, SEEKING)
    v = uniform2(key.going_home, q, 0, 2)[1]
    later(cal, g, delay(g.laws, g.knots, pe.start_after, v), READ, q, 0)


@njit
def ask_later(g: Shared, key: Keys, cal: Calendar, pe: People, q: int) -> None:
    """Person `q`, who has not heard of any shelter, will ask somebody, at exponential times; each time is a new one."""
    if pe.meets <= 0.0:
        return
    n = pe.asks[q]
    pe.asks[q] = n + 1
    later(cal, g, -pe.meets * ln(uniform(key.hearing, q, n, 1)), ASK, q, n)


@njit
def retry_all(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, pe: People) -> None:
    """The network or a cordon has changed: everyone who waits tries again, in the order of their numbers."""
    for q in range(pe.state.size):
        s = pe.state[q]
        if s == STRANDED or s == SEEKING or s == HELD:
            try_home(g, key, cal, log, pe, q)
        elif s == OUTSIDE:
            arrive(g, key, log, ph, pe, q)


@njit
def arrive(g: Shared, key: Keys, log: Log, ph: Phone, pe: People, q: int) -> None:
    """The way is done; whom a cordon put up meanwhile keeps out waits there until it is lifted."""
    if kept_out(pe, q, pe.bound[q]):
        if pe.state[q] != OUTSIDE:
            become(g, key, log, pe, q, OUTSIDE)
        return
    if pe.to_host[q]:
        pe.door[q] = g.now[0]
        become(g, key, log, pe, q, SHELTERED)
    else:
        become(g, key, log, pe, q, HOME)
    move_in(key, ph, pe, q)


@njit
def lose_patience(g: Shared, key: Keys, cal: Calendar, log: Log, pe: People, q: int, nth: int) -> None:
    """Stranded for too long: walks home however far, unless a cordon is in the way."""
    s = pe.state[q]
    if s != STRANDED and s != SEEKING:
        return
    way = pe.walk[pe.at[q], pe.home[q]]
    if way < 1e9 and not kept_out(pe, q, pe.home[q]):
        set_out(g, key, cal, log, pe, q, WALKING_FAR, pe.home[q], way)
    else:
        u = uniform(key.going_home, q, nth + 1, 3)
        later(cal, g, delay(g.laws, g.knots, pe.patience, u), PATIENCE, q, nth + 1)
