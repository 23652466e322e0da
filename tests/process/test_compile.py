"""Compiled kernels are kept by their content: what one checkout compiled, another finds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT, SCENARIOS

pytestmark = pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled")


def test_a_second_checkout_of_the_same_kernels_compiles_nothing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sim" / "msgu", tmp_path / "sim" / "msgu", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "scenarios").symlink_to(SCENARIOS)
    env = os.environ | {"PYTHONPATH": str(tmp_path / "sim"), "PYTHONDONTWRITEBYTECODE": "1"}
    here = subprocess.run([sys.executable, "-m", "msgu.compile", "graphs"], capture_output=True, text=True, check=True)
    code = "import sys; from msgu import compile; sys.stderr.write(compile.__file__); compile.main('graphs')"
    there = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert there.stderr == str(tmp_path / "sim" / "msgu" / "compile.py")
    assert there.stdout == "0\n", here.stderr
