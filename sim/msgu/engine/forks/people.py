"""A night that differs from another one in its people who are out alone, or in everything but them.

Nobody who is out tells the telephones or the network anything: kernels of people and of shelter write to `People` alone,
and of all else they read the posts of the shelter topic. So people can be run by themselves beside the posts of a night that
is over, where a reader finds in the stream what had been written by then; and where two streams are the same, so are they.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from msgu.engine.arrays import calendar, run
from msgu.engine.arrays import people as people_arrays
from msgu.engine.arrays.laws import Laws
from msgu.engine.collect import names_of, results
from msgu.engine.compiled import CompiledEngine
from msgu.engine.phenomena import PHENOMENA, Phenomenon
from msgu.engine.protocol import Engine, TravelTimes
from msgu.engine.run import run_phenomena
from msgu.kernels import state
from msgu.kernels.arrays.declare import grown
from msgu.kernels.arrays.social import Cascade
from msgu.kernels.state import OFFER
from msgu.results import TABLES, Results
from msgu.results.replication import conform_table
from msgu.scenario.dials import Dial
from msgu.scenario.schema.root import Scenario
from msgu.world.build import World
from msgu.world.people import Out

PEOPLE: Final = frozenset({"people", "shelter", "danger"})
"""Phenomena of people who are out."""
OWN: Final = PEOPLE | {"measures"}
"""Phenomena whose processes run beside a night; `measures` has no table."""


class Finished(NamedTuple):
    """A night that is over: its engine at the horizon, its results, and the processor time that it took [s]; unknown: 0."""

    engine: CompiledEngine
    results: Results
    seconds: float = 0.0

    @property
    def nbytes(self) -> int:
        """Memory of its arrays, as far as they may be in use."""
        records = self.engine.cascade, self.engine.phone, self.engine.people, self.engine.desks
        return sum(value.nbytes for record in records for value in record if isinstance(value, np.ndarray))


class SameInstantError(Exception):
    """Somebody who is out acts at the very instant of a post, and the order of the two is not known."""


def may_follow(night: Finished, world: World) -> bool:
    """Return whether the people of a world could be run beside a night whose scenario differs in them alone."""
    before = night.engine.world
    return before.graph_digest == world.graph_digest and not (why_alone(before.scenario) or why_alone(world.scenario))


def why_alone(scenario: Scenario) -> str | None:
    """Return the setting that keeps people who are out with the rest of a night, or None."""
    shelter, phones = scenario.shelter, scenario.phones
    if scenario.record.event_log:
        return "record.event_log"  # one list of all events in their order
    if scenario.warnings:
        return "warnings"  # people who are out hear of posts, call desks and telephone
    if scenario.rules:
        return "rules"  # they may see people who are out, and let others act on it
    if phones is not None and phones.data is not None and phones.data.share > 0.0:
        return "phones.data"  # pages wait for the messages of others
    if phones is not None and phones.people_out > 0.0:
        return "phones.people_out"  # who comes home calls from there
    if scenario.witnesses:
        return "witnesses"  # who is still there calls, and spreads the news
    if shelter is not None and shelter.map_at is not None and shelter.volunteers > 0:
        return "shelter.volunteers"  # they share offers, which are posts
    if shelter is not None and shelter.hearing is not None:
        return "shelter.hearing"  # who has seen a post, and not which posts there are, decides who looks
    return None


def joined(base: Results, night: CompiledEngine, written: dict[str, Any]) -> Results:
    """Return the results of a night with the tables of another one's people."""
    gone = {name for one in own() for name in one.tables}
    tables = {name: table for name, table in base.tables.items() if name not in gone}
    totals = dict(base.summary)
    for one in own():
        tables |= {name: conform_table(name, columns) for name, columns in one.built(night, written[one.name]).items()}
        totals |= {name: float(value) for name, value in one.totals(night).items()}
    tables = {name: tables[name] for name in TABLES if name in tables}
    world = night.world
    return replace(base, scenario_id=world.scenario.id, names=names_of(world), tables=tables, summary=totals)


def own() -> Iterator[Phenomenon]:
    """Yield the phenomena of people who are out."""
    return (one for one in PHENOMENA if one.name in OWN)


def simulate_people(
    night: Finished, world: World, replication: int, progress: Callable[[float], None] | None = None
) -> Results:
    """Run the people who are out of a world beside the posts of a night; return the results of a whole run, to the same bits.

    Parameters
    ----------
    night : one of the same seed and replication whose scenario differs in the settings of people who are out alone, and
    for whose engine `may_follow` holds.

    Raises
    ------
    SameInstantError
        Where the two cannot be told apart.
    """
    engine = PeopleEngine(night.engine, world)
    written = run_phenomena(cast("Engine", engine), replication, progress, phenomena=tuple(own()))
    return joined(night.results, engine.night, written)


def simulate_others(
    base: Finished, world: World, replication: int, progress: Callable[[float], None] | None = None
) -> Results:
    """Run a night without people who are out, and add those of another one where they would do the same, else run them too.

    Parameters
    ----------
    base : a night of the same seed and replication whose scenario has the same people who are out, and for which
    `may_follow` holds.

    Raises
    ------
    SameInstantError
        As `simulate_people` does.
    """
    night = CompiledEngine(without_people(world), replication, keep_log=False)
    found = results(night, run_phenomena(night, replication, progress), replication)
    if not same_stream(base.engine, night):
        return simulate_people(Finished(night, found), world, replication, progress)
    names = {name for one in own() for name in one.tables}
    tables = found.tables | {name: table for name, table in base.results.tables.items() if name in names}
    totals = {name: base.results.summary[name] for one in own() for name in one.totals(night)}
    return replace(found, tables=tables, summary=found.summary | totals)


