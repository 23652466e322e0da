"""How many posts a post sets off, foretold from a scenario alone, and what is warned of."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from msgu.cli import main
from msgu.errors import InputWarning
from msgu.scenario.cautions.branching import foretell
from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario
from msgu.world.build import build_world
from msgu.world.size import predict

from tests import SCENARIOS
from tests.theory import cascades, settings

TOY = SCENARIOS / "toy.yaml"
D8 = SCENARIOS / "degenerate" / "d08-self-exciting.yaml"
EXPLOSIVE = ("network.accounts=500", "topics.word.infectiousness=0.008", "topics.word.original_share=0")
"""A branching ratio of 499 (1 - exp(-0.008)) = 3.976, without a limit."""


def told(path: Path, *sets: str, policies: tuple[Path, ...] = ()) -> list[str]:
    """Keys of what is warned of as supercritical, and what is said."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        load(path, policies, sets)
    found = [item.message.problem for item in heard if isinstance(item.message, InputWarning)]
    return [f"{p.key}: {p.given} - {p.allowed} - {p.nearest}" for p in found if "supercritical" in p.given]


def test_a_supercritical_topic_is_warned_of_with_its_ratio_and_its_volume() -> None:
    """Nothing was said, and a night of a branching ratio of 4 ran until memory ended."""
    assert told(D8, *EXPLOSIVE) == [
        "topics.word.infectiousness: 0.008: a post sets off about 4 others, a supercritical topic - "
        "below 1, or it grows until attention or accounts run out, up to 650,000 posts - 0.0018"
    ]


@pytest.mark.parametrize("verb", ["check", "explain", "run"])
def test_every_verb_says_so_once_and_goes_on(verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sets = ["--set", "topics.alerte.infectiousness=0.7"]
    out = ["--out", str(tmp_path / "out"), "--overwrite"] if verb == "run" else []
    assert main([verb, str(TOY), *sets, *out]) == 0
    assert capsys.readouterr().err.count("a supercritical topic") == 1


def _all_shipped() -> Iterator[tuple[Path, tuple[Path, ...]]]:
    for path in (*SCENARIOS.glob("*.yaml"), *SCENARIOS.glob("degenerate/*.yaml")):
        yield path, ()
    for overlay in sorted((SCENARIOS / "calibrations").glob("*.yaml")):
        yield SCENARIOS / "paris-2015-11-13.yaml", (overlay,)


@pytest.mark.long
def test_no_shipped_scenario_or_calibration_is_warned_of() -> None:
    for path, policies in _all_shipped():
        assert told(path, policies=policies) == [], (path, policies)


def test_a_topic_on_which_each_account_posts_once_ends_of_itself() -> None:
    assert told(D8, *EXPLOSIVE, "topics.word.once=true") == []


# ---- how good it is ----


def test_the_ratio_on_a_complete_graph_is_that_of_theory() -> None:
    found = foretell(load(D8))["word"]
    ratio = 999 * -math.expm1(-0.0006)
    assert found.ratio == pytest.approx(ratio)
    assert found.first == pytest.approx(1800)
    hawkes = cascades.hawkes(np.array([6 * 3600.0]), 1800 / (6 * 3600.0), ratio, 300.0)
    assert found.volume == pytest.approx(float(hawkes[0]), rel=0.03)


def test_the_ratio_on_an_edge_list_is_that_of_its_degrees(tmp_path: Path) -> None:
    """Accounts 1 to 4 follow 0, which follows 1: of five ties one is of 0, with four followers, one of 1, with one."""
    (tmp_path / "star.edges").write_text("1 0\n2 0\n3 0\n4 0\n0 1 \n", encoding="utf-8")
    text = (
        D8.read_text(encoding="utf-8")
        .replace("complete: true", "edge_list: star.edges")
        .replace("accounts: 1000", "accounts: 9")
    )
    (tmp_path / "star.yaml").write_text(text, encoding="utf-8")
    found = foretell(load(tmp_path / "star.yaml", (), ["topics.word.infectiousness=0.5"]))["word"]
    assert found.ratio == pytest.approx((1 * 4 + 1 * 1) / 5 * -math.expm1(-0.5))


def _grown(*sets: str) -> Scenario:
    return load(TOY, (), [
        "network.accounts=30000", "network.mean_follows=20", "trending.topics=[]", "pulses.all-clear.share=0",
        "measures.calm-posts.factor=1", "bots.adverts.accounts=1",
        "missing=null", "drivers.explosion.volume=600", *(f"attention.awake.{hour}=1" for hour in range(20, 24)), *sets,
    ])  # fmt: skip


def test_followers_of_those_who_are_met_are_those_of_the_graph() -> None:
    """By what is followed, as the ratio needs them: by a tenth on the graph of Paris, here by a quarter."""
    scenario = _grown(
        "topics.alerte.infectiousness=0.01", "attention.susceptibility_sigma=0", "attention.seeing=1", "attention.half_load=null",
        "topics.alerte.curve={first: [1], tail: 0}", "topics.alerte.zone_factor.ailleurs=1", "topics.alerte.zone_factor.centre=1",
        "topics.alerte.kind_factor.support=1",
    )  # fmt: skip
    graph = build_world(scenario, 1, 1.0).accounts.graph
    met = float((np.diff(graph.offsets) * graph.out_degree.astype(float)).sum() / graph.n_edges)
    found = foretell(scenario)["alerte"]
    assert found.ratio / -math.expm1(-0.01) == pytest.approx(met, rel=0.25)


@pytest.mark.parametrize("hazard", [0.01, 0.02])
def test_the_volume_that_is_foretold_is_that_of_a_night(hazard: float) -> None:
    scenario = _grown(f"topics.alerte.infectiousness={hazard}")
    posts = settings.night(build_world(scenario, scenario.seed, 1.0), 0).tables["posts"]
    mine = posts["topic"] == sorted(scenario.topics).index("alerte")
    measured = float(mine.sum() / (posts["parent"][mine] < 0).sum())
    found = foretell(scenario)["alerte"]
    print(f"posts for each first one: {found.volume / found.first:.2f} foretold, {measured:.2f} measured")
    assert measured > 1.1
    assert found.volume / found.first == pytest.approx(measured, rel=0.3)


def test_the_predicted_size_holds_the_posts_of_what_grows_by_itself() -> None:
    calm, wild = load(D8), load(D8, (), ["topics.word.infectiousness=0.05", "topics.word.original_share=1"])
    assert predict(wild, 1.0).events > 100 * predict(calm, 1.0).events


def test_a_damped_retweet_and_posts_of_unlike_appeal_lower_the_ratio_and_who_takes_part_leaves_it() -> None:
    def ratio(*sets: str) -> float:
        return foretell(load(TOY, (), list(sets)))["alerte"].ratio

    usual = ratio()
    assert ratio("attention.retweet_factor=0.5") < 0.7 * usual
    assert ratio("attention.appeal_power=3") < 0.8 * usual
    few = ratio("attention.participation.share=0.5", "attention.participation.source=invented")
    assert 0.7 * usual < few < usual
