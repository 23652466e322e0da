"""Who watches films against thinned binomial laws, and automatic accounts against a Poisson process."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from msgu.errors import InputError
from msgu.results import Results
from msgu.scenario.load import load
from scipy import stats

from tests.theory import judge, settings

N, SEEING, OPENS, STAY = 2001, 0.5, 0.4, 600.0
"""Accounts of which each follows all others, chances to see and to open, mean time for which one watches [s]."""
NIGHTS = 20
TEXT = """
msgu: 1
id: audience
title: {fr: "Public d'une vidéo", en: "Audience of a film"}
start: "2015-11-13T20:00:00+01:00"
horizon: 2 h
places: {zones: {town: {name: Town, kind: arrondissement}}}
network: {accounts: 2001, mean_follows: 2000, complete: true, shares: {town: 1}}
accounts:
  tv: {zone: town, followers: 0, role: media}
attention: {seeing: 0.5, half_load: null, susceptibility_sigma: 0, activity_sigma: 0}
topics:
  word: {infectiousness: 0, kinds: {information: 1}, delay: {law: fixed, value: 60 s}}
  other: {infectiousness: 0, kinds: {information: 1}, delay: {law: fixed, value: 60 s}}
posts:
POSTS
videos:
  live: {topic: word, at: T+10 min, until: T+40 min, share: 1, opens: 0.4, watch: {law: exponential, mean: 10 min}}
  clip: {topic: word, at: T+10 min, share: 1, opens: 0.4, watch: {law: exponential, mean: 1 min}, length: 6 s}