def without_people(world: World) -> World:
    """Return the same world with nobody out."""
    return replace(world, out=Out(*(getattr(world.out, column.name)[:0] for column in fields(Out))))


def same_stream(one: CompiledEngine, other: CompiledEngine) -> bool:
    """Return whether readers find the same in the streams of two nights, whatever numbers its posts have."""
    return all(np.array_equal(mine, theirs) for mine, theirs in zip(_stream(one), _stream(other), strict=True))


def _stream(night: CompiledEngine) -> Iterator[NDArray[Any]]:
    """Yield all that readers learn from the stream: when each item came, its offer (-1: none), and who made each offer when."""
    c = night.cascade
    items, offers = c.stream[: c.stream_size[0]], night.people.offer_post[: c.size[1]]
    roots = c.post_root[items]
    yield c.post_time[items]
    yield np.where(c.post_kind[roots] == OFFER, c.post_offer[roots], -1)
    for column in (c.post_time, c.post_author, c.post_topic, c.post_nth):
        yield column[offers]


class PeopleEngine:
    """The engine of people who are out, as processes call it: their kernels alone, beside the posts of a night that is over.

    Parameters
    ----------
    base : the engine of that night, whose arrays are read and left as they are.
    """

    def __init__(self, base: CompiledEngine, world: World) -> None:
        self.world = world
        self.hear: Callable[[int, int, int], None] = base.hear
        self.night = _beside(base, world)
        self._of = base.cascade
        self._times: list[float] = []
        self._offers: list[int] = []
        self._read = 0
        self.see(base.cascade, base.people.offer_post, int(base.cascade.stream_size[0]))

    def see(self, cascade: Cascade, offer_post: NDArray[np.int64], n: int) -> None:
        """Take in the first `n` posts of the stream of the other night, and its offers, as far as they are new."""
        stream = cascade.stream[len(self._times) : n]
        opens = (cascade.post_offer[stream] >= 0) & (cascade.post_root[stream] == stream)
        before = self._offers[-1] if self._offers else 0
        self._times += cascade.post_time[stream].tolist()
        self._offers += (before + np.cumsum(opens, dtype=np.int64)).tolist()
        offers = self._offers[-1] if self._offers else 0
        changed = cascade is not self._of
        while len(self.night.people.offer_post) < offers + 2:
            self.night.people = grown(self.night.people, state.FULL_OFFERS)
            changed = True
        self.night.people.offer_post[before:offers] = offer_post[before:offers]
        if changed:  # only where arrays have grown: a record is packed in 0.1 ms
            self._of, own = cascade, self.night.cascade
            self.night.cascade = cascade._replace(
                size=own.size, stream_size=own.stream_size, due=own.due, soonest=own.soonest
            )
            self.night._pack()

    def now(self) -> float:
        """See `Engine`."""
        return self.night.now()

    def advance(self, until: float) -> None:
        """See `Engine`; the next post enters the stream once everything before it has happened."""
        while self._read < len(self._times) and self._times[self._read] < until:
            at = self._times[self._read]
            self._advance_to(at)
            self._enter(at)
        self.night.advance(until)

    def _advance_to(self, at: float) -> None:
        """Run everything before a post, of which nothing may be at its very instant."""
        clock = self.night.shared.now
        if clock[0] == at:  # of a process, which comes before any event of its time
            clock[0] = -np.inf
        self.night.advance(float(np.nextafter(at, np.inf)))
        if clock[0] == at:
            raise SameInstantError

    def _enter(self, at: float) -> None:
        """Enter the posts of an instant."""
        while self._read < len(self._times) and self._times[self._read] == at:
            self._read += 1
        self.night.cascade.stream_size[0] = self._read
        self.night.cascade.size[1] = self._offers[self._read - 1]

    def turn(self, dial: Dial, value: float, number: int | None = None) -> None:
        """See `Engine`; dials of others stand in the arrays of the other night as they stood at its end."""
        if dial.of_people:
            self.night.turn(dial, value, number)

    def change_network(self, t: float, ways: TravelTimes) -> None:
        """See `Engine`."""
        self.night.change_network(t, ways)

    def instruct(self, t: float, number: int, until: float) -> None:
        """See `Engine`."""
        self.night.instruct(t, number, until)

    def open_map(self) -> None:
        """See `Engine`."""
        self.night.open_map()


def _beside(base: CompiledEngine, world: World) -> CompiledEngine:
    """Return an engine with people of its own at the start of a run, and the rest of another one, where nothing happens."""
    night = CompiledEngine.__new__(CompiledEngine)
    night.__dict__ |= base.__dict__ | {"_structs": {}}
    laws, sizes, s = Laws(), run.sizes_of(world, base.bins), world.scenario
    night.world, night.given = world, {}
    night.reached, night.known_gone = 0.0, 0
    night.settled = np.inf  # no cell has to be brought up to the present
    night.people = people_arrays.build_people(world, laws, sizes)
    night.shared = run.build_shared(world, laws)
    size = base.cascade.size.copy()
    size[1] = 0
    nothing = np.zeros_like(base.cascade.stream_size), np.full_like(base.cascade.due, np.inf)
    night.cascade = base.cascade._replace(size=size, stream_size=nothing[0], due=nothing[1], soonest=nothing[1].copy())
    night.phone = base.phone._replace(quiet=False)  # no room for messages is asked for: a night that is over has given it up
    ends = dict.fromkeys(state.OF_PEOPLE, s.followed_until("going_home"))
    known = len(world.out.at)
    night.calendar = calendar.new_calendar(1024 + known, s.horizon, 3.0 * known, ends=ends)
    night._pack()
    people_arrays.start_out(world, night.cal)
    return night
