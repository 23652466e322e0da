"""What experiments keep: small pictures, and figures that say which version of the program made them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from experiments import pictures
from tests import ROOT

EXPERIMENTS = ROOT / "experiments"
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
