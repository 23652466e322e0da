"""Every command, stopped at any stage by a signal, ends with its code, leaves no process, and goes on to the same results."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.process import kill_matrix
from tests.process.kill_matrix import cell, cells, whole

FEW = [
    ("run --workers 2", "between nights", signal.SIGTERM),
    ("compare", "one measure has no night", signal.SIGINT),
    ("report", "drawing", signal.SIGTERM),
    ("collect", "importing", signal.SIGINT),
]
"""What the reduced size tries."""


@pytest.mark.parametrize(("name", "stage", "number"), FEW)
def test_a_stopped_command_ends_with_its_code_and_goes_on(
    name: str, stage: str, number: signal.Signals, tmp_path: Path
) -> None:
    command = kill_matrix.commands(tmp_path)[name]
    (tmp_path / "cell").mkdir()
    one = cell(name, command, stage, number, whole(command, tmp_path / "cell"), tmp_path / "cell")
    assert one.wrong == "", kill_matrix.line(one)


@pytest.mark.full
@pytest.mark.timeout(10_800)
def test_the_kill_matrix_has_no_wrong_cell() -> None:
    assert [kill_matrix.line(one) for one in cells() if one.wrong] == []
