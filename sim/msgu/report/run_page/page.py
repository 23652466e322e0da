"""The page of a run: one HTML file that loads nothing, and beside it the pictures and tables as files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from msgu.lang import Lang
from msgu.measure.evidence.audit import supported
from msgu.measure.evidence.pulse import pulses
from msgu.measure.fired import fired
from msgu.measure.view import Night
from msgu.report.base import time_axis
from msgu.report.base.assumptions import assumptions, settings
from msgu.report.base.escape import csv_text, visible
from msgu.report.base.facts import Fact, facts
from msgu.report.base.rules import fired_words
from msgu.report.base.style import NARROW, WIDE, Frame, Picture, png, render, svg
from msgu.report.base.template import fill, shown_picture
from msgu.report.base.texts import say
from msgu.report.base.wording import listed, number
from msgu.report.run_page.findings import findings
from msgu.report.run_page.gallery import SECTIONS, pictures
from msgu.report.run_page.material import Material
from msgu.report.run_page.scorecard import counts, lines, spread
from msgu.results.files import replace_files
from msgu.units import format_scale

Drawn = tuple[Picture, str]
"""A picture and its SVG as drawn."""


def page(material: Material, lang: Lang) -> str:
    """Return the report as one HTML document.

    Every text is escaped by the template; the pictures are SVG that this room drew, whose texts are escaped too.
    """
    return _fill(material, lang, _drawn(material, WIDE, lang), _drawn(material, NARROW, lang))


def _drawn(material: Material, frame: Frame, lang: Lang) -> list[Drawn]:
    return [(picture, render(picture)) for picture in pictures(material, frame, lang)]


def _fill(material: Material, lang: Lang, wide: list[Drawn], narrow: list[Drawn]) -> str:
    """Fill the template."""
    shown = [
        shown_picture(a, svg(a, "wide", drawn), svg(b, "narrow", other))
        for (a, drawn), (b, other) in zip(wide, narrow, strict=True)
    ]
    scenario, found = material.scenario, findings(material, lang)
    return fill(
        "page.html.j2",
        lang=lang,
        say=lambda key, **blanks: say(lang, key, **blanks),
        title=visible(scenario.title.of(lang)),
        ran=_ran(material, lang),
        followed=_followed(material, lang),
        policies=[(visible(name), visible(words)) for name, words in material.policies],
        spread=_spread_words(material, lang),
        calibrated=[f for f in found if f.constrained],
        uncalibrated=[f for f in found if not f.constrained],
        rows=lines(material.rows, lang),
        tally=counts(material.rows),
        reading=scenario.evidence.peak_reading if scenario.evidence.figures else "",
        peak=peak_words(material, lang),
        figures=[f for f in shown if f.name not in SECTIONS],
        placed={SECTIONS[f.name]: f for f in shown if f.name in SECTIONS},
        facts=[(f, _when(material, f.at, lang), _until(material, f.until, lang)) for f in _in_time(material, lang)],
        fired=fired_words(scenario, fired([Night(scenario, results) for results in material.nights]), lang),
        assumptions=assumptions(scenario),
        settings=settings(scenario),
        provenance=[(visible(name), visible(value)) for name, value in material.provenance],
        command=visible(material.command),
    )


def _ran(material: Material, lang: Lang) -> str:
    scenario, night = material.scenario, material.first
    return say(
        lang, "page.ran", title=visible(scenario.title.of(lang)),
        nights=_nights(material, lang), scale=format_scale(night.scale), clones=night.clones,
        start=time_axis.day_hour(scenario.start, 0.0, lang), stop=time_axis.day_hour(scenario.start, night.horizon, lang),
        zone=time_axis.local_time(scenario.start, night.horizon, lang), seed=night.seed,
    )  # fmt: skip


def _nights(material: Material, lang: Lang) -> str:
    """Say how many nights there are, and whether each has a world of its own."""
    words = say(lang, "page.nights", n=len(material.nights))
    apart = material.scenario.worlds == "each" and len(material.nights) > 1
    return say(lang, "page.nights.worlds", nights=words) if apart else words


def _followed(material: Material, lang: Lang) -> str:
    """Say what is not followed to the end of the run; empty where all is."""
    scenario = material.scenario
    told = [
        say(
            lang, "page.followed.one", what=say(lang, f"page.followed.{block}", desk=visible(desk)),
            end=time_axis.day_hour(scenario.start, end, lang),
        )
        for block, desk, end in scenario.cut_short()
    ]  # fmt: skip
    return say(lang, "page.followed", list=listed(told, lang)) if told else ""


def _spread_words(material: Material, lang: Lang) -> str:
    n = len(material.nights)
    if n == 1:
        return say(lang, "page.spread.one")
    return say(lang, "page.spread.many" if n >= 20 else "page.spread.few", n=n)


def peak_words(material: Material, lang: Lang) -> str:
    """Return what the reading of the peak came to, and which readings hold without a pulse; empty where no figure is a peak."""
    scenario = material.scenario
    found = pulses(Night(scenario, results) for results in material.nights)
    if found is None:
        return ""
    topic = visible(scenario.topics[found.topic].title) if found.topic in scenario.topics else say(lang, "page.pulse.every")
    facts = {"topic": topic, "width": number(found.width, lang), "doubling": number(found.doubling, lang)}
    words = say(lang, "page.pulse" if found.share else "page.pulse.none", share=number(100 * found.share, lang), **facts)
    if found.share and math.isfinite(found.in_session):
        people = all(p.stimulus is not None for p in scenario.pulses.values() if p.share > 0)
        told = say(lang, "page.pulse.people" if people else "page.pulse.built", session=number(100 * found.in_session, lang))
        words = f"{words} {told}"
    good = listed((say(lang, f"reading.{reading}") for reading in supported(scenario.evidence)), lang)
    return f"{words} {say(lang, 'page.support', good=good or say(lang, 'page.support.none'))}"


def _in_time(material: Material, lang: Lang) -> list[Fact]:
    return sorted(facts(material.scenario, lang), key=lambda fact: (fact.at, fact.number))


def _when(material: Material, seconds: float, lang: Lang) -> str:
    at = time_axis.moment(material.scenario.start, seconds)
    return f"{time_axis.day(material.scenario.start, seconds, lang)}, {time_axis.clear(at, '%H:%M:%S' if at.second else '%H:%M')}"


def _until(material: Material, seconds: float | None, lang: Lang) -> str:
    if seconds is None or seconds >= material.first.horizon:
        return ""
    return time_axis.hour(material.scenario.start, seconds)


def tables(material: Material, lang: Lang) -> Mapping[str, str]:
    """Return the tables of the page as CSV that is safe to open in a spreadsheet, by file name."""
    head = ("id", "quantity", "unit", "role", "kind", "weight", "reported", "low", "high", "simulated", "simulated_low",
            "simulated_high", "verdict", "confidence", "source")  # fmt: skip
    score = []
    for row in material.rows:
        got = spread(row) or ("", "", "")
        score.append((row.id, row.quantity, row.unit, row.role, row.kind, row.weight, _blank(row.reported), _blank(row.low),
                      _blank(row.high), *got, row.verdict, row.confidence, row.source))  # fmt: skip
    told = [
        (
            fact.lane,
            _when(material, fact.at, lang),
            _until(material, fact.until, lang),
            fact.words,
            fact.confidence,
            fact.source,
        )
        for fact in _in_time(material, lang)
    ]
    assumed = [(a.where, a.values, a.confidence, a.source, a.note) for a in assumptions(material.scenario)]
    return {
        "scorecard.csv": csv_text(head, score),
        "timeline.csv": csv_text(("lane", "at", "until", "what", "confidence", "source"), told),
        "assumptions.csv": csv_text(("where", "values", "confidence", "source", "note"), assumed),
    }


def _blank(value: float | None) -> float | str:
    return "" if value is None else value


def write(material: Material, folder: Path, lang: Lang) -> list[Path]:
    """Write page, pictures (PNG and SVG) and tables into a folder; return what was written, the page first.

    The same material gives the same bytes. Files of an earlier report with these names are replaced.
    """
    wide = _drawn(material, WIDE, lang)
    files: dict[str, bytes] = {"report.html": _fill(material, lang, wide, _drawn(material, NARROW, lang)).encode()}
    for picture, drawn in wide:
        files[f"{picture.name}.png"] = png(picture)
        files[f"{picture.name}.svg"] = svg(picture, "file", drawn).encode()
    for name, text in tables(material, lang).items():
        files[name] = b"\xef\xbb\xbf" + text.encode()
    return replace_files(folder, files)
