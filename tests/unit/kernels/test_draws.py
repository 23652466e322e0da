"""Keyed draws as the kernels make them: published answers of the generator, accuracy of logarithm, exponential, quantile."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np
import pytest
from msgu.kernels.base import draw
from msgu.kernels.jit.compile import njit
from numpy.typing import NDArray
from scipy import special, stats

KNOWN_ANSWERS = [
    (0, (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    (2**64 - 1, (2**32 - 1,) * 4, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        0x299F31D0A4093822,
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
"""Philox4x32-10 of Random123, kat_vectors: key, counter, output."""


@pytest.mark.toy
@pytest.mark.parametrize(("key", "counter", "answer"), KNOWN_ANSWERS)
def test_the_compiled_generator_gives_the_published_answers(
    key: int, counter: tuple[int, ...], answer: tuple[int, ...]
) -> None:
    first, second = (int(word) for word in draw.philox(np.uint64(key), *(np.uint64(c) for c in counter)))
    assert (first >> 32, first & 0xFFFFFFFF, second >> 32, second & 0xFFFFFFFF) == answer


@pytest.mark.toy
def test_a_uniform_is_the_high_bits_of_the_block_of_its_key() -> None:
    who, nth, sub = (123 << 32) | 456, 7, 8
    first, second = (int(word) for word in draw.philox(np.uint64(9), *(np.uint64(c) for c in (456, 123, nth, sub))))
    expected = [((word >> 12) + 0.5) * 2.0**-52 for word in (first, second)]
    assert list(draw.uniform2(np.uint64(9), who, nth, sub)) == expected
    assert draw.uniform(np.uint64(9), who, nth, sub) == expected[0]
    assert 0.0 < draw.to_unit(np.uint64(0)) < draw.to_unit(np.uint64(2**64 - 1)) < 1.0


@njit
def _uniforms(key: object, out: NDArray[np.float64]) -> None:
    for i in range(out.shape[0]):
        out[i, 0], out[i, 1] = draw.uniform2(key, i, 1, 2)


@pytest.mark.toy
def test_uniforms_of_neighbouring_identities_are_uniform_and_unrelated() -> None:
    """100,000 pairs of one stream. Rejected: a stream shifted by one thousandth, and one used twice."""
    pairs = np.empty((100_000, 2))
    _uniforms(np.uint64(11), pairs)
    u, v = pairs.T
    relations = [(u, v), (u[:-1], u[1:]), (u[:-64], u[64:])]
    p = [float(stats.kstest(x, "uniform").pvalue) for x in (u, v)]
    p += [float(stats.pearsonr(a, b).pvalue) for a, b in relations]
    assert min(p) > 0.01 / len(p)
    assert stats.kstest(u**1.02, "uniform").pvalue < 0.01 / len(p)
    assert stats.pearsonr(u, u).pvalue < 0.01 / len(p)


# ---- accuracy in units in the last place ----


def _ulps(found: float, exact: Decimal) -> float:
    """Distance from the exact value in units in the last place of the result."""
    return float(abs(Decimal(found) - exact) / Decimal(math.ulp(found)))


def _worst(function: Callable[[float], float], exact: Callable[[Decimal], Decimal], points: NDArray[np.float64]) -> float:
    with localcontext() as context:
        context.prec = 60
        return max(_ulps(float(function(x)), exact(Decimal(x))) for x in points.tolist())


def _log_points(n: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(3)
    near_one = 1.0 + rng.uniform(-0.3, 0.45, n)
    edges = np.array([2.0**-53, 0.5**0.5, 1.0, math.nextafter(1, 0), math.nextafter(1, 2), 5e-324, 1.7e308])
    return np.concatenate([rng.random(n), near_one, np.exp(rng.uniform(-700, 700, n)), edges])


def _exp_points(n: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(4)
    edges = np.array([0.0, 1e-300, -1e-17, 0.34657359, -0.34657359, 709.78, -708.0])
    return np.concatenate([rng.uniform(-1, 1, n), rng.uniform(-700, 700, n), edges])


@pytest.mark.toy
def test_the_logarithm_is_right_to_one_unit_in_the_last_place(full: bool) -> None:
    """Also against one with the seventh term of its series left out, which is rejected."""
    points = _log_points(20000 if full else 1000)
    worst = _worst(draw.log, Decimal.ln, points)
    print(f"logarithm: {worst:.2f} ulp on {len(points)} points")
    assert worst < 1.0
    assert _worst(_short_log, Decimal.ln, points[:200]) > 1.0


def _short_log(x: float) -> float:
    m, e = math.frexp(x)
    s = (m - 1) / (m + 1)
    return e * math.log(2) + 2 * sum(s ** (2 * k + 1) / (2 * k + 1) for k in range(6))


@pytest.mark.toy
def test_the_exponential_is_right_to_one_unit_in_the_last_place(full: bool) -> None:
    points = _exp_points(20000 if full else 1000)
    worst = _worst(draw.exp, Decimal.exp, points)
    print(f"exponential: {worst:.2f} ulp on {len(points)} points")
    assert worst < 1.0
    assert _worst(lambda x: math.exp(x) * (1 + 3e-16), Decimal.exp, points[:200]) > 1.0


@pytest.mark.toy
def test_logarithm_and_exponential_at_the_ends_of_their_range() -> None:
    assert draw.log(0.0) == -math.inf
    assert draw.log(math.inf) == draw.exp(1000.0) == math.inf
    assert math.isnan(draw.log(-1.0))
    assert math.isnan(draw.log(math.nan))
    assert math.isnan(draw.exp(math.nan))
    assert draw.exp(-1000.0) == 0.0
    assert draw.exp(0.0) == 1.0
    assert draw.exp(-740.0) == pytest.approx(math.exp(-740.0), rel=0, abs=5e-324)


def _normal_errors(function: Callable[[float], float], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Relative error of the quantile, by one Newton step on the distribution function of scipy."""
    x = np.array([function(float(v)) for v in p])
    lower = np.where(x < 0, x, -x)
    exact = np.where(x < 0, p, 1 - p)
    slip = (special.ndtr(lower) - exact) * math.sqrt(2 * math.pi) * np.exp(lower**2 / 2)
    return np.asarray(np.abs(slip) / np.maximum(np.abs(x), 1e-3))


