"""Records that are not of a run are refused by every verb that reads them; a manifest of wrong form is no bug of ours."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgu.cli import main
from msgu.errors import StorageError
from msgu.results.files import read_sealed, seal
from msgu.scenario.load import load
from msgu.study.batch.folder import record_folder
from msgu.study.batch.manifest import MANIFEST, read_manifest
from msgu.study.batch.run import run_batch
from msgu.study.comparison.found import compare, night_folder
from msgu.study.comparison.plan import from_study
from msgu.study.comparison.run import run_nights

from tests import TOY
from tests.made_nights import ENGINE
from tests.unit.study.test_compare import STUDY, written

READERS = {
    "verify": ("verify",),
    "score": ("score", "--json"),
    "report": ("report",),
    "cascades": ("cascades", "--rep", "1"),
    "replay": ("replay", "--rep", "1"),
}
"""Verbs that read a folder of results, and what is said to them."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Batches of three nights: as asked, of another seed, and of another scenario."""
    folder = tmp_path_factory.mktemp("made")
    run_batch(load(TOY), folder / "own", reps=3, engine=ENGINE)
    run_batch(load(TOY), folder / "seed", seed=2, reps=3, engine=ENGINE)
    run_batch(load(TOY, (), ["attention.seeing=0.9"]), folder / "scenario", reps=3, engine=ENGINE)
    return folder


def with_record_of(made: Path, other: str, out: Path) -> Path:
    """Return a copy of the batch whose night 1 is that of another."""
    shutil.copytree(made / "own", out)
    shutil.rmtree(record_folder(out, 1))
    shutil.copytree(record_folder(made / other, 1), record_folder(out, 1))
    return out


@pytest.mark.long
@pytest.mark.parametrize("verb", READERS)
@pytest.mark.parametrize("other", ["seed", "scenario"])
def test_a_record_of_another_run_is_refused_by_every_verb_that_reads_it(
    verb: str, other: str, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = with_record_of(made, other, tmp_path / "out")
    name, *words = READERS[verb]
    assert main([name, str(out), *words]) == 4
    said = capsys.readouterr()
    assert said.out == "" and f"{record_folder(out, 1)}" in said.err


@pytest.mark.parametrize("verb", READERS)
def test_a_record_sealed_anew_is_not_the_one_that_the_manifest_tells_of(
    verb: str, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its identity is right; only the digest in the manifest tells."""
    shutil.copytree(made / "own", tmp_path / "out")
    path = record_folder(tmp_path / "out", 1) / "record.json"
    record = read_sealed(path)
    path.write_bytes(seal({**record, "rows": {**record["rows"], "posts": 1}}))
    name, *words = READERS[verb]
    assert main([name, str(tmp_path / "out"), *words]) == 4
    assert f"{path}: changed since it was written" in capsys.readouterr().err


@pytest.mark.parametrize("other", ["seed", "scenario"])
def test_a_record_of_another_run_is_run_again_on_resume(other: str, made: Path, tmp_path: Path) -> None:
    whole = read_manifest(made / "own")["fingerprint"]
    out = with_record_of(made, other, tmp_path / "out")
    outcome = run_batch(load(TOY), out, reps=3, resume=True, engine=ENGINE)
    assert outcome.ran == (1,) and outcome.kept == (0, 2)
    assert outcome.fingerprint == whole


def test_a_changed_night_of_a_comparison_is_refused(tmp_path: Path) -> None:
    study = from_study(written(tmp_path, STUDY.replace("reps: 10", "reps: 2")))
    plan, out = replace(study, choices=study.choices[:2]), tmp_path / "out"
    run_nights(plan, out, engine=ENGINE)
    path = record_folder(night_folder(out, plan.baseline), 1) / "record.json"
    record = read_sealed(path)
    path.write_bytes(seal({**record, "rows": {}}))
    with pytest.raises(StorageError, match=r"record\.json: changed since it was written"):
        compare(plan, out)


def dropped(m: Any) -> None:
    del m["records"][1]


def elsewhere(m: Any) -> None:
    m["records"][1]["folder"] = "../../elsewhere"


def outside(m: Any) -> None:
    m["records"][1]["files"]["../../../etc/passwd"] = "0" * 64


def twice(m: Any) -> None:
    m["records"][1] = m["records"][0]


def put(key: str, value: Any) -> Callable[[Any], None]:
    return lambda m: m.update({key: value})


WRONG = {
    "a night dropped": dropped,
    "a folder elsewhere": elsewhere,
    "a file outside": outside,
    "a night told twice": twice,
    "another fingerprint": lambda m: m["fingerprint"].update(posts="0" * 64),
    "rows of null": put("records", [None, None, None]),
    "rows of numbers": put("records", [0, 1, 2]),
    "records null": put("records", None),
    "no files": lambda m: m.pop("files"),
    "files without the scenario": put("files", {}),
    "reps text": put("reps", "3"),
    "reps beyond all": put("reps", 10**12),
    "reps none": put("reps", 0),
    "seed text": put("seed", "1"),
    "policies null": put("policies", None),
    "state unknown": put("state", "done"),
    "failed of text": put("failed", ["1"]),
    "versions a list": put("versions", []),
    "scenario null": put("scenario", None),
    "running with records": put("state", "running"),
    "row without files": lambda m: m["records"][0].pop("files"),
    "row of a wrong number": lambda m: m["records"][0].update(replication=-1),
    "fingerprints of a row missing": lambda m: m["records"][0].update(fingerprint={}),
}


@pytest.mark.long
@pytest.mark.parametrize("wrong", WRONG)
def test_a_manifest_of_wrong_form_is_told_by_every_verb(
    wrong: str, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(made / "own", tmp_path / "out")
    path = tmp_path / "out" / MANIFEST
    manifest = json.loads(path.read_bytes())
    manifest.pop("sha256")
    WRONG[wrong](manifest)
    path.write_bytes(seal(manifest))
    for name, *words in (*READERS.values(), ("collect",)):
        assert main([name, str(tmp_path / "out"), *words]) == 4, name
        assert str(path) in capsys.readouterr().err, name


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("seed=4", "another seed"),
        ("seed=6", "another seed"),
        ("scale=1/4", "another scale"),
        ("scale=1", "another scale"),
        *((f"attention.seeing=0.{digit}", "another scenario") for digit in "1346"),
    ],
)
def test_a_folder_of_another_batch_is_refused_in_whatever_it_differs(change: str, what: str, tmp_path: Path) -> None:
    """Larger or smaller, before or after: a folder of seed 5 at half scale takes no other night."""
    own = ["seed=5", "scale=1/2"]
    run_batch(load(TOY, (), own), tmp_path, reps=1, engine=ENGINE)
    other = [text for text in own if text.split("=")[0] != change.split("=")[0]]
    with pytest.raises(StorageError, match=what):
        run_batch(load(TOY, (), [*other, change]), tmp_path, reps=1, resume=True, engine=ENGINE)
