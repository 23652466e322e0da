"""What accounts hold of a claim, how what they see or hear changes it, and what they do of it by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.draw import exp, uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import later, row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.social.identity import post_key
from msgu.kernels.state import (
    AFFIRMED,
    BELIEVES,
    CITIZEN,
    CORRECTED,
    CORRECTION,
    DENIED,
    DOUBTS,
    LOG_BELIEF,
    READINESS,
    ROLES,
    TELL,
    TIRE,
    TIRED,
    UNAWARE,
    ZONE,
)

if TYPE_CHECKING:
    import numpy as np

    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade

STATE_BITS = 2
"""An event of an account and a claim is numbered topic, then belief."""
_MASK = (1 << ROLES) - 1


@njit
def stands_by(c: Cascade, f: int, topic: int, kind: int) -> bool:
    """Whether account `f` holds what a post of a kind says of a claim: a correction asks that it know and not believe it."""
    belief = c.belief[topic, f]
    return (belief == DOUBTS or belief == CORRECTED) if kind == CORRECTION else belief == BELIEVES


@njit
def is_tired(c: Cascade, f: int, topic: int) -> bool:
    """Whether account `f` no longer passes on what it holds of a claim."""
    row = c.heeded[topic]
    return row >= 0 and int(c.heard[row, f]) & TIRED != 0


@njit
def role_of(c: Cascade, a: int) -> int:
    """Role of account `a`."""
    named = c.role.size - (c.reader.shape[0] - c.in_network)
    if a < named:
        return int(c.role[a])
    return int(c.role[named + a - c.in_network]) if a >= c.in_network else CITIZEN


@njit
def hold(g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, f: int, topic: int, new: int) -> None:
    """Account `f` holds a belief from now on, and passes it on for a time of its own."""
    old = c.belief[topic, f]
    if new == old:
        return
    c.belief[topic, f] = new
    i = row_of(g.now[0], g.bin_width, c.belief_change.shape[0])
    c.belief_change[i, topic, old] -= 1
    c.belief_change[i, topic, new] += 1
    write(log, g.now[0], LOG_BELIEF, f, topic, old, new)
    if c.interest[topic] >= 0:
        row = c.heeded[topic]
        c.heard[row, f] = int(c.heard[row, f]) & ~TIRED
        wait = delay(g.laws, g.knots, c.interest[topic], uniform(key.interest, f, topic, new))
        later(cal, g, wait, TIRE, f, (topic << STATE_BITS) | new)


@njit
def tire(c: Cascade, f: int, nth: int) -> None:
    """Account `f` loses interest in passing a claim on, unless it has changed its mind since."""
    topic = nth >> STATE_BITS
    if c.belief[topic, f] == nth & 3:
        row = c.heeded[topic]
        c.heard[row, f] = int(c.heard[row, f]) | TIRED


@njit
def believe(g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, f: int, j: int) -> None:
    """Change of belief of account `f` when it sees post `j` of a claim: who speaks is who wrote the original."""
    role = role_of(c, int(c.post_author[c.post_root[j]]))
    who = (int(c.post_author[j]) << 32) | f
    denies = c.post_kind[j] == CORRECTION
    weigh(g, key, cal, log, c, f, int(c.post_topic[j]), role, denies, key.belief, who, post_key(c, j))


@njit
def weigh(
    g: Shared,
    key: Keys,
    cal: Calendar,
    log: Log,
    c: Cascade,
    f: int,
    topic: int,
    role: int,
    denies: bool,
    own: np.uint64,
    who: int,
    nth: int,
) -> None:
    """Account `f` hears a claim or its denial from a speaker; a believer accepts a denial by a draw of (`own`, who, nth, 1)."""
    old = int(c.belief[topic, f])
    new = old
    fresh = hears_of(c, topic, f, role, denies)
    if denies:
        if old == UNAWARE:
            new = DOUBTS
        elif old == BELIEVES and uniform(own, who, nth, 1) < _chance(c.claim[topic, 2], _odds(c, topic, f, DENIED)):
            new = CORRECTED
    elif old == UNAWARE or (old == DOUBTS and fresh and c.trust[topic, role] > 1.0 and not _warned(c, topic, f)):
        u = uniform(key.belief, f, topic, 0)
        new = BELIEVES if u < _chance(c.claim[topic, 1], _odds(c, topic, f, AFFIRMED)) else DOUBTS
    if new == old:
        return
    hold(g, key, cal, log, c, f, topic, new)
    if new == BELIEVES or denies:
        _tell(g, key, cal, c, f, topic, new)


@njit
def hears_of(c: Cascade, topic: int, f: int, role: int, denies: bool) -> bool:
    """Note that account `f` has heard a kind of speaker, and return whether it had not heard it say so before."""
    row = c.heeded[topic]
    if row < 0:
        return False
    said = 1 << (role + (DENIED if denies else AFFIRMED))
    before = int(c.heard[row, f])
    c.heard[row, f] = before | said
    return before & said == 0


@njit
def _warned(c: Cascade, topic: int, f: int) -> bool:
    """Whether account `f` has heard a denial: it will not come to believe."""
    return (int(c.heard[c.heeded[topic], f]) >> DENIED) & _MASK != 0


@njit
def _odds(c: Cascade, topic: int, f: int, side: int) -> float:
    """Product of the factors of the odds over the kinds of speakers that account `f` has heard on one side."""
    row = c.heeded[topic]
    if row < 0:
        return 1.0
    heard = int(c.heard[row, f]) >> side
    odds = 1.0
    for role in range(ROLES):
        if (heard >> role) & 1:
            odds *= c.trust[topic, role]
    return odds


@njit
def _chance(chance: float, odds: float) -> float:
    """Chance whose odds are multiplied; a dial may have turned it above 1."""
    if odds == 1.0:
        return chance
    p = min(chance, 1.0)
    return p * odds / (1.0 - p + p * odds)


@njit
def _tell(g: Shared, key: Keys, cal: Calendar, c: Cascade, f: int, topic: int, new: int) -> None:
    """Account `f` may write of its own what it now holds, some time later."""
    side = 0 if new == BELIEVES else 1
    hazard = c.tells[topic, side] * c.multiplier[topic] * c.zone_factor[topic, c.reader[f, ZONE]]
    if hazard <= 0.0:
        return
    u, v = uniform2(key.telling, f, topic, new)
    if u < 1.0 - exp(-hazard * float(c.reader_real[f, READINESS])):
        later(cal, g, delay(g.laws, g.knots, c.tells_law[topic, side], v), TELL, f, (topic << STATE_BITS) | new)
