"""Which reported figures constrain an outcome of the model."""

from __future__ import annotations

from collections.abc import Iterator

from msgu.measure.metrics.arguments import KINDS
from msgu.measure.metrics.catalogue import Bound, bind
from msgu.scenario.schema.root import Scenario


def figures_about(outcome: Bound, scenario: Scenario) -> Iterator[str]:
    """Yield the ids of the reported figures of the same metric, about the same topic, desk, operator or the like.

    An outcome that names none of these is constrained by a figure about any. What a figure names is there: a scenario with a
    figure that names anything else is not loaded.
    """
    for key, figure in scenario.evidence.figures.items():
        other = bind(figure.metric, scenario)
        named = [name for name in outcome.arguments.keys() & other.arguments.keys() if KINDS[name].names]
        if other.metric is outcome.metric and all(outcome.arguments[name] == other.arguments[name] for name in named):
            yield key
