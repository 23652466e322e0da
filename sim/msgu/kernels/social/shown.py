"""What a feed has shown: a first post and its retweets once, where the platform leaves repetitions out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.bitmap import bit
from msgu.kernels.jit.compile import njit, prefetch
from msgu.kernels.social.shares import first_slot, pair_of, slot_of

if TYPE_CHECKING:
    from msgu.kernels.arrays.social import Cascade

SHOWN = 6
"""Place in `Cascade.size` of the number of accounts and originals that they were shown."""


@njit
def is_shown_again(c: Cascade, f: int, j: int) -> bool:
    """Whether account `f` was shown post `j` or another of its cascade before; if not, note that it is now."""
    if c.post_films[j] == 0 and not bit(c.candidate[int(c.post_topic[j])], f):
        return False  # nothing more can come of it: who is no candidate never becomes one, and retweets carry the same films
    root = int(c.post_root[j])
    i = slot_of(c.shown, f, root)
    if c.shown[i] != 0:
        return True
    c.shown[i] = pair_of(f, root)
    c.size[SHOWN] += 1
    return False


@njit
def prefetch_shown(c: Cascade, j: int, m: int) -> None:
    """Ask for whether each of the `m` accounts reached was shown the cascade of post `j` before."""
    root = int(c.post_root[j])
    for i in range(m):
        prefetch(c.shown, first_slot(c.shown, int(c.reached[i]), root))
