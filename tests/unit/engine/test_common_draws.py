"""One thing more, of a kind that touches nobody, moves no draw of the others, wherever its id sorts."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.api import run
from msgu.kernels.state import LOG_DESK
from msgu.measure.view import Night
from msgu.results import Results, fingerprint
from msgu.scenario.load import load
from msgu.world.build import build_world

from tests import TOY

INERT = {
    "driver": "drivers.aa={topic: alerte, volume: 0, at: '21:00', rise: 1 min, decay: 5 min, source: none}",
    "broadcast": "broadcasts.aa={at: '21:00', audience: 0, source: none}",
    "broadcast where nobody lives": "broadcasts.aa={at: '21:00', audience: 1, zones: {ailleurs: 1}, source: none}",
    "measure": "measures.aa={dial: taxi, factor: 1, at: '22:00', until: '22:30'}",
    "account": "accounts.aa={zone: centre, followers: 0, source: none}",
    "last account": "accounts.zz={zone: centre, followers: 0, source: none}",
    "desk": "desks.aa={shifts: {}, handling: {law: fixed, value: 1 min}, worried_share: 0, source: none}",
}
"""By kind, the setting that adds an inert one before (or after) all others of its kind."""


@pytest.fixture(scope="module")
def plain() -> Results:
    return run(load(TOY), 2)


def rows(results: Results) -> dict[str, dict[str, np.ndarray]]:
    """The tables, with the desks by name and not by number."""
    tables = {name: dict(columns) for name, columns in results.tables.items()}
    desks = tables["desks"]
    names = np.array(results.names["desks"])[desks["desk"].astype(int)]
    tables["desks"] = {key: column[names == "hotline"] for key, column in desks.items() if key != "desk"}
    log, of_desk = tables["event_log"], tables["event_log"]["code"] == LOG_DESK
    tables["event_log"] = log | {
        "nth": np.where(of_desk, log["nth"] & 0xFFFFFFFF, log["nth"]),
        "b": np.where(of_desk, 0, log["b"]),
    }
    return tables


@pytest.mark.parametrize("what", INERT)
def test_an_inert_thing_leaves_every_other_row_as_it_was(what: str, plain: Results) -> None:
    more = run(load(TOY, (), [INERT[what]]), 2)
    before, after = rows(plain), rows(more)
    if "account" in what:
        assert more.summary["accounts"] == plain.summary["accounts"] + 1
    differing = [
        f"{table}.{column}"
        for table, columns in before.items()
        for column, values in columns.items()
        if values.tobytes() != after[table][column].astype(values.dtype).tobytes()
    ]
    assert differing == []


def test_what_is_not_inert_is_seen(plain: Results) -> None:
    more = run(load(TOY, (), [INERT["driver"].replace("volume: 0", "volume: 50")]), 2)
    assert fingerprint(more)["posts"] != fingerprint(plain)["posts"]


def test_an_account_without_followers_writes_posts_that_nobody_reads_and_keeps_its_name(plain: Results) -> None:
    sets = [INERT["account"], "posts.aa={at: '21:40', account: aa, topic: alerte, kind: information, source: none}"]
    scenario = load(TOY, (), sets)
    world = build_world(scenario, scenario.seed, scenario.scale)
    assert world.accounts.number("aa") == world.accounts.n - 1
    assert world.accounts.labels()[-1] == "aa" and len(world.accounts.labels()) == world.accounts.n
    assert [world.accounts.number(name) for name in sorted(scenario.accounts)[1:]] == [0, 1, 2, 3][
        : len(scenario.accounts) - 1
    ]
    night = Night(scenario, run(scenario, 2))
    (author,) = night.authors(["aa"])
    written = night.table("posts")["author"] == author
    assert written.sum() == 1
    assert not np.isin(night.table("posts")["parent"], np.flatnonzero(written)).any()


def test_a_broadcast_is_heard_where_it_is_said_to_be() -> None:
    only = "{at: '20:01', audience: 1, zones: {centre: 1, commune: 0.5}, rise: 1 s, decay: 1 s, source: x}"
    scenario = load(TOY, (), [f"broadcasts={{only: {only}}}"])
    night = Night(scenario, run(scenario, 0))
    table = night.table("awareness")
    soon = (table["bin"] + 1) * night.results.bin_width <= 120
    told = {
        z: table["aware"][soon & (table["zone"] == night.index("zones", z))].max(initial=0) for z in scenario.places.zones
    }
    assert told["centre"] == 90
    assert 5 < told["port"] < 35
    assert sum(told.values()) <= told["centre"] + told["port"] + 3  # whom a person who heard it rings at once
