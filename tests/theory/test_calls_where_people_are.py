"""Calls pass through the cells where people are: barring, calls to desks over cells, witnesses, people out.

Barring is a loss system of thinned input. A surge of emergency calls beside reserved channels is a birth-death chain. The
load that people bring to a cell is that of those who live there and of those who are out there, at any scale.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from msgu.results import Results
from scipy import stats

from tests.theory import erlang, judge, settings

LOSS = "d01-loss-exponential"
HOLDING, CELLS = 90.0, 100

# ---- access-class barring ----

HOURS, SHARE = 30, 0.1
BARRED = [(7.0, 10, 0.5), (12.0, 10, 0.3), (20.0, 14, 0.6)]
"""Load [erlang], channels, share admitted."""
Bar = tuple[float, int, float]


def _offered(bar: Bar) -> tuple[float, float]:
    """Erlangs offered to a cell that bars ordinary calls: those to emergency numbers, and all."""
    load, _, admitted = bar
    return load * SHARE, load * (SHARE + (1 - SHARE) * admitted)


@cache
def _barred(bar: Bar) -> Results:
    load, channels, admitted = bar
    measure = f"{{dial: access, factor: {admitted}, at: T+0 s, until: T+{HOURS} h, source: textbook setting}}"
    return settings.run(LOSS, [
        f"phones.load={load}", f"phones.channels={channels}", f"phones.emergency_share={SHARE}",
        f"phones.cells.town={CELLS}", f"horizon={HOURS} h", f"measures.bar={measure}",
    ])  # fmt: skip


def _barring(bug: str = "") -> list[float]:
    """P-values: calls lost of those admitted, emergency calls that ask, and ordinary calls barred."""
    found = []
    for bar in BARRED:
        load, channels, admitted = bar
        tables, calls = _barred(bar).tables, 3600 * HOURS / HOLDING
        urgent, offered = _offered(bar)
        cells = tables["cells"]
        lost = erlang.blocking(load if bug == "barring forgotten" else offered, channels)
        asking = urgent * (admitted if bug == "emergency calls barred" else 1.0)
        kept_out = (load - offered) * (CELLS - 1 if bug == "a cell left out" else CELLS) * calls
        found.append(judge.mean_is(cells["lost"] - lost * cells["offered"]))
        found.append(judge.mean_is(cells["emergency"] - asking * calls))
        found.append(judge.near(float(tables["barring"]["barred"].sum()), kept_out, kept_out**0.5))
    return found


def test_barred_cells_are_loss_systems_of_the_calls_that_are_admitted() -> None:
    assert judge.holm(_barring()) == []


@pytest.mark.parametrize("bug", ["barring forgotten", "emergency calls barred", "a cell left out"])
def test_a_wrong_law_of_barring_is_rejected(bug: str) -> None:
    assert len(judge.holm(_barring(bug))) >= len(BARRED)


def test_the_more_is_barred_the_fewer_of_the_emergency_calls_are_lost() -> None:
    lost = []
    for admitted in (0.3, 0.6, 0.9):
        cells = _barred((20.0, 14, admitted)).tables["cells"]
        lost.append(cells["emergency_lost"].sum() / cells["emergency"].sum())
    assert lost == sorted(lost)


# ---- a surge of emergency calls ----

SURGES = [(6.0, 3.0, 10, 2), (8.0, 6.0, 12, 3)]
"""Ordinary load and calls to a desk [erlang in a cell], channels, reserved."""
Surge = tuple[float, float, int, int]


def _lost(surge: Surge) -> tuple[float, float]:
    """Shares lost of the calls to the desk and of others, by the chain of busy channels."""
    load, calls, channels, reserved = surge
    busy = np.arange(channels)
    law = np.cumprod(np.r_[1.0, np.where(busy < channels - reserved, load + calls, calls) / (busy + 1)])
    law /= law.sum()
    return float(law[-1]), float(law[channels - reserved :].sum())


@cache
def _surge(surge: Surge, scale: str) -> Results:
    load, calls, channels, reserved = surge
    desk = (
        "{over_cells: true, emergency: true, shifts: {all: {at: T+0 s, operators: 20000, source: textbook setting}},"
        f" handling: {{law: exponential, mean: {HOLDING} s}}, source: textbook setting,"
        f" rates: {{surge: {{at: T+0 s, until: T+12 h, rate: {calls * CELLS / HOLDING} /s, source: textbook setting}}}}}}"
    )
    return settings.run(LOSS, [
        f"phones.load={load}", f"phones.channels={channels}", f"phones.reserved={reserved}", f"phones.cells.town={CELLS}",
        f"desks.emergency={desk}", f"scale={scale}",
    ])  # fmt: skip


def _surges(scale: str, bug: str = "") -> list[float]:
    found = []
    for load, calls, channels, reserved in SURGES:
        tables = _surge((load, calls, channels, reserved), scale).tables
        whole = CELLS / len(tables["cells"]["cell"])
        factor = {"thinning forgotten": whole, "no channel taken": 0.0}.get(bug, 1.0)
        urgent, others = _lost((load, calls * factor, channels, 0 if bug == "no priority" else reserved))
        cells, asked = tables["cells"], tables["desk_cells"]
        rest = cells["offered"] - cells["emergency"]
        found.append(judge.mean_is(cells["emergency_lost"] - urgent * cells["emergency"]))
        found.append(judge.mean_is(cells["lost"] - cells["emergency_lost"] - others * rest))
        blocks = asked["bin"].max() + 1
        lost, all_of_them = (np.bincount(asked["bin"], asked[name], blocks) for name in ("blocked", "asked"))
        found.append(judge.mean_is((lost - urgent * all_of_them)[1:]))
    return found


@pytest.mark.parametrize("scale", ["1", "1/5"])
def test_calls_to_a_desk_lose_the_share_of_the_chain_in_the_cells_of_their_callers(scale: str) -> None:
    assert judge.holm(_surges(scale)) == []


@pytest.mark.parametrize(("scale", "bug"), [("1", "no channel taken"), ("1", "no priority"), ("1/5", "thinning forgotten")])
def test_a_wrong_law_of_a_surge_is_rejected(scale: str, bug: str) -> None:
    assert len(judge.holm(_surges(scale, bug))) >= len(SURGES)


# ---- people out ----

OUT, LIVE, FAIR, CALLS = 20_000, 100_000, 4_000, 0.5
TOWN = (
    f"places={{provenance: {{zones: {{source: textbook setting}}}}, zones: {{"
    f"town: {{kind: arrondissement, population: {LIVE}, area_km2: 4, lat: 48.0, lon: 2.0}},"
    f"fair: {{kind: arrondissement, population: {FAIR}, area_km2: 4, lat: 48.1, lon: 2.0}}}}}}",
    "phones.cells={town: 1000, fair: 200}", "phones.load=0", "phones.channels=1000", "phones.both_ends=true", "phones.answer=1",
    "horizon=3 h", "going_home.homes={town: 1}",
    f"outings.fair={{people: {OUT}, zone: fair, leaves: T+40 h, spread: 0 s, source: textbook setting}}",
)  # fmt: skip
"""A fair where five times as many people are out as live there, all of whom live in the town."""
NEWS = (
    "broadcasts.news={at: T+1 s, audience: 1, rise: 1 s, decay: 1 s, source: textbook setting}",
    f"worry={{affected: {{town: 1}}, ties: {{town: 0}}, talk_calls: {CALLS}, talk_messages: 0, talk_spread: "
    "{law: exponential, mean: 30 min}, source: textbook setting}",
)


@cache
def _city(scale: str, share: float) -> tuple[float, float]:
    """Legs of calls in whole cells of the fair and of the town, at full size."""
    cells = settings.run(LOSS, (*TOWN, *NEWS, f"scale={scale}", f"phones.people_out={share}")).tables["cells"]
    legs = np.bincount(cells["zone"], cells["offered"] * cells["weight"])  # zones are sorted: fair, town
    return float(legs[0]), float(legs[1])


def _expected(share: float, bug: str = "") -> tuple[float, float]:
    """Legs at both ends of the calls of those who are there."""
    legs = 2 * CALLS * (1 - np.exp(-2 * 3.0))  # the last of the calls would come after the end
    moved = 0.0 if bug == "nobody moved" else share * OUT
    return legs * (FAIR + moved), legs * (LIVE - (0.0 if bug == "counted at both" else moved))


def _fair(scale: str, bug: str = "") -> list[float]:
    found = []
    factor = 1 / eval_scale(scale)
    for share in (1.0, 0.4):
        for seen, expected, at_most in zip(_city(scale, share), _expected(share, bug), (OUT, OUT), strict=True):
            # calls vary as a Poisson number, those of one person out come together, and who is kept varies too
            wide = (factor * expected * (1 + 2 * CALLS) + factor * at_most * share * (2 * CALLS) ** 2) ** 0.5
            if bug == "thinning forgotten":
                expected += (factor - 1) * share * OUT * 2 * CALLS
            found.append(judge.near(seen, expected, wide))
    return found


def eval_scale(scale: str) -> float:
    """Return a scale as a number."""
    top, _, bottom = scale.partition("/")
    return float(top) / float(bottom or 1)


@pytest.mark.parametrize("scale", ["1", "1/10", "1/100"])
def test_a_cell_has_the_calls_of_those_who_live_and_are_out_there_at_any_scale(scale: str) -> None:
    assert judge.holm(_fair(scale)) == []


@pytest.mark.parametrize(
    ("scale", "bug"),
    [("1", "nobody moved"), ("1/10", "nobody moved"), ("1", "counted at both"), ("1/10", "thinning forgotten")],
)
def test_people_out_who_are_counted_wrongly_are_rejected(scale: str, bug: str) -> None:
    assert judge.holm(_fair(scale, bug))


# ---- witnesses ----

SEEN, CALL = 5_000, 0.3
WITNESSES = (
    *TOWN, "phones.people_out=1", "worry={affected: {town: 1}, ties: {town: 0}, talk_calls: 0, talk_messages: 0, source: made}",
    "desks.urgent={over_cells: true, emergency: true, shifts: {all: {at: T+0 s, operators: 20000, source: textbook setting}},"
    " handling: {law: fixed, value: 60 s}, source: textbook setting}",
    f"witnesses.blast={{at: T+5 min, zone: fair, people: {SEEN}, desk: urgent, calls: {CALL},"
    " reaction: {law: exponential, mean: 60 s}, source: textbook setting}",
)  # fmt: skip


@cache
def _blast(scale: str) -> tuple[float, float, float]:
    """Calls that a desk receives, legs that they take in the fair, and people who have learnt by it."""
    night = settings.run(LOSS, (*WITNESSES, f"scale={scale}"))
    cells, aware = night.tables["cells"], night.tables["awareness"]
    at_once = int(aware["aware"][aware["bin"] == aware["bin"].min()].sum())
    legs = float((cells["emergency"] * cells["weight"]).sum())
    return float(night.tables["desks"]["received"].sum()), legs, at_once / night.scale


@pytest.mark.parametrize("scale", ["1", "1/10"])
def test_as_many_witnesses_call_take_channels_and_learn_as_are_said_to_see_it(scale: str) -> None:
    received, legs, aware = _blast(scale)
    factor = 1 / eval_scale(scale)
    calls = SEEN * CALL
    p_values = [
        judge.near(received, calls, calls**0.5),
        judge.near(legs, calls, (factor * calls) ** 0.5),
        judge.near(aware, SEEN, (factor * SEEN) ** 0.5),
    ]
    assert judge.holm(p_values) == []
    wrong = [judge.near(legs, calls * factor * 1.2, (factor * calls) ** 0.5), stats.poisson.sf(received, 0.8 * calls)]
    assert len(judge.holm(wrong)) == 2


# ---- batteries ----

EMPTY = (
    *TOWN, *NEWS, "phones.people_out=1",
    "phones.battery={out: {law: fixed, value: 1 h}, source: textbook setting}",
)  # fmt: skip


def _with_batteries(bug: str = "") -> float:
    """Legs at the fair where phones of people out are empty after an hour: near ones, then those of who is called there."""
    people, before = LIVE + FAIR, 1 - np.exp(-2.0)
    after = np.exp(-2.0) - np.exp(-6.0)
    near = FAIR * (before + after) + OUT * (before + after * (bug == "never empty"))
    still = OUT if bug else 0  # those of the fair who are called after the hour, beside its residents
    return float(CALLS * (near + before * (FAIR + OUT) + after * (people - OUT) / people * (FAIR + still)))


def test_a_phone_that_is_empty_neither_calls_nor_is_called() -> None:
    cells = settings.run(LOSS, EMPTY).tables["cells"]
    legs = float(cells["offered"][cells["zone"] == 0].sum())
    wide = (_with_batteries() * (1 + 2 * CALLS)) ** 0.5
    assert judge.near(legs, _with_batteries(), wide) > judge.LEVEL
    wrong = [judge.near(legs, _with_batteries(bug), wide) for bug in ("never empty", "called all the same")]
    assert sorted(judge.holm(wrong)) == [0, 1]


# ---- messages to a group ----

TELLS, READERS, TOLD = 0.3, 1.5, 0.01


@cache
def _groups(share: float, ties: float) -> tuple[int, int, int]:
    """People who learn, messages to a group, and worries that such a message clears."""
    group = (
        f"{{share: {share}, after: {{law: fixed, value: 60 s}}, contacts: 1, others: {READERS}, source: textbook setting}}"
    )
    tables = settings.run(LOSS, [
        *TOWN, f"broadcasts.news={{at: T+1 s, audience: {TOLD}, rise: 1 s, decay: 1 s, source: textbook setting}}",
        f"worry={{affected: {{town: 1}}, ties: {{town: {ties}}}, talk_calls: 0, talk_messages: 0, group: {group},"
        " reaction: {law: fixed, value: 50 h}, source: textbook setting}",
    ]).tables  # fmt: skip
    aware = tables["awareness"]
    told = int(aware["aware"][aware["bin"] == aware["bin"].max()].sum())
    return told, int(tables["groups"]["written"].sum()), int(tables["reassured"]["message"].sum())


def _told(contacts: float) -> float:
    """People who know in the end, where each who knows tells so many others at random: the final size of an epidemic."""
    x = TOLD
    for _ in range(200):
        x = 1 - (1 - TOLD) * float(np.exp(-contacts * x))
    return x * (LIVE + FAIR)


def test_news_that_groups_pass_on_reach_the_final_size_of_an_epidemic() -> None:
    told, written, _ = _groups(TELLS, 0.0)
    mean = TELLS * READERS
    first, spread = TOLD * (LIVE + FAIR), TELLS * (READERS + READERS**2) - mean**2
    wide = (first * spread / (1 - mean) ** 3 + first / (1 - mean) ** 2) ** 0.5
    p_values = [judge.near(told, _told(mean), wide), judge.near(written, TELLS * told, (TELLS * told) ** 0.5)]
    assert judge.holm(p_values) == []
    wrong = [judge.near(told, _told(contacts), wide) for contacts in (0.0, READERS, TELLS)]
    assert len(judge.holm(wrong)) == 3, "readers who do not learn, everybody writes, one reader each"


def test_the_more_write_to_groups_the_more_people_know_and_the_more_worries_end() -> None:
    few, many = _groups(0.1, 0.2), _groups(0.5, 0.2)
    assert all(more > less for less, more in zip(few, many, strict=True))
