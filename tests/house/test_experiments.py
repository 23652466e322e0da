"""What experiments keep: small pictures, and figures that say which version of the program made them."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from msgu.results.provenance import made_by
from PIL import Image

from experiments import made, pictures
from tests import ROOT

EXPERIMENTS = ROOT / "experiments"
AGAIN = "python experiments/made.py"
CHANGED = "results have changed: run `python experiments/made.py --changed-after COMMIT`, the last commit with the old ones"
IMAGES = (".png", ".gif", ".jpg", ".jpeg", ".svg", ".webp")


def tracked() -> list[Path]:
    """Return the files that git keeps."""
    if not (ROOT / ".git").exists():
        pytest.skip("no checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_kept_picture_is_larger_than_50_kb() -> None:
    large = [path for path in tracked() if path.suffix in IMAGES and path.exists() and path.stat().st_size > pictures.MOST]
    assert not large, "python experiments/pictures.py"


@pytest.mark.parametrize("readme", sorted(EXPERIMENTS.glob("*/README.md")), ids=lambda path: path.parent.name)
def test_every_picture_that_a_readme_shows_is_kept(readme: Path) -> None:
    shown = [readme.parent / name for name in re.findall(r"!\[[^]]*\]\(([^)]+)\)", readme.read_text(encoding="utf-8"))]
    assert set(shown) <= set(tracked())


def noisy(rows: int, seed: int) -> np.ndarray:
    """Return a picture of few colours whose noise no compression makes small."""
    few = np.array([[255, 255, 255], [0, 114, 178], [213, 94, 0], [34, 34, 34]], np.uint8)
    picture = few[np.random.Generator(np.random.Philox(seed)).integers(0, 4, (rows, 400))]
    picture[rows // 2 - 6 : rows // 2 + 6] = 255
    return picture


def test_a_picture_that_fits_keeps_its_colours(tmp_path: Path) -> None:
    path = tmp_path / "some.png"
    Image.fromarray(noisy(400, 1)).convert("RGBA").save(path)
    assert pictures.shrunk(path) == [path]
    assert (np.asarray(Image.open(path).convert("RGB")) == noisy(400, 1)).all()


def test_a_picture_that_does_not_fit_is_cut_at_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "some.png"
    Image.fromarray(noisy(800, 1)).save(path)
    parts = pictures.shrunk(path)
    assert [part.name for part in parts] == ["some-1.png", "some-2.png"]
    assert not path.exists()
    assert max(part.stat().st_size for part in parts) <= pictures.MOST
    both = np.vstack([np.asarray(Image.open(part).convert("RGB")) for part in parts])
    assert (both == noisy(800, 1)).all()


def test_every_output_is_said_to_be_made_by_the_sources_that_it_names() -> None:
    assert made.outputs() == {name: one.sources for name, one in made.table()[2].items()}, AGAIN


@pytest.mark.parametrize("folder", sorted(made.by_experiment(made.table()[2])))
def test_a_readme_says_which_version_made_its_figures_and_whether_results_have_changed_since(folder: str) -> None:
    text = (EXPERIMENTS / folder / "README.md").read_text(encoding="utf-8")
    said = [row for row in text.splitlines() if made.is_said(row)]
    assert said == made.lines(made.by_experiment(made.table()[2])[folder]), AGAIN


def test_what_is_said_of_versions_is_what_the_history_says() -> None:
    changed_after, _, rows = made.table()
    if not (ROOT / ".git").exists() or not made.is_within(changed_after, "HEAD"):
        pytest.skip("the history does not go back that far")
    assert {name: made.is_within(one.commit, changed_after) for name, one in rows.items()} == {
        name: one.older for name, one in rows.items()
    }
    by_commit = {one.commit: one.sources for one in rows.values() if not one.commit.startswith("<")}
    assert {commit: made.digest_at(commit) for commit in by_commit} == by_commit


def test_figures_older_than_a_change_of_results_are_said_to_be_older() -> None:
    assert made.toy() == made.table()[1], CHANGED


def test_what_an_experiment_writes_names_the_commit_that_is_checked_out() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no checkout")
    assert made_by()["commit"].removesuffix("+") == made.git("rev-parse", "HEAD")


@pytest.mark.parametrize("script", sorted(EXPERIMENTS.glob("*/*.py")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_an_experiment_imports_of_the_program_is_there(script: Path) -> None:
    found = [node for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
    for node in found:
        if node.module and node.module.split(".")[0] == "msgu":
            module = importlib.import_module(node.module)
            for name in node.names:
                if not hasattr(module, name.name):
                    importlib.import_module(f"{node.module}.{name.name}")
