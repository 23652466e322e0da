"""Nights made by hand or by a small generator, in place of the engine's: for tests of what is kept and measured."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from msgu.engine.tables.warnings import GROUPS
from msgu.results import OPTIONAL, TABLES, Results
from msgu.scenario.schema.danger import ANY, PLACES, in_time
from msgu.scenario.schema.people import STATES
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.social import KINDS
from msgu.scenario.schema.warnings import ACTIONS

ENGINE = ("tests.made_nights:build", "tests.made_nights:simulate")
POSTS = 200


def names_of(scenario: Scenario) -> dict[str, list[str]]:
    lists = {
        "topics": sorted(scenario.topics),
        "zones": sorted(scenario.places.zones),
        "operators": sorted(scenario.phones.operators) if scenario.phones else [],
        "desks": sorted(scenario.desks),
        "kinds": list(KINDS),
        "states": list(STATES),
        "accounts": sorted(scenario.accounts),
        "videos": sorted(scenario.videos),
        "dangers": [*in_time(scenario.dangers), ANY],
        "places": list(PLACES),
        "rules": sorted(scenario.rules),
        "messages": sorted(scenario.warnings),
        "actions": list(ACTIONS),
        "groups": list(GROUPS),
    }
    return lists | {f"variants/{name}": sorted(topic.variants) or [name] for name, topic in scenario.topics.items()}


def made(scenario: Scenario, scale: float = 1.0, replication: int = 0, **rows: list[tuple[Any, ...]]) -> Results:
    """Results with the given rows, one tuple for each in the order of the declared columns; the last may be left out (0)."""
    tables = {}
    for name, table in TABLES.items():
        if name in OPTIONAL and name not in rows:
            continue
        whole = [(*row, *[0] * (len(table.columns) - len(row))) for row in rows.get(name, [])]
        columns = list(zip(*whole, strict=True)) or [()] * len(table.columns)
        tables[name] = {c.name: np.array(v, c.dtype) for c, v in zip(table.columns, columns, strict=True)}
    return Results(
        scenario_id=scenario.id,
        seed=scenario.seed,
        scale=scale,
        replication=replication,
        names=names_of(scenario),
        start_iso=scenario.start.isoformat(),
        horizon=scenario.horizon,
        bin_width=scenario.record.bin,
        clones=round(1 / scale),
        tables=tables,
        summary={"people": 1000.0, "accounts": 2000.0},
    )


def post(
    time: float, topic: int, *, author: int = 9, kind: int = 2, root: int = -1, row: int = 0, origin: int = 1, zone: int = 1
) -> tuple[Any, ...]:
    """Row of `posts`; an original unless `root` says otherwise."""
    return (time, author, 0, topic, kind, 0, root if root >= 0 else -1, root if root >= 0 else row, origin, zone)


# ---- an engine for tests of batches ----


@dataclass(frozen=True)
class World:
    scenario: Scenario
    scale: float
    graph_digest: str = "0" * 64


def build(scenario: Scenario, seed: int, scale: float) -> World:
    return World(scenario, scale)


def simulate(world: World, seed: int, replication: int, progress: Callable[[float], None]) -> Results:
    """A night of random posts; environment variables make it slow, make it fail or kill the process."""
    _do_harm(replication)
    generator = np.random.default_rng([seed, replication])
    times = np.sort(generator.uniform(0, world.scenario.horizon, POSTS))
    topics = generator.integers(0, max(1, len(world.scenario.topics)), POSTS)
    rows = [post(float(t), int(k), row=i) for i, (t, k) in enumerate(zip(times, topics, strict=True))]
    for tenth in range(10):
        progress(world.scenario.horizon * tenth / 10)
        time.sleep(float(os.environ.get("MADE_NIGHTS_SLEEP", "0")) / 10)
    return made(world.scenario, world.scale, replication, posts=rows, marks=[(b, int(b % 7)) for b in range(20)])


def _do_harm(replication: int) -> None:
    if str(replication) in os.environ.get("MADE_NIGHTS_FAIL", "").split():
        raise ArithmeticError(f"night {replication} went wrong")
    if str(replication) in os.environ.get("MADE_NIGHTS_ALWAYS_DIE", "").split():
        os.kill(os.getpid(), signal.SIGKILL)
    mark = os.environ.get("MADE_NIGHTS_DIE_ONCE", "")
    if mark and str(replication) in mark.split(":")[0].split():
        path = Path(mark.split(":")[1]) / f"died-{replication}"
        if not path.exists():
            path.touch()
            os.kill(os.getpid(), signal.SIGKILL)
