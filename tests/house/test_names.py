"""Modules are short, a class name stands for one thing, and what is private stays in its module.

The list of exceptions holds exactly what breaks the rule today, so that it can only shrink.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from tests import PACKAGE

MOST_LINES = 400
PRIVATE: set[tuple[str, str]] = set()
"""What takes a private name from another module all the same: a path, and the name."""


@lru_cache(maxsize=1)
def modules() -> dict[str, tuple[str, ast.Module]]:
    """Text and tree of each module of the package, by its path."""
    texts = {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    return {name: (text, ast.parse(text)) for name, text in sorted(texts.items())}


def private_imports(tree: ast.Module) -> Iterator[str]:
    """Names beginning with one underscore that a module takes from another one of the package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("msgu"):
            yield from (alias.name for alias in node.names if alias.name.startswith("_") and not alias.name.startswith("__"))


def test_no_module_has_more_than_400_lines() -> None:
    assert {name for name, (text, _) in modules().items() if len(text.splitlines()) > MOST_LINES} == set()


def test_a_class_name_stands_for_one_thing() -> None:
    places = defaultdict(list)
    for name, (_, tree) in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{name}:{node.lineno}")
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_no_module_takes_a_private_name_from_another() -> None:
    assert {(name, private) for name, (_, tree) in modules().items() for private in private_imports(tree)} == PRIVATE


def test_a_private_name_that_is_imported_is_noticed() -> None:
    tree = ast.parse("from msgu.world.people import _ties\nfrom msgu.world import __doc__\nfrom numpy import _core")
    assert list(private_imports(tree)) == ["_ties"]
