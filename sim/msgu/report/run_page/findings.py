"""Key figures in words, each with its spread over nights and the reported figures that constrain it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from msgu.lang import Lang
from msgu.report.base.band import F64, band_of
from msgu.report.base.escape import visible
from msgu.report.base.texts import number, say
from msgu.report.run_page import series
from msgu.report.run_page.material import Material, Row
from msgu.report.run_page.posts import main_topic, topic_name
from msgu.report.run_page.scorecard import with_spread


@dataclass(frozen=True)
class Finding:
    """One outcome of the nights: sentence with its value, the same as a range, and what constrains it.

    constrained : ids of the reported figures about this outcome that the run reached; empty: not calibrated.
    """

    words: str
    range_words: str
    constrained: tuple[str, ...]


def findings(material: Material, lang: Lang) -> list[Finding]:
    """Return the key figures of the nights, in the order in which they are told."""
    return [_finding(material, lang, *found) for found in _outcomes(material, lang)]


_Outcome = tuple[str, dict[str, str], F64, tuple[str, ...]]


def _finding(
    material: Material, lang: Lang, key: str, blanks: dict[str, str], values: F64, about: tuple[str, ...]
) -> Finding:
    spread = band_of(values[:, None])
    three = (float(spread.middle[0]), float(spread.low[0]), float(spread.high[0]))
    words = say(lang, key, value=with_spread(three, lang, len(values)), **blanks)
    low, high = number(three[1], lang), number(three[2], lang)
    between = say(lang, "range", low=low, high=high) if len(values) > 1 else say(lang, "page.open.one")
    figures = material.scenario.evidence.figures
    seen = {row.id for row in material.rows if row.verdict != "not reached"}
    held = tuple(k for k, f in figures.items() if k in seen and any(f.metric.replace(" ", "").startswith(a) for a in about))
    return Finding(words, say(lang, key, value=f"[{between}]", **blanks), held)


def _outcomes(material: Material, lang: Lang) -> Iterator[_Outcome]:
    yield from _posts(material, lang)
    yield from _out(material)
    yield from _known(material)
    yield from _desks(material)


def _posts(material: Material, lang: Lang) -> Iterator[_Outcome]:
    topics = series.names(material.first, "topics")
    k = main_topic(material)
    if k is None:
        return
    name = {"topic": topic_name(material, topics[k])}
    used = series.uses(material.nights)[:, k].sum(axis=1)
    yield "key.uses", name, used, (f"uses(topic={topics[k]}",)
    top = _peak(material, topics[k])
    if top is not None:
        kind = say(lang, f"kind.{top.kind}")
        yield "key.peak", {**name, "kind": kind}, np.array(top.simulated), (f"peak_rate(topic={topics[k]}",)
    for c, topic in enumerate(topics):
        claim = material.scenario.topics.get(topic)
        if claim is not None and claim.claim is not None and not claim.claim.true:
            most = series.beliefs(material.nights, c, "believes").max(axis=1)
            yield "key.misled", {"topic": topic_name(material, topic)}, most, (f"believers(topic={topic}",)


def _peak(material: Material, topic: str) -> Row | None:
    """The greatest rate as the scorecard measures it, and how the model gets at it; None where it does not.

    The raw maximum of one-second counts would be too high where a simulated post stands for many.
    """
    for row in material.rows:
        figure = material.scenario.evidence.figures.get(row.id)
        metric = figure.metric.replace(" ", "") if figure is not None else ""
        if metric == f"peak_rate(topic={topic},bin=1s)" and np.isfinite(row.simulated).all():
            return row
    return None


def _out(material: Material) -> Iterator[_Outcome]:
    waiting = sum((series.people(material.nights, s) for s in ("stranded", "seeking", "to_host")), np.zeros(1))
    sheltered = series.people(material.nights, "sheltered").max(axis=1)
    if waiting.any():
        yield "key.stranded", {}, waiting.max(axis=1), ("stranded(",)
        yield "key.sheltered", {}, sheltered, ("housed(",)


def _known(material: Material) -> Iterator[_Outcome]:
    zones = series.names(material.first, "zones")
    groups = series.zone_groups(material.scenario, zones)
    if "affected" in groups:
        known = series.aware(material.nights, material.scenario, {"affected": groups["affected"]})
        yield "key.aware", {}, 100 * known[:, 0, -1], ("aware",)
    offered, lost = series.calls_total(material.nights)
    if offered.all() and len(offered):
        yield "key.lost", {}, 100 * lost / offered, ("mean_blocking(", "peak_blocking(")
    cleared = np.array([series.total(night, "worry_cleared") for night in material.nights])
    still = np.array([series.total(night, "worry_open") for night in material.nights])
    if (cleared + still).all() and len(cleared):
        yield "key.worry", {}, 100 * cleared / (cleared + still), ("worry", "reassured")


def _desks(material: Material) -> Iterator[_Outcome]:
    for k, desk in enumerate(series.names(material.first, "desks")):
        received = series.desk(material.nights, k, "received").sum(axis=1)
        answered = series.desk(material.nights, k, "answered").sum(axis=1)
        if received.all():
            yield "key.desk", {"desk": visible(desk)}, 100 * answered / received, (f"desk_answered_share(desk={desk}",)
