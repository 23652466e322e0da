"""What reassures people in generated scenarios, and what worries them anew."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any


def reassured(d: dict[str, Any], r: random.Random, law_of: Callable[[random.Random, float], dict[str, Any]]) -> None:
    """Worry both ways, word passed on, friends' marks, hours awake, later events: each in some of the scenarios."""
    check, worry = d.get("safety_check"), d.get("worry")
    if check is not None and r.random() < 0.4:
        check |= {"friends": round(r.random(), 3), "friends_after": law_of(r, 600), "prompted": round(r.random(), 3)}
        check |= {"prompted_after": law_of(r, 300), "unmarked": round(r.random(), 3)}
    if check is not None and r.random() < 0.4:
        for name in ("delay", "friends_after", "prompted_after"):
            check[name] = {"law": "awake", "delay": law_of(r, 400)}
        d["places"]["zones"]["est"]["utc_offset_h"] = random.Random(d["seed"]).choice([-3, 2, 6.5])
    if worry is None:
        return
    if r.random() < 0.4:
        worry |= {"mutual": round(r.random(), 3), "tells": round(r.random(), 3), "tells_after": law_of(r, 300)}
        worry["ties"] |= {"arrondissement": 2}
    if r.random() < 0.4:
        worry |= {"passed_on": round(r.random(), 3), "passed_after": law_of(r, 300)}
        worry["affected"] = {"centre": 1, r.choice(["est", "nord"]): 0.01}
    for number in range(r.choice([0, 0, 1, 2])):
        at = r.randint(60, 150)
        affected = {
            zone: round(r.uniform(0.1, 1), 2) for zone in r.sample(["centre", "est", "nord", "port"], r.randint(1, 3))
        }
        ties = {"arrondissement": round(r.uniform(0, 1), 2)} if r.random() < 0.6 else {}
        event = {"at": f"T+{at} min", "affected": affected, "ties": ties, "source": "generated"}
        worry.setdefault("news", {})[f"n{number}"] = event
        cast = {"at": f"T+{at + r.randint(0, 30)} min", "audience": round(r.random(), 2), "rise": "1 min", "decay": "20 min"}
        d.setdefault("broadcasts", {})[f"again-{number}"] = cast | {"news": f"n{number}", "source": "generated"}
