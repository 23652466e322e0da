"""Hearing of shelter against closed forms: thinned posts, binomial offers, word of mouth as a pure birth process."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from msgu.kernels.state import BY_BROADCAST, BY_NETWORK, BY_OTHER, LOG_HEARD, LOG_POST, LOG_TOLD
from msgu.world.build import World
from scipy import stats

from tests.theory import judge, settings
from tests.theory.judge import LEVEL

N, SEEING, POSTS, SPAN = 1000, 0.05, 120, 7200.0
"""Accounts beside the silent one, chance to see a post, posts, and the time over which they come [s]."""
OFFERS, AFTER = 0.3, 300.0
"""Chance to offer, and mean time from hearing to the offer [s]."""
OUT, MEETS, TELLS = 5, 300.0, 0.5
"""People stranded in one place, mean time before one asks [s], chance to be told."""
NIGHTS = 40
EVERYBODY = ("shelter.host_zones={town: 1, suburb: 1}",)
"""Every account may host, so that it matters whether it has heard."""
HOSTS = ("shelter.host_zones={town: 1}", f"shelter.hearing.offers={OFFERS}")
TEXT = """
msgu: 1
id: hearing
title: {fr: "Entendre parler d'un abri", en: "Hearing of shelter"}
start: "2030-01-01T20:00:00+00:00"
horizon: 2 h
places:
  zones:
    town: {kind: arrondissement, population: 800, lat: 48.0, lon: 2.0, adjacent: [suburb]}
    suburb: {kind: commune, population: 800, lat: 48.2, lon: 2.0, adjacent: [town]}
  provenance:
    zones: {source: textbook setting}
network: {accounts: 1001, mean_follows: 1000, complete: true, shares: {town: 1, suburb: 1}}
accounts:
  silent: {zone: town, followers: 0}
attention: {seeing: 0.05, half_load: null, susceptibility_sigma: 0, activity_sigma: 0}
topics:
  abri: {infectiousness: 0, kinds: {information: 1}, delay: {law: fixed, value: 1 s}}
drivers:
  posts: {topic: abri, at: T+0 s, until: T+2 h, volume: 120}
outings:
  theatre: {people: 500, zone: town, leaves: T+10 min, spread: 0 s}
going_home: {homes: {suburb: 1}, accept_walk: 1 min, taxi: 0, patience: {law: fixed, value: 20 h}}
shelter:
  topic: abri
  seekers: 0
  near: 5 km
  hearing: {offers: 0, offer_after: {law: exponential, mean: 5 min}}
