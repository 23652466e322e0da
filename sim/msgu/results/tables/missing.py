"""Table of the notices for missing persons."""

from __future__ import annotations

from typing import Final

from msgu.results.columns import TIME, Table, table

TABLES: Final[dict[str, Table]] = {
    "missing": table(
        "posts", "Notices for missing persons in the order in which they were written.",
        TIME,
        ("author", "i4", "index", "Account that wrote it."),
        ("post", "i4", "row", "Its post."),
        ("outcome", "i1", "code", "0 found, 1 in hospital, 2 dead."),
        ("known", "f8", "s", "When the news is known to who wrote it; may lie after the horizon."),
        ("closed", "i1", "code", "1 where a closing notice was written."),
        ("relays", "i4", "posts", "Copies by the relay accounts."),
        ("stale", "i4", "posts", "Of these after the news was known."),
    ),
}  # fmt: skip
