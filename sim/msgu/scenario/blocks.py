"""What the blocks of a scenario are, asked of the schema, which says it beside each of them (`msgu.scenario.schema.block`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from msgu.errors import Loc
from msgu.scenario.dials import DIALS
from msgu.scenario.schema.block import Dated, blocks_of
from msgu.scenario.schema.places import Metro
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.triggers import Trigger, earliest

BLOCKS: Final = blocks_of(Scenario)

BEGINNINGS: Final = frozenset(place.key for block in BLOCKS.values() for place in block.dated if place.begins)
"""Keys that say when something begins."""
NUMBERED: Final = tuple(name for name, block in BLOCKS.items() if block.numbered)
"""Blocks whose draws are keyed by the number of an entry."""
IDLE: Final = frozenset(name for name, block in BLOCKS.items() if not block.of_posts)
"""Blocks whose settings change nothing in a run of posts alone."""


class Moment(NamedTuple):
    """Something dated: time [s since start], where it stands, what it is, and what the schema says of it.

    Where a rule gives its time, `t` is from when on that rule is watched, and `given` says which it is.
    """

    t: float
    loc: Loc
    item: Any
    place: Dated
    given: Trigger | None = None

    @property
    def name(self) -> str:
        """Kind of thing and its id, for instance ``closures.line-5``; with the key where that says what happens."""
        own = () if self.place.key in ("at", "leaves") else (self.place.key,)
        return ".".join(map(str, (*self.loc, *own)))


def dated(scenario: Scenario) -> Iterator[Moment]:
    """Yield everything dated in a scenario, block by block."""
    for name, block in BLOCKS.items():
        for place in block.dated:
            below = place.below.split(".") if place.below else []
            for loc, item in _at(getattr(scenario, name), below, (name,)):
                t = getattr(item, place.key)
                if t is not None:
                    yield Moment(earliest(t, scenario.rules), loc, item, place, t if isinstance(t, Trigger) else None)


def _at(value: Any, below: list[str], loc: Loc) -> Iterator[tuple[Loc, Any]]:
    """Yield what stands at a path below a value, with its location."""
    if value is None or not below:
        yield from [] if value is None else [(loc, value)]
    elif below[0] == "*":
        for key, inner in value.items():
            yield from _at(inner, below[1:], (*loc, key))
    else:
        yield from _at(getattr(value, below[0]), below[1:], (*loc, below[0]))


def made_of(part: str) -> frozenset[str]:
    """Return the blocks that a part of the world is made of, beside seed and scale."""
    return frozenset(name for name, block in BLOCKS.items() if part in block.world)


def posts_only(scenario: Scenario) -> Scenario:
    """Return a scenario without telephones, desks, people who are out, shelter, and what is only about those.

    It makes cheap runs, for figures that are about posts alone. Posts that the rest would set off, such as those of callers
    who do not get through, are missing from them.
    """
    usual = {name: Scenario.model_fields[name].get_default(call_default_factory=True) for name in IDLE}
    left_out = {name: nothing for name, nothing in usual.items() if nothing in (None, {})}
    kept = {name: one for name, one in scenario.measures.items() if DIALS[one.dial].of_posts}
    if scenario.shelter is not None and scenario.shelter.hearing is not None:
        del left_out["shelter"]  # who hears of offers writes some of the posts
    places = scenario.places.model_copy(update={"venues": {}, "metro": Metro()})
    return scenario.model_copy(update={**left_out, "measures": kept, "places": places})
