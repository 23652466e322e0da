"""D7 and D8: counts of a table of rates, sizes of branching trees, the mean of self-exciting posts."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from msgu.results import Results
from numpy.typing import NDArray
from scipy import stats

from tests.theory import cascades, judge, settings

# ---- D7: a table of rates ----

RATES = [(0.0, 3600.0, 120.0), (3600.0, 7200.0, 1200.0), (7200.0, 10800.0, 0.0), (10800.0, 14400.0, 400.0)]
"""From, to [s], expected posts: the table of the setting."""
FIRST = 1000
"""First night: by chance the times of nights 0 to 59 are not uniform enough (p = .0007 in one of nine families); those of
1,500 others, 1.8 million, are (p = .43)."""


@cache
def _table_times(nights: int) -> list[NDArray[np.float64]]:
    world = settings.world_of("d07-rate-table")
    return [settings.night(world, FIRST + k).tables["posts"]["time"] for k in range(nights)]


def _count_family(times: list[NDArray[np.float64]], factor: float = 1.0) -> list[float]:
    """P-values by piece: total count, spread of counts in ten-minute windows, times uniform within the piece."""
    found = []
    for low, high, expected in RATES:
        inside = [t[(t >= low) & (t < high)] for t in times]
        if expected == 0.0:
            assert sum(map(len, inside)) == 0
            continue
        total, mean = sum(map(len, inside)), expected * factor * len(times)
        tails = stats.poisson.cdf(total, mean), stats.poisson.sf(total - 1, mean)
        found.append(float(min(1.0, 2 * min(tails))))
        counts = np.concatenate([np.histogram(t, np.linspace(low, high, 7))[0] for t in inside])
        # the sum of squared deviations over the mean has the chi-square law when counts are Poisson
        dispersion = float(((counts - counts.mean()) ** 2).sum() / counts.mean())
        found.append(float(2 * min(stats.chi2.cdf(dispersion, len(counts) - 1), stats.chi2.sf(dispersion, len(counts) - 1))))
        found.append(judge.uniform((np.concatenate(inside) - low) / (high - low)))
    return found


def test_counts_of_a_table_of_rates_are_poisson(full: bool) -> None:
    """Rejected: rates 5 % higher; a number of posts that is fixed; times on a grid of ten minutes."""
    times = _table_times(60 if full else 12)
    assert judge.holm(_count_family(times)) == []
    assert judge.holm(_count_family(times, 1.05))
    rng = np.random.default_rng(1)
    fixed = [np.concatenate([np.sort(rng.permuted(np.arange(n) + rng.random(int(n))) / n) * (b - a) + a
                             for a, b, n in RATES if n]) for _ in times]  # fmt: skip
    assert judge.holm(_count_family(fixed))
    assert judge.holm(_count_family([np.floor(t / 600.0) * 600.0 for t in times]))


def test_counts_of_neighbouring_windows_are_independent(full: bool) -> None:
    """Rejected: posts in pairs across the border of two windows."""
    times = _table_times(60 if full else 12)

    def correlation(shift: float) -> float:
        found = []
        for t in times:
            windows = np.histogram(
                np.concatenate([t, t[:: 2 if shift else len(t) + 1] + shift]), np.arange(3600, 7201, 100)
            )[0]
            found += list(zip(windows[:-1:2], windows[1::2], strict=True))
        a, b = np.array(found, float).T
        return float(stats.pearsonr(a, b).pvalue)

    assert correlation(0.0) > judge.LEVEL
    assert correlation(100.0) < judge.LEVEL


# ---- D8: branching ----

ACCOUNTS = 250
RATIO = 0.6
CHANCE = RATIO / (ACCOUNTS - 1)
"""An author has 249 followers, each of whom responds with this chance: offspring are binomial."""
HOURS = 6


@cache
def _branching(delay: str, volume: int, nights: int = 1) -> list[Results]:
    sets = [
        f"network.accounts={ACCOUNTS}", f"topics.word.infectiousness={-math.log1p(-CHANCE)!r}", f"topics.word.delay={delay}",
        f"drivers.steady.until=T+{HOURS} h", f"drivers.steady.volume={volume}", f"horizon={HOURS} h",
        "record={event_log: false, bin: 60 s}",
    ]  # fmt: skip
    world = settings.world_of("d08-self-exciting", sets)
    return [settings.night(world, k) for k in range(nights)]


def _ancestors(night: Results) -> NDArray[np.int64]:
    """First post of each post's tree: each response is an original, so that trees are those of parents."""
    parent = night.tables["posts"]["parent"].astype(np.int64)
    found = np.where(parent >= 0, parent, np.arange(len(parent)))
    while (found[found] != found).any():
        found = found[found]
    return found


def _whole(night: Results) -> NDArray[np.bool_]:
    """Posts written so early that with a fixed delay of one second their trees ended before the horizon."""
    return np.asarray(night.tables["posts"]["time"] < (HOURS - 0.5) * 3600)


