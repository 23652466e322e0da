"""Telephones, people who are out and desks that are followed for a part of the run only; worlds of their own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from msgu.api import run
from msgu.results import Results, read_record
from msgu.scenario.load import load
from msgu.study.batch.folder import record_folder
from msgu.study.batch.run import run_batch
from msgu.study.comparison.plan import from_study, from_words

from tests import TOY

END = 8100.0
"""When following ends in these tests [s], in the middle of what happens in the toy night."""
PARTS = ("phones.until=T+135 min", "going_home.until=T+135 min", "desks.hotline.until=T+135 min")


@cache
def night(*sets: str) -> Results:
    return run(load(TOY, sets=list(sets)))


@pytest.mark.parametrize(
    ("part", "tables"),
    [(PARTS[0], ("calls", "traffic")), (PARTS[1], ("people", "moves", "reading")), (PARTS[2], ("desks",))],
)
def test_what_is_followed_to_a_time_is_the_same_until_then_and_leaves_no_row_after_it(
    part: str, tables: tuple[str, ...]
) -> None:
    whole, cut = night(), night(part)
    for name in tables:
        table, other = whole.tables[name], cut.tables[name]
        last = END / whole.bin_width
        assert (table["bin"] >= last).any(), name  # otherwise nothing would be cut
        assert len(other["bin"]) and (other["bin"] < last).all(), name
        before = table["bin"] < last
        for column in table:
            assert np.array_equal(table[column][before], other[column]), (name, column)


def test_posts_go_on_when_nothing_else_is_followed() -> None:
    whole, cut = night(), night(*PARTS)
    alone = whole.tables["posts"]["time"] < END
    for column in ("time", "author", "topic"):
        assert np.array_equal(whole.tables["posts"][column][alone], cut.tables["posts"][column][: alone.sum()])
    assert (cut.tables["posts"]["time"] >= END).any()


def test_replications_in_worlds_of_their_own_have_seeds_of_their_own_and_the_first_is_the_only_one_of_a_single_run(
    tmp_path: Path,
) -> None:
    scenario = load(TOY, sets=["worlds=each"])
    run_batch(scenario, tmp_path / "three", reps=3)
    records = [read_record(record_folder(tmp_path / "three", k))[0] for k in range(3)]
    assert [record.identity.seed for record in records] == [scenario.seed + k for k in range(3)]
    assert len({record.fingerprint["graph"] for record in records}) == 3
    run_batch(load(TOY), tmp_path / "one")
    assert read_record(record_folder(tmp_path / "one", 0))[0].fingerprint == records[0].fingerprint


STUDY = """
msgu: 1
id: short
question: {fr: "Et si ?", en: "What if?"}
scenario: toy.yaml
reps: 2
alternatives:
  late: {sets: ["topics.alerte.infectiousness=0.01"]}
metrics:
  uses:
    title: {fr: "Usages", en: "Uses"}
    metric: uses(topic=alerte)
    window: ["T+0 s", "T+40 min"]
    better: less
"""


def test_a_study_simulates_only_as_far_as_its_windows_ask(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    (tmp_path / "toy.yaml").write_bytes(TOY.read_bytes())
    path.write_text(STUDY, encoding="utf-8")
    plan = from_study(str(path))
    assert [choice.scenario.horizon for choice in plan.choices] == [2400.0, 2400.0]
    whole = from_words(str(TOY), ["text-instead-of-call"], 2)
    assert whole.baseline.scenario.horizon == load(TOY).horizon  # its outcomes go to the end
