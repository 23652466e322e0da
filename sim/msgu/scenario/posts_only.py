"""The part of a scenario that posts need: a cheap night, for figures that are about posts alone."""

from __future__ import annotations

from typing import Any, Final

from msgu.scenario.dials import DIALS
from msgu.scenario.schema.places import Metro
from msgu.scenario.schema.root import Scenario

LEFT_OUT: Final[dict[str, Any]] = {
    "broadcasts": {}, "phones": None, "worry": None, "desks": {}, "missing": None, "safety_check": None, "closures": {},
    "instructions": {}, "outings": {}, "shelter": None,
}  # fmt: skip
"""Blocks that a night of posts alone is without, and what stands for nothing there."""
IDLE: Final = frozenset({*LEFT_OUT, "going_home"})
"""Blocks whose settings change nothing in such a night."""


def posts_only(scenario: Scenario) -> Scenario:
    """Return a scenario without telephones, desks, people who are out, shelter, and what is only about those.

    Posts that these would set off, such as those of callers who do not get through, are missing from its nights.
    """
    kept = {name: one for name, one in scenario.measures.items() if DIALS[one.dial].of_posts}
    places = scenario.places.model_copy(update={"venues": {}, "metro": Metro()})
    return scenario.model_copy(update={**LEFT_OUT, "measures": kept, "places": places})
