"""Texts, lists, numbers and durations as French and English write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgu.lang import Lang


def spoken(table: Mapping[str, tuple[str, str]], lang: Lang, key: str, **blanks: object) -> str:
    """Return a text of a table (French, English) with its blanks filled; French gets its no-break spaces.

    `n` chooses between one and many where a bar parts them.
    """
    text = table[key][0 if lang == "fr" else 1]
    if "|" in text and "n" in blanks:
        one, many = text.split("|")
        n = blanks["n"]
        few = n in (0, 1) if lang == "fr" else n == 1
        text = one if few else many
    if lang == "fr":
        text = unbroken(text)
    return text.format(**blanks) if blanks else text


def unbroken(text: str) -> str:
    """Return French text with no-break spaces where its signs want them."""
    return re.sub(r" (?=[;:!?»%×])|(?<=«) ", "\u00a0", text)


def listed(parts: Iterable[str], lang: Lang) -> str:
    """Return phrases one after another, between semicolons."""
    return ("\u00a0; " if lang == "fr" else "; ").join(parts)


def number(value: float, lang: Lang, digits: int = 3) -> str:
    """Return a number as a reader of the language writes it, with so many significant digits; whole above 1,000."""
    import math

    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    text = f"{round(value, places):,.{max(0, places)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if lang == "fr":
        text = text.replace(",", "\u202f").replace(".", ",")
    return text


def exact(value: float, lang: Lang) -> str:
    """Return a number as reported: every digit of a whole number, six of another."""
    return number(value, lang, 15 if float(value).is_integer() else 6)


def duration(seconds: float, lang: Lang) -> str:
    """Return a duration in words: `2 min`, `1 h 30 min`, `90 s`."""
    minutes = seconds / 60
    if seconds < 60 or not minutes.is_integer():
        return f"{number(seconds, lang)} s"
    hours, rest = divmod(int(minutes), 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)
