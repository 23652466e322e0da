"""The bridge of scales: who is out stands beside a resident of the model, as one of the clones of that resident.

People who are out run at full size, residents and accounts at `scale`; see docs/concepts/bridge.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from msgu import streams
from msgu.kernels.base import sample
from msgu.kernels.base.bitmap import fill_ranks
from msgu.scenario.schema.root import Scenario


@dataclass(frozen=True)
class Clones:
    """The people who are out, by the resident of whom each is a clone.

    resident : shape (out,). Resident of each of them, -1: none. originals : shape (residents / 64 rounded up, 2). Bitmap:
    whether a resident has clones; how many that have come before those of a word. start : shape (residents with clones +
    1,). Where their clones begin in `clone`. clone : shape (out who have a resident,). People out, by their resident.
    """

    resident: NDArray[np.int32]
    originals: NDArray[np.uint64]
    start: NDArray[np.int32]
    clone: NDArray[np.int32]


def is_needed(scenario: Scenario) -> bool:
    """Return whether anything that reaches residents reaches people who are out too; each such mechanism says so here."""
    out = bool(scenario.outings or scenario.places.venues)
    hearing = out and scenario.shelter is not None and scenario.shelter.hearing is not None
    return bool(scenario.warnings) or hearing


def draw_residents(
    seed: int, home: NDArray[np.int16], first: NDArray[np.int64], count: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Draw the resident of each person out: uniform among those of their home zone, -1 where it has none.

    Parameters
    ----------
    seed : seed of the world. home : shape (out,). Zone where each person out lives.
    first, count : shape (zones,). First resident of each zone, and how many it has.

    Returns
    -------
    Shape (out,).
    """
    found = np.empty(len(home), np.int32)
    sample.members(np.uint64(streams.key(seed, streams.WORLD, "world.resident")), 0, home, first, count, found)
    return found


def build_clones(resident: NDArray[np.int32], n: int) -> Clones:
    """Return the clones of each of `n` residents, from the resident of each person out (-1: none)."""
    clone = np.argsort(resident, kind="stable").astype(np.int32)
    clone = clone[np.count_nonzero(resident < 0) :]
    of = resident[clone]
    first = np.flatnonzero(np.r_[True, of[1:] != of[:-1]][: len(of)])
    originals = np.zeros(((n + 63) // 64, 2), np.uint64)
    fill_ranks(of[first], originals)
    return Clones(resident, originals, np.append(first, len(of)).astype(np.int32), clone)
