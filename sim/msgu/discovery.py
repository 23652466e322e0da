"""Modules found by their folder, so that a phenomenon brings its own without being named in a list."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType


def modules_of(package: str, first: Sequence[str]) -> list[ModuleType]:
    """Import every module of a package: those of `first` in that order, which something depends on, then the rest by name.

    Raises
    ------
    ModuleNotFoundError
        A module of `first` that is not there.
    """
    found = {module.name for module in pkgutil.iter_modules(import_module(package).__path__)}
    return [import_module(f"{package}.{name}") for name in (*first, *sorted(found - set(first)))]
