"""Files, policies and overrides become one scenario; every problem has its place."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from msgu.cli.reference import texts, whole_reference
from msgu.errors import InputError, Problem
from msgu.scenario.document import json_schema_text
from msgu.scenario.explain import explain_scenario
from msgu.scenario.load import canonical, digest, load, resolve
from msgu.scenario.timeline import timeline
from msgu.scenario.yaml.read import events_in_python, read_tree

from tests import SCENARIOS
from tests.shipped import loaded

SHIPPED = sorted(path for folder in (SCENARIOS, SCENARIOS / "degenerate") for path in folder.glob("*.yaml"))

BASE = """\
msgu: 1
id: base
title: {fr: Une nuit, en: A night}
start: 2015-11-13T20:00:00+01:00
horizon: 4 h
places:
  zones:
    paris-11: {kind: arrondissement, population: 1000}
    paris-12: {kind: arrondissement, population: 2000}
network: {accounts: 1000}
topics:
  porte-ouverte:
    title: "#PorteOuverte"
    infectiousness: 0.004
    delay: {law: lognormal, median: 5 min, sigma: 1.2}
closures:
  cordon: {at: 22:00, until: 00:30, cordon: [paris-11]}
"""

POLICY = """\
policy:
  id: {id}
  title: {{fr: Une mesure, en: A measure}}
  why: {{fr: Pour voir, en: To see}}
  source: assumption
  cost: {{fr: rien, en: nothing}}
