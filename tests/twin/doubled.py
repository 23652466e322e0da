"""Generated scenarios with two of everything, with instants shared by many events, or with whole models absent."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario
from ruamel.yaml import YAML

from tests.twin.generate import scenario_of

INSTANT = "T+90 min"


def doubled(number: int, folder: Path) -> Scenario:
    """Write generated scenario `number` with a second one of each block, and load it."""
    scenario_of(number, folder)
    yaml, r = YAML(typ="safe"), random.Random(number + 10**6)
    d = yaml.load((folder / f"generated-{number}.yaml").read_text(encoding="utf-8"))
    _two(d, r)
    _together(d, r)
    if d["seed"] % 2 and "data" in d.get("phones", {}):  # nobody waits for data
        d["phones"]["data"]["patience"] = "0 s"
    _absent(d, r)
    path = folder / f"doubled-{number}.yaml"
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(d, file)
    return load(path)


def _two(d: dict[str, Any], r: random.Random) -> None:
    """Add a second claim, pulse, broadcast, desk and cordon; the new ids sort before and after the old ones."""
    d["topics"]["annonce"] = copy.deepcopy(d["topics"]["rumeur-port"]) | {"kinds": {"rumour": 2, "correction": 1}}
    d["drivers"]["annonce"] = copy.deepcopy(d["drivers"]["rumour"]) | {"topic": "annonce", "volume": 20}
    if d.get("pulses"):
        topic = r.choice(sorted(d["topics"]))
        again = {"topic": topic, "at": f"T+{r.randint(60, 170)} min", "share": 0.6}
        d["pulses"]["again"] = copy.deepcopy(d["pulses"]["all-clear"]) | again
    if "radio" in d.get("broadcasts", {}):
        d["broadcasts"]["tv"] = copy.deepcopy(d["broadcasts"]["radio"]) | {
            "at": "T+50 min",
            "audience": round(r.random(), 3),
        }
    if d.get("desks"):
        other = copy.deepcopy(d["desks"]["hotline"]) | {"lines": r.choice([1, 3]), "persistence": 0.9}
        other["shifts"] = {"only": {"at": "T+40 min", "operators": r.randint(1, 2), "source": "generated"}}
        d["desks"] = {"emergency": other} | d["desks"]
    if d.get("closures"):
        d["closures"]["ring"] = copy.deepcopy(d["closures"]["cordon"]) | {
            "at": "T+80 min",
            "until": "T+130 min",
            "cordon": ["est", "port"],
        }


def _together(d: dict[str, Any], r: random.Random) -> None:
    """Let many things of models and of people happen at one instant."""
    for block in ("pulses", "posts", "closures", "broadcasts"):
        for item in d.get(block, {}).values():
            if r.random() < 0.4 and "until" not in item and "news" not in item:  # broadcasts of later news keep their time
                item["at"] = INSTANT
    for closure in d.get("closures", {}).values():
        if r.random() < 0.5:
            closure["at"], closure["until"] = INSTANT, "T+120 min"
    for outing in d.get("outings", {}).values():
        if r.random() < 0.5:
            outing["leaves"], outing["spread"] = INSTANT, "0 s"
    d["going_home"]["patience"] = r.choice([{"law": "fixed", "value": "30 min"}, d["going_home"]["patience"]])


def _absent(d: dict[str, Any], r: random.Random) -> None:
    """Leave out whole models now and then."""
    if r.random() < 0.08:
        for block in (
            "network",
            "accounts",
            "drivers",
            "gains",
            "pulses",
            "posts",
            "videos",
            "bots",
            "missing",
            "newsrooms",
        ):
            d.pop(block, None)
        d.get("shelter", {}).pop("relays", None)
        for name in [name for name, message in d.get("warnings", {}).items() if "post" in message]:
            del d["warnings"][name]
        for message in d.get("warnings", {}).values():  # offers of shelter are posts
            message["guidance"] = [action for action in message["guidance"] if action != "host"]
    if r.random() < 0.08:
        d["outings"], d["places"]["venues"] = {}, {}
        d.pop("witnesses", None)
    if r.random() < 0.08:
        d["attention"]["awake"] = {str(h): 0 for h in range(20, 24)}
    if r.random() < 0.08 and "phones" in d:
        d["phones"]["load"] = 0
    if r.random() < 0.15 and "network" in d:
        d["network"]["complete"], d["network"]["accounts"] = True, 40
