"""Sentences of the page of a comparison: levels, differences, intervals and titles in words."""

from __future__ import annotations

import math

from msgu.lang import Lang
from msgu.report.base.escape import visible
from msgu.report.base.wording import number
from msgu.report.comparison.texts import say
from msgu.study.comparison.found import Comparison, EffectRow
from msgu.study.comparison.outcomes import Outcome
from msgu.study.comparison.paired import Interval


def verdict_words(verdict: str, lang: Lang) -> str:
    """Return a verdict in words."""
    return say(lang, f"verdict.{verdict}")


def level_of(value: float, outcome: Outcome, lang: Lang) -> str:
    """Return a level of an outcome with its unit, for instance `12 %`."""
    unit = outcome.unit and f"\u00a0{outcome.unit}"
    return number(value, lang) + (unit if math.isfinite(value) else "")


def zone_words(o: Outcome, lang: Lang) -> str:
    """Return an indifference zone with its unit; shares differ by points."""
    return number(o.matters, lang) + (f"\u00a0{_difference_unit(o, o.matters, lang)}" if o.unit else "")


def _difference_unit(o: Outcome, value: float, lang: Lang) -> str:
    if o.unit != "%":
        return o.unit
    one = abs(value) < 2 if lang == "fr" else abs(value) == 1
    return say(lang, "point" if one else "points")


def amount(value: float, outcome: Outcome, lang: Lang) -> str:
    """Return a difference with its sign and unit; shares differ by points."""
    if not math.isfinite(value):
        return "–"
    value = resolved(value, outcome)
    unit = _difference_unit(outcome, value, lang)
    return signed(value, lang) + (f"\u00a0{unit}" if unit else "")


def resolved(value: float, outcome: Outcome) -> float:
    """Return a difference, or 0 where it is below a hundredth of what matters."""
    return value if abs(value) >= outcome.matters / 100 else 0.0


def _signed(value: float, outcome: Outcome, lang: Lang) -> str:
    return signed(resolved(value, outcome), lang)


def signed(value: float, lang: Lang) -> str:
    """Return a number with its sign, a true minus included; zero has none."""
    text = number(abs(value), lang)
    if text == "0":
        return "0"
    return ("+" if value > 0 else "\u2212") + text


def between(interval: Interval, outcome: Outcome, lang: Lang) -> str:
    """Return an interval with the level that it has."""
    if not math.isfinite(interval.low):
        return "–"
    ends = say(lang, "between", low=_signed(interval.low, outcome, lang), high=_signed(interval.high, outcome, lang))
    return f"{ends}, {level_words(interval, lang)}"


def level_words(interval: Interval, lang: Lang) -> str:
    """Return the level of an interval in words: never 95 % where that is not assured."""
    if not math.isfinite(interval.level):
        return say(lang, "level.none")
    key = "level.least" if interval.at_least else "level"
    return say(lang, key, level=number(math.floor(1000 * interval.level + 1e-9) / 10, lang))


def quoted(found: Comparison, name: str, lang: Lang) -> str:
    """Return the title of a choice between quotation marks."""
    title = visible(next(choice.title(lang) for choice in found.plan.choices if choice.id == name))
    return f"«\u00a0{title}\u00a0»" if lang == "fr" else f"“{title}”"


def size(row: EffectRow, o: Outcome, lang: Lang) -> str:
    """Return the size of an effect: a value, or where nothing reported constrains the outcome the ends of its interval."""
    e = row.effect
    if o.constrained or row.verdict == "identical" or not math.isfinite(e.interval.low):
        return amount(e.estimate, o, lang)
    return say(lang, "between", low=_signed(e.interval.low, o, lang), high=amount(e.interval.high, o, lang))
