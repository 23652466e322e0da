"""What posts and sights to come will read is asked for ahead of them; see `msgu.kernels.ahead`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.packing import NTH_BITS
from msgu.kernels.jit.compile import njit, prefetch
from msgu.kernels.social import reach, rows, shares
from msgu.kernels.state import SIGHT, SPONTANEOUS

if TYPE_CHECKING:
    from msgu.kernels.arrays.run import Keys
    from msgu.kernels.arrays.social import Cascade

LINE, LINES = 16, 8
"""Followers in one line of the cache, and lines of a list that are asked for beforehand."""


@njit
def fetch_post(place: int, kind: int, who: int, nth: int, key: Keys, c: Cascade) -> None:
    """Ask for the followers that the post of an event will reach, and for where its author's state is found."""
    topic = topic_of(kind, nth, c)
    rows.prefetch_rank(c, topic, who)
    if kind != SPONTANEOUS:
        if not c.once[topic]:
            prefetch(c.shared, shares.first_slot(c.shared, who, int(c.post_root[nth])))
        elif reach.foresee(key, c, place, who, nth):
            prefetch(c.candidate[topic], who >> 6)
            return
    start = int(c.offsets[who])
    end = min(int(c.offsets[who + 1]), start + LINES * LINE)
    while start < end:
        prefetch(c.followers, start)
        start += LINE


@njit
def fetch_sight(who: int, nth: int, c: Cascade) -> None:
    """Ask for whether the post of a sight is gone, and for where the state of who sees it is found."""
    topic = topic_of(SIGHT, nth, c)
    if c.removal_share[topic] > 0.0:
        prefetch(c.post_gone, int(c.post_root[nth >> 28]))
    rows.prefetch_rank(c, topic, who)
    prefetch(c.candidate[topic], who >> 6)


@njit
def fetch_state(place: int, kind: int, who: int, nth: int, c: Cascade) -> None:
    """Ask for the state of an account, and for what the first readers that were foreseen will read."""
    rows.prefetch_row(c, topic_of(kind, nth, c), who)
    if kind != SPONTANEOUS and kind != SIGHT:
        reach.foresee_readers(c, place, who)


@njit
def topic_of(kind: int, nth: int, c: Cascade) -> int:
    """Topic of a post that an event is about, or will write."""
    if kind == SPONTANEOUS:
        return int(c.driver_topic[nth >> NTH_BITS])
    return int(c.post_topic[nth >> 28 if kind == SIGHT else nth])
