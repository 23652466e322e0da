"""The report: pictures, page and tables, on nights made up from the declared tables."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from sim.report import clock, gallery, plain, series, texts
from sim.report.assumptions import assumptions, settings
from sim.report.findings import findings
from sim.report.ink import NARROW, WIDE, png, svg
from sim.report.material import Lang, Material, Row
from sim.report.page import page, tables, write
from sim.report.scorecard import lines, ordered
from sim.report.timeline import facts
from sim.scenario.load import load
from sim.scenario.schema import Scenario

ROOT = Path(__file__).parent.parent
STATES = (
    "out", "riding", "walking", "taxi", "stranded", "seeking", "to_host", "sheltered", "home", "held", "walking_far",
)  # fmt: skip


@dataclass(frozen=True)
class MadeUp:
    """A night in the declared form whose numbers are drawn here, not simulated."""

    scenario_id: str
    seed: int
    scale: float
    replication: int
    names: dict[str, list[str]]
    start_iso: str
    horizon: float
    bin_width: float
    clones: int
    tables: dict[str, dict[str, Any]]
    summary: dict[str, float]


def _bump(t: Any, at: float, rise: float, decay: float) -> Any:
    late = np.maximum(t - at, 0.0)
    return np.where(t >= at, (1 - np.exp(-late / rise)) * np.exp(-late / decay), 0.0)


def _columns(**values: Any) -> dict[str, Any]:
    return {name: np.asarray(v) for name, v in values.items()}


def night(scenario: Scenario, replication: int = 0, scale: float = 0.01) -> MadeUp:
    """Draw a night with a smooth rise and a pulse for each topic, and tables of every kind."""
    draw = np.random.default_rng((7, replication))
    zones, topics, desks = scenario.places.zone_ids(), list(scenario.topics), list(scenario.desks)
    horizon, width = scenario.horizon, scenario.record.bin
    n = int(np.ceil(horizon / width))
    t = (np.arange(n) + 0.5) * width
    times, of = _posts(scenario, draw, scale)
    counts = np.zeros((n, max(1, len(topics))), np.int64)
    np.add.at(counts, ((times // width).astype(int), of), 1)
    b, k = np.nonzero(counts)
    c_zone = np.repeat(np.arange(len(zones)), 2)
    busy = 0.6 * _bump(t, horizon * 0.25, 900.0, 5000.0)
    offered = draw.poisson(6 + 60 * busy[None] * (1 + c_zone[:, None] % 5))
    lost = draw.binomial(offered, np.clip(busy[None] * (c_zone[:, None] % 5) / 4, 0, 0.95))
    cell, bin_ = np.nonzero(offered)
    share = np.clip(_bump(t, horizon * 0.06, 2400.0, 1e9), 0, 1)
    living = np.array([scenario.places.zones[z].population or 0 for z in zones], float) * scale
    aware = np.round(share[:, None] * living[None] * draw.uniform(0.8, 0.97)).astype(int)
    where = np.indices(aware.shape)
    out = np.stack([draw.poisson(3000 * _bump(t, horizon * (0.1 + 0.02 * s), 1800.0, 6000.0) * (s >= 4)) for s in range(11)])
    state, pb = np.nonzero(out)
    claims = [i for i, x in enumerate(topics) if scenario.topics[x].claim is not None]
    held = np.cumsum(draw.poisson(3 * _bump(t, horizon * 0.2, 900.0, 5000.0)))
    received = draw.poisson(40 * _bump(t, horizon * 0.25, 1200.0, 16000.0))
    return MadeUp(
        scenario.id, 1, scale, replication,
        {"topics": topics, "zones": zones, "desks": desks, "states": list(STATES), "operators": [], "kinds": []},
        scenario.start.isoformat(), horizon, width, round(1 / scale),
        {
            "posts": _columns(time=times, topic=of),
            "topic_curves": _columns(bin=b, topic=k, posts=counts[b, k], originals=counts[b, k] // 10),
            "cells": _columns(cell=np.arange(len(c_zone)), zone=c_zone, channels=np.full(len(c_zone), 14), weight=np.full(len(c_zone), 3.0)),
            "calls": _columns(cell=cell, bin=bin_, offered=offered[cell, bin_], lost=lost[cell, bin_], lost_far=0 * cell, carried=(offered - lost)[cell, bin_]),
            "awareness": _columns(bin=where[0].ravel(), zone=where[1].ravel(), aware=aware.ravel()),
            "people": _columns(bin=pb, state=state, zone=0 * pb, count=out[state, pb]),
            "beliefs": _columns(bin=np.tile(np.arange(n), len(claims)), topic=np.repeat(claims, n).astype(int), believes=np.tile(held, len(claims)), doubts=np.tile(held // 3, len(claims)), corrected=np.tile(held // 2, len(claims))),
            "reassured": _columns(bin=np.arange(n), call=draw.poisson(30 * share), message=draw.poisson(20 * share), mark=draw.poisson(50 * share), desk=draw.poisson(share)),
            "desks": _columns(bin=np.tile(np.arange(n), len(desks)), desk=np.repeat(np.arange(len(desks)), n), received=np.tile(received, len(desks)), answered=np.tile(np.minimum(received, 5), len(desks)), waiting=np.tile(np.minimum(received * 2, 60), len(desks)), serving=np.tile(np.minimum(received, 10), len(desks))),
        },
        {"worry_edges": 5000.0, "worry_cleared": 3000.0 + 50 * replication},
    )  # fmt: skip


def _posts(scenario: Scenario, draw: np.random.Generator, scale: float) -> tuple[Any, Any]:
    """Times and topics of posts, sorted by time."""
    times, of = [np.zeros(0)], [np.zeros(0, np.int64)]
    for k in range(len(scenario.topics)):
        count = draw.poisson(scale * 1.2e6 / (1 + k) ** 1.5)
        at = scenario.horizon * (0.08 + 0.03 * k) + draw.gamma(2.0, scenario.horizon / 12, count)
        pulse = scenario.horizon * 0.245 + draw.exponential(15.0, count // 10)
        both = np.concatenate([at, pulse])
        both = both[both < scenario.horizon]
        times.append(both)
        of.append(np.full(len(both), k))
    time, topic = np.concatenate(times), np.concatenate(of)
    order = np.argsort(time, kind="stable")
    return time[order], topic[order]


def rows(scenario: Scenario, n: int) -> tuple[Row, ...]:
    """A scorecard that has every verdict and every kind."""
    out = []
    for i, (key, f) in enumerate(scenario.evidence.figures.items()):
        got = tuple((f.value or 1.0) * (0.5 + 0.6 * (i % 3)) * (1 + 0.02 * r) for r in range(n))
        verdict = ("missed", "ok", "not reached")[i % 3]
        simulated = tuple(float("nan") for _ in got) if verdict == "not reached" else got
        out.append(Row(key, f.quantity, f.unit, f.role, f.kind, f.weight, f.value, f.low, f.high, simulated, verdict, f.source, f.confidence, f.note, f.counter or ""))  # type: ignore[arg-type]  # fmt: skip
    return tuple(out)


def material(scenario: Scenario, n: int, scale: float = 0.01) -> Material:
    """A report's material from made-up nights."""
    nights = tuple(night(scenario, r, scale) for r in range(n))
    facts_ = (("version", "0.1.0"), ("sha256", "0" * 64))
    return Material(scenario, nights, rows(scenario, n), facts_, "msgu run scenarios/toy.yaml --seed 1", ())
