"""Killed at any operation on a file, every command leaves a folder with which it goes on to the same bits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import ROOT, SCENARIOS
from tests.unit.study.test_calibrate import STUDY as CALIBRATION
from tests.unit.study.test_compare import written

QUIET = str(SCENARIOS / "degenerate" / "d10-nothing.yaml")
"""The smallest scenario, whose nights take a few milliseconds."""
RUN = ["run", QUIET, "--reps", "2", "--out", "OUT"]
CHECKED = [*RUN, "--checkpoint-every", "25 min"]
SHARDS = [[*RUN, "--shard", "1/2"], [*RUN, "--shard", "2/2"], ["collect", "OUT"]]
STUDIED = """\
msgu: 1
id: quiet
question: {fr: "Que faire ?", en: "What to do?"}
scenario: toy.yaml
reps: 2
alternatives:
  taxis: {sets: ["going_home.taxi=0.6"]}
"""
SHARED = (
    STUDIED
    + """\
  late: {sets: ["safety_check.at=23:10"]}
  people: {sets: ["worry.message_share=0.9"]}
sets: ["record.event_log=false", "shelter.volunteers=0"]
"""
)
"""Of which one alternative shares the whole night, one the night until 23:10, and one nothing."""


def killed(folder: Path, step: int, first: list[list[str]], then: list[list[str]], **more: Any) -> dict[str, Any]:
    """Kill commands at every `step`-th operation, and go on with others; returns what was found."""
    asked = {"first": first, "then": then, "before": more.get("before", []), "fine": more.get("fine", [0])}
    words = [sys.executable, "-m", "tests.process.killed", str(folder), str(step)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, input=json.dumps(asked), capture_output=True, text=True, env=env, timeout=1500)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_run_killed_anywhere_goes_on_to_the_same_bits(tmp_path: Path, full: bool) -> None:
    found = killed(tmp_path, 1 if full else 9, [RUN], [[*RUN, "--resume"]])
    assert found["operations"] > 80 and found["wrong"] == []


def test_a_run_that_leaves_checkpoints_killed_anywhere_goes_on_to_the_same_bits(tmp_path: Path, full: bool) -> None:
    found = killed(tmp_path, 1 if full else 16, [CHECKED], [[*CHECKED, "--resume"]])
    assert found["operations"] > 150 and found["wrong"] == []


def test_a_branch_killed_anywhere_goes_on_to_the_same_bits(tmp_path: Path, full: bool) -> None:
    base = [word.replace("OUT", "OUT/base") for word in CHECKED]
    words = ["branch", "OUT/base", "--at", "00:30", "--out", "OUT/branch"]
    found = killed(tmp_path, 1 if full else 11, [words], [[*words, "--resume"]], before=[base])
    assert found["operations"] > 80 and found["wrong"] == []


def test_a_run_that_starts_over_killed_anywhere_goes_on_to_the_same_bits(tmp_path: Path, full: bool) -> None:
    words = [*RUN, "--resume", "--overwrite"]
    found = killed(tmp_path, 1 if full else 28, [words], [words], before=[[*RUN, "--seed", "9"]])
    assert found["operations"] > 100 and found["wrong"] == []


def test_shards_and_their_collection_killed_anywhere_go_on_to_the_same_bits(tmp_path: Path, full: bool) -> None:
    found = killed(tmp_path, 1 if full else 28, SHARDS, SHARDS)
    assert found["operations"] > 80 and found["wrong"] == []


def test_a_comparison_killed_anywhere_goes_on_to_the_same_bits(tmp_path: Path, full: bool) -> None:
    written(tmp_path, STUDIED)
    words = ["compare", str(tmp_path / "study.yaml"), "--out", "OUT"]
    found = killed(tmp_path, 1 if full else 60, [words], [words])
    assert found["operations"] > 150 and found["wrong"] == []


def test_a_comparison_that_shares_nights_killed_anywhere_goes_on_to_the_same_bits(tmp_path: Path, full: bool) -> None:
    written(tmp_path, SHARED)
    words = ["compare", str(tmp_path / "study.yaml"), "--out", "OUT"]
    found = killed(tmp_path, 1 if full else 120, [words], [words])
    assert found["operations"] > 400 and found["wrong"] == []
    log = [json.loads(line) for line in (tmp_path / "whole" / "run.log").read_text(encoding="utf-8").splitlines()]
    assert {line["alternative"] for line in log if line.get("shared_s")} == {"taxis", "late"}


def test_a_report_killed_anywhere_is_written_again_whole(tmp_path: Path, full: bool) -> None:
    found = killed(tmp_path, 1 if full else 40, [["report", "OUT"]], [["report", "OUT"]], before=[RUN])
    assert found["operations"] > 30 and found["wrong"] == []


def test_a_calibration_killed_anywhere_goes_on_to_the_same_bits(tmp_path: Path, full: bool) -> None:
    (tmp_path / "toy.yaml").write_bytes((SCENARIOS / "toy.yaml").read_bytes())
    (tmp_path / "study.yaml").write_text(CALIBRATION.replace("SCENARIO", "toy.yaml"), encoding="utf-8")
    words = ["calibrate", str(tmp_path / "study.yaml"), "--out", "OUT"]
    found = killed(tmp_path, 1 if full else 120, [words], [[*words, "--resume"]], fine=[0, 6])
    assert found["operations"] > 100 and found["wrong"] == []


def test_a_graph_killed_anywhere_is_built_whole(tmp_path: Path, full: bool) -> None:
    scenario = str(SCENARIOS / "degenerate" / "d06-reed-frost.yaml")
    words = ["graph", "build", scenario, "--out", "OUT/graph"]
    found = killed(tmp_path, 1 if full else 3, [words], [words], fine=[0, 4])  # 4: it is there already
    assert found["operations"] > 8 and found["wrong"] == []
