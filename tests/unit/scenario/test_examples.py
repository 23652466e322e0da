"""Scenarios and policies that come with the program are found by name, and never in place of the user's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgu.errors import InputError, Problem
from msgu.scenario import examples
from msgu.scenario.load import load, resolve
from msgu.scenario.policy_folder import shelf

TINY = "msgu: 1\nid: own\ntitle: {en: Own, fr: Propre}\nstart: 2030-05-03T21:00:00+02:00\nhorizon: 1 h\n"


def own_policy() -> str:
    """Return the text of an example's policy under a title that is not its own."""
    text = Path(examples.policies()["text-instead-of-call"]).read_text(encoding="utf-8")
    return text.replace("Ask people to text instead of calling", "Own")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that holds nothing."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(name: str, *policies: str) -> Problem:
    with pytest.raises(InputError) as caught:
        load(name, policies)
    [problem] = caught.value.problems
    return problem


@pytest.mark.parametrize("name", sorted(examples.scenarios()))
@pytest.mark.filterwarnings("ignore::msgu.errors.InputWarning")
def test_every_example_is_found_by_its_name(name: str) -> None:
    assert load(name).id


@pytest.mark.parametrize("own", ["toy", "toy.yaml"])
def test_a_file_of_the_working_folder_wins_over_an_example(elsewhere: Path, own: str) -> None:
    (elsewhere / own).write_text(TINY, encoding="utf-8")
    assert load("toy").id == "own"


def test_a_folder_of_the_name_hides_no_example(elsewhere: Path) -> None:
    (elsewhere / "toy").mkdir()
    assert load("toy").id == "toy"


def test_a_path_never_stands_for_an_example() -> None:
    assert refused("./toy").given.endswith("no such file or directory")
    assert refused("toy.yaml").given.endswith("no such file or directory")


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    problem = refused("tou")
    assert problem.nearest == "toy"
    assert all(name in problem.allowed for name in ("toy", "paris-2015-11-13", "brussels-2016-03-22", "d10-nothing"))


def test_an_unknown_policy_is_refused_with_the_names_there_are(elsewhere: Path) -> None:
    (elsewhere / "own.yaml").write_text(TINY, encoding="utf-8")
    problem = refused("own.yaml", "text-instead-of-cal")
    assert problem.nearest == "text-instead-of-call"
    assert "safety-check-2200" in problem.allowed


def test_a_policy_is_found_beside_the_scenario_before_it_is_found_among_the_examples(elsewhere: Path) -> None:
    (elsewhere / "own.yaml").write_text(Path(examples.scenarios()["toy"]).read_text(encoding="utf-8"), encoding="utf-8")
    [theirs] = resolve("own.yaml", ["text-instead-of-call"]).policies
    (elsewhere / "policies").mkdir()
    (elsewhere / "policies" / "text-instead-of-call.yaml").write_text(own_policy(), encoding="utf-8")
    [ours] = resolve("own.yaml", ["text-instead-of-call"]).policies
    assert (theirs.policy.title.en, ours.policy.title.en) == ("Ask people to text instead of calling", "Own")


def test_a_policy_beside_the_scenario_that_leads_out_of_its_folder_is_not_replaced_by_an_example(elsewhere: Path) -> None:
    (elsewhere / "inside" / "policies").mkdir(parents=True)
    (elsewhere / "inside" / "own.yaml").write_text(TINY, encoding="utf-8")
    (elsewhere / "outside.yaml").write_text(own_policy(), encoding="utf-8")
    (elsewhere / "inside" / "policies" / "text-instead-of-call.yaml").symlink_to(elsewhere / "outside.yaml")
    assert refused("inside/own.yaml", "text-instead-of-call").given.endswith("leads out of its folder")


def test_the_policies_of_an_example_are_those_beside_it() -> None:
    assert {layer.policy.id for layer in shelf("toy")} == set(examples.policies())


def test_a_shelf_of_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(InputError, match=r"brussels-2016-03-22.*toy"):
        shelf("parus")