def _quantile_points(n: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(5)
    return np.concatenate([rng.random(n), 10.0 ** -rng.uniform(0.4, 300, n), [0.075, 0.925, 2.0**-53, math.exp(-25.0)]])


@pytest.mark.toy
def test_the_normal_quantile_is_right_to_a_few_units_in_the_last_place(full: bool) -> None:
    """Error of AS 241 beside that of scipy's own quantile, both against the distribution function.

    Rejected: the approximation of Abramowitz and Stegun 26.2.23, whose error is 4.5e-4.
    """
    p = _quantile_points(100_000 if full else 5000)
    ours = _normal_errors(draw.normal_quantile, p)
    print(f"normal quantile: worst relative error {ours.max():.1e} (scipy's {_normal_errors(special.ndtri, p).max():.1e})")
    assert ours.max() < 2e-14  # the distribution function itself is right to some 1e-14 far in the tail
    assert np.median(ours) < 3e-16
    assert np.abs(np.array([draw.normal_quantile(float(v)) for v in p]) / special.ndtri(p) - 1).max() < 5e-15
    assert _normal_errors(_rough_quantile, p[p < 0.5]).max() > 1e-5
    assert draw.normal_quantile(0.5) == 0.0


def _rough_quantile(p: float) -> float:
    t = math.sqrt(-2 * math.log(p))
    return -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))))


@pytest.mark.toy
def test_quantile_symmetry() -> None:
    """Opposite uniforms give opposite quantiles, to the accuracy of 1 - p."""
    for p in (0.001, 0.07, 0.08, 0.3, 0.49):
        assert draw.normal_quantile(p) == pytest.approx(-draw.normal_quantile(1 - p), rel=1e-13)
