"""A sensitivity study as a table: one row for each point, safe to open in a spreadsheet."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

from msgu.report.base.escape import csv_text
from msgu.results.files import replace_files
from msgu.study.sensitivity.run import Explored

TABLE: Final = "sensitivity.csv"


def write_table(found: Explored, folder: Path) -> Path:
    """Write ``sensitivity.csv``: values of the parameters, of every alternative, and which is best."""
    e = found.exploration
    units = [f"{dial.name} [{dial.unit}]" if dial.unit else dial.name for dial in e.dials]
    head = ("point", *units, *found.values, "best")
    rows = []
    for i, point in enumerate(e.points):
        settings = [dial.value(float(x)) for dial, x in zip(e.dials, point, strict=True)]
        values = [float(column[i]) if math.isfinite(column[i]) else "" for column in found.values.values()]
        rows.append((i, *settings, *values, found.ranking.best[i]))
    return replace_files(folder, {TABLE: b"\xef\xbb\xbf" + csv_text(head, rows).encode()})[0]
