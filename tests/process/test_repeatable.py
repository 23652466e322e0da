"""The same scenario, seed and version give the same bits, whatever surrounds the run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgu.api import run
from msgu.results import fingerprint
from msgu.scenario.load import load

from tests import ROOT, TOY

CHILD = """
import json, sys
sys.path.insert(0, sys.argv[1])
from msgu.api import run
from msgu.results import fingerprint
from msgu.scenario.load import load
print(json.dumps(fingerprint(run(load(sys.argv[2]), int(sys.argv[3])))))
"""

SURROUNDINGS = {
    "another hash seed": {"PYTHONHASHSEED": "4711"},
    "another time zone": {"TZ": "Pacific/Auckland"},
    "another locale": {"LC_ALL": "C"},
    "more threads": {"OMP_NUM_THREADS": "4", "NUMBA_NUM_THREADS": "2"},
}


def _child(folder: Path, replication: int, **changes: str) -> dict[str, str]:
    words = [sys.executable, "-c", CHILD, str(ROOT), str(TOY), str(replication)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder, env=os.environ | changes, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.toy
def test_the_toy_night_happens_in_every_table() -> None:
    tables = run(load(TOY)).tables
    empty = sorted(name for name, columns in tables.items() if not len(next(iter(columns.values()))))
    assert empty == []


@pytest.mark.toy
def test_two_runs_in_one_process_have_the_same_bits() -> None:
    scenario = load(TOY)
    assert fingerprint(run(scenario, 1)) == fingerprint(run(scenario, 1))


def test_two_replications_and_two_seeds_differ() -> None:
    scenario = load(TOY)
    other = load(TOY, (), ["seed=2"])
    prints = [
        fingerprint(run(scenario, 0))["posts"],
        fingerprint(run(scenario, 1))["posts"],
        fingerprint(run(other, 0))["posts"],
    ]
    assert len(set(prints)) == 3


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_surroundings_change_no_bit(name: str, tmp_path: Path) -> None:
    assert _child(tmp_path, 1, **SURROUNDINGS[name]) == fingerprint(run(load(TOY), 1))


def test_compiled_and_uncompiled_kernels_give_the_same_bits(tmp_path: Path) -> None:
    assert _child(tmp_path, 0, NUMBA_DISABLE_JIT="1") == fingerprint(run(load(TOY), 0))
