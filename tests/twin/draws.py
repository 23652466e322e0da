"""Keyed draws in plain Python integers, and the delay laws.

Of the kernels only the uncompiled logarithm, exponential and normal quantile are used; no compiled function is called.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from types import FunctionType
from typing import Any

import numpy as np
from msgu import streams
from msgu.kernels.base import draw
from msgu.scenario.schema.laws import Exponential, Fixed, Law, Lognormal, Seismic

WORD = 0xFFFFFFFF
Real = Callable[[float], float]


def _uncompiled(compiled: Any, **callees: Any) -> Real:
    """Return the Python source of a kernel; what it calls in its turn is given, so that nothing compiled is reached."""
    plain = getattr(compiled, "py_func", compiled)
    return FunctionType(plain.__code__, {"math": math, "np": np, **_constants(plain), **callees})


def _constants(plain: Any) -> dict[str, float]:
    return {name: value for name, value in plain.__globals__.items() if isinstance(value, (int, float))}


log = _uncompiled(draw.log, log_of=_uncompiled(draw.log_of))
exp = _uncompiled(draw.exp, reduced=_uncompiled(draw.reduced))
normal_quantile = _uncompiled(draw.normal_quantile, log=log, central_quantile=_uncompiled(draw.central_quantile))


def power(x: float, y: float) -> float:
    """Return x to the power y, for positive x."""
    return exp(y * log(x))


class Keys:
    """The 64-bit key of each stream of a night, by name."""

    def __init__(self, seed: int, replication: int) -> None:
        self._keys = streams.keys(seed, replication)

    def __getattr__(self, name: str) -> int:
        return self._keys[name.replace("_", "-")]


def philox(key: int, counter: Sequence[int]) -> list[int]:
    """Philox4x32-10: four 32-bit words of a 64-bit key and four counter words."""
    k = [key & WORD, key >> 32]
    x = [c & WORD for c in counter]
    for _ in range(10):
        p, q = 0xD2511F53 * x[0], 0xCD9E8D57 * x[2]
        x = [(q >> 32) ^ x[1] ^ k[0], q & WORD, (p >> 32) ^ x[3] ^ k[1], p & WORD]
        k = [(k[0] + 0x9E3779B9) & WORD, (k[1] + 0xBB67AE85) & WORD]
    return x


def uniforms(key: int, who: int, nth: int, sub: int) -> tuple[float, float]:
    """Two uniforms in (0, 1) of one decision."""
    a, b, c, d = philox(key, [int(who) & WORD, int(who) >> 32, int(nth), int(sub)])
    return _unit(a, b), _unit(c, d)


def words(key: int, who: int, nth: int, sub: int) -> tuple[int, int]:
    """Two words of 64 bits of one decision."""
    a, b, c, d = philox(key, [int(who) & WORD, int(who) >> 32, int(nth), int(sub)])
    return a << 32 | b, c << 32 | d


def _unit(high: int, low: int) -> float:
    return (((high << 32 | low) >> 12) + 0.5) * 2.0**-52


def uniform(key: int, who: int, nth: int, sub: int) -> float:
    """The first uniform of one decision."""
    return uniforms(key, who, nth, sub)[0]


def delay(law: Law, u: float) -> float:
    """Quantile `u` of a delay law [s]."""
    if isinstance(law, Lognormal):
        return exp(math.log(law.median) + law.sigma * normal_quantile(u))
    if isinstance(law, Exponential):
        return -law.mean * log(1.0 - u)
    if isinstance(law, Fixed):
        return law.value
    if isinstance(law, Seismic):
        share = law.theta / (1.0 + law.theta)
        return u / share * law.s0 if u < share else law.s0 * power((1.0 - u) / (1.0 - share), -1.0 / law.theta)
    points = sorted((float(p), d) for p, d in law.quantiles.items())
    i = 0
    while i < len(points) - 2 and points[i + 1][0] <= u:
        i += 1
    (p0, d0), (p1, d1) = points[i], points[i + 1]
    return d0 + (d1 - d0) * (u - p0) / (p1 - p0)


def rise_decay(rise: float, decay: float, u: float, v: float) -> float:
    """Sum of two exponential delays [s]."""
    return -rise * log(u) - decay * log(v)


def pick(cumulative: Sequence[float], u: float) -> int:
    """First index whose cumulative share exceeds `u`."""
    for i, c in enumerate(cumulative):
        if u < c:
            return i
    return len(cumulative) - 1


def law_mean(law: Law) -> float:
    """Mean of a law [s]; infinite for a heavy tail."""
    if isinstance(law, Lognormal):
        return law.median * math.exp(law.sigma**2 / 2)
    if isinstance(law, Exponential):
        return law.mean
    if isinstance(law, Fixed):
        return law.value
    if isinstance(law, Seismic):
        share = law.theta / (1 + law.theta)
        return math.inf if law.theta <= 1 else law.s0 * (share / 2 + (1 - share) * law.theta / (law.theta - 1))
    points = sorted((float(p), d) for p, d in law.quantiles.items())
    return sum((p1 - p0) * (d0 + d1) / 2 for (p0, d0), (p1, d1) in pairwise(points))
