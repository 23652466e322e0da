"""Sensitivity: known functions give their known answers; flips and regret are counted, not guessed."""

from __future__ import annotations

import csv
import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from msgu.cli import main
from msgu.errors import InputError
from msgu.scenario.study.comparison import load_study
from msgu.study.sensitivity.design import dials, flips, rank, saltelli, screen, shares, trajectories
from msgu.study.sensitivity.run import explore_plan, middle

from tests import TOY

STUDY = """\
msgu: 1
id: toy-sensitivity
question: {fr: "Des taxis ou un démenti ?", en: "Taxis or a denial?"}
scenario: toy.yaml
reps: 2
alternatives:
  taxis: {sets: ["measures.free-taxis.factor=4"]}
  map: {sets: ["shelter.map_use=0.9"]}
metrics:
  stranded: {title: {fr: bloqués, en: stranded}, metric: stranded_peak(), better: less, matters: 1}
uncertain:
  taxi: {key: going_home.taxi, low: 0.02, high: 0.24}
  patience: {key: going_home.accept_walk, low: 15 min, high: 45 min}
  service: {key: shelter.seekers, low: 0.1, high: 0.9, law: log}
sensitivity: {metric: stranded, method: morris, size: 2, reps: 1}
"""


def written(folder: Path, text: str = STUDY) -> str:
    shutil.copy(TOY, folder / "toy.yaml")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return str(folder / "study.yaml")


def test_each_step_of_a_trajectory_moves_one_parameter_by_two_thirds() -> None:
    design = trajectories(5, 40, seed=3)
    steps = np.diff(design.points, axis=1)
    assert np.allclose(np.sort(np.abs(steps), axis=2)[:, :, :-1], 0.0)
    assert np.allclose(np.abs(steps).max(axis=2), 2 / 3)
    assert set(np.unique(np.round(design.points * 3).astype(int))) == {0, 1, 2, 3}
    assert (np.sort(design.moved, axis=1) == np.arange(5)).all()
    assert (design.points == trajectories(5, 40, seed=3).points).all()


def test_screening_finds_the_slopes_of_a_plane_exactly_and_the_bend_of_a_curve() -> None:
    design = trajectories(3, 20, seed=1)
    x = design.points
    found = screen(design, 2.0 * x[..., 0] - 5.0 * x[..., 1])
    assert [s.mu for s in found] == pytest.approx([2.0, -5.0, 0.0], abs=1e-12)
    assert [s.mu_star for s in found] == pytest.approx([2.0, 5.0, 0.0], abs=1e-12)
    assert max(s.sigma for s in found) < 1e-12
    curved = screen(design, x[..., 0] * x[..., 1])
    assert curved[0].sigma > 0.1 and curved[2].sigma == 0.0


def ishigami(x: np.ndarray) -> np.ndarray:
    z = 2 * math.pi * x - math.pi
    return np.asarray(np.sin(z[..., 0]) + 7 * np.sin(z[..., 1]) ** 2 + 0.1 * z[..., 2] ** 4 * np.sin(z[..., 0]))


def test_sobol_gives_the_published_shares_of_ishigamis_function() -> None:
    design = saltelli(3, 1024, seed=2)
    found = shares(design, ishigami(design.points))
    assert [s.first for s in found] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.05)
    assert [s.total for s in found] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.05)


def test_screening_ranks_ishigamis_parameters_as_salib_does() -> None:
    salib = pytest.importorskip("SALib.analyze.morris")
    design = trajectories(3, 60, seed=5)
    values = ishigami(design.points)
    mine = [s.mu_star for s in screen(design, values)]
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
    theirs = salib.analyze(problem, design.points.reshape(-1, 3), values.ravel(), num_levels=4, print_to_console=False)
    assert mine == pytest.approx(list(theirs["mu_star"]), rel=1e-9)


def test_a_constant_outcome_has_no_shares() -> None:
    design = saltelli(2, 16, seed=1)
    assert [(s.first, s.total) for s in shares(design, np.full(64, 3.0))] == [(0.0, 0.0)] * 2


