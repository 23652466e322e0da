"""Absurd scenarios are refused before anything is built, with the predicted size."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests import ROOT

TOY = "scenarios/toy.yaml"
PARIS = "scenarios/paris-2015-11-13.yaml"
MOST_MEMORY = 200e6

ABSURD = {
    "a trillion accounts": (TOY, ["network.accounts=1000000000000"]),
    "a hundred billion accounts": (TOY, ["network.accounts=100000000000"]),
    "ten billion accounts": (TOY, ["network.accounts=10000000000"]),
    "a billion accounts": (TOY, ["network.accounts=1000000000"]),
    "a hundred million accounts": (TOY, ["network.accounts=100000000", "network.mean_follows=500"]),
    "5,000 follows each of ten million": (TOY, ["network.accounts=10000000", "network.mean_follows=5000"]),
    "a complete graph of a million": (TOY, ["network.accounts=1000000", "network.complete=true"]),
    "a complete graph of a hundred thousand": (TOY, ["network.accounts=100000", "network.complete=true"]),
    "a billion seconds by the second": (TOY, ["horizon=1000000000 s", "record.bin=1 s"]),
    "thirty years of a thousand cells": (TOY, ["horizon=1000000000 s", "phones.cells.centre=1000"]),
    "three centuries of ordinary calls": (PARIS, ["horizon=10000 d", "scale=1"]),
    "a billion cells": (TOY, ["phones.cells.centre=1000000000"]),
    "two hundred million cells": (TOY, ["phones.cells.centre=200000000"]),
    "a billion erlang": (TOY, ["phones.load=1000000000"]),
    "a million erlang in each of 10,000 cells": (TOY, ["phones.load=1000000", "phones.cells.centre=10000"]),
    "ten billion people in a zone": (TOY, ["places.zones.centre.population=10000000000"]),
    "a billion people in a zone": (TOY, ["places.zones.nord.population=1000000000"]),
    "a billion people who talk": (PARIS, ["places.zones.france.population=1000000000", "scale=1"]),
    "a billion close ties each": (PARIS, ["worry.ties.country=1000000000"]),
    "a billion calls each": (PARIS, ["worry.talk_calls=1000000000"]),
    "a billion messages each": (PARIS, ["worry.talk_messages=1000000000"]),
    "Paris for a year": (PARIS, ["horizon=365 d", "scale=1", "record.bin=1 s"]),
    "Paris by the second for two months": (PARIS, ["scale=1", "record.bin=1 s", "horizon=60 d"]),
    "Paris with a tweet by everyone each second": (PARIS, ["drivers.fusillade-bataclan.volume=1000000000", "scale=1"]),
    "a trillion accounts at 1/100": (PARIS, ["network.accounts=1000000000000"]),
    "a trillion accounts at 1/10": (PARIS, ["network.accounts=1000000000000", "scale=1/10"]),
    "the world's accounts at full size": (PARIS, ["network.accounts=3000000000", "scale=1"]),
    "5,000 follows at full size": (PARIS, ["network.mean_follows=5000", "scale=1"]),
    "a desk called a million times a second": (TOY, ["desks.{desk}.rates.absurd.rate=1000000 /s"]),
    "a cell for each person by the second": (PARIS, ["phones.persons_per_cell=0.01", "record.bin=1 s"]),
}

CHILD = """
import json, re, sys
from pathlib import Path
from msgu.cli import main
code = main(json.loads(sys.argv[1]))
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps([code, int(peak[1]) * 1024]))
"""


def _overrides(sets: list[str]) -> list[str]:
    from msgu.scenario.load import load

    desk = min(load(ROOT / TOY).desks)
    found = []
    for text in sets:
        name = text.replace("{desk}", desk)
        if name.startswith("desks."):
            stem = name.rpartition(".rate=")[0]
            found += [f'{stem}.at="20:00"', f'{stem}.until="23:00"']
        found.append(name)
    return found


@pytest.mark.parametrize("name", ABSURD)
def test_an_absurd_scenario_is_refused_with_its_size_and_builds_nothing(name: str) -> None:
    path, sets = ABSURD[name]
    words = ["run", path, "--out", "never-made"]
    for text in _overrides(sets):
        words += ["--set", text]
    done = subprocess.run(
        [sys.executable, "-c", CHILD, json.dumps(words)], capture_output=True, text=True, cwd=ROOT, check=False, timeout=120
    )
    code, memory = json.loads(done.stdout.splitlines()[-1])
    assert code == 3, done.stderr
    assert "predicted" in done.stderr
    assert memory < MOST_MEMORY
    assert not (ROOT / "never-made").exists()


def test_shipped_scenarios_are_not_refused() -> None:
    from msgu.scenario.load import load
    from msgu.world.size import refuse_if_too_large

    for path in (TOY, PARIS):
        scenario = load(ROOT / path)
        refuse_if_too_large(scenario, scenario.scale)


def test_a_refusal_names_the_largest_scale_that_fits_and_a_larger_one_is_refused() -> None:
    from msgu.errors import RefusedError
    from msgu.scenario.load import load
    from msgu.world.size import refuse_if_too_large

    scenario = load(ROOT / PARIS, sets=["network.mean_follows=3000"])
    with pytest.raises(RefusedError, match="to be had") as told:
        refuse_if_too_large(scenario, 1.0)
    found = int(str(told.value).rpartition("--scale 1/")[2])
    assert found > 1
    refuse_if_too_large(scenario, 1 / found)
    with pytest.raises(RefusedError):
        refuse_if_too_large(scenario, 1 / (found - 1))


def test_what_no_scale_makes_small_enough_is_refused_without_naming_one() -> None:
    from msgu.errors import RefusedError
    from msgu.scenario.load import load
    from msgu.world.size import refuse_if_too_large

    scenario = load(ROOT / TOY, sets=["horizon=1000000000 s", "record.bin=1 s"])
    with pytest.raises(RefusedError, match="no smaller --scale fits"):
        refuse_if_too_large(scenario, 1.0)


def test_where_there_is_less_memory_a_smaller_scale_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    from msgu.errors import RefusedError
    from msgu.scenario.load import load
    from msgu.world import size

    scenario = load(ROOT / PARIS)
    monkeypatch.setattr(size, "memory_available", lambda: 1e9)
    with pytest.raises(RefusedError, match=r"\(1 to be had\).*--scale 1/\d+$"):
        size.refuse_if_too_large(scenario, 1.0)
