"""Both engines write the same log of nights with rules, and a rule that sees or decides otherwise is noticed."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgu.scenario.load import load
from msgu.scenario.observables import OBSERVABLES
from msgu.scenario.schema.root import Scenario
from msgu.world.build import build_world
from ruamel.yaml import YAML

from tests.twin import rules
from tests.twin.generate import scenario_of
from tests.twin.made_rules import give_rules
from tests.twin.run import log_of_engine, log_of_twin, same_bytes

LOG_RULE = 28


def ruled(number: int, folder: Path) -> Scenario:
    """Write generated scenario `number` with rules, and load it."""
    scenario_of(number, folder)
    yaml, path = YAML(typ="safe"), folder / f"generated-{number}.yaml"
    d = yaml.load(path.read_text(encoding="utf-8"))
    if "rules" not in d:
        give_rules(d, random.Random(number + 4 * 10**8))
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(d, file)
    return load(path)


@pytest.mark.filterwarnings("ignore")
def test_both_engines_write_the_same_log_of_nights_with_rules(size: dict[str, int], tmp_path: Path) -> None:
    """Every observable is watched, and rules go on and off and lack people."""
    seen, did, most = set[str](), np.zeros(3, np.int64), size["twin scenarios"] // 2
    for number in range(most):
        scenario = ruled(number, tmp_path)
        world = build_world(scenario, scenario.seed, scenario.scale)
        ours, twin = log_of_engine(world, number), log_of_twin(world, number)
        assert same_bytes(ours, twin), f"generated scenario {number}"
        mine = ours["code"] == LOG_RULE
        did += np.bincount(ours["a"][mine], minlength=3)
        known = sorted(scenario.rules)
        seen |= {scenario.rules[known[who]].sees for who in ours["who"][mine]}
    print(f"twin: {most} scenarios with rules, equal; off, on, lacking: {did.tolist()}")
    assert seen == set(OBSERVABLES) and did.min() > 0


def _no_hysteresis(watch: rules.Watched) -> None:
    watch.rule = watch.rule.model_copy(update={"until_below": None, "until_above": None})


def _nothing_lasts(watch: rules.Watched) -> None:
    watch.rule = watch.rule.model_copy(update={"lasting": 0.0, "until_lasting": 0.0})


def _no_delay(watch: rules.Watched) -> None:
    watch.rule = watch.rule.model_copy(update={"delay": 0.0})


def _no_error(watch: rules.Watched) -> None:
    watch.rule = watch.rule.model_copy(update={"error": 0.0})


def _nobody_needed(watch: rules.Watched) -> None:
    watch.rule = watch.rule.model_copy(update={"teams": {}})


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("planted", [_no_hysteresis, _nothing_lasts, _no_delay, _no_error, _nobody_needed])
def test_a_fault_planted_in_the_twins_rules_is_seen(
    planted: Callable[[rules.Watched], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = rules.Watched.begin

    def broken(watch: rules.Watched) -> None:
        planted(watch)
        begin(watch)

    for number in (4, 9, 2, 7, 1):
        scenario = ruled(number, tmp_path)
        world = build_world(scenario, scenario.seed, scenario.scale)
        ours = log_of_engine(world, number)
        with monkeypatch.context() as patch:
            patch.setattr(rules.Watched, "begin", broken)
            if not same_bytes(ours, log_of_twin(world, number)):
                return
    pytest.fail("the comparison did not see it")
