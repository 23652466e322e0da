"""The frozen workloads are what they were, and each run of them has a folder of its own."""

from __future__ import annotations

import hashlib
import tomllib
import warnings

import pytest
from msgu.scenario.load import load

from benchmarks import frozen

HELD = tomllib.loads((frozen.WORKLOADS / "held.toml").read_text(encoding="utf-8"))
FILES = sorted(path.relative_to(frozen.WORKLOADS).as_posix() for path in frozen.WORKLOADS.rglob("*") if path.is_file())
CASES = frozen.cases()


def test_every_frozen_file_is_held() -> None:
    assert sorted(HELD) == [name for name in FILES if name != "held.toml"]


@pytest.mark.parametrize("name", HELD)
def test_a_frozen_file_is_what_it_was(name: str) -> None:
    assert hashlib.sha256((frozen.WORKLOADS / name).read_bytes()).hexdigest() == HELD[name]


def test_no_two_runs_share_a_folder() -> None:
    folders = [case.folder() for case in CASES]
    assert len(set(folders)) == len(folders)


@pytest.mark.parametrize("case", [case for case in CASES if case.part == "phones"], ids=lambda case: case.title)
def test_a_run_of_the_telephones_is_a_right_scenario(case: frozen.Case) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert load(case.scenario, (), case.words[1::2] if case.words[:1] == ("--set",) else ()).phones is not None
