"""A ledger of reported figures on its own: a file such as ``evidence/paris-2015-11-13.yaml`` without its scenario."""

from __future__ import annotations

from msgu.scenario.files import Reader, read_whole
from msgu.scenario.schema.evidence import Evidence
from msgu.scenario.schema.root import Scenario
from msgu.scenario.yaml.nodes import Mapping, Node, Scalar, Sequence, Spot
from msgu.units import parse_instant

_KEYS = frozenset(Evidence.model_fields)
_NO_DATE = "2000-01-01T00:00:00Z"


def is_ledger(path: str) -> bool:
    """Return whether a file holds a ledger and nothing else, by its keys."""
    tree = Reader(path).scenario()
    return tree is not None and bool(tree.values) and set(tree.values) <= _KEYS


def read_ledger(path: str) -> Scenario:
    """Read a ledger as the evidence of a scenario that has nothing else and starts with its first window.

    Raises
    ------
    InputError
        With every problem found.
    """
    return read_whole(path, Scenario, _wrapped)[0]


def _wrapped(tree: Mapping) -> Mapping:
    """Return a scenario round a ledger; its own keys stand nowhere in the file."""
    spot = Spot(tree.spot.path, 1, 1)
    whole = Mapping(spot)
    title = Mapping(spot)
    for lang in ("fr", "en"):
        title.put(lang, spot, Scalar(spot, "-", False, "-"))
    whole.put("msgu", spot, Scalar(spot, "1", True, 1))
    whole.put("id", spot, Scalar(spot, "ledger", True, "ledger"))
    whole.put("title", spot, title)
    whole.put("start", spot, Scalar(spot, _first(tree), False, _first(tree)))
    whole.put("horizon", spot, Scalar(spot, "1 d", False, "1 d"))
    whole.put("evidence", spot, tree)
    return whole


def _first(tree: Mapping) -> str:
    """Return the earliest date that a window begins with, as written."""
    found = []
    figures = tree.values.get("figures")
    for figure in figures.values.values() if isinstance(figures, Mapping) else ():
        window: Node | None = figure.values.get("window") if isinstance(figure, Mapping) else None
        if isinstance(window, Sequence) and window.items and isinstance(window.items[0], Scalar):
            try:
                found.append((parse_instant(window.items[0].value), str(window.items[0].value)))
            except ValueError:
                continue
    return min(found)[1] if found else _NO_DATE
