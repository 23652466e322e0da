"""Rules on posts of a known rate: when one fires first, and how long it is on, against Markov chains of Poisson counts."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from msgu.results import Results
from numpy.typing import NDArray
from scipy import stats

from tests.theory import judge, settings

TOPICS, NIGHTS, LOOKS = 40, 8, 30
"""Independent rules of a night, nights, and looks of each rule beyond its first window."""
EVERY = 60.0
MEAN = 2.0
"""Expected posts of a topic from one look to the next."""
TEXT = """
msgu: 1
id: rules
title: {fr: "Règles", en: "Rules"}
start: "2015-11-13T20:00:00+01:00"
horizon: HORIZON min
places: {zones: {town: {name: Town, kind: arrondissement}}}
network: {accounts: 400, mean_follows: 0, shares: {town: 1}}
attention: {activity_sigma: 0, susceptibility_sigma: 0}
topics:
"""


class Setting(NamedTuple):
    """A rule: looks in a window, posts at which it goes on and off, looks that either must last, and how it sees."""

    window: int = 1
    above: int = 4
    below: int | None = None
    lasting: int = 0
    until_lasting: int = 0
    delay: int = 0
    error: float = 0.0


SETTINGS = {
    "windows apart": Setting(),
    "windows that overlap": Setting(window=3, above=9),
    "a level that must last": Setting(above=2, lasting=1),
    "overlapping, and lasting": Setting(window=2, above=5, lasting=1),
    "hysteresis": Setting(above=3, below=2),
    "hysteresis that must last": Setting(above=3, below=3, lasting=1, until_lasting=1),
    "seen late": Setting(delay=5),
    "seen wrongly": Setting(above=5, error=0.6),
}


# ---- what is simulated ----


def _minutes(looks: int) -> str:
    return f"{looks * EVERY / 60:g} min"


def _rate(posts: float, window: int) -> str:
    return f"{(posts + 0.5) / window:.6f} /min"


@cache
def _nights(name: str, folder: Path) -> list[Results]:
    """Nights of one rule for each topic; a level lies half a post above a count, so that rounding decides nothing."""
    one, looks = SETTINGS[name], LOOKS + SETTINGS[name].window
    end = looks + one.delay + 2
    text = TEXT.replace("HORIZON", str(end))
    law = "{infectiousness: 0, kinds: {information: 1}, delay: {law: fixed, value: 60 s}}"
    text += "".join(f"  t{i:02d}: {law}\n" for i in range(TOPICS))
    span = f"at: T+0 s, until: T+{end} min, volume: {MEAN * end:g}"
    text += "drivers:\n" + "".join(f"  d{i:02d}: {{topic: t{i:02d}, {span}}}\n" for i in range(TOPICS))
    rule = (
        f"sees: posts, at: T+0 s, every: {_minutes(1)}, over: {_minutes(one.window)}, above: {_rate(one.above, one.window)}"
    )
    rule += (
        f", until: T+{looks + one.delay} min, lasting: {_minutes(one.lasting)}, until_lasting: {_minutes(one.until_lasting)}"
    )
    rule += f", delay: {_minutes(one.delay)}, error: {one.error}"
    if one.below is not None:
        rule += f", until_below: {_rate(one.below - 1, one.window)}"
    text += "rules:\n" + "".join(f"  r{i:02d}: {{topic: t{i:02d}, {rule}}}\n" for i in range(TOPICS))
    path = folder / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    world = settings.world_of(path)
    return [settings.night(world, i) for i in range(NIGHTS)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules")


def _histories(name: str, folder: Path) -> list[NDArray[np.int64]]:
    """Of each rule whether it was on after each look that fell within the night; shape (LOOKS,)."""
    one, found = SETTINGS[name], []
    for night in _nights(name, folder):
        table = night.tables["rules"]
        for rule in range(TOPICS):
            mine = (table["rule"] == rule) & ~np.isnan(table["seen"])
            look = np.rint((table["time"][mine] / EVERY) - one.window - one.delay).astype(int)
            on = np.zeros(LOOKS, np.int64)
            for at, what in zip(look, table["what"][mine], strict=True):
                on[at:] = what
            found.append(on)
    return found


# ---- what it must be ----

Chance = Callable[[int, bool], float]
"""From the posts in the window and whether the rule is on to the chance that a look is beyond the level."""


def _beyond(one: Setting) -> Chance:
    """Chance that a look with a count of posts is beyond the level that matters: 0 or 1 without an error."""

    def chance(posts: int, on: bool) -> float:
        level = one.above + 0.5 if not on or one.below is None else one.below - 0.5
        if one.error:
            over = float(stats.norm.sf(math.log(level / posts) / one.error)) if posts else 0.0
        else:
            over = float(posts > level)
        return over if not on else 1.0 - over

    return chance


def _chain(one: Setting, chance: Chance) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Law of the first look at which the rule goes on, the last element for never; and the chance to be on after each look.

    The state is the counts of the last looks of a window, whether the rule is on, and for how many looks its level has lasted.
    """
    most = int(stats.poisson.isf(1e-9, MEAN))
    law = stats.poisson.pmf(np.arange(most + 1), MEAN)

    def walk(stop: bool) -> NDArray[np.float64]:
        states: dict[tuple[tuple[int, ...], bool, int], float] = {((), False, 0): 1.0}
        on_at = np.zeros(LOOKS)
        for look in range(one.window + LOOKS - 1):
            after: dict[tuple[tuple[int, ...], bool, int], float] = {}
            for (past, on, streak), p in states.items():
                for count, q in enumerate(law):
                    recent = (*past, count)
                    if len(recent) < one.window:
                        key = (recent, on, streak)
                        after[key] = after.get(key, 0.0) + p * q
                        continue
                    beyond = chance(sum(recent), on)
                    for met, c in ((True, beyond), (False, 1.0 - beyond)):
                        if c == 0.0:
                            continue
                        kept = recent[1:]
                        lasts = streak + 1 if met else 0
                        turns = met and lasts > (one.until_lasting if on else one.lasting)
                        w = p * q * c
                        if turns and stop:
                            on_at[look - one.window + 1] += w
                            continue
                        key = (kept, on != turns, 0 if turns else lasts)
                        after[key] = after.get(key, 0.0) + w
            states = {key: p for key, p in after.items() if p > 1e-13}
            if not stop and look >= one.window - 1:
                on_at[look - one.window + 1] = sum(p for (_, on, _), p in states.items() if on)
        return on_at

    first = walk(stop=True)
    return np.append(first, 1.0 - first.sum()), walk(stop=False)


