"""Tables of worries and of what clears them."""

from __future__ import annotations

from typing import Final

from msgu.results.columns import BIN, Table, table

TABLES: Final[dict[str, Table]] = {
    "marks": table(
        "people", "People who marked themselves safe, by bin.",
        BIN,
        ("marks", "i4", "persons", "Marks in the bin."),
    ),
    "reassured": table(
        "people", "Worries cleared by bin and by what cleared them.",
        BIN,
        ("call", "i4", "ties", "By an answered call."),
        ("message", "i4", "ties", "By a message."),
        ("mark", "i4", "ties", "By a mark of Safety Check."),
        ("desk", "i4", "ties", "By a desk."),
        ("post", "i4", "ties", "By a post of the person worried about."),
    ),
    "hearsay": table(
        "people", "Worries cleared by word of another, and marks not made by oneself, by bin.",
        BIN,
        ("word", "i4", "ties", "Worries cleared by somebody else who worried about the same person."),
        ("friends", "i4", "persons", "Marks by a friend, among those of `marks`."),
        ("prompted", "i4", "persons", "Marks of who was asked by a contact, among those of `marks`."),
        optional=True,
    ),
    "worries": table(
        "people", "Worries about a tie that last and that never arose; rows with either only.",
        BIN,
        ("prevented", "i4", "ties", "Worries that never arose: the tie was known to be safe when the event became known."),
        ("still", "i4", "ties", "Worries that last at the end of the bin."),
        ("time", "f8", "s", "Time spent worrying in the bin, summed over ties."),
    ),
}  # fmt: skip
