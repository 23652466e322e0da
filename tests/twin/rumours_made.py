"""Claims that answer: in generated scenarios, and in nights of one claim on which everybody speaks."""

from __future__ import annotations

import random
from typing import Any

from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario

from tests import TOY


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


def night_of_a_claim(number: int) -> Scenario:
    """A claim made by a journalist and a broadcaster, denied by an authority and a journalist, and widely shared by others."""
    r = random.Random(number)
    said = {"claimed": ("reporter", "rumour"), "heard": ("radio", "rumour")}
    said |= {"refuted": ("mairie", "correction"), "retracted": ("reporter", "correction")}
    claim = ["credulity=0.5", "acceptance=0.3", "correction_infectiousness=0.15"]
    claim += [
        "trust={official: 4, media: 0.5, journalist: 2.5}",
        "corrects={readiness: 0.3, after: {law: fixed, value: 4 min}}",
    ]
    claim += [f"interest={{law: fixed, value: {r.randint(10, 40)} min}}"] if number % 2 else []
    sets = [
        f"seed={number}", "record.event_log=true", "shelter=null", "network.mean_follows=8", "attention.seeing=0.9",
        "newsrooms.tele={topic: rumeur-port, level: 0.01 /min, audience: 0.1, corrects_after: 10 min}",
        "topics.rumeur-port.infectiousness=0.12", *(f"topics.rumeur-port.claim.{text}" for text in claim),
        *(f"posts.{name}={{at: T+{r.randint(5, 60)} min, account: {account}, topic: rumeur-port, kind: {kind}}}"
          for name, (account, kind) in said.items()),
    ]  # fmt: skip
    return load(TOY, (), sets)
