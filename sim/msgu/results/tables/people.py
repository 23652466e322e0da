"""Tables of the people who are out."""

from __future__ import annotations

from typing import Final

from msgu.results.columns import BIN, ZONE, Table, table

TABLES: Final[dict[str, Table]] = {
    "people": table(
        "people", "People out by state at the end of the bin; rows with people only.",
        BIN, ZONE,
        ("state", "i1", "index", "State, as a row of `names['states']`."),
        ("count", "i4", "persons", "People in that state in that zone."),
        full=True,
    ),
    "moves": table(
        "people", "Changes of state of people out by bin; rows with changes only.",
        BIN, ZONE,
        ("state", "i1", "index", "State entered, as a row of `names['states']`."),
        ("entered", "i4", "persons", "Changes into that state of people who were out in that zone."),
        full=True,
    ),
}  # fmt: skip
