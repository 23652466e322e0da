"""Keys and weights of mappings: hours of the day, quantiles of a law, relative weights that say something."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Final
from unicodedata import normalize

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from msgu.errors import Loc, SchemaProblem

Problem = tuple[Loc, str, str, str]

HOURS: Final = tuple(str(hour) for hour in range(24))
_HOUR: Final = re.compile(r"(0?[0-9]|1[0-9]|2[0-4])\s*(?:(?:[hH:]|heures?|hours?)(?:0?0(?::00)?)?)?", re.IGNORECASE)
_QUANTILE: Final = re.compile(r"(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE]-?[0-9]{1,2})?")
_NAMED: Final = {"min": "0", "minimum": "0", "median": "0.5", "mediane": "0.5", "max": "1", "maximum": "1"}


def _hour(key: object) -> object:
    """Refuse a key that is no hour of the day: it would be found by nobody."""
    if key in HOURS:
        return key
    text = str(key).strip()
    near = _HOUR.fullmatch(text)
    fix = f'"{int(near[1]) % 24}"' if near else ""
    raise SchemaProblem.here(f"the hour `{text[:40]}`", 'an hour of the day, from "0" to "23", without minutes', fix)


def _quantile(key: object) -> object:
    """Refuse a key that is no probability from 0 to 1."""
    text = str(key)
    if _QUANTILE.fullmatch(text) and 0 <= float(text) <= 1:
        return key
    allowed = 'a probability from "0" to "1"'
    raise SchemaProblem.here(f"the quantile `{text[:40]}`", allowed, _nearest_quantile(text))


def _nearest_quantile(text: str) -> str:
    word = text.strip().lower()
    bare = re.sub(r"\s*%$", "", word).removeprefix("p").replace(",", ".")
    if _NAMED.get(word):
        return f'"{_NAMED[word]}"'
    if not _QUANTILE.fullmatch(bare) or not 0 <= float(bare) <= 100:
        return ""
    share = float(bare) if float(bare) <= 1 and bare != word and "," in word else float(bare) / 100
    return f'"{share:.12g}"'


Hour = Annotated[
    str,
    BeforeValidator(_hour),
    WithJsonSchema({"type": "string", "x-unit": "hour", "x-forms": "hour, `0` to `23`", "pattern": "^(1?[0-9]|2[0-3])$"}),
]
"""A local hour of the day, `0` to `23`."""

Quantile = Annotated[
    str,
    BeforeValidator(_quantile),
    WithJsonSchema({"type": "string", "x-unit": "quantile", "x-forms": "probability, `0` to `1`"}),
]
"""A probability as a key."""


def quantile_problems(quantiles: Mapping[str, float]) -> list[Problem]:
    """Return what is wrong with the quantiles of a law taken together: location below them, given, allowed, nearest fix."""
    problems: list[Problem] = []
    by_share: dict[float, str] = {}
    for key in quantiles:
        first = by_share.setdefault(float(key), key)
        if first != key:
            problems.append(
                ((key, "[key]"), f"the quantile `{key}`, which is `{first}`", "each quantile once", "delete one")
            )
    problems += [
        ((), f"no quantile {end}", 'quantiles "0" and "1": the least and the greatest value', f'add "{end}":')
        for end in (0, 1)
        if end not in by_share
    ]
    shares = sorted(by_share)
    for below, above in pairwise(shares):
        less, more = by_share[below], by_share[above]
        if quantiles[less] > quantiles[more]:
            given = f"{quantiles[more]:g} s, after {quantiles[less]:g} s at `{less}`"
            problems.append(((more,), given, "values that do not fall from one quantile to the next", ""))
    return problems


def _weighted(weights: Mapping[str, float]) -> Mapping[str, float]:
    """Refuse relative weights that are all 0: nobody can say what is meant."""
    if weights and not sum(weights.values()) > 0:
        raise SchemaProblem.here("weights that are all 0", "at least one above 0", "")
    return weights


Weighted = AfterValidator(_weighted)
"""Relative weights: empty, or at least one above 0."""


def _spellings(variants: Mapping[str, float]) -> Mapping[str, float]:
    """Refuse two spellings that a reader, or the network itself, takes for one, and one that is empty."""
    seen: dict[str, str] = {}
    problems: list[Problem] = []
    for spelling in variants:
        plain = "".join(normalize("NFKC", normalize("NFKC", spelling).casefold()).split())
        first = seen.setdefault(plain, spelling)
        if not plain.strip("#"):
            problems.append(((spelling, "[key]"), f"the spelling `{spelling}`", "a spelling with letters", ""))
        elif first != spelling:
            given = f"the spelling `{spelling}`, the same as `{first}`"
            problems.append(((spelling, "[key]"), given, "each spelling once: case and composed accents do not count", ""))
    if problems:
        raise SchemaProblem(problems)
    return variants


Spellings = AfterValidator(_spellings)
"""Spellings of one hashtag, no two of which normalise to one."""


def _once(items: list[str]) -> list[str]:
    """Refuse a name that stands in a list twice."""
    again = [(i, item) for i, item in enumerate(items) if item in items[:i]]
    if again:
        raise SchemaProblem(
            [((i,), f"`{item}` a second time", "each name once", "delete one of the two") for i, item in again[:20]]
        )
    return items


Once = AfterValidator(_once)
"""A list of names, none of them twice."""
