"""The text of a metric: ``peak_rate(topic=porte-ouverte, bin=1 s)`` is a name and arguments, and nothing else.

The text is read by a small grammar and never evaluated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

_NAME: Final = re.compile(r"\s*([a-z][a-z0-9_]*)\s*")
_VALUE: Final = re.compile(r'\s*(?:"([^"]*)"|([^\s,()="](?:[^,()="]*[^\s,()="])?))\s*')


class Argument(NamedTuple):
    """The text of an argument, its column in the metric's text, from 1, and that of its name."""

    text: str
    col: int
    name_col: int


@dataclass(frozen=True)
class Call:
    """A metric as written: its name and its arguments."""

    name: str
    arguments: dict[str, Argument]
    text: str


class MetricError(ValueError):
    """A metric that cannot be read: what was given, at which column of its text, what is allowed, nearest fix."""

    def __init__(self, given: str, allowed: str, nearest: str = "", col: int = 1) -> None:
        self.given, self.allowed, self.nearest, self.col = given, allowed, nearest, col
        super().__init__(f"column {col}: {given} - {allowed}" + (f" - {nearest}" if nearest else ""))


def parse(text: str) -> Call:
    """Read the text of a metric.

    Raises
    ------
    MetricError
        With the column where reading stopped.
    """
    named = _NAME.match(text)
    if named is None or text[named.end() : named.end() + 1] != "(":
        at = named.end() if named else 0
        raise MetricError(_given(text, at), "name(argument=value, ...)", _with_brackets(text), at + 1)
    arguments: dict[str, Argument] = {}
    at = named.end() + 1
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == ")" and (not arguments or text[:at].rstrip()[-1] != ","):
            break
        at = _argument(text, at, arguments)
        if text[at : at + 1] == ",":
            at += 1
        elif text[at : at + 1] != ")":
            raise MetricError(_given(text, at), "`,` or `)`", "", at + 1)
    if text[at + 1 :].strip():
        raise MetricError(_given(text, at + 1), "nothing after `)`", "", at + 2)
    return Call(named[1], arguments, text)


def _argument(text: str, at: int, arguments: dict[str, Argument]) -> int:
    named = _NAME.match(text, at)
    if named is None or text[named.end() : named.end() + 1] != "=":
        raise MetricError(_given(text, at), "argument=value", "", at + 1)
    if named[1] in arguments:
        raise MetricError(f"`{named[1]}` twice", "each argument once", "", at + 1)
    value = _VALUE.match(text, named.end() + 1)
    if value is None:
        raise MetricError(_given(text, named.end() + 1), f"a value for `{named[1]}`", "", named.end() + 2)
    group = 1 if value[1] is not None else 2
    arguments[named[1]] = Argument(value[group], value.start(group) + 1, named.start(1) + 1)
    return value.end()


def _skip(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at


def _given(text: str, at: int) -> str:
    return f"`{text[at : at + 30]}`" if text[at:].strip() else "the end of the text"


def _with_brackets(text: str) -> str:
    return f"{text.strip()}()" if re.fullmatch(r"\s*[a-z][a-z0-9_]*\s*", text) else ""
