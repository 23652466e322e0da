"""A claim and its correction on the tree of D5: what readers hold decides whether they pass the correction on."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.kernels.state import BELIEVES, CORRECTION, DOUBTS, LOG_BELIEF, LOG_POST

from tests.theory import settings

READERS = np.arange(1, 21)
"""Accounts that follow the seed account of D5; they see the rumour, and twenty minutes later the correction."""


@pytest.mark.toy
@pytest.mark.parametrize(
    ("credulity", "acceptance", "held", "passed_on"),
    [(0, 0, DOUBTS, True), (1, 1, BELIEVES, True), (1, 0, BELIEVES, False)],
    ids=["who doubted", "who believed and accepts it", "who believed and refuses it"],
)
def test_a_correction_is_passed_on_by_all_readers_but_those_who_believe(
    credulity: int, acceptance: int, held: int, passed_on: bool
) -> None:
    """Readers that see a correction answer it for sure, those who believe the rumour never.

    Planted: a correction that leaves those unmoved who doubted all along.
    """
    denial = "{at: T+20 min, account: seed, topic: word, kind: correction, source: made}"
    claim = f"{{true: false, zone: town, credulity: {credulity}, acceptance: {acceptance}, correction_infectiousness: 50}}"
    sets = [
        f"topics.word.claim={claim}", "topics.word.infectiousness=1e-9", "posts.first.kind=rumour", f"posts.denial={denial}",
    ]  # fmt: skip
    log = settings.run("d05-cascade", sets).tables["event_log"]
    told = (log["code"] == LOG_BELIEF) & (log["time"] < 1200.0)
    assert set(log["who"][told]) >= set(READERS) and set(log["b"][told & np.isin(log["who"], READERS)]) == {held}
    answers = (log["code"] == LOG_POST) & (log["a"] >> 8 & 0xFF == CORRECTION) & (log["b"] >= 0)
    assert np.isin(READERS, log["who"][answers]).tolist() == [passed_on] * len(READERS)
