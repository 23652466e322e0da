"""The command `msgu`: read its words, call `msgu.api`, print what happened."""

from __future__ import annotations

from msgu.cli.entry import main

__all__ = ["main"]
