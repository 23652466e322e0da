"""Where the state of an account and a topic lies: in a row of its own where it may respond, else in a set of writers.

Of 15 topics of the Paris night an account may respond to a post of five, and writes of one in a hundred of the others.
A row is found by the number of rows before it, which is kept for each 64 accounts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.bitmap import rank_of
from msgu.kernels.base.packing import NTH_BITS
from msgu.kernels.jit.compile import inlined, njit, prefetch
from msgu.kernels.social.shares import first_slot
from msgu.kernels.state import RANK, WORD, WRITTEN

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import I64
    from msgu.kernels.arrays.social import Cascade

OTHERS = 5
"""Place in `Cascade.size` of the number of other writers."""
ACCOUNT_BITS = 31
"""An entry of the set of other writers is topic, account and number of posts, from the highest bits on."""
COUNT = (1 << NTH_BITS) - 1


@inlined
def row_of(c: Cascade, topic: int, f: int) -> int:
    """Row of `Cascade.left` of account `f` and a topic, -1 where no sight can ever make it respond."""
    return rank_of(c.ranks[topic, f >> 6, WORD], c.ranks[topic, f >> 6, RANK], f)


@njit
def prefetch_rank(c: Cascade, topic: int, f: int) -> None:
    """Ask for what `row_of` reads."""
    prefetch(c.ranks, 2 * (topic * c.ranks.shape[1] + (f >> 6)))


@njit
def prefetch_row(c: Cascade, topic: int, f: int) -> None:
    """Ask for the row of an account and a topic, if it has one."""
    prefetch(c.left, 2 * max(row_of(c, topic, f), 0))


@inlined
def times_written(c: Cascade, topic: int, f: int) -> int:
    """Posts that account `f` has written on a topic."""
    row = row_of(c, topic, f)
    if row >= 0:
        return int(c.written[row, WRITTEN])
    return int(c.others[slot_of(c.others, topic, f)] & COUNT)


@inlined
def write_once_more(c: Cascade, topic: int, f: int) -> None:
    """Account `f` has written one more post on a topic."""
    row = row_of(c, topic, f)
    if row >= 0:
        c.written[row, WRITTEN] += 1
        return
    i = slot_of(c.others, topic, f)
    if c.others[i] == 0:
        c.others[i] = writer(topic, f) << NTH_BITS
        c.size[OTHERS] += 1
    c.others[i] += 1


@njit
def writer(topic: int, f: int) -> int:
    """Topic and account as one number."""
    return (int(topic) << ACCOUNT_BITS) | int(f)


@njit
def slot_of(others: I64, topic: int, f: int) -> int:
    """Slot of the open-addressed set `others` (a power of two of them, 0: empty) that holds the writer, or where it would go."""
    who = writer(topic, f)
    mask = others.size - 1
    i = first_slot(others, f, topic)
    while others[i] != 0 and others[i] >> NTH_BITS != who:
        i = (i + 1) & mask
    return i


@njit
def spread(others: I64, wider: I64) -> None:
    """Move every writer to the wider set."""
    for i in range(others.size):
        if others[i] != 0:
            who = others[i] >> NTH_BITS
            wider[slot_of(wider, who >> ACCOUNT_BITS, who & ((1 << ACCOUNT_BITS) - 1))] = others[i]
