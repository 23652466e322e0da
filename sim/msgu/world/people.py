"""People: residents with phones and worry edges, cells, and people who are out tonight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from msgu import streams
from msgu.kernels.base import sample
from msgu.kernels.state import TELLS
from msgu.scenario.schema.places import Ground
from msgu.scenario.schema.root import Scenario
from msgu.world.accounts import cumulative_shares
from msgu.world.bridge import is_needed
from msgu.world.ties import build_ties, offsets


@dataclass(frozen=True)
class Residents:
    """People at population scale, numbered zone by zone.

    key : key of what is drawn for a person. operator : shape (n,). first, count : shape (n_zones,). Ties by who has them:
    callee (edges,) (-1: nobody), owner (edges,), ascending, begins (edges,), see `Ties`; by who is worried about: whom (m,),
    ascending, back_start (m + 1,), back_edge (edges,). Cells: cell_zone, cell_weight (whole cells it stands for),
    cell_operator (-1: all share it) : shape (cells,). What can be told from these is made anew where it is asked for: of 65
    million people at scale 1 one in fifty has a tie, and a night keeps its own note of cells and ties (1.3 GB).
    """

    key: np.uint64
    operator: NDArray[np.int8]
    first: NDArray[np.int64]
    count: NDArray[np.int64]
    callee: NDArray[np.int32]
    owner: NDArray[np.int32]
    begins: NDArray[np.uint8]
    whom: NDArray[np.int32]
    back_start: NDArray[np.int32]
    back_edge: NDArray[np.int64]
    cell_zone: NDArray[np.int16]
    cell_weight: NDArray[np.float64]
    cell_operator: NDArray[np.int8]

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.operator)

    @property
    def ties(self) -> NDArray[np.uint8]:
        """Ties of each person, shape (n,)."""
        ties = np.zeros(self.n, np.uint8)
        np.add.at(ties, self.owner, 1)
        return ties

    @cached_property
    def cell(self) -> NDArray[np.int32]:
        """Cell of each person, kept for who asks of one after another; shape (n,)."""
        return self.drawn_cells()

    def drawn_cells(self) -> NDArray[np.int32]:
        """Draw the cell of each person, shape (n,), among those of their zone, or of their zone and operator; -1 for none."""
        cell = np.full(self.n, -1, np.int32)
        if not self.n or not len(self.cell_zone):
            return cell
        first, per_zone = self.cell_groups()
        own = self.zone if per_zone == 1 else self.zone.astype(np.int64) * per_zone + self.operator
        sample.members(self.key, 1, own, first[:-1], np.diff(first), cell)
        return cell

    def cell_groups(self) -> tuple[NDArray[np.int64], int]:
        """Return where the cells of each zone, or of each zone and operator, begin, shape (groups + 1,), and groups of a zone."""
        own = (self.cell_operator >= 0).any()
        per_zone = 1 + max(int(self.cell_operator.max()), int(self.operator.max(initial=0))) if own else 1
        group = self.cell_zone.astype(np.int64) * per_zone + np.maximum(self.cell_operator, 0)
        counts = np.bincount(group, minlength=len(self.count) * per_zone).astype(np.int64)
        return np.concatenate([[0], np.cumsum(counts)]), per_zone

    @property
    def zone_weight(self) -> NDArray[np.float64]:
        """Whole cells that one cell of each zone stands for, 0 where it has none; shape (n_zones,)."""
        weight = np.zeros(len(self.count))
        weight[self.cell_zone] = self.cell_weight
        return weight

    @property
    def start(self) -> NDArray[np.integer[Any]]:
        """First tie of each person, and the end of the last, shape (n + 1,); made anew."""
        return offsets(self.ties)

    @property
    def zone(self) -> NDArray[np.int16]:
        """Zone of each person, shape (n,); made anew, for it follows from `count`: 0.13 GB at scale 1."""
        return np.repeat(np.arange(len(self.count), dtype=np.int16), self.count)


@dataclass(frozen=True)
class Out:
    """People who are out tonight, always at full size.

    at, home : zones. leaves : [s]. seeker : whether they look for shelter if stranded. reach : why not, see `REACHES`.
    Each of shape (n,).
    """

    at: NDArray[np.int16]
    home: NDArray[np.int16]
    leaves: NDArray[np.float64]
    seeker: NDArray[np.uint8]
    reach: NDArray[np.int8]


HEARD_BY = ("network", "broadcast", "other")
"""How somebody heard that shelter is offered, in the order of the kernels' codes: BY_NETWORK to BY_OTHER."""
REACHES = ("looks", "no_smartphone", "not_connected", "other_language", "does_not_look")
"""Whether offers of shelter can reach a person who is stranded, and if not, the first reason."""
HAS_NOT_HEARD = "has_not_heard"
"""One more reason where shelter must be heard of: after the others, but before that one does not look."""


