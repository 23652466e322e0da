"""People who are out: they go home, are stranded, held in or kept out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from msgu.engine.protocol import TravelTimes
from numpy.typing import NDArray

from tests.twin import names as s
from tests.twin.draws import delay, uniform, uniforms
from tests.twin.part import Part

if TYPE_CHECKING:
    from tests.twin.night import Twin

Grid = NDArray[np.float64]


class Done(NamedTuple):
    """What somebody did between two times [s]: state, zone of the way, when it ends [s], and whether at a host."""

    who: int
    state: int
    began: float
    ended: float
    zone: int
    arrives: float
    guest: bool


class Told(NamedTuple):
    """Somebody follows the instruction to stay inside, from when to when [s]."""

    who: int
    at: float
    until: float


class People(Part):
    """People out: their states, and the ways that they have now."""

    def __init__(self, night: Twin) -> None:
        super().__init__(night)
        out = self.world.out
        self.state = [s.OUT] * len(out.at)
        self.going = [int(h) for h in out.home]
        self.indoors = [(0.0, -1)] * len(out.at)
        self.seeker = [bool(seeks) for seeks in out.seeker]
        self.round_of = [-1] * len(out.at)
        """Message by which somebody goes round its area."""
        self.guest = [False] * len(out.at)
        self.instructions = [self.sc.instructions[k] for k in sorted(self.sc.instructions)]
        self.ways: TravelTimes
        self.began, self.arrives = [0.0] * len(out.at), [0.0] * len(out.at)
        self.done: list[Done] = []
        self.told: list[Told] = []

    def start(self) -> None:
        """Schedule when everybody leaves."""
        for q, t in enumerate(self.world.out.leaves):
            self.when(float(t), s.LEAVE, q, 0, self._leave, q)

    def _become(self, q: int, new: int) -> None:
        self.done.append(self.doing(q, float(self.clock.now)))
        self.began[q] = float(self.clock.now)
        old, self.state[q] = self.state[q], new
        self.log(s.LOG_STATE, q, old, new, int(self.world.out.at[q]))

    def doing(self, q: int, until: float) -> Done:
        """What somebody has been doing, up to a time."""
        return Done(q, self.state[q], self.began[q], until, self.going[q], self.arrives[q], self.guest[q])

    def _leave(self, q: int) -> None:
        if self.state[q] != s.OUT:
            return
        until, i = self.indoors[q]
        if until > self.clock.now:
            law = self.instructions[i].reaction if i < len(self.instructions) else self.sc.heeding.acting
            wait = until - self.clock.now + delay(law, uniform(self.key.going_home, q, i, 5))
            self.later(wait, s.LEAVE, q, 0, self._leave, q)
        else:
            self._try_home(q)

    def instruct(self, number: int, until: float) -> None:
        """An instruction is given to the people who are out."""
        given = self.instructions[number]
        for q, state in enumerate(self.state):
            if state != s.OUT or (given.zones and self.world.zones[self.world.out.at[q]] not in given.zones):
                continue
            u, v = uniforms(self.key.going_home, q, number, 4)
            if u < given.stays:
                self.stay_inside(q, until, number)
            elif u < given.stays + given.leaves:
                self.later(delay(given.reaction, v), s.LEAVE, q, 0, self._leave, q)

    def stay_inside(self, q: int, until: float, number: int) -> None:
        """Somebody who is out stays inside until a time, or longer where they do already."""
        self.told.append(Told(q, float(self.clock.now), until))
        self.indoors[q] = (max(self.indoors[q][0], until), number)

    def stay_no_longer(self, q: int) -> None:
        """Somebody who is out no longer follows what they were told."""
        now = float(self.clock.now)
        self.told = [one._replace(until=min(one.until, now)) if one.who == q else one for one in self.told]
        self.indoors[q] = (0.0, self.indoors[q][1])

    def leave_now(self, q: int) -> None:
        """Somebody who is out goes home."""
        self.later(0.0, s.LEAVE, q, 0, self._leave, q)

    def begin_to_seek(self, q: int) -> None:
        """Somebody who is stranded looks for shelter after all."""
        self._become(q, s.SEEKING)
        self.night.shelter.begin(q, uniforms(self.key.going_home, q, 0, 2)[1])

    def change_network(self, ways: TravelTimes) -> None:
        """The ways home have changed: everyone who waits tries again."""
        self.ways = ways
        for q, state in enumerate(self.state):
            if state in (s.STRANDED, s.SEEKING, s.HELD):
                self._try_home(q)
            elif state == s.OUTSIDE:
                self._arrive(q)

    def _lets(self, zone: int, whom: int) -> bool:
        """Whether there is no cordon round a zone, or one that lets residents (2) or leavers (4) through."""
        return self.ways.cordon[zone] == 0 or bool(self.ways.cordon[zone] & whom)

    def kept_in(self, q: int) -> bool:
        """Whether a cordon holds somebody in."""
        z = int(self.world.out.at[q])
        return z != self.world.out.home[q] and not self._lets(z, 4)

    def kept_out(self, q: int, zone: int) -> bool:
        """Whether a cordon keeps somebody out of a zone."""
        if zone == self.world.out.at[q]:
            return False
        return not self._lets(zone, 2) if zone == self.world.out.home[q] else not self._lets(zone, 0)

    def _try_home(self, q: int) -> None:
        """Go home if there is a way; else be stranded, or look for shelter, until patience ends."""
        before = self.state[q]
        fresh = before in (s.OUT, s.HELD)
        if self.kept_in(q):
            if before != s.HELD:
                self._become(q, s.HELD)
            return
        way = self._way_home(q, fresh)
        if way is not None:
            self.travel(q, way[0], int(self.world.out.home[q]), way[1])
        elif fresh:
            u = uniform(self.key.going_home, q, 0, 2)
            self.later(delay(self.sc.going_home.patience, u), s.PATIENCE, q, 0, self._lose_patience, q, 0)
            if self.seeker[q] and self.night.hearing.has_heard(q):
                self.begin_to_seek(q)
                return
            self._become(q, s.STRANDED)
            if not self.night.hearing.has_heard(q):
                self.night.hearing.ask_later(q)

    def _way_home(self, q: int, fresh: bool) -> tuple[int, float] | None:
        """How somebody goes home and how long that takes [s]; by taxi only the first time."""
        z, h, home, ways = int(self.world.out.at[q]), int(self.world.out.home[q]), self.sc.going_home, self.ways
        if self.kept_out(q, h):
            return None
        ride, walk, road = self._ways_of(q)
        if ways.service and ride[z, h] <= home.accept_ride:
            return s.RIDING, float(ride[z, h])
        if walk[z, h] <= home.accept_walk:
            return s.WALKING, float(walk[z, h])
        taxis = fresh and math.isfinite(road[z, h])
        if taxis and uniform(self.key.going_home, q, 0, 1) < home.taxi:
            return s.TAXI, float(road[z, h]) / home.taxi_speed
        return None

    def _ways_of(self, q: int) -> tuple[Grid, Grid, Grid]:
        """Rides, walks and roads as somebody takes them: round the area that a message names, or all."""
        told, m = self.night.warnings, self.round_of[q]
        if m >= 0 and self.clock.now < told.until(m):
            asking = [i for i, other in enumerate(told.messages) if {"avoid", "detour"} & set(other.guidance)]
            return self.ways.around[asking.index(m)]
        return self.ways.ride, self.ways.walk, self.ways.road

    def travel(self, q: int, how: int, zone: int, time: float) -> None:
        """Somebody sets out for a zone and arrives after a time."""
        self.going[q] = zone
        self._become(q, how)
        self.arrives[q] = float(self.clock.now) + time
        self.later(time, s.ARRIVE, q, 0, self._arrive, q)

    def _arrive(self, q: int) -> None:
        """Inside, or waiting outside a cordon that was put up on the way."""
        if self.kept_out(q, self.going[q]):
            if self.state[q] != s.OUTSIDE:
                self._become(q, s.OUTSIDE)
            return
        self._become(q, s.SHELTERED if self.guest[q] else s.HOME)

        self._moved(q)

    def _moved(self, q: int) -> None:
        """Who stands for somebody who has arrived calls at home, or in a cell of the host's zone."""
        r, p = self.world.residents, int(self.world.standing.resident[q]) if len(self.world.standing.resident) else -1
        if p < 0:
            return
        self.night.phone.away.discard(p)
        if self.state[q] == s.HOME:
            self.night.phone.cell[p] = int(self.world.standing.home[q])
            return
        u, operator = uniform(self.key.standing, q, self.going[q], 0), int(r.operator[p])
        cell = self.night.phone.cell_of_zone(self.going[q], u, operator)
        self.night.phone.cell[p] = cell if cell >= 0 else self.night.phone.cell[p]

    def zone(self, q: int) -> int:
        """Zone where somebody is: home or the host's once arrived, before that where they were out."""
        return self.going[q] if self.state[q] in (s.HOME, s.SHELTERED) else int(self.world.out.at[q])

    def _lose_patience(self, q: int, n: int) -> None:
        if self.state[q] not in (s.STRANDED, s.SEEKING):
            return
        z, h = int(self.world.out.at[q]), int(self.world.out.home[q])
        if math.isfinite(self.ways.walk[z, h]) and not self.kept_out(q, h):
            self.travel(q, s.WALKING_FAR, h, float(self.ways.walk[z, h]))
        else:
            wait = delay(self.sc.going_home.patience, uniform(self.key.going_home, q, n + 1, 3))
            self.later(wait, s.PATIENCE, q, n + 1, self._lose_patience, q, n + 1)
