"""The compiled engine: owns the kernels' arrays, and is what the SimPy processes act upon."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.engine.arrays import attention, broadcasts, calendar, drivers, hearing, phone, rumour, run, social
from msgu.engine.arrays import desks as desk_arrays
from msgu.engine.arrays import people as people_arrays
from msgu.engine.arrays import warnings as warning_arrays
from msgu.engine.arrays.laws import Laws
from msgu.engine.protocol import TravelTimes
from msgu.engine.ruled import RuledEngine
from msgu.errors import ReplicationError
from msgu.kernels import danger, desks, loop, people, room, state, warnings, witnesses
from msgu.kernels.arrays.declare import grown
from msgu.kernels.arrays.run import Calendar, Everything
from msgu.kernels.base.waiting import put_back
from msgu.kernels.desk_channels import SEARCHERS
from msgu.kernels.jit.compile import entry
from msgu.kernels.jit.handle import pack
from msgu.kernels.phone import cells, talk
from msgu.kernels.social import airing, exposure, posts, rows, shares
from msgu.kernels.social.identity import post_key
from msgu.scenario.dials import Dial
from msgu.world.build import World

F64 = NDArray[np.float64]


class CompiledEngine(RuledEngine):
    """The compiled engine; see `Engine` for what the processes call."""

    def __init__(self, world: World, replication: int, *, keep_log: bool) -> None:
        s = world.scenario
        self.world = world
        self.hear: Callable[[int, int, int], None] = _nobody_hears
        self.given: dict[str, Any] = {}
        self.bins = max(1, int(np.ceil(s.horizon / s.record.bin)))
        self.key = run.keys(world.seed, replication)
        laws, sizes = Laws(), run.sizes_of(world, self.bins)
        known = len(world.out.at) + phone.known_events(world) + desk_arrays.known_events(world)
        self.log = run.new_log(keep=keep_log)
        self.reached = self.settled = 0.0
        # first of all, so that its room for draws is free again before the rest is built
        self.known_gone = 0
        self.calendar = broadcasts.with_broadcasts(world, self.key, self._first_calendar(known))
        self.cascade = social.build_cascade(world, self.key, laws, sizes)
        self.phone = phone.build_phone(world, self.key, laws, sizes, keep_log=keep_log)
        self.people = people_arrays.build_people(world, laws, sizes)
        check = s.safety_check
        self.check_laws = (laws.add(check.delay), laws.add(check.unmarked_after)) if check else (0, 0)
        self.desks = desk_arrays.build_desks(world, self.key, laws, sizes)
        self.warned = warning_arrays.build_warned(world, self.key, laws, sizes)
        self.shared = run.build_shared(world, laws)
        self._structs: dict[type, tuple[Any, Any]] = {}
        self._pack()
        # the calendar has room for these from the start; posts make sure of theirs and therefore come last
        people_arrays.start_out(world, self.cal)
        phone.start_people(world, self.g, self.k, self.cal, self.ph, self.check_laws)
        broadcasts.start_later_news(world, self.key, self.fill)
        phone.start_cells(self.g, self.k, self.cal, self.phone, self.ph)
        desks.start(self.g, self.cal, self.ph, self.d)
        hearing.start_hearing(world, self.key, self._room, self.fill)
        drivers.start_drivers(world, self.key, self._room, self.fill)

    def _first_calendar(self, known: int) -> Calendar:
        """Calendar with room for the events that are known beforehand, and for those that one event may add."""
        world, s = self.world, self.world.scenario
        at_once = 1024 + 2 * world.accounts.largest_audience
        later = phone.expected_events(world, keep_log=bool(self.log.size[1])) + attention.expected_sights(world)
        expected = known + broadcasts.told_by_broadcasts(world) + later
        ends = dict.fromkeys(state.OF_PHONES, s.followed_until("phones"))
        ends |= dict.fromkeys(state.OF_PEOPLE, s.followed_until("going_home"))
        return calendar.new_calendar(at_once + known + world.accounts.n, s.horizon, expected, at_once, ends)

    def wait_for(self, events: NDArray[np.int64], at: float) -> None:
        """Go on from `at` [s], with these events and no others; shape (n, 3). Bits of the time, kind and who, nth."""
        self.reached, self.settled = at, 0.0
        self.calendar = self._first_calendar(len(events))
        self._pack()
        time, what, nth = (np.ascontiguousarray(column) for column in events.T)
        put_back(self.cal, time.view(np.float64), what, nth)

    def _pack(self) -> None:
        """Hand the arrays to the kernels by reference; again after each growth, which replaces arrays."""
        self.g, self.k, self.cal, self.rows = map(self._packed, (self.shared, self.key, self.calendar, self.log))
        self.c, self.ph, self.pe, self.d = map(self._packed, (self.cascade, self.phone, self.people, self.desks))
        self.w = self._packed(self.warned)
        self.all = pack(Everything(self.g, self.k, self.cal, self.rows, self.c, self.ph, self.pe, self.d, self.w))
        self._advance = _entered(loop.advance, 0.0, self.all)
        self._full = _entered(room.check_capacity, 0, self.cal, self.rows, self.c, self.ph, self.pe, self.d)
        self._since = _entered(posts.posts_since, self.c, 0.0)

    def _packed(self, record: Any) -> Any:
        """Return a record as a struct, the one of before where the record is that of before: another takes 0.1 ms."""
        held = self._structs.get(type(record))
        if held is None or held[0] is not record:
            held = self._structs[type(record)] = (record, pack(record))
        return held[1]

    def let_go(self) -> None:
        """Give up what only the run needed, so that the tables of a night find room: 2 of 6 GB at scale 1."""
        events, states = np.empty((0, 3), np.int64), np.empty((0, 2))
        self.calendar = self.calendar._replace(
            far=events, far_time=events.view(np.float64), known_time=np.empty(0), known_who=np.empty(0, np.int32)
        )
        self.cascade = self.cascade._replace(left=states, tallies=states.view(np.uint16), written=states.view(np.uint32))
        self.phone = self.phone._replace(sms_sent=np.empty(0), sms_next=np.empty(0, np.int64))
        self._pack()

    # -- running ----------------------------------------------------------------------------------------------

    def advance(self, until: float) -> tuple[int, int, int] | None:
        """Run every compiled event before `until`; return earlier with (what, who, nth) of what processes listen to."""
        g = self.shared
        while True:
            status = self._advance(until, self.all)
            self.known_gone = calendar.give_back(self.calendar, self.known_gone)
            if status == state.REACHED:
                self.reached = until
                if until >= self.world.scenario.horizon:
                    self.settle_cells()
                    self._finish_dangers()
                return None
            if status == state.LISTEN:
                return self._heard()
            if status == state.BAD_DELAY:
                raise ReplicationError(f"a delay that is negative or not finite at {g.now[0]:.3f} s")
            self._grow(status)

    def settle_cells(self) -> None:
        """Bring every cell up to the present, before a number that it reads is changed and at the end."""
        if not self.phone.settled or self.reached <= self.settled:
            return
        self.settled = self.reached
        until = min(float(np.nextafter(self.reached, -np.inf)), self.phone.final)
        while not cells.settle_all(self.g, self.k, self.ph, until):
            self._grow(state.FULL_REDIALS)
        self._check()

    def _finish_dangers(self) -> None:
        """Count who is within reach of a danger up to the end of what is followed of people who are out."""
        if len(self.people.since):
            end = self.world.scenario.followed_until("going_home")
            danger.finish(self.k, self.pe, end, self.shared.bin_width)

    def _heard(self) -> tuple[int, int, int]:
        """What processes listen to has happened: (what, who, nth)."""
        flag = self.shared.flag
        what = int(flag[state.FLAG_LISTEN])
        flag[state.FLAG_LISTEN] = 0
        return what, int(flag[state.FLAG_WHO]), int(flag[state.FLAG_NTH])

    def now(self) -> float:
        """Time of the last compiled event [s]."""
        return float(self.shared.now[0])

    def _grow(self, status: int) -> None:
        """Double whatever is full."""
        if status in calendar.GROWS:
            self.calendar = calendar.grown_calendar(self.calendar, calendar.GROWS[status])
        elif status == state.FULL_SHARED:
            wider = np.zeros(2 * self.cascade.shared.size, np.int64)
            shares.spread(self.cascade.shared, wider)
            self.cascade = self.cascade._replace(shared=wider)
        elif status == state.FULL_SHOWN:
            wider = np.zeros(2 * self.cascade.shown.size, np.int64)
            shares.spread(self.cascade.shown, wider)
            self.cascade = self.cascade._replace(shown=wider)
        elif status == state.FULL_OTHERS:
            wider = np.zeros(2 * self.cascade.others.size, np.int64)
            rows.spread(self.cascade.others, wider)
            self.cascade = self.cascade._replace(others=wider)
        else:
            self.log, self.cascade = grown(self.log, status), grown(self.cascade, status)
            self.phone, self.people = grown(self.phone, status), grown(self.people, status)
            self.desks = grown(self.desks, status)
        self._pack()

    def _room(self, need: int) -> None:
        """Make sure that `need` events and log rows fit, for what a process sets off."""
        while True:
            status = self._full(need, self.cal, self.rows, self.c, self.ph, self.pe, self.d)
            if status == state.REACHED:
                return
            self._grow(status)

    def move(self, t: float, need: int) -> None:
        """It is `t` [s], and there is room for so many events and rows."""
        self._room(need)
        self.shared.now[0] = t

    # -- what processes ask --------------------------------------------------------------------------------------

    def post(
        self,
        t: float,
        account: int,
        topic: int,
        kind: int,
        *,
        automatic: bool = False,
        message: int = -1,
        shelter: bool = False,
    ) -> None:
        """See `Engine`."""
        self._room_to_post(t, account)
        self.cascade.to_carry[0] = message
        origin = state.AUTOMATIC_POST if automatic else posts.APPEAL if shelter else state.DATED_POST
        given = (self.g, self.k, self.cal, self.rows, self.c, self.ph, self.pe, account, topic, kind, -1, origin)
        _entered(posts.publish, *given)(*given)
        self.cascade.to_carry[0] = -1
        self._tell()

    def warn(self, t: float, number: int) -> None:
        """See `Engine`."""
        self.move(t, 64 + len(self.phone.person) + len(self.people.state))
        warnings.warn(self.g, self.k, self.cal, self.w, self.ph, self.pe, number)
        self._check()

    def is_gone(self, post: int) -> bool:
        """See `Engine`."""
        return bool(self.cascade.post_gone[self.cascade.post_root[post]])

    def _room_to_post(self, t: float, account: int) -> None:
        offsets = self.cascade.offsets
        gained = int(self.cascade.gained_size[account]) if account < len(self.cascade.gained_size) else 0
        self.move(t, 64 + exposure.adds_each(self.c) * (int(offsets[account + 1] - offsets[account]) + gained))

    def _tell(self) -> None:
        """Tell processes at once of what they listen to and one of them has set off."""
        self._check()
        if self.shared.flag[state.FLAG_LISTEN]:
            self.hear(*self._heard())

    def pulse(self, t: float, number: int) -> None:
        """See `Engine`."""
        s = self.world.scenario
        share = s.pulses[sorted(s.pulses)[number]].share
        topic = self.cascade.pulse_topic[number]
        self.move(t, 64 + int(np.bitwise_count(self.cascade.joins[self.cascade.pulsed[topic]]).sum()))
        posts.pulse(self.g, self.k, self.cal, self.c, number, share)
        self._check()

    def trending(self) -> list[int]:
        """See `Engine`."""
        return [int(topic) for topic in np.flatnonzero(self.cascade.trending > 0)]

    def posts_since(self, t: float) -> int:
        """See `Engine`."""
        return int(self._since(self.c, t))

    def posts_on(self, topic: int, since: float, until: float) -> int:
        """See `Engine`."""
        return rumour.posts_on(self.cascade, topic, since, until)

    def is_denied(self, topic: int, by: float) -> bool:
        """See `Engine`."""
        return bool(self.cascade.denied[topic] <= by)

    def air(self, t: float, room: int, *, denies: bool) -> None:
        """See `Engine`."""
        s = self.world.scenario
        aired = s.newsrooms[sorted(s.newsrooms)[room]]
        share = broadcasts.broadcast_share(s, list(self.world.zones), aired)
        self.move(t, 64 + rumour.most_hear(self.world, share))
        airing.air(self.g, self.cal, self.c, self.ph, room, int(denies), share, aired.rise, aired.decay)
        self._check()

    def turn(self, dial: Dial, value: float, number: int | None = None) -> None:
        """See `Engine`; a value above a declared limit would break the bound of the candidates and is refused."""
        if dial.place is None:
            return
        name, field, column = dial.place
        if dial.of_cells:
            self.settle_cells()
        talk.forget(self.cal, self.ph)
        record = getattr(self, name)
        held = getattr(record, field)
        given = self.given.setdefault(dial.name, held.copy() if isinstance(held, np.ndarray) else held)
        if dial.limit:
            _refuse_above(dial.name, given, value, getattr(record, dial.limit), number)
        if isinstance(held, np.ndarray):
            here = (slice(None) if number is None else number) if column is None else (slice(None), column)
            held[here] = given[here] * value
            if dial.of_cells:
                self.phone = phone.widened(self.phone)
                self._pack()
        else:
            setattr(self, name, record._replace(**{field: type(given)(given * value)}))
            self._pack()

    def change_network(self, t: float, ways: TravelTimes) -> None:
        """See `Engine`."""
        pe = self.people
        pe.ride[:], pe.walk[:], pe.road[:], pe.cordon[:] = ways.ride, ways.walk, ways.road, ways.cordon
        for k, (ride, walk, road) in enumerate(ways.around):
            pe.around_ride[k], pe.around_walk[k], pe.around_road[k] = ride, walk, road
        self.shared.flag[state.FLAG_SERVICE] = int(ways.service)
        self.move(t, 64 + 3 * len(pe.state))
        people.retry_all(self.g, self.k, self.cal, self.rows, self.ph, self.pe)
        self._check()

    def instruct(self, t: float, number: int, until: float) -> None:
        """See `Engine`."""
        s = self.world.scenario
        given = s.instructions[sorted(s.instructions)[number]]
        zones = np.array([not given.zones or z in given.zones for z in self.world.zones])
        self.move(t, 64 + len(self.people.state))
        people.instruct(
            self.g, self.k, self.cal, self.pe, number, zones, given.stays, given.leaves, until
        )  # fmt: skip
        self._check()

    def witness(self, t: float, number: int) -> None:
        """See `Engine`."""
        s = self.world.scenario
        name = sorted(s.witnesses)[number]
        seen = s.witnesses[name]
        desk = sorted(s.desks).index(seen.desk) if seen.desk else -1
        self.move(t, 64 + 2 * len(self.people.state))
        witnesses.see(
            self.g, self.k, self.cal, self.ph, self.pe, number, self.world.zones.index(seen.zone), seen.people,
            seen.calls, desk, int(self.people.sight_law[number]), seen.learns,
        )  # fmt: skip
        self._check()

    def open_map(self) -> None:
        """See `Engine`."""
        self.shared.flag[state.FLAG_MAP_OPEN] = 1

    def listen_offers(self) -> None:
        """See `Engine`."""
        self.shared.flag[state.FLAG_VOLUNTEERS] = 1

    def verify(self, offer: int) -> None:
        """See `Engine`."""
        self.people.verified[offer] = 1

    def offer_identity(self, offer: int) -> tuple[int, int]:
        """See `Engine`."""
        c, j = self.cascade, int(self.people.offer_post[offer])
        return int(c.post_author[j]), post_key(c, j)

    def share_offer(self, t: float, account: int, offer: int) -> None:
        """See `Engine`."""
        j = int(self.people.offer_post[offer])
        self._room_to_post(t, account)
        posts.respond(
            self.g, self.k, self.cal, self.rows, self.c, self.ph, self.pe, account, j, state.DATED_POST
        )  # fmt: skip
        self._tell()

    def staff(self, t: float, desk: int, operators: int) -> None:
        """See `Engine`."""
        self.move(t, 64 + operators)
        desks.staff(self.g, self.cal, self.d, desk, operators)

    def ring(self, t: float, desk: int, family: int, nth: int) -> None:
        """See `Engine`."""
        self.move(t, 64)
        call = desk << 32 | nth << 8
        desks.ring(self.g, self.k, self.cal, self.rows, self.ph, self.pe, self.d, SEARCHERS | family, call)
        self._tell()

    def _check(self) -> None:
        if self.shared.flag[state.FLAG_BAD]:
            raise ReplicationError(f"a delay that is negative or not finite at {self.shared.now[0]:.3f} s")


def _entered(function: Any, *examples: Any) -> Any:
    """Return `entry` of a kernel, found once for arguments of the same types: it takes 0.1 ms."""
    kinds = (function, *(getattr(example, "kind", type(example)) for example in examples))
    if kinds not in _found:
        _found[kinds] = entry(function, *examples)
    return _found[kinds]


_found: dict[tuple[Any, ...], Any] = {}


def _refuse_above(dial: str, given: Any, value: float, limit: Any, number: int | None) -> None:
    """Refuse a number that `value` would lift above its limit; both are arrays where the dial has zones or topics."""
    start, most = (given, limit) if number is None else (given[number], limit[number])
    if start * value > most * (1 + 1e-12):
        raise ReplicationError(f"{dial} multiplied by {value}, above its bound {most / start}")


def _nobody_hears(_what: int, _who: int, _nth: int) -> None:
    """What processes listen to, before there are any."""