"""


def _file(folder: Path, times: list[str], more: str = "") -> Path:
    posts = "".join(f"  p{i:03d}: {{at: {at}, account: tv, topic: word, kind: information}}\n" for i, at in enumerate(times))
    path = folder / "audience.yaml"
    path.write_text(TEXT.replace("POSTS\n", posts) + more, encoding="utf-8")
    return path


@cache
def _nights(folder: Path) -> list[Results]:
    """Nights in which one post is written before the films are there, and one when they are."""
    world = settings.world_of(_file(folder, ["T+5 min", "T+10 min"]))
    return [settings.night(world, i) for i in range(NIGHTS)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("audience")


def _column(result: Results, film: str, column: str, size: int = 120) -> np.ndarray:
    table = result.tables["videos"]
    mine = table["video"] == result.names["videos"].index(film)
    whole = np.zeros(size)
    whole[table["bin"][mine]] = table[column][mine]
    return whole


def _p_values(nights: list[Results], opens: float, stay: float) -> list[float]:
    """Openings, viewers at ends of minutes, and plays, each against its law."""
    n, p = N - 1, SEEING * opens
    found = [
        judge.near(
            sum(_column(r, "live", "opened").sum() for r in nights), NIGHTS * n * p, math.sqrt(NIGHTS * n * p * (1 - p))
        )
    ]
    for minute in (1, 5, 10, 20, 29):
        q = p * math.exp(-60 * minute / stay)  # the end of bin 10 is a minute after the post
        seen = sum(_column(r, "live", "watching")[9 + minute] for r in nights)
        found.append(judge.near(seen, NIGHTS * n * q, math.sqrt(NIGHTS * n * q * (1 - q))))
    plays = [_column(r, "clip", "seconds").sum() / 6.0 for r in nights]
    return [*found, judge.mean_is(plays, n * p * stay / 10 / 6)]


def test_viewers_open_stay_and_leave_as_a_thinned_binomial_says(folder: Path) -> None:
    assert judge.holm(_p_values(_nights(folder), OPENS, STAY)) == []


@pytest.mark.parametrize(("opens", "stay"), [(0.42, STAY), (OPENS, 1.1 * STAY)])
def test_a_wrong_law_of_viewers_is_rejected(folder: Path, opens: float, stay: float) -> None:
    assert judge.holm(_p_values(_nights(folder), opens, stay))


def test_nobody_watches_before_or_after_the_stream(folder: Path) -> None:
    for result in _nights(folder):
        watching, opened = _column(result, "live", "watching"), _column(result, "live", "opened")
        assert watching[:10].sum() == 0 and opened[:10].sum() == 0
        assert watching[39] > 0 and watching[40:].sum() == 0  # off the air at T+40 min


def test_a_share_of_the_originals_carries_the_film(folder: Path) -> None:
    path = _file(folder, [f"T+{20 + i // 4} min {15 * (i % 4)} s" for i in range(200)])
    sets = [
        "videos.clip.share=0.3",
        "videos.clip.opens=1",
        "attention.seeing=1",
        "network.accounts=101",
        "network.mean_follows=100",
    ]
    carrying = 0
    for night in range(5):
        whole = settings.run(path, sets, night).tables["videos"]
        films = sorted(load(path).videos)
        each = whole["opened"][whole["video"] == films.index("clip")].sum() / 100
        assert each == int(each)  # a post shows the film to all of its readers, or to none
        carrying += int(each)
    assert stats.binomtest(carrying, 1000, 0.3).pvalue > 0.001
    assert stats.binomtest(carrying, 1000, 0.4).pvalue < 0.001


# ---- automatic accounts ----

BOTS = "bots:\n  adverts: {accounts: 100, every: 10 min, at: T+20 min, until: T+110 min%s}\n"


def test_automatic_accounts_are_a_poisson_process(folder: Path) -> None:
    path = _file(folder, ["T+1 min"], BOTS % ", topics: [word, other]")
    posts = settings.run(path).tables["posts"]
    bots = posts["kind"] == 8  # noise
    count, accounts, times = int(bots.sum()), len(set(posts["author"][bots])), posts["time"][bots]
    assert stats.binomtest(accounts, N, 100 / N).pvalue > 0.001
    assert judge.near(count, 9 * accounts, math.sqrt(9 * accounts)) > 0.001
    assert judge.near(count, 11 * accounts, math.sqrt(11 * accounts)) < 0.001
    assert judge.uniform((times - 1200) / 5400) > 0.001
    assert stats.binomtest(int((posts["topic"][bots] == 0).sum()), count, 0.5).pvalue > 0.001
    assert judge.counts_are(np.bincount(np.bincount(posts["author"][bots])[list(set(posts["author"][bots]))], minlength=40),
                            stats.poisson.pmf(np.arange(40), 9)) > 0.001  # fmt: skip


def test_a_measure_stops_them(folder: Path) -> None:
    stopped = "measures:\n  no-adverts: {dial: bots, factor: 0, at: T+60 min, until: T+90 min}\n"
    path = _file(folder, ["T+1 min"], BOTS % ", topics: [word]" + stopped)
    posts = settings.run(path).tables["posts"]
    plain = settings.run(_file(folder, ["T+1 min"], BOTS % ", topics: [word]")).tables["posts"]
    inside = (plain["time"] >= 3600) & (plain["time"] < 5400)
    assert inside.sum() > 200
    assert (posts["time"] == plain["time"][~inside]).all()  # the others are where they were


def test_without_topics_they_post_on_what_trends(folder: Path) -> None:
    trending = "trending: {topics: [word], region: country, window: 5 min, threshold: %s /min, look_every: 60 min}\n"
    times = [f"T+{30 + i // 4} min {15 * (i % 4)} s" for i in range(40)]
    quiet = settings.run(_file(folder, times, BOTS % "" + trending % 1000)).tables["posts"]
    assert len(quiet["time"]) == 40
    loud = settings.run(_file(folder, times, BOTS % "" + trending % 2)).tables["posts"]
    bots = loud["kind"] == 8
    assert bots.sum() > 50 and (loud["topic"][bots] == 1).all() and loud["time"][bots].min() > 1800


def test_automatic_accounts_need_a_topic_or_trends(folder: Path) -> None:
    with pytest.raises(InputError, match="nothing trends"):
        load(_file(folder, ["T+1 min"], BOTS % ""))
