"""Tests, a folder for each kind; and where the files lie that they read."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = ROOT / "sim" / "msgu"
SCENARIOS: Final = ROOT / "scenarios"
TOY: Final = SCENARIOS / "toy.yaml"
