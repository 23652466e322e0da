"""What is no YAML at all: a scanner's error in words."""

from __future__ import annotations

from typing import Any, Final

from msgu.errors import Problem
from msgu.scenario.yaml.nodes import shorten
from msgu.scenario.yaml.scalars import line_col

SYNTAX: Final = "YAML 1.2"
"""What is allowed where the text is no YAML at all; such a file is not looked at further."""

_KNOWN: Final = (
    (
        "mapping values are not allowed",
        "a second `: ` in one value",
        "quote the text when the colon belongs to it",
    ),
    (
        "could not find expected ':'",
        "a line that is not `key: value`",
        "add the colon, or indent the line under its key",
    ),
    ("cannot start any token", "a character that begins no value", "quote the text, and indent with spaces"),
    (
        "did not find expected key",
        "something else than a `key:` here",
        "check the indentation and the quotes of the line above",
    ),
    (
        "expected <block end>",
        "something else than a `key:` here",
        "check the indentation and the quotes of the line above",
    ),
    ("did not find expected '-' indicator", "something else than a `- item` here", "check the indentation"),
    (
        "did not find expected ',' or",
        "a list or mapping in brackets that is not closed",
        "add the comma or the bracket",
    ),
    ("unexpected end of stream", "a quote that is not closed", "add the closing quote"),
    ("found undefined tag handle", "a tag", "quote the text that begins with !"),
    (
        "unknown escape character",
        "an unknown escape in double quotes",
        "use single quotes, or double the backslash",
    ),
)


def syntax_problem(path: str, text: str, error: Any, shift: int) -> Problem:
    """Return a syntax error of the scanner as a problem, in words where the words are known."""
    line, col, here = _error_place(text, error)
    said = shorten(str(getattr(error, "problem", None) or getattr(error, "reason", "") or "not YAML"), 120)
    given, fix = next(((words, fix) for known, words, fix in _KNOWN if known in said), (f"not YAML: {said}", ""))
    before = here[: max(col, 1)]
    if "\t" in before and not before.split("\t")[0].strip():
        col, given, fix = before.find("\t") + 1, "a tab as indentation", "replace the tab by spaces"
    return Problem(path, line, col + (shift if line == 1 else 0), "", given, SYNTAX, fix)


def _error_place(text: str, error: Any) -> tuple[int, int, str]:
    """Return line and column of a scanner's error, within the text, and that line."""
    mark = getattr(error, "problem_mark", None)
    line, col = line_col(text, getattr(error, "position", 0))
    if mark is not None:
        line, col = mark.line + 1, mark.column + 1
    lines = text.split("\n")
    if line > len(lines):
        line, col = len(lines), len(lines[-1]) + 1
    here = lines[line - 1]
    return line, min(col, len(here) + 1), here
