"""Tables of cells, calls, messages and of who knows of the event."""

from __future__ import annotations

from typing import Final

from msgu.results.columns import BIN, ZONE, Table, table

TABLES: Final[dict[str, Table]] = {
    "cells": table(
        "calls", "Cells that were run, with the legs of the whole run, those of ordinary calls included.",
        ("cell", "i4", "index", "Number of the cell."), ZONE,
        ("channels", "i4", "channels", "Voice channels at the end."),
        ("weight", "f8", "cells", "Whole cells that it stands for at scale 1; one value for a zone."),
        ("busy", "i4", "channels", "Channels in use at the end."),
        ("offered", "i4", "legs", "Legs that asked for a channel."),
        ("lost", "i4", "legs", "Legs that found no free channel here."),
        ("lost_far", "i4", "legs", "Legs lost because the other end found none."),
        ("carried", "i4", "legs", "Legs that got a channel."),
        ("emergency", "i4", "calls", "Attempts to call an emergency number, among those offered."),
        ("emergency_lost", "i4", "calls", "Of these lost."),
        ("operator", "i1", "index", "Operator, as a row of `names['operators']`; -1 where all share the cell."),
    ),
    "calls": table(
        "calls", "Legs of calls by zone and bin, ordinary calls included; rows with offered legs only.",
        ZONE, BIN,
        ("offered", "i4", "legs", "Legs that asked for a channel."),
        ("lost", "i4", "legs", "Legs that found no free channel here."),
        ("lost_far", "i4", "legs", "Legs lost because the other end found none."),
        ("carried", "i4", "legs", "Legs that got a channel."),
    ),
    "traffic": table(
        "calls", "Calls and messages that the event caused, by bin and operator; ordinary ones not included.",
        BIN,
        ("operator", "i1", "index", "Operator of the caller, as a row of `names['operators']`."),
        ("attempts", "i4", "calls", "Call attempts, redials included."),
        ("carried", "i4", "calls", "Attempts that got through."),
        ("sms", "i4", "SMS", "Messages sent as SMS."),
        ("data", "i4", "messages", "Messages meant for the data channel."),
        ("fallback", "i4", "SMS", "Of these sent as SMS, because the data channel was too slow."),
    ),
    "awareness": table(
        "people", "People who know of the event at the end of the bin, by zone.",
        BIN, ZONE,
        ("aware", "i4", "persons", "People who know."),
    ),
    "groups": table(
        "calls", "Messages to a group, by bin.",
        BIN,
        ("written", "i4", "messages", "Messages sent."),
        ("read", "i4", "persons", "Readers of them, each as often as they read one."),
        optional=True,
    ),
    "barring": table(
        "calls", "Ordinary calls, redials included, that the dial `access` kept from asking for a channel, by zone and bin.",
        BIN, ZONE,
        ("barred", "i4", "calls", "Calls barred, in the cells that were run."),
        optional=True,
    ),
}  # fmt: skip
