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
        ("known", "f8", "s", "When the writer knows the news; may lie after the horizon, infinite while a search goes on."),
        ("closed", "i1", "code", "1 where a closing notice was written."),
        ("relays", "i4", "posts", "Copies by the relay accounts."),
        ("stale", "i4", "posts", "Of these after the news was known."),
    ),
    "searches": table(
        "people", "Searches for missing persons in the order in which they began, where the scenario has them.",
        TIME,
        ("outcome", "i1", "code", "0 found, 1 in hospital, 2 dead."),
        ("over", "f8", "s", "When the family knows; infinite where it does not by the horizon."),
        ("way", "i1", "code", "0 sign of life, 1 at a hospital, 2 by the call centre, 3 told by the authorities, -1 not yet."),
        ("visits", "i4", "visits", "Hospitals asked on the spot, again and again."),
        ("calls", "i4", "calls", "Calls to the call centre, redials not counted."),
        ("answered", "i4", "calls", "Of these answered in the end."),
        full=True, optional=True,
    ),
}  # fmt: skip
