"""Selection of the best: the constant is the published one, the guarantee is kept, clear races end early."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.study.comparison.selection import Race, Selected, race
from numpy.typing import NDArray

F64 = NDArray[np.float64]
NAMES = ("best", "a", "b", "c", "d")
ZONE = 0.5


def nights(g: np.random.Generator, gap: float, shared: float, heavy: bool, most: int = 1500) -> dict[str, F64]:
    """Nights of five alternatives: one better than all others by `gap`, with luck in common."""
    luck = shared * g.normal(size=most)
    noise = (g.standard_gamma(2.0, (most, len(NAMES))) - 2.0) / np.sqrt(2.0) if heavy else g.normal(size=(most, len(NAMES)))
    return {name: luck + noise[:, i] + (gap if name == "best" else 0.0) for i, name in enumerate(NAMES)}


def races(trials: int, gap: float, shared: float = 0.0, heavy: bool = False) -> list[Selected]:
    g = np.random.default_rng(11)
    return [race(nights(g, gap, shared, heavy), zone=ZONE, guarantee=0.9, first=10) for _ in range(trials)]


def test_the_constant_solves_the_published_equation() -> None:
    for k, guarantee, first in ((2, 0.95, 10), (9, 0.95, 10), (9, 0.9, 24)):
        eta = Race([str(i) for i in range(k)], 1.0, guarantee, first).eta
        beta = (1 - guarantee) / (k - 1)
        assert 0.5 * (1 + 2 * eta) ** (-(first - 1) / 2) == pytest.approx(beta)
    assert Race(("a", "b"), 1.0, 0.95, 10).eta == pytest.approx(0.5 * (0.1 ** (-2 / 9) - 1))


def test_an_alternative_leaves_on_the_night_that_the_published_boundary_gives() -> None:
    """Kim and Nelson: the worse one leaves once its lag reaches (h2 S2 / zone - zone n) / 2, with h2 = 2 eta (first - 1).

    The ten differences of the first nights are 6 and -2 by turns, so that S2 = 160 / 9 and each night adds 2 to the lag.
    Planted: S2 by n instead of n - 1, or h2 with `first` instead of `first - 1`, moves the night by two.
    """
    zone, guarantee, first = 1.0, 0.95, 10
    d = np.tile([6.0, -2.0], 50)
    h2 = ((2 * (1 - guarantee)) ** (-2 / (first - 1)) - 1) * (first - 1)
    lag, n = np.cumsum(d), np.arange(1, 101)
    leaves = n[(n >= first) & (lag > np.maximum(0.0, (h2 * (160 / 9) / zone - zone * n) / 2))][0]
    done = race({"a": d, "b": np.zeros(100)}, zone, guarantee, first)
    assert (done.best, done.left) == ("a", {"b": leaves})


@pytest.mark.parametrize(("shared", "heavy"), [(0.0, False), (3.0, False), (3.0, True)], ids=["alone", "common", "skewed"])
def test_the_guarantee_is_kept_in_the_least_favourable_case(shared: float, heavy: bool) -> None:
    done = races(200, gap=ZONE, shared=shared, heavy=heavy)
    right = sum(one.best == "best" for one in done) / len(done)
    print(f"selection: right in {right:.3f} of {len(done)} races, 0.9 guaranteed")
    assert right >= 0.9
    assert all(one.best for one in done)


def test_without_the_first_nights_the_guarantee_would_be_broken() -> None:
    g = np.random.default_rng(12)
    picked = []
    for _ in range(400):
        values = nights(g, ZONE, 0.0, False, most=3)
        picked.append(max(values, key=lambda name: float(values[name].sum())))
    assert picked.count("best") / len(picked) < 0.85, "the negative control must fail"


def test_a_clear_race_ends_earlier_than_a_close_one() -> None:
    clear, close = races(60, gap=6 * ZONE), races(60, gap=ZONE)
    assert np.mean([one.nights for one in clear]) < 0.6 * np.mean([one.nights for one in close])


def test_equal_alternatives_end_the_race_too_within_the_bound() -> None:
    g = np.random.default_rng(13)
    values = {name: g.normal(size=2000) for name in ("a", "b")}
    done = race(values, zone=1.0, guarantee=0.9, first=10)
    running = Race(("a", "b"), 1.0, 0.9, 10)
    d = (values["a"] - values["b"])[:10]
    bound = 2 * running.eta * 9 * float(d.var(ddof=1)) + 1
    assert done.best and done.nights <= max(10, bound)


def test_when_the_nights_end_first_those_left_are_told_and_none_is_called_best() -> None:
    g = np.random.default_rng(14)
    done = race({name: g.normal(size=12) for name in NAMES}, zone=0.01, first=10)
    assert done.best == "" and len(done.alive) > 1 and done.nights == 12


def test_common_draws_shorten_the_race() -> None:
    g = np.random.default_rng(15)
    luck = 5 * g.normal(size=5000)
    together = {"a": luck + g.normal(size=5000), "b": luck + 1 + g.normal(size=5000)}
    apart = {"a": 5 * g.normal(size=5000) + g.normal(size=5000), "b": 5 * g.normal(size=5000) + 1 + g.normal(size=5000)}
    assert race(together, 1.0).nights * 3 < race(apart, 1.0).nights


@pytest.mark.parametrize(
    ("names", "zone", "guarantee", "first"),
    [
        (("a",), 1.0, 0.9, 10),
        (("a", "a"), 1.0, 0.9, 10),
        (("a", "b"), 0.0, 0.9, 10),
        (("a", "b"), 1.0, 0.5, 10),
        (("a", "b"), 1.0, 0.9, 4),
    ],
)
def test_a_race_without_sense_is_refused(names: tuple[str, ...], zone: float, guarantee: float, first: int) -> None:
    with pytest.raises(ValueError, match=r"race|zone"):
        Race(names, zone, guarantee, first)


def test_who_never_has_a_value_leaves_the_race_and_the_others_are_told_apart() -> None:
    g = np.random.default_rng(3)
    running = Race(("a", "b", "silent"), 1.0, 0.9, 5)
    for _ in range(5):
        running.pass_over(["silent"])
    assert (running.alive, running.empty) == (["a", "b"], ["silent"])
    while len(running.alive) > 1:
        running.add({"a": 3.0 + g.normal(), "b": g.normal()})
    assert running.state().best == "a"
    assert running.state().empty == ("silent",)


def test_the_last_one_with_a_value_is_not_called_the_best_without_a_race() -> None:
    running = Race(("a", "silent"), 1.0, 0.9, 5)
    for _ in range(5):
        running.pass_over(["silent"])
    assert (running.state().best, running.state().alive) == ("", ("a",))


def test_a_night_without_a_value_now_and_then_puts_nobody_out() -> None:
    running = Race(("a", "b"), 1.0, 0.9, 5)
    for k in range(12):
        running.pass_over(["a"] if k % 2 else ["b"])
    assert running.alive == ["a", "b"]


def test_two_that_are_equal_but_for_rounding_are_never_told_apart() -> None:
    running = Race(("a", "b"), 1.0, 0.9, 5)
    for k in range(300):
        running.add({"a": 3.5 + k - 3.4, "b": 0.3 + k - 0.2})
    assert running.alive == ["a", "b"]
