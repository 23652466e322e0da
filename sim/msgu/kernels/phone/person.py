"""What is known of a person with a phone, and telling one of the event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.bitmap import rank_of
from msgu.kernels.base.calendar import push
from msgu.kernels.base.draw import uniform
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.numbering import OTHER
from msgu.kernels.state import (
    AWARE,
    LEARN,
    NEWS_SHIFT,
    OPERATOR_SHIFT,
    PERSON_CELL,
    PERSON_REST,
    RANK,
    TIES_SHIFT,
    WORD,
    ZONE_SHIFT,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import I8, I16, I32, I64, U8
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Shared

BLOCK_SHIFT = 4
"""The start of worry edges is kept for each 16 people, of whom two lines of the cache tell the ties: 4 bytes for each take
0.26 GB at scale 1, where 65 million people have 1.8 million ties."""


@njit
def is_aware(ph: Phone, p: int) -> bool:
    """Whether person `p` knows of the event."""
    return ph.person[p, PERSON_REST] & AWARE != 0


@njit
def zone_of(ph: Phone, p: int) -> int:
    """Zone of person `p`."""
    return ph.person[p, PERSON_REST] >> ZONE_SHIFT


@njit
def ties_of(ph: Phone, p: int) -> int:
    """Number of worry edges of person `p`, cleared or not."""
    return (ph.person[p, PERSON_REST] >> TIES_SHIFT) & 255


@njit
def operator_of(ph: Phone, p: int) -> int:
    """Operator of person `p`."""
    return (ph.person[p, PERSON_REST] >> OPERATOR_SHIFT) & 127


@njit
def cell_of(ph: Phone, p: int) -> int:
    """Cell of person `p`, -1 without a phone."""
    return ph.person[p, PERSON_CELL]


@njit
def one_of(start: I64, group: int, u: float) -> int:
    """Cell `u` of a group, whose cells begin at `start[group]` and end before those of the next; -1 where it has none."""
    n = start[group + 1] - start[group]
    return int(start[group] + int(u * n)) if n > 0 else -1


@njit
def cell_in(ph: Phone, zone: int, u: float) -> int:
    """Cell `u` of a zone, -1 where it has none."""
    return one_of(ph.first_cell, zone, u)


@njit
def state_of(ph: Phone, e: int) -> int:
    """State of tie `e`, as a number that has a sign: mixed with one that has none it would be made a fraction."""
    return int(np.int64(ph.state[e]))


@njit
def first_tie(ph: Phone, p: int) -> int:
    """Where the worry edges of person `p` begin: 16 people share a number, and those before them are counted."""
    e = ph.start[p >> BLOCK_SHIFT]
    for q in range(p >> BLOCK_SHIFT << BLOCK_SHIFT, p):
        e += ties_of(ph, q)
    return e


@njit
def ties_about(ph: Phone, p: int) -> tuple[int, int]:
    """Where the edges about person `p` begin and end in `back_edge`; few people have any."""
    i = rank_of(ph.about[p >> 6, WORD], ph.about[p >> 6, RANK], p)
    if i < 0:
        return 0, 0
    return ph.back_start[i], ph.back_start[i + 1]


@njit
def account_of(ph: Phone, p: int) -> int:
    """Account of person `p`, -1 for none: those with one are the first of their zone."""
    z = zone_of(ph, p)
    i = ph.account_start[z] + p - ph.first_person[z]
    return ph.account[i] if i < ph.account_start[z + 1] else -1


@njit
def enter_people(first: I64, count: I64, cell: I32, operator: I8, ties: U8, people: I32) -> None:
    """Fill the rows of `people` (n, 2), who are numbered zone by zone and know of nothing; see `PERSON_REST`."""
    for z in range(first.size):
        for p in range(first[z], first[z] + count[z]):
            people[p, PERSON_CELL] = cell[p]
            rest = (z << ZONE_SHIFT) | (int(ties[p]) << TIES_SHIFT)
            people[p, PERSON_REST] = rest | (int(operator[p]) << OPERATOR_SHIFT)


@njit
def enter_ties(ties: U8, start: I32) -> None:
    """Fill the starts of 16 people each."""
    edges = 0
    for p in range(ties.size):
        if p & ((1 << BLOCK_SHIFT) - 1) == 0:
            start[p >> BLOCK_SHIFT] = edges
        edges += int(ties[p])


@njit
def enter_accounts(zone: I16, behind: I32, start: I64, account: I32) -> None:
    """Fill `account`: the r-th account of a zone from `start` of the zone + r on, -1 where nobody is `behind` it."""
    at = start.copy()
    for a in range(zone.size):
        z = zone[a]
        if at[z] < start[z + 1]:
            account[at[z]] = a if behind[a] >= 0 else -1
            at[z] += 1


@njit
def tell(g: Shared, cal: Calendar, ph: Phone, p: int, how: int) -> None:
    """Person `p` hears of the event now: an event of its own, so that telling one adds one event at most."""
    if not is_aware(ph, p):
        push(cal, g.now[0], LEARN, p, how)


@njit
def tell_later(g: Shared, cal: Calendar, ph: Phone, p: int, q: int) -> None:
    """Person `p` tells `q` of the later events that `p` knows of and `q` does not."""
    if ph.news_at.size == 0:
        return
    new = ph.knows[p] & ~ph.knows[q]
    for k in range(ph.news_at.size):
        if (new >> k) & 1:
            push(cal, g.now[0], LEARN, q, ((k + 1) << NEWS_SHIFT) | 2)


@njit
def callee_of(key: Keys, ph: Phone, p: int, slot: int) -> int:
    """Whom slot `slot` of person `p` calls."""
    if slot < OTHER:
        return ph.callee[first_tie(ph, p) + slot]
    return int(uniform(key.talk, p, slot, 2) * ph.person.shape[0])
