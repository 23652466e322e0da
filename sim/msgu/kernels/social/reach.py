"""Which followers a post may reach: trials of a bound of their chances, 64 at a time, or geometric gaps where that is small.

Gaps are drawn four at a time, and those of a response well ahead of it: a post whose readers are few waits for the memory
of each of them, which is asked for then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.draw import log_of, philox
from msgu.kernels.base.packing import NTH_BITS, nth_of
from msgu.kernels.jit.compile import inlined, njit, prefetch

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64
    from msgu.kernels.arrays.run import Keys
    from msgu.kernels.arrays.social import Cascade

STEPS = 64
"""Bernoulli trials in words have a chance of so many parts."""
SPARSE = 4
"""Below so many parts the readers are reached by gaps."""
FORESEEN = 32
"""Responses whose first gaps are kept, by their place in the part that has come: as many as are foreseen, and more."""
_0, _12, _52 = np.uint64(0), np.uint64(12), np.uint64(52)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_FRACTION = np.uint64((1 << 52) - 1)
_HALF = np.uint64(1022 << 52)
_2P52 = 4503599627370496.0
_BITS_OF_2P52 = np.uint64(1075 << 52)
_ROOT = np.uint64(0x6A09E667F3BCD)
"""Fraction of half the root of 2, from which on a logarithm goes to the next power of 2."""
DRAWN = 4
"""So many events later the gaps that are drawn are waited for."""
UNKNOWN = -2
"""Place of a reader whose gap is drawn and not waited for yet."""
# Columns of `Cascade.foreseen`: who responds, identity of the post, place of its first reader (-1: none), that of the second.
AUTHOR, IDENTITY, READER = range(3)


@inlined
def reach_bound(c: Cascade, topic: int) -> float:
    """Chance that no follower's chance exceeds: of seeing, or of answering where that alone matters."""
    most = c.awake_ever if c.sight_law >= 0 else c.awake_most[0]
    return min(1.0, c.seeing_bound * most) * c.answer_bound[topic]


@inlined
def in_steps(most: float) -> int:
    """The bound in parts of `STEPS`, rounded up."""
    return int(min(float(STEPS), np.ceil(most * STEPS)))


@njit
def trials(key: np.uint64, author: int, nth: int, chunk: int, parts: int) -> np.uint64:
    """64 Bernoulli trials of chance `parts` / 64 as the bits of a word: the binary digits of the chance, last one first."""
    word = np.uint64(0)
    if parts >= STEPS:
        return _ALL
    i = 0
    spare = np.uint64(0)
    has_spare = False
    digits = parts
    width = 6
    while digits & 1 == 0:
        digits >>= 1
        width -= 1
    while i < width:
        if has_spare:
            drawn = spare
        else:
            drawn, spare = philox(key, np.uint64(author), np.uint64(0), np.uint64(nth), np.uint64(4 * chunk + (i >> 1)))
        has_spare = not has_spare
        word = (word | drawn) if (digits >> i) & 1 else (word & drawn)
        i += 1
    return word


@njit
def fill_logs(key: np.uint64, author: int, nth: int, sub: int, n: int, out: F64) -> None:
    """Put the logarithm of `uniform` of (key, author, nth, sub + i) in out[i] for i < n."""
    # `to_unit` and `log` by bits alone, which processors do for four numbers at once
    for i in range(n):
        a, _ = philox(key, np.uint64(author), _0, np.uint64(nth), np.uint64(sub + i))
        u = (np.uint64((a >> _12) | _BITS_OF_2P52).view(np.float64) - _2P52 + 0.5) * 2.0**-52
        bits = np.float64(u).view(np.uint64)
        fraction = bits & _FRACTION
        low = np.uint64(fraction < _ROOT)
        m = np.uint64(fraction | (_HALF + (low << _52))).view(np.float64)
        out[i] = log_of(float(m), float(np.int32(np.int64(bits >> _52) - 1022 - np.int64(low))))


@inlined
def inverse_log(c: Cascade, topic: int, most: float) -> float:
    """Inverse logarithm of 1 - `most`, which is found once for each hour."""
    if c.gap_bound[topic, 0] != most:
        c.gap_bound[topic, 0] = most
        c.gap_bound[topic, 1] = 1.0 / ln(1.0 - most)
    return float(c.gap_bound[topic, 1])


@inlined
def first_logs(key: Keys, c: Cascade, place: int, author: int, nth: int, out: F64) -> None:
    """Put in `out` the logarithms of the first gaps of a post, those that were foreseen for the event at a place."""
    i = place & (FORESEEN - 1)
    n = c.logs.shape[1]
    if c.foreseen[i, AUTHOR] == author and c.foreseen[i, IDENTITY] == nth:
        for k in range(n):
            out[k] = c.logs[i, k]
    else:
        fill_logs(key.seeing, author, nth, 0, n, out)


@njit
def foresee(key: Keys, c: Cascade, place: int, author: int, j: int) -> bool:
    """Draw the first gaps of what `author` will write in response to post `j`; ask for followers whose gaps are drawn.

    False where readers are not reached by gaps, or where an account may write more than once, so that this is not known.
    """
    topic = int(c.post_topic[j])
    most = reach_bound(c, topic)
    if not c.once[topic] or most <= 0.0 or in_steps(most) >= SPARSE:
        return False
    k = place & (FORESEEN - 1)
    nth = nth_of(topic, 0)
    logs = c.logs[k]
    fill_logs(key.seeing, author, nth, 0, logs.size, logs)
    c.foreseen[k, AUTHOR] = author
    c.foreseen[k, IDENTITY] = nth
    c.foreseen[k, READER] = c.foreseen[k, READER + 1] = UNKNOWN
    # what is drawn here is waited for four events later, while it is long done
    _ask_for_followers(c, (place - DRAWN) & (FORESEEN - 1))
    return True


@njit
def _ask_for_followers(c: Cascade, k: int) -> None:
    """Find the followers that the first gaps of entry `k` reach, and ask for their places in the list."""
    if c.foreseen[k, READER] != UNKNOWN:
        return
    topic, author = c.foreseen[k, IDENTITY] >> NTH_BITS, c.foreseen[k, AUTHOR]
    per_log = inverse_log(c, topic, reach_bound(c, topic))
    c.foreseen[k, READER] = c.foreseen[k, READER + 1] = -1
    i, h, start = 0, 0, int(c.offsets[author])
    n = int(c.offsets[author + 1]) - start
    logs = c.logs[k]
    while h < logs.size and logs[h] * per_log < float(n - i):
        i += int(logs[h] * per_log)
        if h < 2:
            c.foreseen[k, READER + h] = start + i
        prefetch(c.followers, start + i)
        i += 1
        h += 1


@njit
def foresee_readers(c: Cascade, place: int, author: int) -> None:
    """Ask for what the first readers of a response that was foreseen will read."""
    k = place & (FORESEEN - 1)
    if c.foreseen[k, AUTHOR] != author:
        return
    _ask_for_followers(c, k)  # where no response came after it
    words = c.candidate[c.foreseen[k, IDENTITY] >> NTH_BITS]
    for h in range(2):
        e = c.foreseen[k, READER + h]
        if e >= 0:
            f = int(c.followers[e])
            prefetch(c.reader, 4 * f)
            prefetch(words, f >> 6)
