"""From the arrays of a finished night to the tables of `Results`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.engine.compiled import Night
from msgu.kernels import state
from msgu.kernels.shelter import ASKED, SEEN
from msgu.kernels.social.video import OPENED, WATCHING
from msgu.results import Results
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.social import KINDS
from msgu.world.people import REACHES

Table = dict[str, NDArray[Any]]
STATES = [
    "out",
    "riding",
    "walking",
    "taxi",
    "stranded",
    "seeking",
    "to_host",
    "sheltered",
    "home",
    "held",
    "walking_far",
    "outside",
]


LEGS = ("offered", "lost", "lost_far", "carried")
"""What happens to a leg of a call, in the order of the kernels' columns."""


@dataclass
class Notice:
    """A notice for a missing person: when and by whom it was written, its post, the news and when it is known."""

    time: float
    author: int
    post: int
    outcome: int
    known: float
    closed: bool = False
    relays: int = 0
    stale: int = 0


class Recorder:
    """What the SimPy models count: the desks by bin and desk, notices for missing persons, when offers had been checked [s]."""

    def __init__(self, bins: int, width: float, desks: int) -> None:
        self.width = width
        self.bins = bins
        # plain lists: adding to one place of an array takes ten times as long
        self._counts = [[[0] * bins for _ in range(4)] for _ in range(desks)]
        self._change = [[[0] * bins for _ in range(2)] for _ in range(desks)]
        self.notices: list[Notice] = []
        self.checked: dict[int, float] = {}

    def _row(self, t: float) -> int:
        row = int(t / self.width)
        return row if row < self.bins else self.bins - 1

    def count(self, t: float, desk: int, what: int) -> None:
        """Count a call received (0), refused as busy (1), answered (2) or abandoned (3)."""
        self._counts[desk][what][self._row(t)] += 1

    def moved(self, t: float, desk: int, waiting: int, serving: int) -> None:
        """Callers waiting and served change by these numbers."""
        row = self._row(t)
        self._change[desk][0][row] += waiting
        self._change[desk][1][row] += serving

    @property
    def counts(self) -> NDArray[np.int64]:
        """What was counted; shape (bins, desks, 4)."""
        return np.array(self._counts, np.int64).reshape(-1, 4, self.bins).transpose(2, 0, 1)

    @property
    def change(self) -> NDArray[np.int64]:
        """Changes of the numbers waiting and served; shape (bins, desks, 2)."""
        return np.array(self._change, np.int64).reshape(-1, 2, self.bins).transpose(2, 0, 1)


def results(night: Night, recorder: Recorder, replication: int) -> Results:
    """Collect the tables of one night (docs: the columns are declared in `msgu.results`)."""
    world = night.world
    s = world.scenario
    posts = _posts(night)
    tables: dict[str, Table] = {
        "posts": posts,
        "topic_curves": _curves(posts, len(s.topics), s.record.bin, night.bins),
        "cells": _cells(night),
        "calls": _calls(night.phone.calls),
        "traffic": _long(night.phone.traffic, ("bin", "operator"), ("attempts", "carried", "sms", "data", "fallback")),
        "awareness": _dense(np.cumsum(night.phone.aware_change, axis=0), ("bin", "zone"), "aware"),
        "people": _dense(
            np.cumsum(night.people.change, axis=0)[: _bins_until(s, s.followed_until("going_home"))],
            ("bin", "zone", "state"),
            "count",
        ),
        "moves": _dense(night.people.entered, ("bin", "zone", "state"), "entered"),
        "seekers": _seekers(night),
        "hosts": _hosts(night),
        "unreached": _unreached(night),
        "contacts": _contacts(night.people),
        "reading": _reading(night.people.counts),
        "beliefs": _beliefs(night),
        "marks": _rows(night.phone.marks[:, None], ("marks",)),
        "reassured": _rows(night.phone.cleared, ("call", "message", "mark", "desk", "post")),
        "worries": _worries(night),
        "desks": _desks(recorder, [_bins_until(s, s.followed_until("desks", desk)) for desk in sorted(s.desks)]),
        "offers": _offers(night, recorder),
        "missing": _missing(recorder),
        "gains": _gains(night),
        "videos": _videos(night),
    }
    if s.record.event_log:
        tables["event_log"] = event_log(night)
    names: dict[str, list[str]] = {
        "topics": sorted(s.topics),
        "zones": list(world.zones),
        "desks": sorted(s.desks),
        "kinds": list(KINDS),
        "states": STATES,
        "operators": sorted(s.phones.operators) if s.phones else [],
        "accounts": list(world.accounts.names),
        "videos": sorted(s.videos),
        "reaches": list(REACHES),
    }
    names |= {f"variants/{k}": sorted(t.variants) or [t.title or k] for k, t in s.topics.items()}
    return Results(
        scenario_id=s.id,
        seed=world.seed,
        scale=world.scale,
        replication=replication,
        names=names,
        start_iso=s.start.isoformat(),
        horizon=s.horizon,
        bin_width=s.record.bin,
        clones=world.clones,
        tables=tables,
        summary=_summary(night),
    )


