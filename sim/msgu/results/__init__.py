"""What a run returns and keeps."""

from __future__ import annotations

from msgu.results.columns import LAYERS, OPTIONAL, TABLES, Column, Table
from msgu.results.night import Columns, Results, combine, conform, fingerprint
from msgu.results.record import Identity, Record, load, read_record, save

__all__ = [
    "LAYERS",
    "OPTIONAL",
    "TABLES",
    "Column",
    "Columns",
    "Identity",
    "Record",
    "Results",
    "Table",
    "combine",
    "conform",
    "fingerprint",
    "load",
    "read_record",
    "save",
]
