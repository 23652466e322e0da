"""Going round an area and calling a desk before it opens, which few generated nights show, agree in both engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgu.scenario.load import load
from msgu.world.build import World, build_world
from ruamel.yaml import YAML

from tests import TOY
from tests.twin.planted import with_fault
from tests.twin.run import log_of_engine, log_of_twin, same_bytes

FAULTS = [
    ("m >= 0 and self.clock.now < told.until(m)", "m >= 0 and self.clock.now > told.until(m)"),
    ("wait = max(0.0, opens - self.clock.now) +", "wait ="),
]
"""Through the area; before the desk opens."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The toy night, small, with an alert that asks to keep out of the east and to call a hotline that opens later."""
    yaml = YAML(typ="safe")
    d: dict[str, Any] = yaml.load(TOY.read_text(encoding="utf-8"))
    alert = {"zones": {"arrondissement": 0.9}, "delay": {"law": "fixed", "value": "10 s"}}
    d |= {"closures": {}, "measures": {}, "evidence": {}, "heeding": {"complies": 1}}
    d["warnings"] = {
        "w": {"sender": "authority", "length": 600, "place": ["est"], "guidance": ["detour", "avoid", "call"], "at": "T+70 min",
              "until": "T+220 min", "desk": "hotline", "alert": alert},
    }  # fmt: skip
    d["network"]["accounts"] = 100
    d["outings"]["bars-centre"]["people"] = 600
    d["desks"]["hotline"]["shifts"]["first"]["at"] = "22:20"
    path = Path(tmp_path_factory.mktemp("detour")) / "night.yaml"
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(d, file)
    return build_world(load(path), 1, 1.0)


def test_both_engines_write_the_same_log_of_a_night_of_detours_and_of_no_other(world: World) -> None:
    log = log_of_engine(world, 0)
    assert same_bytes(log, log_of_twin(world, 0))
    for fault in FAULTS:
        assert not same_bytes(log, log_of_twin(world, 0, with_fault(*fault)))
