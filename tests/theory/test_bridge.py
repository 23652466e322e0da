"""The bridge of scales against closed forms: who is whose clone, and what clones of one resident do to a count."""

from __future__ import annotations

import math

import numpy as np
import pytest
from msgu.world.bridge import draw_residents
from scipy import stats

from tests.theory.judge import LEVEL, counts_are, holm, mean_is, near

OUT, RESIDENTS, ACCOUNTS = 4_000, 500, 200
"""People out who live in one zone, its residents, and those of them with an account: the first, as in the model."""
HEARD, DARES = 0.3, 0.4
"""Chance that a resident hears, and of each clone's own draw after that."""
WORLDS = 600


def _residents(seed: int, n: int = RESIDENTS) -> np.ndarray:
    zone = np.zeros(OUT, np.int16)
    return draw_residents(seed, zone, np.zeros(1, np.int64), np.array([n], np.int64))


@pytest.fixture(scope="module")
def worlds() -> list[np.ndarray]:
    return [_residents(seed) for seed in range(WORLDS)]


def factor(own: float) -> float:
    """Variance of a count of clones over that of as many independent people, where a clone adds a draw of its own."""
    return 1 + (OUT - 1) / RESIDENTS * own * (1 - HEARD) / (1 - HEARD * own)


def counts(worlds: list[np.ndarray], own: float, *, shared: bool = False) -> np.ndarray:
    """People out who hear in each world; `shared` plants that clones of one resident share their own draw."""
    rng, found = np.random.default_rng(3), []
    for resident in worlds:
        hears = rng.random(RESIDENTS) < HEARD
        draws = (rng.random(RESIDENTS) < own)[resident] if shared else rng.random(OUT) < own
        found.append(int((hears[resident] & draws).sum()))
    return np.array(found)


def spread(found: np.ndarray, expected: float) -> float:
    """Two-sided p-value that counts have an expected variance, their law taken as normal."""
    x = (len(found) - 1) * found.var(ddof=1) / expected
    below = float(stats.chi2.cdf(x, len(found) - 1))
    return 2 * min(below, 1 - below)


def test_every_resident_of_a_zone_has_its_share_of_the_clones(worlds: list[np.ndarray]) -> None:
    met = np.bincount(np.concatenate(worlds), minlength=RESIDENTS)
    assert counts_are(met, np.ones(RESIDENTS)) > LEVEL
    crowded = np.minimum(np.concatenate(worlds) + 1, RESIDENTS - 1)  # planted: the last resident is drawn twice as often
    assert counts_are(np.bincount(crowded, minlength=RESIDENTS), np.ones(RESIDENTS)) < LEVEL


def test_as_many_of_those_out_have_an_account_as_of_the_residents(worlds: list[np.ndarray]) -> None:
    share = ACCOUNTS / RESIDENTS
    deviation = math.sqrt(share * (1 - share) / OUT / WORLDS)
    mean = float(np.mean([(of < ACCOUNTS).mean() for of in worlds]))
    assert near(mean, share, deviation) > LEVEL
    assert near(mean, 1.02 * share, deviation) < LEVEL


def test_the_mean_of_a_count_is_the_same_at_every_scale() -> None:
    p_values = []
    for n in (50, 500, 5_000):
        rng = np.random.default_rng(n)
        found = [(rng.random(n) < HEARD)[_residents(seed, n)].sum() for seed in range(200)]
        p_values.append(mean_is(found, HEARD * OUT))
    assert not holm(p_values)


@pytest.mark.parametrize("own", [1.0, DARES])
def test_clones_of_one_resident_widen_a_count_by_the_factor_that_theory_gives(worlds: list[np.ndarray], own: float) -> None:
    alone = OUT * HEARD * own * (1 - HEARD * own)
    assert spread(counts(worlds, own), factor(own) * alone) > LEVEL
    assert spread(counts(worlds, own), alone) < LEVEL  # planted: clones as if they were strangers


def test_clones_that_share_their_own_draws_are_seen(worlds: list[np.ndarray]) -> None:
    alone = OUT * HEARD * DARES * (1 - HEARD * DARES)
    assert spread(counts(worlds, DARES, shared=True), factor(DARES) * alone) < LEVEL