def by_zone_or_kind(
    scenario: Scenario, zones: list[str], values: Mapping[str, float], missing: float = 0.0
) -> NDArray[np.float64]:
    """Values by zone, from a mapping whose keys are zones or kinds of zone; the zone itself wins."""
    return np.array([values.get(z, values.get(scenario.places.zones[z].kind, missing)) for z in zones])


def populations(scenario: Scenario, zones: list[str]) -> NDArray[np.float64]:
    """Residents by zone who are persons of the model: none abroad [persons]."""
    rows = [scenario.places.zones[z] for z in zones]
    return np.array([0.0 if row.kind == "abroad" else float(row.population or 0) for row in rows])


def build_residents(scenario: Scenario, seed: int, scale: float, zones: list[str]) -> Residents:
    """Build residents, cells and worry edges for one seed and scale."""
    needed = scenario.phones is not None or scenario.worry is not None or bool(scenario.broadcasts) or is_needed(scenario)
    count = np.round(populations(scenario, zones) * scale * needed).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(count)])[:-1]
    zone = np.repeat(np.arange(len(zones), dtype=np.int16), count)
    n = len(zone)
    person = np.uint64(streams.key(seed, streams.WORLD, "world.person"))
    cells = build_cells(scenario, scale, zones)
    ties = build_ties(scenario, seed, zones, (zone, first, count), lambda values: by_zone_or_kind(scenario, zones, values))
    worried_about = np.where(ties.begins & TELLS, np.int32(-1), ties.callee)
    order = np.argsort(worried_about, kind="stable")
    about = worried_about[order]
    order, about = order[about >= 0], about[about >= 0]
    back_start = np.flatnonzero(np.r_[True, about[1:] != about[:-1]][: len(about)])
    return Residents(
        key=person,
        operator=_operators(scenario, person, n),
        first=first,
        count=count,
        callee=ties.callee,
        owner=ties.owner,
        begins=ties.begins,
        whom=about[back_start],
        back_start=np.append(back_start, len(order)).astype(np.int32),
        back_edge=order.astype(np.int64),
        cell_zone=cells[0],
        cell_weight=cells[1],
        cell_operator=cells[2],
    )


def _operators(scenario: Scenario, person: np.uint64, n: int) -> NDArray[np.int8]:
    """Draw the operator of each resident, shape (n,), by the operators' shares; 0 where the scenario has none."""
    operator = np.zeros(n, np.int8)
    if scenario.phones and scenario.phones.operators:
        shares = np.array([scenario.phones.operators[name].share for name in sorted(scenario.phones.operators)])
        sample.categories(person, 0, cumulative_shares(shares), operator)
    return operator


Cells = tuple[NDArray[np.int16], NDArray[np.float64], NDArray[np.int8]]


