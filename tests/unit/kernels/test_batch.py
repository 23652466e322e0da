"""Draws of many at a time are those of one at a time, bit by bit."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.kernels.base import batch, draw, laws

KEY = np.uint64(0x9E3779B97F4A7C15)


@pytest.mark.toy
@pytest.mark.parametrize("first", [0, 2**32 - 70])
def test_uniforms_of_neighbours_are_those_of_each_alone(first: int) -> None:
    out = np.full(64, -1.0)
    batch.fill_uniforms(KEY, first, 60, 3, 5, out)
    assert out[:60].tolist() == [draw.uniform(KEY, first + i, 3, 5) for i in range(60)]
    assert (out[60:] == -1.0).all()


@pytest.mark.toy
def test_pairs_of_anybody_are_those_of_each_alone() -> None:
    who = np.array([7, 0, 2**31, 5, 5], np.int64)
    u, v = np.zeros(5), np.zeros(5)
    batch.fill_pairs(KEY, who, 4, 0, 1, u, v)
    assert list(zip(u, v, strict=True)) == [draw.uniform2(KEY, int(w), 0, 1) for w in who[:4]] + [(0.0, 0.0)]


@pytest.mark.toy
def test_logarithms_of_uniforms_are_those_of_each_alone() -> None:
    edges = [draw.to_unit(np.uint64(bits)) for bits in (0, 1 << 12, 2**63, 2**63 - 1, 2**64 - 1)]
    low = float(np.nextafter(0.70710678118654752440, 0.0))
    x = np.array([*edges, low, 0.70710678118654752440, *(draw.uniform(KEY, i, 0, 0) for i in range(2000))])
    expected = [draw.log(float(u)) for u in x]
    batch.take_logs(x, len(x))
    assert x.tolist() == expected


@pytest.mark.toy
def test_numbered_draws_of_one_person_are_those_of_each_alone() -> None:
    one = np.full(9, -1.0)
    u, v = np.zeros(3), np.zeros(3)
    batch.fill_stepped_pairs(KEY, 7, 5, 256, 2, 1, u, v)
    assert list(zip(u, v, strict=True)) == [draw.uniform2(KEY, 7, 5, 1), draw.uniform2(KEY, 7, 261, 1), (0.0, 0.0)]
    u, v = np.zeros(5), np.zeros(5)
    batch.fill_stepped_pairs(KEY, 7, 3, 1, 4, 0, u, v)
    assert list(zip(u, v, strict=True)) == [*(draw.uniform2(KEY, 7, 3 + i, 0) for i in range(4)), (0.0, 0.0)]
    batch.fill_numbered(KEY, 2**32 - 1, 1000, 8, 1, one)
    assert one.tolist() == [*(draw.uniform(KEY, 2**32 - 1, 1000 + i, 1) for i in range(8)), -1.0]


@pytest.mark.toy
def test_draws_of_anybody_with_any_number_are_those_of_each_alone() -> None:
    who, nth = np.array([7, 0, 2**31, 5, 5], np.int64), np.array([1000, 2**31, 0, 3, 4], np.int64)
    one, u, v = np.full(5, -1.0), np.zeros(5), np.zeros(5)
    batch.fill_each(KEY, who, nth, 4, 2, one)
    assert one.tolist() == [*(draw.uniform(KEY, int(w), int(n), 2) for w, n in zip(who[:4], nth[:4], strict=True)), -1.0]
    batch.fill_each_pair(KEY, who, nth, 4, 0, u, v)
    pairs = [draw.uniform2(KEY, int(w), int(n), 0) for w, n in zip(who[:4], nth[:4], strict=True)]
    assert list(zip(u, v, strict=True)) == [*pairs, (0.0, 0.0)]


@pytest.mark.toy
@pytest.mark.parametrize(
    "law",
    [
        (laws.LOGNORMAL, 6.8, 1.2, 0.0),
        (laws.LOGNORMAL, 600.0, 20.0, 0.0),
        (laws.LOGNORMAL, -3.0, 0.0, 0.0),
        (laws.EXPONENTIAL, 90.0, 0.0, 0.0),
        (laws.FIXED, 60.0, 0.0, 0.0),
        (laws.SEISMIC, 0.8, 30.0, 0.0),
        (laws.EMPIRICAL, 0.0, 3.0, 0.0),
    ],
)
def test_delays_of_a_law_are_those_of_each_alone(law: tuple[float, ...]) -> None:
    rows, knots = np.array([law], np.float64), np.array([[0.0, 10.0], [0.3, 60.0], [1.0, 300.0]])
    edges = [2.0**-53, 0.075, np.nextafter(0.075, 0.0), 0.5, 0.925, np.nextafter(0.925, 1.0), 1.0 - 2.0**-53]
    u = np.array([*edges, *(draw.uniform(KEY, i, 0, 0) for i in range(2000))])
    out = np.zeros(len(u))
    batch.take_delays(rows, knots, 0, u, len(u), out)
    assert out.tolist() == [laws.delay(rows, knots, 0, float(x)) for x in u]
