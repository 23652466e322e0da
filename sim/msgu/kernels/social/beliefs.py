"""What accounts hold of a claim, and how a post changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.draw import uniform
from msgu.kernels.base.log import row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.social.identity import post_key
from msgu.kernels.state import BELIEVES, CORRECTED, CORRECTION, DOUBTS, LOG_BELIEF, UNAWARE

if TYPE_CHECKING:
    from msgu.kernels.arrays.run import Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade


@njit
def stands_by(c: Cascade, f: int, topic: int, kind: int) -> bool:
    """Whether account `f` holds what a post of a kind says of a claim: a correction asks that it know and not believe it."""
    belief = c.belief[topic, f]
    return (belief == DOUBTS or belief == CORRECTED) if kind == CORRECTION else belief == BELIEVES


@njit
def hold(g: Shared, log: Log, c: Cascade, f: int, topic: int, new: int) -> None:
    """Account `f` holds a belief from now on."""
    old = c.belief[topic, f]
    if new == old:
        return
    c.belief[topic, f] = new
    i = row_of(g.now[0], g.bin_width, c.belief_change.shape[0])
    c.belief_change[i, topic, old] -= 1
    c.belief_change[i, topic, new] += 1
    write(log, g.now[0], LOG_BELIEF, f, topic, old, new)


@njit
def believe(g: Shared, key: Keys, log: Log, c: Cascade, f: int, j: int) -> None:
    """Change of belief of account `f` when it sees post `j` of a claim."""
    topic = int(c.post_topic[j])
    old = c.belief[topic, f]
    new = old
    if c.post_kind[j] == CORRECTION:
        if old == UNAWARE:
            new = DOUBTS
        elif old == BELIEVES:
            who = (int(c.post_author[j]) << 32) | f
            u = uniform(key.belief, who, post_key(c, j), 1)
            if u < c.claim[topic, 2]:
                new = CORRECTED
    elif old == UNAWARE:
        u = uniform(key.belief, f, topic, 0)
        new = BELIEVES if u < c.claim[topic, 1] else DOUBTS
    hold(g, log, c, f, topic, new)
