"""A branch of a batch: the files of a run from the start, verified as they are, and refused where its night is another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgu.cli import main
from msgu.errors import InputError, StorageError
from msgu.study.batch import branch as branch_of_batch
from msgu.study.batch import job
from msgu.study.batch.branch import plan_branch
from msgu.study.batch.verify import verify_batch

from tests import TOY

SETS = ("--set", "measures.late.dial=taxi", "--set", "measures.late.factor=2", "--set", "measures.late.at=23:00")
MORE = ("--set", "measures.late.until=00:00", "--set", "measures.late.source=invented")
NO_RESULT = {"run.log", ".lock"}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base") / "run"
    assert main(["run", str(TOY), "--reps", "2", "--checkpoint-every", "1 h", "--out", str(folder)]) == 0
    return folder


def files(folder: Path) -> dict[str, bytes]:
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in NO_RESULT]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_a_branch_has_every_byte_of_a_run_from_the_start(base: Path, tmp_path: Path) -> None:
    assert main(["branch", str(base), "--at", "22:30", *SETS, *MORE, "--out", str(tmp_path / "branch")]) == 0
    assert main(["run", str(TOY), "--reps", "2", *SETS, *MORE, "--out", str(tmp_path / "run")]) == 0
    assert files(tmp_path / "branch") == files(tmp_path / "run")


def test_a_branch_may_leave_checkpoints_and_be_branched_again(base: Path, tmp_path: Path) -> None:
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    assert main(["branch", str(base), "--at", "21:00", "--checkpoint-every", "1 h", "--out", first]) == 0
    assert main(["branch", first, "--at", "23:00", "--out", second]) == 0
    fingerprints = [verify_batch(folder).fingerprint for folder in (base, first, second)]
    assert fingerprints[0] == fingerprints[1] == fingerprints[2]


def test_a_run_that_was_stopped_goes_on_from_its_checkpoints_without_asking_for_more(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(base, tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "replications" / "0001")
    monkeypatch.setattr(job, "simulate", lambda *_: pytest.fail("runs the night from the start"))
    assert main(["run", str(TOY), "--reps", "2", "--resume", "--out", str(tmp_path / "run")]) == 0
    assert files(tmp_path / "run") == files(base)


def test_a_policy_that_begins_before_the_fork_is_refused_with_its_setting(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["branch", str(base), "--at", "23:30", *SETS, *MORE, "--out", str(tmp_path / "branch")]
    assert main(words) == 0  # 23:00 itself is not before
    words[words.index("measures.late.at=23:00")] = "measures.late.at=22:40"
    words[-1] = str(tmp_path / "other")
    assert main(words) == 2
    told = capsys.readouterr().err
    assert "--at" in told and "measures.late" in told and "22:40" in told


def test_a_time_without_a_checkpoint_is_told_those_that_there_are(base: Path) -> None:
    with pytest.raises(InputError, match="21:00:00"):
        plan_branch(base, "20:30")
    with pytest.raises(InputError, match="--at"):
        plan_branch(base, "half past ten")


def test_a_run_without_checkpoints_says_how_to_leave_some(tmp_path: Path) -> None:
    assert main(["run", str(TOY), "--out", str(tmp_path / "run")]) == 0
    with pytest.raises(InputError, match="--checkpoint-every"):
        plan_branch(tmp_path / "run", "22:00")


def test_verify_names_a_checkpoint_that_is_damaged_missing_or_too_many(base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(base, folder)
    verify_batch(folder)
    one = folder / "checkpoints" / "0001" / "007200.000"
    data = (one / "phone.zst").read_bytes()
    (one / "phone.zst").write_bytes(data[:-1])
    with pytest.raises(StorageError, match=r"0001/007200\.000/phone\.zst: changed"):
        verify_batch(folder)
    (one / "phone.zst").write_bytes(data)
    shutil.copytree(one, folder / "checkpoints" / "0001" / "007201.000")
    with pytest.raises(StorageError, match=r"007201\.000: not of this batch"):
        verify_batch(folder)
    shutil.rmtree(folder / "checkpoints" / "0001" / "007201.000")
    shutil.rmtree(one)
    with pytest.raises(StorageError, match=r"007200\.000/checkpoint\.json: missing"):
        verify_batch(folder)


def test_a_damaged_checkpoint_is_not_branched_from(base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    shutil.copytree(base, folder)
    (folder / "checkpoints" / "0000" / "007200.000" / "cascade.zst").write_bytes(b"")
    assert main(["branch", str(folder), "--at", "22:00", "--out", str(tmp_path / "branch")]) == 4
    assert "007200.000/cascade.zst: changed" in capsys.readouterr().err


def test_a_run_of_other_sources_of_the_program_is_not_branched(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branch_of_batch, "source_digest", lambda: "0" * 64)
    with pytest.raises(StorageError, match="other sources of the program"):
        plan_branch(base, "22:30")
