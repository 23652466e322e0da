"""Keyed draws in plain Python integers, and the delay laws."""

from __future__ import annotations

from collections.abc import Sequence

from sim.kernels import draw
from sim.scenario.schema_social import Exponential, Fixed, Law, Lognormal, Seismic

WORD = 0xFFFFFFFF

log = getattr(draw.log, "py_func", draw.log)
exp = getattr(draw.exp, "py_func", draw.exp)
normal_quantile = getattr(draw.normal_quantile, "py_func", draw.normal_quantile)
power = getattr(draw.power, "py_func", draw.power)


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
    a, b, c, d = philox(int(key), [int(who) & WORD, int(who) >> 32, int(nth), int(sub)])
    return tuple((((high << 32 | low) >> 12) + 0.5) * 2.0**-52 for high, low in ((a, b), (c, d)))  # type: ignore[return-value]


def uniform(key: int, who: int, nth: int, sub: int) -> float:
    """The first uniform of one decision."""
    return uniforms(key, who, nth, sub)[0]


def delay(law: Law, u: float) -> float:
    """Quantile `u` of a delay law [s]."""
    import math

    if isinstance(law, Lognormal):
        return exp(math.log(law.median) + law.sigma * normal_quantile(u))
    if isinstance(law, Exponential):
        return -law.mean * log(u)
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


def count_and_marks(key: int, who: int, nth: int, mean: float, most: int) -> int:
    """Poisson count by exponential gaps whose subs are 0, 2, 4, ..."""
    total, i = 0.0, 0
    while i < most:
        total -= log(uniform(key, who, nth, 2 * i))
        if total >= mean:
            break
        i += 1
    return i
