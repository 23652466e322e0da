"""The scenarios, policies and ledgers that come with the program.

A wheel carries them as ``msgu/examples``; a checkout has them in its folder ``scenarios``.
A bare name, without folder or ending, is a file of the working folder where there is one, and else an example.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Final

PARIS: Final = "paris-2015-11-13"
"""The example that a command reads where no scenario is named."""


@cache
def folder() -> Path:
    """Return the folder of the examples."""
    package = Path(__file__).resolve().parents[1]
    carried = package / "examples"
    return carried if carried.is_dir() else package.parents[1] / "scenarios"


@cache
def scenarios() -> dict[str, str]:
    """Return the path of each example by its name: the name of its file, without folder and ending."""
    return {path.stem: str(path) for path in sorted([*folder().glob("*.yaml"), *folder().glob("degenerate/*.yaml")])}


@cache
def policies() -> dict[str, str]:
    """Return the path of each policy that comes with the program, by its name."""
    return {path.stem: str(path) for path in sorted(folder().glob("policies/*.yaml"))}


def is_name(text: str) -> bool:
    """Return whether a text is a bare name rather than the path of a file."""
    return not text.endswith((".yaml", ".yml")) and "/" not in text and os.sep not in text


def scenario_path(given: str) -> str:
    """Return the path of a scenario: that given, or for a bare name ``NAME.yaml`` of the working folder or an example.

    What is neither file nor example is returned as given.
    """
    if not given or not is_name(given) or os.path.isfile(given):
        return given
    return f"{given}.yaml" if os.path.isfile(f"{given}.yaml") else scenarios().get(given, given)
