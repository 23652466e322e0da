"""Events of claims that answer: interest is lost, an account writes of its own, what is aired is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.jit.compile import njit
from msgu.kernels.social import airing, beliefs, posts
from msgu.kernels.state import TELL, TIRE

if TYPE_CHECKING:
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade


@njit
def happen(
    kind: int, f: int, nth: int, g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, ph: Phone, pe: People
) -> None:
    """One event of account `f`, of kind TIRE, TELL or AIRED."""
    if kind == TIRE:
        beliefs.tire(c, f, nth)
    elif kind == TELL:
        posts.tell_own(g, key, cal, log, c, ph, pe, f, nth)
    else:
        airing.hear(g, key, cal, log, c, ph, f, nth)
