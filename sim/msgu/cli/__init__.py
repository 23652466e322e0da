"""The command `msgu`: parses words, calls the rooms, says what happened."""

from __future__ import annotations

from msgu.cli.entry import main

__all__ = ["main"]
