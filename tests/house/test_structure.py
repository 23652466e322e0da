"""The house stands: rooms know only what lies below them, and what is shipped says what it claims."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import PACKAGE, ROOT

TEXT = {".cff", ".css", ".edges", ".j2", ".json", ".lock", ".md", ".py", ".toml", ".yaml", ""}
MACHINE_PATH = re.compile(r"""(?<![\w.~$}/])/(?:home|mnt|opt|root|tmp|Users|work)/[\w.-]""")
OWN, SCRATCH, SHARED = ("/" + name for name in ("home", "tmp", "work"))
"""Folders of a machine, put together here so that this file names none."""
UNLOCKED = re.compile(r"^[a-z0-9][a-z0-9-]*==[^\s;]+(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def shipped() -> Iterator[Path]:
    """Every text file under version control, or every one that could be where there is no git."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.splitlines() if listed.returncode == 0 else [str(p.relative_to(ROOT)) for p in ROOT.rglob("*")]
    for name in names:
        path = ROOT / name
        if path.is_file() and path.suffix in TEXT and ".venv" not in path.parts:
            yield path


def project() -> dict[str, object]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8")))


def names_of(requirements: list[str]) -> set[str]:
    """Normalised names of requirements."""
    found = (re.match(r"[A-Za-z0-9._-]+", text) for text in requirements)
    return {re.sub(r"[-_.]+", "-", match.group()).lower() for match in found if match}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of `pyproject.toml` on the package in a folder."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); from importlinter.cli import lint_imports_command as c; c()"
    words = [sys.executable, "-c", code, "--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


# ---- rooms ----


def test_every_room_knows_only_the_rooms_below_it() -> None:
    done = lint_imports(ROOT / "sim")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert re.search(r"Contracts: \d+ kept, 0 broken", done.stdout)


@pytest.mark.parametrize(
    ("room", "line", "kept"),
    [
        ("units/number.py", "import msgu.errors", True),
        ("units/number.py", "import msgu.scenario", False),
        ("kernels/base/draw.py", "import msgu.errors", False),
        ("kernels/base/draw.py", "import scipy", False),
        ("engine/run.py", "import msgu.measure.view", False),
        ("engine/signals.py", "import msgu.engine.levers", False),
        ("engine/processes/curated_map.py", "import msgu.engine.processes.desks", False),
        ("results/record.py", "import msgu.engine.run", False),
        ("study/batch/run.py", "import matplotlib", False),
        ("study/batch/job.py", "import msgu.study.batch.run", False),
        ("world/graph/types.py", "import msgu.world.graph.layers", False),
        ("study/calibration/loss.py", "import msgu.study.comparison.paired", False),
        ("report/comparison/page.py", "import msgu.report.run_page.page", False),
        ("report/base/lines.py", "import msgu.report.graph", False),
        ("api.py", "import msgu.cli.progress", False),
        ("measure/view.py", "import ruamel.yaml", False),
        ("world/people.py", "import random", False),
        ("results/record.py", "import pickle", False),
        ("newroom.py", "import math", False),
    ],
)
def test_an_import_against_the_order_is_noticed_and_one_with_it_is_not(
    tmp_path: Path, room: str, line: str, kept: bool
) -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        copy = tmp_path / path.relative_to(ROOT / "sim")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    broken = tmp_path / "msgu" / room
    before = broken.read_text(encoding="utf-8") if broken.exists() else ""
    broken.write_text(before + f"\n{line}\n", encoding="utf-8")
    done = lint_imports(tmp_path)
    assert done.returncode == (0 if kept else 1), done.stdout[-2000:] + done.stderr[-1000:]


def test_the_face_costs_nothing_to_import() -> None:
    code = (
        "import sys; old = set(sys.modules); import msgu; print(sorted(m for m in set(sys.modules) - old if '.' not in m))"
    )
    words = [
        sys.executable,
        "-S",
        "-c",
        f"import sys; sys.path.insert(0, {str(ROOT / 'sim')!r}); import importlib, typing; {code}",
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['__future__', 'msgu']"


def test_every_name_of_the_face_is_there_and_no_other() -> None:
    import msgu

    assert all(getattr(msgu, name) is not None for name in msgu.__all__)
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        _ = msgu.lode  # type: ignore[attr-defined]


def test_the_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").exists()


# ---- the command ----


@pytest.mark.parametrize("words", [["-m", "msgu"], ["-m", "msgu.cli"]])
def test_the_command_is_the_package(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *words, "check", "scenarios/toy.yaml"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "(toy, sha256 " in done.stdout


def test_the_entry_point_named_to_the_installer_is_there() -> None:
    from importlib import import_module

    scripts = project()["project"]["scripts"]  # type: ignore[index]
    for target in scripts.values():
        module, _, function = target.partition(":")
        assert callable(getattr(import_module(module), function))


# ---- what is shipped ----


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    found = []
    for path in shipped():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if MACHINE_PATH.search(line) and path != Path(__file__).resolve():
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("line", "seen"),
    [(f"open('{OWN}/me/x')", True), (f"cd {SCRATCH}/a", True), (f"a{SHARED}/b", False), (f"~{SHARED}/", False)],
)
def test_a_machine_path_is_known_when_seen(line: str, seen: bool) -> None:
    assert bool(MACHINE_PATH.search(line)) is seen


def test_the_lock_holds_versions_and_hashes_and_no_address() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if not line.startswith("#")]
    wrong = [line for line in entries if not UNLOCKED.match(line) and not HASH.match(line)]
    assert not wrong
    headless = [a for a, b in zip(entries, [*entries[1:], ""], strict=True) if UNLOCKED.match(a) and not HASH.match(b)]
    assert not headless
    assert not re.search(r"://|index-url|find-links|trusted-host", "\n".join(lines))


def test_everything_that_is_needed_is_locked() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))
    found = project()
    needed = names_of(found["project"]["dependencies"])  # type: ignore[index]
    needed |= names_of(found["dependency-groups"]["dev"])  # type: ignore[index]
    needed |= names_of(found["build-system"]["requires"])  # type: ignore[index]
    assert needed <= locked


def test_what_is_imported_is_asked_for() -> None:
    """A package that comes along with another one is not relied on unless it is named too."""
    imported = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        imported |= set(re.findall(r"^\s*(?:from|import) ([a-z_0-9]+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    foreign = imported - set(sys.stdlib_module_names) - {"msgu"}
    found = project()["project"]
    extras = [text for texts in found["optional-dependencies"].values() for text in texts]  # type: ignore[index]
    asked = names_of(found["dependencies"]) | names_of(extras)  # type: ignore[index]
    published = {"ruamel": "ruamel-yaml", "yaml": "pyyaml", "pydantic_core": "pydantic", "markupsafe": "jinja2"}
    missing = {name for name in foreign if published.get(name, name.replace("_", "-")) not in asked}
    assert not missing


def test_what_simpy_keeps_for_itself_is_used_in_one_file() -> None:
    files = [*(ROOT / "sim").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    users = [path.name for path in files if re.search(r"\.(_eid|_ok|_value)\b", path.read_text(encoding="utf-8"))]
    assert users == ["clock.py"]
    assert any(re.fullmatch(r"simpy>=4[\d.]*,<5", text) for text in project()["project"]["dependencies"])  # type: ignore[index]
