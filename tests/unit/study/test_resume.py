"""Going on with what another version of the program began: refused with both named, begun anew only where that is asked for."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from msgu.cli import main
from msgu.errors import StorageError
from msgu.results.provenance import source_digest
from msgu.scenario.load import load
from msgu.scenario.study.calibration import read_study
from msgu.study.batch.folder import BatchFolder
from msgu.study.batch.job import ProgressEvent
from msgu.study.batch.manifest import read_manifest
from msgu.study.batch.plan import plan_batch
from msgu.study.batch.run import run_batch
from msgu.study.batch.shards import Shard, collect_batch, run_shard
from msgu.study.batch.verify import verify_batch
from msgu.study.calibration.nights import night_source, prepare
from msgu.study.comparison.found import night_folder
from msgu.study.comparison.plan import Plan, from_study
from msgu.study.comparison.plan_file import keep
from msgu.study.comparison.run import run_nights

from tests import TOY
from tests.made_nights import ENGINE
from tests.unit.study.test_calibrate import STUDY as CALIBRATION
from tests.unit.study.test_compare import STUDY, written

OTHER = "f" * 64
BOTH = (
    rf"other sources of the program \(version \S+, sources {source_digest()[:12]}; now version \S+, sources {OTHER[:12]}\)"
)


def change_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program be another one from now on, as after any change of its sources."""
    for name, module in list(sys.modules.items()):
        if name.startswith("msgu.") and getattr(module, "source_digest", None) is source_digest:
            monkeypatch.setattr(module, "source_digest", lambda: OTHER)


