"""The twin with a fault planted in its text."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path
from unittest.mock import patch

from tests import twin
from tests.twin.night import Twin

MODEL = (
    "night", "part", "protocol", "drivers", "social", "rumours", "trends", "phone", "ordinary", "worry", "people", "shelter",
    "desks", "warnings", "times",
)  # fmt: skip
"""Modules that say what happens in a night."""


def texts() -> dict[str, str]:
    """Text of each of these modules."""
    return {name: (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8") for name in MODEL}


def occurrences(piece: str) -> int:
    """How often a piece of text stands in these modules."""
    return sum(text.count(piece) for text in texts().values())


def with_fault(old: str, new: str) -> type[Twin]:
    """Copy of the twin in which one piece of its text, which occurs once in all of it, is replaced.

    Its modules are run anew, so that the twin itself stays as it is.
    """
    assert occurrences(old) == 1, f"{old!r} must occur once"
    (name,) = (name for name, text in texts().items() if old in text)
    module = types.ModuleType(f"{twin.__name__}.{name}")
    with patch.dict(sys.modules), patch.dict(vars(twin)):
        for model in MODEL:
            sys.modules.pop(f"{twin.__name__}.{model}", None)
        sys.modules[module.__name__] = module
        exec(compile(texts()[name].replace(old, new), f"twin with {new}", "exec"), module.__dict__)  # noqa: S102
        found: type[Twin] = importlib.import_module(f"{twin.__name__}.night").Twin
    return found