record: {event_log: true}
"""
Rows = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("hearing") / "hearing.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return file


@cache
def _world(path: Path, *sets: str) -> World:
    return settings.world_of(path, sets)


@cache
def _logs(path: Path, nights: int, *sets: str) -> list[Rows]:
    return [settings.night(_world(path, *sets), i).tables["event_log"] for i in range(nights)]


def _of(log: Rows, code: int) -> Rows:
    rows = log["code"] == code
    return {name: column[rows] for name, column in log.items()}


# ---- accounts ----


def _heard_at_post(log: Rows) -> np.ndarray:
    """At which post, from 1, each account heard that has written none; 0 for those that never did."""
    posts, heard = _of(log, LOG_POST), _of(log, LOG_HEARD)
    at = np.zeros(N + 1, int)
    at[heard["who"]] = np.searchsorted(posts["time"], heard["time"], side="right")
    readers = np.setdiff1d(np.arange(1, N + 1), posts["who"])
    return at[readers]


def _geometric(logs: list[Rows], chance: float) -> float:
    """P-value of hearing at the k-th post with chance p (1 - p)^(k-1), and never with the rest."""
    found, law = np.zeros(41), np.zeros(41)
    for log in logs:
        at, k = _heard_at_post(log), min(40, len(_of(log, LOG_POST)["who"]))
        seen = np.where(at > k, 0, at)
        found += np.bincount(seen, minlength=41)
        chances = chance * (1 - chance) ** np.arange(k)
        law[1 : k + 1] += len(at) * chances
        law[0] += len(at) * (1 - chances.sum())
    return judge.counts_are(found, law)


def test_an_account_hears_at_each_post_with_the_chance_to_see_it(path: Path) -> None:
    logs = _logs(path, NIGHTS, *EVERYBODY)
    assert _geometric(logs, SEEING) > LEVEL
    assert _geometric(logs, 1.1 * SEEING) < LEVEL  # planted: a look at a post counts a little more than once


def _share_by(logs: list[Rows], t: float) -> list[float]:
    return [float((_of(log, LOG_HEARD)["time"] < t).sum()) / N for log in logs]


def _by_rate(logs: list[Rows], seeing: float) -> list[float]:
    rate = POSTS / SPAN * (seeing * (1 - 1 / N) + 1 / N)
    return [judge.mean_is(_share_by(logs, t), 1 - math.exp(-rate * t)) for t in (600.0, 1500.0, 3600.0)]


def test_at_a_constant_rate_of_posts_the_time_of_hearing_is_exponential(path: Path) -> None:
    logs = _logs(path, NIGHTS, *EVERYBODY)
    assert not judge.holm(_by_rate(logs, SEEING))
    assert judge.holm(_by_rate(logs, 1.2 * SEEING))


# ---- hosts ----


def _offers(log: Rows) -> tuple[Rows, dict[int, float]]:
    """Offers, and when each account that may host heard."""
    posts, heard = _of(log, LOG_POST), _of(log, LOG_HEARD)
    offers = {name: column[(posts["a"] >> 8 & 255) == 0] for name, column in posts.items()}
    return offers, dict(zip(heard["who"].tolist(), heard["time"].tolist(), strict=True))


def _binomial(path: Path, chance: float, times: int = 1) -> tuple[float, float]:
    """P-values of the number of offers, and of their delays; `times` plants that each is made so often."""
    world, made, could, waits = _world(path, *HOSTS), 0, 0, []
    for log in _logs(path, 20, *HOSTS):
        offers, heard = _offers(log)
        early = {f: t for f, t in heard.items() if t < 3600 and world.accounts.zone[f] == 1 and f > 0}
        hosts = [f for f in np.repeat(offers["who"], times).tolist() if f in early]
        made, could = made + len(hosts), could + len(early)
        waits += [t - heard[f] for f, t in zip(offers["who"].tolist(), offers["time"].tolist(), strict=True) if f in early]
    return (
        judge.near(made, chance * could, math.sqrt(could * chance * (1 - chance))),
        judge.uniform(1 - np.exp(-np.array(waits) / AFTER)),
    )


def test_offers_are_a_binomial_share_of_the_hosts_who_have_heard_after_their_delay(path: Path) -> None:
    assert not judge.holm(_binomial(path, OFFERS))
    assert _binomial(path, OFFERS, times=2)[0] < LEVEL  # planted: whoever offers does so twice
    assert _binomial(path, 1.1 * OFFERS)[0] < LEVEL


def test_an_account_offers_once_at_most_and_only_after_it_has_heard(path: Path) -> None:
    for log in _logs(path, 20, *HOSTS):
        offers, heard = _offers(log)
        assert len(np.unique(offers["who"])) == len(offers["who"]) > 0
        assert all(heard[f] <= t for f, t in zip(offers["who"].tolist(), offers["time"].tolist(), strict=True))


# ---- people out ----


def _clones_told(world: World, log: Rows, resident: np.ndarray) -> bool:
    """Whether those whom an account told are the clones of the people whose accounts have heard, each at that time."""
    heard, told = _of(log, LOG_HEARD), _of(log, LOG_TOLD)
    by_account = told["nth"] == BY_NETWORK
    when = dict(zip(world.person[heard["who"]].tolist(), heard["time"].tolist(), strict=True))
    expected = {(q, when[p]) for q, p in enumerate(resident.tolist()) if p in when}
    return set(zip(told["who"][by_account].tolist(), told["time"][by_account].tolist(), strict=True)) == expected


def test_who_is_out_hears_with_the_account_of_their_resident_and_never_without_one(path: Path) -> None:
    world = _world(path, *HOSTS)
    log = _logs(path, 20, *HOSTS)[0]
    assert _clones_told(world, log, world.resident_of_out)
    assert not _clones_told(world, log, np.roll(world.resident_of_out, 1))  # planted: somebody else's clone hears


def _sojourns(path: Path, chance: float, others: int) -> list[float]:
    """Times with h of those stranded who have heard, over their means: exponentials of mean 1."""
    sets = (
        HOSTS[0], "drivers.posts.volume=0", f"outings.theatre.people={OUT}", "horizon=10 h", "shelter.hearing.meets=5 min",
        f"shelter.hearing.tells={TELLS}", "shelter.hearing.outdoors=1",
        "broadcasts={radio: {at: T+20 min, audience: 0.3, rise: 0 s, decay: 0 s, shelter: true}}",
    )  # fmt: skip
    found = []
    for log in _logs(path, 200, *sets):
        told = _of(log, LOG_TOLD)
        first = told["nth"] == BY_BROADCAST
        assert (told["time"][first] == 1200.0).all() and set(told["nth"][~first]) <= {BY_OTHER}
        times = [1200.0, *told["time"][~first].tolist()]
        h = int(first.sum())
        for before, after in pairwise(times):
            found.append((after - before) * (OUT - h) * h / others * chance / MEETS)
            h += 1
        assert h == OUT or not first.any()
    return found


def test_word_of_mouth_among_the_stranded_is_a_pure_birth_process(path: Path) -> None:
    right = _sojourns(path, TELLS, OUT - 1)
    assert judge.uniform(1 - np.exp(-np.array(right))) > LEVEL
    for wrong in (_sojourns(path, TELLS, OUT), _sojourns(path, 1.0, OUT - 1)):  # asks oneself too; is always told
        assert float(stats.kstest(wrong, "expon").pvalue) < LEVEL