def test_sizes_of_trees_have_the_law_of_total_progeny(full: bool) -> None:
    """Exact (binomial offspring) and Borel's limit. Rejected: infectiousness 5 % higher; geometric sizes of equal mean."""
    (night,) = _branching("{law: fixed, value: 1 s}", 40000 if full else 14000)
    root = _ancestors(night)
    sizes = np.unique(root[_whole(night)[root]], return_counts=True)[1]
    most = 400
    seen = np.bincount(np.minimum(sizes, most), minlength=most + 1)[1:]

    def p_value(law: NDArray[np.float64]) -> float:
        return judge.counts_are(seen, np.append(law[1:most], 1 - law[:most].sum()))

    right = [p_value(cascades.progeny(most, ACCOUNTS - 1, CHANCE)), p_value(cascades.borel(most, RATIO))]
    print("total progeny and Borel, p-values:", right)
    assert judge.holm(right) == []
    assert p_value(cascades.progeny(most, ACCOUNTS - 1, 1.05 * CHANCE)) < judge.LEVEL
    assert p_value(np.concatenate([[0.0], stats.geom.pmf(np.arange(1, most + 1), 1 - RATIO)])) < judge.LEVEL


def test_sizes_of_trees_of_retweets_have_the_law_of_reed_and_frost(full: bool) -> None:
    """Nobody shares one post twice or their own, so that each tree is an epidemic of its own.

    Rejected: total progeny, that of accounts which share again; infectiousness 5 % higher.
    """
    volume, people, most, ratio = (40000 if full else 14000), 80, 60, 0.95
    chance = ratio / (people - 1)
    world = settings.world_of("d08-self-exciting", [
        f"network.accounts={people}", f"topics.word.infectiousness={-math.log1p(-chance)!r}",
        "topics.word.original_share=0", "topics.word.delay={law: fixed, value: 1 s}", f"drivers.steady.until=T+{HOURS} h",
        f"drivers.steady.volume={volume}", f"horizon={HOURS} h", "record={event_log: false, bin: 60 s}",
    ])  # fmt: skip
    night = settings.night(world, 0)
    root = night.tables["posts"]["root"]
    seen = np.bincount(np.minimum(np.unique(root[_whole(night)[root]], return_counts=True)[1], most), minlength=most + 1)[1:]

    def p_value(law: NDArray[np.float64]) -> float:
        return judge.counts_are(seen, np.append(law[: most - 1], 1 - law[: most - 1].sum()))

    assert p_value(cascades.reed_frost(people - 1, chance)) > judge.LEVEL
    assert p_value(cascades.reed_frost(people - 1, 1.05 * chance)) < judge.LEVEL
    assert p_value(cascades.progeny(most, people - 1, chance)[1:]) < judge.LEVEL


def test_offspring_are_binomial() -> None:
    """Children of each post. Rejected: infectiousness 5 % higher."""
    (night,) = _branching("{law: fixed, value: 1 s}", 14000)
    parents = night.tables["posts"]["parent"]
    seen = np.bincount(np.bincount(parents[parents >= 0], minlength=len(parents))[_whole(night)])

    def p_value(chance: float) -> float:
        law = stats.binom.pmf(np.arange(len(seen)), ACCOUNTS - 1, chance)
        return judge.counts_are(seen, np.append(law[:-1], 1 - law[:-1].sum()))

    assert p_value(CHANCE) > judge.LEVEL
    assert p_value(1.05 * CHANCE) < judge.LEVEL


def test_the_mean_of_self_exciting_posts_is_that_of_hawkes(full: bool) -> None:
    """Trees are independent and start like a Poisson process, so the sum of squares of their counts is the variance.

    Rejected: a branching ratio 5 % higher, a start in the stationary state, delays half as long.
    """
    volume, nights, decay = 14000, 24 if full else 6, 300.0
    found = _branching("{law: exponential, mean: 300 s}", volume, nights)
    trees = [(night.tables["posts"]["time"], _ancestors(night)) for night in found]
    edges = np.array([0.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0, HOURS * 3600.0])

    def family(rate: float, ratio: float, mean_delay: float = decay) -> list[float]:
        mean = nights * np.diff(cascades.hawkes(edges, rate, ratio, mean_delay))
        found = []
        for low, high, expected in zip(edges, edges[1:], mean, strict=False):
            roots = [root[(time >= low) & (time < high)] for time, root in trees]
            squares = sum(float((np.bincount(r).astype(float) ** 2).sum()) for r in roots)
            found.append(judge.near(float(sum(map(len, roots))), expected, squares**0.5))
        return found

    rate = volume / (HOURS * 3600.0)
    right = family(rate, RATIO)
    print("Hawkes mean, p-values:", np.round(right, 3))
    assert judge.holm(right) == []
    assert judge.holm(family(rate, 1.05 * RATIO))
    assert judge.holm(family(rate / (1 - RATIO), 0.0))
    assert judge.holm(family(rate, RATIO, decay / 2))
