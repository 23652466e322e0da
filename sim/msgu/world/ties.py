"""Who worries about whom, in an order that one more mechanism does not change: ties of the first news come first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu import streams
from msgu.kernels.base import batch, sample
from msgu.kernels.state import ASLEEP, DONE, TELLS
from msgu.scenario.schema.reassurance import Worry
from msgu.scenario.schema.root import Scenario
from msgu.world.accounts import cumulative_shares

MOST_TIES = 200
"""A person has at most this many ties."""


ByZone = Callable[[Mapping[str, float]], NDArray[np.float64]]


@dataclass(frozen=True)
class Ties:
    """Ties of people, by who has them.

    count : shape (n,). owner, callee (-1: nobody), begins (DONE, TELLS and ASLEEP of `msgu.kernels.state`) : shape (ties,).
    """

    count: NDArray[np.uint8]
    owner: NDArray[np.int32]
    callee: NDArray[np.int32]
    begins: NDArray[np.uint8]


@dataclass(frozen=True)
class _People:
    """Residents zone by zone: zone of each (n,), first and number of each zone (n_zones,); `by_zone` gives values by zone."""

    seed: int
    zones: list[str]
    by_zone: ByZone
    zone: NDArray[np.int16]
    first: NDArray[np.int64]
    count: NDArray[np.int64]

    def weight(self, affected: Mapping[str, float]) -> NDArray[np.float64]:
        """Weight of each zone, shape (n_zones,)."""
        return np.array([affected.get(z, 0.0) for z in self.zones])


def build_ties(
    scenario: Scenario,
    seed: int,
    zones: list[str],
    residents: tuple[NDArray[np.int16], NDArray[np.int64], NDArray[np.int64]],
    by_zone: ByZone,
) -> Ties:
    """Build the ties of residents.

    Parameters
    ----------
    residents : zone of each (n,); first of each zone, and their number (n_zones,).
    by_zone : values by zone (n_zones,) from a mapping by zone or kind of zone.
    """
    people, worry = _People(seed, zones, by_zone, *residents), scenario.worry
    n = len(people.zone)
    if worry is None:
        nobody = np.empty(0, np.int32)
        return Ties(np.zeros(n, np.uint8), nobody, nobody, np.empty(0, np.uint8))
    key = np.uint64(streams.key(seed, streams.WORLD, "world.ties"))
    ties = _drawn(people, key, worry.ties, worry.affected, 0)
    later = streams.key(seed, streams.WORLD, "world.later-ties")
    for name in sorted(worry.news):
        news = worry.news[name]
        named = np.uint64(streams.named(later, name))
        ties = _joined(n, ties, _drawn(people, named, news.ties, news.affected, ASLEEP | DONE))
    if worry.mutual > 0 or worry.tells > 0:
        ties = _both_ways(people, worry, ties)
    return ties


def _drawn(people: _People, key: np.uint64, mean: Mapping[str, float], affected: Mapping[str, float], begins: int) -> Ties:
    """Draw how many ties each person has to affected zones, and to whom: by weight times inhabitants."""
    n = len(people.zone)
    ties = np.zeros(n, np.uint8)
    if not affected or not n:
        return Ties(ties, np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.uint8))
    sample.poisson_counts(key, people.by_zone(mean)[people.zone], MOST_TIES, ties)
    start = offsets(ties)
    callee = np.full(int(start[-1]), -1, np.int32)
    weights = people.weight(affected) * people.count
    if weights.sum() > 0:
        sample.tie_targets(key, start, cumulative_shares(weights), people.first, people.count, callee)
    return Ties(ties, _owners(ties), callee, np.where(callee < 0, DONE, begins).astype(np.uint8))


def _joined(n: int, *parts: Ties) -> Ties:
    """Return the ties of all parts, those of a person in the order of the parts, and at most `MOST_TIES` of each person."""
    owner = np.concatenate([part.owner for part in parts])
    order = np.argsort(owner, kind="stable")
    owner = owner[order]
    kept = np.arange(len(owner)) - np.searchsorted(owner, owner) < MOST_TIES
    callee, begins = (np.concatenate([getattr(part, name) for part in parts])[order] for name in ("callee", "begins"))
    count = np.bincount(owner[kept], minlength=n).astype(np.uint8)
    return Ties(count, owner[kept], callee[kept], begins[kept])


def _both_ways(people: _People, worry: Worry, ties: Ties) -> Ties:
    """Add ties the other way: of worry where both live in affected zones, and of who tells that they are safe."""
    n = len(people.zone)
    slot = np.arange(len(ties.owner)) - np.searchsorted(ties.owner, ties.owner)
    u, v = np.empty(len(slot)), np.empty(len(slot))
    key = np.uint64(streams.key(people.seed, streams.WORLD, "world.both-ways"))
    batch.fill_each_pair(key, ties.owner.astype(np.int64), slot.astype(np.int64), len(slot), 0, u, v)

    at_first = people.weight(worry.affected) > 0
    later = np.zeros(len(at_first), np.bool_)
    for news in worry.news.values():
        later |= people.weight(news.affected) > 0
    someone = ties.callee >= 0
    home = people.zone[ties.owner]

    mutual = _new(n, ties, someone & (u < worry.mutual) & (at_first | later)[home])
    begins = np.where(at_first[home[mutual]], 0, ASLEEP | DONE).astype(np.uint8)
    worries = _joined(n, ties, Ties(ties.count, ties.callee[mutual], ties.owner[mutual], begins))
    tells = _new(n, worries, someone & (v < worry.tells), ties)
    begins = (TELLS | (ties.begins[tells] & (ASLEEP | DONE))).astype(np.uint8)
    return _joined(n, worries, Ties(ties.count, ties.callee[tells], ties.owner[tells], begins))


def _new(n: int, there: Ties, chosen: NDArray[np.bool_], among: Ties | None = None) -> NDArray[np.int64]:
    """Return the chosen ties, in the order of who would have them, whose other way is not there yet, each once."""
    ties = there if among is None else among
    at = np.flatnonzero(chosen)
    back = ties.callee[at].astype(np.int64) * n + ties.owner[at]
    _, once = np.unique(back, return_index=True)
    there_already = np.isin(back[once], there.owner.astype(np.int64) * n + there.callee)
    new: NDArray[np.int64] = at[once[~there_already]]
    return new


def _owners(count: NDArray[np.uint8]) -> NDArray[np.int32]:
    owners = np.flatnonzero(count)
    return np.repeat(owners, count[owners]).astype(np.int32)


def offsets(counts: NDArray[np.uint8]) -> NDArray[np.integer[Any]]:
    """First tie of each person in compressed rows, in half the memory where their number allows: half a gigabyte at scale 1."""
    total = int(counts.sum(dtype=np.int64))
    kind: type[np.integer[Any]] = np.int32 if total < 2**31 else np.int64
    first: NDArray[np.integer[Any]] = np.zeros(len(counts) + 1, kind)
    np.cumsum(counts, dtype=kind, out=first[1:])
    return first
