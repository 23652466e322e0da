"""Keyed draws: Philox4x32-10, and log, exp and the normal quantile from IEEE basic operations only.

A draw is a pure function of (key, who, nth, sub): nothing is consumed, so no draw can shift another.
The generator is Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3"
(SC 2011); the tests hold it to the known-answer vectors published with Random123.
`log` and `exp` follow the argument reductions and minimax polynomials of fdlibm (Sun Microsystems, 1993), the normal
quantile is algorithm AS 241 (Wichura 1988); each uses only + - * / sqrt and exact scalings, so that the
bits do not depend on a vector library.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.jit.compile import inlined, njit

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import Word

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_12 = np.uint64(12)
_2M52 = 2.0**-52
_TINY = 2.0**-1022
"""The least number with all its digits."""
_FRACTION = (1 << 52) - 1
_HALF = 1022 << 52
_LN2_HI = 6.93147180369123816490e-01
_LN2_LO = 1.90821492927058770002e-10
_INV_LN2 = 1.44269504088896338700e00


@inlined
def philox(key: np.uint64, c0: Word, c1: Word, c2: Word, c3: Word) -> tuple[np.uint64, np.uint64]:
    """Philox4x32-10 block of a 64-bit key and four 32-bit counter words, as two 64-bit words.

    The first word holds outputs 0 (high) and 1 (low), the second outputs 2 and 3.
    """
    k0 = np.uint64(key) & _LOW
    k1 = np.uint64(key) >> _32
    x0 = np.uint64(c0) & _LOW
    x1 = np.uint64(c1) & _LOW
    x2 = np.uint64(c2) & _LOW
    x3 = np.uint64(c3) & _LOW
    for _ in range(10):
        p0 = _M0 * x0
        p1 = _M1 * x2
        x0 = (p1 >> _32) ^ x1 ^ k0
        x1 = p1 & _LOW
        x2 = (p0 >> _32) ^ x3 ^ k1
        x3 = p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return (x0 << _32) | x1, (x2 << _32) | x3


@njit
def to_unit(bits: np.uint64) -> float:
    """The uniform of a 64-bit word: its 52 high bits, centred, so strictly inside (0, 1)."""
    return (float(np.uint64(bits) >> _12) + 0.5) * _2M52


@njit
def uniform(key: np.uint64, who: int, nth: int, sub: int) -> float:
    """Uniform in (0, 1) of (key, who, nth, sub); `who` may use 64 bits, `nth` and `sub` 32 each."""
    w = np.uint64(who)
    a, _ = philox(key, w & _LOW, w >> _32, np.uint64(nth), np.uint64(sub))
    return to_unit(a)


@njit
def uniform2(key: np.uint64, who: int, nth: int, sub: int) -> tuple[float, float]:
    """Two independent uniforms of the same block: the first equals `uniform` of the same arguments."""
    w = np.uint64(who)
    a, b = philox(key, w & _LOW, w >> _32, np.uint64(nth), np.uint64(sub))
    return to_unit(a), to_unit(b)


@inlined
def log_of(m: float, k: float) -> float:
    """Natural logarithm of m times 2 to the k, where m is within a square root of 2 of 1."""
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    t2 = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    r = t1 + t2
    h = 0.5 * f * f
    return k * _LN2_HI - ((h - (s * (h + r) + k * _LN2_LO)) - f)


@njit
def log(x: float) -> float:
    """Natural logarithm of a positive finite number; -inf at 0, nan below."""
    if x <= 0.0:
        if x == 0.0:
            return -math.inf
        return math.nan
    if x == math.inf or x != x:
        return x
    below = 0
    if x < _TINY:
        x = x * 2.0**54
        below = 54
    bits = np.float64(x).view(np.int64)  # the parts of the number: frexp would be a call, and a third of the time
    m = float(np.int64((bits & _FRACTION) | _HALF).view(np.float64))
    e = (bits >> 52) - 1022
    if m < 0.70710678118654752440:
        m = m * 2.0
        e = e - 1
    return log_of(m, float(e - below))


@inlined
def reduced(x: float) -> tuple[float, float]:
    """The whole number k and the y for which the exponential is y times 2 to the k."""
    k = np.floor(x * _INV_LN2 + 0.5)
    hi = x - k * _LN2_HI
    lo = k * _LN2_LO
    r = hi - lo
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))
        )
    )
    return k, 1.0 - ((lo - (r * c) / (2.0 - c)) - hi)


@inlined
def moderate_exp(x: float) -> float:
    """Exponential of a number between -700 and 700: `exp` without its branches."""
    k, y = reduced(x)
    return y * float(np.int64((np.int64(np.int32(k)) + 1023) << 52).view(np.float64))


@njit
def exp(x: float) -> float:
    """Exponential; inf above 709.78, 0 below -745.1."""
    if x != x:
        return x
    if x > 709.782712893384:
        return math.inf
    if x < -745.1332191019411:
        return 0.0
    k, y = reduced(x)
    n = int(k)
    if n < -1000:
        return math.ldexp(math.ldexp(y, n + 200), -200)
    if n > 1023:
        return math.ldexp(y, n)
    return y * float(np.int64((n + 1023) << 52).view(np.float64))


@inlined
def central_quantile(q: float) -> float:
    """`normal_quantile` of q + 0.5 where q is 0.425 from 0 at most."""
    r = 0.180625 - q * q
    a = 2.5090809287301226727e3 * r + 3.3430575583588128105e4
    a = a * r + 6.7265770927008700853e4
    a = a * r + 4.5921953931549871457e4
    a = a * r + 1.3731693765509461125e4
    a = a * r + 1.9715909503065514427e3
    a = a * r + 1.3314166789178437745e2
    a = a * r + 3.3871328727963666080e0
    b = 5.2264952788528545610e3 * r + 2.8729085735721942674e4
    b = b * r + 3.9307895800092710610e4
    b = b * r + 2.1213794301586595867e4
    b = b * r + 5.3941960214247511077e3
    b = b * r + 6.8718700749205790830e2
    b = b * r + 4.2313330701600911252e1
    b = b * r + 1.0
    return q * a / b


@njit
def normal_quantile(p: float) -> float:
    """Standard normal quantile of p in (0, 1), relative accuracy about 1e-16 (AS 241, PPND16)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        return central_quantile(q)
    r = p if q < 0.0 else 1.0 - p
    r = math.sqrt(-log(r))
    if r <= 5.0:
        r = r - 1.6
        a = 7.74545014278341407640e-4 * r + 2.27238449892691845833e-2
        a = a * r + 2.41780725177450611770e-1
        a = a * r + 1.27045825245236838258e0
        a = a * r + 3.64784832476320460504e0
        a = a * r + 5.76949722146069140550e0
        a = a * r + 4.63033784615654529590e0
        a = a * r + 1.42343711074968357734e0
        b = 1.05075007164441684324e-9 * r + 5.47593808499534494600e-4
        b = b * r + 1.51986665636164571966e-2
        b = b * r + 1.48103976427480074590e-1
        b = b * r + 6.89767334985100004550e-1
        b = b * r + 1.67638483018380384940e0
        b = b * r + 2.05319162663775882187e0
        b = b * r + 1.0
    else:
        r = r - 5.0
        a = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
        a = a * r + 1.24266094738807843860e-3
        a = a * r + 2.65321895265761230930e-2
        a = a * r + 2.96560571828504891230e-1
        a = a * r + 1.78482653991729133580e0
        a = a * r + 5.46378491116411436990e0
        a = a * r + 6.65790464350110377720e0
        b = 2.04426310338993978564e-15 * r + 1.42151175831644588870e-7
        b = b * r + 1.84631831751005468180e-5
        b = b * r + 7.86869131145613259100e-4
        b = b * r + 1.48753612908506148525e-2
        b = b * r + 1.36929880922735805310e-1
        b = b * r + 5.99832206555887937690e-1
        b = b * r + 1.0
    x = a / b
    return -x if q < 0.0 else x


@njit
def power(x: float, y: float) -> float:
    """Return x to the power y for positive x, as exp(y log x)."""
    return exp(y * log(x))
