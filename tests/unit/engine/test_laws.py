"""Every delay law beside the distribution of scipy that it is: its mean, and its quantiles in both engines."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from msgu.engine.arrays.laws import Laws, law_mean
from msgu.kernels.base import draw, laws
from msgu.scenario.schema.laws import Empirical, Exponential, Fixed, Law, Lognormal, Seismic
from numpy.typing import NDArray
from scipy import stats

from tests.twin import draws

KNOTS = {"0": "10 s", "0.2": "10 s", "0.5": "2 min", "0.9": "8 min", "1": "1 h"}
SEISMIC_THETAS = (0.2314843, 1.0, 1.5, 2.0, 4.0)


def memory(theta: float) -> Seismic:
    return Seismic(law="seismic", theta=theta, s0="5 min")


LAWS: dict[str, Law] = {
    "lognormal": Lognormal(law="lognormal", median="100 s", sigma=0.8),
    "exponential": Exponential(law="exponential", mean="3 min"),
    "fixed": Fixed(law="fixed", value="7.5 s"),
    "empirical": Empirical(law="empirical", quantiles=KNOTS),
} | {f"seismic of exponent {theta}": memory(theta) for theta in SEISMIC_THETAS}


class Mixture:
    """A law that is one of several with given chances, the second of which lies above the first, and so on."""

    def __init__(self, parts: list[tuple[float, object]]) -> None:
        self.parts = parts

    def mean(self) -> float:
        return float(sum(share * part.mean() for share, part in self.parts))  # type: ignore[attr-defined]

    def ppf(self, u: float) -> float:
        below = 0.0
        for share, part in self.parts:
            if u <= below + share:
                return float(part.ppf((u - below) / share))  # type: ignore[attr-defined]
            below += share
        raise ValueError(u)


class Point:
    """All of a law at one place."""

    def __init__(self, place: float) -> None:
        self.place = place

    def mean(self) -> float:
        return self.place

    def ppf(self, u: float) -> float:
        return self.place


def reference(law: Law) -> Mixture:
    """The law as distributions of scipy."""
    if isinstance(law, Lognormal):
        return Mixture([(1.0, stats.lognorm(law.sigma, scale=law.median))])
    if isinstance(law, Exponential):
        return Mixture([(1.0, stats.expon(scale=law.mean))])
    if isinstance(law, Fixed):
        return Mixture([(1.0, Point(law.value))])
    if isinstance(law, Seismic):
        flat = law.theta / (1 + law.theta)
        return Mixture([(flat, stats.uniform(0, law.s0)), (1 - flat, stats.pareto(law.theta, scale=law.s0))])
    points = sorted((float(p), d) for p, d in law.quantiles.items())
    pieces = pairwise(points)
    return Mixture([(p1 - p0, stats.uniform(d0, d1 - d0) if d1 > d0 else Point(d0)) for (p0, d0), (p1, d1) in pieces])


@pytest.mark.parametrize("mean", [law_mean, draws.law_mean], ids=["engine", "twin"])
def test_the_mean_of_a_law_is_that_of_scipys_distribution(mean: Callable[[Law], float]) -> None:
    for name, law in LAWS.items():
        assert mean(law) == pytest.approx(reference(law).mean(), rel=1e-12), name


def seismic_without_its_flat_half(law: Law) -> float:
    """The mistake that this comparison found: the flat part counted at its end instead of its middle."""
    if isinstance(law, Seismic) and law.theta > 1:
        return law.s0 * (1 + 1 / (law.theta - 1)) * law.theta / (1 + law.theta)
    return law_mean(law)


def lognormal_at_its_median(law: Law) -> float:
    return law.median if isinstance(law, Lognormal) else law_mean(law)


def empirical_by_its_knots(law: Law) -> float:
    return float(np.mean(list(law.quantiles.values()))) if isinstance(law, Empirical) else law_mean(law)


def heavy_tails_that_have_a_mean(law: Law) -> float:
    return law.s0 / law.theta if isinstance(law, Seismic) and law.theta <= 1 else law_mean(law)


@pytest.mark.parametrize(
    "wrong",
    [seismic_without_its_flat_half, lognormal_at_its_median, empirical_by_its_knots, heavy_tails_that_have_a_mean],
)
def test_a_wrong_mean_is_seen(wrong: Callable[[Law], float]) -> None:
    assert any(wrong(law) != pytest.approx(reference(law).mean(), rel=1e-12) for law in LAWS.values())


def _compiled(law: Law) -> Callable[[float], float]:
    rows = Laws()
    row = rows.add(law)
    table, knots = rows.arrays()
    return lambda u: float(laws.delay(table, knots, row, u))


def _twins(law: Law) -> Callable[[float], float]:
    return lambda u: draws.delay(law, u)


U = np.concatenate([np.linspace(0.001, 0.999, 333), 10.0 ** -np.arange(3, 12), 1 - 10.0 ** -np.arange(3, 7)])


@pytest.mark.long
@pytest.mark.parametrize("engine", [_compiled, _twins], ids=["engine", "twin"])
def test_quantiles_of_a_law_are_those_of_scipys_distribution(engine: Callable[[Law], Callable[[float], float]]) -> None:
    """To a nanosecond, which 1 - u loses near 0. Rejected: each law at 1 - u, which has the same distribution."""
    for name, law in LAWS.items():
        quantile, exact = engine(law), np.array([ppf(float(u)) for ppf in [reference(law).ppf] for u in U])
        np.testing.assert_allclose([quantile(float(u)) for u in U], exact, rtol=2e-9, atol=1e-9, err_msg=name)
        turned = np.array([quantile(float(1 - u)) for u in U])
        assert isinstance(law, Fixed) or not np.allclose(turned, exact, rtol=1e-3), name


def _bits(function: Callable[[float], float], points: NDArray[np.float64]) -> list[str]:
    return [float(function(float(x))).hex() for x in points]


@pytest.mark.parametrize("name", ["log", "exp", "normal_quantile"])
def test_the_twins_function_gives_the_bits_of_the_compiled_one(name: str) -> None:
    """The same source without the compiler, whose rewriting would show; held to exact values in `test_draws`."""
    rng = np.random.default_rng(8)
    points = {
        "log": np.exp(rng.uniform(-700, 700, 5000)),
        "exp": rng.uniform(-744, 709, 5000),
        "normal_quantile": rng.random(5000),
    }
    compiled, plain = getattr(draw, name), getattr(draws, name)
    assert _bits(plain, points[name]) == _bits(compiled, points[name])
    assert _bits(lambda x: math.nextafter(plain(x), math.inf), points[name]) != _bits(compiled, points[name])
