"""Tables of people who are out within reach of dangers."""

from __future__ import annotations

from typing import Final

from msgu.results.columns import BIN, ZONE, Table, table

DANGER: Final = ("danger", "i2", "index", "Danger, as a row of `names['dangers']`, whose last stands for any of them.")

TABLES: Final[dict[str, Table]] = {
    "exposure": table(
        "people", "People who were out, within reach of an active danger, by bin; rows with any only.",
        BIN, ZONE, DANGER,
        ("place", "i1", "index", "Where they were, as a row of `names['places']`."),
        ("people", "i4", "persons", "People who were out in that zone, within reach at the end of the bin."),
        ("time", "f8", "s", "Time that all of them together were within reach during the bin."),
        full=True, optional=True,
    ),
    "exposed": table(
        "people", "People who were out and meet an active danger for the first time, by bin; rows with any only.",
        BIN, ZONE, DANGER,
        ("reached", "i4", "persons", "People who come within reach."),
        ("towards", "i4", "persons", "People who walk towards it."),
        ("held", "i4", "persons", "People who are within reach, held by a cordon or told to stay."),
        full=True, optional=True,
    ),
}  # fmt: skip
