"""Characters that a file may hold, and what a plain scalar means: YAML 1.2 core rules, resolved here.

Spellings that YAML 1.1 and 1.2 read differently are refused: no reader of a file can be wrong about it.
"""

from __future__ import annotations

import math
import re
from typing import Final

from sim.errors import Problem

Value = str | int | float | bool | None


# ---- characters ----

FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]|\r(?!\n)"
)
_NAMES: Final = {
    "\ufeff": ("a byte order mark", "UTF-8 without one", "save the file as UTF-8 without BOM"),
    "\r": ("a carriage return without line feed", "lines that end in LF or CR LF", "convert the line ends"),
    "\x00": ("a NUL character", "printable text", ""),
}


def decode(path: str, data: bytes) -> tuple[str, list[Problem]]:
    """Return the text of a file and what is wrong with its characters.

    Parameters
    ----------
    path
        Name for messages.
    data
        Content of the file.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        given = f"byte 0x{data[error.start]:02x} is not UTF-8"
        return "", [Problem(path, *line_col(before, len(before)), "", given, "UTF-8 text", "save the file as UTF-8")]
    return text, check_characters(path, text)


def check_characters(path: str, text: str) -> list[Problem]:
    """Return a problem for each of the first characters that would change meaning or hide text."""
    problems = []
    for match in FORBIDDEN.finditer(text):
        bad = match[0]
        given, allowed, fix = _NAMES.get(bad, (f"the invisible character U+{ord(bad):04X}", "printable text", "delete it"))
        problems.append(Problem(path, *line_col(text, match.start()), "", given, allowed, fix))
        if len(problems) == 20:
            break
    return problems


def line_col(text: str, index: int) -> tuple[int, int]:
    """Return line and column, from 1, of a position in a text."""
    return text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1


# ---- scalars ----

_INT: Final = re.compile(r"[-+]?[0-9]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_CONSTANTS: Final[dict[str, Value]] = {
    "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_OLD_TRUTH: Final = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_RADIX: Final = re.compile(r"[-+]?0(o[0-7]+|x[0-9a-fA-F]+|b[01]+)")
_GROUPED: Final = re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_MAYBE_SPECIAL: Final = frozenset("0123456789+-.~ntfyoNTFYO=")


class Refused(Exception):
    """A plain scalar that means different things to different readers: given, allowed, nearest."""


def scalar_value(text: str) -> Value:
    """Return what a plain scalar means under YAML 1.2 core rules.

    Raises
    ------
    Refused
        When YAML 1.1 would read it otherwise, or the number is not finite.
    """
    if not text or text[0] not in _MAYBE_SPECIAL:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text.lower() in _OLD_TRUTH:
        near = _OLD_TRUTH[text.lower()]
        raise Refused(
            f"`{text}` is a truth value to some readers and a word to others",
            f"{near}, or a quoted text",
            f'{near} or "{text}"',
        )
    if text[0] not in "0123456789+-.":
        return text
    return _number(text)


def _number(text: str) -> Value:
    if text.isdecimal() and text.isascii() and len(text) < 16 and (text[0] != "0" or text == "0"):
        return int(text)
    if _GROUPED.fullmatch(text):
        raise Refused(f"`{text}` is a number to some readers and a word to others", "digits only", text.replace("_", ""))
    if _RADIX.fullmatch(text):
        near = str(int(text, 0)) if len(text) <= 40 else ""
        raise Refused(f"`{text}` is not a decimal number", "a decimal number, or a quoted text", near)
    if _NOT_FINITE.fullmatch(text):
        raise Refused(f"`{text}` is not a finite number", "a finite number", "")
    if not _FLOAT.fullmatch(text):
        return text
    if len(text) > 40:
        raise Refused(f"a number of {len(text)} characters", "at most 40 characters", "")
    if re.match(r"[-+]?0[0-9]", text):
        raise Refused(
            f"`{text}` has leading zeros: octal to some readers",
            "a decimal number, or a quoted text",
            f'{_strip_zeros(text)} or "{text}"',
        )
    if _INT.fullmatch(text):
        return int(text)
    number = float(text)
    if not math.isfinite(number):
        raise Refused(f"`{text}` is too large for a number", "a finite number", "")
    return number


def _strip_zeros(text: str) -> str:
    return re.sub(r"^([-+]?)0+(?=[0-9])", r"\1", text)