apply:
{apply}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a base scenario, which is also the working directory."""
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "policies").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problems_of(action: Callable[[], object]) -> tuple[Problem, ...]:
    """The problems that an action is refused with."""
    with pytest.raises(InputError) as caught:
        action()
    return caught.value.problems


def write_policy(folder: Path, name: str, apply: str) -> None:
    (folder / "policies" / f"{name}.yaml").write_text(POLICY.format(id=name, apply=apply), encoding="utf-8")


# ---- shipped files ----


@pytest.mark.long
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_scenario_is_right_and_its_resolved_form_is_the_same_scenario(path: Path, tmp_path: Path) -> None:
    scenario = loaded(path)
    again = tmp_path / "again.yaml"
    if scenario.network is not None and scenario.network.edge_list is not None:
        shutil.copy(path.with_name(scenario.network.edge_list), tmp_path)
    again.write_text(json.dumps(scenario.model_dump(mode="json"), ensure_ascii=False), encoding="utf-8")
    read_again = load(again)
    assert read_again == scenario
    assert digest(read_again) == digest(scenario)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_two_scanners_read_a_shipped_file_alike(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree, problems = read_tree("x", text)
    assert (tree, problems) == read_tree("x", text, events_in_python(text))
    assert tree is not None and not problems


def test_the_field_reference_the_json_schema_and_the_table_of_dials_are_not_stale() -> None:
    for path, text in texts(SCENARIOS.parent).items():
        assert path.read_text(encoding="utf-8") == text, f"{path}: python -m msgu.cli.reference"
    assert {whole_reference(), json_schema_text()} <= set(texts(SCENARIOS.parent).values())


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_scenario_can_be_told_in_both_languages(path: Path, lang: str) -> None:
    scenario = loaded(path)
    told = explain_scenario(scenario, "fr" if lang == "fr" else "en")
    entries = timeline(scenario, "fr" if lang == "fr" else "en")
    assert [entry.t for entry in entries] == sorted(entry.t for entry in entries)
    assert all(entry.what in told and entry.text in told for entry in entries)
    dated = (scenario.posts, scenario.pulses, scenario.closures, scenario.measures, scenario.outings, scenario.events)
    assert len(entries) >= sum(len(block) for block in dated)


# ---- layers ----


def test_the_order_is_extended_file_then_this_file_then_policies_then_set(folder: Path) -> None:
    own = "extends: base.yaml\nseed: 2\ngoing_home: {taxi: 0.2, detour: 1.2}\n"
    (folder / "own.yaml").write_text(own, encoding="utf-8")
    write_policy(folder, "later", "  going_home: {taxi: 0.3, detour: 1.4}\n")
    scenario = load("own.yaml", ["later"], ["going_home.detour=1.5"])
    assert (scenario.id, scenario.seed) == ("base", 2)
    assert (scenario.going_home.taxi, scenario.going_home.detour) == (0.3, 1.5)


def test_mappings_are_merged_by_key_and_lists_are_replaced(folder: Path) -> None:
    own = "extends: base.yaml\nclosures:\n  cordon: {cordon: [paris-12]}\n  more: {at: 21:00, until: 22:00}\n"
    (folder / "own.yaml").write_text(own, encoding="utf-8")
    closures = load("own.yaml").closures
    assert sorted(closures) == ["cordon", "more"]
    assert closures["cordon"].cordon == ["paris-12"]
    assert closures["cordon"].at == 7200.0


def test_another_law_replaces_the_parameters_of_the_first(folder: Path) -> None:
    sets = ["topics.porte-ouverte.delay.law=exponential", "topics.porte-ouverte.delay.mean=3 h"]
    delay = load("base.yaml", sets=sets).topics["porte-ouverte"].delay
    assert delay.model_dump(mode="json") == {"law": "exponential", "mean": "3 h"}
    assert load("base.yaml", sets=sets[::-1]) == load("base.yaml", sets=sets)


def test_policies_are_applied_in_any_order_with_the_same_result(folder: Path) -> None:
    write_policy(folder, "a", "  closures: {cordon: {until: 23:00}}\n")
    write_policy(folder, "b", "  closures: {cordon: {at: 21:00}}\n")
    assert canonical(load("base.yaml", ["a", "b"])) == canonical(load("base.yaml", ["policies/b.yaml", "a"]))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("  attention: {seeing: 0.4}\n", "  attention: {seeing: 0.4}\n"),
        ("  shelter: null\n", "  shelter: {topic: porte-ouverte}\n"),
        ("  topics: {porte-ouverte: {delay: {law: seismic}}}\n", "  topics: {porte-ouverte: {delay: {sigma: 1}}}\n"),
    ],
)
def test_two_policies_that_set_the_same_value_are_refused_naming_both(folder: Path, first: str, second: str) -> None:
    write_policy(folder, "first", first)
    write_policy(folder, "second", second)
    for order in (["first", "second"], ["second", "first"]):
        found = [problem for problem in problems_of(partial(load, "base.yaml", order)) if "set by" in problem.given]
        assert found and "`first`" in found[0].given and "`second`" in found[0].given


def test_a_policy_does_not_replace_a_list_but_may_bring_its_own(folder: Path) -> None:
    write_policy(folder, "swap", "  closures: {cordon: {cordon: [paris-12]}}\n")
    (problem,) = problems_of(lambda: load("base.yaml", ["swap"]))
    assert (problem.path, problem.line, problem.key) == ("policies/swap.yaml", 8, "apply.closures.cordon.cordon")
    write_policy(folder, "add", "  closures: {new: {at: 21:00, until: 22:00, cordon: [paris-12]}}\n")
    assert load("base.yaml", ["add"]).closures["new"].cordon == ["paris-12"]


def test_a_policy_that_does_not_exist_or_comes_twice_is_refused_at_its_option(folder: Path) -> None:
    write_policy(folder, "taxis", "  going_home: {taxi: 0.3}\n")
    (missing,) = problems_of(lambda: load("base.yaml", ["taxi"]))
    assert (missing.path, missing.line, missing.col) == ("--policy[1]", 1, 1)
    assert missing.nearest == "policies/taxis.yaml"
    (twice,) = problems_of(lambda: load("base.yaml", ["taxis", "policies/taxis.yaml"]))
    assert twice.path == "--policy[2]"


def test_an_override_is_placed_at_its_own_text(folder: Path) -> None:
    sets = ["seed=2", "closures.cordon.until=2130", "closures.cordn.until=21:30", "topics.porte-ouverte.title=#x", "nothing"]
    found = {(p.path, p.line, p.col) for p in problems_of(lambda: load("base.yaml", sets=sets))}
    assert found >= {("--set[2]", 1, 23), ("--set[3]", 1, 10), ("--set[4]", 1, 28), ("--set[5]", 1, 1)}


def test_an_override_given_twice_is_refused(folder: Path) -> None:
    (problem,) = problems_of(lambda: load("base.yaml", sets=["seed=2", "seed=3"]))
    assert (problem.path, problem.key) == ("--set[2]", "seed")


def test_a_key_with_a_dot_is_set_between_quotes(folder: Path) -> None:
    law = ["law=empirical", 'quantiles."0"=1 s', 'quantiles."0.5"=2 s', 'quantiles."1"=3 s']
    delay = load("base.yaml", sets=[f"topics.porte-ouverte.delay.{text}" for text in law]).topics["porte-ouverte"].delay
    assert delay.model_dump()["quantiles"] == {"0": "1 s", "0.5": "2 s", "1": "3 s"}


# ---- places ----


def test_all_problems_come_at_once_in_order_with_the_nearest_fix(folder: Path) -> None:
    bad = BASE.replace("horizon: 4 h", "horizon: 4").replace("[paris-11]", "[paris-13]").replace("median: 5", "medain: 5")
    bad = bad.replace("infectiousness: 0.004", "infectiousness: 0.004\n    note: yes")
    (folder / "bad.yaml").write_text(bad, encoding="utf-8")
    problems = problems_of(lambda: load("bad.yaml"))
    assert list(problems) == sorted(problems)
    assert [(p.line, p.col, p.key, p.nearest) for p in problems] == [
        (5, 10, "horizon", "4 s"),
        (15, 11, "topics.porte-ouverte.note", 'true or "yes"'),
        (16, 5, "topics.porte-ouverte.delay.median", "add `median:`"),
        (16, 29, "topics.porte-ouverte.delay.medain", "median"),
        (18, 46, "closures.cordon.cordon.0", "paris-12"),
    ]
    assert str(problems[0]).startswith("bad.yaml:5:10: horizon: the bare number 4 has no unit - a duration with its unit")


def test_a_reference_is_checked_even_when_other_fields_are_wrong(folder: Path) -> None:
    bad = BASE.replace("id: base", "id: Base!").replace("[paris-11]", "[paris-1]")
    (folder / "bad.yaml").write_text(bad, encoding="utf-8")
    assert [p.key for p in problems_of(lambda: load("bad.yaml"))] == ["id", "closures.cordon.cordon.0"]


def test_what_is_left_out_in_the_second_look_raises_no_false_alarm(folder: Path) -> None:
    bad = BASE.replace(
        "paris-11: {kind: arrondissement, population: 1000}", "paris-11: {kind: arondissement, population: 1000}"
    )
    (folder / "bad.yaml").write_text(bad, encoding="utf-8")
    assert [p.key for p in problems_of(lambda: load("bad.yaml"))] == ["places.zones.paris-11.kind"]


def test_named_files_stand_for_their_block_and_are_listed(folder: Path) -> None:
    (folder / "places").mkdir()
    (folder / "places" / "town.yaml").write_text("zones:\n  a: {kind: commune}\n", encoding="utf-8")
    own = "msgu: 1\nid: own\ntitle: {fr: a, en: b}\nstart: 2015-11-13T20:00:00Z\nhorizon: 1 h\nplaces: town\n"
    (folder / "own.yaml").write_text(own, encoding="utf-8")
    resolved = resolve("own.yaml", sets=["places.zones.a.population=5"])
    assert resolved.scenario.places.zones["a"].population == 5
    assert [name for name, _ in resolved.files] == ["own.yaml", "places/town.yaml"]
    (folder / "places" / "town.yaml").write_text("zones:\n  a: {kind: comune}\n", encoding="utf-8")
    (problem,) = problems_of(lambda: load("own.yaml"))
    assert (problem.path, problem.line, problem.col, problem.nearest) == ("places/town.yaml", 2, 13, "commune")


@pytest.mark.parametrize(
    "name", ["../out.yaml", "/etc/passwd", "link.yaml", "a/../../out.yaml", "linked/out.yaml", "none.yaml", "5", "[x]"]
)
def test_a_scenario_reads_nothing_outside_its_own_folder(folder: Path, name: str) -> None:
    (folder / "out.yaml").write_text(BASE, encoding="utf-8")
    inside = folder / "inside"
    inside.mkdir()
    os.symlink(folder / "out.yaml", inside / "link.yaml")
    os.symlink(folder, inside / "linked")
    (inside / "own.yaml").write_text(f"seed: 1\nextends: {name}\n", encoding="utf-8")
    (problem,) = problems_of(lambda: load("inside/own.yaml"))
    assert (problem.path, problem.line, problem.col, problem.key) == ("inside/own.yaml", 2, 10, "extends")


def test_a_file_that_extends_itself_is_refused(folder: Path) -> None:
    (folder / "a.yaml").write_text("extends: b.yaml\n", encoding="utf-8")
    (folder / "b.yaml").write_text("extends: a.yaml\n", encoding="utf-8")
    (problem,) = problems_of(lambda: load("a.yaml"))
    assert (problem.path, problem.line) == ("b.yaml", 1)


def test_what_is_no_file_is_refused_without_waiting(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    for name in ("pipe.yaml", ".", "none.yaml", "base.yaml/x", "x" * 5000, "a\0b"):
        (problem,) = problems_of(partial(load, name))
        assert (problem.line, problem.col) == (1, 1)
    (problem,) = problems_of(lambda: load("bsae.yaml"))
    assert problem.nearest == "base.yaml"
