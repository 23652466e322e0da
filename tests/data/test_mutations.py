"""A scenario with something wrong in it is refused with a place, or means exactly what its text says."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from msgu.cli import main
from msgu.errors import InputError
from msgu.scenario.load import load

from tests import SCENARIOS
from tests.data.mutate import MUTATIONS, Leaf, differences, mutations, reading

PLACE = re.compile(r"^[^\n]*?:([1-9][0-9]*):([1-9][0-9]*): \S.* - \S")
SLOWEST = 10.0
"""Longest time for one file [s]: a hang is longer, a busy machine is not."""


@pytest.fixture
def count(size: dict[str, int]) -> int:
    """Mutations in all."""
    return size["mutated scenarios"]


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A copy of the shipped scenarios."""
    return shutil.copytree(SCENARIOS, tmp_path / "scenarios")


def targets(folder: Path) -> list[tuple[Path, Path]]:
    """Each file that is mutated, and the scenario that it is part of; the towns and the night come more often."""
    plain = [(path, path) for path in sorted((folder / "degenerate").glob("*.yaml"))]
    toy, paris = folder / "toy.yaml", folder / "paris-2015-11-13.yaml"
    parts = [path for block in ("places", "evidence") for path in sorted((folder / block).glob("*.yaml"))]
    night = [(part, paris) for part in parts if f"{part.parent.name}: {part.stem}" in paris.read_text(encoding="utf-8")]
    return [(toy, toy)] * 8 + [(paris, paris)] * 6 + night + plain


def whole_reading(scenario: Path) -> Any:
    """What the text of a scenario says, with the files that it names in place of their names."""
    tree = reading(scenario.read_bytes().decode())
    for block in ("places", "evidence"):
        if isinstance(tree.get(block), Leaf):
            tree[block] = reading((scenario.parent / block / f"{tree[block].text}.yaml").read_bytes().decode())
    return tree


def verdict(scenario: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """How `msgu check` takes a scenario: refused, accepted, or what is wrong with its answer."""
    began = time.perf_counter()
    code = main(["check", str(scenario)])
    spent = time.perf_counter() - began
    said = capsys.readouterr()
    if spent > SLOWEST:
        return "slow", f"{spent:.1f} s"
    if code == 0:
        wrong = list(differences(whole_reading(scenario), _resolved(scenario), load(scenario).start))
        return ("changed", "; ".join(wrong[:3])) if wrong else ("accepted", "")
    if code != 2 or "Traceback" in said.err:
        return "bug", said.err[-500:]
    lines = said.err.strip().split("\n")
    unplaced = [line for line in lines if not PLACE.match(line)]
    return ("unplaced", unplaced[0]) if unplaced or not lines else ("refused", "")


def _resolved(scenario: Path) -> Any:
    resolved = load(scenario).model_dump(mode="json", exclude_unset=True)
    resolved.get("network", {}).pop("edge_list_sha256", None)  # the loader adds it
    return resolved


def test_mutated_scenarios_are_refused_with_a_place_or_mean_what_they_say(
    shipped: Path, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    files = targets(shipped)
    share = -(-count // len(files))
    tally: dict[str, int] = {}
    failures: list[str] = []
    done = 0
    for n, (file, scenario) in enumerate(files):
        original = file.read_bytes()
        for name, data in mutations(original.decode(), min(share, count - done), seed=1000 + n):
            file.write_bytes(data)
            outcome, detail = verdict(scenario, capsys)
            tally[outcome] = tally.get(outcome, 0) + 1
            done += 1
            if outcome not in ("refused", "accepted"):
                failures.append(f"{file.name} {name} (seed {1000 + n}): {outcome}: {detail}")
        file.write_bytes(original)
    print(f"mutated scenarios: {done} {tally}")
    assert done == count
    assert not failures, "\n".join(failures)
    assert tally.get("refused", 0) >= count // 4 and tally.get("accepted", 0) >= count // 20


def test_shipped_scenarios_mean_what_they_say(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for scenario in sorted({scenario for _, scenario in targets(shipped)}):
        assert verdict(scenario, capsys) == ("accepted", "")


def test_every_kind_of_mutation_changes_the_toy() -> None:
    text = (SCENARIOS / "toy.yaml").read_text(encoding="utf-8")
    assert {name for name, _ in mutations(text, 3 * len(MUTATIONS), seed=1)} == {m.__name__ for m in MUTATIONS}


@pytest.mark.parametrize(
    ("text", "misread"),
    [
        ("a: 21:20", 1280),
        ("a: 21:20", "T+1280 s"),
        ("a: 0777", 511),
        ("a: yes", True),
        ('a: "5"', 5),
        ("a: 1.5", 1),
        ("a: 20 min", "20 s"),
        ("a: 00:30", "T+30 min"),
        ("a: 1/100", "1/10"),
        ("a: one two", "one"),
        ("a: [1, 2]", [1]),
        ("a: 1\nb: 2", 1),
        ("a: x", None),
    ],
)
def test_the_independent_reading_notices_a_loader_that_misreads(text: str, misread: object) -> None:
    start = load(SCENARIOS / "toy.yaml").start
    assert list(differences(reading(text), {"a": misread}, start))


def test_a_loader_that_drops_a_key_in_silence_would_be_noticed() -> None:
    path = SCENARIOS / "toy.yaml"
    value = _resolved(path)
    del value["topics"]["alerte"]["half_life"]
    assert list(differences(whole_reading(path), value, load(path).start)) == [".topics.alerte.half_life: only in one"]


def test_a_refusal_names_the_problems_of_a_mutated_file_as_data(shipped: Path) -> None:
    path = shipped / "toy.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("infectiousness: 0.02\n", "infectiousness: yes\n"), encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert problem.key == "topics.alerte.infectiousness"
