"""What kernels know of claims beyond belief: trust, interest, telling, newsrooms; and whom what is aired may reach."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu import streams
from msgu.engine.arrays.laws import Laws
from msgu.engine.arrays.room import most_of
from msgu.kernels.arrays.run import Keys
from msgu.kernels.arrays.social import Cascade
from msgu.kernels.state import DATED_POST
from msgu.scenario.schema.rumour import ROLES, Claim
from msgu.world.build import World

F64 = NDArray[np.float64]


def rumours(world: World, key: Keys, laws: Laws) -> dict[str, Any]:
    """Return the arrays of `Cascade` that claims and newsrooms fill; laws are added after all others of the cascade."""
    s = world.scenario
    names = sorted(s.topics)
    rows = max(len(names), 1)
    trust, tells = np.ones((rows, len(ROLES))), np.zeros((rows, 2))
    tells_law, heeded, interest = np.zeros((rows, 2), np.int64), np.full(rows, -1, np.int64), np.full(rows, -1, np.int64)
    heeds = 0
    for i, name in enumerate(names):
        claim = s.topics[name].claim
        if claim is None or not _answers(claim):
            continue
        heeded[i] = heeds
        heeds += 1
        trust[i] = [claim.trust.get(role, 1.0) for role in ROLES]
        if claim.interest is not None:
            interest[i] = laws.add(claim.interest)
        for side, telling in enumerate((claim.tells, claim.corrects)):
            if telling is not None:
                tells[i, side], tells_law[i, side] = telling.readiness, laws.add(telling.after)
    roles = [ROLES.index(s.accounts[name].role) for name in world.accounts.names]
    rooms = [s.newsrooms[name] for name in sorted(s.newsrooms)]
    return {
        "role": np.array(roles, np.int8),
        "in_network": world.accounts.in_network,
        "trust": trust,
        "heeded": heeded,
        "heard": np.zeros((heeds, world.accounts.n), np.uint16),
        "interest": interest,
        "tells": tells,
        "tells_law": tells_law,
        "room_topic": np.array([names.index(room.topic) for room in rooms], np.int64),
        "room_key": np.array([streams.named(int(key.airing), name) for name in sorted(s.newsrooms)], np.uint64),
    }


def _answers(claim: Claim) -> bool:
    """Whether a claim asks for more than belief."""
    return bool(claim.trust) or not (claim.interest is None and claim.tells is None and claim.corrects is None)


def most_hear(world: World, share: F64) -> int:
    """Most that hear what is aired, but for luck that never happens."""
    there = np.bincount(world.accounts.zone, minlength=len(share)) + np.bincount(world.residents.zone, minlength=len(share))
    return most_of(float(there[: len(share)] @ share))


def posts_on(c: Cascade, topic: int, since: float, until: float) -> int:
    """Posts of a topic from `since` on and before `until` [s], but for those of named accounts, which no scale makes fewer."""
    times = c.post_time[: int(c.size[0])]
    first, end = np.searchsorted(times, (since, until))
    told = c.post_origin[first:end] != DATED_POST
    return int((told & (c.post_topic[first:end] == topic)).sum())
