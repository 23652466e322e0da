"""Compiling ahead: by content, once, each kernel with one signature, with its progress told and Ctrl-C heard."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from msgu import compile as ahead
from msgu.cli import main
from msgu.cli.compiling import shown
from msgu.kernels.jit import kept

from tests import ROOT, SCENARIOS, TOY

pytestmark = pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled")
PART = [sys.executable, "-m", "msgu.compile"]


def test_a_second_checkout_of_the_same_kernels_compiles_nothing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sim" / "msgu", tmp_path / "sim" / "msgu", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "scenarios").symlink_to(SCENARIOS)
    env = os.environ | {"PYTHONPATH": str(tmp_path / "sim"), "PYTHONDONTWRITEBYTECODE": "1"}
    here = subprocess.run([*PART, "graphs"], capture_output=True, text=True, check=True)
    code = "import sys; from msgu import compile; sys.stderr.write(compile.__file__); compile.main('graphs')"
    there = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert there.stderr == str(tmp_path / "sim" / "msgu" / "compile.py")
    assert there.stdout == "", here.stderr


@pytest.mark.long
def test_a_cold_start_compiles_every_kernel_with_at_most_1_2_signatures_each(tmp_path: Path) -> None:
    env = os.environ | {"MSGU_CACHE": str(tmp_path)}
    parts = [subprocess.Popen([*PART, part], env=env, stdout=subprocess.PIPE, text=True) for part in ahead.PARTS]
    lines = {line for part in parts for line in part.communicate()[0].splitlines()}
    functions = {line.split()[0] for line in lines}
    assert functions == set(ahead.kernels())
    assert len(lines) <= 1.2 * len(functions)
    code = "from msgu.compile import to_compile; print(len(to_compile()))"
    again = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert again.stdout == "0\n"


def test_progress_counts_each_kernel_once_and_ends_at_the_total(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ahead, "to_compile", lambda: {"a", "b", "c"})
    monkeypatch.setattr(ahead, "_told", lambda: (name for name in ("a", "b", "a", "of-another-version", "c")))
    monkeypatch.setattr(kept, "note_all", lambda: None)
    with shown("en") as tell:
        ahead.compile_all(tell)
    assert capsys.readouterr().err == "compiling, once: 0 of 3\ncompiling, once: 3 of 3\n"


@pytest.mark.long
def test_a_first_run_tells_what_it_compiles_and_ctrl_c_ends_it_and_its_compilers(tmp_path: Path) -> None:
    env = os.environ | {"MSGU_CACHE": str(tmp_path / "cache")}
    words = [sys.executable, "-m", "msgu", "run", str(TOY), "--out", str(tmp_path / "out")]
    run = subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run.stderr is not None
    first = run.stderr.readline()
    total = int(re.fullmatch(r"compiling, once: 0 of (\d+)\n", first).group(1))  # type: ignore[union-attr]
    assert total == len(ahead.kernels())
    children: list[psutil.Process] = []
    while len(children) < len(ahead.PARTS):
        children = psutil.Process(run.pid).children()
    run.send_signal(signal.SIGINT)
    assert "Traceback" not in run.communicate()[1] and run.returncode == 130
    # one that was being started when the signal came is not known to the command, and ends as soon as it tells of a kernel
    assert not psutil.wait_procs(children, timeout=60)[1]


def test_the_verb_says_where_the_kernels_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kept, "folder", lambda: tmp_path)
    monkeypatch.setattr(ahead, "to_compile", lambda: {"a"})
    monkeypatch.setattr(ahead, "_told", lambda: (name for name in "a"))
    for _ in range(2):
        assert main(["compile"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("1 kernels compiled") and first.endswith(f"MB in {tmp_path}")
    assert second.startswith("all kernels are compiled: ") and second.endswith(f"MB in {tmp_path}")


def test_a_file_that_is_gone_is_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "folder", lambda: tmp_path)
    folder = tmp_path / kept.digest("loop")
    folder.mkdir()
    (folder / "advance.nbi").write_bytes(b"")
    assert not kept.are_all_kept()
    kept.note_all()
    assert kept.are_all_kept()
    (folder / "advance.nbi").unlink()
    assert not kept.are_all_kept()
