"""Claims of generated scenarios that answer."""

from __future__ import annotations

import random
from typing import Any


def law(r: random.Random, typical: float) -> dict[str, Any]:
    """Return a law whose typical value is about `typical` seconds."""
    t = f"{typical * r.uniform(0.5, 1.5):.3f} s"
    return r.choice(
        [{"law": "exponential", "mean": t}, {"law": "fixed", "value": t}, {"law": "lognormal", "median": t, "sigma": 1.2}]
    )


def claims_that_answer(d: dict[str, Any], r: random.Random) -> None:
    """Claims that are believed by who speaks, of which interest is lost, that accounts tell, and that newsrooms air."""
    claim = d["topics"]["rumeur-port"]["claim"]
    if r.random() < 0.7:
        roles = ["official", "media", "journalist", "citizen"]
        claim["trust"] = {
            role: r.choice([0.4, 1, 3, round(r.uniform(1, 9), 2)]) for role in r.sample(roles, r.randint(2, 4))
        }
    if r.random() < 0.5:
        claim["interest"] = law(r, 900)
    if r.random() < 0.5:
        claim["tells"] = {"readiness": round(r.uniform(0.05, 0.8), 3), "after": law(r, 300)}
    if r.random() < 0.5:
        claim["corrects"] = {"readiness": round(r.uniform(0.05, 0.8), 3), "after": law(r, 300)}
    if r.random() < 0.6:
        room = {"topic": "rumeur-port", "level": f"{r.uniform(0.01, 0.5):.3f} /min", "window": f"{r.randint(2, 30)} min"}
        room |= {"account": r.choice(sorted(d["accounts"])), "audience": round(r.uniform(0.05, 0.7), 2)}
        room |= {"sees_after": f"{r.randint(0, 10)} min", "airs_after": f"{r.choice([0, 0, 5, 15])} min"}
        room |= {"corrects_after": f"{r.randint(0, 15)} min", "decay": "10 min"}
        d["newsrooms"] = {"tele": room}
        if r.random() < 0.5:
            d["newsrooms"]["antenne"] = {
                "topic": "rumeur-port",
                "level": "0.01 /min",
                "audience": 0.4,
                "zones": {"centre": 0.9},
            }
