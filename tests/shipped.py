"""What is shipped, read once for all tests of a process; scenarios are frozen."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from msgu.scenario.load import Resolved, resolve
from msgu.scenario.schema.root import Scenario

from tests import SCENARIOS

PARIS: Final = SCENARIOS / "paris-2015-11-13.yaml"


@cache
def resolved(path: Path, *policies: str | Path) -> Resolved:
    """Return a scenario with policies over it, and where everything comes from."""
    return resolve(path, policies)


def loaded(path: Path, *policies: str | Path) -> Scenario:
    """Return a scenario with policies over it."""
    return resolved(path, *policies).scenario
