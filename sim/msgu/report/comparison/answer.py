"""The answer of a comparison in three sentences, and the best alternative for each outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgu.lang import Lang
from msgu.report.base.escape import visible
from msgu.report.base.wording import listed, number
from msgu.report.comparison.phrases import between, level_words, quoted, size, zone_words
from msgu.report.comparison.texts import say
from msgu.study.comparison.found import Comparison, EffectRow
from msgu.study.comparison.outcomes import Outcome
from msgu.study.comparison.robustness import leader

SAID: Final = 3
"""Outcomes that the answer names beside the first, and those that it says a measure makes worse."""


def answer(found: Comparison, lang: Lang) -> list[str]:
    """Return three sentences: what helps, at what price, how sure."""
    return [_best(found, lang), _price(found, lang), _sure(found, lang)]


def _best(found: Comparison, lang: Lang) -> str:
    plan = found.plan
    main = plan.outcome(plan.select.metric) if plan.select else plan.outcomes[0]
    also = _elsewhere(found, main, lang)
    rows = [row for row in found.rows if row.outcome == main.id]
    if rows and all(row.verdict == "no value" for row in rows):
        return say(lang, "best.empty", n=len(plan.alternatives), outcome=visible(main.title(lang))) + also
    if rows and all(row.verdict in ("too few nights", "no value") for row in rows):
        return say(lang, "best.few", n=len(plan.alternatives), outcome=visible(main.title(lang))) + also
    first = leader(found, main.id)
    if first is None:
        return say(lang, "best.none", n=len(plan.alternatives), outcome=visible(main.title(lang))) + also
    told = say(
        lang, "told", effect=size(first, main, lang), interval=interval_of(first, main, lang),
        helps=first.effect.helps, n=first.effect.nights,
    )  # fmt: skip
    helping = sum(row.verdict == "better" for row in rows)
    key = "best.one" if helping == 1 else "best.many"
    name = quoted(found, first.alternative, lang)
    return say(lang, key, outcome=visible(main.title(lang)), n=helping, measures=name, told=told) + also


def _elsewhere(found: Comparison, main: Outcome, lang: Lang) -> str:
    """Tell the largest help with each other outcome, at most three."""
    parts: list[str] = []
    for o in found.plan.outcomes:
        top = leader(found, o.id)
        if o is main or top is None or len(parts) == SAID:
            continue
        parts.append(_one(found, top, "also.one", lang))
    return say(lang, "best.also", list=listed(parts, lang)) if parts else ""


def _one(found: Comparison, row: EffectRow, key: str, lang: Lang) -> str:
    o = found.plan.outcome(row.outcome)
    effect = size(row, o, lang)
    return say(lang, key, measure=quoted(found, row.alternative, lang), outcome=visible(o.title(lang)), effect=effect)


def most(found: Comparison, o: Outcome, lang: Lang) -> tuple[str, str, str, str]:
    """Return an outcome, the measure that helps most with it, its effect, and in how many of its nights it helps."""
    row, title = leader(found, o.id), visible(o.title(lang))
    if row is None:
        rows = [one for one in found.rows if one.outcome == o.id]
        told = next((v for v in ("too few nights", "no value") if any(one.verdict == v for one in rows)), "")
        return title, say(lang, f"stand.{told}" if told else "read.none"), "", ""
    helps = say(lang, "of", k=row.effect.helps, n=row.effect.nights)
    name = visible(next(choice.title(lang) for choice in found.plan.choices if choice.id == row.alternative))
    return title, name, size(row, o, lang), helps


def _price(found: Comparison, lang: Lang) -> str:
    worse = [row for row in found.rows if row.verdict == "worse"]
    if not worse:
        return say(lang, "price.none", n=len(found.plan.outcomes))
    dearest = [max(rows, key=lambda row: abs(row.effect.estimate)) for rows in _by_outcome(found, worse)][:SAID]
    told = [_one(found, row, "price.one", lang) for row in dearest]
    if len(worse) > len(dearest):
        told.append(say(lang, "price.more", n=len(worse) - len(dearest)))
    return say(lang, "price.some", list=listed(told, lang))


def _by_outcome(found: Comparison, rows: Sequence[EffectRow]) -> list[list[EffectRow]]:
    groups = [[row for row in rows if row.outcome == o.id] for o in found.plan.outcomes]
    return [group for group in groups if group]


def _sure(found: Comparison, lang: Lang) -> str:
    free = sum(not o.constrained for o in found.plan.outcomes)
    return say(lang, "sure", nights=found.nights, open=free, n=len(found.plan.outcomes))


def selected(found: Comparison, lang: Lang) -> str:
    """Return where the selection of the best stands; nothing where none was asked for."""
    s, asked = found.selected, found.plan.select
    if s is None or asked is None:
        return ""
    metric = found.plan.outcome(asked.metric)
    if not s.best:
        told = say(lang, "selecting", metric=visible(metric.title(lang)), nights=s.nights, alive=", ".join(s.alive))
        return told + _empty(s.empty, lang)
    return say(
        lang, "selected", metric=visible(metric.title(lang)), best=quoted(found, s.best, lang), nights=s.nights,
        guarantee=number(100 * s.guarantee, lang), zone=zone_words(metric, lang),
    ) + _empty(s.empty, lang)  # fmt: skip


def _empty(names: Sequence[str], lang: Lang) -> str:
    """Tell which alternatives left the race because they never had a value."""
    return " " + say(lang, "selecting.empty", list=", ".join(names)) if names else ""


def interval_of(row: EffectRow, o: Outcome, lang: Lang) -> str:
    """Return the interval of an effect; its level alone where its ends are shown already."""
    return between(row.effect.interval, o, lang) if o.constrained else level_words(row.effect.interval, lang)