def test_ranking_keeps_the_baseline_within_the_zone_and_counts_regret() -> None:
    values = {"baseline": np.array([0.0, 0.0, 10.0]), "a": np.array([0.5, 5.0, 0.0]), "b": np.array([0.2, 7.0, 1.0])}
    found = rank(values, zone=1.0)
    assert found.best == ("baseline", "b", "baseline")
    assert found.wins == pytest.approx({"baseline": 2 / 3, "a": 0.0, "b": 1 / 3})
    assert found.regret == {"baseline": 7.0, "a": 10.0, "b": 9.0}
    assert found.robust == "baseline"


def test_an_alternative_without_a_value_is_never_the_best() -> None:
    none = math.nan
    found = rank({"baseline": np.array([1.0, 2.0]), "silent": np.array([none, none])})
    assert found.best == ("baseline", "baseline") and found.wins == {"baseline": 1.0, "silent": 0.0}
    assert found.regret["baseline"] == 0.0 and math.isnan(found.regret["silent"])
    assert (found.robust, found.missing) == ("baseline", {"baseline": 0, "silent": 2})
    without = rank({"baseline": np.array([none, 5.0, none]), "a": np.array([1.0, 9.0, none])})
    assert without.best == ("a", "a", "") and without.wins["a"] == pytest.approx(2 / 3)
    assert without.regret == {"baseline": 4.0, "a": 0.0}, "over the one point where both have a value"
    assert rank({"baseline": np.array([none]), "a": np.array([none])}).robust == ""


def test_of_equal_alternatives_the_first_named_is_the_best_whatever_their_rounding() -> None:
    found = rank(
        {"baseline": np.array([0.3, 1.0]), "a": np.array([0.1 + 0.2, 1.1]), "b": np.array([0.3, 3.3 / 3])}, zone=0.0
    )
    assert found.best == ("baseline", "a")
    assert found.regret == {"baseline": pytest.approx(0.1), "a": 0.0, "b": 0.0}
    assert rank({"baseline": np.array([3.4]), "a": np.array([3.5])}, zone=0.1).best == ("baseline",)


def test_one_point_without_a_value_leaves_the_regret_of_the_others() -> None:
    values = {"baseline": np.array([0.0, 9.0, 0.0]), "a": np.array([3.0, math.nan, 5.0]), "b": np.array([2.0, 0.0, 1.0])}
    assert rank(values).regret == {"baseline": 5.0, "a": 0.0, "b": 4.0}
    assert rank(values).robust == "a"


def test_a_step_to_a_point_without_a_best_is_no_flip() -> None:
    design = trajectories(1, 4, seed=1)
    assert flips(design, ["a", "", "", "b", "a", "b", "a", "a"]) == [(1, 2)]


def test_the_median_of_the_nights_is_of_those_that_have_a_value_and_none_of_none() -> None:
    assert middle(np.array([1.0, math.nan, 4.0])) == 2.5
    assert math.isnan(middle(np.array([math.nan])))


def test_a_point_without_a_value_leaves_a_design_without_shares() -> None:
    design = saltelli(2, 16, seed=1)
    values = np.arange(64.0)
    values[7] = math.nan
    assert all(math.isnan(s.first) and math.isnan(s.total) for s in shares(design, values))


@pytest.mark.parametrize("value", [0.1, 1 / 3, 192.53, 1e9 / 7])
def test_a_constant_fraction_has_no_shares_either(value: float) -> None:
    design = saltelli(3, 32, seed=1)
    assert [(s.first, s.total) for s in shares(design, np.full(160, value))] == [(0.0, 0.0)] * 3


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [("0.00001", "0.9", (1e-5, 0.9)), ("1e-3 /h", "2E-3 /h", (1e-3, 2e-3)), ("-0.5", "+.5", (-0.5, 0.5))],
)
def test_the_ends_of_a_parameter_are_numbers_as_scenarios_write_them(
    tmp_path: Path, low: str, high: str, ends: tuple[float, float]
) -> None:
    text = STUDY.replace("low: 0.02, high: 0.24", f"low: {low}, high: {high}")
    made, problems = dials(load_study(written(tmp_path, text)).study.uncertain)
    assert problems == []
    assert (made[0].low, made[0].high) == ends


