"""Small cities in crisis, generated: zones, lines, closures of every kind, people out, hosts and seekers."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario
from ruamel.yaml import YAML


def city_of(number: int, folder: Path, *, one_zone: bool = False) -> Scenario:
    """Write generated city `number` into a folder and load it.

    one_zone : everybody is stranded in one zone, beds are alike, hosts always say yes and nobody gives up.
    """
    r = random.Random(number)
    d = _town(r)
    if one_zone:
        _interchangeable(d, r)
    path = folder / f"city-{number}{'-one' * one_zone}.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(d, file)
    return load(path)


def _law(r: random.Random, minutes: float) -> dict[str, Any]:
    t = f"{minutes * r.uniform(0.3, 2):.3f} min"
    kind = r.choice(("fixed", "exponential", "lognormal"))
    return {"law": kind} | {"fixed": {"value": t}, "exponential": {"mean": t}, "lognormal": {"median": t, "sigma": 1}}[kind]


def _window(r: random.Random) -> dict[str, str]:
    start = r.randint(0, 150)
    return {"at": f"T+{start} min", "until": f"T+{start + r.randint(5, 120)} min", "source": "generated"}


def _town(r: random.Random) -> dict[str, Any]:
    zones, stations = [f"z{i}" for i in range(r.randint(2, 5))], [f"s{i}" for i in range(r.randint(4, 7))]
    places = {"zones": _zones(zones, r), "metro": _metro(zones, stations, r),
              "provenance": {"zones": {"source": "generated"}}}  # fmt: skip
    d: dict[str, Any] = {
        "msgu": 1, "id": "city", "title": {"fr": "Ville", "en": "City"}, "start": "2030-05-17T20:00:00+02:00",
        "horizon": "5 h", "scale": r.choice([1, 0.5, 0.25]), "seed": r.randrange(10**6), "places": places,
        "network": {"accounts": 120, "mean_follows": 4, "source": "generated"},
        "topics": {"abri": {"infectiousness": 0.01, "original_share": 0.2, "delay": _law(r, 5), "source": "generated",
                            "kinds": {"offer": 0.6, "noise": round(r.random(), 3)}}},
        "drivers": {"offers": {"topic": "abri", "at": "T+10 min", "until": "T+150 min", "volume": r.randint(5, 60),
                               "source": "generated"}},
        "outings": {f"out{i}": {"people": r.randint(1, 30), "zone": r.choice(zones), "leaves": f"T+{r.randint(5, 150)} min",
                                "spread": f"{r.randint(0, 40)} min", "source": "generated"} for i in range(3)},
        "going_home": {"accept_ride": f"{r.randint(5, 60)} min", "accept_walk": f"{r.randint(1, 40)} min",
                       "taxi": round(r.random() * 0.5, 3), "patience": _law(r, 40), "source": "generated"},
        "shelter": _shelter(r), "closures": {f"c{i}": _closure(r, zones, stations) for i in range(r.randint(0, 5))},
        "record": {"event_log": True},
    }  # fmt: skip
    if r.random() < 0.4:
        stays = round(r.random(), 2)
        d["instructions"] = {
            "in": _window(r) | {"stays": stays, "leaves": round((1 - stays) / 2, 3), "reaction": _law(r, 5)}
        }
    if r.random() < 0.3:
        d["measures"] = {"taxis": _window(r) | {"dial": "taxi", "factor": 2}}
    return d


def _zones(zones: list[str], r: random.Random) -> dict[str, Any]:
    pairs = {(zones[i], zones[i + 1]) for i in range(len(zones) - 1)}
    pairs |= {(a, b) for a in zones for b in zones if a < b and r.random() < 0.3}
    return {z: {"kind": "commune", "population": r.randint(1, 100), "area_km2": 2, **_spot(r),
                "adjacent": sorted({b if a == z else a for a, b in pairs if z in (a, b)})} for z in zones}  # fmt: skip


def _spot(r: random.Random) -> dict[str, float]:
    return {"lat": 48.8 + round(r.uniform(0, 0.05), 4), "lon": 2.3 + round(r.uniform(0, 0.07), 4)}


def _metro(zones: list[str], stations: list[str], r: random.Random) -> dict[str, Any]:
    mode = {"headway": "6 min", "cruise": "40 km/h", "stop_loss": "15 s", "dwell": "20 s", "winding": 1.1}
    metro: dict[str, Any] = {
        "modes": {"metro": mode, "bus": mode | {"headway": "15 min", "cruise": "15 km/h"}},
        "stations": {s: {"zone": r.choice(zones), "lat": 48.8 + round(r.uniform(0, 0.05), 4),
                         "lon": 2.3 + round(r.uniform(0, 0.07), 4)} for s in stations},
        "lines": {}, "walks": {"w": {"between": ["s0", "s1"], "time": "4 min"}},
        "reach": f"{r.randint(500, 3000)} m", "source": "generated",
    }  # fmt: skip
    for name in ("l0", "l1", "b0"):
        stops = r.sample(stations, r.randint(3, len(stations)))
        segment = {"stations": stops, "one_way": r.random() < 0.2}
        metro["lines"][name] = {"mode": "bus" if name == "b0" else "metro", "segments": {"all": segment}}
    if r.random() < 0.5:
        metro["service_end"] = f"T+{r.randint(30, 200)} min"
    return metro


def _closure(r: random.Random, zones: list[str], stations: list[str]) -> dict[str, Any]:
    kinds = (
        {"lines": r.sample(["l0", "l1", "b0"], r.randint(1, 3))},
        {"lines": ["l0"], "service": round(r.uniform(0.1, 1), 2)},
        {"networks": [r.choice(["metro", "bus"])]},
        {"stations": r.sample(stations, r.randint(1, 3))},
        {"cordon": r.sample(zones, r.randint(1, 2)), "lets": r.sample(["residents", "leavers"], r.randint(0, 2))},
        {"cordon": [r.choice(zones)]},
        {"borders": {"b": zones[:2]}},
    )
    return r.choice(kinds) | _window(r)


def _shelter(r: random.Random) -> dict[str, Any]:
    return {
        "topic": "abri", "seekers": round(r.uniform(0.5, 1), 2), "start_after": _law(r, 3), "item_time": f"{r.randint(1, 20)} s",
        "batch": r.randint(1, 20), "window": f"{r.randint(5, 200)} min", "near": f"{r.randint(500, 6000)} m",
        "places": r.choice([1, 1.6]), "contact": _law(r, 6), "accepts": round(r.uniform(0.2, 1), 2), "fresh": _law(r, 60),
        "hoaxes": r.choice([0, 0.2]), "located": r.choice([1, 0.5]), "fear": r.choice([0, 0.3]),
        "smartphone": r.choice([1, 0.8]), "connected": r.choice([1, 0.7]), "understands": r.choice([1, 0.9]),
        "map_at": r.choice(["T+0 s", f"T+{r.randint(1, 150)} min"]), "map_use": round(r.random(), 2),
        "map_coverage": round(r.random(), 2), "map_delay": f"{r.randint(0, 30)} min", "volunteers": r.randint(0, 2),
        "volunteer_time": f"{r.randint(5, 200)} s", "source": "generated",
    }  # fmt: skip


def _interchangeable(d: dict[str, Any], r: random.Random) -> None:
    """One town whose people live where nothing leads, with offers until T+150 min and nobody new after that."""
    metro = d["places"]["metro"]
    d["places"]["zones"] = {
        "far": {"kind": "commune", "population": 10, "area_km2": 2, "lat": 49.5, "lon": 2.3},
        "town": {"kind": "commune", "population": 10, "area_km2": 2, "lat": 48.8, "lon": 2.3},
    }
    for station in metro["stations"].values():
        station["zone"] = "town"
    for key in ("instructions", "measures"):
        d.pop(key, None)
    metro["service_end"], d["closures"] = "T+0 s", {}
    for outing in d["outings"].values():
        outing |= {"zone": "town", "people": r.randint(1, 25), "closes": "T+170 min"}
    d["going_home"] |= {"homes": {"far": 1}, "accept_walk": "1 min", "taxi": 0, "patience": {"law": "fixed", "value": "9 d"}}
    d["topics"]["abri"] |= {"infectiousness": 0, "kinds": {"offer": 1, "noise": r.randint(0, 15)}}
    d["shelter"] |= {
        "seekers": 1, "smartphone": 1, "connected": 1, "understands": 1, "start_after": {"law": "fixed", "value": "5 min"},
        "contact": {"law": "fixed", "value": f"{r.randint(1, 20)} min"}, "accepts": 1, "hoaxes": 0, "located": 1, "fear": 0,
        "fresh": {"law": "fixed", "value": "9 d"}, "host_zones": {"town": 1}, "near": "20 km", "volunteers": 0,
    }  # fmt: skip
