"""`docs/architecture.md` names what is there, and its picture is that of the package."""

from __future__ import annotations

import ast
import importlib.util
import re
import tomllib
from itertools import pairwise
from types import ModuleType

import pytest

from tests import PACKAGE, ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PLACES = [PACKAGE, ROOT]
PATHS = sorted({path for path in re.findall(r"`([\w./-]+)`", PAGE) if "/" in path or path.endswith((".py", ".toml"))})
NAMES = sorted(set(re.findall(r"`(\w+)` in `([\w./-]+\.py)`", PAGE)))


def drawing() -> ModuleType:
    """The script that draws the picture, as a module."""
    spec = importlib.util.spec_from_file_location("architecture", ROOT / "docs" / "architecture.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def defined(path: str) -> set[str]:
    """Functions, methods, classes and constants of a file."""
    (found,) = (place / path for place in PLACES if (place / path).is_file())
    nodes = list(ast.walk(ast.parse(found.read_text(encoding="utf-8"))))
    named = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return named | {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


@pytest.mark.parametrize("path", PATHS)
def test_every_path_that_the_page_names_is_there(path: str) -> None:
    assert any((place / path).exists() for place in PLACES)


@pytest.mark.parametrize(("name", "path"), NAMES)
def test_every_name_that_the_page_places_in_a_file_is_defined_there(name: str, path: str) -> None:
    assert name in defined(path)


def test_the_page_names_enough_to_find_ones_way() -> None:
    """A pattern that no longer matched what the page says would check nothing."""
    assert len(PATHS) > 50
    assert len(NAMES) > 30


def test_the_picture_is_that_of_the_tree_and_its_imports() -> None:
    drawn = drawing()
    assert drawn.PICTURE.read_text(encoding="utf-8") == drawn.picture(), "run: python docs/architecture.py"


def test_every_room_of_the_contract_is_in_the_picture_and_no_arrow_runs_upwards() -> None:
    drawn = drawing()
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one["id"] == "rooms")
    placed = drawn.rooms()
    assert list(placed) == [name.strip() for layer in layers for name in layer.split("|")]
    arrows = drawn.reduced(drawn.imports())
    assert len(arrows) >= len(placed) - 1
    assert all(placed[above].y < placed[below].y for above, below in arrows)


def test_no_arrow_crosses_a_room() -> None:
    drawn = drawing()
    placed = drawn.rooms()
    edges = drawn.reduced(drawn.imports())
    for (above, below), points in zip(edges, drawn.routes(placed, edges), strict=True):
        for (x0, y0), (x1, y1) in pairwise(points):
            for room in placed.values():
                if room.name not in (above, below):
                    across = min(x0, x1) < room.x + room.width and max(x0, x1) > room.x
                    assert not (across and min(y0, y1) < room.y + room.height and max(y0, y1) > room.y), (above, below)
