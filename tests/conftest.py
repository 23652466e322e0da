"""Sizes of the tests: reduced by default, full with `--full` (`make verify`); both are printed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

HERE = Path(__file__).parent

SIZES: dict[str, tuple[int, int]] = {
    "mutated scenarios": (100, 500),
    "traps": (150, 2000),
    "twin scenarios": (20, 240),
    "loss systems for each holding law": (8, 40),
    "generated scenarios of conservation": (20, 1000),
    "generated cities": (40, 1000),
    "generated towns": (40, 400),
    "absurd scenarios": (30, 30),
    "truths recovered by calibration": (12, 200),
}
"""What is counted: reduced size, full size."""

KINDS = ("process", "twin", "invariants", "theory", "data", "page", "house", "unit")
"""Folders of the tests, each of them a marker too (`docs/concepts/tests.md` says what belongs where).

They run in this order: what waits for processes first, so that others run meanwhile; what is short last, so that the
processes of the tests end together.
"""


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers of the kinds."""
    for kind in KINDS:
        config.addinivalue_line("markers", f"{kind}: what lies in tests/{kind}")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--full`."""
    parser.addoption("--full", action="store_true", help="run the full figures instead of the reduced sizes")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Print the sizes."""
    full = _full(config)
    rows = [f"{what}: {sizes[full]} ({'of' if not full else 'reduced'} {sizes[not full]})" for what, sizes in SIZES.items()]
    return ["sizes: " + ("full" if full else "reduced"), *rows]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test of generated towns the number of each."""
    if "generated_town" in metafunc.fixturenames:
        metafunc.parametrize("generated_town", range(SIZES["generated towns"][_full(metafunc.config)]))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test with its kind, order them by it, and leave out what is meaningful at full size only."""
    for item in items:
        item.add_marker(_kind(item))
    items.sort(key=lambda item: KINDS.index(_kind(item)))
    if not _full(config):
        config.hook.pytest_deselected(items=[item for item in items if "full" in item.keywords])
        items[:] = [item for item in items if "full" not in item.keywords]


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether the full figures are run."""
    return _full(request.config)


@pytest.fixture(scope="session")
def size(full: bool) -> dict[str, int]:
    """Sizes of this run by what is counted."""
    return {what: sizes[full] for what, sizes in SIZES.items()}


def _kind(item: pytest.Item) -> str:
    """Folder of a test."""
    return item.path.relative_to(HERE).parts[0]


def _full(config: pytest.Config) -> bool:
    return bool(config.getoption("--full")) or os.environ.get("MSGU_FULL") == "1"
