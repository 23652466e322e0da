"""The wheel in an environment of its own, in a folder that has other things called `sim`."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests import ROOT


def told(*words: str | Path, cwd: Path) -> str:
    """Run a command and return its output; the checkout is on no path."""
    outside = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(words, cwd=cwd, env=outside, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def built(source: Path, target: str, folder: Path) -> Path:
    """Build a wheel or a source archive without a network, and return it."""
    told(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder, cwd=source)
    [made] = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def bin_(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the commands of a fresh environment that holds the wheel alone, with the libraries of this one behind it."""
    venv = tmp_path_factory.mktemp("clean") / "venv"
    told("git", "init", "--quiet", cwd=venv.parent)  # somebody else's checkout
    told(sys.executable, "-m", "venv", "--without-pip", venv, cwd=venv.parent)
    python = venv / "bin" / "python"
    own = Path(told(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=venv).strip())
    (own / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    told(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet", wheel, cwd=venv)
    return venv / "bin"


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a working folder whose own `sim` and `sim.py` are not ours."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "sim").mkdir()
    for name in ("sim.py", "sim/__init__.py"):
        (folder / name).write_text("raise SystemExit('not this one')\n", encoding="utf-8")
    return folder


def test_the_package_is_imported_from_the_wheel_beside_other_things_called_sim(bin_: Path, work: Path) -> None:
    said = told(bin_ / "python", "-c", "import msgu, msgu.api; print(msgu.__file__)", cwd=work)
    assert Path(said.strip()).is_relative_to(bin_.parent)


def test_a_wheel_in_the_checkout_of_others_names_no_commit_of_theirs(bin_: Path, work: Path) -> None:
    said = told(bin_ / "python", "-c", "from msgu.results.provenance import made_by; print(made_by()['commit'])", cwd=work)
    assert said == "\n"


def test_a_run_of_an_example_is_checked_and_reported_from_another_folder(bin_: Path, work: Path, tmp_path: Path) -> None:
    told(bin_ / "msgu", "run", "toy", "--out", "a", cwd=work)
    assert "1 replications" in told(bin_ / "msgu", "verify", work / "a", cwd=tmp_path)
    told(bin_ / "msgu", "run", "toy", "--reps", "2", "--out", work / "a", "--resume", cwd=tmp_path)
    assert "2 replications" in told(bin_ / "msgu", "verify", work / "a", cwd=tmp_path)
    told(bin_ / "msgu", "report", work / "a", cwd=tmp_path)
    assert (work / "a" / "report" / "report.html").is_file()


def test_an_example_is_compared_with_one_of_its_policies(bin_: Path, work: Path, tmp_path: Path) -> None:
    compared = ("compare", "toy", "--policy", "text-instead-of-call", "--reps", "2", "--out", "b")
    assert "2 nights of each compared" in told(bin_ / "msgu", *compared, cwd=work)
    page = work / "b" / "comparison.html"
    first = page.read_bytes()
    told(bin_ / "msgu", "report", work / "b", cwd=tmp_path)
    assert page.read_bytes() == first


def test_policies_and_evidence_are_those_of_paris(bin_: Path, work: Path) -> None:
    assert "msgu compare paris-2015-11-13 --policy" in told(bin_ / "msgu", "policies", cwd=work)
    assert "reported figures" in told(bin_ / "msgu", "evidence", cwd=work)


def test_the_wheel_carries_every_file_of_the_scenarios(wheel: Path) -> None:
    there = [path for path in (ROOT / "scenarios").rglob("*") if path.is_file()]
    with zipfile.ZipFile(wheel) as file:
        carried = {name: file.read(name) for name in file.namelist() if name.startswith("msgu/examples/")}
    assert carried == {f"msgu/examples/{path.relative_to(ROOT / 'scenarios')}": path.read_bytes() for path in there}


def test_the_source_archive_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    archive = built(ROOT, "sdist", tmp_path / "sdist")
    with tarfile.open(archive) as file:
        file.extractall(tmp_path, filter="data")
    again = built(tmp_path / archive.name.removesuffix(".tar.gz"), "wheel", tmp_path / "again")
    assert again.read_bytes() == wheel.read_bytes()
