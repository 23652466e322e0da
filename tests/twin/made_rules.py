"""Rules for generated scenarios: every observable, all that a rule may have, and everything that takes its time of one."""

from __future__ import annotations

import random
from typing import Any


def give_rules(d: dict[str, Any], r: random.Random) -> None:
    """Put rules into a scenario, and let measures, posts, shifts, closures and the rest follow them."""
    d["teams"] = {"press": {"people": r.randint(1, 2), "source": "generated"}, "desk": {"people": 1, "source": "generated"}}
    seen = [name for name in _LEVELS if _there(d, name)]
    d["rules"] = {f"r{i}": _rule(d, r.choice(seen), r) for i in range(r.randint(2, 5))}
    _measures(d, r)
    _others(d, r)


_LEVELS = {
    "posts": (0.5, 4), "offers": (0.05, 0.6), "blocking": (0.05, 0.6), "waiting": (0, 3), "unchecked": (0, 3),
    "stranded": (0, 8), "since": (10, 60),
}  # fmt: skip


def _there(d: dict[str, Any], name: str) -> bool:
    needs = {"offers": "shelter", "blocking": "phones", "waiting": "desks", "unchecked": "shelter"}
    return name not in needs or bool(d.get(needs[name]))


def _rule(d: dict[str, Any], sees: str, r: random.Random) -> dict[str, Any]:
    every = r.choice([30, 60, 90])
    low, high = _LEVELS[sees]
    value = r.uniform(low, high) if sees not in ("waiting", "unchecked", "stranded") else r.randint(int(low), int(high))
    rule: dict[str, Any] = {
        "sees": sees, "at": f"T+{r.randint(20, 90)} min", "every": f"{every} s", "source": "generated",
        "lasting": f"{r.choice([0, 0, 1, 3]) * every} s", "until_lasting": f"{r.choice([0, 0, 1, 2]) * every} s",
        "delay": f"{r.choice([0, 0, 20, 90, 400])} s", "error": r.choice([0, 0.3, 1]), "short": r.choice(["waits", "passes"]),
    }  # fmt: skip
    side, end = r.choice([("above", "until_below"), ("above", "until_below"), ("below", "until_above")])
    rule[side] = _written(sees, value)
    if r.random() < 0.6:
        rule[end] = _written(sees, value * r.uniform(0.3, 1) if side == "above" else value * r.uniform(1, 2))
    if sees in ("posts", "offers", "blocking"):
        rule["over"] = f"{r.choice([1, 3, 5]) * every} s"
    rule |= _selected(d, sees, r)
    if r.random() < 0.4:
        rule["until"] = f"T+{r.randint(100, 170)} min"
    if r.random() < 0.4:
        rule["at_most"] = r.randint(1, 3)
    if r.random() < 0.6:
        rule["teams"] = {r.choice(["press", "desk"]): 1}
    return rule


def _written(sees: str, value: float) -> Any:
    if sees in ("posts", "offers"):
        return f"{value:.3f} /min"
    return f"{60 * value:.0f} s" if sees == "since" else round(value, 3)


def _selected(d: dict[str, Any], sees: str, r: random.Random) -> dict[str, Any]:
    zones = sorted(d["places"]["zones"])
    if sees == "posts":
        return {"topic": r.choice(sorted(d["topics"]))}
    if sees == "waiting":
        return {"desk": r.choice(sorted(d["desks"]))}
    if sees == "since":
        return {"event": r.choice(sorted(d["events"]))}
    return {"zones": r.choice([[], r.sample(zones, 2)])} if sees in ("blocking", "stranded") else {}


def _time(d: dict[str, Any], r: random.Random) -> str:
    return f"rule {r.choice(sorted(d['rules']))}" + r.choice(["", "", " + 3 min", " + 90 s"])


def _span(d: dict[str, Any], r: random.Random) -> dict[str, Any]:
    """Begin with a rule or at a date, end with the rule, later, with another one, or at a date."""
    rule = r.choice(sorted(d["rules"]))
    until = r.choice([f"end of rule {rule}", f"end of rule {rule} + 2 min", f"rule {rule} + 11 min", "T+170 min"])
    at = r.choice([f"rule {rule}", f"rule {rule} + 1 min", f"rule {rule}", f"T+{r.randint(40, 100)} min"])
    return {"at": at, "until": until, "source": "generated"}


def _measures(d: dict[str, Any], r: random.Random) -> None:
    dials = (
        "voice_share",
        "redial_persistence",
        "channels",
        "taxi",
        "map_use",
        "seeing",
        "infectiousness",
        "bots",
        "credulity",
    )
    for i in range(r.randint(1, 3)):
        d["measures"][f"ruled{i}"] = {"dial": r.choice(dials), "factor": round(r.uniform(0.2, 1.6), 3)} | _span(d, r)


def _others(d: dict[str, Any], r: random.Random) -> None:
    """Whatever else a rule may give its time: posts, shifts, closures, instructions, map, Safety Check, broadcasts."""
    account, topic = r.choice(sorted(d["accounts"])), r.choice(sorted(d["topics"]))
    d["posts"]["ruled"] = {"at": _time(d, r), "account": account, "topic": topic, "kind": r.choice(["official", "offer"])}
    for desk in d.get("desks", {}).values():
        desk["shifts"] |= {"ruled": {"at": _time(d, r), "operators": r.randint(0, 5)}}
        desk["shifts"] |= {"after": {"at": f"end of {_time(d, r)}", "operators": r.randint(0, 3)}}
    if d.get("closures"):
        d["closures"]["ruled"] = {"lines": ["m1"]} | _span(d, r)
    if r.random() < 0.5:
        rule = r.choice(sorted(d["rules"]))
        told = {"at": f"rule {rule}", "until": r.choice([f"rule {rule} + 20 min", "T+150 min"]), "stays": 0.5, "leaves": 0.3}
        d.setdefault("instructions", {})["ruled"] = told | {"source": "generated"}
    if d.get("shelter") and r.random() < 0.4:
        d["shelter"] |= {"map_at": _time(d, r), "map_use": 0.8}
    prompts = any("prompt" in message for message in d.get("warnings", {}).values())
    dated = prompts or "friends" in d.get("safety_check", {})  # these need a date
    if d.get("safety_check") and r.random() < 0.4 and not dated:
        d["safety_check"]["at"] = _time(d, r)
    if d.get("broadcasts") and r.random() < 0.6:
        d["broadcasts"]["ruled"] = {"at": _time(d, r), "audience": 0.6, "decay": "10 min", "source": "generated"}
