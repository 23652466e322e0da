"""Claims that answer: whom accounts believe, how long they pass it on, what they write of their own, what is aired."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from msgu.kernels.state import BELIEVES, CORRECTED, LOG_BELIEF
from scipy import integrate

from tests.theory import judge, settings

TRUST = {"official": 4.0, "media": 2.5, "journalist": 1.7}
CREDULITY, ACCEPTANCE, SEEING = 0.2, 0.08, 0.5
READERS = 2500
Law = Callable[[float, list[float]], float]


def multiplied(p: float, odds: list[float]) -> float:
    """Chance whose odds are multiplied by each factor: log-odds add."""
    o = p / (1 - p) * math.prod(odds)
    return o / (1 + o)


def strongest(p: float, odds: list[float]) -> float:
    """Wrong: the most trusted source alone counts."""
    return multiplied(p, [max(odds)])


def all_alike(p: float, odds: list[float]) -> float:
    """Wrong: nobody asks who speaks."""
    return p


def settled(denied: bool) -> tuple[int, int, int]:
    """Accounts but the authors, those that came to believe, those corrected, when three kinds of speakers have spoken."""
    kind, at, credulity, seeing = ("correction", "T+0 s", 1, 1) if denied else ("rumour", "T+90 min", CREDULITY, SEEING)
    trust = ", ".join(f"{role}: {x}" for role, x in TRUST.items())
    claim = f"{{credulity: {credulity}, acceptance: {ACCEPTANCE}, correction_infectiousness: 1e-9, trust: {{{trust}}}}}"
    sets = [
        f"network.accounts={READERS}", f"attention.seeing={seeing}", "topics.word.infectiousness=1e-9", "seed=5",
        f"topics.word.claim={claim}", "posts.first.kind=rumour", f"posts.first.at={at}",
    ]  # fmt: skip
    for k, role in enumerate(TRUST):
        sets += [f"accounts.{role}={{zone: town, followers: 0, role: {role}, source: made}}"]
        sets += [f"posts.{role}={{at: T+{k + 2} min, account: {role}, topic: word, kind: {kind}, source: made}}"]
    if denied:  # all have come to believe before
        sets += [f"measures.less={{dial: seeing, factor: {SEEING}, at: T+1 min, until: T+2 h, source: made}}"]
    log = settings.run("d06-reed-frost", sets).tables["event_log"]
    rows = (log["code"] == LOG_BELIEF) & (log["who"] > len(TRUST)) & (log["time"] < 5000.0)
    return READERS - 1 - len(TRUST), int((rows & (log["b"] == BELIEVES)).sum()), int((rows & (log["b"] == CORRECTED)).sum())


def believing(law: Law) -> float:
    """Chance to believe in the end, by enumeration of which speakers an account sees."""
    total = 0.0
    for seen in product((False, True), repeat=len(TRUST)):
        odds = [x for x, sees in zip(TRUST.values(), seen, strict=True) if sees]
        total += SEEING ** len(TRUST) * (law(CREDULITY, odds) if odds else 0.0)
    return total


def corrected(law: Law) -> float:
    """Chance that a believer is corrected in the end: each denial is a new trial, with the odds of all heard so far."""
    total = 0.0
    for seen in product((False, True), repeat=len(TRUST)):
        odds = [x for x, sees in zip(TRUST.values(), seen, strict=True) if sees]
        refuses = math.prod(1 - law(ACCEPTANCE, odds[: k + 1]) for k in range(len(odds)))
        total += SEEING ** len(TRUST) * (1 - refuses)
    return total


def test_kinds_of_speakers_add_up_as_log_odds_and_not_otherwise() -> None:
    """2,500 readers see each of three speakers with chance 1/2; planted: the strongest alone, all alike."""
    n, believe, _ = settled(denied=False)
    m, _, accept = settled(denied=True)
    p_values = {}
    for law in (multiplied, strongest, all_alike):
        p, q = believing(law), corrected(law)
        p_values[law] = [
            judge.near(believe, n * p, math.sqrt(n * p * (1 - p))), judge.near(accept, m * q, math.sqrt(m * q * (1 - q))),
        ]  # fmt: skip
    assert judge.holm(p_values[multiplied]) == []
    assert len(judge.holm(p_values[strongest])) == len(judge.holm(p_values[all_alike])) == 2


# ---- interest that is lost ----

FIRST, OFFSPRING, DELAY, INTEREST = 100, 1.6, 300.0, 900.0


def progeny(alive: Callable[[float, float], float]) -> float:
    """Mean number of posts of a cascade where everybody hears at once, interest lasts, and answers take exponential delays.

    A(t), the pending answers of accounts still interested, obeys dA/dt = (b alive / delay) A - (1/delay + 1/interest) A.

    alive : chance that an account sees with interest at t [s], and the rate at which pending answers are lost then.
    """
    times = np.linspace(0.0, 10800.0, 20001)
    growth = [OFFSPRING / DELAY * alive(t, 0.0) - 1.0 / DELAY - alive(t, 1.0) for t in times]
    pending = OFFSPRING * np.exp(integrate.cumulative_trapezoid(growth, times, initial=0.0))
    return 1.0 + float(integrate.trapezoid(pending, times)) / DELAY


def lost(t: float, of_pending: float) -> float:
    """Interest ends by an exponential clock since hearing, for who sees and for who is about to answer."""
    return 1.0 / INTEREST if of_pending else math.exp(-t / INTEREST)


def lost_by_readers_alone(t: float, of_pending: float) -> float:
    """Wrong: who is about to answer answers."""
    return 0.0 if of_pending else math.exp(-t / INTEREST)


def renewed_at_each_sight(t: float, of_pending: float) -> float:
    """Wrong: each sight starts the clock anew, so that only slow answers are lost."""
    return 1.0 / INTEREST if of_pending else 1.0


@pytest.mark.long
def test_a_cascade_of_lost_interest_has_the_mean_progeny_of_its_closed_form() -> None:
    """Planted: loss for readers alone; a clock started anew at each sight."""
    n = 600
    hazard = -math.log1p(-OFFSPRING / (n - 1))
    sets = [
        f"network.accounts={n}", f"topics.word.infectiousness={hazard}", f"drivers.steady.volume={FIRST}", "horizon=3 h",
        "drivers.steady.until=T+1 s", f"topics.word.delay.mean={DELAY} s", "topics.word.kinds={rumour: 1}",
        f"topics.word.claim={{credulity: 1, interest: {{law: exponential, mean: {INTEREST} s}}}}",
    ]  # fmt: skip
    world = settings.world_of("d08-self-exciting", sets)
    nights = [settings.night(world, replication).tables["posts"] for replication in range(24)]
    ratio = [len(night["time"]) / (night["origin"] == 0).sum() for night in nights]
    assert judge.mean_is(ratio, progeny(lost)) > judge.LEVEL
    assert judge.mean_is(ratio, progeny(lost_by_readers_alone)) < judge.LEVEL
    assert judge.mean_is(ratio, progeny(renewed_at_each_sight)) < judge.LEVEL


# ---- what is aired, and what accounts write of their own ----


@pytest.mark.parametrize("tells", [0.0, 0.5], ids=["nobody writes", "those who believe may write"])
def test_who_hears_on_the_air_believes_and_writes_as_often_as_the_product_of_chances_says(tells: float) -> None:
    """Nobody sees a post: audience x belief by trust x telling x interest that outlasts the delay; planted: without either."""
    n, audience, trust, delay, interest = 4000, 0.6, 3.0, 300.0, 600.0
    claim = f"credulity: 0.4, trust: {{media: {trust}}}, interest: {{law: exponential, mean: {interest} s}}"
    claim += f", tells: {{readiness: {tells}, after: {{law: exponential, mean: {delay} s}}}}" if tells else ""
    sets = [
        f"network.accounts={n}", "attention.seeing=0", "posts.first.kind=rumour", "horizon=12 h", "seed=3",
        f"topics.word.claim={{{claim}}}", "topics.word.kinds={rumour: 1}",
        "drivers.w={topic: word, at: T+0 s, until: T+60 s, volume: 20, source: made}",
        f"newsrooms.tele={{topic: word, level: 1e-6 /min, audience: {audience}, airs_after: 0 s, decay: 10 min}}",
    ]  # fmt: skip
    results = settings.run("d06-reed-frost", sets)
    written = int((results.tables["posts"]["origin"] == 5).sum())
    beliefs = results.tables["beliefs"]
    believes = int(beliefs["believes"][-1]) - int(np.isin(results.tables["posts"]["origin"], (0, 3)).sum())
    belief = audience * multiplied(0.4, [trust])
    outlasts = interest / (delay + interest)
    chances = [
        (believes, belief, audience * 0.4),
        (written, belief * -math.expm1(-tells) * outlasts, belief * -math.expm1(-tells)),
    ]
    for count, right, wrong in chances if tells else chances[:1]:
        deviation = math.sqrt(n * right * (1 - right))
        assert judge.near(count, n * right, deviation) > judge.LEVEL
        assert judge.near(count, n * wrong, deviation) < judge.LEVEL
