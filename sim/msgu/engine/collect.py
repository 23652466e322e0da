"""From a finished run to its `Results`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgu.engine.compiled import CompiledEngine
from msgu.engine.phenomena import PHENOMENA
from msgu.engine.tables.log import event_log
from msgu.results import Columns, Results, conform
from msgu.world.build import World

_FIRST: Final = ("topics", "zones", "desks", "kinds", "states", "operators", "accounts", "videos", "reaches")
"""Fingerprints cover the lists of names in this order, so it stays as it is; others follow as they come."""


def results(night: CompiledEngine, written: Mapping[str, Any], replication: int) -> Results:
    """Collect the tables of one run.

    Parameters
    ----------
    night : the engine, at the horizon.
    written : phenomenon -> what its processes wrote down, as `run_phenomena` returns it.
    replication : its number, from 0.
    """
    world, s = night.world, night.world.scenario
    night.let_go()
    tables: dict[str, Columns] = {}
    totals: dict[str, float] = {}
    for one in PHENOMENA:
        tables |= one.built(night, written[one.name])
        totals |= one.totals(night)
    if s.record.event_log:
        tables["event_log"] = event_log(night)
    return conform(
        Results(
            scenario_id=s.id,
            seed=world.seed,
            scale=world.scale,
            replication=replication,
            names=names_of(world),
            start_iso=s.start.isoformat(),
            horizon=s.horizon,
            bin_width=s.record.bin,
            clones=world.clones,
            tables=tables,
            summary=totals,
        )
    )


def names_of(world: World) -> dict[str, list[str]]:
    """Return every list of names that index columns refer to."""
    found: dict[str, list[str]] = {}
    for one in PHENOMENA:
        found |= one.names(world)
    return {name: found[name] for name in (*_FIRST, *found)}
