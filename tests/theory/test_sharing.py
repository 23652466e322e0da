"""Broadcast-like cascades: who takes part, retweets that move less, posts of unlike appeal, feeds that repeat nothing."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from msgu.results import Results
from msgu.world.build import World
from numpy.typing import NDArray
from scipy import integrate, stats

from tests.theory import judge, settings

# ---- posts of an account ----

WRITERS, MEAN, SHARE, SIGMA = 5000, 3.0, 0.3, 1.2
"""Accounts, posts of the mean account, share that takes part, spread of how keenly."""


@cache
def _writers(share: float, sigma: float) -> NDArray[np.int64]:
    """Posts of each account in a night without any response."""
    world = settings.world_of("d07-rate-table", [
        f"network.accounts={WRITERS}", f"attention.participation={{share: {share}, sigma: {sigma}}}",
        f"drivers.quiet.volume={MEAN * WRITERS}", "drivers.busy.volume=0", "drivers.none-then-late.volume=0",
    ])  # fmt: skip
    return np.bincount(settings.night(world, 0).tables["posts"]["author"], minlength=WRITERS)


def _mixture(most: int, share: float, sigma: float) -> NDArray[np.float64]:
    """Law of the posts of an account: none for who takes no part, else Poisson of a lognormal mean."""
    z, weight = np.polynomial.hermite_e.hermegauss(80)
    means = MEAN / share * np.exp(sigma * z - sigma**2 / 2)
    law = share * (stats.poisson.pmf(np.arange(most)[:, None], means) @ (weight / weight.sum()))
    law[0] += 1 - share
    return np.append(law, 1 - law.sum())


def test_posts_of_an_account_have_the_mixture_law_of_participation() -> None:
    """Rejected: everybody takes part, a share a fifth larger, all equally keen, a spread a fifth larger."""
    most = 40
    seen = np.bincount(np.minimum(_writers(SHARE, SIGMA), most), minlength=most + 1)

    def p_value(share: float, sigma: float) -> float:
        return judge.counts_are(seen, _mixture(most, share, sigma))

    print("posts of an account, p-value:", p_value(SHARE, SIGMA))
    assert p_value(SHARE, SIGMA) > judge.LEVEL
    for wrong in ((1.0, SIGMA), (1.2 * SHARE, SIGMA), (SHARE, 0.0), (SHARE, 1.2 * SIGMA)):
        assert p_value(*wrong) < judge.LEVEL


def test_fewer_accounts_write_as_many_posts_where_fewer_take_part() -> None:
    some, all_of_them = _writers(SHARE, 0.0), _writers(1.0, 0.0)
    assert (some > 0).sum() < 0.5 * (all_of_them > 0).sum()
    assert abs(some.sum() / all_of_them.sum() - 1) < 0.05


# ---- shares of a post ----

ACCOUNTS, CHANCE, RETWEET, POWER = 200, 0.012, 0.3, 2.0
"""Everybody follows everybody; chance of an answer to a first post of full appeal; factor of a retweet; power of appeal."""
HAZARD = -math.log1p(-CHANCE)


@cache
def _world(*sets: str) -> World:
    return settings.world_of("d08-self-exciting", [
        f"network.accounts={ACCOUNTS}", f"topics.word.infectiousness={HAZARD!r}", "topics.word.original_share=0",
        "topics.word.delay={law: fixed, value: 1 s}", "drivers.steady.until=T+6 h", "drivers.steady.volume=4000",
        "horizon=6 h", "record={event_log: false, bin: 60 s}", *sets,
    ])  # fmt: skip


@cache
def _night(*sets: str) -> Results:
    return settings.night(_world(*sets), 0)


def _by_level(*sets: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Shares from the first post, and shares from those, of each cascade that had the time."""
    posts = _night(*sets).tables["posts"]
    parent, root, row = (np.asarray(x, np.int64) for x in (posts["parent"], posts["root"], np.arange(len(posts["root"]))))
    whole = (posts["time"] < 5.9 * 3600) & (root == row)
    shared = root != row
    one = shared & (parent == root)
    two = shared & ~one & one[np.maximum(parent, 0)]
    return np.bincount(root[one], minlength=len(root))[whole], np.bincount(root[two], minlength=len(root))[whole]


def _second_level(first: NDArray[np.int64], second: NDArray[np.int64], factor: float) -> float:
    """P-value of the shares of retweets, given those of the first posts: who saw k retweets and shared nothing may share one."""
    rest = ACCOUNTS - 1 - first
    chance = -np.expm1(-HAZARD * factor * first)
    return judge.near(float(second.sum()), float((rest * chance).sum()), float((rest * chance * (1 - chance)).sum()) ** 0.5)


