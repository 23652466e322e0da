"""Values of metrics: each is a pure function of a night, a window and its arguments, in units of the whole city.

The evidence names them as text, for instance ``uses(topic=porte-ouverte)``; `metric_value` reads the text and computes.
Counts of a run at scale s are divided by s, except those that always run at full size.
Which metrics there are stands in `msgu.measure.metrics.catalogue`.
"""

from __future__ import annotations

from typing import Final

from msgu.measure.metrics.catalogue import METRICS, bind
from msgu.measure.view import Night, Window
from msgu.results.tables import social

OF_POSTS: Final = frozenset(name for name, metric in METRICS.items() if metric.tables <= social.TABLES.keys())
"""Metrics that a night of posts alone can tell."""


def metric_value(text: str, night: Night, window: Window | None = None) -> float:
    """Value of a metric for one night; NaN where there is nothing to measure.

    Raises
    ------
    MetricError
        A text that cannot be read, or a name that the scenario does not have.
    """
    bound = bind(text, night.scenario)
    return bound.metric(night, window or night.whole, bound.arguments)
