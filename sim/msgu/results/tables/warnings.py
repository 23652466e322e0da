"""Tables of messages that ask for action."""

from __future__ import annotations

from typing import Final

from msgu.results.columns import BIN, ZONE, Column, Table, table

_MESSAGE = Column("message", "i1", "index", "Message, as a row of `names['messages']`.")
_GROUP = Column("group", "i1", "index", "People at home or people out, as a row of `names['groups']`.")

TABLES: Final[dict[str, Table]] = {
    "warned": table(
        "people", "Steps from a message to a belief by bin; rows with any only.",
        BIN, ZONE, _MESSAGE, _GROUP,
        ("heard", "i4", "persons", "People who receive the message, each once."),
        ("understood", "i4", "persons", "Of these who have read and understood it."),
        ("asked", "i4", "confirmations", "Confirmations sought face to face."),
        ("called", "i4", "confirmations", "Confirmations sought by a call."),
        ("read", "i4", "confirmations", "Confirmations sought online."),
        ("believed", "i4", "persons", "People who decide to heed the message, each once."),
        full=True, optional=True,
    ),
    "heeded": table(
        "people", "Actions that messages set off by bin; rows with any only.",
        BIN, ZONE, _MESSAGE, _GROUP,
        ("action", "i1", "index", "Action, as a row of `names['actions']`."),
        ("count", "i4", "persons", "People who act."),
        full=True, optional=True,
    ),
}  # fmt: skip