def build_cells(scenario: Scenario, scale: float, zones: list[str]) -> Cells:
    """Zone, weight and operator of each cell: about scale x the real number, at least one, never fewer channels.

    Where operators have cells of their own, a zone's are split by their shares, at least one for each; the weight is
    one value for a zone in either case.
    """
    phones = scenario.phones
    if phones is None:
        return np.empty(0, np.int16), np.empty(0), np.empty(0, np.int8)
    people = populations(scenario, zones)
    real = np.array([float(phones.cells.get(z, people[i] / phones.persons_per_cell)) for i, z in enumerate(zones)])
    shares, who = np.ones(1), np.array([-1], np.int8)
    if phones.by_operator and phones.operators:
        shares = np.array([phones.operators[o].share for o in sorted(phones.operators)])
        shares, who = shares / shares.sum(), np.arange(len(shares), dtype=np.int8)
    split = real[:, None] * shares[None, :]
    run = np.where(split > 0, np.maximum(1, np.round(split * scale)), 0).astype(np.int64)
    zone = np.repeat(np.arange(len(zones), dtype=np.int16), run.sum(axis=1))
    weight = np.repeat(real / np.maximum(run.sum(axis=1), 1), run.sum(axis=1))
    return zone, weight, np.repeat(np.tile(who, len(zones)), run.ravel())


class GroupOut(NamedTuple):
    """People of a venue in a zone, or of an outing; what they share, and where they stand if that is said."""

    zone: str
    people: int
    leaves: float
    spread: float
    closes: float | None
    homes: Mapping[str, float]
    spot: Ground | None


def groups_out(scenario: Scenario) -> list[GroupOut]:
    """Groups of people who are out in the order in which they are numbered: venues, then outings, each by their ids."""
    groups = []
    for _, venue in sorted(scenario.places.venues.items()):
        more = venue.leaves, venue.spread, venue.closes, venue.homes, venue.spot
        groups += [GroupOut(z, venue.people[z], *more) for z in sorted(venue.people)]
    for _, out in sorted(scenario.outings.items()):
        groups.append(GroupOut(out.zone, out.people, out.leaves, out.spread, out.closes, {}, out.spot))
    return groups


def build_out(scenario: Scenario, seed: int, zones: list[str]) -> Out:
    """Build the people who are out, group by group."""
    groups = groups_out(scenario)
    everyone = populations(scenario, zones) * [scenario.places.zones[z].kind != "country" for z in zones]
    usual = np.array([scenario.going_home.homes.get(z, 0.0) for z in zones]) if scenario.going_home.homes else everyone
    n = sum(group.people for group in groups)
    key = np.uint64(streams.key(seed, streams.WORLD, "world.people-out"))
    at, home = np.empty(n, np.int16), np.empty(n, np.int16)
    u, normal = np.empty(n), np.empty(n)
    sample.uniforms(key, 0, 0, u)
    sample.normals(key, 1, normal)
    leaves, position = np.empty(n), 0
    for group in groups:
        rows = slice(position, position + group.people)
        at[rows] = zones.index(group.zone)
        homes = by_zone_or_kind(scenario, zones, group.homes) if group.homes else usual
        home[rows] = np.minimum(
            np.searchsorted(cumulative_shares(homes), u[rows], side="right"),
            len(zones) - 1,
        )
        closes = np.inf if group.closes is None else group.closes
        leaves[rows] = np.maximum(0.0, np.minimum(group.leaves + group.spread * normal[rows], closes))
        position += group.people
    reach = _reach(scenario, key, u)
    return Out(at, home, leaves, (reach == 0).astype(np.uint8), reach)


def _reach(scenario: Scenario, key: np.uint64, u: NDArray[np.float64]) -> NDArray[np.int8]:
    """Which of `REACHES` each person out is; `u` is room for draws."""
    s = scenario.shelter
    shares = (s.seekers, s.smartphone, s.connected, s.understands) if s else (0.0, 1.0, 1.0, 1.0)
    reach = np.zeros(len(u), np.int8)
    for code, (nth, share) in ((4, (2, shares[0])), (3, (5, shares[3])), (2, (4, shares[2])), (1, (3, shares[1]))):
        if share < 1.0:
            sample.uniforms(key, nth, 0, u)
            reach[u >= share] = code
    return reach
