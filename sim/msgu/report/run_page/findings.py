"""Key figures in words, each with its spread over nights and the reported figures that constrain it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from msgu.lang import Lang
from msgu.measure.evidence.constraint import figures_about
from msgu.measure.metrics.catalogue import Bound, bind
from msgu.measure.metrics.spec import Metric
from msgu.measure.metrics.subjects.danger import danger_minutes, danger_towards
from msgu.measure.metrics.subjects.desks import desk_answered, desk_answered_share, desk_received
from msgu.measure.metrics.subjects.people import state_peak, stranded_peak
from msgu.measure.metrics.subjects.phone import mean_blocking, peak_blocking
from msgu.measure.metrics.subjects.shelter import housed, stranded_heard
from msgu.measure.metrics.subjects.social import aware_share, believers_peak, false_claims, peak_rate, uses
from msgu.measure.metrics.subjects.worries import reassured, worries_prevented, worry_hours
from msgu.measure.over_time import aware, groups_of_zones, legs
from msgu.report.base.band import F64, band_of
from msgu.report.base.escape import visible
from msgu.report.base.texts import say
from msgu.report.base.wording import number
from msgu.report.run_page.material import Material, ScoreRow
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
    return [_finding(material, lang, found) for found in _outcomes(material, lang)]


class _Outcome(NamedTuple):
    """A key figure: key of its sentence and what fills it, its value in each night, and the metrics that tell the same."""

    key: str
    blanks: dict[str, str]
    values: F64
    told_by: tuple[Bound, ...]


def _finding(material: Material, lang: Lang, outcome: _Outcome) -> Finding:
    spread = band_of(outcome.values[:, None])
    three = (float(spread.middle[0]), float(spread.low[0]), float(spread.high[0]))
    nights = len(outcome.values)
    words = say(lang, outcome.key, value=with_spread(three, lang, nights), **outcome.blanks)
    low, high = number(three[1], lang), number(three[2], lang)
    between = say(lang, "range", low=low, high=high) if nights > 1 else say(lang, "page.open.one")
    seen = {row.id for row in material.rows if row.verdict != "not reached"}
    about = {key for bound in outcome.told_by for key in figures_about(bound, material.scenario)}
    held = tuple(key for key in material.scenario.evidence.figures if key in seen & about)
    return Finding(words, say(lang, outcome.key, value=f"[{between}]", **outcome.blanks), held)


def _measured(material: Material, metric: Metric, **arguments: list[str]) -> F64:
    """A metric of each whole night, shape (n_nights,)."""
    return material.each(lambda night: metric(night, night.whole, arguments))


def _outcomes(material: Material, lang: Lang) -> Iterator[_Outcome]:
    yield from _posts(material, lang)
    yield from _out(material)
    yield from _near(material)
    yield from _known(material)
    yield from _desks(material)


def _posts(material: Material, lang: Lang) -> Iterator[_Outcome]:
    topics, k = material.names("topics"), main_topic(material)
    if k is None:
        return
    topic, name = [topics[k]], {"topic": topic_name(material, topics[k])}
    yield _Outcome("key.uses", name, _measured(material, uses, topic=topic), (Bound(uses, {"topic": topic}),))
    top = _peak(material, topics[k])
    if top is not None:
        kind = say(lang, f"kind.{top.kind}")
        about = (Bound(peak_rate, {"topic": topic}),)
        yield _Outcome("key.peak", {**name, "kind": kind}, np.array(top.simulated), about)
    for claim in topics:
        if claim in false_claims(material.scenario):
            most = _measured(material, believers_peak, topic=[claim])
            about = (Bound(believers_peak, {"topic": [claim]}),)
            yield _Outcome("key.misled", {"topic": topic_name(material, claim)}, most, about)


def _peak(material: Material, topic: str) -> ScoreRow | None:
    """The greatest rate as the scorecard measures it, and how the model gets at it; None where it does not.

    The raw maximum of one-second counts would be too high where a simulated post stands for many.
    """
    for row in material.rows:
        figure = material.scenario.evidence.figures.get(row.id)
        if figure is not None and np.isfinite(row.simulated).all():
            bound = bind(figure.metric, material.scenario)
            if bound.metric is peak_rate and bound.arguments == {"topic": [topic], "bin": 1.0}:
                return row
    return None


def _out(material: Material) -> Iterator[_Outcome]:
    stranded = _measured(material, stranded_peak)
    if stranded.any():
        yield _Outcome("key.stranded", {}, stranded, (Bound(stranded_peak, {}),))
        heard = _measured(material, stranded_heard)  # not a number where nobody has to
        if (heard > 0).any():
            yield _Outcome("key.heard", {}, heard, (Bound(stranded_heard, {}),))
        yield _Outcome("key.sheltered", {}, _measured(material, state_peak, state=["sheltered"]), (Bound(housed, {}),))


def _near(material: Material) -> Iterator[_Outcome]:
    if material.scenario.dangers:
        street = _measured(material, danger_minutes, place=["street"])
        yield _Outcome("key.danger", {}, street, (Bound(danger_minutes, {"place": ["street"]}),))
        yield _Outcome("key.towards", {}, _measured(material, danger_towards), (Bound(danger_towards, {}),))


def _known(material: Material) -> Iterator[_Outcome]:
    groups = groups_of_zones(material.scenario, material.names("zones"))
    if "affected" in groups:
        known = material.each(aware, {"affected": groups["affected"]})
        yield _Outcome("key.aware", {}, 100 * known[:, 0, -1], (Bound(aware_share, {}),))
    offered, lost = material.each(legs).sum(axis=(2, 3)).T
    if offered.all():
        yield _Outcome("key.lost", {}, 100 * lost / offered, (Bound(mean_blocking, {}), Bound(peak_blocking, {})))
    cleared, still = (_total(material, name) for name in ("worry_cleared", "worry_open"))
    if (cleared + still).all():
        yield _Outcome("key.worry_hours", {}, _measured(material, worry_hours), (Bound(worry_hours, {}),))
        yield _Outcome("key.prevented", {}, _measured(material, worries_prevented), (Bound(worries_prevented, {}),))
        yield _Outcome("key.worry", {}, 100 * cleared / (cleared + still), (Bound(reassured, {}),))


def _total(material: Material, name: str) -> F64:
    """A total of each night, 0 where it does not give it, shape (n_nights,)."""
    return np.array([night.summary.get(name, 0.0) for night in material.nights])


def _desks(material: Material) -> Iterator[_Outcome]:
    for desk in material.names("desks"):
        received = _measured(material, desk_received, desk=[desk])
        answered = _measured(material, desk_answered, desk=[desk])
        if received.all():
            about = (Bound(desk_answered_share, {"desk": [desk]}),)
            yield _Outcome("key.desk", {"desk": visible(desk)}, 100 * answered / received, about)
