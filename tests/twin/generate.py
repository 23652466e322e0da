"""Small scenarios that differ in every number and law, and in which models are there; read through the public loader."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

from msgu.scenario.dials import DIALS
from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario
from ruamel.yaml import YAML

from tests import TOY
from tests.twin.made_reassurance import reassured
from tests.twin.made_rules import give_rules
from tests.twin.rumours_made import claims_that_answer


def scenario_of(number: int, folder: Path, *, ruled: bool = True, plain: bool = False) -> Scenario:
    """Write generated scenario `number` into a folder and load it.

    ruled : some of them have rules. plain : without what a scenario may switch on besides, for laws that leave it out.
    """
    path = folder / f"generated-{number}.yaml"
    yaml = YAML(typ="safe")
    d = _vary(yaml.load(TOY.read_text(encoding="utf-8")), random.Random(number), plain=plain)
    _give_graph(d, random.Random(number + 10**8), folder / f"generated-{number}.edges")
    rules = random.Random(number + 3 * 10**8)
    if ruled and not plain and rules.random() < 0.3:
        give_rules(d, rules)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(d, file)
    return load(path)


def _vary(d: dict[str, Any], r: random.Random, *, plain: bool) -> dict[str, Any]:
    """Change the toy scenario: laws, numbers, times, switches, and blocks left out."""
    d["id"], d["seed"] = "generated", r.randrange(10**6)
    d["scale"] = r.choice(["1", "1", "1/2", "1/3"])
    d["horizon"] = f"{r.randint(150, 240)} min"
    d["evidence"] = {}
    d["network"]["accounts"] = r.choice([60, 200, 400])
    d["network"]["mean_follows"] = r.choice([3, 8, 15])
    _social(d, r)
    _telephones(d, r)
    _city(d, r)
    _closed_more(d, random.Random(d["seed"] + 10**7))
    _tried_again(d, random.Random(d["seed"] + 2 * 10**7))
    if not plain:
        _looked_for(d, random.Random(d["seed"] + 3 * 10**7))
        claims_that_answer(d, random.Random(d["seed"] + 5 * 10**7))
        _dangers(d, random.Random(d["seed"] + 19 * 10**7))
        _broadcast_like(d, random.Random(d["seed"] + 9 * 10**7))
    d["measures"] = {f"m{i}": _measure(r, plain=plain) for i in range(r.randint(0, 6))}
    for block in ("trending", "phones", "safety_check", "shelter", "worry", "pulses", "broadcasts", "desks", "closures"):
        if r.random() < 0.12:
            d.pop(block)
            if block == "trending":  # nothing trends
                d["bots"]["adverts"]["topics"] = ["abri"]
            if block == "desks":
                d.get("missing", {}).get("search", {}).pop("desk", None)
            if block == "worry":
                for desk in d.get("desks", {}).values():
                    desk["worried_share"] = 0
    if not plain:
        _heard_of(d, random.Random(d["seed"] + 3 * 10**7))
    d["places"]["zones"]["ailleurs"]["utc_offset_h"] = random.Random(d["seed"] + 1).choice([-4, -3.5, 5.75])
    for topic in d["topics"].values():
        topic["once"] = r.random() < 0.15
    for broadcast in d.get("broadcasts", {}).values():
        if r.random() < 0.5:
            broadcast["zones"] = {r.choice(sorted(d["places"]["zones"])): round(r.random(), 2), "arrondissement": 0.7}
    if not plain:
        _warned(d, random.Random(d["seed"] + 9 * 10**7))
    for part in (d.get("phones"), d.setdefault("going_home", {}), *d.get("desks", {}).values()):
        if part is not None and r.random() < 0.25:  # followed for a part of the night only
            part["until"] = f"T+{r.randint(60, 200)} min"
    if not plain:
        _where_people_are(d, random.Random(d["seed"] + 4 * 10**7))
        reassured(d, random.Random(d["seed"] + 7 * 10**7), _law)
    return d


def _give_graph(d: dict[str, Any], r: random.Random, path: Path) -> None:
    """Of some scenarios write out the graph, and of some of these the chance of each tie."""
    if r.random() > 0.3:
        return
    n = min(d["network"]["accounts"] // int(d["scale"].partition("/")[2] or 1), 150)
    n, chances = max(n, len(d["accounts"])), r.random() < 0.7
    ties = [(a, b) for a in range(n) for b in range(n) if a != b and r.random() < d["network"]["mean_follows"] / n]
    lines = (f"{a} {b}" + (f" {r.choice([0, 1, r.random()]):.4g}" if chances else "") for a, b in ties)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    d["network"]["edge_list"] = path.name


def _law(r: random.Random, typical: float) -> dict[str, Any]:
    """Return a law whose typical value is about `typical` seconds."""
    kind = r.choice(["lognormal", "lognormal", "exponential", "fixed", "seismic", "empirical"])
    t = f"{typical * r.uniform(0.5, 1.5):.3f} s"
    if kind == "lognormal":
        return {"law": kind, "median": t, "sigma": round(r.uniform(0, 2), 3)}
    if kind == "exponential":
        return {"law": kind, "mean": t}
    if kind == "fixed":
        return {"law": kind, "value": t}
    if kind == "seismic":
        return {"law": kind, "theta": round(r.uniform(0.2, 2), 3), "s0": t}
    return {"law": kind, "quantiles": {"0": "1 s", "0.4": f"{typical / 2:.2f} s", "0.8": t, "1": f"{typical * 9:.2f} s"}}


def _clock(r: random.Random) -> str:
    return f"T+{r.randint(45, 180)} min"


def _social(d: dict[str, Any], r: random.Random) -> None:
    follows = d["network"]["mean_follows"]
    d["attention"] |= {
        "seeing": round(r.uniform(0.3, 1), 3),
        "activity_sigma": r.choice([0, 1]),
        "susceptibility_sigma": r.choice([0, 1.5]),
    }
    for topic in d["topics"].values():
        _topic(topic, follows, r)
    _feeds(d, r)
    if r.random() < 0.5:
        account = r.choice(sorted(d["accounts"]))
        d["gains"] = {"more": {"account": account, "at": _clock(r), "volume": r.randint(5, 60), "decay": "20 min"}}
    _films_and_programs(d, r)
    for post in d["posts"].values():
        post["at"] = _clock(r)
    _rumour(d["topics"]["rumeur-port"], follows, r)
    _by_zone(d, r)
    if r.random() < 0.4:
        _denied(d, d["topics"]["rumeur-port"], follows)
    for pulse in d["pulses"].values():
        pulse |= {"at": _clock(r), "share": round(r.random(), 3), "live_for": f"{r.randint(10, 120)} min"}
    d["trending"] |= {"region": r.choice(["country", "world"]), "threshold": f"{r.uniform(0.05, 2):.3f} /min"}
    d["trending"]["look_every"] = f"{r.randint(2, 40)} min"


def _topic(topic: dict[str, Any], follows: int, r: random.Random) -> None:
    """Vary a topic; each response is answered by fewer than one on average, or a night would never end."""
    topic["infectiousness"] = round(r.uniform(0.02, 0.3) / follows, 5)
    topic["delay"] = _law(r, 240)
    topic["original_share"] = round(r.uniform(0, 0.4), 3)
    topic["curve"] = {"first": [1, round(r.uniform(1, 2), 2)], "tail": r.choice([0, 1.5, 3])}
    if r.random() < 0.3:  # each sight decides by itself
        topic["curve"] = {"first": [1], "tail": 0}
    if r.random() < 0.3:
        topic["once"] = True
    if r.random() < 0.4:
        topic["removal"] = {"share": round(r.random(), 3), "delay": _law(r, 900)}
    if r.random() < 0.5:
        topic["half_life"], topic["onset"] = f"{r.randint(20, 200)} min", _clock(r)


def _feeds(d: dict[str, Any], r: random.Random) -> None:
    if r.random() < 0.3:
        d["attention"] |= {"catch_up": _law(r, 300)}
    if r.random() < 0.3:
        d["attention"] |= {"half_load": None}
    if r.random() < 0.3:  # so few are awake that readers are reached by gaps
        d["attention"] |= {"awake": {str(h): round(r.uniform(0, 0.04), 4) for h in range(24)}}


def _films_and_programs(d: dict[str, Any], r: random.Random) -> None:
    for video in d["videos"].values():
        video |= {
            "topic": r.choice(sorted(d["topics"])),
            "at": _clock(r),
            "share": round(r.random(), 3),
            "watch": _law(r, 300),
        }
        video |= {"opens": round(r.random(), 3)} | ({"until": f"T+{r.randint(181, 240)} min"} if "until" in video else {})
    d["bots"]["adverts"] |= {"accounts": r.randint(5, 40), "every": f"{r.randint(5, 60)} min", "at": _clock(r)}


def _rumour(rumour: dict[str, Any], follows: int, r: random.Random) -> None:
    rumour["infectiousness"] = round(r.uniform(0.2, 0.5) / follows, 5)
    rumour["delay"] = _law(r, 1500)
    rumour["claim"] |= {"credulity": round(r.random(), 3), "acceptance": round(r.random(), 3)}
    rumour["claim"]["correction_infectiousness"] = rumour["infectiousness"]


def _by_zone(d: dict[str, Any], r: random.Random) -> None:
    kinds = sorted({zone["kind"] for zone in d["places"]["zones"].values()})
    for driver in d["drivers"].values():
        driver["volume"] = r.randint(10, 80)
        if r.random() < 0.4:
            driver["zones"] = {r.choice(kinds): 1, r.choice(sorted(d["places"]["zones"])): round(r.uniform(0.1, 3), 2)}
    for topic in d["topics"].values():
        if r.random() < 0.4:
            topic["zone_factor"] = {r.choice(kinds): 0.5, r.choice(sorted(d["places"]["zones"])): 0.8}


def _denied(d: dict[str, Any], rumour: dict[str, Any], follows: int) -> None:
    """Slow shares of a rumour that is denied meanwhile, so that some are withheld."""
    rumour |= {"delay": {"law": "fixed", "value": "40 min"}, "infectiousness": 0.6 / follows}
    rumour["claim"] |= {"credulity": 1, "acceptance": 1, "correction_infectiousness": 0.6 / follows}
    d["drivers"]["rumour"] |= {"volume": 80, "at": "T+60 min"}
    d["posts"]["denial"]["at"] = "T+95 min"


def _telephones(d: dict[str, Any], r: random.Random) -> None:
    d["phones"] |= {
        "channels": r.randint(1, 6), "load": round(r.uniform(0, 4), 3), "holding": _law(r, 80),
        "answer": round(r.random(), 3), "both_ends": r.random() < 0.6, "persistence": round(r.uniform(0, 0.95), 3),
        "redial_after": _law(r, 60), "baseline_redials": r.random() < 0.6,
    }  # fmt: skip
    if r.random() < 0.5:
        d["phones"] |= {"reserved": r.randint(0, d["phones"]["channels"]), "emergency_share": round(r.random(), 3)}
    d["phones"]["by_operator"] = r.random() < 0.4
    if r.random() < 0.5:
        d["phones"]["data"] = {
            "share": round(r.random(), 3), "capacity": f"{r.uniform(0.01, 1):.4f} /s", "load": round(r.uniform(0, 0.95), 3),
            "patience": f"{r.randint(0, 120)} s", "source": "generated",
        }  # fmt: skip
    if d["phones"]["holding"]["law"] == "seismic":
        d["phones"]["holding"]["theta"] = 1.5
    d["worry"] |= {
        "reaction": _law(r, 200), "message_share": round(r.random(), 3), "message_answered": round(r.random(), 3),
        "message_reply": _law(r, 200), "message_after_failure": round(r.random(), 3),
        "post_after_failure": round(r.random(), 3), "talk_calls": round(r.uniform(0, 1), 3),
        "talk_messages": round(r.uniform(0, 1), 3), "talk_spread": _law(r, 900),
    }  # fmt: skip
    if r.random() < 0.5:
        d["worry"] |= {"safe_post": round(r.random(), 3), "safe_after": _law(r, 600), "safe_seen": round(r.random(), 3)}
    d["worry"]["post_topic"] = r.choice(["alerte", "abri"])
    desk = d["desks"]["hotline"]
    desk |= {"handling": _law(r, 100), "persistence": round(r.uniform(0, 0.8), 3), "redial_after": _law(r, 200)}
    desk |= {"worried_share": round(r.random(), 3), "informs": round(r.random(), 3), "reaction": _law(r, 300)}
    desk["patience"] = _law(r, 100) if r.random() < 0.7 else None
    desk["lines"] = r.choice([0, 2, 6, None])
    desk["shifts"]["more"]["operators"] = r.randint(0, 4)
    d["safety_check"] |= {"at": _clock(r), "marks": round(r.random(), 3), "contact": round(r.random(), 3)}
    d["safety_check"]["delay"] = _law(r, 600)
    if r.random() < 0.5:
        d["safety_check"] |= {"unmarked": round(r.random(), 3), "unmarked_after": _law(r, 600)}


def _city(d: dict[str, Any], r: random.Random) -> None:
    d["places"]["metro"]["service_end"] = _clock(r)
    for closure in d["closures"].values():
        start = r.randint(20, 140)
        closure["at"], closure["until"] = f"T+{start} min", f"T+{start + r.randint(5, 90)} min"
    for outing in d["outings"].values():
        outing |= {"people": r.randint(0, 60), "leaves": _clock(r), "spread": f"{r.randint(0, 60)} min"}
    for venue in d["places"]["venues"].values():
        venue["people"] = {"centre": r.randint(10, 60)}
    d["going_home"] |= {
        "taxi": round(r.uniform(0, 0.4), 3), "patience": _law(r, 2400), "accept_walk": f"{r.randint(5, 40)} min",
    }  # fmt: skip
    d["shelter"] |= {
        "seekers": round(r.random(), 3), "start_after": _law(r, 200), "batch": r.randint(1, 12), "contact": _law(r, 200),
        "accepts": round(r.random(), 3), "fresh": _law(r, 3000), "map_at": r.choice([None, _clock(r)]),
        "map_use": round(r.random(), 3), "map_coverage": round(r.random(), 3), "volunteers": r.randint(0, 2),
        "places": r.choice([1, 1.6]), "volunteer_time": f"{r.randint(10, 200)} s", "near": f"{r.randint(500, 4000)} m",
    }  # fmt: skip


def _closed_more(d: dict[str, Any], r: random.Random) -> None:
    """Cordons that let some through, parts of lines, thin service, a border; instructions; hoaxes, fear, places not said."""
    lets: list[str] = r.choice([[], [], ["residents"], ["leavers"], ["residents", "leavers"]])
    d["closures"]["cordon"] |= {"lets": lets}
    start = r.randint(20, 140)
    while_shut = {"at": f"T+{start} min", "until": f"T+{start + r.randint(5, 90)} min", "source": "generated"}
    part = {"line": "m1", "between": r.choice([["gare", "hotel-de-ville"], ["sud", "hotel-de-ville"], ["gare", "sud"]])}
    more: dict[str, Any] = r.choice(
        [{"stretches": {"part": part}}, {"networks": ["metro"]}, {"lines": ["m1"], "service": 0.3},
         {"networks": ["metro"], "service": 0.5}, {"borders": {"one": ["centre", "est"]}}, {"cordon": ["nord", "port"]}]
    )  # fmt: skip
    d["closures"]["more"] = more | while_shut
    if r.random() < 0.5:
        stays = round(r.uniform(0, 0.7), 2)
        given = {"stays": stays, "leaves": round(r.uniform(0, 1 - stays), 2), "reaction": _law(r, 300)}
        given |= {"zones": r.choice([[], ["centre"], ["port", "est"]])}
        two = copy.deepcopy(given) | while_shut | {"at": "T+60 min", "until": "T+130 min"}
        d["instructions"] = {"one": given | while_shut, "two": two}
    if r.random() < 0.5:
        d["outings"]["bars-port"]["closes"] = _clock(r)
        d["places"]["venues"]["hall"]["closes"] = _clock(r)
    if r.random() < 0.7:
        d["shelter"] |= {"hoaxes": round(r.uniform(0, 0.8), 2), "fear": round(r.uniform(0, 0.6), 2),
                         "located": round(r.random(), 2)}  # fmt: skip
    if r.random() < 0.3:  # a map that is used, of offers that volunteers check at once, some of them hoaxes
        d["shelter"] |= {"hoaxes": 0.6, "volunteers": 2, "volunteer_time": "12 s", "map_at": "T+50 min", "map_use": 0.9}
        d["shelter"] |= {"seekers": 0.9, "start_after": {"law": "fixed", "value": "60 s"}}
        d["shelter"] |= {"relays": ["mairie"], "relay_share": 0.6}
    if r.random() < 0.5:
        d["shelter"] |= {"smartphone": 0.8, "connected": 0.7, "understands": 0.9}


def _tried_again(d: dict[str, Any], r: random.Random) -> None:
    """Messages without an answer, messages that are news, originals that are written on another topic."""
    d["worry"] |= {"follow_up": _law(r, 400), "talk_news": r.choice([0, 1, round(r.random(), 3)])}
    topic, other = r.sample(["abri", "alerte"], 2)
    if r.random() < 0.6:
        kinds = sorted(d["topics"][topic]["kinds"])
        d["topics"][topic]["elsewhere"] = {"topic": other, "share": {k: round(r.random(), 3) for k in kinds[1:]}}


def _looked_for(d: dict[str, Any], r: random.Random) -> None:
    """Numbers of desks that are announced; people who are missing, and families who look for them."""
    zones = sorted(d["places"]["zones"])
    if r.random() < 0.4:
        d["desks"]["hotline"]["announced"] = {
            name: {"at": _clock(r), "audience": round(r.random(), 2), "rise": f"{r.randint(0, 9)} min", "decay": "12 min",
                   "zones": r.choice([{}, {r.choice(zones): 0.7, "arrondissement": 0.4}]), "source": "generated"}
            for name in ("news", "radio")[: r.randint(1, 2)]
        }  # fmt: skip
    if r.random() < 0.6:
        return
    d["missing"] = {
        "topic": r.choice(["abri", "alerte"]), "people": r.randint(1, 40), "at": _clock(r), "after": _law(r, 600),
        "news": _law(r, 2400), "relays": ["mairie"], "relay_after": _law(r, 900), "tribute": "alerte", "source": "generated",
    }  # fmt: skip
    if r.random() < 0.7:
        laws = {name: _law(r, 1200) for name in ("named", "identified", "told", "visit", "again", "shared")}
        d["missing"]["search"] = laws | {
            "hospitals": {"north": 3, "south": 1, "west": r.choice([0, 2])}, "visits": round(r.random(), 2),
            "calls": round(r.random(), 2), "desk": "hotline", "source": "generated",
        }  # fmt: skip


def _where_people_are(d: dict[str, Any], r: random.Random) -> None:
    """Calls of people out and of desks over cells, witnesses, barring; each in most scenarios that have what it needs."""
    if "phones" in d:
        d["phones"]["people_out"] = r.choice([0, 0.5, 1])
        start = r.randint(40, 150)
        measure = {"dial": "access", "factor": round(r.uniform(0, 0.9), 2), "zones": ["centre"], "source": "generated"}
        if r.random() < 0.6:
            d["measures"]["access"] = measure | {"at": f"T+{start} min", "until": f"T+{start + r.randint(5, 60)} min"}
        for desk in d.get("desks", {}).values():
            desk["over_cells"] = over = r.random() < 0.7
            desk["emergency"] = over and r.random() < 0.5
            desk["rates"]["more"] = {"at": _clock(r), "until": "T+240 min", "rate": f"{r.randint(5, 60)} /h"}
            if over and r.random() < 0.5:
                desk["rates"]["more"]["zones"] = {"centre": 2, "commune": 1}
    if "phones" in d and r.random() < 0.4:
        d["phones"]["battery"] = {"out": _law(r, 6000), "home": r.choice([None, _law(r, 9000)]), "source": "generated"}
    if "worry" in d and r.random() < 0.5:
        d["worry"]["group"] = {"share": round(r.random(), 2), "after": _law(r, 900), "contacts": round(r.random(), 2),
                               "others": round(r.uniform(0, 0.8), 2), "source": "generated"}  # fmt: skip
    if r.random() < 0.7:
        d["witnesses"] = {
            name: {"at": _clock(r), "zone": zone, "people": r.randint(1, 40), "learns": r.random() < 0.7}
            for name, zone in (("blast", "centre"), ("shots", "port"))
        }
        for what in d["witnesses"].values() if "desks" in d else ():
            what |= {"desk": "hotline", "calls": round(r.random(), 2), "reaction": _law(r, 300)}


def _dangers(d: dict[str, Any], r: random.Random) -> None:
    """Dangers in and around the zones, some of them at once; venues and outings with a place of their own."""
    if r.random() < 0.4:
        return
    d["dangers"] = {}
    for i in range(r.randint(1, 4)):
        start, zone = r.randint(0, 150), d["places"]["zones"][r.choice(["centre", "centre", "nord", "est", "sud", "port"])]
        d["dangers"][f"d{i}"] = {
            "at": f"T+{start} min", "until": f"T+{start + r.randint(1, 90)} min", "source": "generated",
            "lat": round(zone["lat"] + r.uniform(-0.006, 0.006), 5), "lon": round(zone["lon"] + r.uniform(-0.006, 0.006), 5),
            "radius": f"{r.randint(100, 900)} m", "margin": f"{r.choice([0, r.randint(1, 300)])} m",
        }  # fmt: skip
    for group in (d["places"]["venues"]["hall"], d["outings"]["bars-centre"]):
        if r.random() < 0.5:
            place = {"lat": round(48 + r.uniform(-0.005, 0.005), 5), "lon": round(2 + r.uniform(-0.01, 0.01), 5)}
            group["spot"] = place | {"radius": f"{r.choice([0, r.randint(1, 300)])} m"}


def _warned(d: dict[str, Any], r: random.Random) -> None:
    """Of half of the scenarios some messages that ask for action, by every way, and how people heed them."""
    if r.random() < 0.5:
        return
    zones = sorted(d["places"]["zones"])
    can = ["stay", "leave", "avoid", "detour"]
    can += ["text"] if "phones" in d and "worry" in d else []
    can += ["seek", "host"] if "shelter" in d else []
    ways: list[dict[str, Any]] = [{"post": name} for name in sorted(d["posts"])]
    ways += [{"broadcast": name} for name in sorted(d.get("broadcasts", {}))]
    ways += [{"prompt": _law(r, 300)}] if "safety_check" in d else []
    ways += [{"alert": {"zones": {zone: round(r.random(), 2) for zone in zones}, "delay": _law(r, 100)}} for _ in range(3)]
    d["warnings"] = {}
    for number, way in enumerate(r.sample(ways, min(len(ways), r.randint(1, 4)))):
        start = r.randint(30, 120)
        sender = r.choice(["authority", "media", "platform", "stranger", "friend"])
        message = way | {"sender": sender, "signed": r.random() < 0.5, "length": r.randint(20, 1600)}
        message |= {"at": f"T+{start} min"} if "alert" in way else {}
        message["place"] = r.sample(zones, r.randint(1, 4))
        asked = r.sample(can, r.randint(0, len(can)))
        if r.random() < 0.4 and "desks" in d:
            asked, message["desk"] = [*asked, "call"], "hotline"
        if not {"avoid", "detour"} & set(asked) and r.random() < 0.5:
            message["place"] = []
        message |= {"guidance": asked, "languages": r.sample(["fr", "en", "de"], r.randint(1, 2))}
        message |= {"hazard": r.choice(["", "gas"])} | ({"until": "T+220 min"} if r.random() < 0.5 else {})
        d["warnings"][f"w{number}"] = message
    d["heeding"] = {
        "reads": {"fr": round(r.random(), 2), "en": round(r.random(), 2)}, "understands": round(r.uniform(0.5, 1), 2),
        "reading": _law(r, 60), "confirming": _law(r, 200), "acting": _law(r, 300), "telling": _law(r, 200),
        "confirmations": [r.randint(1, 5) for _ in range(r.randint(1, 5))], "halving": r.randint(100, 3000),
        "confirms": {"ask": 1, "call": r.randint(1, 4), "read": r.randint(1, 4)}, "finds": round(r.random(), 2),
        "prior": round(r.uniform(0.05, 0.5), 2), "complies": round(r.uniform(0.4, 1), 2), "tells": round(r.random(), 2),
        "unguided": {"stay": 0.3, "leave": 0.2}, "told": r.randint(0, 2), "lasting": f"{r.randint(20, 90)} min",
        "trust": {"authority": 0.7, "friend": 0.4, "media": 0.6}, "follows": {"host": 0.9}, "brief": round(r.random(), 2),
    }  # fmt: skip


def _heard_of(d: dict[str, Any], r: random.Random) -> None:
    """Hosts and seekers who must have heard of shelter: from posts, a broadcast, or somebody stranded beside them."""
    if "shelter" not in d or r.random() < 0.5:
        return
    d["topics"]["abri"]["kinds"]["offer"] = 0
    hearing = {"offers": round(r.random(), 3), "offer_after": _law(r, 600), "source": "generated"}
    if r.random() < 0.6:
        hearing |= {"meets": f"{r.uniform(2, 30):.2f} min", "tells": round(r.random(), 3)}
    d["shelter"]["hearing"] = hearing
    for name in ("first", "stay-in"):
        d["posts"][name]["shelter"] = r.random() < 0.4
    for broadcast in d.get("broadcasts", {}).values():
        if r.random() < 0.5:
            broadcast["shelter"] = True
            hearing["outdoors"] = round(r.random(), 3)


def _broadcast_like(d: dict[str, Any], r: random.Random) -> None:
    """Who takes part; retweets that move less, posts of unlike appeal, feeds without repetitions; a stimulus for who is there."""
    if r.random() < 0.4:
        d["attention"]["participation"] = {"share": round(r.uniform(0.2, 1), 3), "sigma": round(r.uniform(0, 1.5), 3)}
    if r.random() < 0.4:
        d["attention"]["retweet_factor"] = round(r.random(), 3)
    if r.random() < 0.4:
        d["attention"]["appeal_power"] = round(r.uniform(0, 4), 3)
    d["attention"]["shown_once"] = r.random() < 0.4
    d["trending"]["first_posts"] = r.random() < 0.4
    for pulse in d["pulses"].values():
        if r.random() < 0.4:
            session = f"{r.randint(1, 20)} min"
            pulse["stimulus"] = {"over": f"{r.randint(0, 300)} s", "session": session, "reaction": _law(r, 120)}


def _measure(r: random.Random, *, plain: bool) -> dict[str, Any]:
    dial, start = r.choice([name for name in DIALS if name != "access"]), r.randint(40, 150)
    found = {"dial": dial, "factor": round(r.uniform(0.2, 2.5), 3), "at": f"T+{start} min", "source": "generated"}
    found["until"] = f"T+{start + r.randint(5, 60)} min"
    if DIALS[dial].scope == "zone":
        found["zones"] = ["centre"]
    if DIALS[dial].scope == "topic":
        found["topics"] = [r.choice(["alerte", "abri", "rumeur-port"])]
    return found
