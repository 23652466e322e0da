"""What a scenario says of its follower graph is what the generator draws."""

from __future__ import annotations

import dataclasses

import pytest
from msgu.scenario.load import load
from msgu.scenario.schema.graph import GraphLaw
from msgu.world import accounts
from msgu.world.graph import store
from msgu.world.graph.types import NetworkSpec

from tests import TOY


def test_the_defaults_of_the_scenario_are_those_of_the_generator() -> None:
    spec = dataclasses.asdict(NetworkSpec(1))
    law = GraphLaw().model_dump(exclude={"source", "confidence", "note"})
    assert law == {name: spec[name] for name in law}
    assert set(spec) - set(law) == {"n_accounts", "mean_follows", "home_share", "in_max"}


def test_every_parameter_of_the_scenario_reaches_the_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {name: value * 0.9 for name, value in GraphLaw().model_dump(exclude={"source", "confidence", "note"}).items()}
    sets = [f"network.graph.{name}={value!r}" for name, value in asked.items()]
    sets += ["network.mean_follows=11", "network.home_share=0.2", "network.largest_audience=77"]
    scenario = load(TOY, (), sets)
    seen: list[NetworkSpec] = []
    build = store.load_or_build
    monkeypatch.setattr(store, "load_or_build", lambda spec, *rest: seen.append(spec) or build(spec, *rest))
    accounts.build_accounts(scenario, 1, 1.0, scenario.places.zone_ids())
    (spec,) = seen
    asked |= {"n_accounts": spec.n_accounts, "mean_follows": 11.0, "home_share": 0.2, "in_max": 77.0}
    assert dataclasses.asdict(spec) == asked
