"""Languages of the program."""

from __future__ import annotations

from typing import Literal

Lang = Literal["fr", "en"]
