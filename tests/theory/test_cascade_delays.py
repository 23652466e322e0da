"""Delay laws: quantiles as the kernel computes them, against closed forms and numerical integrals."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from msgu.engine.arrays.laws import Laws, law_mean
from msgu.kernels.base import draw, laws
from msgu.kernels.jit.compile import njit
from msgu.scenario.schema.laws import Empirical, Exponential, Fixed, Law, Lognormal, Seismic
from numpy.typing import NDArray
from scipy import integrate, stats

from tests.theory import judge

THETA, S0, C = 0.2314843, 300.0, 6.265725e-4
"""Constants of the SEISMIC R package (Zhao et al. 2015): exponent of the tail, constant part [s], its height [1/s]."""
KNOTS = {"0": 1.0, "0.15": 300.0, "0.5": 3600.0, "0.9": 20000.0, "1": 90000.0}
LAWS: dict[str, Law] = {  # durations are read from text, as in a scenario
    "seismic": Seismic(law="seismic"),
    "lognormal": Lognormal(law="lognormal", median="1 h", sigma=1.9),
    "exponential": Exponential(law="exponential", mean="10 min"),
    "empirical": Empirical(law="empirical", quantiles={p: f"{d:g} s" for p, d in KNOTS.items()}),
}


def _kernel(law: Law) -> Callable[[float], float]:
    """Quantile of a law as a night draws it; other laws stand before it in the arrays."""
    rows = Laws()
    rows.add(Empirical(law="empirical", quantiles={"0": "5 s", "1": "6 s"}))
    row = rows.add(law)
    table, knots = rows.arrays()
    return lambda u: float(laws.delay(table, knots, row, u))


def _seismic_density(s: float, theta: float = THETA) -> float:
    return C if s <= S0 else C * (s / S0) ** -(1 + theta)


def _seismic_share(s: float, theta: float = THETA) -> float:
    """Distribution function by integration of the published density."""
    head = C * min(s, S0)
    if s <= S0:
        return head
    # in log time the density is smooth
    tail = integrate.quad(lambda x: _seismic_density(math.exp(x), theta) * math.exp(x), math.log(S0), math.log(s), limit=200)
    return head + float(tail[0])


@pytest.mark.toy
def test_the_published_kernel_integrates_to_one() -> None:
    whole = C * S0 * (1 + 1 / THETA)
    assert whole == pytest.approx(1.0, abs=2e-7)


@pytest.mark.toy
def test_quantiles_of_the_memory_kernel_are_those_of_its_closed_form() -> None:
    """For u < c s0: u / c; beyond: s0 (theta (1 - u) / (c s0))^(-1 / theta). Rejected: theta in place of 1 + theta."""
    quantile = _kernel(LAWS["seismic"])
    for u in (1e-12, 0.01, 0.1, 0.187, 0.188, 0.19, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999999):
        closed = u / C if u < C * S0 else S0 * (THETA * (1 - u) / (C * S0)) ** (-1 / THETA)
        assert quantile(u) == pytest.approx(closed, rel=3e-6), u  # the constant c has seven figures
    wrong = S0 * ((1 - 0.5) * THETA / (C * S0)) ** (-1 / (1 + THETA))
    assert abs(quantile(0.5) / wrong - 1) > 0.5


@pytest.mark.toy
def test_quantiles_of_the_memory_kernel_undo_the_integral_of_its_density() -> None:
    """Rejected: an exponent 1 % larger."""
    quantile = _kernel(LAWS["seismic"])
    for u in (0.05, 0.15, 0.188, 0.3, 0.5, 0.7, 0.9):
        assert _seismic_share(quantile(u)) == pytest.approx(u, abs=1e-6)
    assert abs(_seismic_share(quantile(0.7), 1.01 * THETA) - 0.7) > 1e-3


@pytest.mark.toy
def test_quantiles_of_the_lognormal_law() -> None:
    """Rejected: a natural logarithm taken for a decimal one."""
    quantile = _kernel(LAWS["lognormal"])
    u = np.concatenate([10.0 ** -np.arange(1, 15), 1 - 10.0 ** -np.arange(1, 12), [0.25, 0.5, 0.75]])
    exact = stats.lognorm.ppf(u, 1.9, scale=3600.0)
    np.testing.assert_allclose([quantile(float(x)) for x in u], exact, rtol=1e-12)
    assert quantile(0.9) != pytest.approx(3600.0 * 10 ** (1.9 * float(stats.norm.ppf(0.9))), rel=0.5)


@pytest.mark.toy
def test_quantiles_of_the_empirical_law_are_joined_by_straight_lines() -> None:
    """Rejected: neighbouring pieces mixed up (a quantile that is not continuous)."""
    quantile = _kernel(LAWS["empirical"])
    u = np.linspace(0, 1, 1001)
    exact = np.interp(u, [float(p) for p in KNOTS], list(KNOTS.values()))
    np.testing.assert_allclose([quantile(float(x)) for x in u], exact, rtol=1e-12)
    assert np.abs(np.roll(exact, 50) - exact).max() > 100


@pytest.mark.toy
def test_quantiles_of_the_exponential_and_fixed_laws() -> None:
    """Rejected: the quantile of 1 - u, which has the same law but falls with u."""
    quantile = _kernel(LAWS["exponential"])
    for u in (1e-6, 0.1, 0.3, 0.5, 0.999):
        assert quantile(u) == pytest.approx(float(stats.expon.ppf(u, scale=600.0)), rel=1e-9)
    assert quantile(0.3) != pytest.approx(float(stats.expon.isf(0.3, scale=600.0)), rel=0.1)
    assert _kernel(Fixed(law="fixed", value="7.5 s"))(0.3) == 7.5


@pytest.mark.toy
def test_means_are_those_of_the_quantiles() -> None:
    """The mean of the memory kernel is infinite: only its quantiles can be tested."""
    for name in ("exponential", "empirical"):
        mean = integrate.quad(_kernel(LAWS[name]), 0, 1, limit=500, points=[0.15, 0.5, 0.9])[0]
        assert law_mean(LAWS[name]) == pytest.approx(mean, rel=1e-6)
    lognormal = Lognormal(law="lognormal", median="1 min", sigma=0.8)
    assert law_mean(lognormal) == pytest.approx(float(stats.lognorm.mean(0.8, scale=60.0)), rel=1e-12)
    assert law_mean(LAWS["seismic"]) == math.inf


@njit
def _draw(table: object, knots: object, row: int, topic: int, out: NDArray[np.float64]) -> None:
    for i in range(out.size):
        out[i] = laws.delay(table, knots, row, draw.uniform(np.uint64(5), i, topic, 0))


def _drawn(name: str, n: int) -> NDArray[np.float64]:
    """First delays of the accounts 0 to n - 1, each law as a topic of its own."""
    rows = Laws()
    row = rows.add(LAWS[name])
    table, knots = rows.arrays()
    out = np.empty(n)
    _draw(table, knots, row, list(LAWS).index(name), out)
    return out


def test_drawn_delays_have_their_laws(full: bool) -> None:
    """Kolmogorov and Smirnov, Holm at 1 %. Rejected in each law: a time scale 3 % longer."""
    n = 200_000 if full else 50_000
    shares: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
        "seismic": lambda s: np.where(s <= S0, C * s, 1 - C * S0 / THETA * np.maximum(s / S0, 1) ** -THETA),
        "lognormal": lambda s: np.asarray(stats.lognorm.cdf(s, 1.9, scale=3600.0)),
        "exponential": lambda s: np.asarray(stats.expon.cdf(s, scale=600.0)),
        "empirical": lambda s: np.interp(s, list(KNOTS.values()), [float(p) for p in KNOTS]),
    }
    right = [judge.uniform(shares[name](_drawn(name, n))) for name in LAWS]
    wrong = [judge.uniform(shares[name](1.03 * _drawn(name, n))) for name in LAWS]
    print("delays, p-values:", dict(zip(LAWS, np.round(right, 3).tolist(), strict=True)))
    assert judge.holm(right) == []
    assert len(judge.holm(wrong)) >= (len(LAWS) if full else 2)
