"""An output that is closed, full or read by nobody ends no command: its results are whole and its exit code is right."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgu.study.batch.verify import verify_batch

from tests import ROOT, SCENARIOS
from tests import TOY as TOY_FILE

QUIET = str(SCENARIOS / "degenerate" / "d10-nothing.yaml")
TOY = str(TOY_FILE)


def shell(words: str, redirected: str) -> tuple[int, str]:
    """Run a command with its outputs redirected by a shell; return its exit code and what it said on standard error."""
    command = f"'{sys.executable}' -m msgu {words} {redirected}"
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, cwd=ROOT, timeout=300)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("redirected", "code", "said"),
    [(">&-", 0, ""), (">/dev/full", 4, "the output of the command cannot be written: No space left on device\n")],
    ids=["closed", "no room"],
)
def test_a_run_whose_output_is_closed_or_full_keeps_everything(
    redirected: str, code: int, said: str, tmp_path: Path
) -> None:
    assert shell(f"run '{QUIET}' --reps 2 --out '{tmp_path / 'out'}'", redirected) == (code, said)
    assert verify_batch(tmp_path / "out").replications == 2


@pytest.mark.parametrize(
    ("words", "redirected", "code"),
    [
        (f"check '{TOY}'", ">&- 2>&- <&-", 0),
        (f"check '{TOY}'", "2>/dev/full >/dev/null", 0),
        (f"check '{TOY}'", ">/dev/full 2>/dev/full", 4),
        ("check /nowhere.yaml", ">/dev/full 2>&1", 2),
        ("score /nowhere", ">&- 2>&-", 4),
    ],
)
def test_the_exit_code_is_that_of_what_was_done(words: str, redirected: str, code: int) -> None:
    assert shell(words, redirected)[0] == code


def test_a_reader_that_goes_away_ends_nothing_early(tmp_path: Path) -> None:
    out = tmp_path / "graph"
    graph = SCENARIOS / "degenerate" / "d06-reed-frost.yaml"
    read, write = os.pipe()
    os.close(read)
    words = [sys.executable, "-m", "msgu", "graph", "build", str(graph), "--out", str(out)]
    done = subprocess.run(words, stdout=write, stderr=subprocess.PIPE, text=True, cwd=ROOT, timeout=300)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")
    assert (out / "graph.json").exists()
