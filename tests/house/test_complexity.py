"""No function branches more than a reader can follow; expressions count, which ruff's own gate leaves out."""

from __future__ import annotations

import pytest
from radon.complexity import cc_visit

from tests import PACKAGE

MOST = 15


def branching(text: str, most: int = MOST) -> dict[str, int]:
    """Return the complexity of each function and method of a module that is above `most`, by its name."""
    return {
        f"{b.classname}.{b.name}" if getattr(b, "classname", None) else b.name: b.complexity
        for b in cc_visit(text)
        if b.letter in "FM" and b.complexity > most
    }


def test_every_function_branches_at_most_fifteen_times() -> None:
    found = {
        f"{path.relative_to(PACKAGE)}:{name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for name in branching(path.read_text(encoding="utf-8"))
    }
    assert not found


@pytest.mark.parametrize(("arms", "found"), [(15, {}), (16, {"planted": 16})])
def test_expressions_count(arms: int, found: dict[str, int]) -> None:
    text = "def planted(x):\n    return " + " ".join("1 if x else" for _ in range(arms - 1)) + " 0\n"
    assert branching(text) == found
