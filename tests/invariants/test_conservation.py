"""Nothing is lost and nothing counted twice, on generated nights."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.engine.run import simulate
from msgu.kernels.state import LOG_CLEARED, LOG_STATE
from msgu.results import Results
from msgu.world.build import World, build_world

from tests.twin.generate import scenario_of

pytestmark = pytest.mark.timeout(3600)


@pytest.fixture(scope="module")
def nights(size: dict[str, int], tmp_path_factory: pytest.TempPathFactory) -> list[tuple[World, Results]]:
    folder = tmp_path_factory.mktemp("generated")
    found = []
    for number in range(1000, 1000 + size["generated scenarios of conservation"]):
        scenario = scenario_of(number, folder, plain=True)
        world = build_world(scenario, scenario.seed, scenario.scale)
        found.append((world, simulate(world, scenario.seed, 0)))
    return found


def test_every_leg_of_a_call_is_carried_or_lost(nights: list[tuple[World, Results]]) -> None:
    for _, night in nights:
        for table in ("calls", "cells"):
            legs = night.tables[table]
            assert (legs["offered"] == legs["carried"] + legs["lost"] + legs["lost_far"]).all()
        calls, cells = night.tables["calls"], night.tables["cells"]
        for what in ("offered", "carried", "lost", "lost_far"):
            by_zone = np.bincount(calls["zone"], calls[what], 100)
            assert (by_zone == np.bincount(cells["zone"], cells[what], 100)).all()


def test_every_call_to_a_desk_is_busy_answered_abandoned_or_waiting(nights: list[tuple[World, Results]]) -> None:
    for _, night in nights:
        desks = night.tables["desks"]
        if len(desks["bin"]):
            ended = sum(int(desks[k].sum()) for k in ("busy", "answered", "abandoned"))
            last = int(np.ceil(night.horizon / night.bin_width)) - 1
            waiting = int(desks["waiting"][desks["bin"] == last].sum())
            assert int(desks["received"].sum()) == ended + waiting


def test_everyone_who_is_out_is_in_one_state_at_each_time(nights: list[tuple[World, Results]]) -> None:
    for world, night in nights:
        people = night.tables["people"]
        bins = int(np.ceil(world.scenario.followed_until("going_home") / night.bin_width - 1e-9))
        counts = np.bincount(people["bin"], people["count"], bins)
        assert (people["count"] > 0).all()
        assert (counts == len(world.out.at)).all()


def test_each_change_of_state_starts_where_the_last_one_ended(nights: list[tuple[World, Results]]) -> None:
    for _, night in nights:
        log = night.tables["event_log"]
        state: dict[int, int] = {}
        rows = log["code"] == LOG_STATE
        for who, old, new in zip(log["who"][rows], log["nth"][rows], log["a"][rows], strict=True):
            assert state.get(int(who), 0) == old
            state[int(who)] = int(new)


def test_a_retweet_has_an_earlier_parent_of_its_topic_and_its_root(nights: list[tuple[World, Results]]) -> None:
    for _, night in nights:
        posts = night.tables["posts"]
        rows = np.arange(len(posts["root"]))
        shared = posts["root"] != rows
        parent = posts["parent"][shared]
        assert (parent >= 0).all()
        assert (parent < rows[shared]).all()
        assert (posts["topic"][parent] == posts["topic"][shared]).all()
        assert (posts["root"][parent] == posts["root"][shared]).all()


def test_nobody_shares_one_post_twice_or_their_own(nights: list[tuple[World, Results]]) -> None:
    """A retweet in seventy was a second one."""
    shares = 0
    for _, night in nights:
        posts = night.tables["posts"]
        shared = posts["root"] != np.arange(len(posts["root"]))
        author, root = posts["author"][shared], posts["root"][shared]
        assert (posts["author"][root] != author).all()
        assert len(np.unique(np.stack([author, root]), axis=1).T) == len(author)
        shares += len(author)
    assert shares > 200


def test_accounts_are_believers_of_a_claim_or_not_at_each_time(nights: list[tuple[World, Results]]) -> None:
    for world, night in nights:
        beliefs = night.tables["beliefs"]
        assert (beliefs["believes"] + beliefs["doubts"] + beliefs["corrected"] <= world.accounts.n).all()
        assert all((beliefs[k] >= 0).all() for k in ("believes", "doubts", "corrected"))


def test_a_worry_is_cleared_once(nights: list[tuple[World, Results]]) -> None:
    for _, night in nights:
        log = night.tables["event_log"]
        rows = log["code"] == LOG_CLEARED
        edges = list(zip(log["who"][rows].tolist(), log["nth"][rows].tolist(), strict=True))
        assert len(edges) == len(set(edges))


def test_bins_add_up_to_totals(nights: list[tuple[World, Results]]) -> None:
    for _, night in nights:
        assert int(night.tables["topic_curves"]["posts"].sum()) == len(night.tables["posts"]["time"])
        contacts, reading = night.tables["contacts"]["outcome"], night.tables["reading"]
        assert int((contacts == 0).sum()) == int(reading["housed"].sum())
