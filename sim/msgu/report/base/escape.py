"""Texts made harmless: names and notes come from files that anybody may have written.

Escaping for HTML is the template's work; here go what no escaping removes: control characters, marks that turn the
direction of writing, and cells that a spreadsheet would take for a formula.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_KEPT = {"\u00ad", "\u200d"}
"""Soft hyphen and zero-width joiner: they change neither direction nor meaning, and emoji need the joiner."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def visible(text: object) -> str:
    """Return a text on one line in which every character that cannot be seen is written out, as ``<U+202E>``.

    No-break spaces stay as they are.
    """
    joined = re.sub(r"[ \t\n\r\f\v\x85\u2028\u2029]+", " ", str(text)).strip(" ")
    return "".join(_shown(c) for c in joined)


def _shown(c: str) -> str:
    if unicodedata.category(c) in _UNSEEN and c not in _KEPT:
        return f"<U+{ord(c):04X}>"
    return c


def clipped(text: object, length: int) -> str:
    """Return the visible text, cut with an ellipsis where it is longer than `length` characters."""
    shown = visible(text)
    return shown if len(shown) <= length else shown[: max(1, length - 1)].rstrip() + "…"


def cell(value: object) -> str:
    """Return a value as a CSV cell that no spreadsheet reads as a formula; numbers stay numbers."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    text = visible(value)
    return "'" + text if text.startswith(_FORMULA) else text


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV (UTF-8, comma, CRLF as RFC 4180 has it)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([cell(name) for name in head])
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()
