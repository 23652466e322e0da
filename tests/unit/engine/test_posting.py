"""What writing or sharing a post does to its author, and what keeps an account from sharing one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgu.kernels import state
from msgu.kernels.social import shares
from msgu.results import Results
from msgu.world.build import World
from numpy.typing import NDArray

from tests.theory import settings

HEAD = """
msgu: 1
id: posting
title: {fr: "Qui publie", en: "Who posts"}
start: "2030-01-01T00:00:00+00:00"
horizon: 1 h
places:
  zones:
    town: {kind: arrondissement, population: 200, lat: 48.0, lon: 2.0}
  provenance:
    zones: {source: test}
attention: {seeing: 1, half_load: null, background: 0 /s, activity_sigma: 0, susceptibility_sigma: 0, source: test}
record: {event_log: true, bin: 60 s}
"""
EVERYBODY = """
network: {accounts: 200, complete: true, source: test}
accounts:
  seed: {zone: town, followers: 0, source: test}
"""
PEOPLE = """
phones:
  operators: {one: {share: 1, source: test}}
  cells: {town: 4}
  channels: 10
  load: 1
  source: test
worry:
  affected: {town: 1}
  ties: {town: 0}
  talk_calls: 0
  talk_messages: 0
  reaction: {law: fixed, value: 1 min}
  source: test
"""
FIRST = """
posts:
  first: {at: T+0 s, account: seed, topic: word, kind: KIND, source: test}
"""
PULSE = """
pulses:
  p: {topic: word, at: T+30 min, share: 1, live_for: 1 h, rise: 1 s, decay: 2 s, source: test}