def test_retweets_are_shared_by_their_factor_in_a_branching_of_two_levels() -> None:
    """Rejected: a retweet that moves like the first post, a factor a fifth larger, a damped first post."""
    first, second = _by_level(f"attention.retweet_factor={RETWEET}")
    right = [_second_level(first, second, RETWEET), judge.counts_are(np.bincount(first), _binomial(first, CHANCE))]
    print("two levels, p-values:", right)
    assert judge.holm(right) == []
    assert _second_level(first, second, 1.0) < judge.LEVEL
    assert _second_level(first, second, 1.2 * RETWEET) < judge.LEVEL
    assert judge.counts_are(np.bincount(first), _binomial(first, -math.expm1(-HAZARD * RETWEET))) < judge.LEVEL


def _binomial(seen: NDArray[np.int64], chance: float) -> NDArray[np.float64]:
    law = stats.binom.pmf(np.arange(seen.max() + 1), ACCOUNTS - 1, chance)
    return np.append(law[:-1], 1 - law[:-1].sum())


def _unlike(most: int, power: float) -> NDArray[np.float64]:
    """Law of the shares of a first post whose appeal is a uniform to a power."""
    law = [
        integrate.quad(lambda u, k=k: stats.binom.pmf(k, ACCOUNTS - 1, -math.expm1(-HAZARD * u**power)), 0, 1)[0]
        for k in range(most)
    ]
    return np.append(law, 1 - sum(law))


def test_shares_of_first_posts_have_the_mixture_law_of_appeal() -> None:
    """Rejected: all posts alike with the same mean, the power halved, appeal that is drawn anew at each sight."""
    first, _ = _by_level(f"attention.appeal_power={POWER}", "attention.retweet_factor=0")
    seen = np.bincount(first)
    most = len(seen) - 1
    anew = _binomial(first, integrate.quad(lambda u: -math.expm1(-HAZARD * u**POWER), 0, 1)[0])
    print("appeal, p-value:", judge.counts_are(seen, _unlike(most, POWER)))
    assert judge.counts_are(seen, _unlike(most, POWER)) > judge.LEVEL
    assert judge.counts_are(seen, _binomial(first, CHANCE / (1 + POWER))) < judge.LEVEL
    assert judge.counts_are(seen, _unlike(most, POWER / 2)) < judge.LEVEL
    assert judge.counts_are(seen, anew) < judge.LEVEL


def test_retweets_inherit_the_appeal_of_their_first_post() -> None:
    """The shares that retweets bring grow with those of the first post by more than their number: its appeal is in both.

    Rejected: retweets of the mean appeal, and of full appeal.
    """
    first, second = _by_level(f"attention.appeal_power={POWER}")
    chance = {k: _given(k) for k in range(int(first.max()) + 1)}
    means = np.array([chance[k] for k in first.tolist()])
    rest = ACCOUNTS - 1 - first

    def p_value(expected: NDArray[np.float64]) -> float:
        return judge.near(float(second.sum()), float(expected.sum()), 1.3 * float(expected.sum()) ** 0.5)

    assert p_value(rest * means) > judge.LEVEL
    assert p_value(rest * -np.expm1(-HAZARD * first / (1 + POWER))) < judge.LEVEL
    assert p_value(rest * -np.expm1(-HAZARD * first)) < judge.LEVEL


def _given(shares: int) -> float:
    """Chance that another account answers one of so many retweets, over the appeal given that the first post had as many."""
    u = (np.arange(2000) + 0.5) / 2000
    weight = stats.binom.pmf(shares, ACCOUNTS - 1, -np.expm1(-HAZARD * u**POWER))
    return float((weight * -np.expm1(-HAZARD * u**POWER * shares)).sum() / weight.sum())


# ---- each turns what it says ----


@pytest.mark.parametrize(
    ("low", "high", "sign"),
    [
        ("attention.retweet_factor=0.2", "attention.retweet_factor=1", 1),
        ("attention.appeal_power=3", "attention.appeal_power=0", 1),
        ("attention.shown_once=false", "attention.shown_once=true", -1),
    ],
)
def test_more_of_a_factor_is_more_shares_and_repetitions_left_out_are_fewer(low: str, high: str, sign: int) -> None:
    few, many = (len(_night(one).tables["posts"]["root"]) for one in (low, high))
    assert sign * (many - few) > 0.1 * few


def test_where_everybody_saw_the_first_post_no_retweet_is_shown() -> None:
    first, second = _by_level("attention.shown_once=true")
    assert judge.counts_are(np.bincount(first), _binomial(first, CHANCE)) > judge.LEVEL
    assert second.sum() == 0
