"""Table of the raw event log."""

from __future__ import annotations

from typing import Final

from msgu.results.columns import TIME, Table, table

TABLES: Final[dict[str, Table]] = {
    "event_log": table(
        "summary", "The raw event log, where the scenario asks for it.",
        TIME,
        ("code", "i1", "code", "What happened."),
        ("who", "i8", "index", "To whom."),
        ("nth", "i8", "1", "Which one of theirs."),
        ("a", "i8", "1", "First detail."),
        ("b", "i8", "1", "Second detail."),
        optional=True,
    ),
}  # fmt: skip
