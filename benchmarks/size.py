"""Predictions of size: memory, processor time and disk of one night, predicted by `msgu.world.size` against what was needed.

Each night is a run of the command in a process of its own, whose peak memory and processor time the system counted; it is run
twice, so that nothing counted has to compile or to build a graph. The probe of speed is taken before each.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from msgu.scenario.load import load
from msgu.world.probe import slowness
from msgu.world.size import SizePrediction, predict

from benchmarks.interleave import Ratio

ROOT = Path(__file__).parents[1]
TOY, PARIS = ROOT / "scenarios" / "toy.yaml", ROOT / "scenarios" / "paris-2015-11-13.yaml"
SIZES = {"toy": (TOY, "1"), **{f"Paris {scale}": (PARIS, scale) for scale in ("1/400", "1/100", "1/20", "1/10")}}


class Needed(NamedTuple):
    """What one night needed: peak memory, record on the disk [bytes], processor time [s]."""

    memory: float
    disk: float
    seconds: float


def run(quick: bool) -> list[Ratio]:
    """Print the table and return, for each size, by what factor the prediction is wrong."""
    print(f"{'':12s} {'memory [GB]':>20s} {'processor [s]':>20s} {'record [MB]':>20s}   predicted / needed")
    ratios = []
    for name, (path, scale) in list(SIZES.items())[: 2 if quick else None]:
        told, slow = predict(load(path), _number(scale)), slowness()
        needed(path, scale)
        true = needed(path, scale)
        _print(name, told, true, slow)
        key = name.replace(" ", "-")
        ratios.append(Ratio(f"size.memory-{key}", factor(told.memory, true.memory), 1.5, False))
        ratios.append(Ratio(f"size.seconds-{key}", factor(told.seconds * slow, true.seconds), 2.0, False))
    return ratios


def factor(a: float, b: float) -> float:
    """By what factor two sizes differ, at least 1."""
    return max(a / b, b / a)


def needed(path: Path, scale: str) -> Needed:
    """Run one night in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "msgu", "run", str(path), "--scale", scale, "--out", folder]
        command = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        _, status, used = os.wait4(command.pid, 0)
        command.returncode = os.waitstatus_to_exitcode(status)
        if command.returncode:
            raise RuntimeError(f"{' '.join(words)}: exit {command.returncode}")
        files = [file for file in Path(folder, "replications").rglob("*") if file.is_file()]
        return Needed(
            used.ru_maxrss * 1024.0, float(sum(file.stat().st_size for file in files)), used.ru_utime + used.ru_stime
        )


def _number(scale: str) -> float:
    above, _, below = scale.partition("/")
    return float(above) / float(below or 1)


def _print(name: str, told: SizePrediction, true: Needed, slow: float) -> None:
    pairs = (
        (told.memory / 1e9, true.memory / 1e9), (told.seconds * slow, true.seconds), (told.disk / 1e6, true.disk / 1e6),
    )  # fmt: skip
    print(f"{name:12s} " + " ".join(f"{a:9.2f} / {b:8.2f}" for a, b in pairs) + f"   (probe {slow:.2f})", flush=True)