def event_log(night: Night) -> Table:
    """Rows of the event log (empty where it was not kept)."""
    n = int(night.log.size[0])
    dtypes = (np.float64, np.int8, np.int64, np.int64, np.int64, np.int64)
    names = ("time", "code", "who", "nth", "a", "b")
    return {k: column[:n].astype(d) for k, column, d in zip(names, night.log[:-1], dtypes, strict=True)}


def _bins_until(s: Scenario, end: float) -> int:
    """Bins of the tables that begin before `end` [s]: what is followed no longer stands in none."""
    return math.ceil(end / s.record.bin - 1e-9)


def _posts(night: Night) -> Table:
    c = night.cascade
    n = int(c.size[0])
    kept = {
        "time": np.float64,
        "author": np.int32,
        "nth": np.int32,
        "topic": np.int16,
        "kind": np.int8,
        "variant": np.int8,
        "parent": np.int32,
        "root": np.int32,
        "origin": np.int8,
    }
    table: Table = {k: getattr(c, f"post_{k}")[:n].astype(d) for k, d in kept.items()}
    table["zone"] = c.reader[table["author"], state.ZONE].astype(np.int16)
    return table


def _curves(posts: Table, topics: int, width: float, bins: int) -> Table:
    row = np.minimum((posts["time"] / width).astype(np.int64), bins - 1) * max(topics, 1) + posts["topic"]
    original = posts["root"] == np.arange(len(row))
    size = bins * max(topics, 1)
    counts = np.bincount(row, minlength=size)
    originals = np.bincount(row[original], minlength=size)
    at = np.flatnonzero(counts)
    return {
        "bin": (at // max(topics, 1)).astype(np.int32),
        "topic": (at % max(topics, 1)).astype(np.int16),
        "posts": counts[at].astype(np.int32),
        "originals": originals[at].astype(np.int32),
    }


def _cells(night: Night) -> Table:
    r = night.world.residents
    table: Table = {
        "cell": np.arange(len(r.cell_zone), dtype=np.int32),
        "zone": r.cell_zone.astype(np.int16),
        "channels": night.phone.channels[r.cell_zone].astype(np.int32),
        "weight": r.cell_weight.astype(np.float64),
        "busy": night.phone.cells[:, state.CELL_BUSY].copy(),
    }
    columns = (*LEGS, "emergency", "emergency_lost")
    table |= {name: night.phone.cells[:, state.CELL_LEGS + i].copy() for i, name in enumerate(columns)}
    return table | {"operator": r.cell_operator.astype(np.int8)}


def _calls(calls: NDArray[np.int64]) -> Table:
    row, zone = np.nonzero(calls[:, :, state.OFFERED])
    values = calls[row, zone].astype(np.int32)
    table: Table = {"zone": zone.astype(np.int16), "bin": row.astype(np.int32)}
    return table | {name: values[:, i].copy() for i, name in enumerate(LEGS)}


def _long(values: NDArray[np.int64], axes: tuple[str, str], columns: tuple[str, ...]) -> Table:
    first, second = np.nonzero(values.any(axis=2))
    table: Table = {axes[0]: first.astype(np.int32), axes[1]: second.astype(np.int8)}
    return table | {k: values[first, second, i].astype(np.int32) for i, k in enumerate(columns)}


def _dense(values: NDArray[np.int64], axes: tuple[str, ...], column: str) -> Table:
    where = np.nonzero(values)
    dtypes = {"bin": np.int32, "zone": np.int16, "state": np.int8}
    table: Table = {k: w.astype(dtypes[k]) for k, w in zip(axes, where, strict=True)}
    return table | {column: values[where].astype(np.int32)}


def _rows(values: NDArray[np.int64], columns: tuple[str, ...]) -> Table:
    at = np.flatnonzero(values.any(axis=1))
    return {"bin": at.astype(np.int32)} | {k: values[at, i].astype(np.int32) for i, k in enumerate(columns)}


def _worries(night: Night) -> Table:
    """Each change in a bin moves its worry time by what is left of the bin; what stood before lasts through all of it."""
    ph, s = night.phone, night.world.scenario
    end, width = s.followed_until("phones"), s.record.bin
    n = _bins_until(s, end)
    change, prevented = ph.worry_change[:n], ph.prevented[:n]
    still = np.cumsum(change)
    time = (still - change) * width + ph.worry_time[:n]
    time[-1:] -= still[-1:] * (n * width - end)
    at = np.flatnonzero((time != 0.0) | (still != 0) | (prevented != 0))
    counts = {name: values[at].astype(np.int32) for name, values in (("prevented", prevented), ("still", still))}
    return {"bin": at.astype(np.int32), **counts, "time": time[at]}


def _reading(counts: NDArray[np.int64]) -> Table:
    row, zone = np.nonzero(counts.any(axis=2))
    table: Table = {"bin": row.astype(np.int32), "zone": zone.astype(np.int16)}
    names = ("items", "offers", "near", "contacts", "housed", "in_vain")
    return table | {name: counts[row, zone, i].astype(np.int32) for i, name in enumerate(names)}


def _seekers(night: Night) -> Table:
    people = night.people
    who = np.flatnonzero(people.look >= 0.0)
    kept = {"look": np.float64, "yes": np.float64, "door": np.float64, "looks": np.int32, "tries": np.int32}
    table: Table = {"person": who.astype(np.int32), "zone": people.at[who].astype(np.int16)}
    return table | {name: getattr(people, name)[who].astype(dtype) for name, dtype in kept.items()}


def _unreached(night: Night) -> Table:
    """Everybody who was stranded at any time, by zone and by whether offers could reach them."""
    people, reaches = night.people, len(REACHES)
    stuck = people.stuck != 0
    label = people.at[stuck].astype(np.int64) * reaches + night.world.out.reach[stuck]
    counts = np.bincount(label, minlength=reaches)
    at = np.flatnonzero(counts)
    return {
        "zone": (at // reaches).astype(np.int16),
        "reach": (at % reaches).astype(np.int8),
        "people": counts[at].astype(np.int32),
    }


def _contacts(people: state.People) -> Table:
    n = int(people.contact_size[0])
    done = people.contact_outcome[:n] >= 0
    kept = {
        "time": np.float64,
        "who": np.int32,
        "offer": np.int32,
        "clone": np.int32,
        "outcome": np.int8,
    }
    table: Table = {k: getattr(people, f"contact_{k}")[:n][done].astype(d) for k, d in kept.items()}
    table["person"] = table.pop("who")
    return {k: table[k] for k in ("time", "person", "offer", "clone", "outcome")}


def _beliefs(night: Night) -> Table:
    s = night.world.scenario
    claims = [i for i, k in enumerate(sorted(s.topics)) if s.topics[k].claim is not None]
    held = np.cumsum(night.cascade.belief_change, axis=0)[:, claims, 1:]
    row, claim = np.nonzero(held.any(axis=2))
    table: Table = {
        "bin": row.astype(np.int32),
        "topic": np.array(claims, np.int16)[claim],
    }
    return table | {k: held[row, claim, i].astype(np.int32) for i, k in enumerate(("believes", "doubts", "corrected"))}


def _desks(recorder: Recorder, ends: list[int]) -> Table:
    """Counts and standing numbers of each desk, up to the bin with which it ends."""
    counted, standing = recorder.counts, np.cumsum(recorder.change, axis=0)
    for number, end in enumerate(ends):
        standing[end:, number] = 0
    row, desk = np.nonzero(counted.any(axis=2) | standing.any(axis=2))
    table: Table = {"bin": row.astype(np.int32), "desk": desk.astype(np.int16)}
    counts = counted[row, desk]
    table |= {k: counts[:, i].astype(np.int32) for i, k in enumerate(("received", "busy", "answered", "abandoned"))}
    return table | {k: standing[row, desk, i].astype(np.int32) for i, k in enumerate(("waiting", "serving"))}


def _missing(recorder: Recorder) -> Table:
    kept = {
        "time": np.float64, "author": np.int32, "post": np.int32, "outcome": np.int8, "known": np.float64,
        "closed": np.int8, "relays": np.int32, "stale": np.int32,
    }  # fmt: skip
    return {name: np.array([getattr(n, name) for n in recorder.notices], kind) for name, kind in kept.items()}


def _gains(night: Night) -> Table:
    c = night.cascade
    rows = [np.arange(start, start + n) for start, n in zip(c.gained_start, c.gained_size, strict=False)]
    kept = np.concatenate([*rows, np.zeros(0, np.int64)])
    table: Table = {
        "time": c.gained_time[kept],
        "account": np.repeat(np.arange(len(rows), dtype=np.int16), [len(r) for r in rows]),
        "follower": c.gained[kept],
    }
    order = np.lexsort((table["follower"], table["account"], table["time"]))
    return {name: column[order] for name, column in table.items()}


def _videos(night: Night) -> Table:
    change, seconds = night.cascade.video_change, night.cascade.video_seconds
    watching = np.cumsum(change[:, :, WATCHING], axis=0)
    row, film = np.nonzero((watching != 0) | (change[:, :, OPENED] != 0))
    return {
        "bin": row.astype(np.int32),
        "video": film.astype(np.int16),
        "opened": change[row, film, OPENED].astype(np.int32),
        "watching": watching[row, film].astype(np.int32),
        "seconds": seconds[row, film],
    }


def _offers(night: Night, recorder: Recorder) -> Table:
    n = int(night.cascade.size[1])
    checked = np.full(n, np.nan)
    checked[list(recorder.checked)] = list(recorder.checked.values())
    return {
        "offer": np.arange(n, dtype=np.int32),
        "post": night.people.offer_post[:n].astype(np.int32),
        "verified": night.people.verified[:n].astype(np.int8),
        "checked": checked,
    }


def _hosts(night: Night) -> Table:
    """What became of the hosts for whom each offer stands."""
    n, clones, people = int(night.cascade.size[1]), night.world.clones, night.people
    met, taken = people.met[: n * clones].reshape(n, clones), people.taken[: n * clones].reshape(n, clones)
    columns = {"seen": (met & SEEN) > 0, "asked": (met & ASKED) > 0, "useful": taken > 0}
    return {"offer": np.arange(n, dtype=np.int32)} | {k: v.sum(axis=1).astype(np.int32) for k, v in columns.items()}


def _summary(night: Night) -> dict[str, float]:
    world, phone = night.world, night.phone
    return {
        "accounts": float(world.accounts.n),
        "edges": float(world.accounts.graph.n_edges),
        "people": float(len(phone.person)),
        "worry_edges": float(len(phone.callee)),
        "worry_cleared": float(phone.cleared.sum()),
        "worry_open": float(phone.open[phone.person[:, state.PERSON_REST] & state.AWARE != 0].sum()),
        "exposures": float(night.cascade.size[2]),
        "seen": float(night.cascade.size[3]),
        "posts": float(night.cascade.size[0]),
        "people_out": float(len(world.out.at)),
    }
