"""Who has heard that shelter is offered: accounts by posts, people out with their resident, by a broadcast or from another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.bitmap import bit, take_bit
from msgu.kernels.base.calendar import push
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay, rise_decay
from msgu.kernels.base.log import later, row_of, write
from msgu.kernels.bridge import clones_of
from msgu.kernels.jit.compile import inlined, njit
from msgu.kernels.people import ask_later, seek
from msgu.kernels.state import (
    BY_NETWORK,
    BY_OTHER,
    HOST_OFFERS,
    LOG_HEARD,
    LOG_TOLD,
    NEWS_OF_SHELTER,
    STRANDED,
    TOLD,
    ZONE,
)

if TYPE_CHECKING:
    import numpy as np

    from msgu.kernels.arrays.declare import F64, I16, I64
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade

ACCOUNTS, HOSTS = range(2)
"""Columns of `People.heard_by_accounts`."""


@inlined
def tells(c: Cascade, j: int) -> bool:
    """Whether post `j` says that shelter is offered: it is on that topic, or its original mentions it."""
    topic = int(c.post_topic[j])
    return c.may_tell[topic] and (topic == c.shelter_topic or c.mentions[int(c.post_root[j])] != 0)


@njit
def note(g: Shared, cal: Calendar, c: Cascade, f: int) -> None:
    """Account `f` has seen or written a post that tells: an event of its own, so that it adds one event at most."""
    if take_bit(c.unheard, f):
        push(cal, g.now[0], NEWS_OF_SHELTER, f, BY_NETWORK)


@njit
def hear(g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, pe: People, f: int, how: int) -> None:
    """Account `f` hears for the first time: it may offer, and the clones of its person hear with it."""
    if how != BY_NETWORK and not take_bit(c.unheard, f):
        return
    t = g.now[0]
    row, zone = row_of(t, g.bin_width, pe.heard_by_accounts.shape[0]), int(c.reader[f, ZONE])
    write(log, t, LOG_HEARD, f, how, 0, 0)
    if bit(pe.may_host, f):  # only these are counted: how many others have clones depends on the scale
        pe.heard_by_accounts[row, zone, ACCOUNTS] += 1
        u, v = uniform2(key.hearing, f, 0, 0)
        if u < pe.offers:
            pe.heard_by_accounts[row, zone, HOSTS] += 1
            later(cal, g, delay(g.laws, g.knots, pe.offer_after, v), HOST_OFFERS, f, 0)
    if how == BY_NETWORK:  # a broadcast tells each person out by itself
        first, end = clones_of(pe, int(c.person[f]))
        for i in range(first, end):
            push(cal, t, TOLD, pe.clone[i], how)


@njit
def told(g: Shared, key: Keys, cal: Calendar, log: Log, pe: People, q: int, how: int) -> None:
    """Person `q` hears; one who is stranded, and would look for a host, begins now."""
    if pe.heard[q] >= 0.0:
        return
    t = g.now[0]
    pe.heard[q] = t
    pe.heard_how[q] = how
    state = pe.state[q]
    write(log, t, LOG_TOLD, q, how, state, pe.at[q])
    if state == STRANDED:
        pe.waiting[pe.at[q], 1] += 1
        if pe.seeker[q]:
            seek(g, key, cal, log, pe, q)


@njit
def ask(g: Shared, key: Keys, cal: Calendar, log: Log, pe: People, q: int, nth: int) -> None:
    """Person `q`, stranded, asks somebody stranded in the same zone, who tells if they have heard."""
    if pe.state[q] != STRANDED or pe.heard[q] >= 0.0:
        return
    others = float(pe.waiting[pe.at[q], 0] - 1)
    u, v = uniform2(key.hearing, q, nth, 2)
    if u * others < float(pe.waiting[pe.at[q], 1]) and v < pe.tells:
        told(g, key, cal, log, pe, q, BY_OTHER)
    else:
        ask_later(g, key, cal, pe, q)


@njit
def mentioned(
    key: np.uint64, sub: int, zone: I16, share: F64, when: tuple[float, float, float], times: F64, who: I64
) -> int:
    """Whom a broadcast tells that shelter is offered, and when: fill `times` and `who`, return how many.

    `share` : shape (zones,). Chance of somebody in a zone. `when` : time, rise, decay [s]. With too little room the count
    alone is right.
    """
    at, rise, decay = when
    count = 0
    for i in range(zone.size):
        if uniform(key, i, 1, sub) >= share[zone[i]]:
            continue
        if count < times.size:
            u, v = uniform2(key, i, 1, sub + 1)
            times[count] = at + rise_decay(rise, decay, u, v)
            who[count] = i
        count += 1
    return count
