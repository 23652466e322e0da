"""The greatest rate of posts: a raw maximum of counts, and the maximum of a fitted shape.

A raw one-second maximum is biased upward where counts are small.
Below scale 1 the peak is therefore that of a shape fitted by Poisson likelihood round a dated start or round the raw
peak: a synchronised pulse (the sum of two exponential delays) on a background whose logarithm is a parabola.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

HALF_WIDTH: Final = 60.0
"""Least number of seconds on either side of the start that are fitted; ten bins where these are wider."""
EVIDENCE: Final = 20.0
"""Twice the gain in log likelihood from which a pulse is believed: chance gives it to four parameters 1 time in 2,000."""
_SHAPES: Final = ((1.0, 6.0), (2.0, 20.0), (5.0, 60.0))
SEARCHED: Final = 2.0
"""More of it for each unit of the logarithm of the number of bins among which an undated start was looked for."""
_BEFORE: Final = (2.0, 8.0)
_FREEDOM: Final = 12.0
"""Bins by which an undated start may move from where it is first put."""
_NO_PULSE: Final = (0.0, -np.inf, 0.0, 0.0)
_PULSE_BOUNDS: Final = ((-5.0, 25.0), (-3.0, 4.0), (-3.0, 5.5))
_LEVEL_BOUNDS: Final = ((-14.0, 20.0), (-8.0, 8.0), (-8.0, 8.0))


class Fit(NamedTuple):
    """Loss, and the greatest rate that goes with it [posts/s]."""

    loss: float
    top: float


class Seen(NamedTuple):
    """What is fitted: edges of bins from the start [s], counts, half of the span [s], bins that are one wide bin."""

    edges: F64
    counts: F64
    half: float
    joined: int


def counts(times: F64, start: float, end: float, width: float) -> F64:
    """Posts in each whole bin of `width` seconds from `start` on.

    Returns
    -------
    shape (n_bins,). Bins that would pass `end` are left out.
    """
    n = int((end - start) / width + 1e-9)
    if n <= 0:
        return np.zeros(0)
    row = np.floor((times - start) / width + 1e-9)
    inside = row[(row >= 0) & (row < n)].astype(np.int64)
    return np.bincount(inside, minlength=n).astype(np.float64)


def raw_peak(times: F64, start: float, end: float, width: float) -> float:
    """Greatest number of posts per second over the bins of a window [posts/s]."""
    return float(counts(times, start, end, width).max(initial=0.0)) / width


def fitted_peak(times: F64, start: float, end: float, width: float, pulses: Sequence[float] = ()) -> float:
    """Greatest rate of a fitted shape [posts/s], averaged over `width` seconds.

    Parameters
    ----------
    times : shape (n,). Times of the posts [s].
    start, end : window [s].
    width : width of the bins [s].
    pulses : dated starts of pulses [s]; the raw peak is fitted too where none of them explains it.
    """
    step = min(1.0, width) if width <= 1 else width / 6
    seen = counts(times, start, end, step)
    if not seen.any():
        return 0.0
    half = max(HALF_WIDTH, 10 * width)
    smooth = np.convolve(seen, np.ones(min(5, len(seen))), mode="same")
    top = start + step * float(np.argmax(smooth))
    dated = [at for at in pulses if start - half < at < end]
    tops = [_best(times, (start, end), width, [at], 0.0) for at in dated]
    if not any(at - 5 <= top <= at + half for at in dated):
        tops.append(_best(times, (start, end), width, [top - back * step for back in _BEFORE], _FREEDOM * step))
    return max(tops)


def _best(times: F64, window: tuple[float, float], width: float, begins: Sequence[float], freedom: float) -> float:
    """Greatest rate round a start that may move by `freedom`; of several starts that of the greatest likelihood."""
    joined = 1 if width <= 1 else 6
    step, half = width / joined, max(HALF_WIDTH, 10 * width)
    middle = float(np.mean(begins))
    first = max(window[0], window[0] + step * np.floor((middle - half - window[0]) / step))
    number = counts(times, first, min(window[1], middle + half), step)
    if not number.any():
        return 0.0
    edges = first + step * np.arange(len(number) + 1.0)
    flat, *pulsed = [
        _flat(Seen(edges - middle, number, half, joined)),
        *(_pulsed(Seen(edges - begin, number, half, joined), freedom) for begin in begins),
    ]
    best = min(pulsed)
    searched = SEARCHED * np.log((window[1] - window[0]) / step) if freedom else 0.0
    return (best if 2 * (flat.loss - best.loss) > EVIDENCE + searched else flat).top / width


def _flat(seen: Seen) -> Fit:
    from scipy.optimize import minimize

    def loss(level: F64) -> tuple[float, F64]:
        value, slope = _loss(np.array([*_NO_PULSE, *level]), seen)
        return value, slope[4:]

    found = minimize(loss, [_quiet(seen, np.mean), 0.0, 0.0], jac=True, method="TNC", bounds=_LEVEL_BOUNDS)
    return Fit(float(found.fun), _top(np.array([*_NO_PULSE, *found.x]), seen))


def _pulsed(seen: Seen, freedom: float) -> Fit:
    from scipy.optimize import minimize

    extra = np.log(max(1.0, float(seen.counts.sum() - np.median(seen.counts) * len(seen.counts))))
    fits = []
    for rise, decay in _SHAPES:
        guess = [0.0, extra, np.log(rise), np.log(decay), _quiet(seen, np.median), 0.0, 0.0]
        bounds = ((-freedom, freedom), *_PULSE_BOUNDS, *_LEVEL_BOUNDS)
        found = minimize(_loss, guess, (seen,), "TNC", jac=True, bounds=bounds, options={"maxfun": 400})
        fits.append(Fit(float(found.fun), _top(found.x, seen)))
    return min(fits)


def _quiet(seen: Seen, middle: object) -> float:
    value = np.median(seen.counts) if middle is np.median else np.mean(seen.counts)
    return float(np.log(max(float(value), 1e-3)))


def expected(shape: F64, seen: Seen) -> F64:
    """Expected posts in each bin.

    Parameters
    ----------
    shape : shape (7,). Start of the pulse [s]; logarithms of its posts, of its rise [s] and of decay - rise [s];
        level, slope and curvature of the logarithm of the background per bin.
    """
    rise = np.exp(shape[2])
    decay = rise + np.exp(shape[3])
    t = np.maximum(seen.edges - shape[0], 0.0)
    done = 1 - (decay * np.exp(-t / decay) - rise * np.exp(-t / rise)) / (decay - rise)
    x = (seen.edges[1:] + seen.edges[:-1]) / (2 * seen.half)
    background = np.exp(np.clip(shape[4] + shape[5] * x + shape[6] * x * x, -30, 30))
    return np.asarray(np.exp(shape[1]) * np.diff(done) + background)


def _loss(shape: F64, seen: Seen) -> tuple[float, F64]:
    """Minus the Poisson log likelihood, up to a constant, and its slopes; shape (7,)."""
    mean = expected(shape, seen)
    return float((mean - seen.counts * np.log(mean)).sum()), _slopes(shape, seen) @ (1 - seen.counts / mean)


def _slopes(shape: F64, seen: Seen) -> F64:
    """Slopes of `expected` by each number of the shape; shape (7, n_bins)."""
    rise, gap = np.exp(shape[2]), np.exp(shape[3])
    decay, t = rise + gap, np.maximum(seen.edges - shape[0], 0.0)
    slow, fast = np.exp(-t / decay), np.exp(-t / rise)
    left = (decay * slow - rise * fast) / gap
    by_decay, by_rise = slow * (1 + t / decay), fast * (1 + t / rise)
    pulse = np.exp(shape[1]) * np.diff([-(slow - fast) / gap, 1 - left, rise * (by_rise - by_decay) / gap, left - by_decay])
    x = (seen.edges[1:] + seen.edges[:-1]) / (2 * seen.half)
    background = np.exp(np.clip(shape[4] + shape[5] * x + shape[6] * x * x, -30, 30))
    return np.vstack([pulse, background, background * x, background * x * x])


def _top(shape: F64, seen: Seen) -> float:
    mean = expected(shape, seen)
    return float(np.convolve(mean, np.ones(min(seen.joined, len(mean))), mode="valid").max())


# ---- what a peak implies ----


def growth_to(rate: float, time: float) -> tuple[float, float]:
    """Doubling time of a growth from one post that reaches a rate, and the posts there are by then.

    Posts grow as exp(g t) from one at t = 0; g exp(g time) = rate gives g time = W(rate x time), Lambert's function.

    Parameters
    ----------
    rate : rate that is reached [posts/s].
    time : when [s].

    Returns
    -------
    Doubling time [s] and posts by then, rate / g.
    """
    x = rate * time
    w = np.log1p(x)
    for _ in range(50):
        w -= (w * np.exp(w) - x) / (np.exp(w) * (1 + w))
    g = float(w) / time
    return float(np.log(2)) / g, rate / g


def doubling_time(times: F64, peak: float) -> float:
    """Time in which the posts of a growth doubled, from their hundredth part to their tenth [s].

    Parameters
    ----------
    times : shape (n,). Times of the posts, in order [s].
    peak : time of the peak: only posts before it count [s].

    Returns
    -------
    NaN where fewer than a hundred posts come before the peak.
    """
    n = int(np.searchsorted(times, peak))
    if n < 100:
        return float("nan")
    return float(times[n // 10 - 1] - times[n // 100 - 1]) / float(np.log2((n // 10) / (n // 100)))
