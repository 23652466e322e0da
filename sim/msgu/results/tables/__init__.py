"""Every table that a run may keep: each module here declares those of one phenomenon, under `TABLES`.

A new phenomenon declares its tables in a module of its own, which is found here; nothing else has to name it.
"""

from __future__ import annotations

from typing import Final

from msgu.discovery import modules_of
from msgu.results.columns import LAYERS, Table

_FIRST: Final = ("social", "phone", "people", "shelter", "desks", "missing", "reassurance", "log")
"""Fingerprints cover the tables in this order, so it stays as it is; other modules follow by name."""


def _declared() -> dict[str, Table]:
    """Tables of all modules, by layer; `ValueError` for a name that is declared twice or an unknown layer."""
    found: dict[str, Table] = {}
    for module in modules_of(__name__, _FIRST):
        tables: dict[str, Table] = module.TABLES
        if again := sorted(found.keys() & tables.keys()):
            raise ValueError(f"{module.__name__}: tables {again} are declared elsewhere too")
        found |= tables
    return dict(sorted(found.items(), key=lambda item: LAYERS.index(item[1].layer)))


TABLES: Final = _declared()
"""Name -> table, by layer of the fingerprint."""
OPTIONAL: Final = frozenset(name for name, declared in TABLES.items() if declared.optional)
"""Tables that are kept only where the scenario asks for them."""
