"""Metrics of rules: how often they went on, when first, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.measure.fired import spans_of
from msgu.measure.metrics.spec import Arguments, Subject, metric

if TYPE_CHECKING:
    from msgu.measure.view import Night, Window

RULES = Subject("rules")


def _spans(night: Night, window: Window, a: Arguments) -> list[tuple[float, float]]:
    """From when to when a rule was on within a window [s]."""
    spans = [span for name in a["rule"] for span in spans_of(night, name)]
    return [(max(on, window.start), min(off, window.end)) for on, off in spans if on < window.end and off > window.start]


@metric(RULES, "times", "rules", "rule", adds=True)
def rule_fired(night: Night, window: Window, a: Arguments) -> float:
    """Times that a rule went on."""
    return float(sum(window.start <= on < window.end for name in a["rule"] for on, _ in spans_of(night, name)))


@metric(RULES, "s", "rules", "rule")
def rule_first(night: Night, window: Window, a: Arguments) -> float:
    """Time since the start at which a rule was on first; NaN where it never was."""
    return min((on for on, _ in _spans(night, window, a)), default=float("nan"))


@metric(RULES, "s", "rules", "rule", adds=True)
def rule_on(night: Night, window: Window, a: Arguments) -> float:
    """Time for which a rule was on."""
    return sum(off - on for on, off in _spans(night, window, a))
