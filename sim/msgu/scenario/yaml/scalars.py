"""Characters that a file may hold, and what a plain scalar means: YAML 1.2 core rules, resolved here.

Spellings that YAML 1.1 and 1.2 read differently are refused: no reader of a file can be wrong about it.
"""

from __future__ import annotations

import math
import re
from typing import Final

from msgu.errors import Problem

Value = str | int | float | bool | None


# ---- characters ----

_UNSEEN: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What Unicode lets a reader not see: format and direction marks, joiners, fillers, tags, blank Braille, selectors of forms."""
_PICTURE: Final = (
    "\u00a9\u00ae\u203c\u2049\u2100-\u214f\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    "\u3297\u3299\U0001f000-\U0001faff"
)
"""Characters with a form as a picture: after one of them a selector says which, and a joiner makes one picture of two."""
FORBIDDEN: Final = re.compile(
    f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff{_UNSEEN}]|\r(?!\n)"
    f"|[\ufe0e\ufe0f](?<![{_PICTURE}].)(?!\u20e3)|\u200d(?:(?<![{_PICTURE}\ufe0f].)|(?![{_PICTURE}]))"
)
"""Characters that change meaning or hide text; joiners and selectors are let through inside a picture (an emoji) alone."""
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
_GROUPED: Final = re.compile(r"[-+]?([0-9][0-9_]*)(\.[0-9_]*)?([eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_EXACT: Final = 2**53
_MAYBE_SPECIAL: Final = frozenset("0123456789+-.~ntfyoNTFYO=")


class Refused(Exception):
    """A plain scalar that means different things to different readers: given, allowed, nearest."""


def scalar_value(text: str) -> Value:
    """Return what a plain scalar means under YAML 1.2 core rules; `2e3` is the whole number 2000.

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
    _refuse_other_forms(text)
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
    whole = "e" in text.lower() and abs(number) < _EXACT and number == int(number)
    return int(number) if whole else number


def _refuse_other_forms(text: str) -> None:
    """Refuse grouped digits, another radix than ten, and what is not finite."""
    if (grouped := _GROUPED.fullmatch(text)) and "_" in grouped[1]:
        raise Refused(f"`{text}` is a number to some readers and a word to others", "digits only", text.replace("_", ""))
    if _RADIX.fullmatch(text):
        near = str(int(text, 0)) if len(text) <= 40 else ""
        raise Refused(f"`{text}` is not a decimal number", "a decimal number, or a quoted text", near)
    if _NOT_FINITE.fullmatch(text):
        raise Refused(f"`{text}` is not a finite number", "a finite number", "")


def _strip_zeros(text: str) -> str:
    return re.sub(r"^([-+]?)0+(?=[0-9])", r"\1", text)