def kept(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


@pytest.mark.parametrize("words", [[], ["--resume"]])
def test_a_run_of_other_sources_is_refused_and_nothing_of_it_is_touched(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    run_batch(load(TOY), out, reps=2, engine=ENGINE)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    change_sources(monkeypatch)
    with pytest.raises(StorageError, match=BOTH):
        run_batch(load(TOY), out, reps=2, engine=ENGINE, resume=bool(words))
    assert main(["run", str(TOY), "--reps", "2", "--out", str(out), *words]) == 4
    assert source_digest()[:12] in capsys.readouterr().err
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("resume", [True, False])
def test_a_run_of_other_sources_starts_over_where_that_is_asked_for_and_says_so(
    resume: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_batch(load(TOY), tmp_path, reps=2, engine=ENGINE)
    change_sources(monkeypatch)
    told: list[ProgressEvent] = []
    outcome = run_batch(load(TOY), tmp_path, reps=2, engine=ENGINE, resume=resume, overwrite=True, progress=told.append)
    assert outcome.ran == (0, 1) and told[0].lost is not None and told[0].lost.what == "sources"
    assert verify_batch(tmp_path).replications == 2
    told.clear()
    again = run_batch(load(TOY), tmp_path, reps=2, engine=ENGINE, resume=True, overwrite=True, progress=told.append)
    assert again.kept == (0, 1) and all(event.lost is None for event in told)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_command_says_what_is_given_up(lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the words that `make run` passes."""
    run_batch(load(TOY, (), ["seed=9"]), tmp_path, engine=ENGINE)
    words = ["run", str(TOY), "--out", str(tmp_path), "--resume", "--overwrite", "--lang", lang]
    assert main(words) == 0
    said = capsys.readouterr().err
    assert ("starts over" in said and "seed 9, now 1" in said) or ("recommence" in said and "graine 9, ici 1" in said)
    assert main(words) == 0
    assert "over" not in capsys.readouterr().err


def test_a_finished_run_is_not_run_again_unasked(tmp_path: Path) -> None:
    run_batch(load(TOY), tmp_path, reps=2, engine=ENGINE)
    with pytest.raises(StorageError, match=r"2 replications of this run; go on with --resume, or --overwrite"):
        run_batch(load(TOY), tmp_path, reps=2, engine=ENGINE)
    assert run_batch(load(TOY), tmp_path, reps=2, engine=ENGINE, overwrite=True).ran == (0, 1)


def test_a_folder_that_was_stopped_before_its_manifest_is_gone_on_with(tmp_path: Path) -> None:
    """As versions left it that made the folder of records first."""
    (tmp_path / "replications").mkdir()
    (tmp_path / ".manifest.json-abcd1234").write_text("{", encoding="utf-8")
    assert run_batch(load(TOY), tmp_path, reps=1, resume=True, engine=ENGINE).ran == (0,)
    assert verify_batch(tmp_path).replications == 1 and not (tmp_path / ".manifest.json-abcd1234").exists()


def test_a_folder_with_records_and_no_manifest_is_not_ours_to_use(tmp_path: Path) -> None:
    (tmp_path / "replications" / "0000").mkdir(parents=True)
    with pytest.raises(StorageError, match="holds `replications`"):
        run_batch(load(TOY), tmp_path, reps=1, resume=True, engine=ENGINE)


def test_what_an_earlier_trial_told_of_a_failure_goes_with_the_record_that_came_after(tmp_path: Path) -> None:
    """A stop between the record and the end of the batch left both."""
    run_batch(load(TOY), tmp_path, reps=1, engine=ENGINE)
    batch = BatchFolder(tmp_path, plan_batch(load(TOY), None, None, 1))
    batch.write_failure(0, MemoryError(), "")
    run_batch(load(TOY), tmp_path, reps=1, resume=True, engine=ENGINE)
    assert verify_batch(tmp_path).failed == ()


def small(folder: Path) -> Plan:
    study = from_study(written(folder, STUDY.replace("reps: 10", "reps: 2")))
    return replace(study, choices=study.choices[:2])


def test_a_comparison_of_other_sources_is_refused_and_starts_over_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, out = small(tmp_path), tmp_path / "out"
    run_nights(plan, out, engine=ENGINE)
    before = kept(out)
    change_sources(monkeypatch)
    with pytest.raises(StorageError, match=BOTH):
        run_nights(plan, out, engine=ENGINE)
    assert kept(out) == before
    told: list[ProgressEvent] = []
    run_nights(plan, out, progress=lambda _, event: told.append(event), engine=ENGINE, overwrite=True)
    assert [event.lost.what for event in told if event.lost] == ["sources", "sources"]
    assert sum(event.state == "done" for event in told) == 4
    assert read_manifest(night_folder(out, plan.baseline))["source_sha256"] == OTHER


def test_shards_of_other_sources_are_refused_and_not_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("msgu.study.batch.shards.JOIN_SECONDS", 0.3)
    run_shard(load(TOY), tmp_path / "out", 2, Shard(1, 2), engine=ENGINE)
    plan = small(tmp_path)
    keep(plan, tmp_path / "compared")
    run_nights(plan, tmp_path / "compared", engine=ENGINE, shard=Shard(1, 2))
    before = kept(tmp_path)
    change_sources(monkeypatch)
    with pytest.raises(StorageError, match=BOTH):
        run_shard(load(TOY), tmp_path / "out", 2, Shard(2, 2), engine=ENGINE)
    with pytest.raises(StorageError, match=BOTH):
        collect_batch(tmp_path / "out")
    with pytest.raises(StorageError, match=BOTH):
        run_nights(plan, tmp_path / "compared", engine=ENGINE, shard=Shard(2, 2))
    assert main(["collect", str(tmp_path / "compared")]) == 4
    assert kept(tmp_path) == before


def test_a_calibration_of_other_sources_is_refused_and_goes_on_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = night_source()
    (tmp_path / "toy.yaml").write_bytes(Path(TOY).read_bytes())
    (tmp_path / "study.yaml").write_text(CALIBRATION.replace("SCENARIO", "toy.yaml"), encoding="utf-8")
    file, out = read_study(str(tmp_path / "study.yaml")), tmp_path / "out"
    out.mkdir()
    assert prepare(out, file, resume=False) is None
    assert prepare(out, file, resume=True) is None
    monkeypatch.setattr("msgu.study.calibration.nights.night_source", lambda: OTHER)
    with pytest.raises(
        StorageError, match=rf"sources version \S+, sources {made[:12]}, now version \S+, sources {OTHER[:12]}"
    ):
        prepare(out, file, resume=True)
    lost = prepare(out, file, resume=True, overwrite=True)
    assert lost is not None and lost.what == "sources"
    assert prepare(out, file, resume=True) is None
