"""What a revision cost is compared part by part, and nothing is claimed of nights with other bits."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks import against, probe
from benchmarks.trees import Done, Tree

BASE, HERE = Tree("base", Path("base"), Path("out")), Tree("here", Path("here"), Path("out"))
SIZE = against.Size("1/500", 2, 0.5, 0.4)


def night(run: float, **more: float) -> dict[str, float]:
    """What a probe tells of a night whose other parts take a second each."""
    parts = {"setup": 1.0, "run": run, "tables": 1.0, "write": 1.0, "build": 1.0, "process": 9.0, "peak": 1e9}
    return parts | {"night": 3.0 + run} | more


@pytest.fixture
def probed(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], list[float]]:
    """Seconds of the run by tree and file, of which each probe takes the next."""
    runs: dict[tuple[str, str], list[float]] = {}
    monkeypatch.setattr(
        against, "probe", lambda tree, file, *_: night(runs[tree.name, file.stem].pop(0), **{"log POST": 4e6})
    )
    return runs


def test_a_night_is_judged_by_the_least_of_its_rounds(probed: dict[tuple[str, str], list[float]]) -> None:
    probed |= {("base", "paris"): [99.0, 7.0], ("here", "paris"): [2.0, 50.0]}
    probed |= {("base", "paris-posts"): [2.0, 2.0], ("here", "paris-posts"): [1.0, 1.0]}
    whole = against._at(BASE, HERE, SIZE)[0]
    assert (whole.name, whole.value, whole.bound, whole.at_least) == ("against.night-1/500", 5.0 / 10.0, 0.5, False)


def test_telephones_and_people_are_the_night_without_its_posts(probed: dict[tuple[str, str], list[float]]) -> None:
    probed |= {("base", "paris"): [12.0] * 2, ("here", "paris"): [4.0] * 2}
    probed |= {("base", "paris-posts"): [2.0] * 2, ("here", "paris-posts"): [1.0] * 2}
    assert against._at(BASE, HERE, SIZE)[1].value == pytest.approx((4.0 - 1.0) / (12.0 - 2.0))


def test_of_an_older_revision_no_ratio_is_claimed(
    probed: dict[tuple[str, str], list[float]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    probed |= {("base", "paris-2015-11-13"): [8.0] * 4, ("here", "paris"): [2.0] * 4}
    for name, value in (("commit_of", str), ("tree_of", lambda _: BASE), ("working_tree", lambda: HERE), ("QUICK", (SIZE,))):
        monkeypatch.setattr(against, name, value)
    monkeypatch.setattr(against, "contains", lambda *_: False)
    assert against.run(True, "old") == []
    told = capsys.readouterr().out
    assert "none is claimed to be the same" in told
    assert "run, a million events" in told.splitlines()[-1]
    assert told.splitlines()[-1].split()[-5:] == ["2.000", "s", "0.500", "s", "0.250"]


def test_what_a_probe_prints_last_is_what_it_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sim" / "msgu").mkdir(parents=True)
    (tmp_path / "sim" / "msgu" / "__init__.py").touch()
    found = {"setup": 1.0, "run": 2.0, "tables": 3.0, "write": 4.0}
    monkeypatch.setattr(against, "run_in", lambda *_: Done(f"a word\n{json.dumps(found)}\n", 20.0, 1.0))
    told = against.probe(Tree("a", tmp_path, tmp_path), Path("paris.yaml"), "1/500")
    assert told == found | {"night": 10.0, "process": 20.0}


def test_rows_of_the_event_log_are_counted_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "room", lambda *_: SimpleNamespace(LOG_POST=0, LOG_BASE=1, LISTEN=1))
    results: Any = SimpleNamespace(tables={"event_log": {"code": np.array([0, 1, 1])}})
    assert probe.rows("msgu", results) == {"log POST": 1.0, "log BASE": 2.0}
