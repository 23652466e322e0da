"""Units of reported figures: what a metric is measured in, and what a figure's own unit is of that.

A figure may be reported in another unit of the same kind: tweets a minute for posts a second, per cent for a share.
It is then converted, and everything that judges it, and every page that shows it beside a night, has the metric's unit.
The noun is free: posts, tweets, uses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final, NamedTuple

from msgu.scenario.schema.evidence import Figure
from msgu.units import DURATION

_SPANS: Final = {**DURATION.aliases, **{unit: unit for unit in DURATION.units}}
_SPAN: Final = "|".join(sorted(map(re.escape, _SPANS), key=len, reverse=True))
_MANY: Final = {
    "hundred": 10**2, "hundreds": 10**2, "k": 10**3, "thousand": 10**3, "thousands": 10**3, "millier": 10**3,
    "milliers": 10**3, "million": 10**6, "millions": 10**6, "billion": 10**9, "billions": 10**9, "milliard": 10**9,
    "milliards": 10**9,
}  # fmt: skip
_PREFIX: Final = re.compile(rf"({'|'.join(_MANY)})(?:\s+(?:of\s+|de\s+|d')?|$)(.*)", re.IGNORECASE)
_RATE: Final = re.compile(rf"(.*?)\s*(?:/|\bper\b|\bpar\b)\s*({_SPAN})", re.IGNORECASE)
_STAY: Final = re.compile(
    rf"(?:accounts?|persons?|people|comptes?|personnes?|famil(?:y|ies)|familles?|ties|worry|worries)?[\s·*×-]*({_SPAN})",
    re.IGNORECASE,
)
_SHARE: Final = re.compile(r"(?:share|ratio|fraction|proportion|part|taux|rate)\b[^/%0-9]*|1", re.IGNORECASE)
_PERCENT: Final = re.compile(r"(?:%|percent|per cent|pour cent)(?:\s[^/%0-9]*)?", re.IGNORECASE)
_TIMES: Final = re.compile(r"(?:ratio|x|×|times|fois|factor)\b[^/%0-9]*|1|\w+ (?:per|par) \w+", re.IGNORECASE)
_RANK: Final = re.compile(r"(?:rank|rang|place)\b[^/%0-9]*|1", re.IGNORECASE)
_NOUN: Final = re.compile(
    r"1|(?!(?:share|ratio|rate|rank|rang|taux|part|fraction|proportion)\b)[^/%0-9]*[^\W\d][^/%0-9]*", re.IGNORECASE
)
_COUNTED: Final = re.compile(rf"(?!(?:{_SPAN})$)(?:{_NOUN.pattern})", re.IGNORECASE)

ALLOWED: Final = {
    "rate": "a number in a time: `{unit}`, or any noun with `/s`, `/min`, `/h` or `/d`",
    "count": "a noun, such as `{unit}`; `thousand` or `million` may stand before it",
    "share": "`share`, from 0 to 1, or `%`",
    "span": "`s`, `min`, `h` or `d`",
    "stay": "`{unit}`, or min or days instead of hours",
    "times": "`{unit}`, or `%`",
    "rank": "`rank`",
}
"""What may stand for each kind of unit."""


class Unit(NamedTuple):
    """A unit as read: its kind, its size in the metric's unit of that kind, and its noun."""

    kind: str
    size: Fraction
    noun: str = ""


def kind_of(unit: str) -> str:
    """Return the kind of a metric's own unit: one of the keys of `ALLOWED`."""
    if unit in ("share", "rank"):
        return unit
    if unit == "s":
        return "span"
    if unit.endswith(" hours"):
        return "stay"
    if "/" in unit:
        return "rate"
    return "times" if unit == "ratio" else "count"


def read_unit(text: str, unit: str) -> Unit | None:
    """Read the unit of a figure whose metric has `unit`; None where it is of another kind."""
    kind, text = kind_of(unit), " ".join(text.split())
    size = Fraction(1)
    if kind in ("count", "rate") and (many := _PREFIX.fullmatch(text)):
        size, text = Fraction(_MANY[many[1].lower()]), many[2] or ("posts/s" if kind == "rate" else "1")
    if kind in ("share", "times") and _PERCENT.fullmatch(text):
        return Unit(kind, Fraction(1, 100))
    return _READ[kind](kind, text, size)


_Reader = Callable[[str, str, Fraction], Unit | None]


def _plain(pattern: re.Pattern[str]) -> _Reader:
    return lambda kind, text, size: Unit(kind, size, text) if pattern.fullmatch(text) else None


def _timed(pattern: re.Pattern[str], one: int, power: int) -> _Reader:
    """Return a reader of units with a time in them: `power` 1 for a time, -1 for a rate; `one` [s] has the size 1."""

    def read(kind: str, text: str, size: Fraction) -> Unit | None:
        found = pattern.fullmatch(text)
        if found is None or (kind == "rate" and not _NOUN.fullmatch(found[1] or "1")):
            return None
        span = DURATION.units[_SPANS[found[pattern.groups].lower()]] / one
        return Unit(kind, size * span**power, found[1] if kind == "rate" else "")

    return read


_READ: Final[dict[str, _Reader]] = {
    "count": _plain(_COUNTED), "rate": _timed(_RATE, 1, -1), "share": _plain(_SHARE), "times": _plain(_TIMES),
    "rank": _plain(_RANK), "span": _timed(re.compile(f"({_SPAN})", re.IGNORECASE), 1, 1), "stay": _timed(_STAY, 3600, 1),
}  # fmt: skip


def wrong_unit(written: str, given: bool, metric: str, unit: str) -> tuple[str, str, str]:
    """Return what is wrong with a written unit of a metric in `unit`, which cannot be read: given, allowed, nearest fix."""
    what = f"`{written}`" if given else "no unit"
    return f"{what} for {metric}, which is in {unit}", ALLOWED[kind_of(unit)].format(unit=unit), f"unit: {unit}"


def converted(figure: Figure, unit: str) -> Figure:
    """Return a figure in its metric's unit; as it is where it already is, or where its unit cannot be read."""
    own = read_unit(figure.unit, unit)
    if own is None or own.size == 1:
        return figure
    ends = {name: getattr(figure, name) for name in ("value", "low", "high")}
    changed = {name: float(Fraction(end) * own.size) for name, end in ends.items() if end is not None}
    noun = f"{own.noun}/{unit.rpartition('/')[2]}" if own.kind == "rate" and own.noun else own.noun or unit
    return figure.model_copy(update={**changed, "unit": unit if own.noun == "1" else noun})
