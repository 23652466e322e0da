"""Languages in which the program speaks."""

from __future__ import annotations

from typing import Literal

Lang = Literal["fr", "en"]
