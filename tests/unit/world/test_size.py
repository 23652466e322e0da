"""Predicted sizes: near what a night needs, told before a long run, and found without a trace in any result."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from msgu.cli import announce as announced
from msgu.kernels.jit import kept
from msgu.scenario.load import load
from msgu.world import probe
from msgu.world.size import predict

from tests import ROOT, TOY
from tests.shipped import PARIS, loaded

pytestmark = pytest.mark.filterwarnings("ignore:.*warning")


ALONE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""A process begins with the peak memory of the one that started it, here a small one and not that of the tests."""


def run_toy(out: Path) -> float:
    """Run the toy in a process of its own and return its peak memory [bytes]."""
    words = [sys.executable, "-m", "msgu", "run", str(TOY), "--out", str(out), "--overwrite"]
    done = subprocess.run([sys.executable, "-c", ALONE, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout) * 1024.0


@pytest.mark.long
def test_the_memory_of_a_toy_night_is_predicted_within_a_factor_of_one_and_a_half(tmp_path: Path) -> None:
    run_toy(tmp_path / "out")  # so that what is measured compiles nothing
    needed = run_toy(tmp_path / "out")
    assert max(needed / predict(loaded(TOY), 1.0).memory, predict(loaded(TOY), 1.0).memory / needed) < 1.5


def test_the_record_of_a_night_is_told_apart_from_the_graph_that_is_kept_elsewhere() -> None:
    told = predict(loaded(PARIS), 0.01)
    assert told.store == 4 * 5_000_000 + 12 * 100_000
    assert 1.5e6 < told.disk < 6e6  # 2.96 MB needed


@pytest.mark.long
def test_telephones_cost_as_long_as_they_are_followed_and_no_longer() -> None:
    short, whole = (predict(load(PARIS, sets=[f"phones.until={until}"]), 0.01) for until in ("T+10 h", "T+77 h"))
    base = predict(loaded(PARIS), 0.01)
    assert short.seconds < base.seconds < whole.seconds and short.disk == base.disk == whole.disk


@pytest.mark.long
def test_a_long_run_is_told_in_minutes_and_memory_before_it_starts_and_a_short_one_is_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "slowness", lambda: 2.0)
    monkeypatch.setattr(kept, "are_all_kept", lambda: False)
    monkeypatch.setattr(kept, "is_ours", lambda: True)
    announced.announce([(loaded(TOY), 2)], 1, "en")
    assert capsys.readouterr().err == ""
    paris = load(PARIS, sets=["scale=1/100"])
    announced.announce([(paris, 100)], 4, "en")
    said = capsys.readouterr().err
    minutes = predict(paris, paris.scale).seconds * 2 * 100 / 4 / 60
    assert f"about {minutes:.0f} min for 100 nights by 4 processes" in said
    assert "0.5 GB of memory each" in said and f"{probe.COMPILATION * 2 / 60:.1f} min to compile the kernels" in said
    announced.announce([(paris, 100)], 4, "fr")
    assert "Go de mémoire chacun" in capsys.readouterr().err


def test_the_probe_of_speed_makes_no_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("drawn")

    monkeypatch.setattr(np.random, "default_rng", refuse)
    assert probe.slowness(0.05) > 0
