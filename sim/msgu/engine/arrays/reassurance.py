"""Arrays of what reassures people, and of later events."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from msgu.engine.arrays.laws import NOTHING, Laws, by_hour
from msgu.scenario.schema.reassurance import SafetyCheck, Worry
from msgu.scenario.schema.root import Scenario
from msgu.world.build import World
from msgu.world.people import by_zone_or_kind


@cache
def _no_check() -> SafetyCheck:
    return SafetyCheck.model_construct(
        at=0.0, zones={}, marks=0.0, contact=0.0, delay=NOTHING, unmarked_after=NOTHING, friends_after=NOTHING,
        prompted_after=NOTHING,
    )  # fmt: skip


@cache
def no_worry() -> Worry:
    """Return the numbers of a scenario without worry."""
    return Worry.model_construct(
        reaction=NOTHING,
        message_reply=NOTHING,
        follow_up=NOTHING,
        talk_spread=NOTHING,
        safe_after=NOTHING,
        tells_after=NOTHING,
        passed_after=NOTHING,
    )


def sizes_of(world: World) -> dict[str, int]:
    """Lengths of what is noted of each person only where something asks for it."""
    worry, check, n = world.scenario.worry, world.scenario.safety_check, world.residents.n
    later, marks = worry is not None and worry.news, check is not None and check.friends + check.prompted > 0
    return {"people of later news": n if later else 0, "people marked once": n if marks else 0}


def arrays_of(world: World, laws: Laws) -> dict[str, Any]:
    """Return who tells, who is told, and what marks: see docs/model/reassurance.md."""
    s, zones = world.scenario, list(world.zones)
    worry, check = s.worry or no_worry(), s.safety_check or _no_check()
    news = [worry.news[name] for name in later_news(s)]
    awake = by_hour(s.attention.awake)
    return {
        "tells_law": laws.add(worry.tells_after),
        "passed_on": worry.passed_on,
        "passed_law": laws.add(worry.passed_after),
        "contact": check.contact,
        "unmarked": check.unmarked,
        "check_at": check.at if check.friends > 0 else 0.0,  # read for friends alone
        "asked": by_zone_or_kind(s, zones, check.zones),
        "friends": check.friends,
        "friends_law": laws.add(check.friends_after),
        "prompted": check.prompted,
        "prompted_law": laws.add(check.prompted_after),
        "awake": awake / max(float(awake.max()), 1e-9),
        "there": np.ascontiguousarray((world.local[:, None] + world.offset).T) if zones else world.local[None, :].copy(),
        "news_at": np.array([one.at for one in news], np.float64),
        "news_zone": np.array([[one.affected.get(z, 0.0) > 0 for z in zones] for one in news], np.uint8).reshape(
            len(news), max(len(zones), 1)
        ),
    }


def later_news(s: Scenario) -> list[str]:
    """Return the ids of later events, in the order in which they happen."""
    news = s.worry.news if s.worry else {}
    return sorted(news, key=lambda name: (news[name].at, name))