"""
CURVE = "curve: {first: [1], tail: 0, source: test}"
CLAIM = """
    claim: {true: false, zone: town, credulity: CREDULITY, acceptance: 1, correction_infectiousness: 0.002, source: test}"""


def _topic(*lines: str, infectiousness: float = 0.0, original_share: float = 0.0) -> str:
    text = f"\ntopics:\n  word:\n    infectiousness: {infectiousness}\n    original_share: {original_share}\n"
    return text + "".join(f"    {line.strip()}\n" for line in (*lines, "delay: {law: fixed, value: 60 s}", "source: test"))


def _claim(credulity: float) -> tuple[str, str]:
    return "kinds: {rumour: 1}", CLAIM.replace("CREDULITY", str(credulity))


def _first(kind: str = "information") -> str:
    return FIRST.replace("KIND", kind)


def _apart(folder: Path) -> str:
    """Network of 200 accounts of which the first follows the second, and nobody else anybody."""
    (folder / "one.edges").write_text("0 1\n", encoding="utf-8")
    return "network: {accounts: 200, edge_list: one.edges, source: test}"


def _world(folder: Path, *parts: str) -> World:
    path = folder / "posting.yaml"
    path.write_text(HEAD + "".join(parts), encoding="utf-8")
    return settings.world_of(path)


def _night(folder: Path, *parts: str) -> Results:
    return settings.night(_world(folder, *parts), 0)


def _log(night: Results, code: int) -> dict[str, NDArray[np.int64]]:
    log = night.tables["event_log"]
    return {name: column[log["code"] == code] for name, column in log.items()}


def _shares(night: Results) -> list[tuple[int, int]]:
    """Author and original of each retweet."""
    posts = night.tables["posts"]
    shared = posts["root"] != np.arange(len(posts["root"]))
    return list(zip(posts["author"][shared].tolist(), posts["root"][shared].tolist(), strict=True))


# ---- authors know ----


@pytest.mark.parametrize("how", ["driver", "dated post", "pulse"])
def test_whoever_writes_about_the_event_knows_of_it_from_then_on(how: str, tmp_path: Path) -> None:
    """Of 200 accounts that write and that nobody follows, one person knew."""
    driver = "\ndrivers:\n  all: {topic: word, at: T+1 min, until: T+10 min, volume: 1000, source: test}\n"
    parts = {
        "driver": (_apart(tmp_path), _topic(), driver),
        "dated post": (EVERYBODY, _topic(), _first()),
        "pulse": (EVERYBODY, _topic(), _first(), PULSE),
    }[how]
    world = _world(tmp_path, *parts, PEOPLE)
    night = settings.night(world, 0)
    posts, knows = night.tables["posts"], _log(night, state.LOG_AWARE)
    learnt = dict(zip(knows["who"].tolist(), knows["time"].tolist(), strict=True))
    wrote = {int(world.person[a]) for a in posts["author"] if world.person[a] >= 0}
    assert wrote <= set(learnt)
    if how == "driver":
        first = {int(world.person[a]): t for a, t in zip(posts["author"][::-1], posts["time"][::-1], strict=True) if a}
        assert len(first) > 190
        assert {p: learnt[p] for p in first} == first, "but for the first, who follows the second"


def test_a_program_that_posts_in_the_name_of_an_account_tells_its_person_nothing(tmp_path: Path) -> None:
    bots = "\nbots:\n  b: {accounts: 200, every: 1 min, at: T+1 min, until: T+50 min, topics: [word], source: test}\n"
    network = _apart(tmp_path)
    night = _night(tmp_path, network, _topic(), bots, PEOPLE)
    assert len(set(night.tables["posts"]["author"].tolist())) > 190
    assert (night.tables["posts"]["origin"] == state.AUTOMATIC_POST).all()
    assert set(_log(night, state.LOG_AWARE)["who"].tolist()) == {0}, "who follows one of them"


def test_whoever_meets_a_post_at_the_trends_knows_of_the_event(tmp_path: Path) -> None:
    network = _apart(tmp_path)
    trends = "\ntrending: {topics: [word], threshold: 0.1 /min, look_every: 1 min, source: test}\n"
    driver = "\ndrivers:\n  all: {topic: word, at: T+1 min, until: T+10 min, volume: 20, source: test}\n"
    night = _night(tmp_path, network, _topic(), driver, trends, PEOPLE)
    assert len(_log(night, state.LOG_AWARE)["who"]) == 200


# ---- pulses keep the rules of responses ----


def test_nobody_posts_twice_on_a_topic_of_one_post_each_not_even_in_a_pulse(tmp_path: Path) -> None:
    """Two hundred of 200 did."""
    night = _night(tmp_path, EVERYBODY, _topic("once: true", CURVE, infectiousness=0.05), _first(), PULSE)
    author = night.tables["posts"]["author"]
    assert len(author) == len(set(author.tolist())) == 200


def test_a_pulse_shares_no_post_that_has_been_taken_down(tmp_path: Path) -> None:
    """A hundred and ninety-nine were, 29 minutes after."""
    gone = "removal: {share: 1, delay: {law: fixed, value: 60 s}, source: test}"
    night = _night(tmp_path, EVERYBODY, _topic(gone), _first(), PULSE)
    assert len(night.tables["posts"]["time"]) == 1
    assert set(_log(night, state.LOG_WITHHELD)["b"].tolist()) == {state.TAKEN_DOWN}


def test_who_doubts_a_claim_does_not_share_it_in_a_pulse(tmp_path: Path) -> None:
    """A hundred and ninety-nine doubters did."""
    doubted, believed = (
        _night(tmp_path, EVERYBODY, _topic(*_claim(credulity)), _first("rumour"), PULSE) for credulity in (0, 1)
    )
    assert len(doubted.tables["posts"]["time"]) == 1
    assert set(_log(doubted, state.LOG_WITHHELD)["b"].tolist()) == {state.OTHER_BELIEF}
    assert len(believed.tables["posts"]["time"]) == 200


# ---- one share each ----


def test_nobody_shares_one_post_twice_or_their_own(tmp_path: Path) -> None:
    """Everybody sees every retweet and answers each sight; without the rule each sight were one more."""
    night = _night(tmp_path, EVERYBODY, _topic(CURVE, infectiousness=0.02), _first(), PULSE)
    shares = _shares(night)
    assert len(set(shares)) == len(shares) > 150
    assert (night.tables["posts"]["author"][0], 0) not in shares
    assert (_log(night, state.LOG_WITHHELD)["b"] == state.HAS_SHARED).sum() > 100


def test_automatic_accounts_share_one_post_once_too(tmp_path: Path) -> None:
    bots = "\nbots:\n  b: {accounts: 200, every: 5 min, at: T+1 min, until: T+50 min, topics: [word], source: test}\n"
    night = _night(tmp_path, EVERYBODY, _topic(CURVE, infectiousness=0.0005), bots)
    shares, posts = _shares(night), night.tables["posts"]
    assert len(set(shares)) == len(shares) > 100
    assert not any(posts["author"][root] == author for author, root in shares)


def test_an_account_may_share_two_posts_of_a_topic(tmp_path: Path) -> None:
    both = _first() + "  second: {at: T+20 min, account: seed, topic: word, kind: information, source: test}\n"
    night = _night(tmp_path, EVERYBODY, _topic(CURVE, infectiousness=1000), both)
    assert len(_shares(night)) == 2 * 199


def test_the_set_of_shares_grows_and_keeps_what_it_holds() -> None:
    shared = np.zeros(8, np.int64)
    pairs = [(f, root) for f in range(40) for root in (0, 7, 2**31 - 1)] + [(2**31 - 1, root) for root in range(40)]
    for number, (f, root) in enumerate(pairs):
        if 4 * (number + 1) > 3 * len(shared):
            wider = np.zeros(2 * len(shared), np.int64)
            shares.spread(shared, wider)
            shared = wider
        at = shares.slot_of(shared, f, root)
        assert shared[at] == 0
        shared[at] = shares.pair_of(f, root)
    assert all(shared[shares.slot_of(shared, f, root)] for f, root in pairs)
    assert not any(shared[shares.slot_of(shared, f, 3)] for f in range(40))


# ---- what authors of a claim hold ----


def test_who_sees_a_correction_alone_has_not_been_corrected(tmp_path: Path) -> None:
    """A hundred and ninety-nine accounts counted as corrected that had never seen the claim."""
    beliefs = _night(tmp_path, EVERYBODY, _topic(*_claim(1), infectiousness=0.1), _first("correction")).tables["beliefs"]
    assert beliefs["corrected"].max() == 0
    assert beliefs["doubts"][-1] == 200


def test_corrected_is_who_believed_and_accepted_a_correction(tmp_path: Path) -> None:
    both = _first("rumour") + "  denial: {at: T+20 min, account: seed, topic: word, kind: correction, source: test}\n"
    beliefs = _night(tmp_path, EVERYBODY, _topic(*_claim(1)), both).tables["beliefs"]
    assert (beliefs["believes"][0], beliefs["corrected"][-1]) == (200, 200)
    assert beliefs["doubts"].max() == 0


RUMOUR = "\ndrivers:\n  d: {topic: word, at: AT, until: UNTIL, volume: 1000, source: test}\n"


def test_who_writes_a_rumour_of_its_own_accord_believes_it(tmp_path: Path) -> None:
    """Nobody did, whatever they wrote."""
    network = _apart(tmp_path)
    driver = RUMOUR.replace("AT", "T+1 min").replace("UNTIL", "T+9 min")
    night = _night(tmp_path, network, _topic(*_claim(0)), driver)
    wrote = set(night.tables["posts"]["author"].tolist())
    believe = set(_log(night, state.LOG_BELIEF)["who"][_log(night, state.LOG_BELIEF)["b"] == state.BELIEVES].tolist())
    assert len(wrote) > 190
    assert believe == wrote


@pytest.mark.parametrize("known", ["rumour", "correction"])
def test_who_doubts_a_claim_does_not_write_it_of_its_own_accord(known: str, tmp_path: Path) -> None:
    """All know better after the first minute, and the driver's thousand posts are withheld."""
    driver = RUMOUR.replace("AT", "T+1 min").replace("UNTIL", "T+9 min")
    night = _night(tmp_path, EVERYBODY, _topic(*_claim(0)), _first(known), driver)
    by_seed = night.tables["posts"]["author"] == 0
    assert by_seed.all()
    assert len(_log(night, state.LOG_WITHHELD)["b"]) > 900
