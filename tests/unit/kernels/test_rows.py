"""State of accounts: rows where an account may respond, and a set of those that write all the same."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from msgu.kernels.social import rows
from msgu.kernels.state import RANK, WORD
from numpy.typing import NDArray

from tests import TOY


class Held(NamedTuple):
    """What finding a row reads."""

    ranks: NDArray[np.uint64]


def marked(bits: list[list[int]]) -> Any:
    """Ranks of topics whose accounts with a row are listed."""
    words = max(max(topic, default=0) for topic in bits) // 64 + 1
    ranks, before = np.zeros((len(bits), words, 2), np.uint64), 0
    for topic, accounts in enumerate(bits):
        for word in range(words):
            here = [a & 63 for a in accounts if a >> 6 == word]
            ranks[topic, word, WORD] = sum(1 << a for a in here)
            ranks[topic, word, RANK] = before
            before += len(here)
    return Held(ranks)


@pytest.mark.toy
def test_rows_are_numbered_topic_by_topic_in_the_order_of_the_accounts() -> None:
    held = [[0, 63, 64, 130], [], [5, 190]]
    c = marked(held)
    found = {(t, a): rows.row_of(c, t, a) for t in range(3) for a in range(192)}
    assert [pair for pair, row in sorted(found.items(), key=lambda x: x[1]) if row >= 0] == [
        (t, a) for t, accounts in enumerate(held) for a in accounts
    ]
    assert sorted(row for row in found.values() if row >= 0) == list(range(6))


@pytest.mark.toy
def test_the_set_of_other_writers_counts_as_a_mapping_does_and_survives_its_growth() -> None:
    others, counted = np.zeros(64, np.int64), dict[tuple[int, int], int]()
    draws = np.random.default_rng(5)
    for topic, account in zip(draws.integers(0, 4, 120), draws.choice([0, 1, 2**31 - 1, 64, 640, 9999], 120), strict=True):
        i = rows.slot_of(others, int(topic), int(account))
        others[i] = (rows.writer(int(topic), int(account)) << 20) | ((others[i] & rows.COUNT) + 1)
        counted[int(topic), int(account)] = counted.get((int(topic), int(account)), 0) + 1
    wider = np.zeros(128, np.int64)
    rows.spread(others, wider)
    for held in (others, wider):
        assert {who: int(held[rows.slot_of(held, *who)] & rows.COUNT) for who in counted} == counted
        assert int((held != 0).sum()) == len(counted)


def test_only_accounts_that_may_respond_have_a_row_and_others_write_all_the_same() -> None:
    from msgu.engine.compiled import CompiledEngine
    from msgu.engine.run import run_phenomena
    from msgu.scenario.load import load
    from msgu.world.build import build_world

    scenario = load(TOY)
    engine = CompiledEngine(build_world(scenario, 1, 1.0), 0, keep_log=False)
    run_phenomena(engine, 0)
    c = engine.cascade
    topics, n = len(scenario.topics), engine.world.accounts.n
    assert 0 < len(c.left) < topics * n
    posts = int(c.size[0])
    told = {(int(t), int(a)) for t, a in zip(c.post_topic[:posts], c.post_author[:posts], strict=True)}
    for topic, account in told:
        mine = (c.post_topic[:posts] == topic) & (c.post_author[:posts] == account)
        assert rows.times_written(engine.c, topic, account) >= int(mine.sum())
    assert int(c.size[rows.OTHERS]) == int((c.others != 0).sum()) > 0
