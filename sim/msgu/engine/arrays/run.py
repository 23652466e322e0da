"""Arrays that every kernel shares: keys, clock, event log; and the sizes of a run."""

from __future__ import annotations

import numpy as np

from msgu import streams
from msgu.engine.arrays.laws import Laws
from msgu.kernels.arrays.declare import allocate
from msgu.kernels.arrays.run import Keys, Log, Shared
from msgu.world.build import World

ROWS = 1 << 10
"""Room for rows of the event log at the start."""


def keys(seed: int, replication: int) -> Keys:
    """Keys of the streams that the kernels read."""
    values = streams.keys(seed, replication)
    return Keys(*(np.uint64(values[name.replace("_", "-")]) for name in Keys._fields))


def sizes_of(world: World, bins: int) -> dict[str, int]:
    """Lengths of the dimensions that several records share, by name."""
    zones, topics = len(world.zones), len(world.scenario.topics)
    return {
        "bins": bins,
        "zones": zones,
        "zone rows": max(zones, 1),
        "topics": topics,
        "topic rows": max(topics, 1),
        "drivers": len(world.scenario.drivers),
        "warnings": len(world.scenario.warnings),
        "accounts": world.accounts.n,
    }


def build_shared(world: World, laws: Laws) -> Shared:
    """Clock, flags and the laws that have been added."""
    rows, knots = laws.arrays()
    return allocate(
        Shared,
        {},
        laws=rows,
        knots=knots,
        bin_width=world.scenario.record.bin,
        turn=world.turn,
        local=world.local,
        scale=world.scale,
        clones=world.clones,
    )


def new_log(*, keep: bool) -> Log:
    """Return an empty event log, with room for rows where they are kept."""
    return allocate(Log, {"rows": ROWS if keep else 0}, size=np.array([0, int(keep)], np.int64))
