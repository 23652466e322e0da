"""A scenario that names an edge list finds it beside itself, and knows it by its content from then on."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from msgu.errors import InputError
from msgu.results import fingerprint
from msgu.scenario.load import canonical, digest, load, resolve
from msgu.scenario.schema.root import Scenario
from msgu.study.batch.folder import open_batch
from msgu.study.batch.run import run_batch
from msgu.study.batch.verify import replay_one
from msgu.world.build import build_world
from msgu.world.graph import given, store
from msgu.world.graph.edge_list import parse_edge_list

from tests import SCENARIOS

D05 = SCENARIOS / "degenerate" / "d05-cascade.yaml"
EDGES = "d05-cascade.edges"


@pytest.fixture
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """D5 in a folder of its own, the working folder and the store elsewhere."""
    compiled = store.folder().parent / "jit"
    compiled.mkdir(parents=True, exist_ok=True)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "jit").symlink_to(compiled)  # what is compiled already serves the workers too
    monkeypatch.setenv("MSGU_CACHE", str(tmp_path / "cache"))
    for name in ("scenario", "elsewhere"):
        (tmp_path / name).mkdir()
    for source in (D05, D05.with_name(EDGES)):
        (tmp_path / "scenario" / source.name).write_bytes(source.read_bytes())
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path / "scenario" / D05.name


def ties(scenario: Scenario) -> set[tuple[int, int]]:
    graph = build_world(scenario, scenario.seed, scenario.scale).accounts.graph
    return {(int(f), a) for a in range(graph.n_accounts) for f in graph.followers_of(a)}


def written(path: Path) -> set[tuple[int, int]]:
    return {(int(a), int(b)) for a, b in (line.split() for line in path.read_text(encoding="utf-8").splitlines())}


def again(scenario: Scenario) -> Scenario:
    """The scenario as a worker or a replay gets it: as text."""
    return Scenario.model_validate_json(canonical(scenario), context={"start": None})


def test_the_edge_list_lies_beside_the_scenario_and_not_in_the_working_folder(setting: Path) -> None:
    Path(EDGES).write_text("1 0\n", encoding="utf-8")
    assert ties(load(setting)) == written(setting.with_name(EDGES))


def test_the_scenario_holds_the_digest_of_the_edge_list_and_no_place(setting: Path) -> None:
    found = resolve(setting)
    sha = hashlib.sha256(setting.with_name(EDGES).read_bytes()).hexdigest()
    assert found.scenario.network is not None
    assert found.scenario.network.edge_list_sha256 == sha
    assert dict(found.files)[os.path.join(setting.parent, EDGES)] == sha
    assert str(setting.parent) not in canonical(found.scenario)


def test_a_scenario_is_the_same_wherever_it_lies_and_another_with_another_graph(setting: Path, tmp_path: Path) -> None:
    before = digest(load(setting))
    assert before == digest(load(D05))
    with open(setting.with_name(EDGES), "a", encoding="utf-8") as file:
        file.write("60 0\n")
    assert digest(load(setting)) != before


def test_a_missing_edge_list_is_a_problem_with_its_place_and_the_nearest_name(setting: Path) -> None:
    with pytest.raises(InputError) as caught:
        resolve(setting, (), ["network.edge_list=d05-cascade.edge"])
    (problem,) = caught.value.problems
    assert (problem.path, problem.key, problem.nearest) == ("--set[1]", "network.edge_list", EDGES)
    setting.with_name(EDGES).unlink()
    with pytest.raises(InputError) as caught:
        resolve(setting)
    (problem,) = caught.value.problems
    line = setting.read_text(encoding="utf-8").splitlines()[problem.line - 1]
    assert line[problem.col - 1 :].startswith(EDGES)
    assert "no such file" in problem.given


def test_a_pinned_edge_list_that_has_changed_is_refused(setting: Path) -> None:
    sha = hashlib.sha256(setting.with_name(EDGES).read_bytes()).hexdigest()
    assert load(setting, (), [f"network.edge_list_sha256='{sha}'"]) == load(setting)
    with pytest.raises(InputError) as caught:
        load(setting, (), [f"network.edge_list_sha256='{'0' * 64}'"])
    assert [(p.key, p.nearest) for p in caught.value.problems] == [("network.edge_list_sha256", sha)]


def test_a_digest_without_an_edge_list_is_refused(setting: Path) -> None:
    with pytest.raises(InputError, match="edge_list_sha256"):
        load(setting, (), ["network.edge_list=null", f"network.edge_list_sha256='{'0' * 64}'"])


def test_a_scenario_sent_as_text_finds_its_graph_once_it_is_kept(setting: Path) -> None:
    scenario = load(setting)
    with pytest.raises(InputError, match="no such edge list"):
        ties(again(scenario))
    given.keep(scenario)
    setting.with_name(EDGES).unlink()
    assert ties(again(scenario)) == written(D05.with_name(EDGES))


def test_a_kept_edge_list_that_was_damaged_is_not_used(setting: Path) -> None:
    scenario = load(setting)
    given.keep(scenario)
    (kept,) = (store.folder().parent / "edge-lists").iterdir()
    kept.write_text("1 0\n", encoding="utf-8")
    with pytest.raises(InputError, match="changed"):
        ties(again(scenario))
    given.keep(scenario)
    assert ties(again(scenario)) == written(setting.with_name(EDGES))


def test_an_edge_list_that_changes_after_the_scenario_was_read_is_refused(setting: Path) -> None:
    scenario = load(setting)
    setting.with_name(EDGES).write_text("1 0\n", encoding="utf-8")
    with pytest.raises(InputError, match="changed"):
        build_world(scenario, 1, 1.0)
    with pytest.raises(InputError, match="changed"):
        given.keep(scenario)


def test_a_folder_made_by_import_stands_for_an_edge_list(setting: Path) -> None:
    found = parse_edge_list(setting.with_name(EDGES))
    number = np.array([int(name) for name in found.names])
    kept = setting.with_name("kept")
    store.keep_in_folder(found.graph, kept)
    scenario = load(setting, (), ["network.edge_list=kept"])
    expected = {
        (int(np.flatnonzero(number == a)[0]), int(np.flatnonzero(number == b)[0]))
        for a, b in written(setting.with_name(EDGES))
    }
    assert ties(scenario) == expected
    given.keep(scenario)
    assert ties(again(scenario)) == expected


@pytest.mark.long
def test_two_workers_and_a_replay_find_the_edge_list(setting: Path, tmp_path: Path) -> None:
    scenario = load(setting)
    one = run_batch(scenario, tmp_path / "one", reps=2, workers=1)
    two = run_batch(scenario, tmp_path / "two", reps=2, workers=2)
    assert one.failed == two.failed == ()
    assert one.fingerprint == two.fingerprint
    batch, manifest = open_batch(tmp_path / "one")
    assert [fingerprint(night)["graph"] for night in batch.nights(manifest)]
    setting.with_name(EDGES).unlink()
    assert replay_one(tmp_path / "two", 1).differing == ()
