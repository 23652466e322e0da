"""What the reading of the peak came to in the nights: the synchronised pulse, and the growth around it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from msgu.measure.evidence.score import active, median_of, reached
from msgu.measure.metrics.catalogue import METRICS, bind, read
from msgu.measure.metrics.peak import doubling_time
from msgu.measure.metrics.spec import ratio
from msgu.measure.metrics.subjects.social import peak_rate
from msgu.measure.view import Night, Window
from msgu.scenario.cautions.branching import share_at_feed, zone_shares
from msgu.scenario.schema.root import Scenario


@dataclass(frozen=True)
class MeasuredPulse:
    """What the reading of the peak came to in the nights: medians.

    share : share of the topic's posts that are inside synchronised pulses.
    width : time within which the middle nine tenths of a pulse's posts fall [s]; NaN without a pulse.
    doubling : time in which the topic's other posts doubled while they grew from a hundredth to a tenth of those
        before the peak [s]; NaN where there were too few.
    in_session : posts inside synchronised pulses for each account at its feed when the first of them began; NaN without one.
    """

    topic: str
    share: float
    width: float
    doubling: float
    in_session: float


def pulses(nights: Iterable[Night]) -> MeasuredPulse | None:
    """Return what the reading of the peak in use came to; None where no active figure is a peak."""
    return pulse_of([found for night in nights if (found := pulse_in(night)) is not None])


def pulse_of(found: list[MeasuredPulse]) -> MeasuredPulse | None:
    """Return the medians of several nights; None where there is none."""
    if not found:
        return None
    parts = ([getattr(p, name) for p in found] for name in ("share", "width", "doubling", "in_session"))
    return MeasuredPulse(found[0].topic, *(median_of(part) for part in parts))


def pulse_in(night: Night) -> MeasuredPulse | None:
    """Return what the reading of the peak in use came to in one night."""
    peak = next((f for f in active(night.scenario.evidence).values() if METRICS[read(f.metric).name] is peak_rate), None)
    if peak is None or not reached(peak, night.scenario, night.results.horizon):
        return None
    window = Window(*peak.window) if peak.window else night.whole
    topics = bind(peak.metric, night.scenario).arguments.get("topic", [])
    posts = night.table("posts")
    mine = night.posts(topics, night.whole)
    inside = mine & night.of_origin("pulse")
    times, others = np.sort(posts["time"][inside]), np.sort(posts["time"][mine & ~inside])
    ends = np.quantile(times, [0.05, 0.95]) if len(times) else np.array([math.nan, math.nan])
    in_window = others[(others >= window.start) & (others < window.end)]
    top = window.start
    if len(in_window):
        count, edges = np.histogram(in_window, bins=max(1, int((window.end - window.start) // 60)))
        top = float(edges[int(np.argmax(count))])
    share = len(times) / int(mine.sum()) if mine.any() else math.nan
    reacted = ratio(len(times) * night.factor("posts"), accounts_in_session(night.scenario, topics))
    return MeasuredPulse("+".join(topics), share, float(ends[1] - ends[0]), doubling_time(others, top), reacted)


def accounts_in_session(scenario: Scenario, topics: Sequence[str]) -> float:
    """Return the accounts at their feed when the first pulse of some topics begins, at scale 1; NaN where there is none."""
    starts = [pulse.at for pulse in scenario.pulses.values() if pulse.share > 0 and (not topics or pulse.topic in topics)]
    if not starts or scenario.network is None:
        return math.nan
    return scenario.network.accounts * share_at_feed(scenario, zone_shares(scenario), min(starts))