def _first(histories: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """How many rules went on first at each look; the last element counts those that never did."""
    looks = [int(np.flatnonzero(on)[0]) if on.any() else LOOKS for on in histories]
    return np.bincount(looks, minlength=LOOKS + 1)


def _p_values(name: str, folder: Path, one: Setting, law: Chance | None = None) -> list[float]:
    """P-values of when rules went on first, and of the share of looks after which they were on."""
    histories = _histories(name, folder)
    first, on = _chain(one, law or _beyond(one))
    return [judge.counts_are(_first(histories), first), judge.mean_is([h.mean() for h in histories], float(on.mean()))]


@pytest.mark.long
def test_rules_go_on_first_and_are_on_as_the_chain_of_poisson_counts_says(folder: Path) -> None:
    """Power: each planted fault below is rejected with the same nights."""
    found = [p for name, one in SETTINGS.items() for p in _p_values(name, folder, one)]
    assert judge.holm(found) == []


def test_the_chain_of_windows_apart_is_the_closed_form() -> None:
    """A rule that looks at windows apart has fired after n looks with chance 1 - (1 - p)^n."""
    one = SETTINGS["windows apart"]
    p = float(stats.poisson.sf(one.above, MEAN))
    fired = np.cumsum(_chain(one, _beyond(one))[0][:-1])
    assert np.allclose(fired, 1.0 - (1.0 - p) ** np.arange(1, LOOKS + 1), atol=1e-9)


def test_the_chain_of_a_hysteresis_goes_to_its_closed_form() -> None:
    """Two states: on for p / (p + q) of the time, p to go on and q to go off at a look."""
    one = SETTINGS["hysteresis"]
    p, q = float(stats.poisson.sf(one.above, MEAN)), float(stats.poisson.cdf(one.below - 1, MEAN))  # type: ignore[operator]
    assert _chain(one, _beyond(one))[1][-1] == pytest.approx(p / (p + q), abs=1e-6)


WRONG = {
    "hysteresis ignored": ("hysteresis", Setting(above=3, below=4)),
    "lasting ignored": ("a level that must last", Setting(above=2)),
    "lasting ignored at the end": ("hysteresis that must last", Setting(above=3, below=3, lasting=1)),
    "windows taken as apart": ("windows that overlap", Setting(window=1, above=4)),
    "error ignored": ("seen wrongly", Setting(above=5)),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("fault", WRONG)
def test_a_planted_fault_of_a_rule_is_rejected(fault: str, folder: Path) -> None:
    name, one = WRONG[fault]
    assert judge.holm(_p_values(name, folder, one)) != []


@pytest.mark.long
def test_an_error_drawn_once_is_rejected(folder: Path) -> None:
    """Drawn once a night, the error goes with the rule from look to look, so that some fire at once and others hardly ever."""
    one = SETTINGS["seen wrongly"]
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    posts = stats.poisson.pmf(np.arange(30), MEAN)
    levels = (one.above + 0.5) / np.exp(one.error * nodes)
    p = np.array([posts[np.arange(30) > level].sum() for level in levels])
    after = 1.0 - (1.0 - p[:, None]) ** np.arange(LOOKS + 1)
    fired = (weights / weights.sum()) @ after
    law = np.append(np.diff(fired), 1.0 - fired[-1])
    assert judge.counts_are(_first(_histories("seen wrongly", folder)), law) < judge.LEVEL


@pytest.mark.long
def test_a_delay_ignored_is_rejected(folder: Path) -> None:
    """Each decision comes its delay after the look, and is made of what had been written by then."""
    one = SETTINGS["seen late"]
    for night in _nights("seen late", folder):
        rules, posts = night.tables["rules"], night.tables["posts"]
        seen = ~np.isnan(rules["seen"])
        assert seen.any()
        late = rules["time"][seen] - rules["looked"][seen]
        assert np.array_equal(late, np.full(len(late), one.delay * EVERY))
        for look, rule, true in zip(rules["looked"][seen], rules["rule"][seen], rules["true"][seen], strict=True):
            mine = posts["time"][posts["topic"] == rule]

            def rate(end: float, times: NDArray[np.float64] = mine) -> float:
                return float(np.count_nonzero((times >= end - EVERY) & (times < end)) / EVERY)

            assert true == pytest.approx(rate(float(look)))
    table = _nights("seen late", folder)[0].tables
    now = [
        np.count_nonzero(
            (table["posts"]["topic"] == rule) & (table["posts"]["time"] >= t - EVERY) & (table["posts"]["time"] < t)
        )
        for t, rule in zip(table["rules"]["time"], table["rules"]["rule"], strict=True)
    ]
    assert not np.allclose(np.array(now) / EVERY, table["rules"]["true"], equal_nan=True)
