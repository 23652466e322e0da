"""Of everything that a file can say wrongly nothing is ignored: each trap is refused with its place, in every kind of file."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import pytest
from msgu.errors import InputError
from msgu.measure.metrics.catalogue import figure_problems
from msgu.scenario.evidence_file import read_ledger
from msgu.scenario.load import resolve
from msgu.scenario.study.calibration import read_study
from msgu.scenario.study.comparison import load_study
from msgu.study.comparison.plan import from_study
from msgu.study.sensitivity.run import explore_plan

from tests.data.traps import FILES, Trap, accepted, base, traps

PLACE = re.compile(r"^[^\n]*?:([1-9][0-9]*):([1-9][0-9]*): \S.* - \S")
SLOWEST = 10.0
"""Longest time for one file [s]: a hang is longer, a busy machine is not."""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A folder with a right file of every kind."""
    for file, text in base().items():
        path = tmp_path / FILES[file]
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def read(trap: Trap, town: Path) -> None:
    """Read the file of a trap as the verbs do that take such a file."""
    scenario, file = str(town / "town.yaml"), str(town / FILES.get(trap.file, ""))
    if trap.file == "compare":
        from_study(file)
    elif trap.file == "sensitivity":
        explore_plan(load_study(file))
    elif trap.file == "calibrate":
        read_study(file, (figure_problems,))
    else:
        policies = [file] if trap.file in ("policy", "overlay") else []
        resolve(scenario, policies, trap.sets, (figure_problems,))


def verdict(trap: Trap, town: Path) -> str:
    """How a trap is taken: refused, or what is wrong with the answer."""
    path = town / FILES.get(trap.file, FILES["scenario"])
    before = path.read_bytes()
    if trap.data:
        path.write_bytes(trap.data)
    elif not trap.sets:
        path.write_bytes(b"")
    began = time.perf_counter()
    try:
        read(trap, town)
        said = "accepted in silence"
    except InputError as error:
        lines = str(error).split("\n")
        wrong = [line for line in lines if not PLACE.match(line) or not line.isprintable()]
        said = f"not placed, or not printable: {wrong[0]!r}" if wrong else "refused"
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    finally:
        path.write_bytes(before)
    return "slow" if time.perf_counter() - began > SLOWEST else said


def test_the_right_files_are_taken(town: Path) -> None:
    for file in [*FILES, "--set"]:
        read(Trap(file, "", "", sets=()), town)


def test_every_trap_is_refused_with_its_place(town: Path, size: dict[str, int]) -> None:
    every = traps()
    assert len({(t.file, t.kind, t.name) for t in every}) == len(every) >= 600
    n = min(size["traps"], len(every))
    kept = [i * len(every) // n for i in range(n)]
    groups = {(t.file, t.kind): t for t in every}
    chosen = list(dict.fromkeys([*groups.values(), *(every[i] for i in kept)]))
    table = Counter((trap.kind, trap.file) for trap in chosen)
    failures = [f"{t.file}, {t.kind}, {t.name}: {v}" for t in chosen if (v := verdict(t, town)) != "refused"]
    print(shown(table, len(chosen), len(every), len(failures)))
    assert not failures, "\n".join(failures)


def shown(table: Counter[tuple[str, str]], tried: int, there: int, failed: int) -> str:
    """Return the traps by kind and file, as a table."""
    files, kinds = [*FILES, "--set"], sorted({kind for kind, _ in table})
    rows = [f"{'trap':16}" + "".join(f"{file:>12}" for file in files) + f"{'all':>7}"]
    for kind in kinds:
        counts = [table[kind, file] for file in files]
        rows.append(f"{kind:16}" + "".join(f"{count or '-':>12}" for count in counts) + f"{sum(counts):>7}")
    sums = [sum(table[kind, file] for kind in kinds) for file in files]
    rows.append(f"{'all':16}" + "".join(f"{count:>12}" for count in sums) + f"{tried:>7}")
    return "\n".join([f"traps: {tried} of {there} tried, {failed} not refused with a place", *rows])


@pytest.mark.parametrize("trap", accepted(), ids=lambda trap: f"{trap.file} {trap.name[:40]}")
def test_what_only_looks_odd_is_taken(trap: Trap, town: Path) -> None:
    path = town / FILES.get(trap.file, FILES["scenario"])
    if trap.data:
        path.write_bytes(trap.data)
    read(trap, town)


def test_a_ledger_alone_is_held_to_the_same_bounds(town: Path) -> None:
    ledger = town / "evidence" / "town.yaml"
    read_ledger(str(ledger))
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("kappa: 0.8", "kappa: 0"), encoding="utf-8")
    with pytest.raises(InputError):
        read_ledger(str(ledger))