def test_a_flip_is_counted_on_the_parameter_that_makes_it_and_on_no_other() -> None:
    design = trajectories(3, 10, seed=4)
    x = design.points.reshape(-1, 3)
    best = rank({"base": np.zeros(len(x)), "other": x[:, 1] - 0.5}).best
    turned = flips(design, best)
    assert turned == [(0, 10), (10, 10), (0, 10)]


def test_a_dial_reaches_both_ends_with_its_unit(tmp_path: Path) -> None:
    made, problems = dials(load_study(written(tmp_path)).study.uncertain)
    assert problems == []
    by_name = {dial.name: dial for dial in made}
    assert by_name["patience"].setting(0.5) == "going_home.accept_walk=30 min"
    assert by_name["service"].value(0.5) == pytest.approx(0.3)
    assert (by_name["taxi"].value(0.0), by_name["taxi"].value(1.0)) == (0.02, 0.24)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (("high: 45 min", "high: 45 s"), r"study\.yaml:13:.*uncertain\.patience\.high.*min"),
        (("low: 15 min", "low: long"), r"study\.yaml:13:.*uncertain\.patience\.low"),
        (("low: 0.02", "low: 0.5"), r"study\.yaml:12:.*uncertain\.taxi\.high"),
        (("key: going_home.taxi", "key: going_home.taxis"), r"taxis"),
        (("metric: stranded, method", "metric: other, method"), r"study\.yaml:15:.*sensitivity\.metric"),
        (("method: morris, size: 2", "method: sobol, size: 3"), r"study\.yaml:15:.*power of two"),
        (("sensitivity: {metric: stranded, method: morris, size: 2, reps: 1}\n", ""), r"no block `sensitivity:`"),
    ],
)
def test_every_mistake_is_told_with_its_place_before_anything_runs(
    tmp_path: Path, change: tuple[str, str], where: str
) -> None:
    assert change[0] in STUDY
    with pytest.raises(InputError, match=where):
        explore_plan(load_study(written(tmp_path, STUDY.replace(*change))))


@pytest.mark.long
def test_the_command_explores_the_toy_town_and_its_page_tells_what_flips(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = written(tmp_path), tmp_path / "out"
    assert main(["sensitivity", path, "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "least regret: " in said and "no value" not in said
    facts = json.loads((out / "sensitivity.json").read_text(encoding="utf-8"))
    assert facts["points"] == len(facts["table"]) == 8
    assert facts["measures"]["taxis"]["taxi"]["mu_star"] > 0
    assert sum(facts["wins"].values()) == pytest.approx(1.0)
    rows = list(csv.reader((out / "sensitivity.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 9 and rows[0][0] == "point"
    assert main(["compare", path, "--out", str(out), "--lang", "fr"]) == 0
    page = (out / "comparison.html").read_text(encoding="utf-8")
    assert "8 réglages" in page and "going_home.taxi" in page


def test_the_page_names_the_parameter_that_flips_the_ranking_and_refuses_stale_explorations() -> None:
    from types import SimpleNamespace
    from typing import Any, cast

    from msgu.report.comparison.flips import what_flips
    from msgu.study.comparison.found import Comparison

    evidence = SimpleNamespace(peak_reading="hashtag_per_second")
    baseline = SimpleNamespace(scenario=SimpleNamespace(evidence=evidence))
    plan = SimpleNamespace(id="s", baseline=baseline, outcomes=(), readings=())
    found = cast(Comparison, SimpleNamespace(plan=plan, identity={"source_sha256": "1"}))
    explored: dict[str, Any] = {
        "study": "s", "source_sha256": "1", "metric": "m", "points": 8, "reps": 1, "wins": {"a": 0.75, "b": 0.25},
        "regret": {"a": 1.0, "b": 4.0}, "flips": {"x": [3, 4], "y": [0, 4]}, "missing": {"a": 0, "b": 2},
        "parameters": {n: {"key": f"k.{n}", "low": 1, "high": 2, "unit": "min"} for n in ("x", "y")},
    }  # fmt: skip
    told = " ".join(what_flips(found, explored, "en"))
    assert "k.x (3 of 4 steps)" in told and "k.y (" not in told
    assert "b has no value in 2 of the 8 settings" in told and "a has no value" not in told
    assert "by another version" in " ".join(what_flips(found, {**explored, "source_sha256": "2"}, "en"))
    assert "Not examined" in " ".join(what_flips(found, None, "en"))
