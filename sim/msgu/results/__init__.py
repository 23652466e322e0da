"""What a run returns and keeps."""

from __future__ import annotations

from msgu.results.columns import LAYERS, Column, Table
from msgu.results.record import Identity, RecordFacts, load, read_record, save
from msgu.results.replication import Columns, Results, combine, conform, fingerprint
from msgu.results.tables import OPTIONAL, TABLES

__all__ = [
    "LAYERS",
    "OPTIONAL",
    "TABLES",
    "Column",
    "Columns",
    "Identity",
    "RecordFacts",
    "Results",
    "Table",
    "combine",
    "conform",
    "fingerprint",
    "load",
    "read_record",
    "save",
]
