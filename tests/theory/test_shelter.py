"""D11: what seekers read, what a small town of seekers and beds comes to, and the limit of many of both."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from msgu.kernels import state
from msgu.results import Results
from msgu.streams import key as key_of
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from tests.theory import judge, settings
from tests.twin.draws import uniforms

QUEUE_NIGHTS, LIMIT_NIGHTS = (150, 1500), (8, 40)
"""Nights of the small town and of the limit, at the reduced and at the full size."""


# ---- reading: a batch of L items of which a share phi is useful finds a host with chance 1 - (1 - phi)^L ----


class Stream(NamedTuple):
    """Share of offers among the posts, share of hosts in town, items of a batch."""

    offers: float
    near: float
    batch: int


STREAMS = [
    Stream(0.05, 1, 15), Stream(0.02, 1, 40), Stream(0.3, 1, 5), Stream(0.01, 1, 15), Stream(0.2, 0.3, 10),
    Stream(0.1, 0.5, 1), Stream(0.5, 0.1, 7),
]  # fmt: skip
READERS = 400
ITEM = 4.0


def _near_share(night: Results, s: Stream) -> tuple[float, float]:
    """Share of the items that offer a place in town, and of those that offer any, by the draws of the hosts."""
    posts, offers = night.tables["posts"], night.tables["offers"]
    key = key_of(night.seed, night.replication, "shelter")
    rows = offers["post"]
    who = posts["author"][rows].astype(np.int64) << 32
    nth = (posts["topic"][rows].astype(np.int64) << 20) | posts["nth"][rows]
    towns = [uniforms(key, int(a), int(b), 0)[0] >= 1 - s.near for a, b in zip(who, nth, strict=True)]
    return sum(towns) / len(posts["time"]), len(rows) / len(posts["time"])


@cache
def _first_finds(s: Stream) -> tuple[NDArray[np.int64], NDArray[np.int64], float, float]:
    """Readings in vain and items before the first find of each reader; share of useful items, and of offers."""
    sets = [
        f"topics.abri.kinds={{offer: {s.offers}, noise: {1 - s.offers}}}", f"shelter.batch={s.batch}",
        f"shelter.host_zones={{suburb: {1 - s.near}, town: {s.near}}}", "drivers.posts.volume=2000",
        f"outings.theatre.people={READERS}", "shelter.contact={law: fixed, value: 0 s}", "horizon=12 h",
    ]  # fmt: skip
    night = settings.run("d11-shelter", sets)
    log = night.tables["event_log"]
    found = (log["code"] == state.LOG_READ) & (log["a"] >= 0)
    who, first = np.unique(log["who"][found], return_index=True)
    assert len(who) == READERS
    batches, start = log["nth"][found][first], log["time"][found][first]
    met = log["code"] == state.LOG_CONTACT
    order = np.lexsort((log["time"][met], log["who"][met]))
    _, answered = np.unique(log["who"][met][order], return_index=True)
    inside = np.round((log["time"][met][order][answered] - start) / ITEM).astype(np.int64) - 1
    return batches, batches * s.batch + inside, *_near_share(night, s)


def _geometric(values: NDArray[np.int64], p: float) -> float:
    """P-value of a geometric law of the number of failures."""
    most = int(values.max()) + 1
    law = p * (1 - p) ** np.arange(most + 1)
    law[-1] = (1 - p) ** most
    return judge.counts_are(np.bincount(values, minlength=most + 1), law)


def _reading(bug: str = "") -> list[float]:
    found = []
    for s in STREAMS:
        batches, items, near, offers = _first_finds(s)
        phi = near
        if bug == "noise taken for offers":
            phi = near * (1 + s.offers) / s.offers if s.offers < 0.5 else 1 - 1e-9
            phi = min(phi, 1 - 1e-9)
        elif bug == "far offers taken for near":
            phi = offers
        size = s.batch + 1 if bug == "one item more in a batch" and s.batch < 10 else s.batch
        found += [_geometric(batches, 1 - (1 - phi) ** size), _geometric(items, phi)]
    return found


def test_a_batch_finds_a_host_with_the_chance_of_the_closed_form() -> None:
    assert judge.holm(_reading()) == []


@pytest.mark.parametrize("bug", ["noise taken for offers", "far offers taken for near", "one item more in a batch"])
def test_a_wrong_chance_of_finding_is_rejected(bug: str) -> None:
    assert judge.holm(_reading(bug))


def test_a_batch_in_vain_takes_the_time_of_its_items() -> None:
    for s in STREAMS[:3]:
        night = settings.run(
            "d11-shelter", [f"shelter.batch={s.batch}", "topics.abri.kinds={offer: 0, noise: 1}", "horizon=1 h"]
        )
        log = night.tables["event_log"]
        rows = log["code"] == state.LOG_READ
        assert np.allclose(log["time"][rows] - 600.0, log["nth"][rows] * s.batch * ITEM)


# ---- a small town: S seekers, n beds, contacts and patience exponential: a Markov chain, solved exactly ----


class Town(NamedTuple):
    """Seekers, beds, mean contact [min], mean patience [min] (infinite: nobody gives up), chance that a host says yes."""

    seekers: int
    beds: int
    contact: float = 10.0
    patience: float = np.inf
    accepts: float = 1.0


TOWNS = [Town(4, 3), Town(3, 4, patience=20.0), Town(2, 1, accepts=0.5), Town(5, 2, patience=40.0, accepts=0.7)]
TIMES = (5.0, 15.0, 40.0)
"""Minutes after everybody starts to look."""


def _dated(beds: int) -> list[str]:
    """Overrides: as many offers as beds, each by an account of its own, and no other post."""
    sets = ["drivers.posts.volume=0"]
    for i in range(beds):
        sets += [f"accounts.host-{i}={{zone: town, followers: 1, role: official, source: textbook setting}}"]
        sets += [f"posts.offer-{i}={{at: T+1 min, account: host-{i}, topic: abri, kind: offer, text: A bed, source: none}}"]
    return sets


def _sets(t: Town) -> list[str]:
    patience = "{law: fixed, value: 12 h}" if np.isinf(t.patience) else f"{{law: exponential, mean: {t.patience} min}}"
    return [
        *_dated(t.beds), f"outings.theatre.people={t.seekers}", f"going_home.patience={patience}", "shelter.batch=1",
        "shelter.item_time=0.001 s", f"shelter.accepts={t.accepts}", "horizon=2 h",
        f"shelter.contact={{law: exponential, mean: {t.contact} min}}",
    ]  # fmt: skip


@cache
def _nights(t: Town, nights: int) -> NDArray[np.int64]:
    """People with a bed at `TIMES`; shape (times, nights)."""
    world = settings.world_of("d11-shelter", _sets(t))
    found = []
    for replication in range(nights):
        yes = settings.night(world, replication).tables["seekers"]["yes"]
        found.append([int((yes <= 600.0 + 60.0 * m).sum()) for m in TIMES])
    return np.array(found).T


def _chain(t: Town, *, endless: bool = False) -> list[NDArray[np.float64]]:
    """Law of the number with a bed at `TIMES`; states (with a bed, gave up). endless : beds are given twice."""
    states = [(k, a) for k in range(t.seekers + 1) for a in range(t.seekers + 1 - k)]
    at = {pair: i for i, pair in enumerate(states)}
    rates = np.zeros((len(states), len(states)))
    for (k, a), i in at.items():
        left = t.seekers - k - a
        free = 1.0 if endless else max(0.0, (t.beds - k) / t.beds)
        for pair, rate in (((k + 1, a), left * free * t.accepts / t.contact), ((k, a + 1), left / t.patience)):
            if rate > 0:
                rates[i, at[pair]] = rate
        rates[i, i] = -rates[i].sum()
    laws = []
    for m in TIMES:
        row = expm(rates * m)[0]
        laws.append(np.array([sum(row[at[pair]] for pair in states if pair[0] == k) for k in range(t.seekers + 1)]))
    return laws


def _queue(nights: int, bug: str = "") -> list[float]:
    found = []
    for t in TOWNS:
        wrong = t
        if bug == "patience ignored":
            wrong = t._replace(patience=np.inf)
        elif bug == "hosts never say no":
            wrong = t._replace(accepts=1.0)
        elif bug == "contacts a third quicker":
            wrong = t._replace(contact=t.contact * 2 / 3)
        laws = _chain(wrong, endless=bug == "a bed given twice")
        found += [_counts(row, law) for row, law in zip(_nights(t, nights), laws, strict=True)]
    return found


def _counts(values: NDArray[np.int64], law: NDArray[np.float64]) -> float:
    return judge.counts_are(np.bincount(values, minlength=len(law)), np.clip(law, 1e-300, None))


@pytest.fixture
def nights(full: bool) -> int:
    """Nights of the small town."""
    return QUEUE_NIGHTS[full]


def test_a_small_town_follows_its_markov_chain(nights: int) -> None:
    assert judge.holm(_queue(nights)) == []


@pytest.mark.parametrize("bug", ["a bed given twice", "patience ignored", "hosts never say no", "contacts a third quicker"])
def test_a_wrong_chain_is_rejected(bug: str, nights: int) -> None:
    assert judge.holm(_queue(nights, bug))


# ---- many seekers and many beds: the mass balance ----

LIMITS = [Town(3000, 2000), Town(2000, 3000, patience=30.0), Town(1500, 1500, accepts=0.4)]


@cache
def _many(t: Town, nights: int) -> NDArray[np.int64]:
    """As `_nights`; each of 20 simulated offers stands for beds/20 hosts."""
    sets = [*_sets(t._replace(beds=20)), f"scale=1/{t.beds // 20}", "network.accounts=30000"]
    world = settings.world_of("d11-shelter", sets)
    assert world.clones * 20 == t.beds
    found = []
    for replication in range(nights):
        night = settings.night(world, replication)
        assert len(night.tables["offers"]["offer"]) == 20
        yes = night.tables["seekers"]["yes"]
        found.append([int((yes <= 600.0 + 60.0 * m).sum()) for m in TIMES])
    return np.array(found).T


def _balance(t: Town, *, endless: bool = False) -> NDArray[np.float64]:
    """People with a bed at `TIMES`: k' = (S - k - a) (n - k) / n x accepts / contact, a' = (S - k - a) / patience."""

    def slope(_: float, y: Any) -> list[float]:
        left = t.seekers - y[0] - y[1]
        free = 1.0 if endless else (t.beds - y[0]) / t.beds
        return [left * free * t.accepts / t.contact, left / t.patience]

    return np.asarray(solve_ivp(slope, (0.0, TIMES[-1]), [0.0, 0.0], t_eval=TIMES, rtol=1e-9, atol=1e-9).y[0])


def _limit(nights: int, bug: str = "") -> list[float]:
    found = []
    for t in LIMITS:
        wrong = t._replace(contact=t.contact * 0.9) if bug == "contacts a tenth quicker" else t
        wrong = wrong._replace(patience=np.inf) if bug == "patience ignored" else wrong
        expected = _balance(wrong, endless=bug == "a bed given twice")
        found += [judge.mean_is(row, mean) for row, mean in zip(_many(t, nights), expected, strict=True)]
    return found


def test_many_seekers_and_beds_follow_the_mass_balance(full: bool) -> None:
    assert judge.holm(_limit(LIMIT_NIGHTS[full])) == []


@pytest.mark.parametrize("bug", ["a bed given twice", "patience ignored", "contacts a tenth quicker"])
def test_a_wrong_balance_is_rejected(bug: str, full: bool) -> None:
    assert judge.holm(_limit(LIMIT_NIGHTS[full], bug))


def test_without_patience_every_bed_or_every_seeker_is_used_in_the_end() -> None:
    """Mass balance of a night long enough: housed = min(seekers, beds), exactly."""
    for seekers, beds in ((30, 20), (20, 30)):
        sets = [x for x in _sets(Town(seekers, beds, contact=1.0)) if not x.startswith("horizon")]
        night = settings.run("d11-shelter", sets)
        assert int(np.isfinite(night.tables["seekers"]["yes"]).sum()) == min(seekers, beds)
        assert int(night.tables["hosts"]["useful"].sum()) == min(seekers, beds)
