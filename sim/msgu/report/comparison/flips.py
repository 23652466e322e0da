"""Readings and parameters that would flip the conclusion of a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgu.lang import Lang
from msgu.report.base import texts
from msgu.report.base.escape import clipped, visible
from msgu.report.base.wording import listed, number
from msgu.report.comparison.phrases import amount, quoted, size
from msgu.report.comparison.texts import say
from msgu.study.comparison.found import Comparison
from msgu.study.comparison.outcomes import Outcome
from msgu.study.comparison.robustness import Stand, leader, standings

SAID_FIRST = 2
"""Flips that the answer names; the table holds all."""


@dataclass(frozen=True)
class Cell:
    """What helps most under one reading; `flips`: not the study's conclusion."""

    leader: str
    effect: str
    standing: str
    flips: bool


@dataclass(frozen=True)
class Readings:
    """The other readings of a comparison, ready to be read.

    heads : of the columns. rows : an outcome and its cells. sets : of each reading, its title and what it changes.
    """

    sentences: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    sets: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def first_words(found: Comparison, lang: Lang) -> str:
    """Return what is said before the answer where a conclusion depends on the reading; nothing where none does."""
    told = _changes(found, lang)
    if not told:
        return ""
    if len(told) > SAID_FIRST:
        told = [*told[:SAID_FIRST], say(lang, "read.more", n=len(told) - SAID_FIRST)]
    return say(lang, "read.first", list=listed(told, lang))


def _changes(found: Comparison, lang: Lang) -> list[str]:
    """Return each change of a conclusion with all outcomes that it holds for, flips first."""
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for one in sorted((one for one in standings(found) if one.matters), key=lambda one: not one.flips):
        title = visible(found.plan.outcome(one.outcome).title(lang))
        groups.setdefault(_kind(one), []).append(f"«\u00a0{title}\u00a0»" if lang == "fr" else f"“{title}”")
    found_words = []
    for (key, reading, here, there), outcomes in groups.items():
        named = {name: quoted(found, choice, lang) for name, choice in (("here", here), ("there", there)) if choice}
        words = say(lang, key, reading=_title(found, reading, lang), outcomes=", ".join(outcomes), **named)
        found_words.append(words)
    return found_words


def _kind(one: Stand) -> tuple[str, str, str, str]:
    """Return the text that tells a change, and what it names: reading, alternative here, alternative there."""
    if one.standing == "another":
        return "read.flip", one.reading, one.here, one.there
    if one.reversed:
        return "read.reversed", one.reading, one.reversed[0], ""
    return "read.lost", one.reading, one.here, ""


def _title(found: Comparison, name: str, lang: Lang) -> str:
    return visible(next(reading.title(lang) for reading in found.plan.readings if reading.id == name))


def readings_told(found: Comparison, lang: Lang) -> Readings | None:
    """Return what the other readings change, or None where the study has none."""
    if not found.plan.readings:
        return None
    stands = {(one.reading, one.outcome): one for one in standings(found)}
    rows = tuple((visible(o.title(lang)), _cells(found, o, stands, lang)) for o in found.plan.outcomes)
    heads = (say(lang, "read.here"), *(_title(found, name, lang) for name in found.under))
    sets = tuple(
        (visible(r.title(lang)), tuple((visible(c.key), clipped(c.text, 120)) for c in r.changes))
        for r in found.plan.readings
    )
    return Readings(_sentences(found, lang), heads, rows if found.under else (), sets)


def _sentences(found: Comparison, lang: Lang) -> tuple[str, ...]:
    names = []
    for reading in found.plan.readings:
        other = found.under.get(reading.id)
        key = "read.one" if other else "read.not.yet"
        names.append(say(lang, key, title=visible(reading.title(lang)), nights=other.nights if other else 0))
    told = [say(lang, "read.ran" if len(names) > 1 else "read.ran.one", n=len(names), list=listed(names, lang))]
    changes = _changes(found, lang)
    if found.under and not changes:
        told.append(say(lang, "read.firm"))
    return (*told, *(f"{text[0].upper()}{text[1:]}." for text in changes))


def _cells(found: Comparison, o: Outcome, stands: dict[tuple[str, str], Stand], lang: Lang) -> tuple[Cell, ...]:
    cells = [_cell(found, found, o, None, lang)]
    return (*cells, *(_cell(found, other, o, stands[name, o.id], lang) for name, other in found.under.items()))


def _cell(found: Comparison, other: Comparison, o: Outcome, stand: Stand | None, lang: Lang) -> Cell:
    row = leader(other, o.id)
    name = quoted(found, row.alternative, lang) if row else say(lang, "read.none")
    words = say(lang, f"stand.{stand.standing}") if stand else ""
    if stand is not None and stand.reversed:
        turned = ", ".join(quoted(found, one, lang) for one in stand.reversed)
        words = ", ".join(filter(None, (words, say(lang, "stand.reversed", list=turned))))
    return Cell(name, size(row, o, lang) if row else "", words, stand is not None and stand.matters)


def what_flips(found: Comparison, explored: dict[str, Any] | None, lang: Lang) -> list[str]:
    """Say under which assumptions the ranking flips, as far as that was explored by this version on this study."""
    reading = texts.say(lang, f"reading.{found.plan.baseline.scenario.evidence.peak_reading}")
    if explored is None or explored["study"] != found.plan.id:
        return [say(lang, "flips.unexplored" if found.plan.readings else "flips.none", reading=reading)]
    if explored["source_sha256"] != found.identity["source_sha256"]:
        return [say(lang, "flips.stale")]
    outcome = next((o for o in found.plan.outcomes if o.id == explored["metric"]), None)
    told = [
        say(
            lang, "flips.ran", points=explored["points"], k=len(explored["parameters"]), reps=explored["reps"], reading=reading,
            metric=visible(outcome.title(lang) if outcome else explored["metric"]),
        )
    ]  # fmt: skip
    for name, wins in sorted(explored["wins"].items(), key=lambda pair: (-pair[1], pair[0])):
        regret = explored["regret"][name]
        behind = "–" if regret is None or outcome is None else amount(regret, outcome, lang).removeprefix("+")
        told.append(say(lang, "flips.wins", name=visible(name), wins=f"{100 * wins:.0f}", regret=behind))
    for name, missing in explored["missing"].items():
        if missing:
            told.append(say(lang, "flips.missing", name=visible(name), missing=missing, points=explored["points"]))
    told += _turned(explored, lang)
    parameters = ", ".join(
        f"{visible(p['key'])} {number(p['low'], lang)}–{number(p['high'], lang)} {visible(p['unit'])}".strip()
        for p in explored["parameters"].values()
    )
    return [*told, parameters]


def _turned(explored: dict[str, Any], lang: Lang) -> list[str]:
    """Say which assumptions turn the ranking, the most decisive first; that none does; nothing where none was tried."""
    turned = sorted(((k, name) for name, (k, _) in explored["flips"].items() if k), reverse=True)
    steps = [
        say(
            lang,
            "flips.step",
            parameter=visible(explored["parameters"][name]["key"]),
            turned=k,
            n=explored["flips"][name][1],
        )
        for k, name in turned
    ]
    if steps:
        return [say(lang, "flips.turn", list=", ".join(steps))]
    return [say(lang, "flips.firm")] if explored["flips"] else []
