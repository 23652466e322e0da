"""The page of a comparison: one HTML file that loads nothing, for someone who decides and never saw the tool."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from msgu.lang import Lang
from msgu.report.base import time_axis
from msgu.report.base.assumptions import assumptions, settings
from msgu.report.base.escape import clipped, visible
from msgu.report.base.facts import Fact, facts
from msgu.report.base.rules import fired_words
from msgu.report.base.style import NARROW, WIDE, png, render, svg
from msgu.report.base.template import ShownPicture, fill, shown_picture
from msgu.report.base.wording import duration, listed, number, unbroken
from msgu.report.comparison.answer import answer, interval_of, most, selected
from msgu.report.comparison.effects import courses, effects
from msgu.report.comparison.flips import first_words, readings_told, what_flips
from msgu.report.comparison.map import reached
from msgu.report.comparison.phrases import level_of, quoted, size, verdict_words, zone_words
from msgu.report.comparison.texts import say
from msgu.results.files import read_sealed, replace_files
from msgu.scenario.schema.root import Scenario
from msgu.study.comparison.draw_shifts import shifts
from msgu.study.comparison.facts import command
from msgu.study.comparison.found import Comparison, EffectRow
from msgu.study.comparison.outcomes import Outcome
from msgu.study.comparison.plan import Choice
from msgu.units import format_scale

PAGE: Final = "comparison.html"
SENSITIVITY: Final = "sensitivity.json"


@dataclass(frozen=True)
class EffectLine:
    """One effect, ready to be read."""

    measure: str
    base: str
    other: str
    effect: str
    interval: str
    nights: str
    p: str
    verdict: str
    kind: str


@dataclass(frozen=True)
class Done:
    """What an alternative does, and when."""

    name: str
    title: str
    rows: tuple[tuple[str, str], ...]


def write_page(found: Comparison, folder: Path, lang: Lang, beside: Path | None = None) -> Path:
    """Write the page, and its pictures as PNG and SVG; the same comparison gives the same bytes.

    `beside` : folder of the comparison, where the page is written elsewhere.
    """
    facts_of = (beside or folder) / SENSITIVITY
    explored = read_sealed(facts_of) if facts_of.exists() else None
    figures, files = [], {}
    for draw in (effects, courses):
        wide, narrow = draw(found, WIDE, lang), draw(found, NARROW, lang)
        if wide is None or narrow is None:
            continue
        drawn = render(wide)
        figures.append(shown_picture(wide, svg(wide, "wide", drawn), svg(narrow, "narrow")))
        files[f"{wide.name}.png"] = png(wide)
        files[f"{wide.name}.svg"] = svg(wide, "file", drawn).encode()
    return replace_files(folder, files | {PAGE: page(found, lang, figures, explored).encode()})[-1]


def page(found: Comparison, lang: Lang, figures: Sequence[ShownPicture] = (), explored: dict[str, Any] | None = None) -> str:
    """Return the page; every text is escaped by the template, the pictures by the room that drew them.

    `explored` : facts of ``sensitivity.json``, where the uncertain parameters were explored.
    """
    plan, base = found.plan, found.plan.baseline.scenario
    return fill(
        "compare.html.j2",
        lang=lang,
        say=lambda key, **blanks: say(lang, key, **blanks),
        question=visible(unbroken(plan.fr) if lang == "fr" else plan.en),
        ran=_ran(found, lang),
        measures=[(visible(choice.id), visible(choice.title(lang))) for choice in plan.alternatives],
        first=first_words(found, lang),
        answer=answer(found, lang),
        most=[most(found, o, lang) for o in plan.outcomes] if len(plan.outcomes) > 1 else [],
        selected=selected(found, lang),
        figures={figure.name: figure for figure in figures},
        reach=reached(found, lang),
        outcomes=[_outcome(found, o, lang) for o in plan.outcomes],
        done=[_done(found, choice, lang) for choice in plan.alternatives],
        policies=_policies(found),
        flips=what_flips(found, explored, lang),
        readings=readings_told(found, lang),
        open=[visible(o.title(lang)) for o in plan.outcomes if not o.constrained],
        held=[(visible(o.title(lang)), _reported(base, o, lang)) for o in plan.outcomes if o.constrained],
        assumptions=assumptions(base),
        settings=settings(base),
        provenance=_provenance(found),
        failed=_failed(found),
        command=visible(command(found)),
    )  # fmt: skip


# ---- what is said ----


def _nights(found: Comparison, choice: Choice) -> int:
    return max((len(column) for column in found.values[choice.id].values()), default=0)


def _ran(found: Comparison, lang: Lang) -> list[str]:
    base = found.plan.baseline.scenario
    told = [
        say(
            lang, "ran", title=visible(base.title.of(lang)), nights=found.nights,
            scale=format_scale(base.scale), seed=base.seed, horizon=duration(base.horizon, lang),
        )
    ]  # fmt: skip
    if found.nights < found.plan.reps and found.selected is None:
        told.append(say(lang, "short.nights", planned=found.plan.reps, nights=found.nights))
    fewer = [quoted(found, c.id, lang) for c in found.plan.alternatives if _nights(found, c) < found.nights]
    if fewer and found.selected is None:
        told.append(say(lang, "short.some", list=", ".join(fewer)))
    for shift in shifts(found.plan):
        measure = quoted(found, shift.choice, lang)
        told.append(say(lang, "shifted", measure=measure, block=shift.block, name=visible(shift.name)))
    return [*told, say(lang, "nature")]


def _outcome(found: Comparison, o: Outcome, lang: Lang) -> tuple[str, str, list[EffectLine], str]:
    """Return an outcome's title, how to read it, a line for each alternative that moves it, and which never do."""
    rows = [row for row in found.rows if row.outcome == o.id]
    same = [quoted(found, row.alternative, lang) for row in rows if row.verdict == "identical"]
    lines = [_line(found, row, o, lang) for row in rows if row.verdict != "identical"]
    told = say(lang, "same", list=", ".join(same)) if lines else say(lang, "same.all")
    return visible(o.title(lang)), _how_read(o, lang), lines, told if same else ""


def _how_read(o: Outcome, lang: Lang) -> str:
    way = say(lang, "more" if o.more_is_better else "less")
    zone = f", {say(lang, 'zone', zone=zone_words(o, lang))}" if o.matters > 0 else ""
    free = "" if o.constrained else f", {say(lang, 'uncalibrated')}"
    return f"{way[0].upper()}{way[1:]}{zone}{free}."


def _line(found: Comparison, row: EffectRow, o: Outcome, lang: Lang) -> EffectLine:
    e = row.effect
    share = e.helps_share
    n = max(e.nights, 1)
    hundred = f"{100 * e.helps / n:.0f} ({100 * share.low:.0f}–{100 * share.high:.0f})"
    missing = f", {say(lang, 'missing', n=e.missing)}" if e.missing else ""
    kinds = {"better": "ok", "worse": "missed"}
    return EffectLine(
        visible(next(choice.title(lang) for choice in found.plan.choices if choice.id == row.alternative)),
        _level(found, found.plan.baseline.id, e.base, o, lang), _level(found, row.alternative, e.other, o, lang),
        size(row, o, lang), "" if row.verdict == "identical" else interval_of(row, o, lang), hundred + missing,
        number(row.p, lang, 2), verdict_words(row.verdict, lang), kinds.get(row.verdict, "not-reached"),
    )  # fmt: skip


def _level(found: Comparison, name: str, value: float, o: Outcome, lang: Lang) -> str:
    """Return a level of an outcome; where nothing reported constrains it, the range of the middle eight nights of ten."""
    values = found.values[name][o.id]
    known = values[np.isfinite(values)]
    if o.constrained or not len(known):
        return level_of(value, o, lang)
    low, high = (float(np.quantile(known, q)) for q in (0.1, 0.9))
    return say(lang, "between", low=number(low, lang), high=level_of(high, o, lang))


# ---- what is done ----


def _done(found: Comparison, choice: Choice, lang: Lang) -> Done:
    """What is dated in an alternative and not in the baseline, and the other way round; and what its rules did."""
    baseline = found.plan.baseline
    here, there = set(map(_told, facts(choice.scenario, lang))), set(map(_told, facts(baseline.scenario, lang)))
    start = choice.scenario.start
    rows = [(at, _when(at, until, start), words) for at, until, words in here - there]
    rows += [(at, _when(at, until, start), say(lang, "removed", what=words)) for at, until, words in there - here]
    told = tuple((when, words) for _, when, words in sorted(rows))
    told += tuple(("", words) for words in fired_words(choice.scenario, found.fired.get(choice.id, []), lang))
    settings_only = tuple(("", f"{visible(c.key)} = {clipped(c.text, 120)}") for c in choice.changes) if not told else ()
    return Done(visible(choice.id), visible(choice.title(lang)), told or settings_only)


def _told(fact: Fact) -> tuple[float, float | None, str]:
    return fact.at, fact.until, fact.words


def _when(at: float, until: float | None, start: datetime) -> str:
    first = time_axis.hour(start, at)
    return f"{first} – {time_axis.hour(start, until)}" if until is not None else first


def _policies(found: Comparison) -> list[object]:
    seen = {policy.id: policy for choice in found.plan.choices for policy in choice.policies}
    return [seen[name] for name in sorted(seen)]


def _provenance(found: Comparison) -> list[tuple[str, str]]:
    from msgu.results.provenance import versions

    rows: Iterable[tuple[str, str]] = (
        ("study", found.plan.id),
        ("scenario", found.plan.baseline.scenario.id),
        ("peak_reading", found.plan.baseline.scenario.evidence.peak_reading),
        *found.identity.items(),
        *((f"scenario_sha256.{choice.id}", choice.sha256) for choice in found.plan.choices),
        *((f"versions.{name}", version) for name, version in versions().items()),
    )
    return [(visible(name), visible(value)) for name, value in rows]


def _reported(scenario: Scenario, o: Outcome, lang: Lang) -> str:
    """Return the reported figures that constrain an outcome, as their ledger tells them."""
    figures = scenario.evidence.figures
    return listed((f"{visible(figures[key].quantity)} ({key})" for key in o.constrained), lang)


def _failed(found: Comparison) -> str:
    return ", ".join(f"{name} {', '.join(map(str, which))}" for name, which in found.failed.items() if which)
